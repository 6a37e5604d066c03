{{ config(dist='all', sort='purchase_date') }}

-- One row per day from the first order to the last, by the day of purchase. From the items, so that revenue here can
-- be held against the orders.
with sold as (
    select
        purchase_date,
        count(*) as items,
        sum(price) as merchandise_revenue,
        sum(freight_value) as freight_revenue,
        sum(gmv) as gmv,
        sum(net_gmv) as net_gmv
    from {{ ref('fct_order_items') }}
    where has_order
    group by purchase_date
),

ordered as (
    select
        purchase_date,
        count(*) as orders,
        sum(case when is_cancelled then 1 else 0 end) as cancelled_orders,
        sum(case when items = 0 then 1 else 0 end) as orders_without_items,
        count(distinct customer_unique_id) as customers,
        sum(payment_value) as payment_value
    from {{ ref('fct_orders') }}
    group by purchase_date
)

select
    days.purchase_date,
    days.purchase_month,
    coalesce(ordered.orders, 0) as orders,
    coalesce(ordered.cancelled_orders, 0) as cancelled_orders,
    coalesce(ordered.orders_without_items, 0) as orders_without_items,
    coalesce(ordered.customers, 0) as customers,
    coalesce(sold.items, 0) as items,
    {{ money('coalesce(sold.merchandise_revenue, 0)') }} as merchandise_revenue,
    {{ money('coalesce(sold.freight_revenue, 0)') }} as freight_revenue,
    {{ money('coalesce(sold.gmv, 0)') }} as gmv,
    {{ money('coalesce(sold.net_gmv, 0)') }} as net_gmv,
    {{ money('coalesce(ordered.payment_value, 0)') }} as payment_value
from {{ ref('int_days') }} as days
left join ordered
    on days.purchase_date = ordered.purchase_date
left join sold
    on days.purchase_date = sold.purchase_date
