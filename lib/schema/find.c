/* Lookup by name among all services: apart from schema.c, so that who does not ask links only the
 * tables it names. */
#include "table.h"

#include <string.h>

size_t cfn_schema_count(void) {
    return cfn__registry_count;
}

struct cfn_type cfn_schema_at(size_t index) {
    if (index >= cfn__registry_count)
        return (struct cfn_type){NULL, 0};
    const struct cfn__registry_row *row = &cfn__registry[index];
    return (struct cfn_type){cfn__services[row->service], row->type};
}

struct cfn_type cfn_schema_find(const char *name) {
    size_t low = 0, high = cfn__registry_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct cfn_type type = cfn_schema_at(middle);
        int order = strcmp(name, cfn_type_name(type));
        if (order == 0)
            return type;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return (struct cfn_type){NULL, 0};
}

const char *cfn_schema_source(void) {
    return cfn__schema_source;
}
