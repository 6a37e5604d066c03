with states as (
    select
        customer_state,
        count(*) as delivered_orders,
        sum(case when is_late then 1 else 0 end) as late_orders
    from analytics.fct_orders
    where
        is_delivered
        [[and purchase_date >= {{from}}]]
        [[and purchase_date <= {{to}}]]
    group by 1
    order by 2 desc, 1
    limit 12
)

select
    customer_state,
    round(cast(late_orders as numeric(28, 6)) / delivered_orders, 4) as late_rate
from states
order by 2 desc, 1
