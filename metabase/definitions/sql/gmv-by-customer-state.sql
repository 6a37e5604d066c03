select
    customer_state,
    sum(gmv) as gmv
from analytics.fct_orders
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by 2 desc, 1
limit 12
