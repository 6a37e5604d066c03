/* <cfngen/aws/SERVICE.h>: a struct and a macro per type. */
#include "write.h"

#include <ctype.h>

static void write_struct(struct cfn_text *out, const struct facts_service *service,
                         const struct facts_type *type) {
    char member[NAME_SIZE + 2];
    cfn_text_printf(out, "struct %s {\n", type->identifier);
    for (size_t i = type->properties.first; i < type->properties.last; i++) {
        facts_member(service->properties.items[i].name, member);
        cfn_text_printf(out, "    cfn_value %s;\n", member);
    }
    cfn_text_put(out, "    const void *cfn_end;\n};\n");
}

/* cfn_end is set so that the macro may be used without an argument: C11 has no empty initializer.
 */
static void write_macro(struct cfn_text *out, const struct facts_service *service, size_t index) {
    const struct facts_type *type = &service->types.items[index];
    bool resource = (type->flags & CFN__RESOURCE) != 0;
    cfn_text_printf(out, "#define %s(...) \\\n", type->identifier);
    cfn_text_printf(out, "    %s(&cfn_aws_%s, %zu, \\\n",
                    resource ? "cfn_resource_of" : "cfn_members_of", service->key, index);
    cfn_text_printf(out,
                    "        (const cfn_value *)&(const struct %s){.cfn_end = 0, __VA_ARGS__})\n\n",
                    type->identifier);
}

void write_header(struct cfn_text *out, const struct facts_service *service) {
    struct cfn_text guard = {0};
    cfn_text_printf(&guard, "CFNGEN_AWS_%s_H", service->key);
    for (char *c = guard.data; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    cfn_text_printf(
        out,
        "/* Resource types of %s, made from lib/schema/aws.facts: not edited by hand. */\n"
        "#ifndef %s\n#define %s\n\n#include <cfngen/template.h>\n\n"
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
        "extern CFN_API const struct cfn_service cfn_aws_%s;\n\n",
        service->title, guard.data, guard.data, service->key);
    for (size_t i = 0; i < service->types.count; i++) {
        write_struct(out, service, &service->types.items[i]);
        write_macro(out, service, i);
    }
    cfn_text_put(out, "#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
    cfn_text_done(&guard);
}
