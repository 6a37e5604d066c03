/* What else happens on a later day: corrections, cancellations, things that move. Each kind at
 * least once a day where there is something it can happen to, but for changed keys, which are
 * rare. */
#include "data/day.h"

#include "data/calendar.h"

static void correct_price(struct cfn__day *day) {
    struct cfn__live *live = cfn__day_any(day);
    struct cfn__row from, to;
    if (!live || live->item_count == 0)
        return;
    int i = (int)cfn__below(&day->random, live->item_count);
    cfn__item_row(day->shop, live->order.number, live->item_numbers[i], &live->items[i], &from);
    live->items[i].price = live->items[i].price * cfn__between(&day->random, 850, 1150) / 1000 + 1;
    cfn__item_row(day->shop, live->order.number, live->item_numbers[i], &live->items[i], &to);
    cfn__day_begin(day);
    cfn__day_update(day, CFN__ITEMS, &from, &to);
    cfn__day_commit(day);
}

static void delete_payments(struct cfn__day *day, struct cfn__live *live) {
    struct cfn__row row;
    for (; live->payment_count > 0; live->payment_count--) {
        cfn__payment_row(day->shop, live->order.number, &live->payments[live->payment_count - 1],
                         &row);
        cfn__day_delete(day, CFN__PAYMENTS, &row);
    }
}

/* Its payments are taken back with it. */
static void cancel(struct cfn__day *day) {
    struct cfn__live *live = cfn__day_any(day);
    if (!live || live->order.status == CFN__CANCELED)
        return;
    struct cfn__order after = live->order;
    after.status = CFN__CANCELED;
    live->open = false;
    cfn__day_begin(day);
    cfn__day_change_order(day, live, &after);
    delete_payments(day, live);
    cfn__day_commit(day);
}

static void edit_review(struct cfn__day *day) {
    struct cfn__live *live = cfn__day_any(day);
    struct cfn__row from, to;
    cfn__day_begin(day);
    if (live && live->review_count == 0) {
        cfn__day_add_review(day, live);
    } else if (live) {
        struct cfn__review *review = &live->reviews[0];
        cfn__review_row(day->shop, live->order.number, review, &from);
        review->text = day->next_review++;
        review->score = (int)cfn__between(&day->random, 1, 5);
        review->answered = day->date * CFN__DAY + cfn__below(&day->random, CFN__DAY);
        cfn__review_row(day->shop, live->order.number, review, &to);
        cfn__day_update(day, CFN__REVIEWS, &from, &to);
    }
    cfn__day_commit(day);
}

static void recategorize(struct cfn__day *day) {
    int64_t product = cfn__below(&day->random, day->shop->products);
    int before = (int)cfn__map_find(&day->category_of, product, CFN__OWN_CATEGORY + 10) - 10;
    int after = (int)cfn__between(&day->random, -1, cfn__category_count - 1);
    struct cfn__row from, to;
    cfn__map_set(&day->category_of, product, after + 10);
    cfn__product_row(day->shop, product, before, &from);
    cfn__product_row(day->shop, product, after, &to);
    cfn__day_begin(day);
    cfn__day_update(day, CFN__PRODUCTS, &from, &to);
    cfn__day_commit(day);
}

static void move_seller(struct cfn__day *day) {
    int64_t seller = cfn__below(&day->random, day->shop->sellers);
    int64_t before = cfn__map_find(&day->zip_of, seller, -1);
    int64_t after = cfn__place_of_seller(day->shop, &day->random);
    struct cfn__row from, to;
    cfn__map_set(&day->zip_of, seller, after);
    cfn__seller_row(day->shop, seller, before, &from);
    cfn__seller_row(day->shop, seller, after, &to);
    cfn__day_begin(day);
    cfn__day_update(day, CFN__SELLERS, &from, &to);
    cfn__day_commit(day);
}

/* Points have no key: they are only added. */
static void add_points(struct cfn__day *day) {
    cfn__day_begin(day);
    for (int64_t i = cfn__day_count(day, 40) + 1; i > 0; i--) {
        struct cfn__row row;
        int64_t zip = cfn__below(&day->random, day->shop->zip_count);
        cfn__point_row(day->shop, zip, day->points++, &row);
        cfn__day_insert(day, CFN__GEOLOCATION, &row);
        if (i == 1) /* twice the same */
            cfn__day_insert(day, CFN__GEOLOCATION, &row);
    }
    cfn__day_commit(day);
}

/* Categories without an English name get one in time. */
static void translate(struct cfn__day *day) {
    int missing = day->translated++;
    for (int i = 0; i < cfn__category_count; i++) {
        struct cfn__row row;
        if (cfn__categories[i].english || missing-- > 0)
            continue;
        cfn__row_begin(&row);
        cfn__row_text(&row, cfn__categories[i].name);
        cfn__row_text(&row, cfn__categories[i].name);
        cfn__day_begin(day);
        cfn__day_insert(day, CFN__TRANSLATION, &row);
        cfn__day_commit(day);
        return;
    }
}

/* An order is taken out with all that belongs to it, and entered again under the same keys. */
static void enter_again(struct cfn__day *day) {
    struct cfn__live *live = cfn__day_any(day);
    if (!live)
        return;
    cfn__day_begin(day);
    cfn__day_delete_order(day, live);
    cfn__day_commit(day);
    live->gone = cfn__chance(&day->random, 250);
    if (live->gone)
        return;
    live->order.estimated += 7 * CFN__DAY;
    cfn__day_begin(day);
    cfn__day_insert_order(day, live);
    cfn__day_commit(day);
}

/* A payment is deleted, and its key taken by another one in the same transaction. */
static void pay_otherwise(struct cfn__day *day) {
    struct cfn__live *live = cfn__day_any(day);
    struct cfn__row row;
    if (!live || live->payment_count == 0)
        return;
    struct cfn__payment *payment = &live->payments[live->payment_count - 1];
    cfn__payment_row(day->shop, live->order.number, payment, &row);
    cfn__day_begin(day);
    cfn__day_delete(day, CFN__PAYMENTS, &row);
    payment->type = "voucher";
    payment->installments = 1;
    cfn__payment_row(day->shop, live->order.number, payment, &row);
    cfn__day_insert(day, CFN__PAYMENTS, &row);
    cfn__day_commit(day);
}

/* A payment gets another number, which is a part of its key. */
static void renumber(struct cfn__day *day) {
    struct cfn__live *live = cfn__day_any(day);
    struct cfn__row from, to;
    if (!live || live->payment_count == 0)
        return;
    struct cfn__payment *payment = &live->payments[live->payment_count - 1];
    cfn__payment_row(day->shop, live->order.number, payment, &from);
    payment->sequence++;
    cfn__payment_row(day->shop, live->order.number, payment, &to);
    cfn__day_begin(day);
    cfn__day_update(day, CFN__PAYMENTS, &from, &to);
    cfn__day_commit(day);
}

static void drop_item(struct cfn__day *day) {
    struct cfn__live *live = cfn__day_any(day);
    struct cfn__row row;
    if (!live || live->item_count == 0)
        return;
    int i = --live->item_count;
    cfn__item_row(day->shop, live->order.number, live->item_numbers[i], &live->items[i], &row);
    cfn__day_begin(day);
    cfn__day_delete(day, CFN__ITEMS, &row);
    cfn__day_commit(day);
}

static void repeat(struct cfn__day *day, int64_t at_scale_1, void (*act)(struct cfn__day *day)) {
    for (int64_t i = cfn__day_count(day, at_scale_1) + 1; i > 0; i--)
        act(day);
}

void cfn__day_correct(struct cfn__day *day) {
    repeat(day, 12, correct_price);
    repeat(day, 6, cancel);
    repeat(day, 25, edit_review);
    repeat(day, 4, recategorize);
    repeat(day, 2, move_seller);
    add_points(day);
}

void cfn__day_tidy(struct cfn__day *day) {
    translate(day);
    repeat(day, 2, enter_again);
    repeat(day, 2, pay_otherwise);
    repeat(day, 2, drop_item);
    if (cfn__chance(&day->random, 400))
        renumber(day);
}
