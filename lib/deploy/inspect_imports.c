/* Exports and imports: who holds whom. */
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

/* Exports of the account as {name: export}. */
static json_t *exports_by_name(const json_t *exports) {
    json_t *all = json_object();
    for (size_t i = 0; i < json_array_size(exports); i++) {
        json_t *export = json_array_get(exports, i);
        json_object_set(all, cfn_output_text(export, "Name"), export);
    }
    return all;
}

/* "shop-dev-rds" of arn:aws:cloudformation:REGION:ACCOUNT:stack/shop-dev-rds/UUID. */
static json_t *stack_name_of(const char *stack_id) {
    const char *from = strstr(stack_id, ":stack/");
    if (!from)
        return json_string(stack_id);
    from += strlen(":stack/");
    return json_stringn(from, strcspn(from, "/"));
}

static bool is_of(const json_t *export, const char *stack_name) {
    json_t *name = stack_name_of(cfn_output_text(export, "ExportingStackId"));
    bool same = cfn_same(json_string_value(name), stack_name);
    json_decref(name);
    return same;
}

static json_t *importers_of(const struct cfn_reply *reply) {
    const json_t *imports = cfn_output_list(reply->output, "Imports");
    return imports ? json_deep_copy(imports) : json_array();
}

/* Names of all exports of the targets are asked for at once. */
static json_t *exports_with_importers(const struct cfn_transport *transport, const json_t *exports,
                                      const char *stack_name) {
    size_t count = json_array_size(exports), asked = 0;
    struct cfn_call *calls = cfn__alloc((count + 1) * sizeof *calls);
    struct cfn_reply *replies = cfn__alloc((count + 1) * sizeof *replies);
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) {
        const json_t *export = json_array_get(exports, i);
        const char *name = cfn_output_text(export, "Name");
        if (!is_of(export, stack_name))
            continue;
        json_array_append_new(
            all, json_pack("{s:s, s:s}", "name", name, "value", cfn_output_text(export, "Value")));
        calls[asked++] = (struct cfn_call){.service = "cloudformation",
                                           .action = "ListImports",
                                           .input = json_pack("{s:s}", "ExportName", name)};
    }
    cfn__ask_all(transport, calls, asked, replies);
    for (size_t i = 0; i < asked; i++)
        json_object_set_new(json_array_get(all, i), "importers", importers_of(&replies[i]));
    cfn__replies_done(replies, asked);
    free(calls);
    return all;
}

static json_t *imports_of(const struct cfn_target *target, const json_t *by_name) {
    json_t *names = cfn_imported_names(target->body, NULL), *all = json_array();
    const char *name;
    json_t *ignored;
    json_object_foreach(names, name, ignored) {
        const json_t *export = json_object_get(by_name, name);
        json_array_append_new(all,
                              json_pack("{s:s, s:o, s:s}", "name", name, "exporter",
                                        stack_name_of(cfn_output_text(export, "ExportingStackId")),
                                        "value", cfn_output_text(export, "Value")));
    }
    json_decref(names);
    return all;
}

json_t *cfn_inspect_imports(const struct cfn_transport *transport,
                            const struct cfn_deployment *what, struct cfn_diags *diags) {
    json_t *stacks = cfn_inspect_stacks(transport, what, diags);
    json_t *exports =
        stacks ? cfn__ask_pages(transport, "ListExports", json_object(), "Exports", diags) : NULL;
    if (!exports) {
        json_decref(stacks);
        return NULL;
    }
    json_t *by_name = exports_by_name(exports), *all = json_array();
    for (size_t i = 0; i < what->count; i++) {
        const struct cfn_target *target = &what->targets[i];
        json_array_append_new(
            all, json_pack("{s:s, s:s, s:s, s:o, s:o}", "name", target->name, "stack_name",
                           target->stack_name, "status",
                           cfn_output_text(json_array_get(stacks, i), "status"), "exports",
                           exports_with_importers(transport, exports, target->stack_name),
                           "imports", imports_of(target, by_name)));
    }
    json_decref(by_name);
    json_decref(exports);
    json_decref(stacks);
    return all;
}
