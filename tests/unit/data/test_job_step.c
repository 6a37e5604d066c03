/* Steps of a cluster, which knows no tokens. */
#include "scripted.h"

#include <cfngen/job.h>
#include <stdio.h>

static const char *const arguments[] = {"--bronze", "s3://b", NULL};

static char *begun(const struct line *lines, const struct cfn_job *job, struct cfn_diags *diags,
                   json_t **last) {
    struct scripted *scripted = scripted_new(lines);
    char *id = cfn_job_begin(&scripted->transport, job, diags);
    if (last)
        *last = json_incref(scripted->last);
    scripted_end(scripted);
    return id;
}

static const struct cfn_job step = {.kind = CFN_JOB_STEP,
                                    .name = "bronze_to_silver",
                                    .run = 1,
                                    .place = "j-1",
                                    .role_arn = "arn:aws:iam::123456789012:role/spark",
                                    .entry_point = "s3://s/spark/bronze_to_silver.py",
                                    .py_files = "s3://s/spark/modules.zip",
                                    .arguments = arguments,
                                    .logs = "logs"};

static void test_a_step(void **state) {
    (void)state;
    static const struct line lines[] = {
        {.action = "AddJobFlowSteps",
         .wants = "{\"JobFlowId\": \"j-1\", \"ExecutionRoleArn\": "
                  "\"arn:aws:iam::123456789012:role/spark\"}",
         .gives = "{\"StepIds\": [\"s-1\"]}"},
        {.action = "DescribeStep",
         .wants = "{\"ClusterId\": \"j-1\", \"StepId\": \"s-1\"}",
         .gives = "{\"Step\": {\"Status\": {\"State\": \"COMPLETED\"}}}"},
        {.action = "CancelSteps",
         .gives =
             "{\"CancelStepsInfoList\": [{\"Status\": \"FAILED\", \"Reason\": \"it is done\"}]}"},
        {NULL}};
    struct scripted *scripted = scripted_new(lines);
    struct cfn_diags *diags = cfn_diags_new();
    char *id = cfn_job_begin(&scripted->transport, &step, diags);
    json_t *wanted =
        json_of("[\"spark-submit\", \"--deploy-mode\", \"cluster\", \"--py-files\", "
                "\"s3://s/spark/modules.zip\", \"s3://s/spark/bronze_to_silver.py\", \"--bronze\", "
                "\"s3://b\"]");
    const json_t *one = json_array_get(json_object_get(scripted->last, "Steps"), 0);
    assert_true(json_equal(json_object_get(json_object_get(one, "HadoopJarStep"), "Args"), wanted));
    assert_string_equal(cfn_output_text(one, "ActionOnFailure"), "CONTINUE");
    json_t *look = cfn_job_look(&scripted->transport, &step, id, diags);
    assert_true(json_is_true(json_object_get(look, "good")));
    assert_string_equal(cfn_output_text(look, "links.0.url"), "s3://logs/clusters/j-1/steps/s-1/");
    assert_int_equal(cfn_job_cancel(&scripted->transport, &step, id, diags), -1);
    assert_string_equal(first_message(diags), "the step is not cancelled: it is done");
    json_decref(look);
    json_decref(wanted);
    free(id);
    cfn_diags_free(diags);
    scripted_end(scripted);
}

/* The answer is lost; the step is looked for by its name, and begun again only where it is not. */
static void test_a_step_is_begun_once(void **state) {
    (void)state;
    static const struct line lost[] = {{.action = "AddJobFlowSteps", .code = "timeout"}, {NULL}},
                             lost_twice[] = {
                                 {.action = "AddJobFlowSteps", .code = "timeout"},
                                 {.action = "AddJobFlowSteps", .gives = "{\"StepIds\": [\"s-2\"]}"},
                                 {NULL}};
    struct scripted *once = scripted_new(lost), *twice = scripted_new(lost_twice);
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_job job = step;
    char name[256];
    once->broken = twice->broken = true;

    /* What the step is called is known from a first call. */
    static const struct line first[] = {
        {.action = "AddJobFlowSteps", .gives = "{\"StepIds\": [\"s-1\"]}"}, {NULL}};
    json_t *last;
    free(begun(first, &step, diags, &last));
    strcpy(name, cfn_output_text(last, "Steps.0.Name"));
    json_decref(last);

    char listed[512];
    snprintf(listed, sizeof listed,
             "{\"Steps\": [{\"Id\": \"s-9\", \"Name\": \"other\"}, {\"Id\": \"s-1\", \"Name\": "
             "\"%s\"}]}",
             name);
    const struct line found[] = {{.action = "ListSteps", .gives = listed}, {NULL}},
                      none[] = {{.action = "ListSteps", .gives = "{\"Steps\": []}"}, {NULL}};
    struct scripted *scripted = scripted_new(found);
    job.once = &once->transport;
    char *id = cfn_job_begin(&scripted->transport, &job, diags);
    assert_string_equal(id, "s-1");
    free(id);
    scripted_end(scripted);

    scripted = scripted_new(none);
    job.once = &twice->transport;
    id = cfn_job_begin(&scripted->transport, &job, diags);
    assert_string_equal(id, "s-2");
    free(id);
    scripted_end(scripted);
    scripted_end(once);
    scripted_end(twice);
    assert_int_equal(cfn_diags_count(diags), 0);
    cfn_diags_free(diags);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_step),
        cmocka_unit_test(test_a_step_is_begun_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
