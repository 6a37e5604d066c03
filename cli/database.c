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
