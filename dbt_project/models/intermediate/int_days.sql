-- Every day from the first order to the last, so that a day without orders is a row of zeros and no gap. Made of
-- digits: Redshift has no generate_series that its compute nodes know.
with digits as (
    {%- for digit in range(10) %}
    select {{ digit }} as digit
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

numbers as (
    select ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit as day_number
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
),

bounds as (
    select
        min(purchase_date) as first_day,
        max(purchase_date) as last_day
    from {{ ref('int_orders') }}
)

select
    bounds.first_day + numbers.day_number as purchase_date,
    {{ month_of('bounds.first_day + numbers.day_number') }} as purchase_month
from bounds
inner join numbers
    on numbers.day_number <= {{ days_between('bounds.first_day', 'bounds.last_day') }}
