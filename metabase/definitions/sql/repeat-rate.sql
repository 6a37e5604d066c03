with people as (
    select
        customer_unique_id,
        count(*) as orders
    from analytics.fct_orders
    where
        not is_cancelled
        [[and purchase_date >= {{from}}]]
        [[and purchase_date <= {{to}}]]
    group by 1
)

select
    round(
        cast(sum(case when orders > 1 then 1 else 0 end) as numeric(28, 6)) / nullif(count(*), 0), 4
    ) as repeat_rate
from people
