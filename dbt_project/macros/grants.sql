{# Whoever reads dashboards may read the marts and nothing else. A rebuilt table has no grants, so each is granted anew.
   DBT_READER is the name of a database user, e.g. metabase_reader; not set, nothing is granted. #}
{% macro grant_to_reader(relation) -%}
    {%- if reader() -%}
        grant select on {{ relation }} to "{{ reader() }}"
    {%- endif -%}
{%- endmacro %}

{% macro grant_schema_to_reader() -%}
    {%- if reader() -%}
        grant usage on schema "{{ target.schema }}" to "{{ reader() }}"
    {%- endif -%}
{%- endmacro %}

{# The user's name, or nothing where nobody else reads: DuckDB has no users. #}
{% macro reader() -%}
    {%- set name = env_var('DBT_READER', '') if target.type == 'redshift' else '' -%}
    {%- if name and not modules.re.match('^[a-z_][a-z0-9_]*$', name) -%}
        {%- do exceptions.raise_compiler_error("DBT_READER must be a plain user name, not '" ~ name ~ "'") -%}
    {%- endif -%}
    {{ return(name) }}
{%- endmacro %}
