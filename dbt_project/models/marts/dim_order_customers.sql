{{ config(dist='customer_id', sort='customer_id') }}

-- The shop makes a new customer_id for every order; the person behind it is customer_unique_id.
select
    {%- for column in columns_of('customers') %}
    {{ column.as }},
    {%- endfor %}
    _changed_at
from {{ ref('stg_customers') }}
