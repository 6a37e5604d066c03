/*
 * The simulation as its server sees it.
 */
#ifndef CFN_SIM_SERVE_SIM_H
#define CFN_SIM_SERVE_SIM_H

#include <cfngen/sim.h>

/* What becomes of a call on its way. */
enum cfn__journey {
    CFN__ANSWERED,
    CFN__SILENT,   /* no answer comes; it may have been carried out */
    CFN__REFUSED,  /* there are too many calls */
    CFN__BROKEN_BY /* an error of the service; it may have been carried out */
};
/* Carries a call out now, as the faults will. The call keeps its input. The reply is filled for
 * those that are answered; *late: by how many milliseconds. */
enum cfn__journey cfn__serve_call(struct cfn_sim *sim, const struct cfn_call *call,
                                  struct cfn_reply *reply, int64_t *late);
/* A reply that refuses. */
void cfn__serve_refuse(struct cfn_sim *sim, int status, const char *code, const char *message,
                       struct cfn_reply *reply);
int64_t cfn__serve_latency(const struct cfn_sim *sim);
/* What CloudFormation's action takes, as validate.c reads it; NULL: there is no such action. */
const char *cfn__serve_members(const char *action);

#endif
