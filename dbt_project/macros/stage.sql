{# A silver table with the warehouse's types and names. The columns come from the shop's tables: they are listed nowhere
   else. #}
{% macro stage(table_name) -%}
select
{%- for column in columns_of(table_name) %}
    cast({{ staged_value(column) }} as {{ sql_type(column.type) }}) as {{ column.as }},
{%- endfor %}
    _changed_at
from {{ source('silver', table_name) }}
{%- endmacro %}

{% macro columns_of(table_name) -%}
    {{ return((shop_tables() | selectattr('name', 'equalto', table_name) | first).columns) }}
{%- endmacro %}

{% macro staged_value(column) -%}
    {%- if column.type.startswith('char(') -%}
        rtrim({{ column.name }})
    {%- else -%}
        {{ column.name }}
    {%- endif -%}
{%- endmacro %}
