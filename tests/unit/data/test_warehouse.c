/* Statements by way of the Data API, in virtual time. */
#include "scripted.h"

#include <cfngen/warehouse.h>

static const struct cfn_warehouse serverless = {
    .workgroup = "shop-dev-warehouse", .database = "warehouse", .secret = "redshift!x", .run = 7};

#define BEGUN                                                                                      \
    { .action = "ExecuteStatement", .gives = "{\"Id\": \"s-1\"}" }
#define LOOKED(status_)                                                                            \
    { .action = "DescribeStatement", .wants = "{\"Id\": \"s-1\"}", .gives = status_ }

static void test_rows_of_several_pages(void **state) {
    (void)state;
    static const struct line lines[] = {
        {.action = "ExecuteStatement",
         .wants =
             "{\"Sql\": \"select 1\", \"WorkgroupName\": \"shop-dev-warehouse\", \"Database\": "
             "\"warehouse\", \"SecretArn\": \"redshift!x\"}",
         .gives = "{\"Id\": \"s-1\"}"},
        LOOKED("{\"Status\": \"PICKED\"}"),
        LOOKED(
            "{\"Status\": \"FINISHED\", \"HasResultSet\": true, \"ResultRows\": 3, \"Duration\": "
            "2000000}"),
        {.action = "GetStatementResult",
         .gives =
             "{\"ColumnMetadata\": [{\"name\": \"n\", \"typeName\": \"int8\"}, {\"name\": \"s\", "
             "\"label\": \"t\", \"typeName\": \"numeric\"}], \"NextToken\": \"more\", "
             "\"Records\": [[{\"longValue\": 9007199254740993}, {\"stringValue\": \"1.50\"}], "
             "[{\"isNull\": true}, {\"booleanValue\": false}]]}"},
        {.action = "GetStatementResult",
         .wants = "{\"Id\": \"s-1\", \"NextToken\": \"more\"}",
         .gives = "{\"Records\": [[{\"longValue\": 2}, {\"doubleValue\": 0.25}]]}"},
        {NULL}};
    struct scripted *scripted = scripted_new(lines);
    struct cfn_diags *diags = cfn_diags_new();
    json_t *rows = cfn_warehouse_query(&scripted->transport, &serverless, "select 1", diags);
    json_t *wanted = json_of("[{\"n\": 9007199254740993, \"t\": \"1.50\"}, {\"n\": null, \"t\": "
                             "false}, {\"n\": 2, \"t\": 0.25}]");
    assert_true(json_equal(rows, wanted));
    assert_int_equal(cfn_diags_count(diags), 0);
    json_decref(wanted);
    json_decref(rows);
    cfn_diags_free(diags);
    scripted_end(scripted);
}

static void test_a_statement_without_rows(void **state) {
    (void)state;
    static const struct line lines[] = {
        {.action = "ExecuteStatement",
         .wants = "{\"ClusterIdentifier\": \"c\", \"DbUser\": \"admin\"}",
         .gives = "{\"Id\": \"s-1\"}"},
        LOOKED("{\"Status\": \"FINISHED\", \"HasResultSet\": false, \"ResultRows\": 4}"),
        {NULL}};
    struct scripted *scripted = scripted_new(lines);
    struct cfn_diags *diags = cfn_diags_new();
    const struct cfn_warehouse cluster = {.cluster = "c", .database = "d", .user = "admin"};
    const struct cfn_sql sql = CFN_SQL("delete from t");
    json_t *result = cfn_warehouse_execute(&scripted->transport, &cluster, &sql, diags);
    assert_int_equal(json_integer_value(json_object_get(result, "affected")), 4);
    assert_null(json_object_get(result, "columns"));
    assert_null(json_object_get(scripted->last, "SecretArn"));
    json_decref(result);
    cfn_diags_free(diags);
    scripted_end(scripted);
}

static void test_a_mistake_is_told_with_its_place(void **state) {
    (void)state;
    static const struct line lines[] = {
        BEGUN,
        LOOKED(
            "{\"Status\": \"FAILED\", \"Error\": \"ERROR: syntax error at or near \\\"fro\\\"\\n "
            " Position: 15;\"}"),
        {NULL}};
    struct scripted *scripted = scripted_new(lines);
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_sql sql = CFN_SQL("select 'é',\n  fro t");
    sql.place = (struct cfn_place){"a.sql", 7, 3};
    assert_null(cfn_warehouse_execute(&scripted->transport, &serverless, &sql, diags));
    const struct cfn_diag *diag = cfn_diags_at(diags, 0);
    assert_string_equal(diag->message,
                        "the database refuses the statement: syntax error at or near \"fro\"");
    assert_string_equal(diag->code, "warehouse.failed");
    assert_int_equal(diag->place.line, 8);
    assert_int_equal(diag->place.column, 3);
    cfn_diags_free(diags);
    scripted_end(scripted);
}

static void test_a_right_that_lacks_is_explained(void **state) {
    (void)state;
    static const struct line lines[] = {
        BEGUN,
        LOOKED("{\"Status\": \"FAILED\", \"Error\": \"ERROR: permission denied for schema x\"}"),
        {NULL}};
    struct scripted *scripted = scripted_new(lines);
    struct cfn_diags *diags = cfn_diags_new();
    assert_null(cfn_warehouse_query(&scripted->transport, &serverless, "select 1", diags));
    assert_non_null(strstr(cfn_diags_at(diags, 0)->hint, "cfngen warehouse"));
    cfn_diags_free(diags);
    scripted_end(scripted);
}

static void test_what_takes_too_long_is_cancelled(void **state) {
    (void)state;
    static const struct line lines[] = {
        BEGUN,
        LOOKED("{\"Status\": \"STARTED\"}"),
        LOOKED("{\"Status\": \"STARTED\"}"),
        LOOKED("{\"Status\": \"STARTED\"}"),
        {.action = "CancelStatement", .code = "ValidationException", .message = "it is done"},
        {NULL}};
    struct scripted *scripted = scripted_new(lines);
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_warehouse hasty = serverless;
    hasty.timeout = 400;
    assert_null(cfn_warehouse_query(&scripted->transport, &hasty, "select 1", diags));
    assert_string_equal(cfn_diags_at(diags, 0)->code, "warehouse.timeout");
    assert_int_equal(cfn_diags_count(diags), 1);
    cfn_diags_free(diags);
    scripted_end(scripted);
}

static bool at_once(void *self) {
    (void)self;
    return true;
}

static void test_what_is_stopped_is_cancelled(void **state) {
    (void)state;
    static const struct line lines[] = {
        BEGUN, LOOKED("{\"Status\": \"STARTED\"}"), {.action = "CancelStatement"}, {NULL}};
    struct scripted *scripted = scripted_new(lines);
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_warehouse stopped = serverless;
    stopped.stop = at_once;
    assert_null(cfn_warehouse_query(&scripted->transport, &stopped, "select 1", diags));
    assert_string_equal(cfn_diags_at(diags, 0)->code, "warehouse.stopped");
    cfn_diags_free(diags);
    scripted_end(scripted);
}

static void test_a_refusal_of_the_service(void **state) {
    (void)state;
    static const struct line lines[] = {{.action = "ExecuteStatement",
                                         .code = "ValidationException",
                                         .message = "Redshift endpoint doesn't exist"},
                                        {NULL}};
    struct scripted *scripted = scripted_new(lines);
    struct cfn_diags *diags = cfn_diags_new();
    assert_null(cfn_warehouse_query(&scripted->transport, &serverless, "select 1", diags));
    assert_string_equal(cfn_diags_at(diags, 0)->code, "aws.ValidationException");
    cfn_diags_free(diags);
    scripted_end(scripted);
}

static void test_a_transaction(void **state) {
    (void)state;
    static const struct line lines[] = {
        {.action = "BatchExecuteStatement",
         .wants = "{\"Sqls\": [\"grant a\", \"grant b\"]}",
         .gives = "{\"Id\": \"s-1\"}"},
        LOOKED(
            "{\"Status\": \"FAILED\", \"Error\": \"Query #2 failed\", \"SubStatements\": "
            "[{\"Status\": \"FINISHED\"}, {\"Status\": \"FAILED\", \"QueryString\": \"grant b\", "
            "\"Error\": \"ERROR: role \\\"b\\\" does not exist\"}]}"),
        {.action = "BatchExecuteStatement", .gives = "{\"Id\": \"s-1\"}"},
        LOOKED("{\"Status\": \"FINISHED\"}"),
        {NULL}};
    static const char *const sqls[] = {"grant a", "grant b"};
    struct scripted *scripted = scripted_new(lines);
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn_warehouse_transact(&scripted->transport, &serverless, sqls, 2, diags), -1);
    assert_string_equal(first_message(diags),
                        "the database refuses statement 2 of 2, so that none of them is carried "
                        "out: role \"b\" does not exist: 'grant b'");
    assert_int_equal(cfn_warehouse_transact(&scripted->transport, &serverless, sqls, 2, diags), 0);
    cfn_diags_free(diags);
    scripted_end(scripted);
}

/* Calls carry tokens: the same statement on another line is another call. */
static void test_tokens(void **state) {
    (void)state;
    static const struct line lines[] = {{.action = "ExecuteStatement", .code = "X"}, {NULL}};
    char tokens[3][65];
    for (size_t i = 0; i < 3; i++) {
        struct scripted *scripted = scripted_new(lines);
        struct cfn_diags *diags = cfn_diags_new();
        struct cfn_sql sql = CFN_SQL("insert into t values (1)");
        sql.place = (struct cfn_place){"a.sql", i == 1 ? 2 : 1, 1};
        assert_null(cfn_warehouse_execute(&scripted->transport, &serverless, &sql, diags));
        const char *token = cfn_output_text(scripted->last, "ClientToken");
        assert_int_equal(strlen(token), 64);
        memcpy(tokens[i], token, 65);
        cfn_diags_free(diags);
        scripted_end(scripted);
    }
    assert_string_not_equal(tokens[0], tokens[1]);
    assert_string_equal(tokens[0], tokens[2]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_of_several_pages),
        cmocka_unit_test(test_a_statement_without_rows),
        cmocka_unit_test(test_a_mistake_is_told_with_its_place),
        cmocka_unit_test(test_a_right_that_lacks_is_explained),
        cmocka_unit_test(test_what_takes_too_long_is_cancelled),
        cmocka_unit_test(test_what_is_stopped_is_cancelled),
        cmocka_unit_test(test_a_refusal_of_the_service),
        cmocka_unit_test(test_a_transaction),
        cmocka_unit_test(test_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
