select round(cast(sum(cancelled_orders) as numeric(28, 6)) / nullif(sum(orders), 0), 4) as cancellation_rate
from analytics.revenue_daily
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
