{# Money is a decimal everywhere: a float cannot hold ten centavos. #}
{% macro money(expression) -%}
    cast({{ expression }} as numeric(18, 2))
{%- endmacro %}

{# A quotient for reading, rounded; null if there is nothing to divide by. Sums are kept beside it, so that nobody must
   average averages. #}
{% macro ratio(numerator, denominator, scale) -%}
    cast(
        round(cast({{ numerator }} as numeric(28, 6)) / nullif({{ denominator }}, 0), {{ scale }})
        as numeric(18, {{ scale }})
    )
{%- endmacro %}

{# The first day of a month. #}
{% macro month_of(column) -%}
    cast(date_trunc('month', {{ column }}) as date)
{%- endmacro %}
