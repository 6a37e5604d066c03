/* Functions that look something up: in the template by its name, or in the world. */
#include "evaluate.h"

#include <string.h>

void cfn__pseudo_values(struct cfn_evaluation *evaluation) {
    const struct cfn_world *world = evaluation->world;
    const struct {
        const char *name, *value;
    } known[] = {
        {"AWS::AccountId", world->account},    {"AWS::Region", world->region},
        {"AWS::Partition", world->partition},  {"AWS::URLSuffix", world->url_suffix},
        {"AWS::StackName", world->stack_name}, {"AWS::StackId", world->stack_id},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].value)
            json_object_set_new_nocheck(evaluation->values, known[i].name, cfn_str(known[i].value));
    json_object_set_new_nocheck(evaluation->values, "AWS::NotificationARNs",
                                world->notification_arns ? cfn__shared(world->notification_arns)
                                                         : cfn_list_of(NULL, 0));
    json_object_set_nocheck(evaluation->values, "AWS::NoValue", evaluation->nothing);
}

/* Whether a resource is there to be referred to; told where it is not. */
static bool is_there(struct cfn__run *run, const char *name, const struct cfn_path *path) {
    json_t *resource = json_object_get(run->evaluation->resources, name);
    if (run->in_conditions)
        cfn__evaluation_refuse(
            run, "evaluate.reference", path,
            "Template error: Unresolved dependencies [%s]. Cannot reference resources in "
            "the Conditions block of the template",
            name);
    else if (!resource || !cfn_evaluation_has(run->evaluation, resource))
        cfn__evaluation_refuse(
            run, "evaluate.reference", path,
            "Template format error: Unresolved resource dependencies [%s] in the %s block "
            "of the template",
            name, run->block);
    else
        return true;
    return false;
}

cfn_value cfn__name_value(struct cfn__run *run, const char *name, const struct cfn_path *path) {
    const struct cfn_world *world = run->evaluation->world;
    json_t *known = json_object_get(run->evaluation->values, name);
    if (known)
        return json_incref(known);
    if (!is_there(run, name, path))
        return NULL;
    cfn_value value = world->ref ? world->ref(world->self, name) : NULL;
    return value ? value
                 : cfn__evaluation_refuse(run, "evaluate.resource", path,
                                          "there is no physical id of resource '%s' yet", name);
}

cfn_value cfn__attribute_value(struct cfn__run *run, const struct cfn__attribute *at,
                               const struct cfn_path *path) {
    const struct cfn_world *world = run->evaluation->world;
    const char *attribute = at->attribute;
    char resource[CFN__ID_ROOM];
    cfn__id_text(at->resource, at->size, resource);
    if (!is_there(run, resource, path))
        return NULL;
    cfn_value value = world->attribute ? world->attribute(world->self, resource, attribute) : NULL;
    return value ? value
                 : cfn__evaluation_refuse(
                       run, "evaluate.attribute", path,
                       "Template error: resource %s does not support attribute type %s in "
                       "Fn::GetAtt",
                       resource, attribute);
}

cfn_value cfn__evaluate_ref(struct cfn__run *run, json_t *argument, const struct cfn_path *path) {
    const char *name = json_string_value(argument);
    return name ? cfn__name_value(run, name, path)
                : cfn__evaluation_refuse(
                      run, "evaluate.shape", path,
                      "Template format error: Every Ref object must have a single String "
                      "value.");
}

cfn_value cfn__evaluate_getatt(struct cfn__run *run, json_t *argument,
                               const struct cfn_path *path) {
    struct cfn__attribute at;
    if (cfn__attribute_of(argument, &at))
        return cfn__attribute_value(run, &at, path);
    return cfn__evaluation_refuse(
        run, "evaluate.shape", path,
        "Template error: every Fn::GetAtt object requires two non-empty parameters, "
        "the resource name and the resource attribute");
}

cfn_value cfn__evaluate_import(struct cfn__run *run, json_t *argument,
                               const struct cfn_path *path) {
    const struct cfn_world *world = run->evaluation->world;
    const char *name = json_string_value(argument);
    if (!name)
        return cfn__evaluation_refuse(
            run, "evaluate.shape", path,
            "Template error: the attribute in Fn::ImportValue must be a string or a "
            "function that returns a string");
    cfn_value value = world->import ? world->import(world->self, name) : NULL;
    return value ? value
                 : cfn__evaluation_refuse(run, "evaluate.import", path, "No export named %s found",
                                          name);
}

cfn_value cfn__evaluate_output(struct cfn__run *run, json_t *argument,
                               const struct cfn_path *path) {
    const struct cfn_world *world = run->evaluation->world;
    const char *stack = json_string_value(json_object_get(argument, "StackName"));
    const char *output = json_string_value(json_object_get(argument, "OutputName"));
    if (!stack || !output)
        return cfn__evaluation_refuse(
            run, "evaluate.shape", path,
            "Template error: every Fn::GetStackOutput object requires a StackName "
            "and an OutputName");
    cfn_value value = world->output ? world->output(world->self, argument) : NULL;
    return value ? value
                 : cfn__evaluation_refuse(run, "evaluate.output", path,
                                          "there is no output %s of stack %s", output, stack);
}

/* The first three of a region, where the world does not list them. */
static cfn_value usual_zones(const char *region) {
    return cfn_list(cfn_fmt("%sa", region), cfn_fmt("%sb", region), cfn_fmt("%sc", region));
}

cfn_value cfn__evaluate_azs(struct cfn__run *run, json_t *argument, const struct cfn_path *path) {
    const struct cfn_world *world = run->evaluation->world;
    const char *region = json_string_value(argument);
    if (region && *region == '\0')
        region = world->region;
    if (!region)
        return cfn__evaluation_refuse(
            run, "evaluate.shape", path,
            "Template error: every Fn::GetAZs object must have a String-typed "
            "value, the name of a region");
    return world->zones && cfn_same(region, world->region) ? cfn__shared(world->zones)
                                                           : usual_zones(region);
}

static cfn_value cell_of(struct cfn__run *run, json_t *names) {
    json_t *at = run->evaluation->mappings;
    for (size_t i = 0; i < 3; i++) {
        char room[32];
        const char *name = cfn__scalar_text(json_array_get(names, i), room);
        at = name ? json_object_get(at, name) : NULL;
    }
    return json_is_object(at) ? NULL : json_incref(at);
}

static const char *shown(json_t *names, size_t index, char *room) {
    const char *text = cfn__scalar_text(json_array_get(names, index), room);
    return text ? text : "";
}

static cfn_value refuse_cell(struct cfn__run *run, json_t *names, const struct cfn_path *path) {
    char rooms[3][32];
    return cfn__evaluation_refuse(
        run, "evaluate.mapping", path, "Template error: Unable to get mapping for %s::%s::%s",
        shown(names, 0, rooms[0]), shown(names, 1, rooms[1]), shown(names, 2, rooms[2]));
}

/* The default is evaluated only where it is needed. */
cfn_value cfn__evaluate_find_in_map(struct cfn__run *run, json_t *argument,
                                    const struct cfn_path *path) {
    struct cfn_path fourth = {path, NULL, 3}, inside = {&fourth, "DefaultValue", 0};
    json_t *otherwise = json_object_get(json_array_get(argument, 3), "DefaultValue");
    json_t *names = cfn_list_of(NULL, 0);
    for (size_t i = 0; i < 3 && names; i++) {
        struct cfn_path at = {path, NULL, i};
        cfn_value name = cfn__value_of(run, json_array_get(argument, i), &at);
        if (name) {
            json_array_append_new(names, name);
        } else {
            json_decref(names);
            return NULL;
        }
    }
    cfn_value cell = cell_of(run, names);
    if (!cell)
        cell = otherwise ? cfn__value_of(run, otherwise, &inside) : refuse_cell(run, names, path);
    json_decref(names);
    return cell;
}
