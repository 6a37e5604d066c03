select round(cast(sum(items) as numeric(28, 6)) / nullif(sum(orders - orders_without_items), 0), 4) as items_per_order
from analytics.revenue_daily
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
