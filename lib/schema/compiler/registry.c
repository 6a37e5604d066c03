/* registry.c: every service and every resource type, the only source that refers to all tables. */
#include "write.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    const char *name;
    size_t service, type;
};

static int compare(const void *a, const void *b) {
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void write_entries(struct cfn_text *out, const struct facts *facts) {
    CFN_ARRAY(struct entry) entries = {0};
    for (size_t i = 0; i < facts->services.count; i++) {
        const struct facts_service *service = &facts->services.items[i];
        for (size_t j = 0; j < service->types.count; j++)
            if (service->types.items[j].flags & CFN__RESOURCE)
                *CFN_PUSH(&entries) = (struct entry){service->types.items[j].name, i, j};
    }
    if (entries.count)
        qsort(entries.items, entries.count, sizeof *entries.items, compare);
    cfn_text_put(out, "const struct cfn__registry_row cfn__registry[] = {\n");
    for (size_t i = 0; i < entries.count; i++)
        cfn_text_printf(out, "    {%zu, %zu}, /* %s */\n", entries.items[i].service,
                        entries.items[i].type, entries.items[i].name);
    cfn_text_printf(out, "};\n\nconst size_t cfn__registry_count = %zu;\n\n", entries.count);
    free(entries.items);
}

void write_registry(struct cfn_text *out, const struct facts *facts) {
    cfn_text_put(out,
                 "/* All resource types, made from lib/schema/aws.facts: not edited by hand. */\n"
                 "#include <schema/table.h>\n\n");
    for (size_t i = 0; i < facts->services.count; i++)
        cfn_text_printf(out, "extern CFN_API const struct cfn_service cfn_aws_%s;\n",
                        facts->services.items[i].key);
    cfn_text_put(out, "\nconst struct cfn_service *const cfn__services[] = {\n");
    for (size_t i = 0; i < facts->services.count; i++)
        cfn_text_printf(out, "    &cfn_aws_%s,\n", facts->services.items[i].key);
    cfn_text_put(out, "};\n\n");
    write_entries(out, facts);
    cfn_text_put(out, "const char cfn__schema_source[] = ");
    write_literal(out, facts->source, strlen(facts->source));
    cfn_text_put(out, ";\n");
}
