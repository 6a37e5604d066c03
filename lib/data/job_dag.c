/* A run of a DAG. Its id is ours, so that a trigger that is sent again finds it there. */
#include "job.h"

#include <stdlib.h>
#include <string.h>

enum { OK = 200, NOT_FOUND = 404, CONFLICT = 409, MOST_TASKS = 100, PATH_ROOM = 64 };

static json_t *describe(const struct cfn_transport *transport, const struct cfn_job *job,
                        struct cfn_diags *diags) {
    json_t *output = cfn__data_ask(transport, "airflow", "GetEnvironment",
                                   json_pack("{s:s}", "Name", job->environment), diags);
    const char *status = cfn_output_text(output, "Environment.Status");
    if (!output || strcmp(status, "AVAILABLE") == 0 || strcmp(status, "UPDATING") == 0 ||
        strcmp(status, "MAINTENANCE") == 0)
        return output;
    cfn_fail(diags, "job.environment", (struct cfn_place){0}, NULL,
             "the Airflow environment %s is %s, and must be AVAILABLE", job->environment, status);
    json_decref(output);
    return NULL;
}

static bool is_airflow_2(const json_t *environment) {
    return cfn_starts_with(cfn_output_text(environment, "Environment.AirflowVersion"), "2.");
}

/* -- beginning --------------------------------------------------------------------------------- */

static int switch_on(const struct cfn_transport *transport, const struct cfn_job *job,
                     const char *path, struct cfn_diags *diags) {
    json_t *answer;
    int status;
    if (!job->unpause) {
        cfn_fail(diags, "job.paused", (struct cfn_place){0}, NULL,
                 "the DAG is paused, and its runs would wait: '%s'", job->name);
        cfn_hint(diags, "--unpause switches it on, with its schedule");
        return -1;
    }
    if (cfn__airflow(transport, job, "PATCH", path, json_pack("{s:b}", "is_paused", 0), &status,
                     &answer, diags))
        return -1;
    int code = status == OK ? 0 : cfn__airflow_fail("switch the DAG on", status, answer, diags);
    json_decref(answer);
    return code;
}

/* Whether the DAG is there and can run. */
static int prepare(const struct cfn_transport *transport, const struct cfn_job *job,
                   struct cfn_diags *diags) {
    struct cfn_text path = {0};
    json_t *answer;
    int status, code = -1;
    cfn_text_printf(&path, "/dags/%s", job->name);
    if (cfn__airflow(transport, job, "GET", path.data, NULL, &status, &answer, diags) == 0) {
        if (status == NOT_FOUND) {
            cfn_fail(diags, "job.dag", (struct cfn_place){0}, NULL, "Airflow has no DAG '%s'",
                     job->name);
            cfn_hint(diags, "'cfngen upload' brings DAGs to its bucket; Airflow reads them within "
                            "minutes, and shows what it cannot read as import errors");
        } else if (status != OK)
            cfn__airflow_fail("show the DAG", status, answer, diags);
        else
            code = json_is_true(json_object_get(answer, "is_paused"))
                       ? switch_on(transport, job, path.data, diags)
                       : 0;
        json_decref(answer);
    }
    cfn_text_done(&path);
    return code;
}

/* Airflow 3 wants a logical date, which may be none; Airflow 2 makes one. */
static json_t *trigger_body(const struct cfn_job *job, const char *id, bool two) {
    json_t *body = json_pack("{s:s}", "dag_run_id", id);
    if (!two)
        json_object_set_new(body, "logical_date", json_null());
    json_object_set_new(body, "conf", job->conf ? json_deep_copy(job->conf) : json_object());
    return body;
}

static char *trigger(const struct cfn_transport *transport, const struct cfn_job *job, bool two,
                     struct cfn_diags *diags) {
    struct cfn_text path = {0}, id = {0};
    char token[65];
    json_t *answer;
    int status;
    cfn__data_token(job->name, job->run, 0, token);
    cfn_text_printf(&id, "cfngen-%.12s", token);
    cfn_text_printf(&path, "/dags/%s/dagRuns", job->name);
    int code = cfn__airflow(transport, job, "POST", path.data, trigger_body(job, id.data, two),
                            &status, &answer, diags);
    if (code == 0 && status != OK && status != 201 && status != CONFLICT)
        code = cfn__airflow_fail("trigger the DAG", status, answer, diags);
    json_decref(answer);
    cfn_text_done(&path);
    if (code)
        cfn_text_done(&id);
    return code ? NULL : cfn_text_take(&id);
}

static char *begin(const struct cfn_transport *transport, const struct cfn_job *job,
                   struct cfn_diags *diags) {
    json_t *environment = describe(transport, job, diags);
    char *id = NULL;
    if (environment && prepare(transport, job, diags) == 0)
        id = trigger(transport, job, is_airflow_2(environment), diags);
    json_decref(environment);
    return id;
}

/* -- looking ----------------------------------------------------------------------------------- */

/* A run by its path, or, where that is too long, out of the DAG's latest. */
static json_t *read_run(const struct cfn_transport *transport, const struct cfn_job *job,
                        const char *id, struct cfn_diags *diags) {
    struct cfn_text path = {0};
    json_t *answer = NULL, *run = NULL;
    int status = 0, code;
    cfn_text_printf(&path, "/dags/%s/dagRuns/%s", job->name, id);
    if (path.size <= PATH_ROOM)
        code = cfn__airflow(transport, job, "GET", path.data, NULL, &status, &answer, diags);
    else
        code = cfn__airflow(transport, job, "POST", "/dags/~/dagRuns/list",
                            json_pack("{s:[s], s:s, s:i}", "dag_ids", job->name, "order_by",
                                      "-start_date", "page_limit", MOST_TASKS),
                            &status, &answer, diags);
    cfn_text_done(&path);
    const json_t *runs = cfn_output_list(answer, "dag_runs");
    for (size_t i = 0; i < json_array_size(runs); i++)
        if (strcmp(cfn_output_text(json_array_get(runs, i), "dag_run_id"), id) == 0)
            run = json_incref(json_array_get(runs, i));
    if (code == 0 && status == OK && !runs)
        run = json_incref(answer);
    if (code == 0 && !run)
        cfn__airflow_fail("show the run", status == OK ? NOT_FOUND : status, answer, diags);
    json_decref(answer);
    return run;
}

static json_t *read_tasks(const struct cfn_transport *transport, const struct cfn_job *job,
                          const char *id, struct cfn_diags *diags) {
    struct cfn_text path = {0};
    json_t *answer = NULL;
    int status = 0, code;
    cfn_text_printf(&path, "/dags/%s/dagRuns/%s/taskInstances", job->name, id);
    if (path.size <= PATH_ROOM)
        code = cfn__airflow(transport, job, "GET", path.data, NULL, &status, &answer, diags);
    else
        code = cfn__airflow(transport, job, "POST", "/dags/~/dagRuns/~/taskInstances/list",
                            json_pack("{s:[s], s:[s], s:i}", "dag_ids", job->name, "dag_run_ids",
                                      id, "page_limit", MOST_TASKS),
                            &status, &answer, diags);
    cfn_text_done(&path);
    json_t *tasks = json_object_get(answer, "task_instances");
    if (code == 0 && status == OK && json_is_array(tasks))
        json_incref(tasks);
    else {
        if (code == 0)
            cfn__airflow_fail("show the tasks", status, answer, diags);
        tasks = NULL;
    }
    json_decref(answer);
    return tasks;
}

/* In the order of their beginning; what has not begun comes last, as Airflow has it. */
static int by_start(const void *left, const void *right) {
    const json_t *const *a = left, *const *b = right;
    const char *first = cfn_output_text(*a, "start_date"),
               *second = cfn_output_text(*b, "start_date");
    if (!*first || !*second)
        return (*first == '\0') - (*second == '\0');
    return strcmp(first, second);
}

static void add_task(json_t *look, const json_t *task) {
    const json_t *duration = json_object_get(task, "duration");
    json_int_t map = json_integer_value(json_object_get(task, "map_index"));
    struct cfn_text name = {0};
    cfn_text_put(&name, cfn_output_text(task, "task_id"));
    if (map >= 0 && json_is_integer(json_object_get(task, "map_index")))
        cfn_text_printf(&name, "[%lld]", (long long)map);
    json_array_append_new(json_object_get(look, "tasks"),
                          json_pack("{s:s, s:s, s:I, s:f}", "name", name.data ? name.data : "",
                                    "state", cfn_output_text(task, "state"), "try",
                                    json_integer_value(json_object_get(task, "try_number")),
                                    "seconds",
                                    json_is_number(duration) ? json_number_value(duration) : 0.0));
    cfn_text_done(&name);
}

/* Streams of the task log are named so, with what cannot stand in a name as an underscore. */
static void link_log(json_t *look, const struct cfn_job *job, const json_t *task) {
    struct cfn_text group = {0}, stream = {0}, what = {0};
    json_int_t attempt = json_integer_value(json_object_get(task, "try_number"));
    cfn_text_printf(&group, "airflow-%s-Task", job->environment);
    cfn_text_printf(&stream, "dag_id=%s/run_id=%s/task_id=%s/attempt=%lld.log", job->name,
                    cfn_output_text(task, "dag_run_id"), cfn_output_text(task, "task_id"),
                    (long long)attempt);
    for (char *c = stream.data; *c; c++)
        *c = *c == ':' || *c == '*' ? '_' : *c;
    cfn_text_printf(&what, "log of %s", cfn_output_text(task, "task_id"));
    cfn__job_link(look, what.data, cfn__console_stream(job->region, group.data, stream.data));
    cfn_text_done(&group);
    cfn_text_done(&stream);
    cfn_text_done(&what);
}

/* Tasks, the logs of those that failed, and their names as the reason. */
static void add_tasks(json_t *look, const struct cfn_job *job, json_t *tasks) {
    size_t count = json_array_size(tasks);
    const json_t **sorted = cfn__alloc((count + 1) * sizeof *sorted);
    struct cfn_text failed = {0};
    for (size_t i = 0; i < count; i++)
        sorted[i] = json_array_get(tasks, i);
    qsort(sorted, count, sizeof *sorted, by_start);
    for (size_t i = 0; i < count; i++) {
        add_task(look, sorted[i]);
        if (strcmp(cfn_output_text(sorted[i], "state"), "failed") != 0)
            continue;
        cfn_text_printf(&failed, "%s%s",
                        failed.size ? ", " : "failed: ", cfn_output_text(sorted[i], "task_id"));
        link_log(look, job, sorted[i]);
    }
    if (failed.size)
        json_object_set_new(look, "reason", json_string(failed.data));
    cfn_text_done(&failed);
    free(sorted);
}

static json_t *look(const struct cfn_transport *transport, const struct cfn_job *job,
                    const char *id, struct cfn_diags *diags) {
    json_t *run = read_run(transport, job, id, diags);
    json_t *tasks = run ? read_tasks(transport, job, id, diags) : NULL, *seen = NULL;
    if (tasks) {
        seen = cfn__job_look_of(id, cfn_output_text(run, "state"), "", "|success|", "|failed|");
        add_tasks(seen, job, tasks);
    }
    json_decref(run);
    json_decref(tasks);
    return seen;
}

/* -- ending ------------------------------------------------------------------------------------ */

static int cancel(const struct cfn_transport *transport, const struct cfn_job *job, const char *id,
                  struct cfn_diags *diags) {
    struct cfn_text path = {0};
    json_t *answer;
    int status;
    cfn_text_printf(&path, "/dags/%s/dagRuns/%s", job->name, id);
    int code = cfn__airflow(transport, job, "PATCH", path.data,
                            json_pack("{s:s}", "state", "failed"), &status, &answer, diags);
    if (code == 0 && status != OK)
        code = cfn__airflow_fail("end the run", status, answer, diags);
    json_decref(answer);
    cfn_text_done(&path);
    return code;
}

const struct cfn__job_kind cfn__job_dag = {begin, look, cancel};
