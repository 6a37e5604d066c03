/* DAGs and serverless jobs: begun once, followed to their end, in virtual time. */
#include "scripted.h"

#include <cfngen/job.h>

static const struct cfn_job dag = {.kind = CFN_JOB_DAG,
                                   .name = "shop_pipeline",
                                   .region = "eu-west-1",
                                   .run = 1,
                                   .environment = "shop-dev-airflow"};
static const char *const arguments[] = {"--bronze", "s3://b", NULL};
static const struct cfn_job spark = {.kind = CFN_JOB_SERVERLESS,
                                     .name = "bronze_to_silver",
                                     .region = "eu-west-1",
                                     .run = 1,
                                     .place = "00abc",
                                     .role_arn = "arn:aws:iam::123456789012:role/spark",
                                     .entry_point = "s3://s/spark/bronze_to_silver.py",
                                     .py_files = "s3://s/spark/modules.zip",
                                     .arguments = arguments,
                                     .logs = "/cfngen/shop-dev/emr"};

#define AIRFLOW(version)                                                                           \
    {                                                                                              \
        .action = "GetEnvironment",                                                                \
        .gives =                                                                                   \
            "{\"Environment\": {\"Status\": \"AVAILABLE\", \"AirflowVersion\": \"" version "\"}}"  \
    }
#define ASKED(method, path, answer)                                                                \
    {                                                                                              \
        .action = "InvokeRestApi",                                                                 \
        .wants = "{\"Name\": \"shop-dev-airflow\", \"Method\": \"" method "\", \"Path\": \"" path  \
                 "\"}",                                                                            \
        .gives = "{\"RestApiStatusCode\": 200, \"RestApiResponse\": " answer "}"                   \
    }
#define THERE ASKED("GET", "/dags/shop_pipeline", "{\"is_paused\": false}")

static char *begun(const struct line *lines, const struct cfn_job *job, struct cfn_diags *diags,
                   json_t **last) {
    struct scripted *scripted = scripted_new(lines);
    char *id = cfn_job_begin(&scripted->transport, job, diags);
    if (last)
        *last = json_incref(scripted->last);
    scripted_end(scripted);
    return id;
}

static void test_a_dag_is_triggered(void **state) {
    (void)state;
    static const struct line lines[][4] = {
        {AIRFLOW("3.0.6"), THERE, ASKED("POST", "/dags/shop_pipeline/dagRuns", "{}"), {NULL}},
        {AIRFLOW("2.10.3"), THERE, ASKED("POST", "/dags/shop_pipeline/dagRuns", "{}"), {NULL}}};
    for (size_t i = 0; i < 2; i++) {
        struct cfn_diags *diags = cfn_diags_new();
        json_t *last, *conf = json_pack("{s:b}", "full", 1);
        struct cfn_job job = dag;
        job.conf = conf;
        char *id = begun(lines[i], &job, diags, &last);
        const json_t *body = json_object_get(last, "Body");
        assert_string_equal(cfn_output_text(body, "dag_run_id"), id);
        assert_int_equal(strlen(id), 19);
        assert_true(json_is_true(json_object_get(json_object_get(body, "conf"), "full")));
        assert_int_equal(json_is_null(json_object_get(body, "logical_date")), i == 0);
        assert_int_equal(json_object_size(body), i == 0 ? 3 : 2);
        json_decref(last);
        json_decref(conf);
        free(id);
        cfn_diags_free(diags);
    }
}

/* The answer to the first attempt was lost; the second finds the run there. */
static void test_a_trigger_that_was_sent_before(void **state) {
    (void)state;
    static const struct line lines[] = {
        AIRFLOW("3.0.6"),
        THERE,
        {.action = "InvokeRestApi",
         .code = "RestApiClientException",
         .payload = "{\"RestApiStatusCode\": 409, \"RestApiResponse\": {\"detail\": \"exists\"}}"},
        {NULL}};
    struct cfn_diags *diags = cfn_diags_new();
    char *id = begun(lines, &dag, diags, NULL);
    assert_non_null(id);
    assert_int_equal(cfn_diags_count(diags), 0);
    free(id);
    cfn_diags_free(diags);
}

static void refuses(const struct line *lines, const struct cfn_job *job, const char *message) {
    struct cfn_diags *diags = cfn_diags_new();
    assert_null(begun(lines, job, diags, NULL));
    assert_string_equal(first_message(diags), message);
    cfn_diags_free(diags);
}

static void test_what_a_dag_cannot(void **state) {
    (void)state;
    static const struct line
        missing[] =
            {AIRFLOW("3.0.6"),
             {.action = "InvokeRestApi",
              .code = "RestApiClientException",
              .payload = "{\"RestApiStatusCode\": 404, \"RestApiResponse\": {\"detail\": \"no\"}}"},
             {NULL}},
        paused[] = {AIRFLOW("3.0.6"),
                    ASKED("GET", "/dags/shop_pipeline", "{\"is_paused\": true}"),
                    {NULL}},
        wrong[] = {AIRFLOW("3.0.6"),
                   THERE,
                   {.action = "InvokeRestApi",
                    .code = "RestApiClientException",
                    .payload = "{\"RestApiStatusCode\": 422, \"RestApiResponse\": {\"detail\": "
                               "[{\"msg\": \"conf\"}]}}"},
                   {NULL}},
        denied[] = {AIRFLOW("3.0.6"),
                    {.action = "InvokeRestApi", .code = "AccessDeniedException", .message = "no"},
                    {NULL}},
        early[] = {
            {.action = "GetEnvironment", .gives = "{\"Environment\": {\"Status\": \"CREATING\"}}"},
            {NULL}};
    refuses(missing, &dag, "Airflow has no DAG 'shop_pipeline'");
    refuses(paused, &dag, "the DAG is paused, and its runs would wait: 'shop_pipeline'");
    refuses(wrong, &dag, "Airflow refuses to trigger the DAG: [{\"msg\":\"conf\"}] (status 422)");
    refuses(denied, &dag, "airflow InvokeRestApi is refused: no (status 400)");
    refuses(early, &dag,
            "the Airflow environment shop-dev-airflow is CREATING, and must be AVAILABLE");
}

static void test_a_paused_dag_is_switched_on(void **state) {
    (void)state;
    static const struct line lines[] = {
        AIRFLOW("3.0.6"),
        ASKED("GET", "/dags/shop_pipeline", "{\"is_paused\": true}"),
        {.action = "InvokeRestApi",
         .wants = "{\"Method\": \"PATCH\", \"Body\": {\"is_paused\": false}}",
         .gives = "{\"RestApiStatusCode\": 200}"},
        ASKED("POST", "/dags/shop_pipeline/dagRuns", "{}"),
        {NULL}};
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_job job = dag;
    job.unpause = true;
    char *id = begun(lines, &job, diags, NULL);
    assert_non_null(id);
    free(id);
    cfn_diags_free(diags);
}

struct seen {
    size_t looks, stop_after;
    char states[8][16];
};

static void note(void *self, const json_t *look) {
    struct seen *seen = self;
    assert_true(seen->looks < 8);
    strcpy(seen->states[seen->looks++], cfn_output_text(look, "state"));
}

static bool enough(void *self) {
    const struct seen *seen = self;
    return seen->stop_after && seen->looks >= seen->stop_after;
}

#define RUN(state)                                                                                 \
    ASKED("GET", "/dags/shop_pipeline/dagRuns/cfngen-0123456789ab", "{\"state\": \"" state "\"}")
#define TASKS(text)                                                                                \
    ASKED("GET", "/dags/shop_pipeline/dagRuns/cfngen-0123456789ab/taskInstances",                  \
          "{\"task_instances\": " text "}")

static void test_a_run_is_followed_to_its_failure(void **state) {
    (void)state;
    static const struct line lines[] = {
        RUN("queued"),
        TASKS("[]"),
        RUN("running"),
        TASKS("[{\"task_id\": \"later\", \"state\": null, \"map_index\": -1}, {\"task_id\": "
              "\"first\", \"state\": \"success\", \"start_date\": \"2026-11-30T01:00:00Z\", "
              "\"duration\": 12.5, \"try_number\": 1, \"map_index\": -1}]"),
        RUN("failed"),
        TASKS("[{\"task_id\": \"b\", \"dag_run_id\": \"manual__2026-11-30T01:00\", \"state\": "
              "\"failed\", \"start_date\": \"2026-11-30T01:02:00Z\", \"try_number\": 2, "
              "\"map_index\": 3}, {\"task_id\": \"a\", \"state\": \"success\", \"start_date\": "
              "\"2026-11-30T01:00:00Z\", \"map_index\": -1}]"),
        {NULL}};
    struct scripted *scripted = scripted_new(lines);
    struct cfn_diags *diags = cfn_diags_new();
    struct seen seen = {0};
    const struct cfn_job_watch watch = {.look = note, .stop = enough, .self = &seen};
    json_t *end = cfn_job_follow(&scripted->transport, &dag, "cfngen-0123456789ab", &watch, diags);
    assert_int_equal(seen.looks, 3);
    assert_true(json_is_true(json_object_get(end, "ended")));
    assert_false(json_is_true(json_object_get(end, "good")));
    assert_string_equal(cfn_output_text(end, "reason"), "failed: b");
    assert_string_equal(cfn_output_text(end, "tasks.0.name"), "a");
    assert_string_equal(cfn_output_text(end, "tasks.1.name"), "b[3]");
    assert_string_equal(
        cfn_output_text(end, "links.0.url"),
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:"
        "log-groups/log-group/airflow-shop-dev-airflow-Task/log-events/"
        "dag_id$253Dshop_pipeline$252Frun_id$253Dmanual__2026-11-30T01_00$252Ftask_id$253Db"
        "$252Fattempt$253D2.log");
    json_decref(end);
    cfn_diags_free(diags);
    scripted_end(scripted);
}

/* MWAA takes no path of more than 64 characters. */
static void test_a_dag_of_a_long_name(void **state) {
    (void)state;
    static const struct line lines[] = {
        {.action = "InvokeRestApi",
         .wants =
             "{\"Method\": \"POST\", \"Path\": \"/dags/~/dagRuns/list\", \"Body\": {\"dag_ids\": "
             "[\"a_name_of_more_than_thirty_characters\"]}}",
         .gives = "{\"RestApiStatusCode\": 200, \"RestApiResponse\": {\"dag_runs\": "
                  "[{\"dag_run_id\": \"x\", \"state\": \"failed\"}, {\"dag_run_id\": "
                  "\"cfngen-0123456789ab\", \"state\": \"success\"}]}}"},
        {.action = "InvokeRestApi",
         .wants = "{\"Path\": \"/dags/~/dagRuns/~/taskInstances/list\"}",
         .gives = "{\"RestApiStatusCode\": 200, \"RestApiResponse\": {\"task_instances\": []}}"},
        {NULL}};
    struct scripted *scripted = scripted_new(lines);
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_job job = dag;
    job.name = "a_name_of_more_than_thirty_characters";
    json_t *look = cfn_job_look(&scripted->transport, &job, "cfngen-0123456789ab", diags);
    assert_true(json_is_true(json_object_get(look, "good")));
    json_decref(look);
    job.name = "a_name_of_more_than_thirty_characters_that_goes_on_and_on_and_on";
    assert_int_equal(cfn_job_cancel(&scripted->transport, &job, "x", diags), -1);
    assert_non_null(strstr(first_message(diags), "at most 64 characters"));
    cfn_diags_free(diags);
    scripted_end(scripted);
}

static void test_a_serverless_job(void **state) {
    (void)state;
    static const struct line lines[] = {
        {.action = "StartJobRun",
         .wants = "{\"applicationId\": \"00abc\", \"name\": \"bronze_to_silver\", "
                  "\"executionRoleArn\": \"arn:aws:iam::123456789012:role/spark\", \"tags\": "
                  "{\"Project\": \"shop\"}, \"jobDriver\": {\"sparkSubmit\": {\"entryPoint\": "
                  "\"s3://s/spark/bronze_to_silver.py\", \"entryPointArguments\": [\"--bronze\", "
                  "\"s3://b\"], \"sparkSubmitParameters\": \"--py-files "
                  "s3://s/spark/modules.zip\"}}}",
         .gives = "{\"jobRunId\": \"j1\"}"},
        {.action = "GetJobRun", .gives = "{\"jobRun\": {\"state\": \"PENDING\"}}"},
        {.action = "GetJobRun",
         .wants = "{\"applicationId\": \"00abc\", \"jobRunId\": \"j1\"}",
         .gives = "{\"jobRun\": {\"state\": \"FAILED\", \"stateDetails\": \"exit 1\"}}"},
        {NULL}};
    struct scripted *scripted = scripted_new(lines);
    struct cfn_diags *diags = cfn_diags_new();
    json_t *tags = json_pack("{s:s}", "Project", "shop");
    struct cfn_job job = spark;
    job.tags = tags;
    char *id = cfn_job_begin(&scripted->transport, &job, diags);
    assert_string_equal(id, "j1");
    assert_int_equal(strlen(cfn_output_text(scripted->last, "clientToken")), 64);
    const struct cfn_job_watch watch = {.poll = 10};
    json_t *end = cfn_job_follow(&scripted->transport, &job, id, &watch, diags);
    assert_string_equal(cfn_output_text(end, "reason"), "exit 1");
    assert_false(json_is_true(json_object_get(end, "good")));
    assert_non_null(strstr(cfn_output_text(end, "links.0.url"),
                           "$252Fcfngen$252Fshop-dev$252Femr$3FlogStreamNameFilter$3Dj1"));
    json_decref(end);
    json_decref(tags);
    free(id);
    cfn_diags_free(diags);
    scripted_end(scripted);
}

static void test_following_ends_when_the_time_is_up_or_on_request(void **state) {
    (void)state;
    static const struct line lines[] = {
        {.action = "GetJobRun", .gives = "{\"jobRun\": {\"state\": \"RUNNING\"}}"},
        {.action = "GetJobRun", .gives = "{\"jobRun\": {\"state\": \"RUNNING\"}}"},
        {.action = "GetJobRun", .gives = "{\"jobRun\": {\"state\": \"RUNNING\"}}"},
        {NULL}};
    struct scripted *scripted = scripted_new(lines);
    struct cfn_diags *diags = cfn_diags_new();
    struct seen seen = {.stop_after = 1};
    struct cfn_job_watch watch = {.poll = 1000, .until = scripted->now + 1100};
    json_t *end = cfn_job_follow(&scripted->transport, &spark, "j1", &watch, diags);
    assert_false(json_is_true(json_object_get(end, "ended")));
    json_decref(end);
    watch = (struct cfn_job_watch){.look = note, .stop = enough, .self = &seen};
    end = cfn_job_follow(&scripted->transport, &spark, "j1", &watch, diags);
    assert_int_equal(seen.looks, 1);
    json_decref(end);
    cfn_diags_free(diags);
    scripted_end(scripted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_dag_is_triggered),
        cmocka_unit_test(test_a_trigger_that_was_sent_before),
        cmocka_unit_test(test_what_a_dag_cannot),
        cmocka_unit_test(test_a_paused_dag_is_switched_on),
        cmocka_unit_test(test_a_run_is_followed_to_its_failure),
        cmocka_unit_test(test_a_dag_of_a_long_name),
        cmocka_unit_test(test_a_serverless_job),
        cmocka_unit_test(test_following_ends_when_the_time_is_up_or_on_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
