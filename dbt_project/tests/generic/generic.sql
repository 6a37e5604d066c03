{# Tests of this project's own, in the place of a package's: each is a query for the rows that break it. #}

{# No two rows have the same values in these columns. #}
{% test unique_together(model, columns) %}
select {{ columns | join(', ') }}, count(*) as copies
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

{# None of these columns is null: one pass for all of them. #}
{% test required(model, columns) %}
select *
from {{ model }}
where {{ columns | join(' is null or ') }} is null
{% endtest %}

{# The expression is true of every row. Unknown is not true. #}
{% test holds(model, expression) %}
select *
from {{ model }}
where not coalesce({{ expression }}, false)
{% endtest %}

{# As many rows as another relation. #}
{% test same_rows(model, to) %}
select rows_here, rows_there
from (select count(*) as rows_here from {{ model }}) as here
cross join (select count(*) as rows_there from {{ to }}) as there
where rows_here <> rows_there
{% endtest %}

{# What these columns hold stands in the same columns of another relation; nulls refer to nothing. #}
{% test references(model, columns, to, to_columns=none) %}
{%- set targets = to_columns or columns %}
select child.{{ columns | join(', child.') }}
from {{ model }} as child
left join {{ to }} as parent
    on {% for column in columns %}{{ 'and ' if not loop.first }}child.{{ column }} = parent.{{ targets[loop.index0] }} {% endfor %}
where
    child.{{ columns | join(' is not null and child.') }} is not null
    and parent.{{ targets[0] }} is null
{% endtest %}

{# A sum is the same here and there. #}
{% test same_sum(model, column, to, to_column=none, only='1 = 1', to_only='1 = 1') %}
select sum_here, sum_there
from (select coalesce(sum({{ column }}), 0) as sum_here from {{ model }} where {{ only }}) as here
cross join (select coalesce(sum({{ to_column or column }}), 0) as sum_there from {{ to }} where {{ to_only }}) as there
where sum_here <> sum_there
{% endtest %}
