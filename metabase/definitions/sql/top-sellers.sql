select
    gmv_rank,
    left(seller_id, 8) as seller,
    seller_state,
    orders,
    gmv,
    late_rate,
    cancellation_rate,
    average_review_score
from analytics.seller_scorecard
where orders > 0
order by gmv_rank, seller_id
limit 10
