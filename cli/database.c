/* The source database and its tables, as options name them. */
#include "database.h"

#include <stdlib.h>
#include <string.h>

struct cfn_tables *cli_tables(struct cli *cli) {
    const char *name = cli_value(cli, "tables");
    size_t size;
    if (!name)
        return cfn_tables_shop();
    char *text = cli_read(cli, name, &size);
    struct cfn_tables *tables = text ? cfn_tables_read(text, size, name, cli->diags) : NULL;
    free(text);
    return tables;
}

/* RDS's own names end so in every partition. */
static bool is_amazons(const char *host) {
    const char *end = strstr(host, ".rds.amazonaws.com");
    return end &&
           (strcmp(end, ".rds.amazonaws.com") == 0 || strcmp(end, ".rds.amazonaws.com.cn") == 0);
}

int cli_database_of(struct cli *cli, const struct cli_step *step, struct cfn_database *database,
                    json_t **secret) {
    *database = (struct cfn_database){.dsn = cli_value(cli, "dsn"), .ca = cli_value(cli, "ca")};
    *secret = NULL;
    if (database->dsn)
        return 0;
    const char *arn;
    if (!(database->host = cli_need(step, "rds", "Host")) ||
        !(database->port = cli_need(step, "rds", "Port")) ||
        !(database->name = cli_need(step, "rds", "DatabaseName")) ||
        !(arn = cli_need(step, "rds", "SecretArn")) ||
        !(*secret = cfn_secret_read(step->transport, arn, cli->diags)))
        return -1;
    database->of_amazon = is_amazons(database->host);
    database->user = json_string_value(json_object_get(*secret, "username"));
    database->password = json_string_value(json_object_get(*secret, "password"));
    return 0;
}

/* The whole digits in threes, from the right; sign and decimals stay as they are. */
const char *cli_grouped(const struct cli *cli, FILE *file, const char *digits, char text[64]) {
    size_t sign = strspn(digits, "+-"), whole = strspn(digits + sign, "0123456789");
    char *to = text;
    if (strlen(digits) > 40 || !cli_is_rich(cli, file))
        return digits;
    memcpy(to, digits, sign);
    to += sign;
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[sign + i];
    }
    memcpy(to, digits + sign + whole, strlen(digits + sign + whole) + 1);
    return text;
}
