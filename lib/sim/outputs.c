/* What templates ask of the world, and what stacks give it: references and outputs. */
#include "change_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cfn_value ref(void *self, const char *id) {
    const struct cfn__operation *operation = self;
    if (json_object_get(operation->unknown, id))
        return json_string(CFN__LATER);
    const struct cfn__resource *resource = cfn__resource_of(operation->stack, id);
    return resource && *resource->physical ? json_string(resource->physical) : NULL;
}

static cfn_value attribute(void *self, const char *id, const char *name) {
    const struct cfn__operation *operation = self;
    const struct cfn__resource *resource = cfn__resource_of(operation->stack, id);
    if (json_object_get(operation->unknown, id))
        return json_string(CFN__LATER);
    if (!resource || !*resource->physical)
        return NULL;
    return cfn__sim_attribute(operation->stack, resource, name);
}

static cfn_value import(void *self, const char *name) {
    const struct cfn__operation *operation = self;
    const struct cfn__export *export = cfn__export_of(operation->stack->sim, name);
    return export ? json_incref(export->value) : NULL;
}

static cfn_value output(void *self, const json_t *arguments) {
    const struct cfn__operation *operation = self;
    struct cfn_sim *sim = operation->stack->sim;
    const char *stack_name = json_string_value(json_object_get(arguments, "StackName")),
               *name = json_string_value(json_object_get(arguments, "OutputName")),
               *region = json_string_value(json_object_get(arguments, "Region"));
    const struct cfn__stack *stack = stack_name ? cfn__stack_find(sim, stack_name) : NULL;
    if (!stack || (region && strcmp(region, sim->region) != 0))
        return NULL;
    size_t index;
    json_t *item;
    json_array_foreach(stack->outputs, index, item) {
        if (cfn_same(json_string_value(json_object_get(item, "OutputKey")), name))
            return json_incref(json_object_get(item, "OutputValue"));
    }
    return NULL;
}

static cfn_value parameter(void *self, const char *type, const char *name) {
    (void)type;
    const struct cfn__operation *operation = self;
    const struct cfn_sim *sim = operation->stack->sim;
    const struct cfn__thing *thing = cfn__thing_of(sim, "AWS::SSM::Parameter", name);
    const json_t *value = thing ? json_object_get(thing->properties, "Value")
                                : json_object_get(json_object_get(sim->has, "parameters"), name);
    return json_incref(cfn__json_of(value));
}

void cfn__world_of(struct cfn__operation *operation) {
    const struct cfn__stack *stack = operation->stack;
    const struct cfn_sim *sim = stack->sim;
    operation->world = (struct cfn_world){
        .account = sim->account,
        .region = sim->region,
        .partition = cfn__sim_partition(sim),
        .url_suffix = cfn_starts_with(sim->region, "cn-") ? "amazonaws.com.cn" : "amazonaws.com",
        .stack_name = stack->name,
        .stack_id = stack->id,
        .notification_arns = operation->version ? operation->version->topics : NULL,
        .zones = json_object_get(sim->has, "zones"),
        .ref = ref,
        .attribute = attribute,
        .import = import,
        .output = output,
        .parameter = parameter,
        .self = operation};
}

static json_t *text_of(const json_t *value) {
    char number[64];
    if (json_is_string(value))
        return json_incref(cfn__json_of(value));
    if (json_is_boolean(value))
        return cfn__json_truth(json_is_true(value));
    if (!json_is_number(value))
        return NULL;
    if (json_is_integer(value))
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else
        snprintf(number, sizeof number, "%g", json_real_value(value));
    return json_string(number);
}

static json_t *evaluated(struct cfn__operation *operation, const char *id, const json_t *value,
                         struct cfn_diags *diags) {
    struct cfn_text path = {0};
    cfn_text_printf(&path, "Outputs.%s", id);
    json_t *result = cfn_evaluate(operation->evaluation, value, path.data, diags), *text = NULL;
    if (result) {
        text = text_of(result);
        if (!text)
            cfn_fail(diags, "output.value", (struct cfn_place){0}, path.data,
                     "Template format error: The Value field of every Outputs member must evaluate "
                     "to a String.");
    }
    json_decref(result);
    cfn_text_done(&path);
    return text;
}

static json_t *output_of(struct cfn__operation *operation, const char *id, const json_t *item,
                         struct cfn_diags *diags) {
    json_t *made = json_object();
    const json_t *name = json_object_get(json_object_get(item, "Export"), "Name");
    cfn__json_put(made, "OutputKey", json_string(id));
    json_t *value = evaluated(operation, id, json_object_get(item, "Value"), diags);
    cfn__json_put(made, "OutputValue", value);
    cfn__json_put(made, "Description", json_incref(json_object_get(item, "Description")));
    if (name)
        cfn__json_put(made, "ExportName", evaluated(operation, id, name, diags));
    if (value)
        return made;
    json_decref(made);
    return NULL;
}

json_t *cfn__outputs_of(struct cfn__operation *operation, struct cfn_diags *diags) {
    json_t *outputs = json_array(), *item;
    const char *id;
    json_object_foreach(cfn__json_of(cfn__body_section(operation->version->body, "Outputs")), id,
                        item) {
        if (!cfn_evaluation_has(operation->evaluation, item))
            continue;
        json_t *made = output_of(operation, id, item, diags);
        if (made)
            json_array_append_new(outputs, made);
    }
    return outputs;
}

/* A stack has nothing from itself. */
static bool is_out_of_reach(const struct cfn__stack *stack, const char *name) {
    const struct cfn__export *export = cfn__export_of(stack->sim, name);
    return !export || export->stack == stack;
}

const char *cfn__missing_import(const struct cfn__stack *stack, const json_t *names) {
    const char *name;
    json_t *unused;
    json_object_foreach(cfn__json_of(names), name, unused) {
        if (is_out_of_reach(stack, name))
            return name;
    }
    return NULL;
}
