#include "checker.h"

#include <string.h>

static const char *const keys[] = {"Condition", "Description", "Export", "Value", NULL};

static json_t *export_name(json_t *output) {
    return json_object_get(json_object_get(output, "Export"), "Name");
}

static void check_export(struct cfn__checker *c, json_t *output, const struct cfn_path *path) {
    static const char *const names[] = {"Name", NULL};
    json_t *exported = json_object_get(output, "Export");
    struct cfn_path at = {path, "Export", 0}, name = {&at, "Name", 0};
    if (!exported || json_is_null(exported))
        return;
    if (!json_is_object(exported)) {
        cfn__tell(c, "output.export", &at, "must be an object with a Name, not %s",
                  cfn__described(c, exported));
        return;
    }
    cfn__check_keys(c, exported, names, "output.export", "attribute", &at);
    if (json_object_get(exported, "Name"))
        cfn__expect(c, json_object_get(exported, "Name"), CFN__GIVES_SCALAR, &name);
    else if (!cfn__is_unfinished(exported))
        cfn__tell(c, "output.export", &at, "must have a Name");
}

static void check_value(struct cfn__checker *c, json_t *output, const struct cfn_path *path) {
    json_t *value = json_object_get(output, "Value");
    struct cfn_path at = {path, "Value", 0};
    if (value)
        cfn__expect(c, value, CFN__GIVES_SCALAR, &at);
    else if (!cfn__is_unfinished(output))
        cfn__tell(c, "output.value", path, "must have a Value");
}

static void check_output(struct cfn__checker *c, json_t *output, const struct cfn_path *path) {
    if (!json_is_object(output)) {
        cfn__tell(c, "output.shape", path, "must be an object with a Value, not %s",
                  cfn__described(c, output));
        return;
    }
    cfn__check_keys(c, output, keys, "output.attribute", "attribute", path);
    json_t *condition = json_object_get(output, "Condition");
    if (condition)
        cfn__check_condition_name(c, condition, &(struct cfn_path){path, "Condition", 0});
    json_t *description = json_object_get(output, "Description");
    if ((json_is_object(description) || json_is_array(description)) && !c->extensions)
        cfn__tell(c, "output.shape", &(struct cfn_path){path, "Description", 0},
                  "must be a string, not %s", cfn__described(c, description));
    check_value(c, output, path);
    check_export(c, output, path);
}

/* Two outputs may export one name only where conditions choose between them. */
static void check_exports_differ(struct cfn__checker *c) {
    struct cfn_path section = {.key = "Outputs"};
    json_t *seen = json_object(), *output;
    const char *id;
    json_object_foreach(c->outputs, id, output) {
        const char *name = json_string_value(export_name(output));
        if (!name || json_object_get(output, "Condition"))
            continue;
        const char *first = json_string_value(json_object_get(seen, name));
        struct cfn_path path = {&section, id, 0}, exported = {&path, "Export", 0};
        if (first)
            cfn__tell(c, "output.export", &exported, "must not export what %s exports: '%s'", first,
                      cfn__shown(c, name));
        else
            json_object_set_new(seen, name, json_string(id));
    }
    json_decref(seen);
}

void cfn__check_outputs(struct cfn__checker *c) {
    struct cfn_path section = {.key = "Outputs"};
    const char *id;
    json_t *output;
    json_object_foreach(c->outputs, id, output) {
        if (cfn_starts_with(id, "Fn::"))
            continue;
        struct cfn_path path = {&section, id, 0};
        cfn__check_id(c, id, &path);
        check_output(c, output, &path);
    }
    check_exports_differ(c);
}
