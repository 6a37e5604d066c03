select
    payment_type,
    sum(payment_value) as payment_value
from analytics.fct_payments
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by 2 desc
