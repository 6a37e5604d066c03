#include "mwaa.h"
#include "parts.h"

#include <base/base.h>
#include <string.h>

#define LEVELS "CRITICAL|ERROR|WARNING|INFO|DEBUG"

static const struct cfn_row log_rows[] = {
    CFN_CHOICE(struct mwaa_logs, dag_processing, .fallback = "INFO", .choices = LEVELS,
               .help = "least level of what the DAG processor logs"),
    CFN_CHOICE(struct mwaa_logs, scheduler, .fallback = "INFO", .choices = LEVELS,
               .help = "least level of what the scheduler logs"),
    CFN_CHOICE(struct mwaa_logs, task, .fallback = "INFO", .choices = LEVELS,
               .help = "least level of what tasks log"),
    CFN_CHOICE(struct mwaa_logs, webserver, .fallback = "WARNING", .choices = LEVELS,
               .help = "least level of what the web server logs"),
    CFN_CHOICE(struct mwaa_logs, worker, .fallback = "INFO", .choices = LEVELS,
               .help = "least level of what workers log"),
    CFN_ROWS_END,
};

static const struct cfn_text_format maintenance_format = {
    .name = "maintenance_start",
    .must_be = "a day and a half hour, UTC, such as SUN:03:30",
    .pattern = "^(MON|TUE|WED|THU|FRI|SAT|SUN):([01][0-9]|2[0-3]):(00|30)$",
};

const struct cfn_row mwaa_rows[] = {
    CFN_STACK_ROWS(struct mwaa),
    CFN_TEXT(struct mwaa, airflow_version, .fallback = "3.0.6", .format = &cfn_format_version,
             .help =
                 "version of Airflow; from 2.x an environment comes to 3.x by way of 2.11 only"),
    CFN_CHOICE(struct mwaa, environment_class, .fallback = "mw1.small",
               .choices = "mw1.micro|mw1.small|mw1.medium|mw1.large|mw1.xlarge|mw1.2xlarge",
               .help = "size of the environment, paid by the hour"),
    CFN_INT(struct mwaa, min_workers, .fallback = "1", .min = 1, .max = 25,
            .help = "workers that are always there"),
    CFN_INT(struct mwaa, max_workers, .min = 1, .max = 25,
            .help = "workers that are never passed; absent: 5, or 1 for mw1.micro"),
    CFN_INT(struct mwaa, schedulers, .min = 1, .max = 5,
            .help = "number of schedulers; absent: 2, or 1 for mw1.micro"),
    CFN_INT(struct mwaa, webservers, .min = 1, .max = 5,
            .help = "number of web servers; absent: 2, or 1 for mw1.micro"),
    CFN_CHOICE(struct mwaa, webserver_access, .fallback = "private", .choices = "private|public",
               .help =
                   "from where Airflow's pages are reached; public: from the internet, still by "
                   "IAM only"),
    CFN_TEXT(struct mwaa, dags_path, .fallback = "dags", .format = &cfn_format_s3_key,
             .help = "folder of the bucket that holds the DAGs"),
    CFN_TEXT(struct mwaa, requirements_path, .fallback = "requirements.txt",
             .format = &cfn_format_s3_key,
             .help = "key of the file of Python requirements, used once the parameter "
                     "RequirementsVersion is given"),
    CFN_TEXT(struct mwaa, plugins_path, .fallback = "plugins.zip", .format = &cfn_format_s3_key,
             .help = "key of the plugins, used once the parameter PluginsVersion is given"),
    CFN_TEXT(struct mwaa, startup_script_path, .fallback = "startup.sh",
             .format = &cfn_format_s3_key,
             .help = "key of the startup script, used once the parameter StartupScriptVersion is "
                     "given"),
    CFN_SECTION(struct mwaa, log_levels, struct mwaa_logs, .rows = log_rows,
                .help = "least levels of the five logs"),
    CFN_TEXT(struct mwaa, maintenance_start, .fallback = "SUN:03:30", .format = &maintenance_format,
             .help = "when the weekly maintenance begins, UTC"),
    CFN_CHOICE(struct mwaa, worker_replacement, .fallback = "graceful",
               .choices = "graceful|forced",
               .help = "whether an update waits for running tasks, up to twelve hours"),
    CFN_CHOICE(struct mwaa, endpoints, .fallback = "service", .choices = "service|customer",
               .help = "who makes the VPC endpoints of the environment"),
    CFN_TABLE(struct mwaa, airflow_options, .fallback = "{}",
              .help = "options of Airflow by section and name, such as {core.parallelism: 64}"),
    CFN_ROWS_END,
};

static bool is_micro(const struct mwaa *m) {
    return strcmp(m->environment_class, "mw1.micro") == 0;
}

long mwaa_count(const struct mwaa *m, long given, long usual) {
    return given ? given : is_micro(m) ? 1 : usual;
}

static void check_version(const struct cfn_scope *scope, const char *version) {
    static const char *const known[] = {"2.7.2",  "2.8.1",  "2.9.2", "2.10.1",
                                        "2.10.3", "2.11.0", "3.0.6"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(version, known[i]) == 0)
            return;
    if (strncmp(version, "1.", 2) != 0)
        cfn_caution(scope, "airflow_version", "is not known to this release, better '3.0.6': '%s'",
                    version);
}

static void check_count(const struct cfn_scope *scope, const struct mwaa *m, const char *name,
                        long count) {
    if (is_micro(m) && count > 1)
        cfn_refuse(scope, name, "must be 1 for mw1.micro, not '%ld'", count);
}

/* MWAA takes keys of lower-case letters, and an option without a section is no option. */
static bool is_option(const char *key) {
    size_t length = strlen(key);
    const char *point = strchr(key, '.');
    return point && point != key && point[1] && length <= 64 && key[length - 1] != '.' &&
           key[0] >= 'a' && key[0] <= 'z' &&
           strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789._") == length;
}

bool mwaa_has_own_backend(const struct cfn_table *own) {
    for (size_t i = 0; i < own->count; i++)
        if (strcmp(own->entries[i].key, "secrets.backend") == 0)
            return true;
    return false;
}

/* Where Airflow learns of Spark and of the warehouse. Parameter Store keeps names that begin so for
 * AWS. */
static void check_variables(const struct cfn_scope *scope, const struct mwaa *m) {
    if (!mwaa_has_variables(scope))
        return;
    if (cfn_starts_with(scope->project, "aws") || cfn_starts_with(scope->project, "ssm"))
        cfn_refuse(
            scope, ".project",
            "must not begin with aws or ssm while mwaa is enabled with emr or redshift, as no "
            "parameter may: '%s'",
            scope->project);
    if (!part_reaches(scope, "ssm") && !mwaa_has_own_backend(&m->airflow_options))
        cfn_caution(scope, ".common.network.interface_endpoints",
                    "leaves Airflow without a way to its variables: add ssm");
}

void mwaa_check(const struct cfn_scope *scope) {
    const struct mwaa *m = scope->settings;
    part_check_region(scope, "enabled", "AWS::MWAA::Environment");
    cfn_judge_version(scope, "airflow_version", "mwaa", m->airflow_version);
    check_version(scope, m->airflow_version);
    check_count(scope, m, "min_workers", m->min_workers);
    check_count(scope, m, "max_workers", m->max_workers);
    check_count(scope, m, "schedulers", m->schedulers);
    check_count(scope, m, "webservers", m->webservers);
    if (!is_micro(m) && m->schedulers == 1)
        cfn_refuse(scope, "schedulers", "must be from 2 to 5 for %s, not '1'",
                   m->environment_class);
    if (!is_micro(m) && m->webservers == 1)
        cfn_refuse(scope, "webservers", "must be from 2 to 5 for %s, not '1'",
                   m->environment_class);
    if (mwaa_count(m, m->max_workers, 5) < m->min_workers)
        cfn_refuse(scope, "max_workers", "must be at least min_workers of %ld, not '%ld'",
                   m->min_workers, mwaa_count(m, m->max_workers, 5));
    if (strcmp(m->webserver_access, "public") == 0)
        cfn_caution(scope, "webserver_access",
                    "puts Airflow's pages on the internet, guarded by IAM alone, better 'private': "
                    "'public'");
    check_variables(scope, m);
    for (size_t i = 0; i < m->airflow_options.count; i++)
        if (!is_option(m->airflow_options.entries[i].key))
            cfn_refuse(scope, "airflow_options",
                       "must have keys of a section and a name, such as core.parallelism, not '%s'",
                       m->airflow_options.entries[i].key);
}
