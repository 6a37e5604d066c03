/*
 * Time: all that waits for its time is a happening in one heap; nothing else moves the clock. And
 * the maps that everything is found in.
 */
#ifndef CFN_SIM_CLOCK_H
#define CFN_SIM_CLOCK_H

#include "base/base.h"

#include <cfngen/sim.h>

/* A map from texts to things, in the order of insertion; it owns its keys alone. */
struct cfn__entry {
    char *key;
    void *value; /* NULL: was removed */
    uint64_t hash;
};
struct cfn__map {
    struct cfn__entry *items;
    size_t count, room;
    size_t *slots; /* index + 1; a power of two of them */
    size_t slot_count;
};
void *cfn__map_get(const struct cfn__map *map, const char *key);
void cfn__map_put(struct cfn__map *map, const char *key, void *value);
void cfn__map_remove(struct cfn__map *map, const char *key);
void cfn__map_done(struct cfn__map *map, void (*release)(void *value));
uint64_t cfn__sim_hash(const char *text, size_t size);
uint64_t cfn__sim_mix(uint64_t number); /* an even spread of its bits */

/* --- time --- */

struct cfn__happening;
typedef void cfn__happens(struct cfn_sim *sim, const struct cfn__happening *happening);
struct cfn__happening {
    int64_t time;
    uint64_t order; /* of those at one time */
    cfn__happens *run;
    void *subject;
    size_t step;
    unsigned ticket; /* one that is no longer the step's is void */
};
struct cfn__heap {
    struct cfn__happening *items;
    size_t count, room;
};
void cfn__sim_at(struct cfn_sim *sim, int64_t time, cfn__happens *run, void *subject, size_t step,
                 unsigned ticket);
/* Runs what is due until then; the clock stands there afterwards. */
void cfn__sim_pass(struct cfn_sim *sim, int64_t until);
bool cfn__sim_next(struct cfn_sim *sim, int64_t until); /* one happening; false: none is due */
/* Takes the earliest. */
struct cfn__happening cfn__heap_take(struct cfn__heap *heap);
void cfn__heap_put(struct cfn__heap *heap, struct cfn__happening happening);

#endif
