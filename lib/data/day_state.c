/* What is there on a later day. */
#include "data/day.h"

#include <stdlib.h>
#include <string.h>

static struct cfn__map_entry *place_of(const struct cfn__map *map, int64_t key) {
    size_t at = (size_t)cfn__mix((uint64_t)key) & (map->room - 1);
    while (map->entries[at].key && map->entries[at].key != key + 1)
        at = (at + 1) & (map->room - 1);
    return &map->entries[at];
}

int64_t cfn__map_find(const struct cfn__map *map, int64_t key, int64_t otherwise) {
    const struct cfn__map_entry *entry = map->room ? place_of(map, key) : NULL;
    return entry && entry->key ? entry->value : otherwise;
}

static void grow(struct cfn__map *map) {
    struct cfn__map larger = {.room = map->room ? map->room * 2 : 64, .count = map->count};
    larger.entries = cfn__alloc(larger.room * sizeof *larger.entries);
    for (size_t i = 0; i < map->room; i++)
        if (map->entries[i].key)
            *place_of(&larger, map->entries[i].key - 1) = map->entries[i];
    free(map->entries);
    *map = larger;
}

void cfn__map_set(struct cfn__map *map, int64_t key, int64_t value) {
    if (map->count * 2 >= map->room)
        grow(map);
    struct cfn__map_entry *entry = place_of(map, key);
    map->count += entry->key == 0;
    *entry = (struct cfn__map_entry){key + 1, value};
}

static void *copy_of(const void *items, int count, size_t size) {
    void *copy = cfn__alloc((size_t)count * size + size);
    return memcpy(copy, items, (size_t)count * size);
}

struct cfn__live *cfn__day_keep(struct cfn__day *day, const struct cfn__order *order) {
    struct cfn__item items[CFN__MOST_ITEMS];
    struct cfn__payment payments[CFN__MOST_PAYMENTS];
    struct cfn__review reviews[CFN__MOST_REVIEWS] = {{0}};
    struct cfn__live *live = cfn__alloc(sizeof *live);
    live->order = *order;
    live->item_count = cfn__items(day->shop, order, items);
    live->payment_count = cfn__payments(day->shop, order, payments);
    if (order->number < day->shop->orders)
        live->review_count = cfn__reviews(day->shop, order, reviews);
    live->items = copy_of(items, live->item_count, sizeof *items);
    live->payments = copy_of(payments, live->payment_count, sizeof *payments);
    live->reviews = copy_of(reviews, CFN__MOST_REVIEWS, sizeof *reviews);
    live->item_numbers = cfn__alloc((size_t)(live->item_count + 1) * sizeof *live->item_numbers);
    for (int i = 0; i < live->item_count; i++)
        live->item_numbers[i] = i + 1;
    cfn__map_set(&day->order_of, order->number, (int64_t)day->orders.count);
    *CFN_PUSH(&day->orders) = live;
    return live;
}

struct cfn__live *cfn__day_adopt(struct cfn__day *day, int64_t number) {
    int64_t index = cfn__map_find(&day->order_of, number, -1);
    struct cfn__order order;
    if (index >= 0)
        return day->orders.items[index];
    cfn__order(day->shop, number, &order);
    return cfn__day_keep(day, &order);
}

struct cfn__live *cfn__day_any(struct cfn__day *day) {
    struct cfn__live *live = cfn__day_adopt(day, cfn__below(&day->random, day->shop->orders));
    return live->gone ? NULL : live;
}

int64_t cfn__day_count(const struct cfn__day *day, int64_t at_scale_1) {
    return cfn__scaled(day->shop->scale, at_scale_1);
}

void cfn__day_orders_done(struct cfn__day *day) {
    for (size_t i = 0; i < day->orders.count; i++) {
        struct cfn__live *live = day->orders.items[i];
        free(live->items);
        free(live->payments);
        free(live->reviews);
        free(live->item_numbers);
        free(live);
    }
    free(day->orders.items);
    free(day->order_of.entries);
    free(day->category_of.entries);
    free(day->zip_of.entries);
}
