/* Values compared member by member and item by item, with what the schema says of them. */
#include "cfn/checker.h"
#include "diff.h"

#include <stdlib.h>
#include <string.h>

static enum cfn_replacement more(enum cfn_replacement a, enum cfn_replacement b) {
    return a > b ? a : b;
}

bool cfn__is_call(json_t *value) {
    struct cfn__call call;
    return cfn__call_of(value, &call);
}

static const char *joined(struct cfn_diff *diff, const char *path, const char *key) {
    return *path ? cfn_arena_text(&diff->arena, "%s.%s", path, key)
                 : cfn_arena_copy(&diff->arena, key, strlen(key));
}

/* Whether the place holds a container of the property's values rather than one of them. */
static bool is_container(const struct cfn__place *place, unsigned kind) {
    return !place->item && (place->property.kinds & kind) != 0;
}

static bool is_typed(const struct cfn__place *place) {
    return place->property.kinds & CFN_NESTED && !is_container(place, CFN_LIST | CFN_MAP);
}

struct cfn__place cfn__place_member(struct cfn_diff *diff, const struct cfn__place *place,
                                    const char *key) {
    struct cfn__place member = *place;
    member.path = joined(diff, place->path, key);
    member.was = joined(diff, place->was, key);
    member.name = key;
    member.hidden = place->hidden || cfn__is_hidden_name(key);
    if (is_container(place, CFN_MAP)) {
        member.item = true;
        return member;
    }
    member.item = false;
    if (!is_typed(place) || !cfn_type_find_property(place->property.type, key, &member.property))
        member.property = (struct cfn_property){.kinds = 0};
    member.replacement = more(place->replacement, member.property.replacement);
    return member;
}

/* What is new stands where it shall stand, what is gone where it stood. */
struct cfn__place cfn__place_item(struct cfn_diff *diff, const struct cfn__place *place,
                                  struct cfn__pair pair) {
    struct cfn__place item = *place;
    char index[24];
    size_t after = pair.after == CFN__NOWHERE ? pair.before : pair.after;
    size_t before = pair.before == CFN__NOWHERE ? pair.after : pair.before;
    snprintf(index, sizeof index, "%zu", after);
    item.path = joined(diff, place->path, index);
    snprintf(index, sizeof index, "%zu", before);
    item.was = joined(diff, place->was, index);
    item.item = is_container(place, CFN_LIST);
    if (!item.item)
        item.property = (struct cfn_property){.kinds = 0};
    return item;
}

/* The same walk as that of the differences, for a value that is new or gone as a whole. */
enum cfn_replacement cfn__place_replacement(const struct cfn__place *place, json_t *value) {
    enum cfn_replacement most = place->replacement;
    const char *key;
    size_t index;
    json_t *member;
    bool container = is_container(place, CFN_LIST | CFN_MAP);
    if (most == CFN_REPLACES || !(place->property.kinds & CFN_NESTED) || cfn__is_call(value))
        return most;
    struct cfn__place inside = *place;
    inside.item = true;
    json_array_foreach(value, index, member) {
        most = more(most, cfn__place_replacement(&inside, member));
    }
    json_object_foreach(value, key, member) {
        inside.item = container;
        if (!container && !cfn_type_find_property(place->property.type, key, &inside.property))
            continue;
        if (!container)
            inside.replacement = more(place->replacement, inside.property.replacement);
        most = more(most, cfn__place_replacement(&inside, member));
    }
    return most;
}

struct cfn_property_change *cfn__edit_put(struct cfn_diff *diff, struct cfn__edit *edit,
                                          const struct cfn__place *place, const json_t *before,
                                          const json_t *after, enum cfn_replacement replacement) {
    struct cfn_property_change *change = CFN_PUSH(&edit->properties);
    *change = (struct cfn_property_change){
        .path = place->path,
        .path_before = place->was,
        .before = cfn__shown_value(diff, before, place->hidden),
        .after = cfn__shown_value(diff, after, place->hidden),
        .replacement = replacement,
        .why = "",
    };
    edit->change.replacement = more(edit->change.replacement, replacement);
    return change;
}

static void put(struct cfn_diff *diff, struct cfn__edit *edit, const struct cfn__place *place,
                json_t *before, json_t *after) {
    enum cfn_replacement replacement = more(before ? cfn__place_replacement(place, before) : 0,
                                            after ? cfn__place_replacement(place, after) : 0);
    cfn__edit_put(diff, edit, place, before, after, replacement);
}

/* AWS::NoValue leaves a property out. */
static json_t *present(json_t *object, const char *key) {
    json_t *value = json_object_get(object, key);
    return value && cfn__is_no_value(value) ? NULL : value;
}

static void compare_members(struct cfn_diff *diff, struct cfn__edit *edit,
                            const struct cfn__place *place, json_t *before, json_t *after) {
    const char *key;
    json_t *value;
    json_object_foreach(after, key, value) {
        struct cfn__place member = cfn__place_member(diff, place, key);
        member.hidden |= cfn__is_hidden_member(before, key) || cfn__is_hidden_member(after, key);
        cfn__compare(diff, edit, &member, present(before, key), present(after, key));
    }
    json_object_foreach(before, key, value) {
        if (json_object_get(after, key))
            continue;
        struct cfn__place member = cfn__place_member(diff, place, key);
        member.hidden |= cfn__is_hidden_member(before, key);
        cfn__compare(diff, edit, &member, present(before, key), NULL);
    }
}

static void compare_items(struct cfn_diff *diff, struct cfn__edit *edit,
                          const struct cfn__place *place, json_t *before, json_t *after) {
    struct cfn__pairs pairs = {.moved = false};
    bool is_set =
        (place->property.unique && !place->item) || (place->name && cfn__is_set_name(place->name));
    cfn__pair_items(&pairs, before, after, is_set);
    if (pairs.moved && !is_set)
        put(diff, edit, place, before, after);
    for (size_t i = 0; i < pairs.all.count && (is_set || !pairs.moved); i++) {
        struct cfn__pair pair = pairs.all.items[i];
        struct cfn__place item = cfn__place_item(diff, place, pair);
        cfn__compare(diff, edit, &item,
                     pair.before == CFN__NOWHERE ? NULL : json_array_get(before, pair.before),
                     pair.after == CFN__NOWHERE ? NULL : json_array_get(after, pair.after));
    }
    free(pairs.all.items);
}

/* Fn::If on the same condition: its branches are values of the same property. */
static bool compare_branches(struct cfn_diff *diff, struct cfn__edit *edit,
                             const struct cfn__place *place, json_t *before, json_t *after) {
    json_t *a = json_object_get(before, "Fn::If"), *b = json_object_get(after, "Fn::If");
    if (!cfn__is_call(before) || !cfn__is_call(after) || json_array_size(a) != 3 ||
        json_array_size(b) != 3 ||
        !cfn__same_value(json_array_get(a, 0), json_array_get(b, 0), false))
        return false;
    for (size_t i = 1; i < 3; i++) {
        struct cfn__place branch = *place;
        branch.path = cfn_arena_text(&diff->arena, "%s.Fn::If.%zu", place->path, i);
        branch.was = cfn_arena_text(&diff->arena, "%s.Fn::If.%zu", place->was, i);
        cfn__compare(diff, edit, &branch, json_array_get(a, i), json_array_get(b, i));
    }
    return true;
}

void cfn__compare(struct cfn_diff *diff, struct cfn__edit *edit, const struct cfn__place *place,
                  json_t *before, json_t *after) {
    bool loose = place->property.kinds && !(place->property.kinds & CFN_JSON);
    if (cfn__same_value(before, after, loose))
        return;
    bool calls = before && after && (cfn__is_call(before) || cfn__is_call(after));
    if (calls && compare_branches(diff, edit, place, before, after))
        return;
    if (!calls && json_is_object(before) && json_is_object(after))
        compare_members(diff, edit, place, before, after);
    else if (json_is_array(before) && json_is_array(after))
        compare_items(diff, edit, place, before, after);
    else
        put(diff, edit, place, before, after);
}
