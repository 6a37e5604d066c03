/* cfngen run: a DAG of Airflow, or a Spark job, begun and followed to its end. */
#include "steps.h"

#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {.name = "conf", .argument = "JSON", .help = "an object that a DAG is run with"},
    {.name = "unpause", .help = "switch a DAG on that is paused"},
    {.name = "no-wait", .help = "begin it, and do not follow it"},
    {.name = "follow", .argument = "ID", .help = "begin nothing, follow what was begun"},
    {.name = "cancel", .argument = "ID", .help = "begin nothing, end what was begun"},
    {.name = "cancel-on-interrupt", .help = "Ctrl-C ends it; else it goes on"},
    {.name = "timeout", .argument = "SECONDS", .help = "how long it is followed, at most"},
    {.name = "poll", .argument = "SECONDS", .help = "time between looks (default: from 1 to 15)"},
    {.name = "dashboard",
     .help = "print a link to Spark's own pages, which lets its bearer in for an hour"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "  cfngen run                the platform's DAG, shop_pipeline\n"
    "  cfngen run dag NAME       another one\n"
    "  cfngen run job [NAME]     the Spark job spark/NAME.py of the script bucket,\n"
    "                            without Airflow; without NAME bronze_to_silver\n"
    "\n"
    "A Spark job runs on EMR Serverless or, with emr.mode ec2, as a step of the\n"
    "cluster, with the platform's arguments --bronze, --silver and --tables before\n"
    "your own. Arguments that begin with a hyphen stand behind --.\n"
    "\n"
    "Ctrl-C leaves it running. The exit code is 1 when it has failed in the end, or\n"
    "is not followed to it.\n";

static const struct cli_example examples[] = {
    {"cfngen run", "the whole pipeline, once"},
    {"cfngen run dag shop_pipeline --conf '{\"full_refresh\": true}'", "with a configuration"},
    {"cfngen run job", "bronze to silver alone"},
    {"cfngen run job bronze_to_silver -- --table orders --full", "one table, from the beginning"},
    {"cfngen run dag shop_pipeline --follow cfngen-0123456789ab", "after Ctrl-C"},
    {NULL, NULL},
};

/* -- what is run ------------------------------------------------------------------------------- */

struct wanted {
    struct cfn_job job;
    json_t *conf;
    char *texts[8]; /* that are its own */
    size_t text_count;
    const char **arguments;
    const char *shown; /* last state */
    json_t *tasks;     /* states that have been told */
    char *id;
    struct cli *cli;
    int64_t until, poll;
    int code;
};

static const char *keep(struct wanted *wanted, char *text) {
    return wanted->texts[wanted->text_count++] = text;
}

static void forget(struct wanted *wanted) {
    for (size_t i = 0; i < wanted->text_count; i++)
        free(wanted->texts[i]);
    free(wanted->arguments);
    free(wanted->id);
    json_decref(wanted->conf);
    json_decref(wanted->tasks);
}

static bool is_dag(const struct cli *cli) {
    return cli->operand_count == 0 || strcmp(cli->operands[0], "dag") == 0;
}

static const char *name_of(const struct cli *cli) {
    if (cli->operand_count > 1)
        return cli->operands[1];
    return is_dag(cli) ? "shop_pipeline" : "bronze_to_silver";
}

static int want_dag(const struct cli_step *step, struct wanted *wanted) {
    wanted->job.kind = CFN_JOB_DAG;
    wanted->job.environment = cli_need(step, "mwaa", "EnvironmentName");
    wanted->job.conf = wanted->conf;
    wanted->job.unpause = cli_has(step->cli, "unpause");
    return wanted->job.environment ? 0 : -1;
}

/* The platform's own arguments first, then those of the command line. */
static int put_arguments(const struct cli_step *step, struct wanted *wanted, const char *scripts) {
    const struct cli *cli = step->cli;
    const char *bronze = cli_need(step, "data_lake", "BronzeBucketName");
    const char *silver = bronze ? cli_need(step, "data_lake", "SilverBucketName") : NULL;
    size_t count = 0;
    if (!silver)
        return -1;
    wanted->arguments = cli_alloc((cli->operand_count + 7) * sizeof *wanted->arguments);
    wanted->arguments[count++] = "--bronze";
    wanted->arguments[count++] = keep(wanted, cli_text("s3://%s", bronze));
    wanted->arguments[count++] = "--silver";
    wanted->arguments[count++] = keep(wanted, cli_text("s3://%s", silver));
    wanted->arguments[count++] = "--tables";
    wanted->arguments[count++] = keep(wanted, cli_text("s3://%s/spark/tables.json", scripts));
    for (size_t i = 2; i < cli->operand_count; i++)
        wanted->arguments[count++] = cli->operands[i];
    wanted->job.arguments = wanted->arguments;
    return 0;
}

static int want_spark(const struct cli_step *step, struct wanted *wanted) {
    struct cfn_job *job = &wanted->job;
    bool cluster = strcmp(cli_setting(step, "emr.mode"), "ec2") == 0;
    if (cluster && cli_has(step->cli, "dashboard")) {
        cfn_fail(step->cli->diags, "job.dashboard", (struct cfn_place){0}, NULL,
                 "--dashboard needs EMR Serverless; emr.mode is ec2");
        return -1;
    }
    const char *scripts = cli_need(step, "common", "ScriptBucketName");
    job->kind = cluster ? CFN_JOB_STEP : CFN_JOB_SERVERLESS;
    job->place = scripts ? cli_need(step, "emr", cluster ? "ClusterId" : "ApplicationId") : NULL;
    job->role_arn = job->place ? cli_need(step, "emr", "JobRoleArn") : NULL;
    if (!job->role_arn || put_arguments(step, wanted, scripts))
        return -1;
    job->logs = cli_output(step, "emr", cluster ? "LogBucketName" : "LogGroupName");
    job->entry_point = keep(wanted, cli_text("s3://%s/spark/%s.py", scripts, job->name));
    job->py_files = keep(wanted, cli_text("s3://%s/spark/modules.zip", scripts));
    job->tags = step->tags;
    job->once = cfn_session_transport(step->door->session);
    return 0;
}

/* -- telling ----------------------------------------------------------------------------------- */

static void put_time(const struct wanted *wanted, int64_t now) {
    char time[32];
    cfn_time_write(now, time);
    printf("%.19sZ  %s", time, wanted->job.name);
}

static enum cli_style style_of(const char *state) {
    static const char *const good[] = {"success", "SUCCESS", "COMPLETED"}, *const bad[] = {
                                                                               "failed", "FAILED",
                                                                               "upstream_failed",
                                                                               "CANCELLED",
                                                                               "INTERRUPTED"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (strcmp(state, good[i]) == 0)
            return CLI_GREEN;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (strcmp(state, bad[i]) == 0)
            return CLI_RED;
    return CLI_PLAIN;
}

static void put_state(const struct cli *cli, const char *state) {
    fputs(cli_style(cli, stdout, style_of(state)), stdout);
    cli_put_clean(stdout, state);
    fputs(cli_style(cli, stdout, CLI_PLAIN), stdout);
}

static void tell_task(struct wanted *wanted, const json_t *task, int64_t now) {
    const char *name = cfn_output_text(task, "name"), *state = cfn_output_text(task, "state");
    double seconds = json_real_value(json_object_get(task, "seconds"));
    char duration[32];
    if (strcmp(cfn_output_text(wanted->tasks, name), state) == 0 || !*state)
        return;
    json_object_set_new(wanted->tasks, name, json_string(state));
    put_time(wanted, now);
    fputs("  ", stdout);
    cli_put_clean(stdout, name);
    fputs("  ", stdout);
    put_state(wanted->cli, state);
    cli_duration((int64_t)(seconds * 1000), duration);
    if (seconds > 0 && style_of(state) != CLI_PLAIN)
        printf("  %s", duration);
    putchar('\n');
}

struct looker {
    struct wanted *wanted;
    const struct cfn_transport *transport;
};

static void tell(void *self, const json_t *look) {
    struct looker *looker = self;
    struct wanted *wanted = looker->wanted;
    int64_t now = looker->transport->now(looker->transport->self);
    const json_t *tasks = json_object_get(look, "tasks");
    const char *state = cfn_output_text(look, "state");
    if (wanted->cli->json) {
        json_t *line = json_deep_copy(look);
        json_object_set_new(line, "kind", json_string("look"));
        cli_put_line(stdout, line);
        return;
    }
    for (size_t i = 0; i < json_array_size(tasks); i++)
        tell_task(wanted, json_array_get(tasks, i), now);
    if (strcmp(cfn_output_text(wanted->tasks, ""), state) != 0) {
        json_object_set_new(wanted->tasks, "", json_string(state));
        put_time(wanted, now);
        fputs("  ", stdout);
        put_state(wanted->cli, state);
        putchar('\n');
    }
    fflush(stdout);
}

static bool stop(void *self) {
    (void)self;
    return cli_interrupts() > 0;
}

static void print_links(const json_t *look) {
    const json_t *links = json_object_get(look, "links");
    for (size_t i = 0; i < json_array_size(links); i++) {
        cli_put_clean(stdout, cfn_output_text(json_array_get(links, i), "what"));
        fputs(": ", stdout);
        cli_put_clean(stdout, cfn_output_text(json_array_get(links, i), "url"));
        putchar('\n');
    }
}

/* How to come back to what goes on. */
static int tell_left(const struct wanted *wanted, const char *why) {
    fprintf(stderr, "%s; it goes on: 'cfngen run %s %s --follow %s' follows it\n", why,
            is_dag(wanted->cli) ? "dag" : "job", wanted->job.name, wanted->id);
    return CLI_NO;
}

static int tell_end(const struct wanted *wanted, const json_t *look) {
    const char *reason = cfn_output_text(look, "reason"), *state = cfn_output_text(look, "state");
    if (!wanted->cli->json)
        print_links(look);
    if (json_is_true(json_object_get(look, "good")))
        return CLI_DONE;
    cfn_fail(wanted->cli->diags, "job.failed", (struct cfn_place){0}, NULL,
             "%s %s has ended as %s%s%s", wanted->job.name, wanted->id, state, *reason ? ": " : "",
             reason);
    return CLI_NO;
}

/* -- running ----------------------------------------------------------------------------------- */

static int end_of(const struct cli_step *step, const struct wanted *wanted, const json_t *look) {
    const struct cli *cli = step->cli;
    if (json_is_true(json_object_get(look, "ended")))
        return tell_end(wanted, look);
    if (!cli->json)
        print_links(look);
    if (!stop(NULL))
        return tell_left(wanted, "the time is up");
    if (!cli_has(cli, "cancel-on-interrupt"))
        return tell_left(wanted, "no longer followed");
    if (cfn_job_cancel(step->transport, &wanted->job, wanted->id, cli->diags))
        return cli_code_of(cli);
    fprintf(stderr, "%s %s is asked to end\n", wanted->job.name, wanted->id);
    return CLI_NO;
}

static int follow(const struct cli_step *step, struct wanted *wanted) {
    struct looker looker = {wanted, step->transport};
    const struct cfn_job_watch watch = {
        .look = tell, .stop = stop, .self = &looker, .poll = wanted->poll, .until = wanted->until};
    if (cli_has(step->cli, "dashboard")) {
        char *url = cfn_job_dashboard(step->transport, &wanted->job, wanted->id, step->cli->diags);
        if (url && !step->cli->json)
            printf("Spark's pages: %s\n", url);
        free(url);
    }
    json_t *look =
        cfn_job_follow(step->transport, &wanted->job, wanted->id, &watch, step->cli->diags);
    int code = look ? end_of(step, wanted, look) : cli_code_of(step->cli);
    json_decref(look);
    return code;
}

static int begin(const struct cli_step *step, struct wanted *wanted) {
    const struct cli *cli = step->cli;
    const char *known = cli_value(cli, "follow");
    wanted->id =
        known ? cli_text("%s", known) : cfn_job_begin(step->transport, &wanted->job, cli->diags);
    if (!wanted->id)
        return cli_code_of(cli);
    if (cli->json)
        cli_put_line(stdout,
                     cfn_map({"kind", cfn_str("begun")}, {"name", cfn_str(wanted->job.name)},
                             {"id", cfn_str(wanted->id)}));
    else if (!known)
        printf("%s is begun: %s\n", wanted->job.name, wanted->id);
    fflush(stdout);
    return cli_has(cli, "no-wait") ? CLI_DONE : follow(step, wanted);
}

static int work_with(const struct cli_step *step, struct wanted *wanted) {
    struct cli *cli = step->cli;
    const char *ended = cli_value(cli, "cancel");
    int64_t timeout = 0;
    int code = cli_seconds(cli, "timeout", 1, 86400 * 7, &timeout);
    if (code != CLI_DONE)
        return code;
    if (is_dag(cli) ? want_dag(step, wanted) : want_spark(step, wanted))
        return cli_code_of(cli);
    wanted->poll = step->what->poll;
    wanted->until = timeout ? step->transport->now(step->transport->self) + timeout : 0;
    if (!ended)
        return begin(step, wanted);
    if (cfn_job_cancel(step->transport, &wanted->job, ended, cli->diags))
        return cli_code_of(cli);
    printf("%s %s is asked to end\n", wanted->job.name, ended);
    return CLI_DONE;
}

static int work(struct cli_step *step) {
    struct cli *cli = step->cli;
    const char *conf = cli_value(cli, "conf");
    struct wanted wanted = {.cli = cli, .tasks = json_object()};
    wanted.job =
        (struct cfn_job){.name = name_of(cli), .region = step->what->region, .run = step->run};
    wanted.conf = conf ? json_loads(conf, JSON_REJECT_DUPLICATES, NULL) : NULL;
    int code = work_with(step, &wanted);
    forget(&wanted);
    return code;
}

/* -- usage ------------------------------------------------------------------------------------- */

/* A DAG's name and a job's stand in paths. */
static bool is_name(const char *name) {
    return *name && *name != '.' &&
           !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")];
}

static int check_conf(const struct cli *cli) {
    const char *conf = cli_value(cli, "conf");
    if (!conf)
        return CLI_DONE;
    json_error_t error;
    json_t *json = json_loads(conf, JSON_REJECT_DUPLICATES, &error);
    bool object = json_is_object(json);
    json_decref(json);
    return object ? CLI_DONE : cli_usage(cli, "--conf must be a JSON object, not '%s'", conf);
}

static int check_words(const struct cli *cli) {
    if (cli->operand_count > 0 && strcmp(cli->operands[0], "dag") != 0 &&
        strcmp(cli->operands[0], "job") != 0)
        return cli_usage(cli, "takes 'dag NAME' or 'job NAME', not '%s'", cli->operands[0]);
    if (!is_name(name_of(cli)))
        return cli_usage(cli, "a name has letters, digits, '_', '.' and '-', not '%s'",
                         name_of(cli));
    if (is_dag(cli) && cli->operand_count > 2)
        return cli_usage(cli, "a DAG takes --conf, not '%s'", cli->operands[2]);
    for (int i = 0; i < 2; i++)
        if (!is_dag(cli) && cli_has(cli, i ? "conf" : "unpause"))
            return cli_usage(cli, "--%s goes with a DAG", i ? "conf" : "unpause");
    if (is_dag(cli) && cli_has(cli, "dashboard"))
        return cli_usage(cli, "--dashboard goes with a job");
    if (cli_has(cli, "follow") && (cli_has(cli, "no-wait") || cli_has(cli, "cancel")))
        return cli_usage(cli, "--follow goes neither with --no-wait nor with --cancel");
    return check_conf(cli);
}

static int run(struct cli *cli) {
    int code = check_words(cli);
    return code == CLI_DONE ? cli_with_outputs(cli, work) : code;
}

const struct cli_verb cli_run_verb = {.options = options,
                                      .common = CLI_PLATFORM | CLI_AWS | CLI_REPORT,
                                      .about = about,
                                      .most_operands = SIZE_MAX,
                                      .examples = examples,
                                      .run = run};
