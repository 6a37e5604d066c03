/* Single properties that protect, and no longer do. */
#include "cfn/checker.h"
#include "danger.h"

#include <stdlib.h>
#include <string.h>

struct look {
    struct cfn_diff *diff;
    struct cfn__edit *edit;
};

static bool is_one_of(const char *text, const char *const *words) {
    for (; *words; words++)
        if (strcmp(*words, text) == 0)
            return true;
    return false;
}

/* 1: on, 0: off, -1: not known, -2: absent */
static int truth_of(json_t *value) {
    static const char *const yes[] = {"true",    "True", "TRUE",    "1",  "ACTIVE",
                                      "Enabled", "on",   "ENABLED", "ON", NULL};
    char room[32];
    if (!value)
        return -2;
    const char *text = cfn__scalar_text(value, room);
    if (!text || strstr(text, "${"))
        return -1;
    return is_one_of(text, yes);
}

/* What is not known is taken for worse only where access is at stake. */
static bool truth_is_worse(const struct cfn__setting *setting, const struct cfn__edit *edit,
                           json_t *before, json_t *after) {
    int was = truth_of(before), is = truth_of(after);
    bool strict = setting->danger == CFN_WIDENS_ACCESS;
    if (setting->kind == CFN__SAFE_FALSE)
        return is == 1 && was != 1 && (edit->before || setting->safe_unset);
    if (was == 1)
        return is == 0 || is == -2 || (is == -1 && strict);
    return setting->safe_unset && is == 0 && was != 0;
}

static bool number_is_worse(const struct cfn__setting *setting, json_t *before, json_t *after) {
    char room[2][32];
    double was = setting->unset, is = setting->unset;
    const char *a = before ? cfn__scalar_text(before, room[0]) : NULL;
    const char *b = after ? cfn__scalar_text(after, room[1]) : NULL;
    if ((before && (!a || !cfn__number_of(a, &was))) || (after && (!b || !cfn__number_of(b, &is))))
        return false;
    return is < was;
}

enum { NO_RANK = -1 };

/* How many words stand before it. */
static int rank_of(const struct cfn__setting *setting, json_t *value) {
    const char *text = json_string_value(value);
    int rank = 0, last = 0;
    for (const char *at = setting->words; *at; rank++) {
        size_t size = strcspn(at, " ");
        if (text && strlen(text) == size && strncmp(text, at, size) == 0)
            return rank;
        last = rank;
        at += size + strspn(at + size, " ");
    }
    return value ? NO_RANK : setting->safe_unset ? 0 : last;
}

static bool rank_is_worse(const struct cfn__setting *setting, json_t *before, json_t *after) {
    int was = rank_of(setting, before), is = rank_of(setting, after);
    return was != NO_RANK && is != NO_RANK && is > was;
}

static bool is_worse(const struct cfn__setting *setting, const struct cfn__edit *edit,
                     json_t *before, json_t *after) {
    switch (setting->kind) {
    case CFN__SAFE_TRUE:
    case CFN__SAFE_FALSE:
        return truth_is_worse(setting, edit, before, after);
    case CFN__SAFE_PRESENT:
        return before && !after;
    case CFN__SAFE_MORE:
        return edit->before && number_is_worse(setting, before, after);
    case CFN__SAFE_RANK:
        return rank_is_worse(setting, before, after);
    }
    return false;
}

/* True: it is told, and what stands in it needs no look. */
static bool judge(const struct look *look, const char *path, const char *place, json_t *before,
                  json_t *after) {
    const struct cfn__setting *setting = cfn__setting_of(path);
    if (!setting || !is_worse(setting, look->edit, before, after))
        return false;
    const char *gap = strchr(setting->says, '@');
    cfn__danger(look->edit, setting->danger, place, "%.*s%s%s", (int)(gap - setting->says),
                setting->says, cfn__thing(look->diff, look->edit), gap + 1);
    return true;
}

static void walk(const struct look *look, const char *path, json_t *before, json_t *after);

static void walk_items(const struct look *look, const char *path, json_t *before, json_t *after) {
    struct cfn__pairs pairs = {.moved = false};
    cfn__pair_items(&pairs, before, after, true);
    for (size_t i = 0; i < pairs.all.count; i++) {
        size_t b = pairs.all.items[i].before, a = pairs.all.items[i].after;
        const char *inside =
            cfn_arena_text(&look->diff->arena, "%s.%zu", path, a == CFN__NOWHERE ? b : a);
        walk(look, inside, b == CFN__NOWHERE ? NULL : json_array_get(before, b),
             a == CFN__NOWHERE ? NULL : json_array_get(after, a));
    }
    free(pairs.all.items);
}

static void walk_members(const struct look *look, const char *path, json_t *before, json_t *after) {
    const char *key;
    json_t *value;
    json_object_foreach(before, key, value)
        walk(look, cfn_arena_text(&look->diff->arena, "%s.%s", path, key), value,
             json_object_get(after, key));
    json_object_foreach(after, key, value) {
        if (!json_object_get(before, key))
            walk(look, cfn_arena_text(&look->diff->arena, "%s.%s", path, key), NULL, value);
    }
}

/* {ParameterName: require_ssl, ParameterValue: true}: a property in other words. */
static void judge_named(const struct look *look, const char *path, json_t *before, json_t *after) {
    static const char *const names[] = {"ParameterName", "Key"};
    static const char *const values[] = {"ParameterValue", "Value"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *name = json_string_value(json_object_get(before ? before : after, names[i]));
        if (name)
            judge(look, cfn_arena_text(&look->diff->arena, ".%s", name), path,
                  json_object_get(before, values[i]), json_object_get(after, values[i]));
    }
}

static void walk(const struct look *look, const char *path, json_t *before, json_t *after) {
    if (cfn__same_value(before, after, false) || judge(look, path, path, before, after))
        return;
    bool list = json_is_array(before) || json_is_array(after);
    if (list && (!before || json_is_array(before)) && (!after || json_is_array(after))) {
        walk_items(look, path, before, after);
    } else if (!list) {
        judge_named(look, path, before, after);
        walk_members(look, path, before, after);
    }
}

void cfn__danger_settings(struct cfn_diff *diff, struct cfn__edit *edit) {
    struct look look = {diff, edit};
    const char *key;
    json_t *value;
    json_object_foreach(edit->is, key, value)
        walk(&look, cfn_arena_text(&diff->arena, "Properties.%s", key),
             json_object_get(edit->was, key), value);
    json_object_foreach(edit->was, key, value) {
        if (!json_object_get(edit->is, key))
            walk(&look, cfn_arena_text(&diff->arena, "Properties.%s", key), value, NULL);
    }
}
