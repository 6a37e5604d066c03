{{ config(dist='customer_unique_id', sort='cohort_month') }}

-- People. Where one lives is what the latest order says.
with ranked as (
    select
        customers.customer_unique_id,
        customers.customer_id,
        customers.customer_zip_code_prefix,
        customers.customer_city,
        customers.customer_state,
        row_number() over (
            partition by customers.customer_unique_id
            order by
                case when orders.order_id is null then 1 else 0 end,
                orders.order_purchase_timestamp desc,
                customers.customer_id asc
        ) as place
    from {{ ref('stg_customers') }} as customers
    left join {{ ref('int_orders') }} as orders
        on customers.customer_id = orders.customer_id
),

people as (
    select
        customer_unique_id,
        count(distinct customer_id) as customer_ids,
        max(case when place = 1 then customer_zip_code_prefix end) as customer_zip_code_prefix,
        max(case when place = 1 then customer_city end) as customer_city,
        max(case when place = 1 then customer_state end) as customer_state
    from ranked
    group by customer_unique_id
),

bought as (
    select
        customer_unique_id,
        count(*) as orders,
        sum(case when is_cancelled then 1 else 0 end) as cancelled_orders,
        min(order_purchase_timestamp) as first_order_at,
        max(order_purchase_timestamp) as last_order_at,
        min(case when not is_cancelled then purchase_month end) as cohort_month,
        sum(gmv) as gmv,
        sum(net_gmv) as net_gmv
    from {{ ref('fct_orders') }}
    group by customer_unique_id
)

select
    people.customer_unique_id,
    people.customer_ids,
    people.customer_zip_code_prefix,
    people.customer_city,
    people.customer_state,
    points.latitude,
    points.longitude,
    coalesce(bought.orders, 0) as orders,
    coalesce(bought.cancelled_orders, 0) as cancelled_orders,
    coalesce(bought.orders - bought.cancelled_orders > 1, false) as is_repeat_customer,
    bought.first_order_at,
    bought.last_order_at,
    bought.cohort_month,
    {{ money('coalesce(bought.gmv, 0)') }} as gmv,
    {{ money('coalesce(bought.net_gmv, 0)') }} as net_gmv
from people
left join bought
    on people.customer_unique_id = bought.customer_unique_id
left join {{ ref('dim_geolocation') }} as points
    on people.customer_zip_code_prefix = points.zip_code_prefix
