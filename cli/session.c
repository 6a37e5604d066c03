/* A session: the file, the variables and the flags that together are a platform, and the clock. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static bool is_own_variable(const char *variable) {
    static const char *const own[] = {"CFNGEN_CONFIG=", "CFNGEN_ENV=", "CFNGEN_TODAY=",
                                      "CFNGEN_LOGIN_PASSWORD=", "CFNGEN_METABASE_"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strncmp(variable, own[i], strlen(own[i])) == 0)
            return true;
    return false;
}

/* The environment but for what the command reads itself. */
static const char **variables_of_process(void) {
    size_t count = 0, kept = 0;
    while (environ && environ[count])
        count++;
    const char **variables = cli_alloc((count + 1) * sizeof *variables);
    for (size_t i = 0; i < count; i++)
        if (!is_own_variable(environ[i]))
            variables[kept++] = environ[i];
    return variables;
}

static const char **flags_of(const struct cli *cli) {
    const char **flags = cli_alloc((cli->given_count + 1) * sizeof *flags);
    for (size_t i = 0; (flags[i] = cli_value_at(cli, "set", i)); i++)
        continue;
    return flags;
}

/* A value of a variable, where it is set and not empty. */
static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

const char *cli_config_name(const struct cli *cli) {
    const char *name = cli_value(cli, "config");
    if (!name)
        name = variable("CFNGEN_CONFIG");
    return name ? name : "platform.yaml";
}

static int read_config(struct cli *cli, struct cli_session *session, const char *name,
                       size_t *size) {
    if (strcmp(name, "platform.yaml") == 0 && access(name, F_OK) != 0 && errno == ENOENT) {
        cfn_fail(cli->diags, "io.read", (struct cfn_place){0}, NULL,
                 "there is no platform.yaml here");
        cfn_hint(cli->diags, "'cfngen init' writes one, '--config FILE' names another");
        return CLI_IO;
    }
    session->text = cli_read(cli, name, size);
    return session->text ? CLI_DONE : CLI_IO;
}

static bool is_date(const char *text) {
    if (strlen(text) != 10)
        return false;
    for (size_t i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9')
            return false;
    long month = strtol(text + 5, NULL, 10), day = strtol(text + 8, NULL, 10);
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

int cli_today(struct cli *cli, char today[11]) {
    const char *date = variable("CFNGEN_TODAY"), *epoch = variable("SOURCE_DATE_EPOCH");
    if (date && !is_date(date))
        return cli_usage(cli, "CFNGEN_TODAY must be a date such as 2026-11-23, not '%s'", date);
    if (date) {
        memcpy(today, date, 11);
        return CLI_DONE;
    }
    time_t now = time(NULL);
    if (epoch) {
        char *end;
        long long seconds = strtoll(epoch, &end, 10);
        if (*end || seconds < 0 || seconds > 253402300799)
            return cli_usage(cli, "SOURCE_DATE_EPOCH must be a number of seconds, not '%s'", epoch);
        now = (time_t)seconds;
    }
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(today, 11, "%Y-%m-%d", &utc);
    return CLI_DONE;
}

int cli_load(struct cli *cli, struct cli_session *session) {
    char today[11];
    struct cfn_config_source source = {.name = cli_config_name(cli)};
    int code = cli_today(cli, today);
    if (code == CLI_DONE)
        code = read_config(cli, session, source.name, &source.size);
    if (code != CLI_DONE)
        return code;
    if (strcmp(source.name, "-") == 0)
        source.name = "<stdin>";
    source.text = session->text;
    source.environment = cli_value(cli, "env");
    if (!source.environment)
        source.environment = variable("CFNGEN_ENV");
    source.variables = session->variables = variables_of_process();
    source.flags = session->flags = flags_of(cli);
    session->set = cfn_stack_set_new();
    session->platform = cfn_platform_load(session->set, &source, today, cli->diags);
    return session->platform ? CLI_DONE : CLI_NO;
}

int cli_synthesize(struct cli *cli, struct cli_session *session) {
    int code = cli_load(cli, session);
    if (code != CLI_DONE)
        return code;
    session->assembly = cfn_platform_synth(session->platform, cli->diags);
    return session->assembly ? CLI_DONE : CLI_NO;
}

void cli_session_done(struct cli_session *session) {
    cfn_assembly_free(session->assembly);
    cfn_platform_free(session->platform);
    cfn_stack_set_free(session->set);
    free(session->variables);
    free(session->flags);
    free(session->text);
    *session = (struct cli_session){0};
}
