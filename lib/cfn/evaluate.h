/*
 * Shared by the files of the evaluator.
 */
#ifndef CFN_CFN_EVALUATE_H
#define CFN_CFN_EVALUATE_H

#include <base/base.h>
#include <cfngen/evaluate.h>
#include <stdint.h>

#include "checker.h"

/* Results that grow past this are refused: nested functions could double them without end. */
enum { CFN__MOST_RESULT = 4 * 1024 * 1024 };

struct cfn_evaluation {
    const struct cfn_world *world;
    /* Sections of the body, borrowed; NULL where absent. */
    json_t *parameters, *mappings, *conditions, *resources;
    json_t *texts;   /* parameters as they were given */
    json_t *values;  /* parameters and pseudo parameters as Ref gives them */
    json_t *truths;  /* of conditions; null while one is being found out */
    json_t *secrets; /* texts that must not be told: a list */
    json_t *nothing; /* what AWS::NoValue gives; known by its address */
};

/* One evaluation of a value. */
struct cfn__run {
    struct cfn_evaluation *evaluation;
    struct cfn_diags *diags;
    const char *block;  /* "Resources": what messages call the place */
    bool in_conditions; /* which cannot wait for resources */
    unsigned depth;
};

/* A new reference to what is only read. */
static inline cfn_value cfn__shared(const json_t *value) {
    return json_incref((json_t *)(uintptr_t)value);
}

/* Records why a value cannot be evaluated, in CloudFormation's own words where they are known;
 * secrets are blotted out. Returns NULL. */
cfn_value cfn__evaluation_refuse(struct cfn__run *run, const char *code,
                                 const struct cfn_path *path, const char *format, ...)
    CFN_PRINTF(4, 5);

/* A value with its functions carried out: a new reference, to the same value where it has none. The
 * evaluation's nothing for AWS::NoValue; NULL: refused. */
cfn_value cfn__value_of(struct cfn__run *run, json_t *value, const struct cfn_path *path);
/* The text as a value; NULL where it grew too large. Takes what text holds. */
cfn_value cfn__text_value(struct cfn__run *run, struct cfn_text *text, const struct cfn_path *path);

/* A function: argument is evaluated already, unless its row says that it is raw. */
typedef cfn_value cfn__evaluate_function(struct cfn__run *run, json_t *argument,
                                         const struct cfn_path *path);

/* evaluate_names.c: what comes from the template's names and from the world */
cfn__evaluate_function cfn__evaluate_ref, cfn__evaluate_getatt, cfn__evaluate_import,
    cfn__evaluate_output, cfn__evaluate_azs, cfn__evaluate_find_in_map;
cfn_value cfn__name_value(struct cfn__run *run, const char *name, const struct cfn_path *path);
cfn_value cfn__attribute_value(struct cfn__run *run, const struct cfn__attribute *at,
                               const struct cfn_path *path);
/* The pseudo parameters that the world gives, into the values. */
void cfn__pseudo_values(struct cfn_evaluation *evaluation);

/* evaluate_texts.c: what makes texts and lists of others */
cfn__evaluate_function cfn__evaluate_join, cfn__evaluate_select, cfn__evaluate_split,
    cfn__evaluate_base64, cfn__evaluate_length, cfn__evaluate_json;

/* evaluate_sub.c */
cfn__evaluate_function cfn__evaluate_sub;

/* evaluate_cidr.c */
cfn__evaluate_function cfn__evaluate_cidr;

/* evaluate_conditions.c: 1 or 0, or -1 when refused */
int cfn__condition_truth(struct cfn__run *run, const char *name, const struct cfn_path *path);
int cfn__conditions_evaluate(struct cfn__run *run);
cfn__evaluate_function cfn__evaluate_if;

/* evaluate_parameters.c: takes the given values, fills texts, values and secrets; -1: refused */
int cfn__parameters_take(struct cfn__run *run, const json_t *given);

#endif
