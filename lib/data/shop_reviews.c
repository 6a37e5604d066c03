/* Reviews: most orders have one. Some people send the same review for several orders. */
#include "data/shop.h"

#include "data/calendar.h"

#include <string.h>

/* At scale 1: orders without a review; with two; with three; reviews whose text is another's, of
 * which the first 764 have one such each, and 25 others two; titles, messages. */
enum {
    NONE = 768,
    TWO = 543,
    THREE = 4,
    SHARED = 814,
    PAIRS = 764,
    TITLES = 11568,
    MESSAGES = 40977
};

static int64_t shared_count(const struct cfn__shop *shop) {
    int64_t count = cfn__scaled(shop->scale, SHARED);
    return count < shop->first_reviews / 4 ? count : shop->first_reviews / 4;
}

/* Whose text a review has: reviews are numbered by their places among the first of their orders,
 * then the further ones. */
static int64_t content_of(const struct cfn__shop *shop, int64_t number) {
    int64_t shared = shared_count(shop), pairs = shared * PAIRS / SHARED;
    if (number >= shared)
        return number;
    return shared + (number < pairs ? number : pairs + (number - pairs) / 2);
}

static int64_t originals(const struct cfn__shop *shop) {
    int64_t shared = shared_count(shop);
    return shared ? content_of(shop, shared - 1) + 1 : 0;
}

static bool shared_has_message(int64_t content) {
    return content % 5 < 2;
}

static bool shared_has_title(int64_t content) {
    return content % 9 == 0;
}

static int64_t none_count(const struct cfn__shop *shop) {
    return cfn__scaled(shop->scale, NONE);
}

/* Orders with a third review come last, before them those with a second. */
static int64_t several_count(const struct cfn__shop *shop) {
    return cfn__scaled(shop->scale, TWO) + cfn__scaled(shop->scale, THREE);
}

void cfn__plan_reviews(struct cfn__shop *shop) {
    shop->reviewed = cfn__shuffle(shop->orders, shop->seed, 1010);
    shop->first_reviews = shop->orders - none_count(shop);
    shop->reviews = shop->first_reviews + several_count(shop) + cfn__scaled(shop->scale, THREE);
    int64_t from = originals(shop);
    for (int64_t i = 0; i < from; i++) {
        shop->shared_messages += shared_has_message(content_of(shop, i));
        shop->shared_titles += shared_has_title(content_of(shop, i));
    }
    shop->messages = cfn__shuffle(shop->reviews - from, shop->seed, 1011);
    shop->titles = cfn__shuffle(shop->reviews - from, shop->seed, 1012);
}

static bool has(const struct cfn__shop *shop, const struct cfn__shuffle *shuffle, int64_t count,
                int64_t content) {
    return cfn__shuffled(shuffle, content - originals(shop)) < count;
}

static bool has_message(const struct cfn__shop *shop, int64_t content) {
    if (content < originals(shop))
        return shared_has_message(content);
    return has(shop, &shop->messages, cfn__scaled(shop->scale, MESSAGES) - shop->shared_messages,
               content);
}

static bool has_title(const struct cfn__shop *shop, int64_t content) {
    if (content < originals(shop))
        return shared_has_title(content);
    return has(shop, &shop->titles, cfn__scaled(shop->scale, TITLES) - shop->shared_titles,
               content);
}

/* What was late, or never came, is not liked. */
static int score_of(const struct cfn__shop *shop, const struct cfn__order *order, int64_t content) {
    static const int32_t on_time[] = {66, 88, 166, 372, 1000}, late[] = {540, 630, 750, 850, 1000},
                         never[] = {700, 790, 870, 930, 1000};
    struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_REVIEW, (uint64_t)content);
    bool came = order->delivered != CFN__NEVER;
    bool in_time = came && order->delivered < order->estimated + CFN__DAY;
    return cfn__pick(&random, in_time ? on_time : came ? late : never, 5) + 1;
}

/* Asked for on the day after it came, or should have come; answered within days. */
static void set_times(struct cfn__review *review, const struct cfn__order *order,
                      struct cfn__random *random, int further) {
    int64_t end =
        order->delivered == CFN__NEVER || order->delivered > order->estimated + 3 * CFN__DAY
            ? order->estimated + CFN__DAY
            : order->delivered;
    int64_t wait = 1 + further * cfn__between(random, 3, 40);
    review->created = (end / CFN__DAY + wait) * CFN__DAY;
    review->answered = review->created + cfn__log_normal(random, 40 * 3600, 70000) + 5 * 3600;
}

/* The order to whose review a text belonged first. */
static void original_order(const struct cfn__shop *shop, int64_t content,
                           struct cfn__order *order) {
    int64_t number = cfn__unshuffled(&shop->reviewed, content + none_count(shop));
    cfn__order(shop, number, order);
}

static void fill(const struct cfn__shop *shop, const struct cfn__order *order, int64_t number,
                 int further, struct cfn__review *review) {
    struct cfn__random random =
        cfn__stream(shop->seed, CFN__FOR_REVIEW, UINT64_MAX - (uint64_t)number);
    struct cfn__order first = *order;
    review->content = review->text = content_of(shop, number);
    if (review->content != number)
        original_order(shop, review->content, &first);
    review->score = score_of(shop, &first, review->content);
    set_times(review, order, &random, further);
}

int cfn__reviews(const struct cfn__shop *shop, const struct cfn__order *order,
                 struct cfn__review reviews[CFN__MOST_REVIEWS]) {
    int64_t number = cfn__shuffled(&shop->reviewed, order->number) - none_count(shop);
    int64_t two = cfn__scaled(shop->scale, TWO);
    int64_t further = number - (shop->first_reviews - several_count(shop));
    if (number < 0)
        return 0;
    fill(shop, order, number, 0, &reviews[0]);
    if (further < 0)
        return 1;
    if (further < two) {
        fill(shop, order, shop->first_reviews + further, 1, &reviews[1]);
        return 2;
    }
    int64_t third = shop->first_reviews + two + 2 * (further - two);
    fill(shop, order, third, 1, &reviews[1]);
    fill(shop, order, third + 1, 2, &reviews[2]);
    return 3;
}

static void put_texts(const struct cfn__shop *shop, const struct cfn__review *review,
                      struct cfn__row *row) {
    struct cfn__random random =
        cfn__stream(shop->seed, CFN__FOR_REVIEW_ID, 1 + (uint64_t)review->text);
    char message[1024];
    bool of_base = review->text < shop->reviews;
    if (of_base ? has_title(shop, review->text) : cfn__chance(&random, 116))
        cfn__row_text(row, cfn__review_title(&random, review->score));
    else
        cfn__row_null(row);
    if (of_base ? !has_message(shop, review->text) : cfn__chance(&random, 587)) {
        cfn__row_null(row);
        return;
    }
    cfn__review_message(&random, review->score, message, sizeof message);
    cfn__row_text(row, message);
}

void cfn__review_row(const struct cfn__shop *shop, int64_t order, const struct cfn__review *review,
                     struct cfn__row *row) {
    cfn__row_begin(row);
    cfn__id(shop, CFN__FOR_REVIEW_ID, review->content, row);
    cfn__id(shop, CFN__FOR_ORDER_ID, order, row);
    cfn__row_number(row, review->score);
    put_texts(shop, review, row);
    cfn__row_time(row, review->created);
    cfn__row_time(row, review->answered);
}
