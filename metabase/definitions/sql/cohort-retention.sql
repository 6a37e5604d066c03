select
    cohort_month,
    max(cohort_customers) as customers,
    max(case when months_since = 1 then retention_rate end) as month_1,
    max(case when months_since = 2 then retention_rate end) as month_2,
    max(case when months_since = 3 then retention_rate end) as month_3,
    max(case when months_since = 4 then retention_rate end) as month_4,
    max(case when months_since = 5 then retention_rate end) as month_5,
    max(case when months_since = 6 then retention_rate end) as month_6
from analytics.cohort_retention
group by 1
order by 1
