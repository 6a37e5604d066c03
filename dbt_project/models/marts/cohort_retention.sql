{{ config(dist='all', sort='cohort_month') }}

-- One row per cohort and month since: of the people whose first order (not cancelled) fell in a month, how many
-- ordered again so many months later. Months in which none did are rows of zero.
with cohorts as (
    select
        cohort_month,
        count(*) as customers
    from {{ ref('dim_customers') }}
    where cohort_month is not null
    group by cohort_month
),

months as (
    select distinct purchase_month
    from {{ ref('revenue_monthly') }}
),

active as (
    select
        people.cohort_month,
        orders.purchase_month,
        count(distinct orders.customer_unique_id) as customers,
        count(*) as orders,
        sum(orders.gmv) as gmv
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('dim_customers') }} as people
        on orders.customer_unique_id = people.customer_unique_id
    where not orders.is_cancelled
    group by people.cohort_month, orders.purchase_month
)

select
    cohorts.cohort_month,
    {{ months_between_dates('cohorts.cohort_month', 'months.purchase_month') }} as months_since,
    months.purchase_month,
    cohorts.customers as cohort_customers,
    coalesce(active.customers, 0) as active_customers,
    coalesce(active.orders, 0) as orders,
    {{ money('coalesce(active.gmv, 0)') }} as gmv,
    {{ ratio('coalesce(active.customers, 0)', 'cohorts.customers', 4) }} as retention_rate
from cohorts
inner join months
    on cohorts.cohort_month <= months.purchase_month
left join active
    on
        cohorts.cohort_month = active.cohort_month
        and months.purchase_month = active.purchase_month
