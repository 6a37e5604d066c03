/*
 * Evaluating a template: what CloudFormation makes of it when parameters, conditions, mappings and
 * intrinsic functions are given their values; which resource waits for which; and how long it
 * typically takes.
 *
 * The evaluator knows Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::Select, Fn::Split, Fn::If,
 * Fn::FindInMap, Fn::GetAZs, Fn::ImportValue, Fn::GetStackOutput, Fn::Base64, Fn::Cidr, Fn::Length,
 * Fn::ToJsonString, the condition functions and the pseudo parameters. Dynamic references
 * ({{resolve:...}}) stay as they are written. What a function asks of the world (a resource's id,
 * another stack's export) comes from callbacks. Macros, transforms (but AWS::LanguageExtensions)
 * and Fn::ForEach are refused; the section Rules is not looked at. Refusals are in CloudFormation's
 * own words where those are known.
 */
#ifndef CFNGEN_EVALUATE_H
#define CFNGEN_EVALUATE_H

#include <cfngen/diag.h>
#include <cfngen/value.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a template is evaluated in. Callbacks return a new reference, or NULL where there is no such
 * thing: then the evaluation fails and says so. Any callback may be NULL. */
struct cfn_world {
    const char *account, *region, *partition, *url_suffix;
    const char *stack_name, *stack_id;
    const json_t *notification_arns; /* a list, or NULL */
    const json_t *zones;             /* of the region: a list of names; NULL: <region>a, b, c */
    cfn_value (*ref)(void *self, const char *logical_id);
    cfn_value (*attribute)(void *self, const char *logical_id, const char *attribute);
    cfn_value (*import)(void *self, const char *export_name);
    cfn_value (*output)(void *self, const json_t *arguments); /* of Fn::GetStackOutput */
    cfn_value (*parameter)(void *self, const char *type, const char *name); /* of Parameter Store */
    void *self;
};

struct cfn_evaluation;
/* Takes parameters' values (an object of strings; those that are missing take their defaults),
 * checks them against the template's declarations with CloudFormation's own words ("Parameters:
 * [Name] must have values"), and evaluates the conditions. body and world must outlive it. NULL:
 * refused, with the reason in diags. */
CFN_API struct cfn_evaluation *cfn_evaluation_new(const json_t *body, const json_t *parameters,
                                                  const struct cfn_world *world,
                                                  struct cfn_diags *diags);
CFN_API void cfn_evaluation_free(struct cfn_evaluation *evaluation);
/* The parameters as they are now, an object of strings (NoEcho ones too). Borrowed. */
CFN_API const json_t *cfn_evaluation_parameters(const struct cfn_evaluation *evaluation);
CFN_API bool cfn_evaluation_condition(const struct cfn_evaluation *evaluation, const char *name);
/* Whether a resource or an output takes part: it has no Condition, or a true one. */
CFN_API bool cfn_evaluation_has(const struct cfn_evaluation *evaluation, const json_t *item);
/* A value with its functions carried out, a new reference; properties that are AWS::NoValue are
 * left out, and a value that is AWS::NoValue as a whole is null. What has no function in it is
 * shared with the body, so the result is not to be changed. NULL with a diagnostic when a function
 * cannot be carried out, and without one where value is NULL. path (such as
 * "Resources.Vpc.Properties") stands in diagnostics. */
CFN_API cfn_value cfn_evaluate(struct cfn_evaluation *evaluation, const json_t *value,
                               const char *path, struct cfn_diags *diags);

/* Logical ids that a part of a template refers to (Ref, Fn::GetAtt, Fn::Sub, DependsOn of a
 * resource), as a set: an object whose keys they are. Parameters and pseudo parameters are not in
 * it. A new reference. */
CFN_API json_t *cfn_references(const json_t *body, const json_t *part);
/* The same under the template's conditions, as CloudFormation orders its work: without branches of
 * Fn::If that are not taken, and without resources that do not take part. */
CFN_API json_t *cfn_evaluation_references(const struct cfn_evaluation *evaluation,
                                          const json_t *part);
/* Names of exports a template imports: a set. With an evaluation, those that are imported under its
 * conditions, names that are no plain text evaluated; without (NULL) all that are plain text. */
CFN_API json_t *cfn_imported_names(const json_t *body, struct cfn_evaluation *evaluation);

/* How long CloudFormation typically takes for one resource of a type, in milliseconds; properties
 * (may be NULL) matter for some. From published and observed times; what is not known takes the
 * time of its kind. */
enum cfn_operation { CFN_CREATES, CFN_UPDATES, CFN_DELETES };
CFN_API int64_t cfn_typical_time(const char *type, enum cfn_operation operation,
                                 const json_t *properties);
/* The same for a whole template: the longest chain of its resources. Conditions are not looked at.
 */
CFN_API int64_t cfn_template_time(const json_t *body, enum cfn_operation operation);

#ifdef __cplusplus
}
#endif

#endif
