/* A simulation made of options, for rehearse and simulate. */
#include "simulation.h"

#include <stdlib.h>
#include <string.h>

int cli_number(const struct cli *cli, const char *option, double min, double max, double *number) {
    const char *text = cli_value(cli, option);
    char *end;
    if (!text)
        return CLI_DONE;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= min && value <= max))
        return cli_usage(cli, "--%s must be a number from %g to %g, not '%s'", option, min, max,
                         text);
    *number = value;
    return CLI_DONE;
}

/* STACK/ID or STACK/ID=REASON: that resource fails when it is created or updated. */
json_t *cli_failures(const struct cli *cli) {
    json_t *failures = json_object();
    const char *text;
    for (size_t i = 0; (text = cli_value_at(cli, "fail", i)); i++) {
        size_t size = strcspn(text, "=");
        char *where = cli_text("%.*s", (int)size, text);
        const char *slash = strchr(where, '/');
        if (!slash || slash == where || !slash[1]) {
            cli_usage(cli, "--fail must be STACK-NAME/ID or STACK-NAME/ID=REASON, not '%s'", text);
            free(where);
            json_decref(failures);
            return NULL;
        }
        const char *reason =
            text[size] == '=' ? text + size + 1 : "it fails because --fail says so";
        json_object_set_new(failures, where, json_pack("{s:s, s:i}", "reason", reason, "times", 1));
        free(where);
    }
    return failures;
}
