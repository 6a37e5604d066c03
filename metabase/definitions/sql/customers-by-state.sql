select
    customer_state,
    count(*) as customers
from analytics.dim_customers
where orders > 0
group by 1
order by 2 desc, 1
limit 10
