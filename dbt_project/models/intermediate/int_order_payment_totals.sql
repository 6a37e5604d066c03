-- One row per order that has payments.
with ranked as (
    select
        order_id,
        payment_type,
        payment_installments,
        payment_value,
        row_number() over (
            partition by order_id
            order by payment_value desc, payment_sequential asc
        ) as place
    from {{ ref('stg_order_payments') }}
)

select
    order_id,
    count(*) as payments,
    sum(payment_value) as payment_value,
    max(payment_installments) as payment_installments,
    max(case when place = 1 then payment_type end) as main_payment_type
from ranked
group by order_id
