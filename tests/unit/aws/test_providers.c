/* What finding credentials is made of, without a network: written keys, JSON, other programs. */
#include "profile_fixture.h"

#include "aws/credentials.h"
#include "aws/digest.h"
#include "aws/process.h"

static struct cfn__settings settings;
static struct cfn__credentials found;
static struct cfn_diags *diags;

static void variables(const char *const *list) {
    size_t count = 0;
    while (list[count])
        count++;
    free(settings.variables);
    settings.variables = cfn__alloc((count + 1) * sizeof *settings.variables);
    for (size_t i = 0; i < count; i++)
        settings.variables[i] = cfn__copy(list[i]);
}
#define VARIABLES(...) variables((const char *const[]){__VA_ARGS__, NULL})

static int begin(void **state) {
    (void)state;
    diags = cfn_diags_new();
    files_of(&settings,
             "[profile dev]\naws_access_key_id = AKIAconfig\naws_secret_access_key = one\n"
             "[profile mixed]\naws_secret_access_key = one\n"
             "[profile process]\ncredential_process = sh -c \"printf '%s' \\\"$JSON\\\"\"\n",
             "[dev]\naws_access_key_id = AKIAfile\naws_secret_access_key = two\n"
             "aws_session_token = three\n[mixed]\naws_access_key_id = AKIA\n");
    return 0;
}

static int end(void **state) {
    (void)state;
    cfn__credentials_done(&found);
    cfn__settings_done(&settings);
    cfn_diags_free(diags);
    return 0;
}

static int find(const char *profile, bool given) {
    struct cfn__finder finder = {.settings = &settings, .region = "eu-central-1"};
    settings.profile = profile;
    settings.given = given;
    settings.chosen = true;
    cfn__credentials_done(&found);
    return cfn__credentials_find(&finder, &found, diags);
}

static void said(const char *expected) {
    char *text = told(diags);
    assert_string_equal(text, expected);
    free(text);
}

static void the_environment_comes_first(void **state) {
    (void)state;
    VARIABLES("AWS_ACCESS_KEY_ID=AKIAenv", "AWS_SECRET_ACCESS_KEY=s", "AWS_SESSION_TOKEN=t");
    assert_int_equal(find("dev", false), 0);
    assert_string_equal(found.access_key, "AKIAenv");
    assert_string_equal(found.secret_key, "s");
    assert_string_equal(found.session_token, "t");
    assert_string_equal(found.source, "keys of the environment");
    assert_int_equal(find("dev", true), 0);
    assert_string_equal(found.access_key, "AKIAfile");
    assert_string_equal(found.secret_key, "two");
    assert_string_equal(found.session_token, "three");
    assert_string_equal(found.source, "profile dev: keys in credentials:2");
}

static void keys_of_two_files_do_not_mix(void **state) {
    (void)state;
    assert_int_equal(find("mixed", false), -1);
    assert_null(found.access_key);
    said("credentials:6: error: profile 'mixed' must have aws_access_key_id and "
         "aws_secret_access_key in one file [aws.credentials]\n");
}

static void a_program_gets_the_variables(void **state) {
    (void)state;
    VARIABLES("JSON={\"Version\":1,\"AccessKeyId\":\"AKIA\",\"SecretAccessKey\":\"s\"}",
              "PATH=/usr/bin:/bin");
    assert_int_equal(find("process", false), 0);
    assert_string_equal(found.access_key, "AKIA");
    assert_null(found.session_token);
    assert_string_equal(found.source, "profile process: credential_process in config:7");
}

static void a_copy_is_its_own(void **state) {
    (void)state;
    assert_int_equal(find("dev", false), 0);
    struct cfn__credentials copy = cfn__credentials_copy(&found);
    cfn__credentials_done(&found);
    assert_null(found.access_key);
    assert_string_equal(copy.access_key, "AKIAfile");
    assert_string_equal(copy.session_token, "three");
    cfn__credentials_done(&copy);
}

static bool read_json(const char *text) {
    static const struct cfn__json_names names = {"Key", "Secret", "Token", "Expires"};
    json_t *json = cfn__object_read(text);
    cfn__credentials_done(&found);
    bool read = cfn__credentials_read(json, &names, &found);
    const char *left = json_string_value(json_object_get(json, "Secret"));
    if (read)
        assert_string_equal(left, ""); /* wiped where it was */
    json_decref(json);
    return read;
}

static void json_is_read_and_wiped(void **state) {
    (void)state;
    assert_true(read_json("{\"Key\": \"k\", \"Secret\": \"s\", \"Token\": \"\"}"));
    assert_string_equal(found.secret_key, "s");
    assert_null(found.session_token);
    assert_int_equal(found.expires, 0);
    assert_true(read_json(
        "{\"Key\": \"k\", \"Secret\": \"s\", \"Token\": \"t\", \"Expires\": 1700000000000}"));
    assert_int_equal(found.expires, 1700000000000);
    assert_true(
        read_json("{\"Key\": \"k\", \"Secret\": \"s\", \"Expires\": \"2023-11-14T22:13:20Z\"}"));
    assert_int_equal(found.expires, 1700000000000);
    assert_false(read_json("{\"Key\": \"k\", \"Secret\": \"s\", \"Expires\": \"soon\"}"));
    assert_false(read_json("{\"Key\": \"k\", \"Secret\": 1}"));
    assert_false(read_json("{\"Key\": \"\", \"Secret\": \"s\"}"));
    assert_false(read_json("[]"));
    assert_false(read_json("{\"Key\": \"k\", \"Key\": \"s\"}"));
}

static void codes_are_words(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"{\"code\": \"AccessDenied\"}", "AccessDenied"},
        {"{\"error\": \"invalid_grant\"}", "invalid_grant"},
        {"{\"Code\": \"what you sent: 123\"}", ""},
        {"{\"message\": \"no code\"}", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char code[64];
        json_t *json = cfn__object_read(cases[i][0]);
        assert_string_equal(cfn__answer_code(json, code), cases[i][1]);
        json_decref(json);
    }
}

static void programs_end_in_many_ways(void **state) {
    (void)state;
    static const struct {
        const char *line;
        enum cfn__process_end end;
        int detail;
    } cases[] = {
        {"sh -c 'exit 3'", CFN__PROCESS_STATUS, 3},
        {"sh -c 'kill -9 $$'", CFN__PROCESS_SIGNAL, 9},
        {"/no/such/program", CFN__PROCESS_START, 2},
        {"sh 'open", CFN__PROCESS_QUOTES, 0},
        {" ", CFN__PROCESS_QUOTES, 0},
        {"yes", CFN__PROCESS_TOO_MUCH, 0},
    };
    char path[] = "PATH=/usr/bin:/bin", *const list[] = {path, NULL};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *output = path;
        int detail = -1;
        assert_int_equal(cfn__process_run(cases[i].line, list, &output, &detail), cases[i].end);
        assert_int_equal(detail, cases[i].detail);
        assert_null(output);
    }
    char *output = NULL;
    int detail = -1;
    assert_int_equal(cfn__process_run("sh -c 'echo \"$PATH\"' x", list, &output, &detail),
                     CFN__PROCESS_DONE);
    assert_string_equal(output, "/usr/bin:/bin\n");
    free(output);
}

/* The name of the file that aws sso login has written for a session "my-sso". */
static void names_in_the_cache(void **state) {
    (void)state;
    char hex[41];
    cfn__sha1("my-sso", 6, hex);
    assert_string_equal(hex, "0ad374308c5a4e22f723adf10145eafad7c4031c");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_environment_comes_first, begin, end),
        cmocka_unit_test_setup_teardown(keys_of_two_files_do_not_mix, begin, end),
        cmocka_unit_test_setup_teardown(a_program_gets_the_variables, begin, end),
        cmocka_unit_test_setup_teardown(a_copy_is_its_own, begin, end),
        cmocka_unit_test_setup_teardown(json_is_read_and_wiped, begin, end),
        cmocka_unit_test(codes_are_words),
        cmocka_unit_test(programs_end_in_many_ways),
        cmocka_unit_test(names_in_the_cache),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
