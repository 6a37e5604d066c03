-- One row per order and seller: what the seller sold in it, and whether the parcel was handed over in time.
select
    items.order_id,
    items.seller_id,
    orders.purchase_date,
    orders.is_cancelled,
    orders.is_delivered,
    deliveries.is_late,
    reviews.review_score,
    count(*) as items,
    sum(items.price) as merchandise_revenue,
    sum(items.freight_value) as freight_revenue,
    sum(items.price + items.freight_value) as gmv,
    orders.order_delivered_carrier_date > max(items.shipping_limit_date) as is_handed_over_late
from {{ ref('stg_order_items') }} as items
inner join {{ ref('int_orders') }} as orders
    on items.order_id = orders.order_id
left join {{ ref('int_order_deliveries') }} as deliveries
    on items.order_id = deliveries.order_id
left join {{ ref('int_order_review_totals') }} as reviews
    on items.order_id = reviews.order_id
group by
    items.order_id,
    items.seller_id,
    orders.purchase_date,
    orders.is_cancelled,
    orders.is_delivered,
    deliveries.is_late,
    reviews.review_score,
    orders.order_delivered_carrier_date
