select round(sum(gmv) / nullif(count(distinct customer_unique_id), 0), 2) as gmv_per_customer
from analytics.fct_orders
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
