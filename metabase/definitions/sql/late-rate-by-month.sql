select
    purchase_month,
    round(cast(sum(case when is_late then 1 else 0 end) as numeric(28, 6)) / count(*), 4) as late_rate
from analytics.fct_orders
where
    is_delivered
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by 1
