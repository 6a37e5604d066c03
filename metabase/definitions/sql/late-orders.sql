select sum(case when is_late then 1 else 0 end) as late_orders
from analytics.fct_orders
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
