select
    cast(date_trunc('month', purchase_date) as date) as purchase_month,
    sum(orders - cancelled_orders) as kept_orders,
    sum(cancelled_orders) as cancelled_orders
from analytics.revenue_daily
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by 1
