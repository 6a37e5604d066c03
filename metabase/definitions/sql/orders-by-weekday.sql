select
    case extract(dow from order_purchase_timestamp)
        when 0 then 'Sun'
        when 1 then 'Mon'
        when 2 then 'Tue'
        when 3 then 'Wed'
        when 4 then 'Thu'
        when 5 then 'Fri'
        else 'Sat'
    end as weekday,
    count(*) as orders
from analytics.fct_orders
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by min(mod(cast(extract(dow from order_purchase_timestamp) as integer) + 6, 7))
