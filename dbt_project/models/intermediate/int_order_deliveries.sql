-- One row per delivered order: how long it took, and whether it came in time. The promise is a day, so coming at any
-- hour of that day keeps it.
with delivered as (
    select
        order_id,
        order_purchase_timestamp,
        order_delivered_customer_date,
        order_estimated_delivery_date,
        {{ days_between('cast(order_estimated_delivery_date as date)', 'cast(order_delivered_customer_date as date)') }}
            as days_after_promise
    from {{ ref('int_orders') }}
    where is_delivered
)

select
    order_id,
    days_after_promise,
    {{ exact_days_between('order_purchase_timestamp', 'order_delivered_customer_date') }} as days_to_deliver,
    {{ exact_days_between('order_purchase_timestamp', 'order_estimated_delivery_date') }} as days_promised,
    days_after_promise > 0 as is_late
from delivered
