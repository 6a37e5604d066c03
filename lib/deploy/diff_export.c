/* Exports: CloudFormation refuses to remove or change one that another stack imports. */
#include "diff.h"

#include <string.h>

static const char *export_of(struct cfn__side *side, const json_t *output) {
    json_t *name = json_object_get(json_object_get(output, "Export"), "Name");
    return json_string_value(cfn__side_value(side, name, NULL));
}

static bool changes(const struct cfn__edit *edit, const char *path) {
    for (size_t i = 0; i < edit->properties.count; i++)
        if (strcmp(edit->properties.items[i].path, path) == 0)
            return true;
    return false;
}

static void tell(struct cfn_diff *diff, struct cfn__edit *edit) {
    json_t *before = json_object_get(edit->before, "Export");
    json_t *after = json_object_get(edit->after, "Export");
    const char *was = export_of(&diff->before, edit->before);
    const char *is = export_of(&diff->after, edit->after);
    const char *name = was ? was : edit->change.logical_id;
    if (!before)
        return;
    if (!after)
        cfn__edit_say(edit, "removes the export %s, which no stack may import then", name);
    else if (was && is ? strcmp(was, is) != 0 : !cfn__same_value(before, after, false))
        cfn__edit_say(edit, "renames the export %s, which no stack may import then", name);
    else if (changes(edit, "Value"))
        cfn__edit_say(edit, "changes the export %s, which no stack may import then", name);
}

void cfn__tell_exports(struct cfn_diff *diff) {
    for (size_t i = 0; i < diff->edits.count; i++)
        if (strcmp(diff->edits.items[i]->change.section, "Outputs") == 0)
            tell(diff, diff->edits.items[i]);
}
