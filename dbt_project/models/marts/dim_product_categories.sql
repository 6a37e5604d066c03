{{ config(dist='all', sort='category') }}

select
    categories.product_category_name,
    categories.product_category_name_english,
    categories.category,
    count(products.product_id) as products
from {{ ref('int_product_categories') }} as categories
left join {{ ref('stg_products') }} as products
    on categories.product_category_name = products.product_category_name
group by
    categories.product_category_name,
    categories.product_category_name_english,
    categories.category
