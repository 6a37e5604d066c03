/* Where people live: zip codes, their cities and coordinates. */
#include "data/shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* States with the spans of their zip codes; zip codes at scale 1 (19,015 in all); running sums of
 * where customers and sellers live; the middle, and how far its towns lie, in hundredths of a
 * degree. */
static const struct {
    char code[3];
    int32_t from[2], size[2];
    int16_t zips, lat, lng, radius;
} states[CFN__STATES] = {
    {"SP", {1000, 0}, {19000, 0}, 6535, -2220, -4830, 180},
    {"RJ", {20000, 0}, {9000, 0}, 1250, -2220, -4290, 70},
    {"MG", {30000, 0}, {10000, 0}, 1850, -1880, -4450, 260},
    {"RS", {90000, 0}, {10000, 0}, 1200, -2950, -5320, 200},
    {"PR", {80000, 0}, {8000, 0}, 900, -2460, -5160, 160},
    {"SC", {88000, 0}, {2000, 0}, 750, -2720, -5050, 110},
    {"BA", {40000, 0}, {9000, 0}, 900, -1250, -4120, 280},
    {"DF", {70000, 73000}, {2800, 700}, 400, -1579, -4788, 20},
    {"ES", {29000, 0}, {1000, 0}, 420, -1960, -4070, 80},
    {"GO", {72800, 73700}, {200, 3100}, 650, -1600, -4960, 180},
    {"PE", {50000, 0}, {7000, 0}, 600, -838, -3700, 80},
    {"CE", {60000, 0}, {4000, 0}, 500, -520, -3950, 120},
    {"PA", {66000, 0}, {2900, 0}, 400, -390, -5050, 250},
    {"MT", {78000, 0}, {900, 0}, 330, -1330, -5580, 250},
    {"MA", {65000, 0}, {1000, 0}, 330, -480, -4520, 150},
    {"MS", {79000, 0}, {1000, 0}, 250, -2080, -5460, 170},
    {"PB", {58000, 0}, {1000, 0}, 280, -710, -3640, 60},
    {"PI", {64000, 0}, {1000, 0}, 220, -720, -4260, 150},
    {"RN", {59000, 0}, {1000, 0}, 300, -570, -3630, 60},
    {"AL", {57000, 0}, {1000, 0}, 230, -955, -3650, 50},
    {"SE", {49000, 0}, {1000, 0}, 180, -1060, -3740, 40},
    {"TO", {77000, 0}, {1000, 0}, 150, -1000, -4830, 180},
    {"RO", {76800, 0}, {200, 0}, 80, -1090, -6280, 120},
    {"AM", {69000, 69400}, {300, 500}, 200, -330, -6150, 250},
    {"AC", {69900, 0}, {100, 0}, 40, -920, -7000, 100},
    {"AP", {68900, 0}, {100, 0}, 40, 60, -5160, 70},
    {"RR", {69300, 0}, {100, 0}, 30, 230, -6100, 80},
};

static const int32_t customer_sums[CFN__STATES] = {41746, 54598, 66233, 71699, 76744, 80381, 83761,
                                                   85901, 87934, 89954, 91606, 92942, 93917, 94824,
                                                   95571, 96286, 96822, 97317, 97802, 98215, 98565,
                                                   98845, 99098, 99246, 99327, 99395, 99441};
static const int32_t seller_sums[CFN__STATES] = {
    1849, 2020, 2264, 2393, 2742, 2932, 2951, 2981, 3004, 3044, 3053, 3066, 3067, 3071,
    3072, 3077, 3083, 3084, 3089, 3089, 3091, 3091, 3093, 3094, 3095, 3095, 3095};

static int32_t near(struct cfn__random *random, int32_t hundredths, int32_t radius) {
    return hundredths * 10000 + (int32_t)cfn__between(random, -radius * 10000, radius * 10000);
}

/* The city of a zip code by its place among those of its state: the first ones are the capital's.
 * Small towns have two each. */
static void place_zip(struct cfn__zip *zip, int64_t place, int64_t of) {
    int64_t share = 0;
    zip->city = -1;
    for (int i = 0; i < cfn__city_count && zip->city < 0; i++) {
        if (cfn__cities[i].state != zip->state)
            continue;
        share += cfn__cities[i].share;
        if (place * 1000 < share * of)
            zip->city = (int16_t)i;
    }
    zip->town = zip->city < 0 ? (int32_t)(place / 2) : -1;
    struct cfn__random random = cfn__stream((uint64_t)zip->state, CFN__FOR_ZIP,
                                            (uint64_t)(zip->town < 0 ? -1 - place : zip->town));
    const struct cfn__city_fact *city = zip->city < 0 ? NULL : &cfn__cities[zip->city];
    zip->lat = near(&random, city ? city->lat : states[zip->state].lat,
                    city ? 8 : states[zip->state].radius);
    zip->lng = near(&random, city ? city->lng : states[zip->state].lng,
                    city ? 8 : states[zip->state].radius);
}

static int64_t zips_of(const struct cfn__shop *shop, int state) {
    int64_t wanted = cfn__scaled(shop->scale, states[state].zips);
    int64_t size = states[state].size[0] + states[state].size[1];
    return wanted < size ? wanted : size; /* five digits are not more */
}

static void fill_state(struct cfn__shop *shop, int state) {
    int64_t from = shop->zips_from[state], count = shop->zips_from[state + 1] - from;
    int64_t size = states[state].size[0] + states[state].size[1];
    for (int64_t i = 0; i < count; i++) {
        struct cfn__zip *zip = &shop->zips[from + i];
        struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_ZIP, (uint64_t)(from + i));
        int64_t low = i * size / count, high = (i + 1) * size / count;
        int64_t at = low + cfn__below(&random, high - low);
        zip->state = (int16_t)state;
        zip->code = (int32_t)(at < states[state].size[0]
                                  ? states[state].from[0] + at
                                  : states[state].from[1] + at - states[state].size[0]);
        place_zip(zip, i, count);
    }
}

/* Points are dealt out by weights: most zip codes have a few, some have hundreds. Each has one. */
static void deal_points(struct cfn__shop *shop) {
    int64_t count = shop->zip_count, total = 0, sum = 0, rest = shop->points - count;
    int64_t *weights = cfn__alloc((size_t)count * sizeof *weights);
    for (int64_t i = 0; i < count; i++) {
        struct cfn__random random =
            cfn__stream(shop->seed, CFN__FOR_POINT, (uint64_t)-1 - (uint64_t)i);
        weights[i] = 1 + cfn__log_normal(&random, 3000, 90000);
        total += weights[i];
    }
    shop->points_from = cfn__alloc(((size_t)count + 1) * sizeof *shop->points_from);
    for (int64_t i = 0; i < count; i++) {
        shop->points_from[i] = i + rest * (sum / 1024) / (total / 1024 + 1);
        sum += weights[i];
    }
    shop->points_from[count] = shop->points;
    free(weights);
}

void cfn__places_init(struct cfn__shop *shop) {
    for (int i = 0; i < CFN__STATES; i++)
        shop->zips_from[i + 1] = shop->zips_from[i] + zips_of(shop, i);
    shop->zip_count = shop->zips_from[CFN__STATES];
    if (shop->points < shop->zip_count)
        shop->points = shop->zip_count;
    shop->zips = cfn__alloc((size_t)shop->zip_count * sizeof *shop->zips);
    for (int i = 0; i < CFN__STATES; i++)
        fill_state(shop, i);
    deal_points(shop);
}

static int64_t place_of(const struct cfn__shop *shop, struct cfn__random *random,
                        const int32_t *sums) {
    int state = cfn__pick(random, sums, CFN__STATES);
    int64_t from = shop->zips_from[state];
    return from + cfn__below(random, shop->zips_from[state + 1] - from);
}

int64_t cfn__place_of_customer(const struct cfn__shop *shop, struct cfn__random *random) {
    return place_of(shop, random, customer_sums);
}

int64_t cfn__place_of_seller(const struct cfn__shop *shop, struct cfn__random *random) {
    return place_of(shop, random, seller_sums);
}

void cfn__city(const struct cfn__zip *zip, char text[CFN__CITY_SIZE]) {
    if (zip->city < 0)
        cfn__town_name(zip->state, zip->town, text);
    else
        memcpy(text, cfn__cities[zip->city].name, strlen(cfn__cities[zip->city].name) + 1);
}

/* The letters of Portuguese: U+00E0 to U+00FC, two bytes, the first C3. */
void cfn__city_plain(const struct cfn__zip *zip, char text[CFN__CITY_SIZE]) {
    static const char plain[] = "aaaaaaaceeeeiiiidnooooo/ouuuuyty";
    char *to = text;
    cfn__city(zip, text);
    for (const char *from = text; *from; from++) {
        bool accent = (unsigned char)*from == 0xC3;
        *to++ = accent ? plain[(unsigned char)*++from - 0xA0] : *from;
    }
    *to = '\0';
}

const char *cfn__state_code(int state) {
    return states[state].code;
}

/* On a flat map of the latitude where most people live: near enough for a freight. */
int64_t cfn__kilometres(const struct cfn__zip *a, const struct cfn__zip *b) {
    int64_t north = (int64_t)(a->lat - b->lat) * 111 / 1000; /* metres */
    int64_t east = (int64_t)(a->lng - b->lng) * 111 / 1000 * 95 / 100;
    return cfn__root(north * north + east * east) / 1000;
}
