select round(avg(days_to_deliver), 2) as days_to_deliver
from analytics.fct_orders
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
