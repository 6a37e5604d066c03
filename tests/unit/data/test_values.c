/* Values of a file: what each type takes, and its canonical text. */
#include "data/values.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

static const struct cfn_column integer = {.kind = CFN_COLUMN_INTEGER},
                               money = {.kind = CFN_COLUMN_NUMERIC, .size = 10, .scale = 2},
                               whole = {.kind = CFN_COLUMN_NUMERIC, .size = 38},
                               degrees = {.kind = CFN_COLUMN_DOUBLE},
                               moment = {.kind = CFN_COLUMN_TIMESTAMP},
                               code = {.kind = CFN_COLUMN_CHAR, .size = 4},
                               zip = {.kind = CFN_COLUMN_VARCHAR, .size = 5},
                               text = {.kind = CFN_COLUMN_TEXT};

/* canonical NULL: it is refused. The text stands at the end of its memory, so that nothing behind
 * it is read. */
static void check(const struct cfn_column *column, const char *given, const char *canonical) {
    struct cfn__checked checked;
    size_t size = strlen(given);
    char *copy = malloc(size ? size : 1);
    memcpy(copy, given, size);
    bool good = cfn__value_check(column, copy, size, &checked);
    assert_int_equal(good, canonical != NULL);
    if (canonical) {
        assert_int_equal(checked.size, strlen(canonical));
        assert_memory_equal(checked.text, canonical, checked.size);
    } else {
        assert_non_null(checked.problem);
    }
    free(copy);
}

static void integers(void **state) {
    (void)state;
    check(&integer, "0", "0");
    check(&integer, "-0", "0");
    check(&integer, "+7", "7");
    check(&integer, "007", "7");
    check(&integer, "2147483647", "2147483647");
    check(&integer, "-2147483648", "-2147483648");
    static const char *const bad[] = {
        "",    "-",          "1.0",         " 1", "1 ",
        "1e3", "2147483648", "-2147483649", "x",  "99999999999999999999999",
        "0x10"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check(&integer, bad[i], NULL);
}

static void numerics(void **state) {
    (void)state;
    check(&money, "58.90", "58.90");
    check(&money, "58.9", "58.90");
    check(&money, "58.9000", "58.90");
    check(&money, "58", "58.00");
    check(&money, "58.", "58.00");
    check(&money, ".5", "0.50");
    check(&money, "-.05", "-0.05");
    check(&money, "-0.00", "0.00");
    check(&money, "+0012.3", "12.30");
    check(&money, "99999999.99", "99999999.99");
    check(&money, "-99999999.99", "-99999999.99");
    check(&whole, "99999999999999999999999999999999999999",
          "99999999999999999999999999999999999999");
    check(&whole, "-1", "-1");
    static const char *const bad[] = {"",     ".",       "-",   "58,90", "1.005", "100000000.00",
                                      "1e2",  "NaN",     "5 0", "--5",   "5.5.5", "R$5",
                                      "1.2x", "Infinity"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check(&money, bad[i], NULL);
    check(&whole, "100000000000000000000000000000000000000", NULL);
}

static void numbers_of_sums(void **state) {
    (void)state;
    struct cfn__checked checked;
    struct cfn__decimal sum = {{0}};
    char out[CFN__DECIMAL_TEXT];
    static const char *const values[] = {"0.10", "0.20", "-0.05", "99999999.99", "1"};
    for (size_t i = 0; i < 5; i++) {
        assert_true(cfn__value_check(&money, values[i], strlen(values[i]), &checked));
        cfn__decimal_plus(&sum, &checked.number, 1);
    }
    cfn__decimal_write(&sum, 2, out);
    assert_string_equal(out, "100000001.24");
}

static void doubles(void **state) {
    (void)state;
    check(&degrees, "-23.54562128115268", "-23.54562128115268");
    check(&degrees, "1e-5", "1e-5");
    check(&degrees, "1.5E+10", "1.5E+10");
    check(&degrees, ".5", ".5");
    static const char *const bad[] = {"",      "e5",  "1e",   "1e+",  "nan",    "inf",
                                      "1e999", "1,5", "0x1p", "1.5 ", "1e308x", "-"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check(&degrees, bad[i], NULL);
}

static void times(void **state) {
    (void)state;
    check(&moment, "2018-10-17 17:30:18", "2018-10-17 17:30:18");
    check(&moment, "2018-10-17T17:30:18", "2018-10-17 17:30:18");
    check(&moment, "2018-10-17 17:30:18.000", "2018-10-17 17:30:18");
    check(&moment, "2018-10-17", "2018-10-17 00:00:00");
    check(&moment, "2016-02-29 00:00:00", "2016-02-29 00:00:00");
    static const char *const bad[] = {"",
                                      "2018-02-29",
                                      "2018-13-01",
                                      "2018-00-10",
                                      "2018-10-32",
                                      "17.10.2018",
                                      "2018-10-17 24:00:00",
                                      "2018-10-17 17:60:00",
                                      "0000-01-01",
                                      "2018-1-1",
                                      "2018-10-17 17:30",
                                      "2018-10-17 17:30:18.5",
                                      "x",
                                      "2018-10-17 17:30:18Z",
                                      "2018-10-17 17:30:18.",
                                      "20181017 17:30:1800"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check(&moment, bad[i], NULL);
}

static void texts(void **state) {
    (void)state;
    check(&code, "ab", "ab");
    check(&code, "ab  ", "ab");
    check(&code, "abcd      ", "abcd");
    check(&code, "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9");
    check(&code, "abcde", NULL);
    check(&zip, "01310", "01310");
    check(&zip, "013100", NULL);
    check(&text, "", "");
    check(&text, "a rather long text with \xF0\x9F\x98\x8D in it",
          "a rather long text with "
          "\xF0\x9F\x98\x8D in it");
    check(&text, "latin \xE9", NULL);
    check(&text, "eight by\xFF", NULL);
    check(&text, "\xC3", NULL);
    check(&text, "\xED\xA0\x80", NULL);
    struct cfn__checked checked;
    assert_false(cfn__value_check(&text, "a\0b", 3, &checked));
    assert_false(cfn__value_check(&text, "abcdefg\0ijklmnop", 16, &checked));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers), cmocka_unit_test(numerics), cmocka_unit_test(numbers_of_sums),
        cmocka_unit_test(doubles),  cmocka_unit_test(times),    cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
