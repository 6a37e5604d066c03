/* Synthesis: the stacks are built, their imports matched with exports, and each template checked.
 */
#include "platform.h"

#include <cfngen/graph.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cfn_assembly {
    struct cfn_assembling assembling;
    CFN_ARRAY(struct cfn_assembled) stacks;
    CFN_ARRAY(struct cfn_template *) templates; /* the owners of what stacks show */
};

static void build_stack(struct cfn_assembly *assembly, size_t index, struct cfn_diags *diags) {
    const struct cfn_platform *platform = assembly->assembling.platform;
    const struct cfn_stack *stack = cfn_stack_set_at(platform->set, index);
    struct cfn_arena *arena = &assembly->assembling.arena;
    const char *description = cfn_arena_text(arena, "%s: %s", platform->prefix, stack->summary);
    struct cfn_template *t = cfn_template_new(stack->name, description);
    struct cfn_scope scope = cfn__scope(&assembly->assembling, index, t, diags);
    *CFN_PUSH(&assembly->stacks) = (struct cfn_assembled){
        .name = stack->name,
        .stack_name = cfn__stack_name(arena, platform, stack->name),
        .summary = stack->summary,
        .t = t,
        .may_delete_data = scope.may_delete_data,
    };
    *CFN_PUSH(&assembly->templates) = t;
    stack->build(&scope);
    cfn_template_tag(t, cfn_tag_map(&scope));
}

static void build_stacks(struct cfn_assembly *assembly, struct cfn_diags *diags) {
    const struct cfn_platform *platform = assembly->assembling.platform;
    size_t count = cfn_stack_set_count(platform->set);
    for (size_t i = 0; i < count; i++) {
        const struct cfn_stack_settings *own =
            cfn__settings_of(platform->set, platform->settings, i);
        if (own->enabled)
            build_stack(assembly, i, diags);
    }
}

static bool exported(const struct cfn_assembling *assembling,
                     const struct cfn_import_note *import) {
    for (size_t i = 0; i < assembling->exports.count; i++) {
        const struct cfn_export_note *e = &assembling->exports.items[i];
        if (strcmp(e->stack, import->producer) == 0 && strcmp(e->name, import->name) == 0)
            return true;
    }
    return false;
}

static bool told_before(const struct cfn_assembling *assembling, size_t import) {
    const struct cfn_import_note *all = assembling->imports.items, *this = &all[import];
    for (size_t i = 0; i < import; i++)
        if (strcmp(all[i].consumer, this->consumer) == 0 &&
            strcmp(all[i].producer, this->producer) == 0)
            return true;
    return false;
}

/* A stack that is switched off is told once for each that needs it, at the switch. */
static void tell_switched_off(const struct cfn_assembling *assembling,
                              const struct cfn_import_note *import, const char *path,
                              struct cfn_diags *diags) {
    cfn_setting_fail(assembling->platform->config, path, diags,
                     "must be true while %s is enabled, which needs its %s", import->consumer,
                     import->name);
    cfn_hint(diags, "enable %s, or set %s.enabled to false too", import->producer,
             import->consumer);
}

static void match_import(struct cfn_assembly *assembly, size_t index, struct cfn_diags *diags) {
    struct cfn_assembling *assembling = &assembly->assembling;
    const struct cfn_import_note *import = &assembling->imports.items[index];
    const char *path = cfn_arena_text(&assembling->arena, "%s.enabled", import->producer);
    bool known = cfn_config_find(assembling->platform->config, path) != NULL;
    if (exported(assembling, import))
        return;
    if (!known || cfn_assembly_find(assembly, import->producer))
        cfn_fail(diags, "stack.import", import->place, import->consumer,
                 "must import what a stack exports, not '%s' of '%s'", import->name,
                 import->producer);
    else if (!told_before(assembling, index))
        tell_switched_off(assembling, import, path, diags);
}

static int match_imports(struct cfn_assembly *assembly, struct cfn_diags *diags) {
    size_t errors = cfn_diags_errors(diags);
    for (size_t i = 0; i < assembly->assembling.imports.count; i++)
        match_import(assembly, i, diags);
    return cfn_diags_errors(diags) > errors ? -1 : 0;
}

void cfn_assembly_graph(const struct cfn_assembly *assembly, struct cfn_graph *graph) {
    for (size_t i = 0; i < assembly->stacks.count; i++) {
        const struct cfn_assembled *stack = &assembly->stacks.items[i];
        char note[64];
        snprintf(note, sizeof note, "%zu resources",
                 json_object_size(json_object_get(cfn_template_json(stack->t), "Resources")));
        cfn_graph_add(graph, stack->name, note);
    }
    for (size_t i = 0; i < assembly->assembling.imports.count; i++) {
        const struct cfn_import_note *import = &assembly->assembling.imports.items[i];
        cfn_graph_need(graph, import->consumer, import->producer, import->name);
    }
}

static struct cfn_texts needs_of(struct cfn_arena *arena, const struct cfn_graph *graph,
                                 size_t node) {
    size_t count = cfn_graph_needs(graph, node, NULL, 0);
    size_t *nodes = cfn_arena_take(arena, count * sizeof *nodes);
    const char **names = cfn_arena_take(arena, count * sizeof *names);
    cfn_graph_needs(graph, node, nodes, count);
    for (size_t i = 0; i < count; i++)
        names[i] = cfn_graph_name(graph, nodes[i]);
    for (size_t i = 0; i < count; i++)
        names[i] = cfn_arena_text(arena, "%s", names[i]);
    return (struct cfn_texts){names, count};
}

/* Brings the stacks into an order in which they can be deployed. */
static int order_stacks(struct cfn_assembly *assembly, struct cfn_diags *diags) {
    struct cfn_graph *graph = cfn_graph_new();
    struct cfn_arena *arena = &assembly->assembling.arena;
    size_t count = assembly->stacks.count;
    size_t *order = cfn_arena_take(arena, count * sizeof *order);
    struct cfn_assembled *ordered = cfn__alloc(count * sizeof *ordered);
    cfn_assembly_graph(assembly, graph);
    int result = cfn_graph_order(graph, order, diags);
    for (size_t i = 0; result == 0 && i < count; i++) {
        ordered[i] = assembly->stacks.items[order[i]];
        ordered[i].needs = needs_of(arena, graph, order[i]);
    }
    if (result == 0)
        memcpy(assembly->stacks.items, ordered, count * sizeof *ordered);
    free(ordered);
    cfn_graph_free(graph);
    return result;
}

static int check_stacks(struct cfn_assembly *assembly, struct cfn_diags *diags) {
    int result = 0;
    for (size_t i = 0; i < assembly->stacks.count; i++) {
        struct cfn_assembled *stack = &assembly->stacks.items[i];
        stack->body = cfn_template_json(stack->t);
        if (cfn_template_check(stack->t, diags) != 0)
            result = -1;
    }
    return result;
}

struct cfn_assembly *cfn_platform_synth(const struct cfn_platform *platform,
                                        struct cfn_diags *diags) {
    size_t errors = cfn_diags_errors(diags);
    struct cfn_assembly *assembly = cfn__alloc(sizeof *assembly);
    assembly->assembling.platform = platform;
    build_stacks(assembly, diags);
    if (assembly->stacks.count == 0)
        cfn_setting_fail(platform->config, "project", diags,
                         "must have at least one stack that is enabled");
    else if (match_imports(assembly, diags) == 0 && order_stacks(assembly, diags) == 0 &&
             cfn_diags_errors(diags) ==
                 errors) /* a refused setting explains its templates' faults */
        check_stacks(assembly, diags);
    if (cfn_diags_errors(diags) == errors)
        return assembly;
    cfn_assembly_free(assembly);
    return NULL;
}

void cfn_assembly_free(struct cfn_assembly *assembly) {
    if (!assembly)
        return;
    for (size_t i = 0; i < assembly->templates.count; i++)
        cfn_template_free(assembly->templates.items[i]);
    free(assembly->templates.items);
    free(assembly->stacks.items);
    free(assembly->assembling.imports.items);
    free(assembly->assembling.exports.items);
    cfn_arena_done(&assembly->assembling.arena);
    free(assembly);
}

size_t cfn_assembly_count(const struct cfn_assembly *assembly) {
    return assembly->stacks.count;
}

const struct cfn_assembled *cfn_assembly_at(const struct cfn_assembly *assembly, size_t index) {
    return index < assembly->stacks.count ? &assembly->stacks.items[index] : NULL;
}

const struct cfn_assembled *cfn_assembly_find(const struct cfn_assembly *assembly,
                                              const char *name) {
    for (size_t i = 0; i < assembly->stacks.count; i++)
        if (strcmp(assembly->stacks.items[i].name, name) == 0)
            return &assembly->stacks.items[i];
    return NULL;
}

static cfn_value manifest_of(const struct cfn_assembled *stack, const char *extension) {
    cfn_value entry = cfn_map(
        {"name", cfn_str(stack->name)}, {"stack_name", cfn_str(stack->stack_name)},
        {"file", cfn_fmt("%s.%s", stack->name, extension)}, {"summary", cfn_str(stack->summary)},
        {"needs", cfn_strs_of(stack->needs.items, stack->needs.count)},
        {"resources",
         cfn_int((long long)json_object_size(json_object_get(stack->body, "Resources")))},
        {"bytes", cfn_int((long long)json_dumpb(stack->body, NULL, 0, JSON_COMPACT))});
    return entry;
}

json_t *cfn_assembly_manifest(const struct cfn_assembly *assembly, const char *extension) {
    const struct cfn_platform_settings *all = assembly->assembling.platform->settings;
    cfn_value stacks = cfn_list_of(NULL, 0), tags = cfn_map_of(NULL, 0);
    for (size_t i = 0; i < assembly->stacks.count; i++)
        stacks = cfn_append(stacks, manifest_of(&assembly->stacks.items[i], extension));
    for (size_t i = 0; i < all->tags.count; i++)
        json_object_set_new(tags, all->tags.entries[i].key, cfn_str(all->tags.entries[i].value));
    return cfn_map({"version", cfn_int(1)}, {"project", cfn_str(all->project)},
                   {"environment", cfn_str(all->environment)}, {"region", cfn_str(all->region)},
                   {"tags", tags}, {"stacks", stacks});
}
