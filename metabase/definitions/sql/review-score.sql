select round(avg(cast(review_score as numeric(10, 4))), 2) as review_score
from analytics.fct_orders
where
    1 = 1
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
