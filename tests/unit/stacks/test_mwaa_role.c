/* The role of Airflow and its DAGs: the names that MWAA really uses, and of the platform no more
 * than is its own. */
#include "mwaa_fixture.h"

/* Fault of the original: rights on names that MWAA does not use. */
static void rights_are_on_the_names_of_mwaa(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    assert_string_equal(text(&f, "Name"), "shop-dev-airflow");
    assert_true(allows(&f, "Metrics", "airflow:PublishMetrics"));
    assert_true(allows(&f, "Metrics", ":environment/shop-dev-airflow\""));
    assert_true(allows(&f, "Logs", ":log-group:airflow-shop-dev-airflow-*\""));
    assert_true(allows(&f, "Queue", "arn:${AWS::Partition}:sqs:${AWS::Region}:*:airflow-celery-*"));
    assert_int_equal(json_array_size(json_object_get(statement(&f, "Queue"), "Action")), 6);
    assert_true(allows(&f, "PublicAccess", "s3:GetAccountPublicAccessBlock"));
    assert_true(allows(&f, "UseKey", "\"kms:ViaService\":[{\"Fn::Sub\":\"sqs."));
    assert_true(allows(&f, "UseKey", "{\"Fn::Sub\":\"s3."));
    assert_true(
        allows(&f, "NoOtherBuckets", "\"Effect\":\"Deny\",\"Action\":\"s3:ListAllMyBuckets\""));
    assert_true(allows(&f, "Watch", "logs:DescribeLogGroups"));
    json_t *trust = property(&f, "ExecutionRole", "AssumeRolePolicyDocument");
    assert_true(contains(trust, "[\"airflow.amazonaws.com\",\"airflow-env.amazonaws.com\"]"));
    assert_true(contains(trust, "aws:SourceAccount"));
    assert_true(contains(trust, "environment/shop-dev-airflow"));
    fixture_done(&f);
}

/* Fault of the original: AmazonElasticMapReduceFullAccess, cloudformation:* on everything. */
static void no_right_is_wide(void **state) {
    (void)state;
    static const char *const unnamed[] = {"PublicAccess", "Watch", "FollowQuery",
                                          "FollowReplication"};
    struct fixture f = fixture_good("");
    size_t wide = 0, index;
    json_t *one;
    json_array_foreach(property(&f, "ExecutionRole", "Policies/0/PolicyDocument/Statement"), index,
                       one) {
        wide += contains(json_object_get(one, "Resource"), "\"*\"");
    }
    assert_int_equal(wide, sizeof unnamed / sizeof *unnamed);
    for (size_t i = 0; i < wide; i++)
        assert_true(allows(&f, unnamed[i], "\"Resource\":\"*\""));
    assert_null(property(&f, "ExecutionRole", "ManagedPolicyArns"));
    assert_false(contains(properties_of(&f, "mwaa", "ExecutionRole"), "cloudformation:"));
    assert_false(contains(properties_of(&f, "mwaa", "ExecutionRole"), "\"*:*\""));
    fixture_done(&f);
}

static void dags_may_do_what_the_platform_has(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    assert_true(allows(&f, "StartSpark", "emr-serverless:StartJobRun"));
    assert_true(allows(&f, "StartSpark", ":emr-serverless" IN_ACCOUNT "/applications/*\""));
    assert_true(allows(&f, "FollowSpark", IN_ACCOUNT "/applications/*/jobruns/*\""));
    assert_true(allows(&f, "WakeSpark", "emr-serverless:ListJobRuns"));
    assert_false(contains(properties_of(&f, "mwaa", "ExecutionRole"), "Dashboard")); /* a token */
    assert_true(
        allows(&f, "PassJobRole", "\"iam:PassedToService\":\"emr-serverless.amazonaws.com\""));
    assert_true(
        allows(&f, "PassJobRole", ":iam::${AWS::AccountId}:role/shop-dev-spark-eu-west-1\""));
    assert_true(allows(&f, "Crawl", ":glue" IN_ACCOUNT "crawler/shop-dev-bronze\""));
    assert_true(allows(&f, "Query", ":redshift-serverless" IN_ACCOUNT "workgroup/*\""));
    assert_true(allows(&f, "LogIn", "redshift-serverless:GetCredentials"));
    assert_true(allows(&f, "FollowQuery",
                       "\"redshift-data:statement-owner-iam-userid\":\"${aws:userid}\""));
    assert_true(allows(&f, "Replicate", ":dms" IN_ACCOUNT "task:shop-dev-db\""));
    assert_true(allows(&f, "Variables", "\"Action\":\"ssm:GetParameter\""));
    assert_true(allows(&f, "Variables", ":ssm" IN_ACCOUNT "parameter/shop-dev/airflow/*\"}"));
    assert_true(allows(&f, "Tell", "shop-dev-common-AlarmTopicArn"));
    fixture_done(&f);
    f = fixture_good("emr: {mode: ec2}\ndms: {mode: serverless}\nredshift: {mode: "
                     "provisioned}\nglue: {crawlers: []}\n");
    assert_null(statement(&f, "StartSpark"));
    assert_null(statement(&f, "PassJobRole"));
    assert_true(allows(&f, "RunSpark", ":elasticmapreduce" IN_ACCOUNT "cluster/*\""));
    assert_null(statement(&f, "Crawl"));
    assert_true(allows(&f, "LogIn", "dbname:shop-dev-warehouse/warehouse\""));
    assert_true(allows(&f, "Query", ":redshift" IN_ACCOUNT "cluster:shop-dev-warehouse\""));
    assert_true(allows(&f, "Replicate", "dms:StartReplication\""));
    assert_true(allows(&f, "Replicate", "replication-config:shop-dev-db\""));
    assert_true(allows(&f, "FollowReplication", "dms:DescribeReplications\""));
    fixture_done(&f);
}

/* DAGs log in to the warehouse as the role: its administrator's password is not for them. */
static void no_secret_is_read(void **state) {
    (void)state;
    static const char *const platforms[] = {"", OTHER_MODES};
    for (size_t i = 0; i < 2; i++) {
        struct fixture f = fixture_good(platforms[i]);
        assert_false(contains(properties_of(&f, "mwaa", "ExecutionRole"), "secretsmanager"));
        assert_string_equal(option(&f, "cfngen.redshift_secret_id"), "(none)");
        fixture_done(&f);
    }
}

/* By variables Airflow is told of Spark and of the warehouse; where neither is there, it asks
 * nobody. */
static void variables_are_read_where_there_are_some(void **state) {
    (void)state;
    static const struct {
        const char *lines;
        bool told;
    } cases[] = {
        {"emr: {enabled: false}\n", true},
        {"redshift: {enabled: false}\n", true},
        {LONELY, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f = fixture_good(cases[i].lines);
        assert_int_equal(statement(&f, "Variables") != NULL, cases[i].told);
        assert_int_equal(strcmp(option(&f, "secrets.backend"), "(none)") != 0, cases[i].told);
        fixture_done(&f);
    }
}

static const char *asked(const struct fixture *f, const char *sid, const char *operator,
                         const char * key) {
    json_t *condition = json_object_get(statement(f, sid), "Condition");
    const char *value =
        json_string_value(json_object_get(json_object_get(condition, operator), key));
    return value ? value : "(nothing)";
}

/* What has no name of ours is told from what others have in the account by its tags, and these are
 * the ones that resources really have. */
static void what_has_no_name_is_known_by_its_tags(void **state) {
    (void)state;
    static const struct {
        const char *lines;
        const char *sids[6];
    } cases[] = {
        {"", {"StartSpark", "WakeSpark", "FollowSpark", "Query", "LogIn"}},
        {OTHER_MODES, {"RunSpark"}},
    };
    for (size_t i = 0; i < 2; i++) {
        char lines[256];
        snprintf(lines, sizeof lines, "tags: {Project: lake, team: data}\n%s", cases[i].lines);
        struct fixture f = fixture_good(lines);
        for (const char *const *sid = cases[i].sids; *sid; sid++) {
            assert_string_equal(asked(&f, *sid, "StringEquals", "aws:ResourceTag/Project"), "lake");
            assert_string_equal(asked(&f, *sid, "StringEquals", "aws:ResourceTag/Environment"),
                                "dev");
        }
        fixture_done(&f);
    }
    struct fixture f = fixture_good("tags: {Environment: test}\n");
    assert_string_equal(asked(&f, "Query", "StringEquals", "aws:ResourceTag/Project"), "shop");
    assert_string_equal(asked(&f, "Query", "StringEquals", "aws:ResourceTag/Environment"), "test");
    assert_true(contains(properties_of(&f, "emr", "Application"),
                         "{\"Key\":\"Environment\",\"Value\":\"test\"}"));
    assert_true(contains(properties_of(&f, "redshift", "Workgroup"),
                         "{\"Key\":\"Environment\",\"Value\":\"test\"}"));
    fixture_done(&f);
}

/* A name with an asterisk reaches into what others have, unless tags forbid it. */
static void no_pattern_is_without_its_tags(void **state) {
    (void)state;
    static const char *const patterns[] = {"/applications/*", "cluster/*", "workgroup/*"};
    static const char *const platforms[] = {"", OTHER_MODES};
    for (size_t p = 0; p < 2; p++) {
        struct fixture f = fixture_good(platforms[p]);
        size_t index, found = 0;
        json_t *one;
        json_array_foreach(property(&f, "ExecutionRole", "Policies/0/PolicyDocument/Statement"),
                           index, one) {
            for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
                if (!contains(json_object_get(one, "Resource"), patterns[i]))
                    continue;
                found++;
                assert_true(contains(json_object_get(one, "Condition"),
                                     "\"aws:ResourceTag/Project\":\"shop\""));
            }
        }
        assert_int_equal(found, p == 0 ? 6 : 1);
        fixture_done(&f);
    }
}

/* A job run gets the platform's tags as it starts, and by these is found again; what has another
 * platform's tags is not to be adopted. */
static void job_runs_start_with_their_tags(void **state) {
    (void)state;
    struct fixture f = fixture_good("tags: {Project: lake}\n");
    assert_string_equal(asked(&f, "StartSpark", "StringEquals", "aws:RequestTag/Project"), "lake");
    assert_string_equal(asked(&f, "TagSpark", "StringEquals", "aws:RequestTag/Project"), "lake");
    assert_string_equal(asked(&f, "TagSpark", "StringEquals", "aws:RequestTag/Environment"), "dev");
    assert_string_equal(asked(&f, "TagSpark", "StringEqualsIfExists", "aws:ResourceTag/Project"),
                        "lake");
    assert_false(allows(&f, "TagSpark", "UntagResource"));
    assert_string_equal(text(&f, "AirflowConfigurationOptions/cfngen.emr_job_tags"),
                        "{\"Project\":\"lake\",\"Environment\":\"dev\"}");
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rights_are_on_the_names_of_mwaa),
        cmocka_unit_test(no_right_is_wide),
        cmocka_unit_test(dags_may_do_what_the_platform_has),
        cmocka_unit_test(no_secret_is_read),
        cmocka_unit_test(variables_are_read_where_there_are_some),
        cmocka_unit_test(what_has_no_name_is_known_by_its_tags),
        cmocka_unit_test(no_pattern_is_without_its_tags),
        cmocka_unit_test(job_runs_start_with_their_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
