{{ config(dist='all', sort='seller_id') }}

select
    {%- for column in columns_of('sellers') %}
    sellers.{{ column.as }},
    {%- endfor %}
    points.latitude,
    points.longitude,
    sellers._changed_at
from {{ ref('stg_sellers') }} as sellers
left join {{ ref('dim_geolocation') }} as points
    on sellers.seller_zip_code_prefix = points.zip_code_prefix
