/* What must be true of the service after a run, whatever happened in it. */
#ifndef DEPLOYMENTS_JUDGE_H
#define DEPLOYMENTS_JUDGE_H

#include "model.h"

#include <cfngen/sim.h>

/* The first thing that is wrong, in words; "" when nothing is. Overwritten by the next call. */
const char *judge_always(const json_t *state);
const char *judge_deployed(const json_t *state, const struct platform *platform);
const char *judge_destroyed(const json_t *state, const struct platform *platform);
/* Every bucket that is kept by its policy and was there before is there still. */
const char *judge_kept(const json_t *before, const json_t *after);
/* Each stack was created after those whose exports it imports. */
const char *judge_order(const json_t *state, const struct platform *platform);
/* Those of running (a set of ARNs) that are still of a stack run, and none bears a mark. */
const char *judge_replications(const json_t *state, const json_t *running);

#endif
