{{ config(dist='all', sort='purchase_date') }}

-- Orders whose payments and items do not add up to the same. A report and no test: vouchers, interest on instalments
-- and orders that lost their items differ rightly.
select
    order_id,
    order_status,
    is_cancelled,
    purchase_date,
    purchase_month,
    items,
    payments,
    gmv,
    payment_value,
    {{ money('payment_value - gmv') }} as difference,
    case
        when items = 0 then 'no items'
        when payments = 0 then 'no payment'
        when abs(payment_value - gmv) < 0.05 then 'rounding'
        when payment_value > gmv then 'paid more'
        else 'paid less'
    end as kind
from {{ ref('fct_orders') }}
where payment_value <> gmv
