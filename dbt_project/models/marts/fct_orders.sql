{{ config(dist='order_id', sort='order_purchase_timestamp') }}

-- One row per order. Items, payments and reviews are summed to one row per order each before they meet here, so none
-- multiplies another.
select
    {%- for column in columns_of('orders') %}
    orders.{{ column.as }},
    {%- endfor %}
    orders.customer_unique_id,
    orders.customer_state,
    orders.purchase_date,
    orders.purchase_month,
    orders.is_cancelled,
    orders.is_delivered,
    deliveries.is_late,
    deliveries.days_to_deliver,
    deliveries.days_promised,
    deliveries.days_after_promise,
    coalesce(items.items, 0) as items,
    coalesce(items.products, 0) as products,
    coalesce(items.sellers, 0) as sellers,
    {{ money('coalesce(items.merchandise_revenue, 0)') }} as merchandise_revenue,
    {{ money('coalesce(items.freight_revenue, 0)') }} as freight_revenue,
    {{ money('coalesce(items.gmv, 0)') }} as gmv,
    {{ money('case when orders.is_cancelled then 0 else coalesce(items.gmv, 0) end') }} as net_gmv,
    coalesce(payments.payments, 0) as payments,
    {{ money('coalesce(payments.payment_value, 0)') }} as payment_value,
    payments.payment_installments,
    payments.main_payment_type,
    coalesce(reviews.reviews, 0) as reviews,
    reviews.review_score,
    orders._changed_at
from {{ ref('int_orders') }} as orders
left join {{ ref('int_order_deliveries') }} as deliveries
    on orders.order_id = deliveries.order_id
left join {{ ref('int_order_item_totals') }} as items
    on orders.order_id = items.order_id
left join {{ ref('int_order_payment_totals') }} as payments
    on orders.order_id = payments.order_id
left join {{ ref('int_order_review_totals') }} as reviews
    on orders.order_id = reviews.order_id
