/* How many of what there are: the counts of the published data set, times the scale. */
#include "data/shop.h"

#include <stdlib.h>

enum { MILLION = 1000000 };

int64_t cfn__scaled(int64_t scale, int64_t count) {
    int64_t scaled = (count * scale + MILLION / 2) / MILLION;
    return scaled > 0 ? scaled : 1;
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* Orders of each status but delivered, which is the rest. */
static const int64_t status_counts[CFN__STATUSES] = {
    [CFN__SHIPPED] = 1107, [CFN__INVOICED] = 314, [CFN__PROCESSING] = 301, [CFN__UNAVAILABLE] = 609,
    [CFN__CREATED] = 5,    [CFN__APPROVED] = 2,   [CFN__CANCELED] = 625,
};

static void plan_statuses(struct cfn__shop *shop) {
    int64_t to = shop->orders;
    shop->status_from[CFN__STATUSES] = to;
    for (int i = CFN__STATUSES - 1; i > 0; i--) {
        to -= cfn__scaled(shop->scale, status_counts[i]);
        shop->status_from[i] = to;
    }
    shop->status_from[0] = 0;
    int64_t canceled = shop->orders - shop->status_from[CFN__CANCELED];
    shop->last_orders = least(cfn__scaled(shop->scale, 20), canceled);
}

static struct cfn__range first_of(const struct cfn__shop *shop, enum cfn__status status,
                                  int64_t count) {
    int64_t from = shop->status_from[status], size = shop->status_from[status + 1] - from;
    return (struct cfn__range){from, from + least(size, cfn__scaled(shop->scale, count))};
}

/* 775 orders without items; of those that were canceled, the newest. */
static void plan_items(struct cfn__shop *shop) {
    static const int64_t orders[CFN__MOST_ITEMS] = {
        88863, 7516, 1322, 505, 204, 198, 22, 8, 3, 8, 4, 5, 1, 2, 2, 0, 0, 0, 0, 2, 1};
    int64_t canceled = shop->orders - shop->status_from[CFN__CANCELED];
    shop->without_items[0] = first_of(shop, CFN__SHIPPED, 1);
    shop->without_items[1] = first_of(shop, CFN__INVOICED, 2);
    shop->without_items[2] = first_of(shop, CFN__UNAVAILABLE, 603);
    shop->without_items[3] = first_of(shop, CFN__CREATED, 5);
    shop->without_items[4] = (struct cfn__range){
        shop->orders - least(canceled, cfn__scaled(shop->scale, 164)), shop->orders};
    shop->with_items = shop->orders;
    for (int i = 0; i < 5; i++)
        shop->with_items -= shop->without_items[i].to - shop->without_items[i].from;
    int64_t above = 0; /* from the rarest down, so that scale 1 is exact and others are near */
    for (int i = CFN__MOST_ITEMS - 1; i >= 0; i--) {
        shop->item_sums[i] = shop->with_items - (above * shop->scale + MILLION / 2) / MILLION;
        above += orders[i];
    }
}

/* One delivered order was never paid; three were paid with 'not_defined', nothing each. */
static void plan_payments(struct cfn__shop *shop) {
    static const int64_t at_least[] = {2961, 579, 278, 170, 118, 82, 54, 43, 34, 29, 21, 13, 10, 8,
                                       6,    6,   6,   6,   4,   4,  3,  2,  2,  2,  2,  1,  1,  1};
    int64_t unpaid = least(cfn__scaled(shop->scale, 1), shop->status_from[1] / 2);
    int64_t from = shop->status_from[1] / 2, undefined = cfn__scaled(shop->scale, 3);
    shop->without_payments[0] = (struct cfn__range){from, from + unpaid};
    shop->without_payments[1] = (struct cfn__range){shop->orders - undefined, shop->orders};
    shop->with_payments = shop->orders - unpaid - undefined;
    for (size_t i = 0; i < sizeof at_least / sizeof *at_least; i++)
        shop->payments_from[i] = (at_least[i] * shop->scale + MILLION / 2) / MILLION;
}

static void plan_shuffles(struct cfn__shop *shop) {
    const uint64_t seed = shop->seed;
    shop->ranks = cfn__shuffle(shop->orders - shop->last_orders, seed, 1001);
    shop->people_of = cfn__shuffle(shop->orders, seed, 1002);
    shop->items = cfn__shuffle(shop->with_items, seed, 1003);
    shop->payments = cfn__shuffle(shop->with_payments, seed, 1004);
    shop->categories = cfn__shuffle(shop->products, seed, 1005);
    shop->strays = cfn__shuffle(shop->points, seed, 1006);
    shop->files = cfn__shuffle(shop->orders, seed, 1007);
}

void cfn__shop_init(struct cfn__shop *shop, uint64_t seed, int64_t scale) {
    *shop = (struct cfn__shop){.seed = seed, .scale = scale};
    shop->orders = cfn__scaled(scale, 99441);
    shop->people = shop->orders - cfn__scaled(scale, 3345);
    shop->products = cfn__scaled(scale, 32951);
    shop->sellers = cfn__scaled(scale, 3095);
    shop->points = cfn__scaled(scale, 1000163);
    plan_statuses(shop);
    plan_items(shop);
    plan_payments(shop);
    plan_shuffles(shop);
    cfn__plan_days(shop);
    cfn__plan_reviews(shop);
    cfn__places_init(shop);
}

void cfn__shop_done(struct cfn__shop *shop) {
    free(shop->zips);
    free(shop->points_from);
    *shop = (struct cfn__shop){0};
}

int64_t cfn__order_in_file(const struct cfn__shop *shop, int64_t place) {
    return cfn__shuffled(&shop->files, place);
}

int64_t cfn__order_rank(const struct cfn__shop *shop, int64_t order) {
    return order < shop->orders - shop->last_orders ? cfn__shuffled(&shop->ranks, order) : order;
}
