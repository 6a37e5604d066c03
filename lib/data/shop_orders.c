/* Orders: when they were made, how far they got, and how long that took. */
#include "data/shop.h"

#include "data/calendar.h"

const char *const cfn__status_names[CFN__STATUSES] = {
    [CFN__DELIVERED] = "delivered",     [CFN__SHIPPED] = "shipped",
    [CFN__INVOICED] = "invoiced",       [CFN__PROCESSING] = "processing",
    [CFN__UNAVAILABLE] = "unavailable", [CFN__CREATED] = "created",
    [CFN__APPROVED] = "approved",       [CFN__CANCELED] = "canceled",
};

enum { HOUR = 3600, ORDERS_KNOWN = 99441 };

/* Orders of each month with some, and the days on which there were any. */
static const struct month {
    int16_t year, month, first, last, orders;
} months[] = {
    {2016, 9, 4, 15, 4},     {2016, 10, 2, 22, 324},  {2016, 12, 23, 23, 1},
    {2017, 1, 5, 31, 800},   {2017, 2, 1, 28, 1780},  {2017, 3, 1, 31, 2682},
    {2017, 4, 1, 30, 2404},  {2017, 5, 1, 31, 3700},  {2017, 6, 1, 30, 3245},
    {2017, 7, 1, 31, 4026},  {2017, 8, 1, 31, 4331},  {2017, 9, 1, 30, 4285},
    {2017, 10, 1, 31, 4631}, {2017, 11, 1, 30, 7544}, {2017, 12, 1, 31, 5673},
    {2018, 1, 1, 31, 7269},  {2018, 2, 1, 28, 6728},  {2018, 3, 1, 31, 7211},
    {2018, 4, 1, 30, 6939},  {2018, 5, 1, 31, 6873},  {2018, 6, 1, 30, 6167},
    {2018, 7, 1, 31, 6292},  {2018, 8, 1, 31, 6512},  {2018, 9, 3, 29, 16},
    {2018, 10, 1, 17, 4},
};

/* Black Friday, and the days behind it. */
static int64_t weight_of(int64_t day) {
    static const int64_t weekdays[] = {1602, 1596, 1555, 1476, 1412, 1089, 1196};
    static const int64_t sale[] = {7100, 2900, 2300, 2500};
    int64_t since = day - cfn__day_of(2017, 11, 24);
    return since >= 0 && since < 4 ? sale[since] : weekdays[cfn__weekday(day)];
}

static int64_t month_weight(const struct month *month) {
    int64_t sum = 0;
    for (int day = month->first; day <= month->last; day++)
        sum += weight_of(cfn__day_of(month->year, month->month, day));
    return sum;
}

void cfn__plan_days(struct cfn__shop *shop) {
    int64_t before = 0;
    for (size_t i = 0; i < sizeof months / sizeof *months; i++) {
        int64_t whole = month_weight(&months[i]), sum = 0;
        for (int day = months[i].first; day <= months[i].last; day++) {
            int64_t number = cfn__day_of(months[i].year, months[i].month, day);
            sum += weight_of(number);
            shop->days[shop->day_count] = number;
            shop->day_ends[shop->day_count++] = before + months[i].orders * 1000 * sum / whole;
        }
        before += months[i].orders * 1000;
    }
}

/* The day on which the order of a number was made. */
static int64_t day_at(const struct cfn__shop *shop, int64_t number) {
    int64_t place = (2 * number + 1) * ORDERS_KNOWN * 500 / shop->orders;
    int low = 0, high = shop->day_count - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (place < shop->day_ends[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return shop->days[low];
}

static int64_t moment(struct cfn__random *random) {
    static const int32_t hours[] = {2394,  3564,  4074,  4346,  4552,  4740,  5242,  6473,
                                    9440,  14225, 20402, 26980, 32975, 39493, 46062, 52516,
                                    59191, 65341, 71110, 77092, 83285, 89502, 95318, 99441};
    return cfn__pick(random, hours, 24) * HOUR + cfn__below(random, HOUR);
}

static int64_t purchase_of(const struct cfn__shop *shop, int64_t number,
                           struct cfn__random *random) {
    int64_t of_day = moment(random);
    if (number == 0)
        return cfn__day_of(2016, 9, 4) * CFN__DAY + of_day;
    if (number == shop->orders - 1)
        return cfn__day_of(2018, 10, 17) * CFN__DAY + of_day;
    return day_at(shop, number) * CFN__DAY + of_day;
}

/* Where the parcel must go, from the seller of its first item. */
static int64_t distance_of(const struct cfn__shop *shop, const struct cfn__order *order) {
    int64_t product = cfn__first_product(shop, order->number, order->rank);
    int64_t from = cfn__seller_zip(shop, cfn__seller_of(shop, product));
    return cfn__kilometres(&shop->zips[from], &shop->zips[cfn__customer_zip(shop, order->number)]);
}

/* After the sale, and in the months when roads were bad or blocked, all took longer. */
static bool is_slow(int64_t purchase) {
    int64_t day = purchase / CFN__DAY;
    return (day >= cfn__day_of(2017, 11, 20) && day < cfn__day_of(2017, 12, 8)) ||
           (day >= cfn__day_of(2018, 2, 10) && day < cfn__day_of(2018, 3, 25)) ||
           (day >= cfn__day_of(2018, 5, 18) && day < cfn__day_of(2018, 5, 29));
}

static void set_times(const struct cfn__shop *shop, struct cfn__order *order,
                      struct cfn__random *random) {
    int64_t distance = distance_of(shop, order), noon = CFN__DAY / 2;
    bool at_once = cfn__chance(random, 780); /* boletos are paid days later */
    order->approved = order->purchase + (at_once ? cfn__between(random, 480, 2400)
                                                 : cfn__between(random, 8 * HOUR, 72 * HOUR));
    order->carrier = order->approved + cfn__log_normal(random, 44 * HOUR, 72000);
    int64_t transit = 33 * CFN__DAY / 10 + distance * 440; /* 1,000 km take 5 days more */
    transit = is_slow(order->purchase) ? transit * 3 / 2 : transit;
    order->delivered = order->carrier + cfn__log_normal(random, transit, 60000) + noon / 3;
    int64_t promised = 18 * CFN__DAY + distance * 620 + cfn__bell(random) * 4;
    if (promised < 5 * CFN__DAY)
        promised = 5 * CFN__DAY;
    order->estimated = (order->purchase + promised) / CFN__DAY * CFN__DAY;
}

/* What has not come to pass, by the status and the order's place among those of that status. */
static void forget_times(const struct cfn__shop *shop, struct cfn__order *order) {
    const int64_t scale = shop->scale, place = order->rank - shop->status_from[order->status];
    int64_t from_end = shop->status_from[order->status + 1] - 1 - order->rank;
    bool delivered = order->status == CFN__DELIVERED, canceled = order->status == CFN__CANCELED;
    int64_t lost = cfn__scaled(scale, 8);
    if (delivered ? place < lost : !canceled || from_end < cfn__scaled(scale, 619))
        order->delivered = CFN__NEVER;
    if (delivered  ? place < lost && place < cfn__scaled(scale, 2)
        : canceled ? from_end < cfn__scaled(scale, 550)
                   : order->status != CFN__SHIPPED)
        order->carrier = CFN__NEVER;
    if (delivered  ? place >= lost && place < lost + cfn__scaled(scale, 14)
        : canceled ? from_end < cfn__scaled(scale, 141)
                   : order->status == CFN__CREATED)
        order->approved = CFN__NEVER;
}

void cfn__order(const struct cfn__shop *shop, int64_t number, struct cfn__order *order) {
    struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_ORDER, (uint64_t)number);
    *order = (struct cfn__order){.number = number, .rank = cfn__order_rank(shop, number)};
    while (order->rank >= shop->status_from[order->status + 1])
        order->status++;
    order->purchase = purchase_of(shop, number, &random);
    set_times(shop, order, &random);
    forget_times(shop, order);
}

/* As some delivered one: as many items, paid likewise. Its times are what is to come. */
void cfn__order_new(const struct cfn__shop *shop, int64_t number, int64_t day,
                    struct cfn__order *order) {
    struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_ORDER, (uint64_t)number);
    *order = (struct cfn__order){.number = number, .status = CFN__CREATED};
    order->rank = cfn__below(&random, shop->status_from[CFN__DELIVERED + 1]);
    order->purchase = day * CFN__DAY + moment(&random);
    set_times(shop, order, &random);
}

void cfn__order_row(const struct cfn__shop *shop, const struct cfn__order *order,
                    struct cfn__row *row) {
    cfn__row_begin(row);
    cfn__id(shop, CFN__FOR_ORDER_ID, order->number, row);
    cfn__id(shop, CFN__FOR_CUSTOMER_ID, order->number, row);
    cfn__row_text(row, cfn__status_names[order->status]);
    cfn__row_time(row, order->purchase);
    cfn__row_time(row, order->approved);
    cfn__row_time(row, order->carrier);
    cfn__row_time(row, order->delivered);
    cfn__row_time(row, order->estimated);
}
