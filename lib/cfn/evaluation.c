/* An evaluation from its beginning to its end: a template with its parameters, in its world. */
#include "evaluate.h"

#include <stdlib.h>
#include <string.h>

static bool is_evaluated(json_t *transform) {
    return json_is_string(transform) &&
           strcmp(json_string_value(transform), "AWS::LanguageExtensions") == 0;
}

static int refuse_transforms(struct cfn__run *run, const json_t *body) {
    json_t *transform = json_object_get(body, "Transform"), *one;
    struct cfn_path path = {.key = "Transform"};
    size_t index;
    bool known = !transform || json_is_array(transform) || is_evaluated(transform);
    json_array_foreach(transform, index, one) known = known && is_evaluated(one);
    if (known)
        return 0;
    cfn__evaluation_refuse(
        run, "evaluate.macro", &path,
        "macros and transforms are not evaluated, but for AWS::LanguageExtensions");
    return -1;
}

struct cfn_evaluation *cfn_evaluation_new(const json_t *body, const json_t *parameters,
                                          const struct cfn_world *world, struct cfn_diags *diags) {
    struct cfn_evaluation *e = cfn__alloc(sizeof *e);
    e->world = world;
    e->parameters = json_object_get(body, "Parameters");
    e->mappings = json_object_get(body, "Mappings");
    e->conditions = json_object_get(body, "Conditions");
    e->resources = json_object_get(body, "Resources");
    e->texts = cfn_map_of(NULL, 0);
    e->values = cfn_map_of(NULL, 0);
    e->truths = cfn_map_of(NULL, 0);
    e->secrets = cfn_list_of(NULL, 0);
    e->nothing = cfn_map_of(NULL, 0);
    cfn__pseudo_values(e);
    struct cfn__run run = {.evaluation = e, .diags = diags, .block = "Conditions"};
    if (refuse_transforms(&run, body) == 0 && cfn__parameters_take(&run, parameters) == 0 &&
        cfn__conditions_evaluate(&run) == 0)
        return e;
    cfn_evaluation_free(e);
    return NULL;
}

void cfn_evaluation_free(struct cfn_evaluation *evaluation) {
    if (!evaluation)
        return;
    json_decref(evaluation->texts);
    json_decref(evaluation->values);
    json_decref(evaluation->truths);
    json_decref(evaluation->secrets);
    json_decref(evaluation->nothing);
    free(evaluation);
}

const json_t *cfn_evaluation_parameters(const struct cfn_evaluation *evaluation) {
    return evaluation->texts;
}

bool cfn_evaluation_condition(const struct cfn_evaluation *evaluation, const char *name) {
    return json_is_true(json_object_get(evaluation->truths, name));
}

bool cfn_evaluation_has(const struct cfn_evaluation *evaluation, const json_t *item) {
    json_t *condition = json_object_get(item, "Condition");
    const char *name = json_string_value(condition);
    return !condition || (name && cfn_evaluation_condition(evaluation, name));
}

cfn_value cfn_evaluate(struct cfn_evaluation *evaluation, const json_t *value, const char *path,
                       struct cfn_diags *diags) {
    struct cfn_path root = {.key = path ? path : ""};
    struct cfn__run run = {.evaluation = evaluation, .diags = diags};
    run.block = cfn_starts_with(root.key, "Outputs") ? "Outputs" : "Resources";
    cfn_value shared = cfn__shared(value);
    cfn_value result = cfn__value_of(&run, shared, path ? &root : NULL);
    json_decref(shared);
    if (result != evaluation->nothing)
        return result;
    json_decref(result);
    return json_null();
}
