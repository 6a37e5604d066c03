/* Times: what is read, what is refused, and the way there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <cfngen/aws.h>

static void times_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t time;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-08-22T07:19:02.123Z", INT64_C(1787383142123)},
        {"2026-08-22T07:19:02Z", INT64_C(1787383142000)},
        {"2026-08-22T07:19:02.1239999Z", INT64_C(1787383142123)},
        {"2026-08-22T09:19:02.5+02:00", INT64_C(1787383142500)},
        {"2026-08-22T03:49:02-0330", INT64_C(1787383142000)},
        {"2024-02-29T23:59:60Z", INT64_C(1709251200000)},
        {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999)},
        {"0", 0},
        {"1787383142", INT64_C(1787383142000)},
        {"1787383142.5", INT64_C(1787383142500)},
        {"1.787383142123E9", INT64_C(1787383142123)},
        {"Sat, 22 Aug 2026 07:19:02 GMT", INT64_C(1787383142000)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(cfn_time_read(rows[i].text), rows[i].time);
}

static void anything_else_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "now",
        "2026-08-22",
        "2026-08-22T07:19:02",
        "2026-08-22 07:19:02Z",
        "2026-02-30T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00Zx",
        "2026-01-01T00:00:00+24:00",
        "1969-12-31T23:59:59Z",
        "1787383142.",
        "1787383142x",
        "17873831421234567",
        "1e9999",
        "-1",
        "Sat, 22 Aug 2026 07:19:02 EST",
        "Sat, 22 Agu 2026 07:19:02 GMT",
        "Sat, 31 Feb 2026 07:19:02 GMT",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(cfn_time_read(bad[i]), -1);
    assert_int_equal(cfn_time_read(NULL), -1);
}

static void what_is_written_is_read(void **state) {
    (void)state;
    char text[32];
    for (int64_t time = 0; time < INT64_C(253402300800000); time += INT64_C(86399999) * 97) {
        cfn_time_write(time, text);
        assert_int_equal(cfn_time_read(text), time);
    }
    cfn_time_write(INT64_C(1787383142123), text);
    assert_string_equal(text, "2026-08-22T07:19:02.123Z");
    cfn_time_write(-5, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    cfn_time_write(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(what_is_written_is_read),
    };
    return cmocka_run_group_tests_name("aws time", tests, NULL, NULL);
}
