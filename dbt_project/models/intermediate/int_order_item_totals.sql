-- One row per order that has items. order_item_id numbers the items of an order; it is no quantity, and is never
-- summed.
select
    order_id,
    count(*) as items,
    count(distinct product_id) as products,
    count(distinct seller_id) as sellers,
    sum(price) as merchandise_revenue,
    sum(freight_value) as freight_revenue,
    sum(price + freight_value) as gmv
from {{ ref('stg_order_items') }}
group by order_id
