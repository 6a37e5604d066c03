select
    order_status,
    count(*) as orders
from analytics.fct_orders
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by 2 desc, 1
