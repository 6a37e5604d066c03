{#- The marts a run has just built, named so that dbt builds them before. -#}
-- depends_on: {{ ref('dim_order_customers') }}
-- depends_on: {{ ref('dim_geolocation') }}
-- depends_on: {{ ref('fct_orders') }}
-- depends_on: {{ ref('fct_order_items') }}
-- depends_on: {{ ref('fct_payments') }}
-- depends_on: {{ ref('fct_reviews') }}
-- depends_on: {{ ref('dim_products') }}
-- depends_on: {{ ref('dim_sellers') }}
-- depends_on: {{ ref('dim_product_categories') }}
with
{% for table in shop_tables() -%}
{%- set place = warehouse_of(table.name) -%}
silver_{{ table.name }} as (
    {{- measured(table.name, source('silver', table.name), 'name') }}
),

warehouse_{{ table.name }} as (
    {{- measured(table.name, ref(place.mart), 'as', place.rows or 'count(*)', place.only or '1 = 1', not place.rows) }}
),

{% endfor -%}
computed as (
    {%- for table in shop_tables() %}
    {{- "\n    union all" if not loop.first }}
    {{- measures_as_rows('silver', table.name, 'silver_' ~ table.name) }}
    union all
    {{- measures_as_rows('warehouse', table.name, 'warehouse_' ~ table.name, not warehouse_of(table.name).rows) }}
    {%- endfor %}
),

-- What silver held back is missing from the warehouse as well.
held_back as (
    select
        table_name,
        measure,
        quarantined
    from {{ source('silver', 'control_totals') }}
    where layer = 'silver'
)

select
    cast(layer as varchar(16)) as layer, -- noqa: RF04
    cast(table_name as varchar(64)) as table_name, -- noqa: RF04
    cast(measure as varchar(64)) as measure,
    cast(value as varchar(64)) as value, -- noqa: RF04
    cast(quarantined as varchar(64)) as quarantined
from {{ source('silver', 'control_totals') }}
where layer = 'bronze'
union all
select
    cast(computed.layer as varchar(16)) as layer, -- noqa: RF04
    cast(computed.table_name as varchar(64)) as table_name, -- noqa: RF04
    cast(computed.measure as varchar(64)) as measure,
    cast(computed.value as varchar(64)) as value, -- noqa: RF04
    cast(coalesce(held_back.quarantined, '0') as varchar(64)) as quarantined
from computed
left join held_back
    on
        computed.table_name = held_back.table_name
        and computed.measure = held_back.measure
