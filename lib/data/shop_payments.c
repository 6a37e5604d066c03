/* Payments: they sum to what the order costs, but for a few. */
#include "data/shop.h"

static const char credit_card[] = "credit_card", boleto[] = "boleto", voucher[] = "voucher",
                  debit_card[] = "debit_card", not_defined[] = "not_defined";

/* How an order was paid: by its place among those that were. */
struct way {
    const char *type; /* of the first payment */
    int64_t several;  /* its place among those with several payments; -1: there is one */
    int64_t place;    /* among those of its type with one payment */
};

static struct way way_of(const struct cfn__shop *shop, int64_t place) {
    /* orders whose first payment is of this type, and how many of them have more payments */
    const struct {
        const char *type;
        int64_t orders, several;
    } ways[] = {
        {voucher, 1329, 700}, {debit_card, 1529, 0}, {boleto, 19784, 0}, {credit_card, 0, 2261}};
    int64_t of_several = 0, all = shop->payments_from[0];
    for (int i = 0; i < 3; i++) {
        int64_t count = cfn__scaled(shop->scale, ways[i].orders);
        int64_t more = ways[i].several ? all * ways[i].several / 2961 : 0;
        if (place < count)
            return (struct way){ways[i].type, place < more ? of_several + place : -1, place - more};
        place -= count;
        of_several += more;
    }
    int64_t more = all - of_several;
    return (struct way){credit_card, place < more ? of_several + place : -1, place - more};
}

static int count_of(const struct cfn__shop *shop, int64_t several) {
    int count = 1;
    while (several >= 0 && count < CFN__MOST_PAYMENTS && several < shop->payments_from[count - 1])
        count++;
    return count;
}

static int64_t total_of(const struct cfn__shop *shop, const struct cfn__order *order,
                        struct cfn__random *random) {
    struct cfn__item items[CFN__MOST_ITEMS];
    int64_t total = 0;
    int count = cfn__items(shop, order, items);
    for (int i = 0; i < count; i++)
        total += items[i].price + items[i].freight;
    if (count == 0)
        total = cfn__log_normal(random, 11000, 80000);
    return cfn__chance(random, 3) ? total + cfn__between(random, 1, 400) : total;
}

/* The longer the dearer; the most common are 1, 2, 3, 4, 10, 5, 8 and 6. */
static int installments_of(struct cfn__random *random, int64_t value) {
    static const int32_t sums[] = {25455, 37868, 48329, 55427, 60666, 64586,
                                   66212, 70480, 71124, 76452, 76475, 76608};
    int number = cfn__pick(random, sums, 12) + 1;
    if (value < 3000 && number > 3)
        number = 1;
    return cfn__chance(random, 2) ? (int)cfn__between(random, 11, 24) : number;
}

static void split(struct cfn__random *random, int64_t total, int count,
                  struct cfn__payment *payments) {
    for (int i = count - 1; i > 0; i--) {
        int64_t part = total * cfn__between(random, 200, 1300) / 1000 / count;
        payments[i].value = part < total ? part : 0;
        total -= payments[i].value;
    }
    payments[0].value = total;
}

/* A few rows of the published files: numbers that begin with 2, vouchers worth nothing, cards
 * without installments. */
static void add_quirks(const struct cfn__shop *shop, const struct way *way, int count,
                       struct cfn__payment *payments) {
    int64_t scale = shop->scale, late = cfn__scaled(scale, 80), from = cfn__scaled(scale, 10);
    bool alone = way->several < 0 && way->type == credit_card;
    if (alone && way->place < late)
        payments[0].sequence = 2;
    if (alone && way->place >= late && way->place < late + cfn__scaled(scale, 2))
        payments[0].installments = 0;
    if (way->several >= from && way->several < from + cfn__scaled(scale, 6)) {
        payments[0].value += payments[count - 1].value;
        payments[count - 1].value = 0;
    }
}

static int undefined(struct cfn__payment *payments) {
    payments[0] = (struct cfn__payment){1, 1, not_defined, 0};
    return 1;
}

int cfn__payments(const struct cfn__shop *shop, const struct cfn__order *order,
                  struct cfn__payment payments[CFN__MOST_PAYMENTS]) {
    const struct cfn__range *unpaid = shop->without_payments;
    struct cfn__random random = cfn__stream(shop->seed, CFN__FOR_PAYMENTS, (uint64_t)order->number);
    int64_t place = order->rank;
    if (place >= unpaid[1].from)
        return undefined(payments);
    if (place >= unpaid[0].from && place < unpaid[0].to)
        return 0;
    place -= place >= unpaid[0].to ? unpaid[0].to - unpaid[0].from : 0;
    const struct way way = way_of(shop, cfn__shuffled(&shop->payments, place));
    int count = count_of(shop, way.several);
    split(&random, total_of(shop, order, &random), count, payments);
    for (int i = 0; i < count; i++) {
        payments[i].sequence = i + 1;
        payments[i].type = i == 0 ? way.type : voucher;
        payments[i].installments =
            payments[i].type == credit_card ? installments_of(&random, payments[i].value) : 1;
    }
    add_quirks(shop, &way, count, payments);
    return count;
}

void cfn__payment_row(const struct cfn__shop *shop, int64_t order,
                      const struct cfn__payment *payment, struct cfn__row *row) {
    cfn__row_begin(row);
    cfn__id(shop, CFN__FOR_ORDER_ID, order, row);
    cfn__row_number(row, payment->sequence);
    cfn__row_text(row, payment->type);
    cfn__row_number(row, payment->installments);
    cfn__row_money(row, payment->value);
}
