{{ config(dist='all', sort='purchase_month') }}

-- One row per month of purchase and state of the customer. Totals stand beside counts, so that an average over
-- several rows is the quotient of two sums.
select
    purchase_month,
    coalesce(customer_state, '??') as customer_state,
    count(*) as orders,
    sum(case when is_delivered then 1 else 0 end) as delivered_orders,
    sum(case when is_late then 1 else 0 end) as late_orders,
    coalesce(sum(days_to_deliver), 0) as days_to_deliver_total,
    coalesce(sum(days_promised), 0) as days_promised_total,
    sum(case when is_late then days_after_promise else 0 end) as days_late_total,
    sum(case when is_delivered and review_score is not null then 1 else 0 end) as reviewed_orders,
    sum(case when is_delivered then coalesce(review_score, 0) else 0 end) as review_score_total,
    {{ ratio('sum(case when is_late then 1 else 0 end)', 'sum(case when is_delivered then 1 else 0 end)', 4) }}
        as late_rate,
    {{ ratio('sum(days_to_deliver)', 'count(days_to_deliver)', 2) }} as average_days_to_deliver
from {{ ref('fct_orders') }}
group by purchase_month, coalesce(customer_state, '??')
