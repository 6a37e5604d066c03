{{ config(dist='all', sort='product_id') }}

select
    {%- for column in columns_of('products') %}
    products.{{ column.as }},
    {%- endfor %}
    coalesce(categories.category, 'unknown') as category,
    products.product_length_cm * products.product_height_cm * products.product_width_cm as product_volume_cm3,
    products._changed_at
from {{ ref('stg_products') }} as products
left join {{ ref('int_product_categories') }} as categories
    on products.product_category_name = categories.product_category_name
