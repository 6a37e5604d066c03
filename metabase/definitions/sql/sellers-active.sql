select sum(case when orders > 0 then 1 else 0 end) as sellers
from analytics.seller_scorecard
