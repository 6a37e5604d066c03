/*
 * The actions of CloudFormation, one function each: request to output, NULL when refused; and what
 * they share.
 */
#ifndef CFN_SIM_ACTIONS_H
#define CFN_SIM_ACTIONS_H

#include "sim.h"

cfn__action cfn__cancel_update_stack, cfn__continue_update_rollback, cfn__create_change_set,
    cfn__create_stack, cfn__delete_change_set, cfn__delete_stack, cfn__describe_account_limits,
    cfn__describe_change_set, cfn__describe_events, cfn__describe_drift_detection,
    cfn__describe_stack_events, cfn__describe_stack_resource, cfn__describe_drifts,
    cfn__describe_stack_resources, cfn__describe_stacks, cfn__detect_stack_drift,
    cfn__detect_resource_drift, cfn__estimate_template_cost, cfn__execute_change_set,
    cfn__get_stack_policy, cfn__get_template, cfn__get_template_summary, cfn__list_change_sets,
    cfn__list_exports, cfn__list_imports, cfn__list_stack_resources, cfn__list_stacks,
    cfn__rollback_stack, cfn__set_stack_policy, cfn__update_stack,
    cfn__update_termination_protection, cfn__validate_template;

/* The stack that StackName names, as it is or as a reader sees it; NULL: refused, with `format`
 * made of the name. */
struct cfn__stack *cfn__named_stack(struct cfn__request *request, const char *format);
struct cfn__stack *cfn__seen_stack(struct cfn__request *request, const char *format);
#define CFN__NO_STACK "Stack [%s] does not exist"
#define CFN__NO_STACK_ID "Stack with id %s does not exist"

/* The template of a request, checked; NULL: refused. */
struct cfn__body *cfn__template_of(struct cfn__request *request, struct cfn__stack *stack);
/* All that is submitted for a stack; before: what it has now, or NULL. NULL: refused. */
struct cfn__version *cfn__submission(struct cfn__request *request, struct cfn__stack *stack);
bool cfn__has_capabilities(struct cfn__request *request, const struct cfn__body *body);
/* Whether options that exclude each other are given; refused where they are. */
bool cfn__options_agree(struct cfn__request *request);
void cfn__set_deployment(struct cfn__operation *operation, const json_t *input);
bool cfn__version_differs(const struct cfn__version *before, const struct cfn__version *after);
bool cfn__is_name(const char *name);
/* A new evaluation with its parameters; refused when they do not fit. */
bool cfn__evaluates(struct cfn__request *request, struct cfn__operation *operation);
/* Takes an operation back that never began. */
void cfn__operation_undo(struct cfn__operation *operation);

/* A policy that a member gives, checked; what is given replaces *policy. Refused when it is none.
 */
bool cfn__policy_of(struct cfn__request *request, const char *member, char **policy);
/* A new stack's name is one, and there is room for it; refused where not. */
bool cfn__may_be_created(struct cfn__request *request, const char *name);
bool cfn__is_updatable(const char *status);
/* Takes over from a failed operation what it has done, so that it can be undone. */
void cfn__inherit(struct cfn__operation *operation);
json_t *cfn__refuse_named(struct cfn__request *request, const char *format, const char *name);
json_t *cfn__drift_told(const char *member, const char *status, int64_t checked);
json_t *cfn__parameters_told(const struct cfn__version *version);
const struct cfn__stack *cfn__root_of(const struct cfn__stack *stack);
json_t *cfn__last_operations(const struct cfn__stack *stack, int64_t as_of);
/* The template of the change set that is named; NULL: refused. */
const struct cfn__body *cfn__change_set_body(struct cfn__request *request);

/* Its Mode is EXPRESS. */
bool cfn__is_express(const json_t *deployment);
json_t *cfn__stack_told(struct cfn__stack *stack, const struct cfn__telling *telling);

#endif
