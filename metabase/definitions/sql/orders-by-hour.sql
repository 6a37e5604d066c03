select
    cast(extract(hour from order_purchase_timestamp) as integer) as purchase_hour,
    count(*) as orders
from analytics.fct_orders
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by 1
