select round(sum(gmv) / nullif(sum(case when orders > 0 then 1 else 0 end), 0), 2) as gmv_per_seller
from analytics.seller_scorecard
