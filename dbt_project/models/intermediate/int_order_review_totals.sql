-- One row per order that has reviews. Its score is that of the review answered last: people write a second one to
-- correct the first.
with ranked as (
    select
        order_id,
        review_score,
        row_number() over (
            partition by order_id
            order by review_answer_timestamp desc, review_creation_date desc, review_id asc
        ) as place
    from {{ ref('stg_order_reviews') }}
)

select
    order_id,
    count(*) as reviews,
    max(case when place = 1 then review_score end) as review_score
from ranked
group by order_id
