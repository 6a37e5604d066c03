/* Each text format: what it takes, what it refuses, what it guesses; and the search for the nearest
 * word. */
#include "fixture.h"

struct samples {
    const struct cfn_text_format *format;
    const char *const *good, *const *bad;
};

static const struct samples all[] = {
    {&cfn_format_cidr,
     TEXTS("10.0.0.0/16", "172.16.0.0/28", "192.168.4.0/22", "0.0.0.0/16", "255.255.0.0/16"),
     TEXTS("10.0.0.0/15", "10.0.0.0/29", "10.0.0.1/16", "10.0.0/16", "10.0.0.0", "10.0.0.0/",
           "10.0.0.256/24", "010.0.0.0/16", "10.0.0.0/016", "10.0.0.0/16 ", " 10.0.0.0/16",
           "10.0.0.0.0/16", "10.0.0.0/-1", "10..0.0/16", "", "a.b.c.d/16", "10.0.0.0/99999999999",
           "99999999999.0.0.0/16", "10.0.0.0/16\n")},
    {&cfn_format_any_cidr, TEXTS("0.0.0.0/0", "192.0.2.7/32", "10.0.0.0/8", "128.0.0.0/1"),
     TEXTS("0.0.0.1/0", "10.0.0.0/33", "192.0.2.7", "64.0.0.0/1", "::/0")},
    {&cfn_format_arn,
     TEXTS("arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
           "arn:aws-cn:s3:::bucket", "arn:aws-us-gov:iam::111122223333:role/path/name",
           "arn:aws:iam::aws:policy/ReadOnlyAccess",
           "arn:aws:secretsmanager:eu-central-1:111122223333:secret:name-AbCdEf"),
     TEXTS("arn:aws:s3:::", "arn:aws-eu:s3:::bucket", "aws:s3:::bucket", "arn:aws:s3:::a b",
           "arn:aws:iam::1111:role/a", "arn:aws::eu-central-1:111122223333:x", "",
           "arn:aws:s3:::bucket\n", "ARN:aws:s3:::bucket")},
    {&cfn_format_key,
     TEXTS("arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
           "arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"),
     TEXTS("arn:aws:kms:eu-central-1:111122223333:alias/x", "arn:aws:kms:eu-central-1::key/1", "",
           "arn:aws:s3:::bucket", "1234abcd-12ab-34cd-56ef-1234567890ab",
           "arn:aws:kms:eu-central-1:111122223333:key/")},
    {&cfn_format_email,
     TEXTS("data@example.com", "a.b+c@sub.example.co", "x@1.de", "o'neil@example.com"),
     TEXTS(
         "example.com", "a@b", "a@@example.com", "a@example.com.", ".a@example.com",
         "a.@example.com", "a..b@example.com", "a b@example.com", "a@-x.com", "@example.com", "",
         "a@example.com\n",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.com")},
    {&cfn_format_region,
     TEXTS("eu-central-1", "us-gov-west-1", "ap-northeast-3", "cn-north-1", "ap-southeast-7",
           "mx-central-1", "eusc-de-east-1", "il-central-1", "us-iso-east-1"),
     TEXTS("eu", "eu-central", "eu-central-1a", "EU-central-1", "eu-middle-1", "eu-central-0",
           "central-1", "eu_central_1", "", "eu-centralnorth-1", "eu-central-1 ")},
    {&cfn_format_name, TEXTS("shop", "a1", "my-shop-2", "abcdefghijklmnopqrstuvwx"),
     TEXTS("a", "", "Shop", "1shop", "shop-", "-shop", "my--shop", "my_shop", "my shop",
           "abcdefghijklmnopqrstuvwxy", "sh\xC3\xB6p", "shop\n")},
    {&cfn_format_identifier,
     TEXTS("a", "shop_2", "s__p_",
           "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"),
     TEXTS("", "_a", "1a", "A", "a-b", "a.b",
           "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg")},
    {&cfn_format_host, TEXTS("localhost", "db.example.com", "DB-1.Example.com", "10.0.0.1"),
     TEXTS("", "-a", "a-", "a..b", "a_b", "a.", "http://a", "a b", "a:5432",
           "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg")},
    {&cfn_format_schedule,
     TEXTS("rate(1 minute)", "rate(5 minutes)", "rate(12 hours)", "rate(1 day)", "rate(7 days)",
           "cron(0 3 * * ? *)", "cron(0/15 8-17 ? * MON-FRI *)", "cron(0 12 L * ? 2027)",
           "cron(0 12 LW * ? *)", "cron(0 12 15W * ? *)", "cron(0 12 ? JAN,JUL 2#1 *)",
           "cron(30 4 ? * 6L 2026-2030)", "cron(5,35 14 * * ? *)", "cron(*/10 * ? * * *)",
           "cron(0 0 1 1-6/2 ? *)", "cron(0 9 ? * L *)"),
     TEXTS("rate(1 minutes)", "rate(2 minute)", "rate(0 days)", "rate(1 week)", "rate(1day)",
           "rate(99999 days)", "rate(5 minutes", "rate()", "0 3 * * *", "cron(0 3 * * *)",
           "cron(0 3 * * * *)", "cron(0 3 ? * ? *)", "cron(60 3 * * ? *)", "cron(0 24 * * ? *)",
           "cron(0 3 32 * ? *)", "cron(0 3 0 * ? *)", "cron(0 3 ? 13 * *)", "cron(0 3 ? * 8 *)",
           "cron(0 3 * * ? 1969)", "cron(0 3 * * ? *", "cron(0 3 * * ? *) ", "cron(0  3 * * ? *)",
           "cron(? 3 * * * *)", "cron(a 3 * * ? *)", "cron(0 3 ? * FOO *)", "cron(0 3 ? * 2#6 *)",
           "cron(0 3 * * ? * *)", "cron(0, 3 * * ? *)", "cron(0- 3 * * ? *)", "cron(0/ 3 * * ? *)",
           "cron(0 3 ?,1 * * *)", "cron(0 3W * * ? *)", "")},
    {&cfn_format_window,
     TEXTS("sun:03:00-sun:04:00", "sat:23:45-sun:00:15", "sun:23:45-mon:00:15",
           "mon:00:00-tue:00:00"),
     TEXTS("sun:03:00-sun:03:29", "sun:03:00-sun:03:00", "Sun:03:00-Sun:04:00", "sun:3:00-sun:4:00",
           "sun:24:00-mon:01:00", "sun:03:60-sun:05:00", "03:00-04:00", "sun:03:00", "",
           "sun:03:00-sun:04:00 ", "sun:03:00-xyz:04:00", "sun-03:00-sun:04:00")},
    {&cfn_format_day_window, TEXTS("02:00-03:00", "23:45-00:15", "00:00-00:30"),
     TEXTS("02:00-02:29", "02:00-02:00", "2:00-3:00", "24:00-01:00", "02:00", "02:00-03:00-",
           "sun:02:00-sun:03:00", "02:00 - 03:00", "")},
    {&cfn_format_security_group, TEXTS("sg-12345678", "sg-0123456789abcdef0"),
     TEXTS("sg-1234567", "sg-0123456789abcdef", "sg-0123456789ABCDEF0", "12345678", "", "sg-")},
    {&cfn_format_version, TEXTS("17", "17.10", "3.0.6", "0.1", "2026.1"),
     TEXTS("", "v17", "17.", ".1", "1.2.3.4", "17.01", "07", "17,1", "12345", "17 ", "emr-7.13.0")},
    {&cfn_format_s3_key, TEXTS("dags", "dags/requirements.txt", "a/b/c(1)*'!_-.zip", ".hidden"),
     TEXTS("", "/dags", "a//b", "a/../b", "a b", "a\\b", "a\nb", "\xC3\xA4")},
};

static void formats_take_and_refuse(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct cfn_text_format *format = all[i].format;
        for (const char *const *text = all[i].good; *text; text++)
            if (!cfn__format_accepts(format, *text))
                fail_msg("%s refuses '%s'", format->name, *text);
        for (const char *const *text = all[i].bad; *text; text++)
            if (cfn__format_accepts(format, *text))
                fail_msg("%s takes '%s'", format->name, *text);
    }
}

static void formats_describe_themselves(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct cfn_text_format *format = all[i].format;
        assert_true(cfn__format_accepts(&cfn_format_identifier, format->name));
        assert_true(cfn__format_accepts(format, format->example));
        assert_int_equal(format->pattern[0], '^');
        assert_true(cfn_ends_with(format->pattern, "$"));
        assert_non_null(format->must_be);
    }
}

static void long_texts_are_refused(void **state) {
    (void)state;
    char text[2001];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_false(cfn__format_accepts(all[i].format, text));
    for (size_t i = 50; i < sizeof text - 1; i += 50)
        text[i] = '.';
    assert_false(cfn__format_accepts(&cfn_format_host, text));
    memcpy(text, "a@b", 3);
    assert_false(cfn__format_accepts(&cfn_format_email, text));
}

/* What a user would be asked whether he meant it; "" where nothing. */
static void assert_guess(const struct cfn_text_format *format, const char *text,
                         const char *expected) {
    char guess[64] = "";
    format->suggest(text, guess);
    if (!cfn__format_accepts(format, guess))
        guess[0] = '\0';
    assert_string_equal(guess, expected);
}

static void formats_guess(void **state) {
    (void)state;
    assert_guess(&cfn_format_cidr, "10.0.99.1/16", "10.0.0.0/16");
    assert_guess(&cfn_format_cidr, "10.0.0.0/8", "");
    assert_guess(&cfn_format_cidr, "ten", "");
    assert_guess(&cfn_format_any_cidr, "192.0.2.255/25", "192.0.2.128/25");
    assert_guess(&cfn_format_any_cidr, "1.2.3.4/0", "0.0.0.0/0");
    assert_guess(&cfn_format_region, "EU-CENTRAL-1", "eu-central-1");
    assert_guess(&cfn_format_region, "us-east-1f", "us-east-1");
    assert_guess(&cfn_format_region, "eu_west_1", "eu-west-1");
    assert_guess(&cfn_format_name, "My Shop", "my-shop");
    assert_guess(&cfn_format_name, "1Shop", "");
    assert_guess(&cfn_format_identifier, "My-Shop", "my_shop");
    assert_guess(&cfn_format_schedule, "0 3 * * *", "cron(0 3 * * ? *)");
    assert_guess(&cfn_format_schedule, "cron(0 3 * * * *)", "cron(0 3 * * ? *)");
    assert_guess(&cfn_format_schedule, "rate(1 hours)", "rate(1 hour)");
    assert_guess(&cfn_format_schedule, "rate(2 hour)", "rate(2 hours)");
    assert_guess(&cfn_format_schedule, "daily", "");
    assert_guess(&cfn_format_window, "SUN:03:00-SUN:04:00", "sun:03:00-sun:04:00");
    assert_guess(&cfn_format_day_window, "sun:03:00-sun:04:00", "03:00-04:00");
    assert_guess(&cfn_format_security_group, "SG-12345678", "sg-12345678");
}

static void guesses_of_long_texts_stay_in_their_room(void **state) {
    (void)state;
    char text[201];
    memset(text, '1', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (size_t end = sizeof text - 1; all[i].format->suggest && end > 0; end--) {
            char guess[64] = "";
            text[end] = '\0';
            all[i].format->suggest(text, guess);
            assert_true(strlen(guess) < sizeof guess);
            text[end] = 'Z';
        }
}

static bool is_even(const char *text) {
    return strlen(text) % 2 == 0;
}

static void pattern_and_function_must_both_agree(void **state) {
    (void)state;
    const struct cfn_text_format both = {.name = "x", .pattern = "^a+$", .accepts = is_even};
    const struct cfn_text_format only_pattern = {.name = "x", .pattern = "^a+$"};
    const struct cfn_text_format only_function = {.name = "x", .accepts = is_even};
    const struct cfn_text_format wrong = {.name = "x", .pattern = "^(a"};
    assert_true(cfn__format_accepts(&both, "aa"));
    assert_false(cfn__format_accepts(&both, "aaa"));
    assert_false(cfn__format_accepts(&both, "bb"));
    assert_true(cfn__format_accepts(&only_pattern, "aaa"));
    assert_true(cfn__format_accepts(&only_function, "bb"));
    assert_true(cfn__format_accepts(&wrong, "a")); /* that cannot be compiled: no false alarm */
}

static void nearest_word(void **state) {
    (void)state;
    const char *const *words = TEXTS("rds", "dms", "storage_gb", "multi_az", "region", "data_lake");
    assert_string_equal(cfn_nearest("rd", words), "rds");
    assert_string_equal(cfn_nearest("storage-gb", words), "storage_gb");
    assert_string_equal(cfn_nearest("StorageGB", words), "storage_gb");
    assert_string_equal(cfn_nearest("multiaz", words), "multi_az");
    assert_string_equal(cfn_nearest("regoin", words), "region");
    assert_string_equal(cfn_nearest("data", words), "data_lake");
    assert_string_equal(cfn_nearest("stor", words), "storage_gb");
    assert_string_equal(cfn_nearest("region", words), "region");
    assert_null(cfn_nearest("sto", words));
    assert_null(cfn_nearest("warehouse", words));
    assert_null(cfn_nearest("", words));
    assert_null(cfn_nearest("region", TEXTS(NULL)));
    assert_null(
        cfn_nearest("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", words));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_take_and_refuse),
        cmocka_unit_test(formats_describe_themselves),
        cmocka_unit_test(long_texts_are_refused),
        cmocka_unit_test(formats_guess),
        cmocka_unit_test(guesses_of_long_texts_stay_in_their_room),
        cmocka_unit_test(pattern_and_function_must_both_agree),
        cmocka_unit_test(nearest_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
