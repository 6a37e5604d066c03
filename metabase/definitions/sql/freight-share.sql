select round(cast(sum(freight_revenue) as numeric(28, 6)) / nullif(sum(gmv), 0), 4) as freight_share
from analytics.revenue_daily
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
