{{ config(dist='order_id', sort='review_creation_date') }}

-- One row per review and order: a review may stand for several orders, and an order may have several.
select
    {%- for column in columns_of('order_reviews') %}
    reviews.{{ column.as }},
    {%- endfor %}
    row_number() over (
        partition by reviews.order_id
        order by reviews.review_answer_timestamp desc, reviews.review_creation_date desc, reviews.review_id asc
    ) = 1 as is_latest_of_order,
    orders.purchase_date,
    orders.purchase_month,
    reviews._changed_at
from {{ ref('stg_order_reviews') }} as reviews
left join {{ ref('int_orders') }} as orders
    on reviews.order_id = orders.order_id
