{{ config(dist='order_id', sort='purchase_date') }}

-- One row per payment.
select
    {%- for column in columns_of('order_payments') %}
    payments.{{ column.as }},
    {%- endfor %}
    orders.order_status,
    orders.is_cancelled,
    orders.purchase_date,
    orders.purchase_month,
    payments._changed_at
from {{ ref('stg_order_payments') }} as payments
left join {{ ref('int_orders') }} as orders
    on payments.order_id = orders.order_id
