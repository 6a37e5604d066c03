/*
 * The templates evaluated as far as that goes before anything is there: names are made of
 * parameters, the account and the region. What a resource will be called stays open, and stands as
 * "<target.LogicalId>".
 */
#include "preflight.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST_IMPORT = 16 };

static const struct cfn_target *target_of(const struct cfn__site *site) {
    return &site->preflight->what->targets[site->target];
}

static cfn_value open_name(void *self, const char *logical_id) {
    return cfn_fmt("<%s.%s>", target_of(self)->name, logical_id);
}

static cfn_value open_attribute(void *self, const char *logical_id, const char *attribute) {
    return cfn_fmt("<%s.%s:%s>", target_of(self)->name, logical_id, attribute);
}

static cfn_value open_parameter(void *self, const char *type, const char *name) {
    (void)self;
    return cfn_fmt("<%s %s>", type, name);
}

static cfn_value open_output(void *self, const json_t *arguments) {
    (void)self;
    return cfn_fmt("<%s:%s>", cfn_output_text(arguments, "StackName"),
                   cfn_output_text(arguments, "OutputName"));
}

/* Exports of the targets are what their templates say; others are those of stacks that are not
 * ours. */
static cfn_value imported(void *self, const char *export_name) {
    struct cfn__preflight *p = ((struct cfn__site *)self)->preflight;
    const json_t *found = json_object_get(p->exports, export_name);
    json_t *value = NULL;
    if (found && p->importing < DEEPEST_IMPORT) {
        size_t target = (size_t)json_integer_value(json_array_get(found, 0));
        const json_t *output =
            json_object_get(json_object_get(p->what->targets[target].body, "Outputs"),
                            json_string_value(json_array_get(found, 1)));
        p->importing++;
        value = cfn__site_value(&p->sites[target], json_object_get(output, "Value"));
        p->importing--;
    }
    return value ? value : cfn_fmt("<import %s>", export_name);
}

json_t *cfn__site_value(const struct cfn__site *site, const json_t *value) {
    if (!site->evaluation || !value)
        return NULL;
    struct cfn_diags *ignored = cfn_diags_new();
    json_t *result = cfn_evaluate(site->evaluation, value, "", ignored);
    cfn_diags_free(ignored);
    return result;
}

/* A template that CloudFormation would refuse at once is told; not of a stack that is there, whose
 * parameters keep values that are not known here. */
static void evaluate(struct cfn__preflight *p, struct cfn__site *site) {
    const struct cfn_target *target = target_of(site);
    site->world = (struct cfn_world){
        .account = p->account,
        .region = p->what->region,
        .partition = p->partition,
        .url_suffix = p->url_suffix,
        .stack_name = target->stack_name,
        .stack_id = cfn_arena_text(&p->arena, "arn:%s:cloudformation:%s:%s:stack/%s/0",
                                   p->partition, p->what->region, p->account, target->stack_name),
        .ref = open_name,
        .attribute = open_attribute,
        .import = imported,
        .output = open_output,
        .parameter = open_parameter,
        .self = site,
    };
    struct cfn_diags *ignored = site->there ? cfn_diags_new() : NULL;
    site->evaluation = cfn_evaluation_new(target->body, target->parameters, &site->world,
                                          ignored ? ignored : p->findings);
    if (ignored)
        cfn_diags_free(ignored);
}

static void note_exports(struct cfn__preflight *p, const struct cfn__site *site) {
    const char *name;
    json_t *output;
    json_object_foreach(json_object_get(target_of(site)->body, "Outputs"), name, output) {
        json_t *exported =
            cfn__site_value(site, json_object_get(json_object_get(output, "Export"), "Name"));
        if (json_is_string(exported))
            json_object_set_new(p->exports, json_string_value(exported),
                                json_pack("[I, s]", (json_int_t)site->target, name));
        json_decref(exported);
    }
}

static json_t *properties_of(const struct cfn__site *site, const json_t *resource) {
    json_t *all = json_object(), *value;
    const char *name;
    json_object_foreach(json_object_get(resource, "Properties"), name, value) {
        json_t *known = cfn__site_value(site, value);
        if (known)
            json_object_set_new(all, name, known);
    }
    return all;
}

static void plan_site(struct cfn__preflight *p, const struct cfn__site *site) {
    const struct cfn_target *target = target_of(site);
    const char *id;
    json_t *resource;
    json_object_foreach(json_object_get(target->body, "Resources"), id, resource) {
        if (!cfn_evaluation_has(site->evaluation, resource))
            continue;
        *CFN_PUSH(&p->planned) = (struct cfn__planned){
            .target = site->target,
            .id = id,
            .type = cfn_output_text(resource, "Type"),
            .path = cfn_arena_text(&p->arena, "%s.%s", target->name, id),
            .body = resource,
            .properties = properties_of(site, resource),
        };
    }
}

void cfn__preflight_look(struct cfn__preflight *p) {
    p->exports = json_object();
    for (size_t i = 0; i < p->what->count; i++)
        evaluate(p, &p->sites[i]);
    for (size_t i = 0; i < p->what->count; i++)
        note_exports(p, &p->sites[i]);
    for (size_t i = 0; i < p->what->count; i++)
        if (!p->sites[i].there && p->sites[i].evaluation)
            plan_site(p, &p->sites[i]);
}

void cfn__preflight_forget(struct cfn__preflight *p) {
    for (size_t i = 0; i < p->planned.count; i++)
        json_decref(p->planned.items[i].properties);
    for (size_t i = 0; i < p->what->count; i++) {
        cfn_evaluation_free(p->sites[i].evaluation);
        json_decref(p->sites[i].advice);
    }
    free(p->planned.items);
    free(p->sites);
    json_decref(p->exports);
}

const json_t *cfn__preflight_referred(const struct cfn__preflight *p, const char *text,
                                      const struct cfn__site **site) {
    for (size_t i = 0; i < p->what->count; i++) {
        const struct cfn_target *target = &p->what->targets[i];
        size_t size = strlen(target->name);
        if (text[0] != '<' || strncmp(text + 1, target->name, size) != 0 || text[size + 1] != '.')
            continue;
        const char *id = text + size + 2;
        const char *name;
        json_t *resource;
        size_t length = strcspn(id, ":>");
        json_object_foreach(json_object_get(target->body, "Resources"), name, resource) {
            if (strncmp(name, id, length) == 0 && !name[length]) {
                *site = &p->sites[i];
                return resource;
            }
        }
    }
    return NULL;
}
