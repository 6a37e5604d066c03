select
    category,
    sum(gmv) as gmv
from analytics.fct_order_items
where
    has_order
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by 2 desc, 1
limit 10
