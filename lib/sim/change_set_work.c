/* What a change set would do: each resource evaluated as far as that can be known beforehand. */
#include "change_set.h"

#include <stdlib.h>
#include <string.h>

struct work {
    struct cfn__change_set *set;
    struct cfn__operation dry; /* that is never begun */
    json_t *visited;
};

static void fail(struct cfn__change_set *set, char *reason) {
    if (set->reason)
        free(reason);
    else
        set->reason = reason;
}

static void find(struct work *work, const char *id, const json_t *item, const char *name,
                 const char *reason) {
    struct cfn__change_set *set = work->set;
    char *uuid = cfn__sim_uuid(set->stack->sim);
    json_t *finding = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "EventId", uuid, "StackId",
        set->stack->id, "OperationId", set->operation_id, "OperationType", "CREATE_CHANGESET",
        "OperationStatus", "FAILED", "EventType", "VALIDATION_ERROR", "LogicalResourceId", id,
        "ValidationFailureMode", "FAIL", "ValidationName", name, "ValidationStatus", "FAILED",
        "ValidationPath", json_sprintf("/Resources/%s/Properties", id), "Timestamp",
        cfn__json_time(set->stack->sim->now));
    cfn__json_put(finding, "ResourceType", json_incref(json_object_get(item, "Type")));
    cfn__json_put(finding, "ValidationStatusReason", json_string(reason));
    json_array_append_new(set->findings, finding);
    free(uuid);
}

/* --- one resource --- */

static json_t *evaluated(struct work *work, const char *id, const json_t *item) {
    const json_t *properties = json_object_get(item, "Properties");
    if (!properties)
        return json_object();
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_text path = {0};
    cfn_text_printf(&path, "Resources.%s.Properties", id);
    json_t *value = cfn_evaluate(work->dry.evaluation, properties, path.data, diags);
    if (!value && cfn_diags_count(diags))
        fail(work->set, cfn__copy(cfn_diags_at(diags, 0)->message));
    cfn_text_done(&path);
    cfn_diags_free(diags);
    return value ? value : json_object();
}

/* A resource as it would be, to ask whether its name is taken. */
static struct cfn__resource *imagined(const struct cfn__change *change) {
    struct cfn__resource *resource = cfn__alloc(sizeof *resource);
    resource->id = cfn__copy(change->id);
    resource->type = json_string_value(json_object_get(change->item, "Type"));
    resource->physical = cfn__copy("");
    resource->item = json_incref(cfn__json_of(change->item));
    resource->properties = json_incref(change->properties);
    return resource;
}

static void refuse_adoption(struct work *work, const struct cfn__change *change) {
    const char *type = json_string_value(json_object_get(change->item, "Type")),
               *property = cfn__name_property(type),
               *name = cfn__given_name(type, change->properties);
    struct cfn_text reason = {0};
    cfn_text_printf(&reason,
                    "CloudFormation is attempting to import some resources because they already "
                    "exist in your account. The resources must have the DeletionPolicy attribute "
                    "set to 'Retain' or 'RetainExceptOnCreate' in the template for successful "
                    "import. The affected resources are %s ({%s=%s})",
                    change->id, property, name);
    fail(work->set, cfn_text_take(&reason));
}

static void look_at_name(struct work *work, struct cfn__change *change) {
    const struct cfn__stack *stack = work->set->stack;
    struct cfn__resource *resource = imagined(change);
    char *collision = cfn__collision(stack, resource);
    if (collision && work->set->adopts && cfn__can_adopt(stack, resource))
        change->does = CFN__IMPORTS;
    else if (collision && work->set->adopts)
        refuse_adoption(work, change);
    else if (collision && work->set->validates)
        find(work, change->id, change->item, "NAME_CONFLICT_VALIDATION", collision);
    free(collision);
    cfn__resource_free(resource);
}

static void look_at_properties(struct work *work, const struct cfn__change *change) {
    const json_t *broken = json_object_get(work->set->version->body->broken, change->id);
    if (broken && work->set->validates)
        find(work, change->id, change->item, "PROPERTY_VALIDATION", json_string_value(broken));
}

static void look_at(struct work *work, const char *id) {
    struct cfn__change_set *set = work->set;
    const struct cfn__resource *resource = cfn__resource_of(set->stack, id);
    if (resource && !cfn__resource_is_there(resource))
        resource = NULL;
    struct cfn__change change = {
        .set = set,
        .operation = &work->dry,
        .id = id,
        .resource = resource,
        .item = json_object_get(cfn__body_section(set->version->body, "Resources"), id)};
    if (!cfn_evaluation_has(work->dry.evaluation, change.item))
        return;
    change.properties = evaluated(work, id, change.item);
    change.does =
        resource ? cfn__what_changes(&work->dry, resource, change.properties) : CFN__CREATES;
    look_at_properties(work, &change);
    if (!resource)
        look_at_name(work, &change);
    if (change.does == CFN__CREATES || change.does == CFN__REPLACES || change.does == CFN__IMPORTS)
        json_object_set_new(work->dry.unknown, id, json_true());
    if (change.does != CFN__KEEPS)
        json_array_append_new(set->changes, cfn__change_told(&change));
    json_decref(change.properties);
}

/* What it needs comes first, so that is known whether that is replaced. */
static void visit(struct work *work, const char *id) {
    const char *need;
    json_t *unused;
    if (json_object_get(work->visited, id))
        return;
    json_object_set_new(work->visited, id, json_true());
    json_object_foreach(json_object_get(work->set->version->body->needs, id), need, unused) {
        visit(work, need);
    }
    look_at(work, id);
}

static void look_at_removed(struct work *work) {
    const struct cfn__stack *stack = work->set->stack;
    const json_t *resources = cfn__body_section(work->set->version->body, "Resources");
    for (size_t i = 0; i < stack->resources.count; i++) {
        const struct cfn__resource *resource = stack->resources.items[i];
        const json_t *item = json_object_get(resources, resource->id);
        if (!cfn__resource_is_there(resource) ||
            (item && cfn_evaluation_has(work->dry.evaluation, item)))
            continue;
        struct cfn__change change = {.set = work->set,
                                     .operation = &work->dry,
                                     .id = resource->id,
                                     .resource = resource,
                                     .does = CFN__DELETES};
        json_array_append_new(work->set->changes, cfn__change_told(&change));
    }
}

/* --- the whole --- */

static bool differs(const struct cfn__change_set *set) {
    const struct cfn__version *before = set->stack->version;
    return set->creates || !before || cfn_ends_with(set->stack->status, "_FAILED") ||
           json_array_size(set->changes) || cfn__version_differs(before, set->version);
}

static void judge(struct work *work) {
    struct cfn__change_set *set = work->set;
    json_t *names = cfn_imported_names(set->version->body->value, work->dry.evaluation);
    const char *missing = cfn__missing_import(set->stack, names);
    struct cfn_text reason = {0};
    if (missing) {
        cfn_text_printf(&reason, "No export named %s found.", missing);
        free(set->reason);
        set->reason = cfn_text_take(&reason);
    } else if (json_array_size(set->findings)) {
        bool name = cfn_same(
            json_string_value(json_object_get(json_array_get(set->findings, 0), "ValidationName")),
            "NAME_CONFLICT_VALIDATION");
        cfn_text_printf(&reason,
                        "The following hook(s)/validation failed: [AWS::EarlyValidation::%s]. To "
                        "troubleshoot Early Validation errors, use the DescribeEvents API for "
                        "detailed failure information.",
                        name ? "ResourceExistenceCheck" : "PropertyValidation");
        fail(set, cfn_text_take(&reason));
    } else if (!differs(set)) {
        fail(set, cfn__copy("The submitted information didn't contain changes. Submit different "
                            "information to create a change set."));
    }
    json_decref(names);
}

void cfn__change_set_work_out(struct cfn__change_set *set) {
    struct work work = {.set = set, .visited = json_object()};
    work.dry = (struct cfn__operation){.stack = set->stack,
                                       .version = set->version,
                                       .status = "",
                                       .reverts_drift = set->reverts_drift,
                                       .unknown = json_object()};
    struct cfn_diags *diags = cfn_diags_new();
    work.dry.evaluation = cfn__operation_evaluate(&work.dry, diags);
    const char *id;
    json_t *item;
    if (work.dry.evaluation) {
        json_object_foreach(cfn__json_of(cfn__body_section(set->version->body, "Resources")), id,
                            item) {
            visit(&work, id);
        }
        look_at_removed(&work);
        judge(&work);
    } else {
        fail(set, cfn__copy(cfn_diags_at(diags, 0)->message));
    }
    cfn_evaluation_free(work.dry.evaluation);
    cfn_diags_free(diags);
    json_decref(work.dry.unknown);
    json_decref(work.visited);
}
