select
    case extract(dow from order_purchase_timestamp)
        when 0 then '7 Sun'
        when 1 then '1 Mon'
        when 2 then '2 Tue'
        when 3 then '3 Wed'
        when 4 then '4 Thu'
        when 5 then '5 Fri'
        else '6 Sat'
    end as weekday,
    count(*) as orders
from analytics.fct_orders
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by 1
