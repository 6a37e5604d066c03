/* Checking against all types of AWS: apart from check.c, so that who brings a schema of his own
 * links only that. */
#include "checker.h"
#include "read.h"

struct cfn_type cfn_find_any(const char *name, const void *context) {
    (void)context;
    return cfn_schema_find(name);
}

const char *cfn_near_any(const char *name, const void *context) {
    (void)context;
    struct cfn__near near = {.word = name};
    for (size_t i = 0; i < cfn_schema_count(); i++)
        cfn__near_try(&near, cfn_type_name(cfn_schema_at(i)));
    return near.best;
}

int cfn_check_text(const char *name, const char *text, size_t size, struct cfn_diags *diags) {
    struct cfn__source *source = cfn__source_new(name, text, size, diags);
    if (!source)
        return -1;
    const struct cfn_check check = {
        .find = cfn_find_any, .where = {cfn__source_place, source}, .near = cfn_near_any};
    int result = cfn_check_template(cfn__source_value(source), &check, diags);
    cfn__source_free(source);
    return result;
}
