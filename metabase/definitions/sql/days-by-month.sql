select
    purchase_month,
    round(avg(days_to_deliver), 2) as days_to_deliver,
    round(avg(days_promised), 2) as days_promised
from analytics.fct_orders
where
    is_delivered
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by 1
