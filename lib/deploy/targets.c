/* The targets of a synthesized platform: all, or those that are named with what belongs to them. */
#include "base/base.h"

#include <cfngen/deploy.h>
#include <cfngen/platform.h>
#include <stdlib.h>
#include <string.h>

static size_t index_of(const struct cfn_assembly *assembly, const char *name) {
    for (size_t i = 0; i < cfn_assembly_count(assembly); i++)
        if (strcmp(cfn_assembly_at(assembly, i)->name, name) == 0)
            return i;
    return SIZE_MAX;
}

/* What it needs, directly or not. */
static void choose_needs(const struct cfn_assembly *assembly, size_t index, bool *chosen) {
    const struct cfn_assembled *stack = cfn_assembly_at(assembly, index);
    if (chosen[index])
        return;
    chosen[index] = true;
    for (size_t i = 0; i < stack->needs.count; i++) {
        size_t need = index_of(assembly, stack->needs.items[i]);
        if (need != SIZE_MAX)
            choose_needs(assembly, need, chosen);
    }
}

static bool needs(const struct cfn_assembled *stack, const char *name) {
    for (size_t i = 0; i < stack->needs.count; i++)
        if (strcmp(stack->needs.items[i], name) == 0)
            return true;
    return false;
}

/* What needs it, directly or not. */
static void choose_users(const struct cfn_assembly *assembly, size_t index, bool *chosen) {
    const char *name = cfn_assembly_at(assembly, index)->name;
    if (chosen[index])
        return;
    chosen[index] = true;
    for (size_t i = 0; i < cfn_assembly_count(assembly); i++)
        if (needs(cfn_assembly_at(assembly, i), name))
            choose_users(assembly, i, chosen);
}

static int choose(const struct cfn_assembly *assembly, const char *const *names, enum cfn_goal goal,
                  bool *chosen, struct cfn_diags *diags) {
    int code = 0;
    for (; *names; names++) {
        size_t index = index_of(assembly, *names);
        if (index == SIZE_MAX)
            code =
                cfn_fail(diags, "deploy.stack", (struct cfn_place){0}, NULL,
                         "must be a stack of the platform that is switched on, not '%s'", *names);
        else if (goal == CFN_DEPLOY)
            choose_needs(assembly, index, chosen);
        else
            choose_users(assembly, index, chosen);
    }
    return code;
}

static struct cfn_target target_of(const struct cfn_assembled *stack, const json_t *parameters,
                                   const json_t *tags) {
    return (struct cfn_target){
        .name = stack->name,
        .stack_name = stack->stack_name,
        .body = stack->body,
        .needs = stack->needs,
        .parameters = json_object_get(parameters, stack->name),
        .tags = tags,
        .may_delete_data = stack->may_delete_data,
    };
}

int cfn_targets_of(const struct cfn_assembly *assembly, const char *const *names,
                   enum cfn_goal goal, const json_t *parameters, const json_t *tags,
                   struct cfn_targets *targets, struct cfn_diags *diags) {
    size_t count = cfn_assembly_count(assembly);
    bool *chosen = cfn__alloc((count + 1) * sizeof *chosen);
    int code = names ? choose(assembly, names, goal, chosen, diags) : 0;
    *targets = (struct cfn_targets){0};
    if (code == 0) {
        targets->targets = cfn__alloc((count + 1) * sizeof *targets->targets);
        for (size_t i = 0; i < count; i++)
            if (!names || chosen[i])
                targets->targets[targets->count++] =
                    target_of(cfn_assembly_at(assembly, i), parameters, tags);
    }
    free(chosen);
    return code;
}
