/*
 * What the steps of this floor share: one call and its output, and waiting that can be ended.
 */
#ifndef CFN_DATA_ASK_H
#define CFN_DATA_ASK_H

#include "base/base.h"

#include <cfngen/aws.h>

/* The output of a call, a new reference; NULL with a diagnostic. Consumes the input. */
json_t *cfn__data_ask(const struct cfn_transport *transport, const char *service,
                      const char *action, json_t *input, struct cfn_diags *diags);

/* Waits; less long where the transport is woken. */
void cfn__data_pause(const struct cfn_transport *transport, int64_t milliseconds);

/* A poll: from quick to slow, so that what is short is not waited for. */
struct cfn__poll {
    int64_t wait, slowest; /* milliseconds */
};
void cfn__poll_pause(struct cfn__poll *poll, const struct cfn_transport *transport);

/* A token for a call that must be carried out once, however often it is sent: 64 digits made of
 * what it does and of the run. */
void cfn__data_token(const char *what, uint64_t run, int64_t now, char token[65]);

#endif
