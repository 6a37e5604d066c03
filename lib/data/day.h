/*
 * A later day in the made shop: what is there by then, and the statements that change it.
 *
 * The files are not kept: an order of theirs is made again when something happens to it, and from
 * then on kept with its items, payments and reviews. Days before the one that is asked for are
 * gone through without writing.
 */
#ifndef CFN_DATA_DAY_H
#define CFN_DATA_DAY_H

#include "data/generate.h"

/* Tables by their places in cfn__makers. */
enum {
    CFN__CUSTOMERS,
    CFN__GEOLOCATION,
    CFN__ORDERS,
    CFN__ITEMS,
    CFN__PAYMENTS,
    CFN__REVIEWS,
    CFN__PRODUCTS,
    CFN__SELLERS,
    CFN__TRANSLATION
};

/* An order to which something has happened. */
struct cfn__live {
    struct cfn__order order;
    struct cfn__order to_come; /* of a new one: its times */
    bool gone;                 /* deleted */
    bool open;                 /* a new one on its way */
    struct cfn__item *items;
    struct cfn__payment *payments;
    struct cfn__review *reviews;
    int *item_numbers;
    int item_count, payment_count, review_count;
};

/* Whole numbers by whole numbers, none negative. */
struct cfn__map {
    struct cfn__map_entry {
        int64_t key, value; /* key + 1; 0: free */
    } * entries;
    size_t room, count;
};
int64_t cfn__map_find(const struct cfn__map *map, int64_t key, int64_t otherwise);
void cfn__map_set(struct cfn__map *map, int64_t key, int64_t value);

struct cfn__day {
    const struct cfn__shop *shop;
    const char *schema;
    const struct cfn_source_table *tables[CFN__SHOP_TABLES];
    struct cfn__totals totals[CFN__SHOP_TABLES];
    struct cfn__random random;
    int64_t date;         /* in days */
    struct cfn_text *out; /* NULL: not written */
    struct cfn__files *files;
    CFN_ARRAY(struct cfn__live *) orders;
    struct cfn__map order_of; /* number: index in orders */
    struct cfn__map category_of, zip_of;
    int64_t next_order, next_review, points;
    int translated; /* categories that have got a name */
};

/* day_state.c */
struct cfn__live *cfn__day_adopt(struct cfn__day *day, int64_t number);
struct cfn__live *cfn__day_any(struct cfn__day *day); /* one that is not gone, or NULL */
struct cfn__live *cfn__day_keep(struct cfn__day *day, const struct cfn__order *order);
int64_t cfn__day_count(const struct cfn__day *day, int64_t at_scale_1);
void cfn__day_orders_done(struct cfn__day *day);

/* day_sql.c: statements, which count too. */
void cfn__day_begin(struct cfn__day *day);
void cfn__day_commit(struct cfn__day *day);
void cfn__day_insert(struct cfn__day *day, int table, const struct cfn__row *row);
void cfn__day_delete(struct cfn__day *day, int table, const struct cfn__row *row);
/* Nothing where they are the same. The key may differ. */
void cfn__day_update(struct cfn__day *day, int table, const struct cfn__row *before,
                     const struct cfn__row *after);

/* day_orders.c: an order with all that belongs to it. */
void cfn__day_insert_order(struct cfn__day *day, const struct cfn__live *live);
void cfn__day_delete_order(struct cfn__day *day, const struct cfn__live *live);
void cfn__day_change_order(struct cfn__day *day, struct cfn__live *live,
                           const struct cfn__order *after);
void cfn__day_add_review(struct cfn__day *day, struct cfn__live *live);
void cfn__day_sell(struct cfn__day *day);     /* new orders */
void cfn__day_progress(struct cfn__day *day); /* those on their way go on */

/* day_changes.c: everything else. */
void cfn__day_correct(struct cfn__day *day);
void cfn__day_tidy(struct cfn__day *day);

#endif
