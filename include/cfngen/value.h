/*
 * Values of a template: literals and intrinsic functions.
 *
 * A cfn_value is a jansson value (a new reference). 0 means "absent": an absent value in a struct,
 * a list or a map is left out of the template, while false and 0 stay real values. Every function
 * here that takes a cfn_value consumes it, also when it fails, so calls nest without temporaries:
 *
 *     cfn_join("-", cfn_list(cfn_ref("AWS::StackName"), cfn_str("bronze")))
 *
 * Out of memory aborts (see cfn_on_out_of_memory). Strings are UTF-8; invalid UTF-8 is replaced by
 * U+FFFD.
 */
#ifndef CFNGEN_VALUE_H
#define CFNGEN_VALUE_H

#include <cfngen/export.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef json_t *cfn_value;

struct cfn_pair {
    const char *key;
    cfn_value value;
};

/* Literals. cfn_str(NULL) is absent. */
CFN_API cfn_value cfn_str(const char *text);
CFN_API cfn_value cfn_fmt(const char *format, ...) CFN_PRINTF(1, 2);
CFN_API cfn_value cfn_int(long long number);
CFN_API cfn_value cfn_real(double number);
CFN_API cfn_value cfn_bool(bool truth);

/* Containers. cfn_list(a, b, ...), cfn_strs("a", "b", ...), cfn_map({"Key", value}, ...). Absent
 * items and pairs are left out; an empty container stays a real value. */
#define cfn_list(...)                                                                              \
    cfn_list_of((cfn_value[]){__VA_ARGS__}, sizeof((cfn_value[]){__VA_ARGS__}) / sizeof(cfn_value))
#define cfn_strs(...)                                                                              \
    cfn_strs_of((const char *[]){__VA_ARGS__},                                                     \
                sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *))
#define cfn_map(...)                                                                               \
    cfn_map_of((const struct cfn_pair[]){__VA_ARGS__},                                             \
               sizeof((const struct cfn_pair[]){__VA_ARGS__}) / sizeof(struct cfn_pair))
CFN_API cfn_value cfn_list_of(const cfn_value *items, size_t count);
CFN_API cfn_value cfn_strs_of(const char *const *items, size_t count);
CFN_API cfn_value cfn_map_of(const struct cfn_pair *pairs, size_t count);

/* list with item at its end; an absent list begins a new one, an absent item changes nothing. */
CFN_API cfn_value cfn_append(cfn_value list, cfn_value item);

/* The value as compact JSON text: for properties that carry JSON inside a string. */
CFN_API cfn_value cfn_json_text(cfn_value value);

/* Intrinsic functions, by the names of AWS's documentation. */
CFN_API cfn_value cfn_ref(const char *logical_id);
CFN_API cfn_value cfn_att(const char *logical_id, const char *attribute);
CFN_API cfn_value cfn_sub(const char *text); /* a plain string where text has no ${ */
CFN_API cfn_value cfn_sub_with(const char *text, cfn_value variables);
CFN_API cfn_value cfn_import(const char *export_name);
CFN_API cfn_value cfn_join(const char *delimiter, cfn_value list);
CFN_API cfn_value cfn_select(int index, cfn_value list);
CFN_API cfn_value cfn_split(const char *delimiter, cfn_value text);
CFN_API cfn_value cfn_if(const char *condition, cfn_value yes, cfn_value no);
CFN_API cfn_value cfn_no_value(void); /* Ref AWS::NoValue */
CFN_API cfn_value cfn_azs(void);      /* Fn::GetAZs of the stack's region */

/* Conditions. */
CFN_API cfn_value cfn_equals(cfn_value left, cfn_value right);
CFN_API cfn_value cfn_not(cfn_value condition);
CFN_API cfn_value cfn_and(cfn_value conditions); /* a list of 2 to 10 */
CFN_API cfn_value cfn_or(cfn_value conditions);
CFN_API cfn_value cfn_condition_ref(const char *condition);

#ifdef __cplusplus
}
#endif

#endif
