/*
 * What the files of inspection share.
 */
#ifndef CFN_DEPLOY_INSPECT_H
#define CFN_DEPLOY_INSPECT_H

#include "base/base.h"

#include <cfngen/inspect.h>

/* Several calls at once; replies[i] answers calls[i]. Each is to be released. */
void cfn__ask_all(const struct cfn_transport *transport, const struct cfn_call *calls, size_t count,
                  struct cfn_reply *replies);

/* One call for each target for which `wanted` (NULL: all) is not 0, with StackName and nothing
 * else; replies has room for all, and stays empty where nothing was asked. */
void cfn__ask_each(const struct cfn_transport *transport, const struct cfn_deployment *what,
                   const char *action, const bool *wanted, struct cfn_reply *replies);
void cfn__replies_done(struct cfn_reply *replies, size_t count);

/* All pages of a list: the items of `list` of every reply, a new reference; NULL with a diagnostic.
 * input is consumed. */
json_t *cfn__ask_pages(const struct cfn_transport *transport, const char *action, json_t *input,
                       const char *list, struct cfn_diags *diags);

/* Waits, in the transport's time. */
void cfn__rest(const struct cfn_transport *transport, int64_t milliseconds);

/* Whether something is under way on a stack of that status. */
bool cfn__is_busy(const char *status);

/* The answer says that there is no such stack. */
bool cfn__is_missing(const struct cfn_reply *reply);

#endif
