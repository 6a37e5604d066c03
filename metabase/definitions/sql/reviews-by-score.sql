select
    review_score,
    count(*) as reviews
from analytics.fct_reviews
where
    is_latest_of_order
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by 1
