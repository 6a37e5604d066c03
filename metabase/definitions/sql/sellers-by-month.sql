select
    purchase_month,
    count(distinct seller_id) as sellers
from analytics.orders_obt
where seller_id is not null
group by 1
order by 1
