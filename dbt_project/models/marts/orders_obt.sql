{{ config(dist='order_id', sort='purchase_date') }}

-- One row per item, and one row for an order that has no items. What belongs to the order as a whole (payments,
-- review, delivery) stands on its first row only and is null on the others, so that sums, counts and averages over
-- any selection of whole orders are right. `order_row` is 1 on that row: summed, it counts orders.
with items_in_order as (
    select
        items.*,
        row_number() over (
            partition by items.order_id
            order by items.order_item_id asc
        ) as place
    from {{ ref('fct_order_items') }} as items
)

select
    orders.order_id,
    items.order_item_id,
    case when coalesce(items.place, 1) = 1 then 1 else 0 end as order_row,
    case when items.order_item_id is null then 0 else 1 end as items,
    orders.order_status,
    orders.is_cancelled,
    orders.is_delivered,
    orders.order_purchase_timestamp,
    orders.purchase_date,
    orders.purchase_month,
    orders.customer_id,
    orders.customer_unique_id,
    orders.customer_state,
    items.product_id,
    items.category,
    items.seller_id,
    sellers.seller_city,
    sellers.seller_state,
    {{ money('coalesce(items.price, 0)') }} as merchandise_revenue,
    {{ money('coalesce(items.freight_value, 0)') }} as freight_revenue,
    {{ money('coalesce(items.gmv, 0)') }} as gmv,
    {{ money('coalesce(items.net_gmv, 0)') }} as net_gmv,
    case when coalesce(items.place, 1) = 1 then orders.payment_value end as order_payment_value,
    case when coalesce(items.place, 1) = 1 then orders.payments end as order_payments,
    case when coalesce(items.place, 1) = 1 then orders.main_payment_type end as order_main_payment_type,
    case when coalesce(items.place, 1) = 1 then orders.review_score end as order_review_score,
    case when coalesce(items.place, 1) = 1 then orders.days_to_deliver end as order_days_to_deliver,
    case when coalesce(items.place, 1) = 1 then orders.is_late end as order_is_late
from {{ ref('fct_orders') }} as orders
left join items_in_order as items
    on orders.order_id = items.order_id
left join {{ ref('dim_sellers') }} as sellers
    on items.seller_id = sellers.seller_id
