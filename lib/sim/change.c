/* What a change of a resource means: nothing, an update in place, or a replacement. */
#include "sim.h"

#include <string.h>

static enum cfn_replacement stronger(enum cfn_replacement a, enum cfn_replacement b) {
    return a > b ? a : b;
}

static enum cfn_replacement of_property(struct cfn_type type, const char *name,
                                        const json_t *before, const json_t *after) {
    struct cfn_property property;
    if (json_equal(before, after) || !cfn_type_find_property(type, name, &property))
        return CFN_IN_PLACE;
    enum cfn_replacement replacement = property.replacement;
    if (property.type.service && json_is_object(before) && json_is_object(after) &&
        !(property.kinds & CFN_MAP))
        replacement = stronger(replacement, cfn__replacement_of(property.type, before, after));
    return replacement;
}

enum cfn_replacement cfn__replacement_of(struct cfn_type type, const json_t *before,
                                         const json_t *after) {
    enum cfn_replacement strongest = CFN_IN_PLACE;
    const char *name;
    json_t *value;
    json_object_foreach(cfn__json_of(before), name, value) {
        strongest =
            stronger(strongest, of_property(type, name, value, json_object_get(after, name)));
    }
    json_object_foreach(cfn__json_of(after), name, value) {
        if (!json_object_get(before, name))
            strongest = stronger(strongest, of_property(type, name, NULL, value));
    }
    return strongest;
}

static bool takes_tags(struct cfn_type type) {
    struct cfn_property property;
    return type.service && cfn_type_find_property(type, "Tags", &property) && !property.read_only;
}

enum cfn__does cfn__what_changes(const struct cfn__operation *operation,
                                 const struct cfn__resource *resource, const json_t *properties) {
    const json_t *item =
        json_object_get(cfn__body_section(operation->version->body, "Resources"), resource->id);
    if (!json_equal(properties, resource->properties)) {
        enum cfn_replacement replacement =
            cfn__replacement_of(resource->facts, resource->properties, properties);
        return replacement == CFN_REPLACES ? CFN__REPLACES : CFN__UPDATES;
    }
    const json_t *was = json_object_get(resource->item, "Metadata"),
                 *now = json_object_get(item, "Metadata");
    if (was != now && !json_equal(was, now))
        return CFN__UPDATES;
    if (takes_tags(resource->facts) &&
        json_array_size(resource->tags) + json_array_size(operation->version->tags) > 0 &&
        !json_equal(resource->tags, operation->version->tags))
        return CFN__UPDATES;
    if (cfn_ends_with(resource->status, "_FAILED") || (operation->reverts_drift && resource->live))
        return CFN__UPDATES;
    return CFN__KEEPS;
}
