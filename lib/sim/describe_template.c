/* Templates: told, summed up and validated. */
#include "actions.h"

#include <stdlib.h>
#include <string.h>

static json_t *template_told(const struct cfn__body *body, const char *stage) {
    json_t *text = json_stringn(body->text, body->size);
    if (cfn_same(stage, "Processed") && json_array_size(body->transforms)) {
        char *processed = json_dumps(body->value, JSON_INDENT(2));
        json_decref(text);
        text = json_string(processed);
        free(processed);
    }
    return json_pack("{s:o, s:[s, s]}", "TemplateBody", text, "StagesAvailable", "Original",
                     "Processed");
}

json_t *cfn__get_template(struct cfn__request *request) {
    const char *stage = cfn__text_of(request, "TemplateStage");
    if (cfn__text_of(request, "ChangeSetName")) {
        const struct cfn__body *body = cfn__change_set_body(request);
        return body ? template_told(body, stage) : NULL;
    }
    if (!cfn__text_of(request, "StackName"))
        return cfn__sim_invalid(request, "Either StackName or ChangeSetName must be specified");
    const struct cfn__stack *stack = cfn__seen_stack(request, CFN__NO_STACK_ID);
    const struct cfn__telling *telling = stack ? cfn__stack_telling(stack, request->as_of) : NULL;
    if (stack && !telling->version) /* in review: it is told, but is empty */
        return json_pack("{s:s, s:[]}", "TemplateBody", "", "StagesAvailable");
    return stack ? template_told(telling->version->body, stage) : NULL;
}

/* --- summaries --- */

static void put_member(json_t *to, const char *member, const json_t *from, const char *key) {
    cfn__json_put(to, member, json_incref(json_object_get(from, key)));
}

static json_t *parameters_of(const struct cfn__body *body, bool summary) {
    json_t *told = json_array(), *declared;
    const char *name;
    json_object_foreach(cfn__json_of(cfn__body_section(body, "Parameters")), name, declared) {
        json_t *item = json_pack("{s:s}", "ParameterKey", name);
        put_member(item, "DefaultValue", declared, "Default");
        put_member(item, "Description", declared, "Description");
        cfn__json_put(item, "NoEcho",
                      cfn__json_truth(cfn__is_true(json_object_get(declared, "NoEcho"))));
        if (summary)
            put_member(item, "ParameterType", declared, "Type");
        const json_t *allowed = json_object_get(declared, "AllowedValues");
        if (summary)
            cfn__json_put(item, "ParameterConstraints",
                          allowed ? json_pack("{s:O}", "AllowedValues", allowed) : json_object());
        json_array_append_new(told, item);
    }
    return told;
}

/* Types in the order of their first resource, each once; with what it is of. */
static json_t *types_of(const struct cfn__body *body, bool iam_only) {
    json_t *types = json_array(), *seen = json_object(), *item;
    const char *id;
    json_object_foreach(cfn__json_of(cfn__body_section(body, "Resources")), id, item) {
        const char *type = json_string_value(json_object_get(item, "Type"));
        bool wanted = type && !json_object_get(seen, type);
        if (iam_only && wanted) {
            wanted = false;
            for (size_t i = 0; i < json_array_size(body->iam); i++)
                wanted = wanted || cfn_same(json_string_value(json_array_get(body->iam, i)), id);
        }
        if (!wanted)
            continue;
        json_object_set_new(seen, type, json_true());
        json_array_append_new(types, json_string(type));
    }
    json_decref(seen);
    return types;
}

static void put_capabilities(json_t *output, const struct cfn__body *body) {
    json_t *capabilities = json_array();
    if (json_array_size(body->iam)) {
        json_array_append_new(
            capabilities, json_string(body->named_iam ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM"));
        json_t *types = types_of(body, true);
        struct cfn_text reason = {0};
        cfn_text_put(&reason, "The following resource(s) require capabilities: [");
        for (size_t i = 0; i < json_array_size(types); i++)
            cfn_text_printf(&reason, "%s%s", i ? ", " : "",
                            json_string_value(json_array_get(types, i)));
        cfn_text_put(&reason, "]");
        cfn__json_put(output, "CapabilitiesReason", json_string(reason.data));
        cfn_text_done(&reason);
        json_decref(types);
    }
    if (json_array_size(body->transforms))
        json_array_append_new(capabilities, json_string("CAPABILITY_AUTO_EXPAND"));
    cfn__json_put(output, "Capabilities", capabilities);
}

json_t *cfn__validate_template(struct cfn__request *request) {
    struct cfn__body *body = cfn__template_of(request, NULL);
    if (!body)
        return NULL;
    json_t *output = json_object();
    cfn__json_put(output, "Parameters", parameters_of(body, false));
    put_member(output, "Description", body->value, "Description");
    put_capabilities(output, body);
    if (json_array_size(body->transforms))
        cfn__json_put(output, "DeclaredTransforms", json_incref(body->transforms));
    cfn__body_drop(body);
    return output;
}

/* What would name a resource if it were imported. */
static json_t *identifiers_of(const struct cfn__body *body) {
    json_t *types = types_of(body, false), *told = json_array(), *type;
    size_t index;
    json_array_foreach(types, index, type) {
        const char *property = cfn__name_property(json_string_value(type)), *id;
        json_t *ids = json_array(), *item;
        json_object_foreach(cfn__json_of(cfn__body_section(body, "Resources")), id, item) {
            if (json_equal(json_object_get(item, "Type"), type))
                json_array_append_new(ids, json_string(id));
        }
        json_array_append_new(told, json_pack("{s:O, s:o, s:[s]}", "ResourceType", type,
                                              "LogicalResourceIds", ids, "ResourceIdentifiers",
                                              property ? property : "Id"));
    }
    json_decref(types);
    return told;
}

static json_t *summary_of(const struct cfn__body *body) {
    json_t *output = json_object();
    cfn__json_put(output, "Parameters", parameters_of(body, true));
    put_member(output, "Description", body->value, "Description");
    put_capabilities(output, body);
    cfn__json_put(output, "ResourceTypes", types_of(body, false));
    put_member(output, "Version", body->value, "AWSTemplateFormatVersion");
    const json_t *metadata = cfn__body_section(body, "Metadata");
    if (metadata) {
        char *text = json_dumps(metadata, JSON_COMPACT);
        cfn__json_put(output, "Metadata", json_string(text));
        free(text);
    }
    if (json_array_size(body->transforms))
        cfn__json_put(output, "DeclaredTransforms", json_incref(body->transforms));
    cfn__json_put(output, "ResourceIdentifierSummaries", identifiers_of(body));
    return output;
}

json_t *cfn__get_template_summary(struct cfn__request *request) {
    if (cfn__text_of(request, "StackSetName"))
        return cfn__sim_refuse(request, 404, "StackSetNotFoundException",
                               "StackSet %s not found: the simulation has none",
                               cfn__text_of(request, "StackSetName"));
    if (cfn__text_of(request, "StackName")) {
        const struct cfn__stack *stack = cfn__seen_stack(request, CFN__NO_STACK_ID);
        if (stack && !stack->version)
            return cfn__sim_invalid(request, "Stack [%s] does not have a template", stack->name);
        return stack ? summary_of(stack->version->body) : NULL;
    }
    struct cfn__body *body = cfn__template_of(request, NULL);
    json_t *output = body ? summary_of(body) : NULL;
    cfn__body_drop(body);
    return output;
}

json_t *cfn__estimate_template_cost(struct cfn__request *request) {
    return cfn__sim_invalid(request, "the simulation does not estimate costs");
}

json_t *cfn__describe_account_limits(struct cfn__request *request) {
    (void)request;
    return json_pack("{s:[{s:s, s:s}, {s:s, s:s}, {s:s, s:s}]}", "AccountLimits", "Name",
                     "StackLimit", "Value", "2000", "Name", "StackOutputsLimit", "Value", "200",
                     "Name", "ConcurrentResourcesLimit", "Value", "2500");
}
