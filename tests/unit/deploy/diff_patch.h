/* Changes that were told, applied to what was before: the result must be what is after. */
#ifndef DIFF_PATCH_H
#define DIFF_PATCH_H

#include "diff_fixture.h"

/* The container that a path ends in, and its last key: keys may have dots in them, and the last one
 * may not be there yet. NULL: there is no such place. */
static inline json_t *place_in(json_t *value, const char *path, const char **last) {
    const char *key;
    json_t *member;
    if (json_is_array(value)) {
        char *end;
        size_t index = strtoul(path, &end, 10);
        *last = path;
        return *end == '\0'                ? value
               : *end == '.' && end > path ? place_in(json_array_get(value, index), end + 1, last)
                                           : NULL;
    }
    if (!json_is_object(value))
        return NULL;
    json_object_foreach(value, key, member) {
        size_t size = strlen(key);
        if (strncmp(path, key, size) != 0 || path[size] != '.')
            continue;
        json_t *found = place_in(member, path + size + 1, last);
        if (found)
            return found;
    }
    *last = path;
    return value;
}

/* Modifications first; then what is deeper first, what goes before what comes, so that indices
 * stay true: those of what goes from the last, of what comes from the first. */
static inline size_t depth_of(const char *path) {
    size_t depth = 0;
    for (; *path; path++)
        depth += *path == '.';
    return depth;
}

static inline size_t last_index(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot ? strtoul(dot + 1, NULL, 10) : 0;
}

static inline int step_of(const struct cfn_property_change *change) {
    return change->before && change->after ? 0 : 1;
}

static inline int in_order(const void *left, const void *right) {
    const struct cfn_property_change *a = left, *b = right;
    size_t depth[] = {depth_of(a->path_before), depth_of(b->path_before)};
    if (step_of(a) != step_of(b))
        return step_of(a) - step_of(b);
    if (depth[0] != depth[1])
        return depth[0] > depth[1] ? -1 : 1;
    if (!a->after != !b->after)
        return a->after ? 1 : -1;
    size_t index[] = {last_index(a->after ? a->path : a->path_before),
                      last_index(b->after ? b->path : b->path_before)};
    int order = (index[0] > index[1]) - (index[0] < index[1]);
    return a->after ? order : -order;
}

static inline void patch_list(json_t *list, const struct cfn_property_change *change,
                              const char *last) {
    json_t *copy = change->after ? json_deep_copy(change->after) : NULL;
    size_t index = strtoul(last, NULL, 10), after = last_index(change->path);
    if (!copy)
        assert_int_equal(json_array_remove(list, index), 0);
    else if (change->before)
        assert_int_equal(json_array_set_new(list, index, copy), 0);
    else if (after >= json_array_size(list))
        assert_int_equal(json_array_append_new(list, copy), 0);
    else
        assert_int_equal(json_array_insert_new(list, after, copy), 0);
}

static inline void patch(json_t *item, const struct cfn_property_change *change) {
    const char *last = NULL;
    json_t *place = place_in(item, change->path_before, &last);
    assert_non_null(place);
    if (json_is_array(place))
        patch_list(place, change, last);
    else if (change->after)
        json_object_set_new(place, last, json_deep_copy(change->after));
    else
        assert_int_equal(json_object_del(place, last), 0);
}

static inline void patch_item(json_t *item, const struct cfn_change *change) {
    size_t size = change->property_count * sizeof *change->properties;
    struct cfn_property_change *steps = malloc(size + 1);
    if (size)
        memcpy(steps, change->properties, size);
    qsort(steps, change->property_count, sizeof *steps, in_order);
    if (!json_object_get(item, "Properties") && strcmp(change->section, "Resources") == 0)
        json_object_set_new(item, "Properties", json_object());
    for (size_t i = 0; i < change->property_count; i++)
        if (!*steps[i].why)
            patch(item, &steps[i]);
    free(steps);
}

static inline json_t *patched(const json_t *before, const json_t *after,
                              const struct cfn_diff *diff) {
    json_t *body = json_deep_copy(before);
    for (size_t i = 0; i < cfn_diff_count(diff); i++) {
        const struct cfn_change *change = cfn_diff_at(diff, i);
        const char *id = change->logical_id;
        if (!json_object_get(body, change->section))
            json_object_set_new(body, change->section, json_object());
        json_t *section = json_object_get(body, change->section);
        json_t *there = json_object_get(json_object_get(after, change->section), id);
        if (change->action == CFN_CHANGE_ADD)
            json_object_set_new(section, id, json_deep_copy(there));
        else if (change->action == CFN_CHANGE_REMOVE)
            json_object_del(section, id);
        else
            patch_item(json_object_get(section, id), change);
    }
    return body;
}

/* A text that is the same for values that differ only in the order of lists: that order is looked
 * after by comparing again. */
static inline int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline char *plain_text(const json_t *value);

static inline char *plain_list(const json_t *list) {
    size_t count = json_array_size(list);
    char **texts = malloc((count + 1) * sizeof *texts);
    struct cfn_text text = {0};
    for (size_t i = 0; i < count; i++)
        texts[i] = plain_text(json_array_get(list, i));
    qsort(texts, count, sizeof *texts, by_text);
    for (size_t i = 0; i < count; i++) {
        cfn_text_printf(&text, "%s,", texts[i]);
        free(texts[i]);
    }
    free(texts);
    char *inside = cfn_text_take(&text);
    cfn_text_printf(&text, "[%s]", inside);
    free(inside);
    return cfn_text_take(&text);
}

static inline char *plain_text(const json_t *value) {
    const char *key;
    json_t *member, *open = (json_t *)(uintptr_t)value;
    if (json_is_array(value))
        return plain_list(value);
    if (!json_is_object(value))
        return json_dumps(value, JSON_ENCODE_ANY);
    struct cfn_text text = {0};
    char **texts = malloc((json_object_size(value) + 1) * sizeof *texts);
    size_t count = 0;
    json_object_foreach(open, key, member) {
        const char *ref = json_string_value(json_object_get(member, "Ref"));
        if (ref && json_object_size(member) == 1 && strcmp(ref, "AWS::NoValue") == 0)
            continue;
        if (strcmp(key, "Properties") == 0 && json_object_size(member) == 0)
            continue; /* none are the same as empty ones */
        char *inside = plain_text(member);
        cfn_text_printf(&text, "%s: %s", key, inside);
        texts[count++] = cfn_text_take(&text);
        free(inside);
    }
    qsort(texts, count, sizeof *texts, by_text);
    for (size_t i = 0; i < count; i++) {
        cfn_text_printf(&text, "%s;", texts[i]);
        free(texts[i]);
    }
    free(texts);
    char *inside = cfn_text_take(&text);
    cfn_text_printf(&text, "{%s}", inside);
    free(inside);
    return cfn_text_take(&text);
}

#endif
