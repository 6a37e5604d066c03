/* The made shop: the documented counts at scale 1, the same bytes everywhere, days that add up. */
#include "data/generate.h"

#include "base/base.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum { MILLION = 1000000 };

static int64_t nulls(const struct cfn__row *row, size_t column) {
    return row->values[column].kind == CFN__NULL;
}

static void test_orders(void **state) {
    (void)state;
    static const int64_t expected[CFN__STATUSES] = {96478, 1107, 314, 301, 609, 5, 2, 625};
    int64_t statuses[CFN__STATUSES] = {0}, null[8] = {0}, unpaid_delivered = 0;
    struct cfn__shop shop;
    struct cfn__order order;
    struct cfn__row row;
    struct cfn__payment payments[CFN__MOST_PAYMENTS];
    cfn__shop_init(&shop, 1, MILLION);
    assert_int_equal(shop.orders, 99441);
    for (int64_t i = 0; i < shop.orders; i++) {
        cfn__order(&shop, i, &order);
        cfn__order_row(&shop, &order, &row);
        statuses[order.status]++;
        for (size_t j = 0; j < 8; j++)
            null[j] += nulls(&row, j);
        unpaid_delivered +=
            order.status == CFN__DELIVERED && cfn__payments(&shop, &order, payments) == 0;
    }
    for (int i = 0; i < CFN__STATUSES; i++)
        assert_int_equal(statuses[i], expected[i]);
    assert_int_equal(null[4], 160);
    assert_int_equal(null[5], 1783);
    assert_int_equal(null[6], 2965);
    assert_int_equal(null[0] + null[1] + null[2] + null[3] + null[7], 0);
    assert_int_equal(unpaid_delivered, 1);
    cfn__shop_done(&shop);
}

static int type_of(const char *type) {
    static const char *const types[] = {"credit_card", "boleto", "voucher", "debit_card",
                                        "not_defined"};
    int i = 0;
    while (strcmp(types[i], type) != 0)
        i++;
    return i;
}

static void test_items_and_payments(void **state) {
    (void)state;
    static const int64_t expected[] = {76795, 19784, 5775, 1529, 3};
    int64_t types[5] = {0}, zeros = 0, no_installments = 0, items = 0, rows = 0, bought = 0,
            paid = 0, most_items = 0, most = 0, several = 0;
    struct cfn__shop shop;
    struct cfn__order order;
    cfn__shop_init(&shop, 1, MILLION);
    for (int64_t i = 0; i < shop.orders; i++) {
        struct cfn__item list[CFN__MOST_ITEMS];
        struct cfn__payment payments[CFN__MOST_PAYMENTS];
        cfn__order(&shop, i, &order);
        int count = cfn__items(&shop, &order, list);
        items += count;
        bought += count > 0;
        most_items = count > most_items ? count : most_items;
        count = cfn__payments(&shop, &order, payments);
        rows += count;
        paid += count > 0;
        several += count > 1;
        most = count > most ? count : most;
        for (int j = 0; j < count; j++) {
            types[type_of(payments[j].type)]++;
            zeros += payments[j].value == 0;
            no_installments += payments[j].installments == 0;
            assert_true(payments[j].value >= 0 && payments[j].value < 100000000);
        }
    }
    assert_int_equal(items, 112650);
    assert_int_equal(bought, 98666);
    assert_int_equal(most_items, 21);
    assert_int_equal(rows, 103886);
    assert_int_equal(paid, 99440);
    assert_int_equal(several, 2961);
    assert_int_equal(most, 29);
    for (int i = 0; i < 5; i++)
        assert_int_equal(types[i], expected[i]);
    assert_int_equal(zeros, 9);
    assert_int_equal(no_installments, 2);
    cfn__shop_done(&shop);
}

static void test_reviews(void **state) {
    (void)state;
    int64_t rows = 0, reviewed = 0, no_title = 0, no_message = 0, ids = 0;
    struct cfn__shop shop;
    struct cfn__order order;
    struct cfn__row row;
    cfn__shop_init(&shop, 1, MILLION);
    char *seen = calloc(1, (size_t)shop.reviews);
    for (int64_t i = 0; i < shop.orders; i++) {
        struct cfn__review reviews[CFN__MOST_REVIEWS];
        cfn__order(&shop, i, &order);
        int count = cfn__reviews(&shop, &order, reviews);
        rows += count;
        reviewed += count > 0;
        for (int j = 0; j < count; j++) {
            cfn__review_row(&shop, i, &reviews[j], &row);
            no_title += nulls(&row, 3);
            no_message += nulls(&row, 4);
            ids += !seen[reviews[j].content];
            seen[reviews[j].content] = 1;
            assert_in_range(reviews[j].score, 1, 5);
        }
    }
    free(seen);
    assert_int_equal(rows, 99224);
    assert_int_equal(reviewed, 98673);
    assert_int_equal(ids, 98410);
    assert_int_equal(no_title, 87656);
    assert_int_equal(no_message, 58247);
    cfn__shop_done(&shop);
}

static void test_products_and_places(void **state) {
    (void)state;
    int64_t null[9] = {0}, weightless = 0, categories = 0;
    bool seen[128] = {false};
    struct cfn__shop shop;
    struct cfn__row row;
    cfn__shop_init(&shop, 1, MILLION);
    assert_int_equal(shop.products, 32951);
    for (int64_t i = 0; i < shop.products; i++) {
        struct cfn__product product;
        cfn__product(&shop, i, &product);
        cfn__product_row(&shop, i, CFN__OWN_CATEGORY, &row);
        for (size_t j = 0; j < 9; j++)
            null[j] += nulls(&row, j);
        weightless += product.weight == 0;
        categories += product.category >= 0 && !seen[product.category];
        if (product.category >= 0)
            seen[product.category] = true;
    }
    for (size_t j = 1; j < 9; j++)
        assert_int_equal(null[j], j < 5 ? 610 : 2);
    assert_int_equal(weightless, 4);
    assert_int_equal(categories, 73);
    assert_int_equal(cfn__translations(), 71);
    assert_int_equal(shop.people, 96096);
    assert_int_equal(shop.sellers, 3095);
    assert_int_equal(shop.zip_count, 19015);
    assert_int_equal(shop.points_from[shop.zip_count], 1000163);
    cfn__shop_done(&shop);
}

/* Of a shop's tables as they are in memory: {table: {rows, checksum, ...}}. */
static json_t *totals_of(uint64_t seed, int64_t scale) {
    struct cfn_tables *tables = cfn_tables_shop();
    struct cfn__shop shop;
    json_t *all = json_object();
    cfn__shop_init(&shop, seed, scale);
    for (int i = 0; i < CFN__SHOP_TABLES; i++) {
        struct cfn__sheet sheet;
        cfn__sheet_begin(&sheet, cfn_tables_find(tables, cfn__makers[i].table), NULL, 0);
        cfn__makers[i].make(&shop, &sheet);
        json_object_set_new(all, cfn__makers[i].table, cfn__totals_json(&sheet.totals));
        cfn__sheet_done(&sheet);
    }
    cfn__shop_done(&shop);
    cfn_tables_free(tables);
    return all;
}

static const char *total(const json_t *all, const char *table, const char *measure) {
    return json_string_value(json_object_get(json_object_get(all, table), measure));
}

/* The numbers below are what the first machine made: any other must come to the same. */
static void test_the_same_everywhere(void **state) {
    (void)state;
    static const char *const expected[][3] = {
        {"customers", "checksum", "2114323220540"},
        {"geolocation", "checksum", "17189222167789"},
        {"orders", "checksum", "2167379902192"},
        {"order_items", "sum(price)", "128152.27"},
        {"order_items", "checksum", "2428860344169"},
        {"order_payments", "checksum", "2265439288279"},
        {"order_reviews", "checksum", "2123280353433"},
        {"products", "checksum", "744728777128"},
        {"sellers", "checksum", "62318975655"},
    };
    json_t *all = totals_of(1, MILLION / 100), *other = totals_of(2, MILLION / 100);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_string_equal(total(all, expected[i][0], expected[i][1]), expected[i][2]);
        if (strcmp(expected[i][0], "geolocation") != 0) /* of which only the states are checked */
            assert_string_not_equal(total(other, expected[i][0], expected[i][1]), expected[i][2]);
        assert_string_equal(total(other, expected[i][0], "rows"),
                            total(all, expected[i][0], "rows"));
    }
    json_decref(all);
    json_decref(other);
}

/* Whatever the scale, all that is referred to is there. */
static void test_scales(void **state) {
    (void)state;
    static const int64_t scales[] = {1000, 1777, 2500, 10000, 123456, 3000000};
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        struct cfn__shop shop;
        cfn__shop_init(&shop, 11, scales[i]);
        for (int64_t number = 0; number < shop.orders; number += 1 + shop.orders / 3000) {
            struct cfn__item items[CFN__MOST_ITEMS];
            struct cfn__order order;
            cfn__order(&shop, number, &order);
            int count = cfn__items(&shop, &order, items);
            assert_in_range(cfn__person_of(&shop, number), 0, shop.people - 1);
            assert_in_range(cfn__customer_zip(&shop, number), 0, shop.zip_count - 1);
            assert_in_range(order.rank, 0, shop.orders - 1);
            for (int j = 0; j < count; j++) {
                assert_in_range(items[j].product, 0, shop.products - 1);
                assert_in_range(items[j].seller, 0, shop.sellers - 1);
            }
        }
        for (int64_t zip = 1; zip < shop.zip_count; zip++)
            assert_true(shop.points_from[zip] > shop.points_from[zip - 1]);
        cfn__shop_done(&shop);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_items_and_payments),
        cmocka_unit_test(test_reviews),
        cmocka_unit_test(test_products_and_places),
        cmocka_unit_test(test_the_same_everywhere),
        cmocka_unit_test(test_scales),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
