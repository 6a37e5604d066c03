-- Every category that a product or the translation names, with one English name.
with named as (
    select product_category_name from {{ ref('stg_products') }}
    union
    select product_category_name from {{ ref('stg_product_category_name_translation') }}
)

select
    named.product_category_name,
    translations.product_category_name_english,
    coalesce(
        corrections.english_name, translations.product_category_name_english, named.product_category_name
    ) as category
from named
left join {{ ref('stg_product_category_name_translation') }} as translations
    on named.product_category_name = translations.product_category_name
left join {{ ref('category_corrections') }} as corrections
    on named.product_category_name = corrections.product_category_name
where named.product_category_name is not null
