select
    case
        when days_after_promise < -7 then '1 week early or more'
        when days_after_promise < 0 then '2 some days early'
        when days_after_promise = 0 then '3 on the day'
        when days_after_promise <= 7 then '4 some days late'
        else '5 over a week late'
    end as punctuality,
    round(avg(cast(review_score as numeric(10, 4))), 2) as review_score
from analytics.fct_orders
where
    is_delivered
    and review_score is not null
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by 1
