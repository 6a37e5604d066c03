/* What changes because something else does: a parameter, a condition, a mapping, or a resource that
 * is replaced and so gets another id. */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

static bool lies_in(const char *path, const char *whole) {
    size_t size = strlen(whole);
    return strncmp(path, whole, size) == 0 && (path[size] == '\0' || path[size] == '.');
}

/* The template itself says otherwise there. */
static bool is_told(const struct cfn__edit *edit, const char *path) {
    for (size_t i = 0; i < edit->properties.count; i++) {
        const struct cfn_property_change *change = &edit->properties.items[i];
        if (!*change->why && lies_in(path, change->path))
            return true;
    }
    return false;
}

static struct cfn_property_change *earlier(const struct cfn__edit *edit, const char *path) {
    for (size_t i = 0; i < edit->properties.count; i++)
        if (strcmp(edit->properties.items[i].path, path) == 0)
            return &edit->properties.items[i];
    return NULL;
}

/* -1: not known, 0: it gives the same on both sides, 1: another value. */
static int differs(struct cfn_diff *diff, json_t *before, json_t *after) {
    bool known[2];
    json_t *was = cfn__side_value(&diff->before, before, &known[0]);
    json_t *is = cfn__side_value(&diff->after, after, &known[1]);
    return known[0] && known[1] ? !cfn__same_value(was, is, true) : -1;
}

static void mark(struct cfn_diff *diff, struct cfn__edit *edit, const struct cfn__place *place,
                 json_t *call, const char *why, enum cfn_replacement replacement) {
    struct cfn_property_change *change = earlier(edit, place->path);
    if (!change)
        change = cfn__edit_put(diff, edit, place, call, call, replacement);
    change->why = why;
    if (change->replacement < replacement)
        change->replacement = replacement;
    if (edit->change.replacement < replacement)
        edit->change.replacement = replacement;
}

static void follow_call(struct cfn_diff *diff, struct cfn__edit *edit,
                        const struct cfn__place *place, json_t *before, json_t *after) {
    bool by_resource = false;
    const char *why = cfn__cause_of(diff, after, &by_resource);
    if (!why || is_told(edit, place->path))
        return;
    int sure = by_resource ? -1 : differs(diff, before, after);
    if (sure == 0)
        return;
    enum cfn_replacement replacement = place->replacement;
    edit->replaced |= replacement == CFN_REPLACES && (by_resource || sure == 1);
    if (replacement == CFN_REPLACES && sure != 1)
        replacement = CFN_MAY_REPLACE;
    mark(diff, edit, place, after, why, replacement);
}

static void follow(struct cfn_diff *diff, struct cfn__edit *edit, const struct cfn__place *place,
                   json_t *before, json_t *after);

static void follow_items(struct cfn_diff *diff, struct cfn__edit *edit,
                         const struct cfn__place *place, json_t *before, json_t *after) {
    struct cfn__pairs pairs = {.moved = false};
    bool is_set =
        (place->property.unique && !place->item) || (place->name && cfn__is_set_name(place->name));
    cfn__pair_items(&pairs, before, after, is_set);
    for (size_t i = 0; i < pairs.all.count; i++) {
        struct cfn__pair pair = pairs.all.items[i];
        if (pair.before == CFN__NOWHERE || pair.after == CFN__NOWHERE)
            continue;
        struct cfn__place item = cfn__place_item(diff, place, pair);
        follow(diff, edit, &item, json_array_get(before, pair.before),
               json_array_get(after, pair.after));
    }
    free(pairs.all.items);
}

/* Only where the template says what it said before; all else is told. */
static void follow(struct cfn_diff *diff, struct cfn__edit *edit, const struct cfn__place *place,
                   json_t *before, json_t *after) {
    const char *key;
    json_t *value;
    if (cfn__is_call(after)) {
        if (cfn__same_value(before, after, false))
            follow_call(diff, edit, place, before, after);
    } else if (json_is_array(before) && json_is_array(after)) {
        follow_items(diff, edit, place, before, after);
    } else if (json_is_object(before) && json_is_object(after)) {
        json_object_foreach(after, key, value) {
            json_t *other = json_object_get(before, key);
            struct cfn__place member = cfn__place_member(diff, place, key);
            member.hidden |= cfn__is_hidden_member(after, key);
            if (other)
                follow(diff, edit, &member, other, value);
        }
    }
}

static void follow_edit(struct cfn_diff *diff, struct cfn__edit *edit) {
    static const char *const parts[] = {"Value", "Export"};
    if (edit->change.action != CFN_CHANGE_MODIFY)
        return;
    if (strcmp(edit->change.section, "Resources") == 0) {
        struct cfn__place place = cfn__resource_place(edit);
        follow(diff, edit, &place, json_object_get(edit->before, "Properties"),
               json_object_get(edit->after, "Properties"));
    } else if (strcmp(edit->change.section, "Outputs") == 0) {
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            struct cfn__place place = {.path = parts[i], .was = parts[i], .name = parts[i]};
            follow(diff, edit, &place, json_object_get(edit->before, parts[i]),
                   json_object_get(edit->after, parts[i]));
        }
    }
}

/* Resources that came to be replaced since the last look. */
static bool note_replaced(struct cfn_diff *diff) {
    bool any = false;
    for (size_t i = 0; i < diff->edits.count; i++) {
        const struct cfn__edit *edit = diff->edits.items[i];
        const char *id = edit->change.logical_id;
        if (!edit->replaced || json_object_get(diff->replaced, id))
            continue;
        bool sure = edit->change.replacement == CFN_REPLACES;
        const char *why =
            cfn_arena_text(&diff->arena, sure ? "%s is replaced" : "%s may be replaced", id);
        json_object_set_new(diff->replaced, id, json_string(why));
        any = true;
    }
    return any;
}

void cfn__follow(struct cfn_diff *diff) {
    bool others = json_object_size(diff->refs) || json_object_size(diff->conditions) ||
                  json_object_size(diff->mappings);
    while (note_replaced(diff) || others) {
        others = false;
        for (size_t i = 0; i < diff->edits.count; i++)
            follow_edit(diff, diff->edits.items[i]);
    }
}
