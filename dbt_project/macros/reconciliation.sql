{# The control totals of a table, computed in SQL. Measures and canonical text of a row are those of every other layer, so
   that the numbers compare digit by digit. `named` says which name of a column holds: 'name' in silver, 'as' from staging
   on. #}

{# Where the rows of a table stand in the warehouse. `rows` counts them if a mart holds fewer, bigger rows; such a mart
   states no checksum. `only` leaves out rows that the table never had. #}
{% macro warehouse_of(table_name) -%}
    {{ return({
        'customers': {'mart': 'dim_order_customers'},
        'geolocation': {'mart': 'dim_geolocation', 'rows': 'coalesce(sum(points), 0)'},
        'orders': {'mart': 'fct_orders'},
        'order_items': {'mart': 'fct_order_items'},
        'order_payments': {'mart': 'fct_payments'},
        'order_reviews': {'mart': 'fct_reviews'},
        'products': {'mart': 'dim_products'},
        'sellers': {'mart': 'dim_sellers'},
        'product_category_name_translation': {
            'mart': 'dim_product_categories', 'only': 'product_category_name_english is not null'},
    }[table_name]) }}
{%- endmacro %}

{# One column as canonical text. NULL is a backslash and N; chr() says so to both engines. #}
{% macro canonical_column(column, named) -%}
    {%- if column.type == 'timestamp' -%}
        {%- set text = timestamp_text(column[named]) -%}
    {%- elif column.type.startswith('char(') -%}
        {%- set text = 'rtrim(' ~ column[named] ~ ')' -%}
    {%- elif column.type == 'text' or column.type.startswith('varchar(') -%}
        {%- set text = column[named] -%}
    {%- else -%}
        {%- set text = 'cast(' ~ column[named] ~ ' as varchar(64))' -%}
    {%- endif -%}
    coalesce({{ text }}, chr(92) || 'N')
{%- endmacro %}

{# The columns that no cleaning changes and whose text is exact. #}
{% macro canonical_row(table_name, named) -%}
    {%- for column in columns_of(table_name) if not column.cleaned and column.type != 'double precision' -%}
        {{ "" if loop.first else " || '|' || " }}{{ canonical_column(column, named) }}
    {%- endfor -%}
{%- endmacro %}

{# 'numeric(10,2)' -> 'numeric(38,2)': room for the sum, the same decimals. #}
{% macro sum_type(column) -%}
    numeric(38,{{ column.type.split(',')[1] }}
{%- endmacro %}

{# The measures of a table in one pass over it: one row. #}
{% macro measured(table_name, relation, named, rows='count(*)', only='1 = 1', checksum=true) %}
    select
        {{ rows }} as row_total
        {%- for column in columns_of(table_name) if column.type.startswith('numeric(') %},
        cast(coalesce(sum({{ column[named] }}), 0) as {{ sum_type(column) }}) as sum_{{ column.name }}
        {%- endfor %}
        {%- if checksum %},
        coalesce(sum({{ short_md5(canonical_row(table_name, named)) }}), 0) as checksum
        {%- endif %}
    from {{ relation }}
    where {{ only }}
{%- endmacro %}

{# That row as one row for each measure, (layer, table_name, measure, value). #}
{% macro measures_as_rows(layer, table_name, cte, checksum=true) %}
    select
        '{{ layer }}' as layer,
        '{{ table_name }}' as table_name,
        'rows' as measure,
        cast(row_total as varchar(64)) as value
    from {{ cte }}
    {%- for column in columns_of(table_name) if column.type.startswith('numeric(') %}
    union all
    select
        '{{ layer }}' as layer,
        '{{ table_name }}' as table_name,
        'sum({{ column.name }})' as measure,
        cast(sum_{{ column.name }} as varchar(64)) as value
    from {{ cte }}
    {%- endfor %}
    {%- if checksum %}
    union all
    select
        '{{ layer }}' as layer,
        '{{ table_name }}' as table_name,
        'checksum' as measure,
        cast(checksum as varchar(64)) as value
    from {{ cte }}
    {%- endif %}
{%- endmacro %}
