/* Items of orders: most have one; what somebody takes twice is mostly the same thing. */
#include "data/shop.h"

#include "data/calendar.h"

/* The place of an order among those with items; -1: it has none. */
static int64_t place_of(const struct cfn__shop *shop, int64_t rank) {
    int64_t place = rank;
    for (int i = 0; i < 5 && shop->without_items[i].from <= rank; i++) {
        if (rank < shop->without_items[i].to)
            return -1;
        place -= shop->without_items[i].to - shop->without_items[i].from;
    }
    return cfn__shuffled(&shop->items, place);
}

int cfn__item_count(const struct cfn__shop *shop, int64_t rank) {
    int64_t place = place_of(shop, rank);
    int count = 1;
    if (place < 0)
        return 0;
    while (count < CFN__MOST_ITEMS && place >= shop->item_sums[count - 1])
        count++;
    return count;
}

/* Some things sell a hundred times as well as others. */
static int64_t drawn_product(const struct cfn__shop *shop, struct cfn__random *random) {
    int64_t drawn = cfn__below(random, 1 << 20), square = drawn * drawn >> 20;
    return (square * drawn >> 20) * shop->products >> 20;
}

/* Each product is sold at least once where there are orders enough. */
int64_t cfn__first_product(const struct cfn__shop *shop, int64_t order, int64_t rank) {
    struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_ITEMS, (uint64_t)order);
    int64_t drawn = drawn_product(shop, &random);
    int64_t place = order < shop->orders ? place_of(shop, rank) : -1;
    return place >= 0 && place < shop->products ? place : drawn;
}

/* A price that ends as prices do; now and then there is a discount. */
static int64_t price_of(struct cfn__random *random, const struct cfn__product *product) {
    int64_t price = product->price;
    if (cfn__chance(random, 120))
        price = price * cfn__between(random, 800, 990) / 1000;
    if (price < 85)
        price = 85;
    return price > 673500 ? 673500 : price;
}

/* By distance and weight; something is free, because a few sellers take it upon themselves. */
static int64_t freight_of(struct cfn__random *random, int64_t kilometres,
                          const struct cfn__product *product) {
    int64_t usual = 910 + kilometres * 105 / 100 + product->weight * 18 / 100;
    int64_t freight = cfn__log_normal(random, usual, 18000);
    if (cfn__chance(random, 4))
        return 0;
    return freight > 40968 ? 40968 : freight;
}

/* Four sellers were given years. */
static int64_t limit_of(const struct cfn__shop *shop, const struct cfn__order *order,
                        struct cfn__random *random) {
    int64_t from = order->approved == CFN__NEVER ? order->purchase : order->approved;
    int64_t limit = from + cfn__between(random, 2, 7) * CFN__DAY + cfn__below(random, 600);
    int64_t place = order->number < shop->orders ? place_of(shop, order->rank) : -1;
    if (place >= 0 && place < cfn__scaled(shop->scale, 4))
        limit = cfn__day_of(2020, 4, 9) * CFN__DAY - place * 61 * CFN__DAY + limit % CFN__DAY;
    return limit;
}

int cfn__items(const struct cfn__shop *shop, const struct cfn__order *order,
               struct cfn__item items[CFN__MOST_ITEMS]) {
    struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_ITEMS, (uint64_t)order->number);
    const struct cfn__zip *to = &shop->zips[cfn__customer_zip(shop, order->number)];
    int count = cfn__item_count(shop, order->rank);
    drawn_product(shop, &random); /* the first one's */
    int64_t limit = limit_of(shop, order, &random);
    for (int i = 0; i < count; i++) {
        struct cfn__product product;
        if (i > 0 && cfn__chance(&random, 700)) {
            items[i] = items[i - 1];
            continue;
        }
        items[i].product =
            i ? drawn_product(shop, &random) : cfn__first_product(shop, order->number, order->rank);
        items[i].seller = cfn__seller_of(shop, items[i].product);
        items[i].limit = limit;
        cfn__product(shop, items[i].product, &product);
        const struct cfn__zip *from = &shop->zips[cfn__seller_zip(shop, items[i].seller)];
        items[i].price = price_of(&random, &product);
        items[i].freight = freight_of(&random, cfn__kilometres(from, to), &product);
    }
    return count;
}

void cfn__item_row(const struct cfn__shop *shop, int64_t order, int number,
                   const struct cfn__item *item, struct cfn__row *row) {
    cfn__row_begin(row);
    cfn__id(shop, CFN__FOR_ORDER_ID, order, row);
    cfn__row_number(row, number);
    cfn__id(shop, CFN__FOR_PRODUCT_ID, item->product, row);
    cfn__id(shop, CFN__FOR_SELLER_ID, item->seller, row);
    cfn__row_time(row, item->limit);
    cfn__row_money(row, item->price);
    cfn__row_money(row, item->freight);
}
