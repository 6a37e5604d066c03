{{ config(dist='all', sort='purchase_month') }}

-- One row per month, by the month of purchase. People are counted anew: who bought on two days of a month is one.
with people as (
    select
        purchase_month,
        count(distinct customer_unique_id) as customers
    from {{ ref('fct_orders') }}
    group by purchase_month
),

months as (
    select
        purchase_month,
        sum(orders) as orders,
        sum(cancelled_orders) as cancelled_orders,
        sum(orders_without_items) as orders_without_items,
        sum(items) as items,
        sum(merchandise_revenue) as merchandise_revenue,
        sum(freight_revenue) as freight_revenue,
        sum(gmv) as gmv,
        sum(net_gmv) as net_gmv,
        sum(payment_value) as payment_value
    from {{ ref('revenue_daily') }}
    group by purchase_month
)

select
    months.purchase_month,
    cast(months.orders as bigint) as orders,
    cast(months.cancelled_orders as bigint) as cancelled_orders,
    cast(months.orders_without_items as bigint) as orders_without_items,
    coalesce(people.customers, 0) as customers,
    cast(months.items as bigint) as items,
    {{ money('months.merchandise_revenue') }} as merchandise_revenue,
    {{ money('months.freight_revenue') }} as freight_revenue,
    {{ money('months.gmv') }} as gmv,
    {{ money('months.net_gmv') }} as net_gmv,
    {{ money('months.payment_value') }} as payment_value,
    {{ ratio('months.gmv', '(months.orders - months.orders_without_items)', 2) }} as average_order_value
from months
left join people
    on months.purchase_month = people.purchase_month
