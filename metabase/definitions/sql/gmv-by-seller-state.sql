select
    coalesce(seller_state, '??') as seller_state,
    sum(gmv) as gmv
from analytics.seller_scorecard
where orders > 0
group by 1
order by 2 desc, 1
limit 10
