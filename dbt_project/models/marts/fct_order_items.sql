{{ config(dist='order_id', sort='purchase_date') }}

-- One row per item. An item whose order is not (yet) there is kept and marked; revenue counts items of known orders
-- only.
select
    {%- for column in columns_of('order_items') %}
    items.{{ column.as }},
    {%- endfor %}
    {{ money('items.price + items.freight_value') }} as gmv,
    {{ money('case when orders.is_cancelled then 0 else items.price + items.freight_value end') }} as net_gmv,
    orders.order_id is not null as has_order,
    orders.order_status,
    orders.is_cancelled,
    orders.customer_unique_id,
    orders.customer_state,
    orders.purchase_date,
    orders.purchase_month,
    coalesce(products.category, 'unknown') as category,
    items._changed_at
from {{ ref('stg_order_items') }} as items
left join {{ ref('int_orders') }} as orders
    on items.order_id = orders.order_id
left join {{ ref('dim_products') }} as products
    on items.product_id = products.product_id
