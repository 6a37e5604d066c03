/*
 * A small random platform: stacks of a few resources that refer to each other, export and import.
 * It can be changed at random as its user might: values, names (which replaces a resource),
 * resources, exports and imports that come and go.
 */
#ifndef DEPLOYMENTS_MODEL_H
#define DEPLOYMENTS_MODEL_H

#include "random.h"

#include <cfngen/deploy.h>

enum { MOST_STACKS = 6, MOST_RESOURCES = 5, MOST_EXPORTS = 3 };

struct model_resource {
    bool made, there, keeps; /* keeps: DeletionPolicy Retain */
    int type, value, name;
    int refers; /* to an earlier resource, or -1 */
    int import_stack, import_export;
};

struct model_export {
    bool there;
    int resource;
};

struct model_stack {
    struct model_resource resources[MOST_RESOURCES];
    struct model_export exports[MOST_EXPORTS];
    bool may_delete;
};

struct model {
    int stacks, names; /* names: the next one that was never used */
    struct model_stack stack[MOST_STACKS];
};

void model_make(struct model *model, struct random *random);
void model_change(struct model *model, struct random *random);

/* The model as targets. */
struct platform {
    size_t count;
    struct cfn_target targets[MOST_STACKS];
    char names[MOST_STACKS][16], stack_names[MOST_STACKS][24];
    const char *needs[MOST_STACKS][MOST_STACKS];
    json_t *bodies[MOST_STACKS], *tags;
};
void platform_of(const struct model *model, struct platform *platform, int tag);
void platform_done(struct platform *platform);

#endif
