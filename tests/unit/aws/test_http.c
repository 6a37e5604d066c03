/* The HTTP client without a server: wakes, owners, the clock, headers, proxies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/exchange.h"

/* Nobody listens on port 1. */
static const struct cfn__request nowhere = {.method = "GET", .url = "http://127.0.0.1:1/"};

static struct cfn__http *http_of(void) {
    struct cfn__http *http = cfn__http_new(&(struct cfn__http_options){0}, NULL);
    assert_non_null(http);
    return http;
}

static void a_wake_ends_a_wait_once(void **state) {
    (void)state;
    struct cfn__http *http = http_of();
    struct cfn__response response;
    uint64_t id = 0;
    int owner = 0;
    cfn__http_wake(http);
    assert_false(cfn__http_next(http, &owner, INT64_MAX, &id, &response));
    cfn__http_start(http, &owner, 7, &nowhere);
    assert_true(cfn__http_next(http, &owner, INT64_MAX, &id, &response));
    assert_int_equal(id, 7);
    assert_int_equal(response.status, 0);
    assert_string_equal(response.error, "connect");
    assert_true(*response.detail);
    cfn__response_done(&response);
    assert_false(cfn__http_next(http, &owner, 0, &id, &response));
    cfn__http_shield(http, true);
    cfn__http_wake(http);
    cfn__http_start(http, &owner, 8, &nowhere);
    assert_true(cfn__http_next(http, &owner, INT64_MAX, &id, &response));
    cfn__response_done(&response);
    cfn__http_shield(http, false);
    assert_false(cfn__http_next(http, &owner, INT64_MAX, &id, &response));
    cfn__http_free(http);
}

/* A fetch in between neither takes another's response nor its wake. */
static void responses_go_to_their_owners(void **state) {
    (void)state;
    struct cfn__http *http = http_of();
    struct cfn__response response;
    uint64_t id = 0;
    int one = 0, other = 0;
    cfn__http_start(http, &one, 1, &nowhere);
    cfn__http_start(http, &other, 2, &nowhere);
    cfn__http_start(http, &one, 3, &nowhere);
    cfn__http_wake(http);
    cfn__http_fetch(http, &nowhere, &response);
    assert_string_equal(response.error, "connect");
    cfn__response_done(&response);
    assert_false(cfn__http_next(http, &one, INT64_MAX, &id, &response));
    for (int i = 0; i < 2; i++) {
        assert_true(cfn__http_next(http, &one, INT64_MAX, &id, &response));
        assert_true(id == 1 || id == 3);
        cfn__response_done(&response);
    }
    cfn__http_drop(http, &other);
    assert_false(cfn__http_next(http, &other, 0, &id, &response));
    cfn__http_start(http, &one, 4, &nowhere);
    cfn__http_free(http);
}

static void the_clock_is_put_right_for_signatures_alone(void **state) {
    (void)state;
    struct cfn__http *http = http_of();
    int64_t now = cfn__http_now(http), told = now - 3600 * 1000;
    assert_true(now > INT64_C(1600000000000));
    cfn__http_adjust(http, told);
    assert_in_range(cfn__http_time(http), told, told + 60000);
    assert_true(cfn__http_now(http) >= now);
    cfn__http_free(http);
}

static void headers_are_found_by_name(void **state) {
    (void)state;
    char lines[] =
        "HTTP/1.1 200 OK\r\nDate: Sat, 22 Aug 2026 07:19:02 GMT\r\nx-id:1\r\nEmpty:\r\n\r\n";
    struct cfn__response response = {.headers = lines};
    char *value = cfn__response_header(&response, "X-ID");
    assert_string_equal(value, "1");
    free(value);
    value = cfn__response_header(&response, "empty");
    assert_string_equal(value, "");
    free(value);
    assert_null(cfn__response_header(&response, "X-I"));
    assert_null(cfn__response_header(&response, "HTTP/1.1 200 OK"));
}

static void proxies_are_read_from_variables(void **state) {
    (void)state;
    static const char *const variables[] = {"HTTPS_PROXY=http://a",  "http_proxy=http://b",
                                            "HTTP_PROXY=http://no",  "NO_PROXY_NOT=x",
                                            "NO_PROXY=.example,::1", NULL};
    struct cfn__proxies proxies;
    cfn__proxies_read(&proxies, variables);
    assert_string_equal(proxies.https, "http://a");
    assert_string_equal(proxies.http, "http://b");
    assert_string_equal(proxies.skip, ".example,::1");
    cfn__proxies_done(&proxies);
    cfn__proxies_read(&proxies, NULL);
    assert_string_equal(proxies.https, "");
    cfn__proxies_done(&proxies);
}

/* The part behind the question mark may be a presigned one. */
static void a_detail_is_one_plain_line(void **state) {
    (void)state;
    struct cfn__response response;
    cfn__response_fail(&response, "dns", "no\nhost\x1B[1m http://x/?X-Amz-Signature=abc");
    assert_string_equal(response.detail, "no host [1m http://x/");
    cfn__response_done(&response);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wake_ends_a_wait_once),
        cmocka_unit_test(responses_go_to_their_owners),
        cmocka_unit_test(the_clock_is_put_right_for_signatures_alone),
        cmocka_unit_test(headers_are_found_by_name),
        cmocka_unit_test(proxies_are_read_from_variables),
        cmocka_unit_test(a_detail_is_one_plain_line),
    };
    return cmocka_run_group_tests_name("aws http", tests, NULL, NULL);
}
