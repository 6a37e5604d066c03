select
    orders.purchase_month,
    count(distinct case when people.cohort_month = orders.purchase_month then orders.customer_unique_id end) as new_customers,
    count(distinct case when people.cohort_month < orders.purchase_month then orders.customer_unique_id end)
        as returning_customers
from analytics.fct_orders as orders
inner join analytics.dim_customers as people
    on orders.customer_unique_id = people.customer_unique_id
where
    not orders.is_cancelled
    [[and orders.purchase_date >= {{from}}]]
    [[and orders.purchase_date <= {{to}}]]
group by 1
order by 1
