/* Coordinates of zip codes: many for each, a quarter of them written twice, some far away. */
#include "data/shop.h"

#include <stdio.h>
#include <string.h>

/* Rows are copies of earlier rows of their zip code in 26 of 100 cases. */
static int64_t original_of(const struct cfn__shop *shop, int64_t zip, int64_t point) {
    int64_t from = shop->points_from[zip];
    while (point > from) {
        struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_POINT, (uint64_t)point);
        if (!cfn__chance(&random, 262))
            break;
        point = from + cfn__below(&random, point - from);
    }
    return point;
}

static char *put_digits(char *to, int64_t number, int count) {
    for (int i = count - 1; i >= 0; i--, number /= 10)
        to[i] = (char)('0' + number % 10);
    return to + count;
}

/* 14 digits behind the point, as the published file has them. */
static void put_degrees(struct cfn__row *row, struct cfn__random *random, int64_t millionths) {
    char text[32], *to = text;
    int64_t size = millionths < 0 ? -millionths : millionths, degrees = size / 1000000;
    if (millionths < 0)
        *to++ = '-';
    to = put_digits(to, degrees, degrees < 10 ? 1 : degrees < 100 ? 2 : 3);
    *to++ = '.';
    to = put_digits(to, size % 1000000, 6);
    to = put_digits(to, cfn__below(random, 100000000), 8);
    *to = '\0';
    cfn__row_text(row, text);
}

/* One in eight has its accents; a few have capitals, double blanks, stars. */
static void put_city(struct cfn__row *row, struct cfn__random *random, const struct cfn__zip *zip) {
    char city[CFN__CITY_SIZE], text[2 * CFN__CITY_SIZE];
    int64_t form = cfn__below(random, 1000);
    if (form < 120)
        cfn__city(zip, city);
    else
        cfn__city_plain(zip, city);
    const char *blank = strchr(city, ' ');
    if (form < 990 || (form < 993 && !blank)) {
        cfn__row_text(row, city);
        return;
    }
    if (form < 993)
        snprintf(text, sizeof text, "%.*s  %s", (int)(blank - city), city, blank + 1);
    else if (form < 997)
        snprintf(text, sizeof text, "%c%s", city[0] - 'a' + 'A', city + 1);
    else
        snprintf(text, sizeof text, "* %s", form == 999 ? city : "cidade");
    cfn__row_text(row, text);
}

/* Points that lie in other countries: somebody has the coordinates of another place of that name.
 */
static bool stray(const struct cfn__shop *shop, int64_t point, struct cfn__zip *at) {
    static const int32_t places[][2] = {
        {45065933, 9341528},  {19558000, -101470000}, {38716000, -9139000}, {41150000, -8610000},
        {40416000, -3703000}, {28008000, -15500000},  {42184000, -8723000}, {14585000, 121105000},
    };
    int64_t place = point < shop->points ? cfn__shuffled(&shop->strays, point) : shop->points;
    if (place >= cfn__scaled(shop->scale, 29))
        return false;
    at->lat = places[place % 8][0];
    at->lng = places[place % 8][1];
    return true;
}

void cfn__point_row(const struct cfn__shop *shop, int64_t zip, int64_t point,
                    struct cfn__row *row) {
    int64_t original = original_of(shop, zip, point);
    struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_POINT, (uint64_t)original);
    struct cfn__zip at = shop->zips[zip];
    char code[6] = {0};
    bool far = stray(shop, original, &at);
    int64_t lat = at.lat + (far ? 0 : cfn__bell(&random) / 16);
    int64_t lng = at.lng + (far ? 0 : cfn__bell(&random) / 16);
    put_digits(code, at.code, 5);
    cfn__row_begin(row);
    cfn__row_text(row, code);
    put_degrees(row, &random, lat);
    put_degrees(row, &random, lng);
    put_city(row, &random, &at);
    cfn__row_text(row, cfn__state_code(at.state));
}
