/* What a part of a template refers to, and what a template imports. */
#include "evaluate.h"

#include <string.h>

struct found {
    json_t *resources, *set;
    const struct cfn_evaluation *evaluation; /* or NULL: whatever is written down */
};

static void found_name(void *self, const char *name, size_t size) {
    struct found *found = self;
    char room[CFN__ID_ROOM];
    const char *id = cfn__id_text(name, size, room);
    json_t *resource = json_object_get(found->resources, id);
    if (resource && (!found->evaluation || cfn_evaluation_has(found->evaluation, resource)))
        json_object_set_new_nocheck(found->set, id, json_true());
}

/* A resource's type is "AWS::..." or the like; an object of properties has no such Type. */
static bool is_resource(const json_t *part) {
    const char *type = json_string_value(json_object_get(part, "Type"));
    return type && strstr(type, "::");
}

static json_t *references_of(json_t *resources, const struct cfn_evaluation *evaluation,
                             const json_t *part) {
    struct found found = {resources, cfn_map_of(NULL, 0), evaluation};
    struct cfn__names names = {.found = found_name, .self = &found, .evaluation = evaluation};
    json_t *shared = cfn__shared(part);
    if (is_resource(part))
        cfn__names_needed(&names, shared);
    else
        cfn__names_in(&names, shared);
    json_decref(shared);
    return found.set;
}

json_t *cfn_references(const json_t *body, const json_t *part) {
    return references_of(json_object_get(body, "Resources"), NULL, part);
}

json_t *cfn_evaluation_references(const struct cfn_evaluation *evaluation, const json_t *part) {
    return references_of(evaluation->resources, evaluation, part);
}

/* A search for imports: with an evaluation, only through what takes part. */
struct imports {
    struct cfn_evaluation *evaluation; /* or NULL */
    struct cfn_diags *diags;           /* what cannot be evaluated is no matter here */
    json_t *set;
};

static void find(struct imports *imports, json_t *value, unsigned depth);

static void found_import(struct imports *imports, json_t *argument) {
    json_t *name = json_is_string(argument) ? json_incref(argument)
                   : imports->evaluation
                       ? cfn_evaluate(imports->evaluation, argument, NULL, imports->diags)
                       : NULL;
    if (json_is_string(name))
        json_object_set_new(imports->set, json_string_value(name), json_true());
    json_decref(name);
}

/* The branch that is taken, or both where that is not known. */
static void find_in_if(struct imports *imports, json_t *argument, unsigned depth) {
    const char *name = json_string_value(json_array_get(argument, 0));
    bool known = name && imports->evaluation;
    bool truth = known && cfn_evaluation_condition(imports->evaluation, name);
    if (!known || truth)
        find(imports, json_array_get(argument, 1), depth);
    if (!known || !truth)
        find(imports, json_array_get(argument, 2), depth);
}

static void find_in_members(struct imports *imports, json_t *value, unsigned depth) {
    const char *key;
    size_t index;
    json_t *member;
    json_object_foreach(value, key, member) find(imports, member, depth);
    json_array_foreach(value, index, member) find(imports, member, depth);
}

static void find(struct imports *imports, json_t *value, unsigned depth) {
    struct cfn__call call;
    if (depth > CFN__MOST_DEPTH)
        return;
    bool calls = cfn__call_of(value, &call);
    if (calls && cfn__call_is(&call, "Fn::ImportValue"))
        found_import(imports, call.argument);
    if (calls && cfn__call_is(&call, "Fn::If"))
        find_in_if(imports, call.argument, depth + 1);
    else
        find_in_members(imports, value, depth + 1);
}

static void find_in_section(struct imports *imports, json_t *section) {
    const char *key;
    json_t *item;
    json_object_foreach(section, key, item) {
        if (!imports->evaluation || cfn_evaluation_has(imports->evaluation, item))
            find(imports, item, 0);
    }
}

json_t *cfn_imported_names(const json_t *body, struct cfn_evaluation *evaluation) {
    struct imports imports = {evaluation, cfn_diags_new(), cfn_map_of(NULL, 0)};
    find(&imports, json_object_get(body, "Conditions"), 0);
    find_in_section(&imports, json_object_get(body, "Resources"));
    find_in_section(&imports, json_object_get(body, "Outputs"));
    cfn_diags_free(imports.diags);
    return imports.set;
}
