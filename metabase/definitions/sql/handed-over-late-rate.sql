select round(cast(sum(handed_over_late_orders) as numeric(28, 6)) / nullif(sum(orders), 0), 4) as handed_over_late_rate
from analytics.seller_scorecard
