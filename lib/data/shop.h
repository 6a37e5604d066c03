/*
 * A shop in the published format of the Olist data set, made of a seed and a scale.
 *
 * Nothing is kept but places and counts: every row can be made again from its number. Orders are
 * numbered by the time of their purchase, 0 ... orders - 1. How many of what there are is exact,
 * because kinds are dealt out by shuffles (of which each number has exactly one place) and not by
 * chance: an order whose place is below 775 has no items, and so on.
 */
#ifndef CFN_DATA_SHOP_H
#define CFN_DATA_SHOP_H

#include "data/random.h"
#include "data/row.h"

/* What a stream of numbers is for. */
enum cfn__purpose {
    CFN__FOR_CUSTOMER_ID = 1,
    CFN__FOR_PERSON,
    CFN__FOR_ORDER_ID,
    CFN__FOR_ORDER,
    CFN__FOR_ITEMS,
    CFN__FOR_PAYMENTS,
    CFN__FOR_REVIEW_ID,
    CFN__FOR_REVIEW,
    CFN__FOR_PRODUCT_ID,
    CFN__FOR_PRODUCT,
    CFN__FOR_SELLER_ID,
    CFN__FOR_SELLER,
    CFN__FOR_ZIP,
    CFN__FOR_POINT,
    CFN__FOR_TOWN,
    CFN__FOR_FILE,
    CFN__FOR_DAY,
    CFN__FOR_SPARE_ZIP
};

enum cfn__status {
    CFN__DELIVERED,
    CFN__SHIPPED,
    CFN__INVOICED,
    CFN__PROCESSING,
    CFN__UNAVAILABLE,
    CFN__CREATED,
    CFN__APPROVED,
    CFN__CANCELED,
    CFN__STATUSES
};
extern const char *const cfn__status_names[CFN__STATUSES];

enum {
    CFN__STATES = 27,
    CFN__MOST_ITEMS = 21,
    CFN__MOST_PAYMENTS = 29,
    CFN__MOST_REVIEWS = 3,
    CFN__MOST_DAYS = 800
};

/* Numbers from `from` to before `to`. */
struct cfn__range {
    int64_t from, to;
};

struct cfn__zip {
    int32_t code;
    int32_t lat, lng; /* millionths of a degree */
    int32_t town;     /* of the state's small ones; -1: one of the table */
    int16_t state, city;
};

struct cfn__shop {
    uint64_t seed;
    int64_t scale; /* in millionths */
    int64_t orders, people, products, sellers, points;
    int64_t with_items, with_payments, first_reviews, reviews;
    int64_t last_orders;                    /* the newest, none of which got far */
    int64_t status_from[CFN__STATUSES + 1]; /* ranks of orders */
    struct cfn__range without_items[5];     /* ranks, ascending */
    struct cfn__range without_payments[2];
    int64_t item_sums[CFN__MOST_ITEMS];        /* orders with at most so many items */
    int64_t payments_from[CFN__MOST_PAYMENTS]; /* orders with at least 2, 3, ... payments */
    int64_t shared_messages, shared_titles;    /* of reviews that stand for several orders */
    struct cfn__shuffle ranks, people_of, items, payments, reviewed, messages, titles, categories;
    struct cfn__shuffle strays, files;
    int64_t days[CFN__MOST_DAYS];     /* on which there were orders */
    int64_t day_ends[CFN__MOST_DAYS]; /* how many there were by then, in thousandths at scale 1 */
    int day_count;
    struct cfn__zip *zips;
    int64_t zip_count;
    int64_t zips_from[CFN__STATES + 1]; /* of each state */
    int64_t *points_from;               /* of each zip, and the end */
};

/* shop_plan.c: how many of what. */
void cfn__shop_init(struct cfn__shop *shop, uint64_t seed, int64_t scale);
void cfn__shop_done(struct cfn__shop *shop);
int64_t cfn__scaled(int64_t scale, int64_t count); /* at least 1 */
int64_t cfn__order_in_file(const struct cfn__shop *shop, int64_t place);
int64_t cfn__order_rank(const struct cfn__shop *shop, int64_t order);

/* shop_places.c */
void cfn__places_init(struct cfn__shop *shop);
int64_t cfn__place_of_customer(const struct cfn__shop *shop, struct cfn__random *random);
int64_t cfn__place_of_seller(const struct cfn__shop *shop, struct cfn__random *random);
enum { CFN__CITY_SIZE = 64 };
void cfn__city(const struct cfn__zip *zip, char text[CFN__CITY_SIZE]); /* with accents */
void cfn__city_plain(const struct cfn__zip *zip, char text[CFN__CITY_SIZE]);
const char *cfn__state_code(int state);
int64_t cfn__kilometres(const struct cfn__zip *a, const struct cfn__zip *b);
void cfn__point_row(const struct cfn__shop *shop, int64_t zip, int64_t point, struct cfn__row *row);

/* shop_cities.c */
struct cfn__city_fact {
    int16_t state, share; /* thousandths of the state's zips */
    int16_t lat, lng;     /* hundredths of a degree */
    const char *name;
};
extern const struct cfn__city_fact cfn__cities[];
extern const int cfn__city_count;
void cfn__town_name(int state, int64_t town, char text[CFN__CITY_SIZE]);

/* shop_people.c */
int64_t cfn__person_of(const struct cfn__shop *shop, int64_t order);
int64_t cfn__customer_zip(const struct cfn__shop *shop, int64_t order);
int64_t cfn__seller_zip(const struct cfn__shop *shop, int64_t seller);
void cfn__customer_row(const struct cfn__shop *shop, int64_t order, struct cfn__row *row);
/* moved: the number of the zip code where the seller is by now; -1: the first one. */
void cfn__seller_row(const struct cfn__shop *shop, int64_t seller, int64_t moved,
                     struct cfn__row *row);
void cfn__id(const struct cfn__shop *shop, enum cfn__purpose purpose, int64_t number,
             struct cfn__row *row);

/* shop_products.c */
struct cfn__product {
    int category;   /* -1: none is known */
    int64_t price;  /* usual, in hundredths */
    int64_t weight; /* grams */
    int64_t length, height, width;
    bool unmeasured;
};
void cfn__product(const struct cfn__shop *shop, int64_t number, struct cfn__product *product);
int64_t cfn__seller_of(const struct cfn__shop *shop, int64_t product);
/* category: another one than the product began with; CFN__OWN_CATEGORY: that one. */
enum { CFN__OWN_CATEGORY = -2 };
void cfn__product_row(const struct cfn__shop *shop, int64_t number, int category,
                      struct cfn__row *row);
void cfn__translation_row(int64_t number, struct cfn__row *row);
int64_t cfn__translations(void);

/* shop_categories.c */
struct cfn__category {
    const char *name, *english;      /* NULL: nobody has translated it */
    int16_t products, price, weight; /* at scale 1; usual, in BRL; usual, in grams */
};
extern const struct cfn__category cfn__categories[];
extern const int cfn__category_count;

/* shop_orders.c */
struct cfn__order {
    int64_t number, rank;
    enum cfn__status status;
    int64_t purchase, approved, carrier, delivered, estimated; /* CFN__NEVER: null */
};
void cfn__plan_days(struct cfn__shop *shop);
void cfn__order(const struct cfn__shop *shop, int64_t number, struct cfn__order *order);
/* One that is made on a later day, whose number is none of those. */
void cfn__order_new(const struct cfn__shop *shop, int64_t number, int64_t day,
                    struct cfn__order *order);
void cfn__order_row(const struct cfn__shop *shop, const struct cfn__order *order,
                    struct cfn__row *row);

/* shop_items.c */
struct cfn__item {
    int64_t product, seller, limit, price, freight;
};
int cfn__item_count(const struct cfn__shop *shop, int64_t rank);
int64_t cfn__first_product(const struct cfn__shop *shop, int64_t order, int64_t rank);
int cfn__items(const struct cfn__shop *shop, const struct cfn__order *order,
               struct cfn__item items[CFN__MOST_ITEMS]);
void cfn__item_row(const struct cfn__shop *shop, int64_t order, int number,
                   const struct cfn__item *item, struct cfn__row *row);

/* shop_payments.c */
struct cfn__payment {
    int sequence, installments;
    const char *type;
    int64_t value;
};
int cfn__payments(const struct cfn__shop *shop, const struct cfn__order *order,
                  struct cfn__payment payments[CFN__MOST_PAYMENTS]);
void cfn__payment_row(const struct cfn__shop *shop, int64_t order,
                      const struct cfn__payment *payment, struct cfn__row *row);

/* shop_reviews.c */
struct cfn__review {
    int64_t content; /* the number of the review that said it first, which gives the id */
    int64_t text;    /* the same, until it is edited */
    int score;
    int64_t created, answered;
};
int cfn__reviews(const struct cfn__shop *shop, const struct cfn__order *order,
                 struct cfn__review reviews[CFN__MOST_REVIEWS]);
void cfn__review_row(const struct cfn__shop *shop, int64_t order, const struct cfn__review *review,
                     struct cfn__row *row);
void cfn__plan_reviews(struct cfn__shop *shop);

/* shop_phrases.c: what people write. */
const char *cfn__review_title(struct cfn__random *random, int score);
void cfn__review_message(struct cfn__random *random, int score, char *text, size_t size);

#endif
