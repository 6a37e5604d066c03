/* Forward: creating, updating and replacing the resources of the new template. */
#include "replication.h"

#include <stdlib.h>
#include <string.h>

enum { PROMPTLY = 500, INITIATION = 1000 };
static const char initiated[] = "Resource creation Initiated";

static char *last_message(const struct cfn_diags *diags) {
    size_t count = cfn_diags_count(diags);
    return cfn__copy(count ? cfn_diags_at(diags, count - 1)->message : "Internal error");
}

static const json_t *item_of(const struct cfn__operation *operation, const char *id) {
    return json_object_get(cfn__body_section(operation->version->body, "Resources"), id);
}

static json_t *evaluated(struct cfn__operation *operation, const char *id, char **trouble) {
    const json_t *properties = json_object_get(item_of(operation, id), "Properties");
    if (!properties)
        return json_object();
    struct cfn_text path = {0};
    cfn_text_printf(&path, "Resources.%s.Properties", id);
    struct cfn_diags *diags = cfn_diags_new();
    json_t *value = cfn_evaluate(operation->evaluation, properties, path.data, diags);
    if (!value)
        *trouble = last_message(diags);
    cfn_diags_free(diags);
    cfn_text_done(&path);
    return value;
}

/* Gives a resource what the new template says of it; consumes properties. */
static void take_on(struct cfn__operation *operation, struct cfn__resource *resource,
                    json_t *properties) {
    json_decref(resource->item);
    resource->item = json_incref(cfn__json_of(item_of(operation, resource->id)));
    resource->type = json_string_value(json_object_get(resource->item, "Type"));
    resource->facts = cfn_schema_find(resource->type);
    json_decref(resource->needs);
    resource->needs = json_incref(json_object_get(operation->version->body->needs, resource->id));
    json_decref(resource->properties);
    resource->properties = properties ? properties : json_object();
    json_decref(resource->text);
    resource->text = NULL;
    json_decref(resource->tags);
    resource->tags = json_incref(operation->version->tags);
}

/* What was changed by hand is as the template says again. */
static void forget_drift(struct cfn__resource *resource) {
    json_decref(resource->live);
    resource->live = NULL;
}

static void note_before(struct cfn__operation *operation, const char *id, enum cfn__does does,
                        struct cfn__resource *was) {
    struct cfn__before *before = CFN_PUSH(&operation->before);
    *before = (struct cfn__before){.id = cfn__copy(id), .does = does, .was = was};
}

/* --- what makes it fail --- */

static void fail_now(struct cfn_sim *sim, const struct cfn__happening *happening) {
    (void)sim;
    struct cfn__step *step = cfn__step_of(happening);
    if (step)
        cfn__step_failed(happening->subject, happening->step, step->fails);
}

static void fail_later(struct cfn__operation *operation, size_t index, int64_t after,
                       char *reason) {
    operation->steps.items[index].fails = reason;
    cfn__step_later(operation, index, after, fail_now);
}

static char *broken(const struct cfn__operation *operation, const char *id) {
    const json_t *said = json_object_get(operation->version->body->broken, id);
    return said ? cfn__copy(json_string_value(said)) : NULL;
}

/* --- creating --- */

void cfn__step_made(struct cfn_sim *sim, const struct cfn__happening *happening) {
    (void)sim;
    struct cfn__operation *operation = happening->subject;
    const struct cfn__step *step = cfn__step_of(happening);
    if (!step)
        return;
    const char *status = step->does == CFN__CREATES   ? "CREATE_COMPLETE"
                         : step->does == CFN__IMPORTS ? "IMPORT_COMPLETE"
                                                      : "UPDATE_COMPLETE";
    cfn__resource_set(operation->stack, operation, step->resource, status,
                      operation->express ? "Resource configuration is complete, stabilization "
                                           "continues"
                                         : NULL);
    cfn__step_done(operation, happening->step);
}

static void initiate(struct cfn_sim *sim, const struct cfn__happening *happening) {
    struct cfn__operation *operation = happening->subject;
    struct cfn__step *step = cfn__step_of(happening);
    if (!step)
        return;
    struct cfn__resource *resource = step->resource;
    if (cfn__nested_begin(operation, happening->step))
        return;
    free(resource->physical);
    resource->physical = cfn__physical_id(operation->stack, resource);
    cfn__thing_put(sim, resource, operation->stack);
    bool creates = step->does == CFN__CREATES;
    cfn__resource_set(operation->stack, operation, resource,
                      creates ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS", initiated);
    int64_t all = cfn__step_time(operation, resource->type, CFN_CREATES, resource->properties),
            rest = all - (all / 4 < INITIATION ? all / 4 : INITIATION);
    char *fault = cfn__fault_of(operation, step->id, creates ? "create" : "update");
    if (fault)
        fail_later(operation, happening->step, rest / 2, fault);
    else
        cfn__step_later(operation, happening->step, rest, cfn__step_made);
}

/* The first part of making a resource: until it has its id. */
static void make(struct cfn__operation *operation, size_t index) {
    struct cfn__resource *resource = operation->steps.items[index].resource;
    int64_t all = cfn__step_time(operation, resource->type, CFN_CREATES, resource->properties);
    char *reason = broken(operation, resource->id);
    if (!reason)
        reason = cfn__collision(operation->stack, resource);
    if (reason)
        fail_later(operation, index, all < PROMPTLY ? all : PROMPTLY, reason);
    else
        cfn__step_later(operation, index, all / 4 < INITIATION ? all / 4 : INITIATION, initiate);
}

static void adopt(struct cfn__operation *operation, size_t index) {
    struct cfn__step *step = &operation->steps.items[index];
    step->does = CFN__IMPORTS;
    operation->before.items[operation->before.count - 1].does = CFN__IMPORTS;
    free(step->resource->physical);
    step->resource->physical = cfn__physical_id(operation->stack, step->resource);
    cfn__thing_put(operation->stack->sim, step->resource, operation->stack);
    cfn__resource_set(operation->stack, operation, step->resource, "IMPORT_IN_PROGRESS",
                      "Resource import started.");
    cfn__step_later(operation, index, INITIATION, cfn__step_made);
}

/* What a failed creation has left makes room for the next try. */
static void clear_failed(struct cfn__stack *stack, const struct cfn__resource *resource) {
    const struct cfn__thing *thing = resource->physical ? cfn__thing_behind(stack, resource) : NULL;
    if (thing && thing->stack == stack && cfn_same(resource->status, "CREATE_FAILED"))
        cfn__thing_remove(stack, resource);
}

/* trouble: why its properties cannot be had, or NULL. */
static void create(struct cfn__operation *operation, size_t index, json_t *properties,
                   char *trouble) {
    struct cfn__step *step = &operation->steps.items[index];
    struct cfn__resource *old = cfn__resource_of(operation->stack, step->id);
    unsigned generations = old ? old->generations + 1 : 0;
    if (old) {
        clear_failed(operation->stack, old);
        cfn__resource_remove(operation->stack, old);
        cfn__resource_free(old);
    }
    step->does = CFN__CREATES;
    step->resource = cfn__resource_add(operation->stack, step->id);
    step->resource->generation = step->resource->generations = generations;
    take_on(operation, step->resource, properties);
    note_before(operation, step->id, CFN__CREATES, NULL);
    if (!trouble && operation->adopts && cfn__can_adopt(operation->stack, step->resource)) {
        adopt(operation, index);
        return;
    }
    cfn__resource_set(operation->stack, operation, step->resource, "CREATE_IN_PROGRESS", NULL);
    if (trouble)
        fail_later(operation, index, 0, trouble);
    else
        make(operation, index);
}

/* --- updating --- */

static void replace(struct cfn__operation *operation, size_t index, json_t *properties) {
    struct cfn__step *step = &operation->steps.items[index];
    struct cfn__resource *resource = step->resource, *was = cfn__resource_copy(resource);
    const char *name = cfn__given_name(resource->type, properties);
    bool named = name && cfn_same(name, cfn__given_name(resource->type, resource->properties));
    step->does = CFN__REPLACES;
    take_on(operation, resource, properties);
    if (named) {
        note_before(operation, step->id, CFN__UPDATES, was);
        struct cfn_text reason = {0};
        cfn_text_printf(&reason,
                        "CloudFormation cannot update a stack when a custom-named resource "
                        "requires replacing. Rename %s and update the stack again.",
                        name);
        cfn__resource_set(operation->stack, operation, resource, "UPDATE_IN_PROGRESS", NULL);
        fail_later(operation, index, PROMPTLY, cfn_text_take(&reason));
        return;
    }
    note_before(operation, step->id, CFN__REPLACES, was);
    forget_drift(resource);
    resource->generation = ++resource->generations;
    cfn__resource_set(operation->stack, operation, resource, "UPDATE_IN_PROGRESS",
                      "Requested update requires the creation of a new physical resource; hence "
                      "creating one.");
    make(operation, index);
}

static void update(struct cfn__operation *operation, size_t index, json_t *properties) {
    struct cfn__step *step = &operation->steps.items[index];
    struct cfn__resource *resource = step->resource;
    note_before(operation, step->id, CFN__UPDATES, cfn__resource_copy(resource));
    step->does = CFN__UPDATES;
    take_on(operation, resource, properties);
    forget_drift(resource);
    cfn__thing_put(operation->stack->sim, resource, operation->stack);
    cfn__resource_set(operation->stack, operation, resource, "UPDATE_IN_PROGRESS", NULL);
    int64_t time = cfn__step_time(operation, resource->type, CFN_UPDATES, resource->properties);
    char *fault = broken(operation, step->id);
    if (!fault)
        fault = cfn__replication_hinders(operation->stack->sim, resource, "modified");
    if (!fault)
        fault = cfn__fault_of(operation, step->id, "update");
    if (fault)
        fail_later(operation, index, time / 2, fault);
    else if (!cfn__nested_begin(operation, index))
        cfn__step_later(operation, index, time, cfn__step_made);
}

static void deny(struct cfn__operation *operation, size_t index, char *reason) {
    struct cfn__step *step = &operation->steps.items[index];
    step->does = CFN__UPDATES;
    note_before(operation, step->id, CFN__KEEPS, NULL);
    cfn__step_failed(operation, index, reason);
    free(reason);
}

static void change(struct cfn__operation *operation, size_t index, json_t *properties) {
    struct cfn__resource *resource = operation->steps.items[index].resource;
    enum cfn__does does = cfn__what_changes(operation, resource, properties);
    char *denied = does == CFN__KEEPS ? NULL : cfn__policy_denies(operation, resource, does);
    if (denied) {
        json_decref(properties);
        deny(operation, index, denied);
    } else if (does == CFN__KEEPS) {
        take_on(operation, resource, properties);
        cfn__step_done(operation, index);
    } else if (does == CFN__REPLACES) {
        replace(operation, index, properties);
    } else {
        update(operation, index, properties);
    }
}

void cfn__step_forward(struct cfn__operation *operation, size_t index) {
    struct cfn__step *step = &operation->steps.items[index];
    char *trouble = NULL;
    json_t *properties = evaluated(operation, step->id, &trouble);
    bool is_new = !step->resource || strcmp(step->resource->status, "CREATE_FAILED") == 0 ||
                  !*step->resource->physical;
    if (is_new)
        create(operation, index, properties, trouble);
    else if (properties)
        change(operation, index, properties);
    else
        deny(operation, index, trouble);
}
