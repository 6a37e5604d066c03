/* On its own, so that only a program that names types at run time carries the tables of all of
 * them. */
#include <cfngen/template.h>

struct cfn_resource cfn_resource_named(const char *type_name, cfn_value properties) {
    struct cfn_type type = cfn_schema_find(type_name);
    return (struct cfn_resource){
        .type = type,
        .type_name = type.service ? NULL : type_name,
        .properties = properties,
    };
}
