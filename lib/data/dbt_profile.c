/* profiles.yml, with the values of the deployed platform. */
#include "base/base.h"

#include <cfngen/dbt.h>
#include <jansson.h>
#include <stdlib.h>

/* In double quotes, where YAML reads what JSON writes. */
static void put(struct cfn_text *text, const char *key, const char *value) {
    json_t *string = json_string(value ? value : "");
    char *quoted = json_dumps(string, JSON_ENCODE_ANY);
    cfn_text_printf(text, "      %s: %s\n", key, quoted);
    free(quoted);
    json_decref(string);
}

static void put_login(struct cfn_text *text, const struct cfn_dbt_profile *profile) {
    if (profile->password) {
        put(text, "method", "database");
        put(text, "user", "{{ env_var('DBT_USER') }}");
        put(text, "password", "{{ env_var('DBT_PASSWORD') }}");
        return;
    }
    put(text, "method", "iam_role");
    put(text, "region", profile->region);
    cfn_text_printf(text, "      is_serverless: %s\n", profile->workgroup ? "true" : "false");
    if (profile->workgroup)
        put(text, "serverless_work_group", profile->workgroup);
    else
        put(text, "cluster_id", profile->cluster);
    if (profile->profile)
        put(text, "iam_profile", profile->profile);
}

char *cfn_dbt_profile_text(const struct cfn_dbt_profile *profile) {
    struct cfn_text text = {0};
    cfn_text_put(&text,
                 "# Written by 'cfngen dbt-profile' from the outputs of the stacks. No secret "
                 "stands here.\n"
                 "cfngen:\n"
                 "  target: redshift\n"
                 "  outputs:\n"
                 "    redshift:\n"
                 "      type: redshift\n");
    put(&text, "host", profile->host);
    cfn_text_printf(&text, "      port: %ld\n", strtol(profile->port, NULL, 10));
    put(&text, "dbname", profile->database);
    put(&text, "schema", profile->schema);
    put_login(&text, profile);
    cfn_text_put(&text, "      sslmode: verify-full\n"
                        "      connect_timeout: 30\n"
                        "      retries: 3\n"
                        "      threads: 4\n");
    return cfn_text_take(&text);
}
