select sum(net_gmv) as net_gmv
from analytics.revenue_daily
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
