select round(cast(sum(case when is_late then 0 else 1 end) as numeric(28, 6)) / nullif(count(*), 0), 4) as on_time_rate
from analytics.fct_orders
where
    is_delivered
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
