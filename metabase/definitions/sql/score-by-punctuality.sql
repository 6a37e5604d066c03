select
    case
        when days_after_promise < -7 then 'over 7 days early'
        when days_after_promise < 0 then 'early'
        when days_after_promise = 0 then 'on the day'
        when days_after_promise <= 7 then 'late'
        else 'over 7 days late'
    end as punctuality,
    round(avg(cast(review_score as numeric(10, 4))), 2) as review_score
from analytics.fct_orders
where
    is_delivered
    and review_score is not null
    [[and purchase_date >= {{from}}]]
    [[and purchase_date <= {{to}}]]
group by 1
order by min(days_after_promise)
