/* Customers, who are people for one order, and sellers. */
#include "data/shop.h"

#include <stdio.h>
#include <string.h>

void cfn__id(const struct cfn__shop *shop, enum cfn__purpose purpose, int64_t number,
             struct cfn__row *row) {
    uint64_t key = cfn__stream(shop->seed, purpose, 0).state;
    uint64_t high = cfn__mix((uint64_t)number + key); /* one-to-one: no two are the same */
    cfn__row_id(row, high, cfn__mix(high ^ key));
}

/* Who ordered again: of each 3,345 further orders 2,745 are somebody's second, 203 people have
 * three, 30 four, and so on to one with seventeen. */
static int64_t again(int64_t further) {
    static const int32_t people[] = {2745, 203, 30, 8, 6, 3, 1, 1};
    static const int32_t more[] = {1, 2, 3, 4, 5, 6, 8, 16};
    int64_t rest = further % 3345, person = further / 3345 * 2997;
    for (int i = 0; i < 8; i++) {
        if (rest < people[i] * more[i])
            return person + rest / more[i];
        rest -= people[i] * more[i];
        person += people[i];
    }
    return person;
}

/* Of later orders one in eight is from somebody who is known. */
static int64_t later_person(const struct cfn__shop *shop, int64_t order) {
    struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_CUSTOMER_ID, (uint64_t)order);
    return cfn__chance(&random, 125) ? cfn__below(&random, shop->people) : order;
}

int64_t cfn__person_of(const struct cfn__shop *shop, int64_t order) {
    if (order >= shop->orders)
        return later_person(shop, order);
    int64_t place = cfn__shuffled(&shop->people_of, order);
    return place < shop->people ? place : again(place - shop->people);
}

int64_t cfn__customer_zip(const struct cfn__shop *shop, int64_t order) {
    struct cfn__random random =
        cfn__stream(shop->seed, CFN__FOR_PERSON, (uint64_t)cfn__person_of(shop, order));
    return cfn__place_of_customer(shop, &random);
}

int64_t cfn__seller_zip(const struct cfn__shop *shop, int64_t seller) {
    struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_SELLER, (uint64_t)seller);
    return cfn__place_of_seller(shop, &random);
}

static void put_zip(struct cfn__row *row, int64_t code) {
    char text[32];
    snprintf(text, sizeof text, "%05lld", (long long)code);
    cfn__row_text(row, text);
}

/* A few live where no coordinates are known. */
static int64_t code_of(const struct cfn__shop *shop, const struct cfn__zip *zip, int64_t person) {
    struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_SPARE_ZIP, (uint64_t)person);
    return cfn__chance(&random, 3) ? zip->code / 100 * 100 + cfn__below(&random, 100) : zip->code;
}

void cfn__customer_row(const struct cfn__shop *shop, int64_t order, struct cfn__row *row) {
    const struct cfn__zip *zip = &shop->zips[cfn__customer_zip(shop, order)];
    int64_t person = cfn__person_of(shop, order);
    char city[CFN__CITY_SIZE];
    cfn__city_plain(zip, city);
    cfn__row_begin(row);
    cfn__id(shop, CFN__FOR_CUSTOMER_ID, order, row);
    cfn__id(shop, CFN__FOR_PERSON, person, row);
    put_zip(row, code_of(shop, zip, person));
    cfn__row_text(row, city);
    cfn__row_text(row, cfn__state_code(zip->state));
}

/* What sellers have typed where their city was asked for. */
static const char *dirty_city(int64_t seller) {
    static const char *const typed[] = {
        "04482255",
        "loja@comercio-exemplo.com.br",
        "rio de janeiro \\rio de janeiro",
        "novo hamburgo, rio grande do sul, brasil",
        "Sao Paulo",
        "sao  paulo",
        "sp / sp",
        "santo andre/sao paulo",
        "ribeirao preto / sao paulo",
        "são paulo",
        "auriflama/sp",
        "sbc/sp",
    };
    int64_t at = seller % 3000; /* about one in 250 */
    return at < (int64_t)(sizeof typed / sizeof *typed) ? typed[at] : NULL;
}

void cfn__seller_row(const struct cfn__shop *shop, int64_t seller, int64_t moved,
                     struct cfn__row *row) {
    const struct cfn__zip *zip = &shop->zips[moved < 0 ? cfn__seller_zip(shop, seller) : moved];
    const char *dirty = moved < 0 ? dirty_city(seller) : NULL;
    char city[CFN__CITY_SIZE];
    cfn__city_plain(zip, city);
    cfn__row_begin(row);
    cfn__id(shop, CFN__FOR_SELLER_ID, seller, row);
    put_zip(row, zip->code);
    cfn__row_text(row, dirty ? dirty : city);
    cfn__row_text(row, cfn__state_code(zip->state));
}
