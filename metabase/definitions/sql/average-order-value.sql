select round(sum(gmv) / nullif(sum(orders - orders_without_items), 0), 2) as average_order_value
from analytics.revenue_daily
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
