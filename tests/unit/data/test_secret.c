/* Secrets of a database: read, refused without being told. */
#include <cfngen/database.h>

#include "base/base.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

/* Answers one call with what it is told to. */
struct keeper {
    const char *text; /* NULL: refused */
    uint64_t id;
    bool asked;
};

static void take(void *self, uint64_t id, const struct cfn_call *call) {
    struct keeper *keeper = self;
    assert_string_equal(call->service, "secretsmanager");
    assert_string_equal(call->action, "GetSecretValue");
    assert_string_equal(cfn_output_text(call->input, "SecretId"), "arn:of:it");
    json_decref(call->input);
    keeper->id = id;
    keeper->asked = true;
}

static bool answer(void *self, int64_t until, struct cfn_reply *reply) {
    struct keeper *keeper = self;
    (void)until;
    assert_true(keeper->asked);
    *reply = (struct cfn_reply){.id = keeper->id,
                                .outcome = keeper->text ? CFN_REPLY_OK : CFN_REPLY_DENIED,
                                .code = cfn__copy(keeper->text ? "" : "AccessDeniedException"),
                                .message = cfn__copy(""),
                                .request_id = cfn__copy("")};
    if (keeper->text)
        reply->output = json_pack("{s:s}", "SecretString", keeper->text);
    return true;
}

static int64_t now(void *self) {
    (void)self;
    return 0;
}

static json_t *ask(const char *text, struct cfn_diags *diags) {
    struct keeper keeper = {.text = text};
    const struct cfn_transport transport = {&keeper, take, answer, now};
    return cfn_secret_read(&transport, "arn:of:it", diags);
}

static void a_secret(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    json_t *secret =
        ask("{\"username\": \"shop\", \"password\": \"pa ss\", \"port\": 5432}", diags);
    assert_string_equal(json_string_value(json_object_get(secret, "username")), "shop");
    assert_string_equal(json_string_value(json_object_get(secret, "password")), "pa ss");
    assert_int_equal(json_object_size(secret), 2);
    cfn_secret_done(secret);
    cfn_secret_done(NULL);
    assert_int_equal(cfn_diags_count(diags), 0);
    cfn_diags_free(diags);
}

static void what_is_no_secret_of_a_database(void **state) {
    (void)state;
    static const char *const wrong[] = {"s3cret", "", "{\"password\": \"s3cret\"}", "[\"s3cret\"]",
                                        "{\"username\": \"s3cret\", \"password\": 7}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct cfn_diags *diags = cfn_diags_new();
        assert_null(ask(wrong[i], diags));
        assert_string_equal(cfn_diags_at(diags, 0)->code, "secret.form");
        assert_null(strstr(cfn_diags_at(diags, 0)->message, "s3cret"));
        cfn_diags_free(diags);
    }
}

static void what_aws_refuses(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    assert_null(ask(NULL, diags));
    assert_string_equal(cfn_diags_at(diags, 0)->code, "aws.AccessDeniedException");
    cfn_diags_free(diags);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret),
        cmocka_unit_test(what_is_no_secret_of_a_database),
        cmocka_unit_test(what_aws_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
