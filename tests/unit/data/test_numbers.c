/* Numbers: shuffles, decimals, digests, the calendar. */
#include "data/calendar.h"
#include "data/decimal.h"
#include "data/md5.h"
#include "data/random.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

/* Each number has one place, and is found again by it. */
static void test_shuffles(void **state) {
    (void)state;
    for (int64_t size = 1; size < 700; size += size < 40 ? 1 : 61) {
        struct cfn__shuffle shuffle = cfn__shuffle(size, 7, (uint64_t)size);
        char *seen = calloc(1, (size_t)size);
        for (int64_t i = 0; i < size; i++) {
            int64_t place = cfn__shuffled(&shuffle, i);
            assert_in_range(place, 0, size - 1);
            assert_false(seen[place]);
            seen[place] = 1;
            assert_int_equal(cfn__unshuffled(&shuffle, place), i);
        }
        free(seen);
    }
}

static void test_draws(void **state) {
    (void)state;
    struct cfn__random random = cfn__stream(1, 2, 3);
    int64_t sum = 0, square = 0;
    for (int i = 0; i < 20000; i++) {
        int64_t bell = cfn__bell(&random) / 64;
        sum += bell;
        square += bell * bell;
        assert_in_range(cfn__below(&random, 7), 0, 6);
        assert_in_range(cfn__between(&random, 3, 5), 3, 5);
    }
    assert_in_range(llabs(sum / 20000), 0, 30);
    assert_in_range(cfn__root(square / 20000), 1000, 1050); /* 65,536 / 64 */
    assert_int_equal(cfn__root(INT64_C(999999999999)), 999999);
    assert_int_equal(cfn__root(INT64_C(1000000000000)), 1000000);
}

static struct cfn__decimal decimal(const char *digits) {
    return cfn__decimal_of(digits, strlen(digits));
}

static void assert_decimal(struct cfn__decimal number, int scale, const char *expected) {
    char text[CFN__DECIMAL_TEXT];
    cfn__decimal_write(&number, scale, text);
    assert_string_equal(text, expected);
}

static void test_decimals(void **state) {
    (void)state;
    struct cfn__decimal sum = {{0}}, most = decimal("99999999999999999999999999999999999999");
    assert_decimal(sum, 0, "0");
    assert_decimal(sum, 2, "0.00");
    cfn__decimal_add(&sum, 5);
    assert_decimal(sum, 2, "0.05");
    cfn__decimal_add(&sum, -10);
    assert_decimal(sum, 2, "-0.05");
    for (int i = 0; i < 1000; i++)
        cfn__decimal_plus(&sum, &most, 1);
    assert_decimal(sum, 2, "999999999999999999999999999999999999989.95");
}

static void test_decimals_that_go_and_come(void **state) {
    (void)state;
    struct cfn__decimal sum = {{0}}, big = decimal("1000000000000000000000000000000000000");
    cfn__decimal_plus(&sum, &big, 1);
    cfn__decimal_add(&sum, -1);
    assert_decimal(sum, 0, "999999999999999999999999999999999999");
    cfn__decimal_plus(&sum, &big, -1);
    assert_decimal(sum, 0, "-1");
    cfn__decimal_add(&sum, 1);
    assert_decimal(sum, 3, "0.000");
}

/* Of RFC 1321. */
static void test_md5(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
         "d174ab98d277d9f5a5611c2c9f419d9f"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char digest[16];
        char text[33];
        cfn__md5_bytes(cases[i][0], strlen(cases[i][0]), digest);
        for (int j = 0; j < 16; j++)
            snprintf(text + 2 * j, 3, "%02x", digest[j]);
        assert_string_equal(text, cases[i][1]);
    }
    assert_int_equal(cfn__md5_head("abc", 3), 0x90015098);
}

static void test_calendar(void **state) {
    (void)state;
    char text[CFN__TIME_SIZE + 1] = {0};
    assert_int_equal(cfn__day_of(1970, 1, 1), 0);
    assert_int_equal(cfn__day_of(2000, 2, 29), 11016);
    assert_int_equal(cfn__weekday(cfn__day_of(2017, 11, 24)), 4);
    assert_int_equal(cfn__weekday(cfn__day_of(1960, 2, 29)), 0);
    assert_int_equal(cfn__month_length(2016, 2), 29);
    assert_int_equal(cfn__month_length(1900, 2), 28);
    for (int64_t day = cfn__day_of(1, 1, 1); day < cfn__day_of(9999, 12, 1); day += 97) {
        int year, month, date;
        cfn__write_time(day * CFN__DAY + 86399, text);
        assert_int_equal(sscanf(text, "%4d-%2d-%2d 23:59:59", &year, &month, &date), 3);
        assert_int_equal(cfn__day_of(year, month, date), day);
    }
    cfn__write_time(-1, text);
    assert_string_equal(text, "1969-12-31 23:59:59");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shuffles), cmocka_unit_test(test_draws),
        cmocka_unit_test(test_decimals), cmocka_unit_test(test_decimals_that_go_and_come),
        cmocka_unit_test(test_md5),      cmocka_unit_test(test_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
