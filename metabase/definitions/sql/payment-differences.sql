select
    kind,
    count(*) as orders,
    sum(gmv) as gmv,
    sum(payment_value) as payment_value,
    sum(difference) as difference
from analytics.payment_differences
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by 2 desc, 1
