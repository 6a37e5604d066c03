/* Orders on a later day: new ones, and those on their way. */
#include "data/day.h"

#include "data/calendar.h"

static void each_part(struct cfn__day *day, const struct cfn__live *live,
                      void (*act)(struct cfn__day *day, int table, const struct cfn__row *row)) {
    struct cfn__row row;
    for (int i = 0; i < live->item_count; i++) {
        cfn__item_row(day->shop, live->order.number, live->item_numbers[i], &live->items[i], &row);
        act(day, CFN__ITEMS, &row);
    }
    for (int i = 0; i < live->payment_count; i++) {
        cfn__payment_row(day->shop, live->order.number, &live->payments[i], &row);
        act(day, CFN__PAYMENTS, &row);
    }
    for (int i = 0; i < live->review_count; i++) {
        cfn__review_row(day->shop, live->order.number, &live->reviews[i], &row);
        act(day, CFN__REVIEWS, &row);
    }
}

void cfn__day_insert_order(struct cfn__day *day, const struct cfn__live *live) {
    struct cfn__row row;
    cfn__customer_row(day->shop, live->order.number, &row);
    cfn__day_insert(day, CFN__CUSTOMERS, &row);
    cfn__order_row(day->shop, &live->order, &row);
    cfn__day_insert(day, CFN__ORDERS, &row);
    each_part(day, live, cfn__day_insert);
}

void cfn__day_delete_order(struct cfn__day *day, const struct cfn__live *live) {
    struct cfn__row row;
    each_part(day, live, cfn__day_delete);
    cfn__order_row(day->shop, &live->order, &row);
    cfn__day_delete(day, CFN__ORDERS, &row);
    cfn__customer_row(day->shop, live->order.number, &row);
    cfn__day_delete(day, CFN__CUSTOMERS, &row);
}

void cfn__day_change_order(struct cfn__day *day, struct cfn__live *live,
                           const struct cfn__order *after) {
    struct cfn__row from, to;
    cfn__order_row(day->shop, &live->order, &from);
    cfn__order_row(day->shop, after, &to);
    cfn__day_update(day, CFN__ORDERS, &from, &to);
    live->order = *after;
}

void cfn__day_add_review(struct cfn__day *day, struct cfn__live *live) {
    static const int32_t scores[] = {115, 147, 230, 423, 1000};
    struct cfn__row row;
    if (live->review_count == CFN__MOST_REVIEWS)
        return;
    struct cfn__review *review = &live->reviews[live->review_count++];
    *review = (struct cfn__review){
        .content = day->next_review,
        .text = day->next_review++,
        .score = cfn__pick(&day->random, scores, 5) + 1,
        .created = (day->date - cfn__between(&day->random, 0, 3)) * CFN__DAY,
        .answered = day->date * CFN__DAY + cfn__below(&day->random, CFN__DAY),
    };
    cfn__review_row(day->shop, live->order.number, review, &row);
    cfn__day_insert(day, CFN__REVIEWS, &row);
}

/* As it stands when it has just been made. */
static struct cfn__live *new_order(struct cfn__day *day) {
    struct cfn__order order, fresh;
    cfn__order_new(day->shop, day->next_order++, day->date, &order);
    fresh = order;
    fresh.approved = fresh.carrier = fresh.delivered = CFN__NEVER;
    struct cfn__live *live = cfn__day_keep(day, &fresh);
    live->to_come = order;
    live->open = true;
    return live;
}

/* One to three orders in a transaction. Now and then somebody thinks better of it, so that rows
 * come and go in one transaction, or within a day. */
void cfn__day_sell(struct cfn__day *day) {
    for (int64_t left = cfn__day_count(day, 130) + 3; left > 0;) {
        cfn__day_begin(day);
        for (int64_t i = cfn__between(&day->random, 1, 3); i > 0 && left > 0; i--, left--) {
            struct cfn__live *live = new_order(day);
            cfn__day_insert_order(day, live);
            int64_t better = left == 2 || left == 3 ? left : cfn__below(&day->random, 50);
            live->gone = better == 2 || better == 3;
            if (better == 2) {
                cfn__day_commit(day);
                cfn__day_begin(day);
            }
            if (live->gone)
                cfn__day_delete_order(day, live);
        }
        cfn__day_commit(day);
    }
}

/* What has come to pass by the end of this day, one state after the other. */
static void go_on(struct cfn__day *day, struct cfn__live *live) {
    const int64_t end = (day->date + 1) * CFN__DAY;
    const struct cfn__order *plan = &live->to_come;
    struct cfn__order next = live->order;
    if (next.status == CFN__CREATED && plan->approved < end) {
        next.status = CFN__APPROVED;
        next.approved = plan->approved;
        cfn__day_change_order(day, live, &next);
        next.status = cfn__chance(&day->random, 500) ? CFN__INVOICED : CFN__PROCESSING;
        cfn__day_change_order(day, live, &next);
    }
    if (next.approved != CFN__NEVER && next.carrier == CFN__NEVER && plan->carrier < end) {
        next.status = CFN__SHIPPED;
        next.carrier = plan->carrier;
        cfn__day_change_order(day, live, &next);
    }
    if (next.status == CFN__SHIPPED && plan->delivered < end) {
        next.status = CFN__DELIVERED;
        next.delivered = plan->delivered;
        cfn__day_change_order(day, live, &next);
        live->open = false;
        if (cfn__chance(&day->random, 900))
            cfn__day_add_review(day, live);
    }
}

/* Orders of the files that were on their way arrive too. */
static void arrive(struct cfn__day *day) {
    const struct cfn__shop *shop = day->shop;
    int64_t from = shop->status_from[CFN__SHIPPED], to = shop->status_from[CFN__SHIPPED + 1];
    for (int64_t i = cfn__day_count(day, 25) + 1; i > 0; i--) {
        int64_t rank = cfn__between(&day->random, from, to - 1);
        struct cfn__live *live = cfn__day_adopt(day, cfn__unshuffled(&shop->ranks, rank));
        struct cfn__order next = live->order;
        if (live->gone || next.status != CFN__SHIPPED)
            continue;
        next.status = CFN__DELIVERED;
        next.delivered = day->date * CFN__DAY + cfn__below(&day->random, CFN__DAY);
        cfn__day_begin(day);
        cfn__day_change_order(day, live, &next);
        cfn__day_commit(day);
    }
}

void cfn__day_progress(struct cfn__day *day) {
    int64_t in_transaction = 0;
    for (size_t i = 0; i < day->orders.count; i++) {
        struct cfn__live *live = day->orders.items[i];
        if (!live->open || live->gone)
            continue;
        if (in_transaction == 0) {
            cfn__day_begin(day);
            in_transaction = cfn__between(&day->random, 1, 12);
        }
        go_on(day, live);
        if (--in_transaction == 0)
            cfn__day_commit(day);
    }
    if (in_transaction)
        cfn__day_commit(day);
    arrive(day);
}
