select
    round(average_review_score * 2, 0) / 2 as score,
    count(*) as sellers
from analytics.seller_scorecard
where average_review_score is not null
group by 1
order by 1
