/* Exports: unique names of values, protected while another stack imports them. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

struct cfn__export *cfn__export_of(const struct cfn_sim *sim, const char *name) {
    return cfn__map_get(&sim->export_of, name);
}

static bool imports(const struct cfn__stack *stack, const char *name) {
    if (cfn__stack_is_gone(stack))
        return false;
    return json_object_get(stack->imports, name) ||
           (stack->running && json_object_get(stack->running->imports, name));
}

json_t *cfn__export_users(const struct cfn_sim *sim, const char *name,
                          const struct cfn__stack *but) {
    json_t *users = json_array();
    for (size_t i = 0; i < sim->stacks.count; i++)
        if (sim->stacks.items[i] != but && imports(sim->stacks.items[i], name))
            json_array_append_new(users, json_string(sim->stacks.items[i]->name));
    return users;
}

static const json_t *value_in(const json_t *outputs, const char *name) {
    size_t index;
    json_t *output;
    json_array_foreach(cfn__json_of(outputs), index, output) {
        if (cfn_same(json_string_value(json_object_get(output, "ExportName")), name))
            return json_object_get(output, "OutputValue");
    }
    return NULL;
}

static char *in_use(const struct cfn__stack *stack, const struct cfn__export *export,
                    const char *what) {
    json_t *users = cfn__export_users(stack->sim, export->name, stack);
    char *reason = NULL;
    if (json_array_size(users)) {
        char *names = cfn__names_text(users);
        struct cfn_text text = {0};
        cfn_text_printf(&text, "Export %s cannot be %s as it is in use by %s", export->name, what,
                        names);
        reason = cfn_text_take(&text);
        free(names);
    }
    json_decref(users);
    return reason;
}

static char *changed_in_use(const struct cfn__stack *stack, const json_t *outputs) {
    for (size_t i = 0; i < stack->sim->exports.count; i++) {
        const struct cfn__export *export = stack->sim->exports.items[i];
        if (export->stack != stack || export->until)
            continue;
        const json_t *value = value_in(outputs, export->name);
        if (json_equal(value, export->value))
            continue;
        char *reason = in_use(stack, export, value ? "updated" : "deleted");
        if (reason)
            return reason;
    }
    return NULL;
}

static char *taken(const struct cfn__stack *stack, const json_t *outputs) {
    size_t index;
    json_t *output;
    json_array_foreach(cfn__json_of(outputs), index, output) {
        const char *name = json_string_value(json_object_get(output, "ExportName"));
        const struct cfn__export *export = name ? cfn__export_of(stack->sim, name) : NULL;
        if (!export || export->stack == stack)
            continue;
        struct cfn_text text = {0};
        cfn_text_printf(&text, "Export with name %s is already exported by stack %s", name,
                        export->stack->name);
        return cfn_text_take(&text);
    }
    return NULL;
}

char *cfn__exports_hindrance(struct cfn__stack *stack, const json_t *outputs) {
    char *reason = changed_in_use(stack, outputs);
    return reason ? reason : taken(stack, outputs);
}

static void withdraw(struct cfn_sim *sim, struct cfn__export *export) {
    export->until = sim->now;
    if (cfn__export_of(sim, export->name) == export)
        cfn__map_remove(&sim->export_of, export->name);
}

static void publish(struct cfn__stack *stack, const char *name, json_t *value) {
    struct cfn__export *export = cfn__alloc(sizeof *export);
    *export = (struct cfn__export){stack, cfn__copy(name), json_incref(value), stack->sim->now, 0};
    *CFN_PUSH(&stack->sim->exports) = export;
    cfn__map_put(&stack->sim->export_of, name, export);
}

void cfn__exports_follow(struct cfn__stack *stack, const json_t *outputs) {
    struct cfn_sim *sim = stack->sim;
    for (size_t i = 0; i < sim->exports.count; i++) {
        struct cfn__export *export = sim->exports.items[i];
        if (export->stack == stack && !export->until &&
            !json_equal(value_in(outputs, export->name), export->value))
            withdraw(sim, export);
    }
    size_t index;
    json_t *output;
    json_array_foreach(cfn__json_of(outputs), index, output) {
        const char *name = json_string_value(json_object_get(output, "ExportName"));
        if (name && !cfn__export_of(sim, name))
            publish(stack, name, json_object_get(output, "OutputValue"));
    }
}
