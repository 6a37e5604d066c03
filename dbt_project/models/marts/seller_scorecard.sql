{{ config(dist='all', sort='seller_id') }}

-- One row per seller, also of those who sold nothing, and of those whom the items name but the sellers' table does
-- not. An order of several sellers counts for each; revenue is only what each sold.
with scored as (
    select
        seller_id,
        count(*) as orders,
        sum(items) as items,
        sum(merchandise_revenue) as merchandise_revenue,
        sum(freight_revenue) as freight_revenue,
        sum(gmv) as gmv,
        sum(case when is_cancelled then 0 else gmv end) as net_gmv,
        sum(case when is_cancelled then 1 else 0 end) as cancelled_orders,
        sum(case when is_delivered then 1 else 0 end) as delivered_orders,
        sum(case when is_late then 1 else 0 end) as late_orders,
        sum(case when is_handed_over_late then 1 else 0 end) as handed_over_late_orders,
        count(review_score) as reviewed_orders,
        sum(review_score) as review_score_total,
        min(purchase_date) as first_sale_on,
        max(purchase_date) as last_sale_on
    from {{ ref('int_seller_orders') }}
    group by seller_id
),

everyone as (
    select seller_id from {{ ref('dim_sellers') }}
    union
    select seller_id from scored
)

select
    everyone.seller_id,
    sellers.seller_city,
    sellers.seller_state,
    coalesce(scored.orders, 0) as orders,
    cast(coalesce(scored.items, 0) as bigint) as items,
    {{ money('coalesce(scored.merchandise_revenue, 0)') }} as merchandise_revenue,
    {{ money('coalesce(scored.freight_revenue, 0)') }} as freight_revenue,
    {{ money('coalesce(scored.gmv, 0)') }} as gmv,
    {{ money('coalesce(scored.net_gmv, 0)') }} as net_gmv,
    coalesce(scored.cancelled_orders, 0) as cancelled_orders,
    coalesce(scored.delivered_orders, 0) as delivered_orders,
    coalesce(scored.late_orders, 0) as late_orders,
    coalesce(scored.handed_over_late_orders, 0) as handed_over_late_orders,
    {{ ratio('scored.late_orders', 'scored.delivered_orders', 4) }} as late_rate,
    {{ ratio('scored.cancelled_orders', 'scored.orders', 4) }} as cancellation_rate,
    coalesce(scored.reviewed_orders, 0) as reviewed_orders,
    {{ ratio('scored.review_score_total', 'scored.reviewed_orders', 2) }} as average_review_score,
    scored.first_sale_on,
    scored.last_sale_on,
    rank() over (order by coalesce(scored.gmv, 0) desc) as gmv_rank
from everyone
left join scored
    on everyone.seller_id = scored.seller_id
left join {{ ref('dim_sellers') }} as sellers
    on everyone.seller_id = sellers.seller_id
