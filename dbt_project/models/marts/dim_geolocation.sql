{{ config(dist='all', sort='zip_code_prefix') }}

-- One point per zip code: the median of its latitudes and of its longitudes, which a few stray points do not move.
-- Two queries, because Redshift sorts for one median per query. City and state are those most points name.
with latitudes as (
    select
        geolocation_zip_code_prefix as zip_code_prefix,
        median(geolocation_lat) as latitude,
        count(*) as points
    from {{ ref('stg_geolocation') }}
    group by geolocation_zip_code_prefix
),

longitudes as (
    select
        geolocation_zip_code_prefix as zip_code_prefix,
        median(geolocation_lng) as longitude
    from {{ ref('stg_geolocation') }}
    group by geolocation_zip_code_prefix
),

places as (
    select
        geolocation_zip_code_prefix as zip_code_prefix,
        geolocation_city,
        geolocation_state,
        row_number() over (
            partition by geolocation_zip_code_prefix
            order by count(*) desc, geolocation_city asc, geolocation_state asc
        ) as place
    from {{ ref('stg_geolocation') }}
    group by geolocation_zip_code_prefix, geolocation_city, geolocation_state
)

select
    latitudes.zip_code_prefix,
    latitudes.latitude,
    longitudes.longitude,
    places.geolocation_city,
    places.geolocation_state,
    latitudes.points
from latitudes
inner join longitudes
    on latitudes.zip_code_prefix = longitudes.zip_code_prefix
inner join places
    on
        latitudes.zip_code_prefix = places.zip_code_prefix
        and places.place = 1
