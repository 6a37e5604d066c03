-- One row per order: its moments, and what its status means.
select
    orders.order_id,
    orders.customer_id,
    customers.customer_unique_id,
    orders.order_status,
    orders.order_purchase_timestamp,
    orders.order_approved_at,
    orders.order_delivered_carrier_date,
    orders.order_delivered_customer_date,
    orders.order_estimated_delivery_date,
    orders._changed_at,
    customers.customer_zip_code_prefix,
    customers.customer_city,
    customers.customer_state,
    cast(orders.order_purchase_timestamp as date) as purchase_date,
    {{ month_of('orders.order_purchase_timestamp') }} as purchase_month,
    orders.order_status in ('canceled', 'unavailable') as is_cancelled,
    orders.order_status = 'delivered' and orders.order_delivered_customer_date is not null as is_delivered
from {{ ref('stg_orders') }} as orders
left join {{ ref('stg_customers') }} as customers
    on orders.customer_id = customers.customer_id
