/*
 * A stack as a resource of another. Its template lies in the simulation's own S3. What is done to
 * it is an operation of its own, whose end is the end of its parent's step. A nested stack that
 * cannot be created stays as it is: its parent's rollback deletes it.
 */
#include "actions.h"

#include <stdlib.h>
#include <string.h>

static bool is_nested(const struct cfn__resource *resource) {
    return strcmp(resource->type, "AWS::CloudFormation::Stack") == 0;
}

/* --- what it is given --- */

/* The same input as UpdateStack takes, made of the resource's properties. */
static json_t *input_of(const struct cfn__operation *parent, const struct cfn__resource *resource,
                        const char *name) {
    json_t *parameters = json_array(), *value;
    const char *key;
    json_object_foreach(json_object_get(resource->properties, "Parameters"), key, value) {
        json_array_append_new(
            parameters, json_pack("{s:s, s:O}", "ParameterKey", key, "ParameterValue", value));
    }
    json_t *input = json_pack("{s:s, s:o, s:[s, s]}", "StackName", name, "Parameters", parameters,
                              "Capabilities", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND");
    cfn__json_put(input, "TemplateURL",
                  json_incref(json_object_get(resource->properties, "TemplateURL")));
    const json_t *tags = json_object_get(resource->properties, "Tags");
    cfn__json_put(input, "Tags", json_incref(cfn__json_of(tags ? tags : parent->version->tags)));
    return input;
}

/* A version of the child; NULL with the reason. */
static struct cfn__version *version_of(struct cfn__operation *parent,
                                       const struct cfn__resource *resource,
                                       struct cfn__stack *child, char **reason) {
    struct cfn_sim *sim = parent->stack->sim;
    struct cfn_reply reply = {0};
    json_t *input = input_of(parent, resource, child->name);
    struct cfn_call call = {.service = "cloudformation", .action = "CreateStack", .input = input};
    struct cfn__request request = {
        .sim = sim, .call = &call, .input = input, .as_of = sim->now, .reply = &reply};
    struct cfn__version *version = cfn__submission(&request, child->version ? child : NULL);
    if (!version)
        *reason = cfn__copy(reply.message);
    cfn_reply_done(&reply);
    json_decref(input);
    return version;
}

static struct cfn__operation *begin_child(struct cfn__operation *parent, size_t index,
                                          struct cfn__stack *child, enum cfn__kind kind,
                                          struct cfn__version *version) {
    struct cfn__operation *operation = cfn__operation_new(child, kind, parent->token);
    operation->parent = parent;
    operation->parent_step = index;
    operation->other = parent->other;
    operation->version = version;
    operation->express = parent->express;
    operation->before_version = cfn__version_keep(child->version);
    parent->steps.items[index].child = child;
    return operation;
}

/* --- creating and updating --- */

static void refuse_child(struct cfn__operation *parent, size_t index, char *reason) {
    cfn__step_failed(parent, index, reason);
    free(reason);
}

static void run_child(struct cfn__operation *parent, size_t index, struct cfn__operation *child) {
    struct cfn_diags *diags = cfn_diags_new();
    child->evaluation = cfn__operation_evaluate(child, diags);
    if (!child->evaluation) {
        char *reason = cfn__copy(cfn_diags_at(diags, 0)->message);
        cfn__operation_undo(child);
        refuse_child(parent, index, reason);
    } else {
        if (!child->version->parameters)
            child->version->parameters =
                json_incref(cfn__json_of(cfn_evaluation_parameters(child->evaluation)));
        if (child->kind == CFN__CREATE)
            cfn__operation_create(child);
        else
            cfn__operation_update(child);
    }
    cfn_diags_free(diags);
}

static struct cfn__stack *new_child(struct cfn__operation *parent, struct cfn__resource *resource) {
    char letters[16];
    struct cfn_text name = {0};
    cfn__sim_letters(parent->stack->sim, resource->id, resource->generation,
                     "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", letters, 12);
    cfn_text_printf(&name, "%.50s-%.50s-%s", parent->stack->name, resource->id, letters);
    struct cfn__stack *child = cfn__stack_new(parent->stack->sim, name.data);
    child->parent = parent->stack;
    cfn_text_done(&name);
    free(resource->physical);
    resource->physical = cfn__copy(child->id);
    return child;
}

static void create_child(struct cfn__operation *parent, size_t index) {
    struct cfn__resource *resource = parent->steps.items[index].resource;
    struct cfn__stack *child = new_child(parent, resource);
    char *reason = NULL;
    struct cfn__version *version = version_of(parent, resource, child, &reason);
    if (!version) {
        cfn__stack_forget(child);
        free(resource->physical);
        resource->physical = cfn__copy("");
        refuse_child(parent, index, reason);
        return;
    }
    cfn__thing_put(parent->stack->sim, resource, parent->stack);
    cfn__resource_set(parent->stack, parent, resource,
                      parent->steps.items[index].does == CFN__CREATES ? "CREATE_IN_PROGRESS"
                                                                      : "UPDATE_IN_PROGRESS",
                      "Resource creation Initiated");
    struct cfn__operation *operation = begin_child(parent, index, child, CFN__CREATE, version);
    operation->undoes_creation = true;
    operation->on_failure = CFN__STAYS;
    run_child(parent, index, operation);
}

static void update_child(struct cfn__operation *parent, size_t index, struct cfn__stack *child) {
    const struct cfn__resource *resource = parent->steps.items[index].resource;
    char *reason = NULL;
    struct cfn__version *version = version_of(parent, resource, child, &reason);
    if (version)
        run_child(parent, index, begin_child(parent, index, child, CFN__UPDATE, version));
    else
        refuse_child(parent, index, reason);
}

bool cfn__nested_begin(struct cfn__operation *operation, size_t index) {
    const struct cfn__resource *resource = operation->steps.items[index].resource;
    if (!is_nested(resource))
        return false;
    struct cfn__stack *child = cfn__stack_find(operation->stack->sim, resource->physical);
    if (*resource->physical && child && operation->steps.items[index].does == CFN__UPDATES)
        update_child(operation, index, child);
    else
        create_child(operation, index);
    return true;
}

/* --- going back and deleting --- */

bool cfn__nested_restore(struct cfn__operation *operation, size_t index) {
    const struct cfn__resource *resource = operation->steps.items[index].resource;
    struct cfn__stack *child =
        is_nested(resource) ? cfn__stack_find(operation->stack->sim, resource->physical) : NULL;
    if (!child || !child->operations.count)
        return false;
    const struct cfn__operation *last = child->operations.items[child->operations.count - 1];
    if (child->running || !last->before_version || last->before_version == child->version)
        return false;
    struct cfn__version *version = cfn__version_keep(last->before_version);
    run_child(operation, index, begin_child(operation, index, child, CFN__UPDATE, version));
    return true;
}

bool cfn__nested_delete(struct cfn__operation *operation, size_t index) {
    const struct cfn__resource *resource = operation->steps.items[index].resource;
    struct cfn__stack *child =
        is_nested(resource) ? cfn__stack_find(operation->stack->sim, resource->physical) : NULL;
    if (!child || cfn__stack_is_gone(child))
        return false;
    if (child->running)
        cfn__operation_abandon(child->running);
    cfn__operation_delete(begin_child(operation, index, child, CFN__DELETE, NULL));
    return true;
}

void cfn__nested_cancel(struct cfn__step *step) {
    if (step->child && step->child->running)
        cfn__operation_cancel(step->child->running);
}

/* --- its end --- */

static void end_failed(struct cfn__operation *parent, size_t index, const struct cfn__stack *child,
                       const struct cfn__operation *ended) {
    static const char *const verbs[] = {"created", "updated", "deleted"};
    const struct cfn__telling *last = &child->tellings.items[child->tellings.count - 1];
    struct cfn_text reason = {0};
    cfn_text_printf(&reason, "Embedded stack %s was not successfully %s: %s", child->id,
                    verbs[ended->kind],
                    ended->reason  ? ended->reason
                    : last->reason ? json_string_value(last->reason)
                                   : "");
    cfn__step_failed(parent, index, reason.data);
    cfn_text_done(&reason);
}

void cfn__nested_ended(struct cfn__operation *ended) {
    struct cfn__operation *parent = ended->parent;
    struct cfn__step *step = parent && ended->parent_step < parent->steps.count
                                 ? &parent->steps.items[ended->parent_step]
                                 : NULL;
    if (!step || step->child != ended->stack || step->at != CFN__RUNS)
        return;
    const char *status = ended->status;
    bool fine = strcmp(status, "CREATE_COMPLETE") == 0 || strcmp(status, "UPDATE_COMPLETE") == 0 ||
                strcmp(status, "DELETE_COMPLETE") == 0;
    if (fine)
        cfn__step_settles(parent, ended->parent_step);
    else
        end_failed(parent, ended->parent_step, ended->stack, ended);
}

void cfn__step_settles(struct cfn__operation *operation, size_t index) {
    cfn__happens *settle = operation->phase == CFN__FORWARD ? cfn__step_made
                           : operation->phase == CFN__BACK  ? cfn__step_restored
                                                            : cfn__step_deleted;
    cfn__step_later(operation, index, 0, settle);
}
