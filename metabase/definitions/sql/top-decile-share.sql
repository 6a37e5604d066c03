with ranked as (
    select
        gmv,
        ntile(10) over (order by gmv desc) as tenth
    from analytics.seller_scorecard
    where orders > 0
)

select round(cast(sum(case when tenth = 1 then gmv else 0 end) as numeric(28, 6)) / nullif(sum(gmv), 0), 4) as top_share
from ranked
