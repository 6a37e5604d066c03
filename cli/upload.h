/*
 * An upload as the command runs it (cmd_upload.c), and how it is told (upload.c).
 */
#ifndef CFNGEN_CLI_UPLOAD_H
#define CFNGEN_CLI_UPLOAD_H

#include "deployment.h"

#include <cfngen/upload.h>

struct cli_upload {
    struct cli *cli;
    struct cli_session session;
    struct cli_door door;
    json_t *stacks;
    char *pipeline, *dbt_project;
    struct cfn_upload_set set;
    struct cfn_upload *upload;
    int64_t began, drawn;
    bool line; /* progress stands on the terminal */
    bool stopping;
};

/* Progress on a terminal, a line for each file elsewhere; Ctrl-C. */
struct cfn_upload_watcher cli_upload_watcher(struct cli_upload *run);
/* The result, with the time that it took; as JSON in one line. */
void cli_upload_tell(struct cli_upload *run, const json_t *result);
/* Whether a dry run has found anything to do. */
bool cli_upload_changes(const json_t *result);

#endif
