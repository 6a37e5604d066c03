/*
 * What rehearse and simulate share.
 */
#ifndef CFNGEN_CLI_SIMULATION_H
#define CFNGEN_CLI_SIMULATION_H

#include "cli.h"

/* The number that an option has; *number stays where it is not given. */
int cli_number(const struct cli *cli, const char *option, double min, double max, double *number);
/* {"stack-name/ID": {"reason", "times"}} of the --fail options; NULL after a mistake of usage. */
json_t *cli_failures(const struct cli *cli);

#endif
