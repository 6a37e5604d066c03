{# Whoever reads dashboards may read the marts and nothing else. A rebuilt table has no grants, so each is granted anew.
   DBT_READER is the name of a database user, e.g. metabase_reader; not set, nothing is granted. #}
{% macro grant_to_reader(relation) -%}
    {%- set reader = env_var('DBT_READER', '') -%}
    {%- if execute and reader and target.type == 'redshift' -%}
        {%- if not modules.re.match('^[a-z_][a-z0-9_]*$', reader) -%}
            {%- do exceptions.raise_compiler_error("DBT_READER must be a plain user name, not '" ~ reader ~ "'") -%}
        {%- endif -%}
        grant select on {{ relation }} to "{{ reader }}"
    {%- endif -%}
{%- endmacro %}
