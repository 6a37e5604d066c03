{# Where Redshift and DuckDB differ, a macro stands between them; models hold no engine's own SQL. #}

{# The type of a column, from the type the shop's tables give it. char(n) becomes varchar(n): blanks at the end of a value
   then never count, and both engines compare alike. #}
{% macro sql_type(type) -%}
    {%- if type == 'text' -%}
        {{ text_type() }}
    {%- elif type.startswith('char(') -%}
        var{{ type }}
    {%- else -%}
        {{ type }}
    {%- endif -%}
{%- endmacro %}

{# Redshift's own `text` is varchar(256), which cuts review texts without a word. #}
{% macro text_type() -%}
    {{ return(adapter.dispatch('text_type', 'cfngen')()) }}
{%- endmacro %}

{% macro default__text_type() -%}
    varchar
{%- endmacro %}

{% macro redshift__text_type() -%}
    varchar(65535)
{%- endmacro %}

{# Whole days from one date to another. #}
{% macro days_between(first, second) -%}
    {{ return(adapter.dispatch('days_between', 'cfngen')(first, second)) }}
{%- endmacro %}

{% macro default__days_between(first, second) -%}
    datediff('day', {{ first }}, {{ second }})
{%- endmacro %}

{% macro redshift__days_between(first, second) -%}
    datediff(day, {{ first }}, {{ second }})
{%- endmacro %}

{# Months from one month to another, by the calendar. #}
{% macro months_between_dates(first, second) -%}
    {{ return(adapter.dispatch('months_between_dates', 'cfngen')(first, second)) }}
{%- endmacro %}

{% macro default__months_between_dates(first, second) -%}
    datediff('month', {{ first }}, {{ second }})
{%- endmacro %}

{% macro redshift__months_between_dates(first, second) -%}
    datediff(month, {{ first }}, {{ second }})
{%- endmacro %}

{# Days with their fraction, from one moment to another: a delivery of 36 hours took 1.5 days. #}
{% macro exact_days_between(first, second) -%}
    {{ return(adapter.dispatch('exact_days_between', 'cfngen')(first, second)) }}
{%- endmacro %}

{% macro default__exact_days_between(first, second) -%}
    cast(round(datediff('second', {{ first }}, {{ second }}) / 86400.0, 4) as numeric(12, 4))
{%- endmacro %}

{% macro redshift__exact_days_between(first, second) -%}
    cast(round(datediff(second, {{ first }}, {{ second }}) / 86400.0, 4) as numeric(12, 4))
{%- endmacro %}

{# A moment as text, 'YYYY-MM-DD HH:MM:SS'. #}
{% macro timestamp_text(column) -%}
    {{ return(adapter.dispatch('timestamp_text', 'cfngen')(column)) }}
{%- endmacro %}

{% macro default__timestamp_text(column) -%}
    strftime({{ column }}, '%Y-%m-%d %H:%M:%S')
{%- endmacro %}

{% macro redshift__timestamp_text(column) -%}
    to_char({{ column }}, 'YYYY-MM-DD HH24:MI:SS')
{%- endmacro %}

{# The number that the first 8 hex digits of the MD5 of a text stand for. #}
{% macro short_md5(text) -%}
    {{ return(adapter.dispatch('short_md5', 'cfngen')(text)) }}
{%- endmacro %}

{% macro default__short_md5(text) -%}
    cast('0x' || left(md5({{ text }}), 8) as bigint)
{%- endmacro %}

{% macro redshift__short_md5(text) -%}
    strtol(left(md5({{ text }}), 8), 16)
{%- endmacro %}
