/* Statements of policies: found wherever a document stands, and compared by what they allow. */
#include "cfn/checker.h"
#include "danger.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DEPTH = 200 };

static void add(struct cfn_diff *diff, struct cfn__statements *found, json_t *json,
                const char *path, bool trust) {
    struct cfn__statement *statement = CFN_PUSH(&found->all);
    const char *effect = json_string_value(json_object_get(json, "Effect"));
    *statement = (struct cfn__statement){
        .json = json,
        .path = path,
        .trust = trust,
        .allow = !effect || strcmp(effect, "Deny") != 0,
        .opaque = !json_is_object(json) || cfn__is_call(json),
        .condition = json_object_get(json, "Condition"),
    };
    cfn__words_of(diff, &statement->actions, json, "Action", "NotAction");
    cfn__words_of(diff, &statement->resources, json, "Resource", "NotResource");
    cfn__words_of(diff, &statement->principals, json, "Principal", "NotPrincipal");
}

static void add_document(struct cfn_diff *diff, struct cfn__statements *found, json_t *statements,
                         const char *path, bool trust) {
    size_t index;
    json_t *item;
    if (!json_is_array(statements)) {
        add(diff, found, statements, cfn_arena_text(&diff->arena, "%s.Statement", path), trust);
        return;
    }
    json_array_foreach(statements, index, item) {
        add(diff, found, item, cfn_arena_text(&diff->arena, "%s.Statement.%zu", path, index),
            trust);
    }
}

static void find(struct cfn_diff *diff, struct cfn__statements *found, json_t *value,
                 const char *path, bool trust, unsigned depth);

/* Some types take a document as text. */
static void find_in_text(struct cfn_diff *diff, struct cfn__statements *found, const char *text,
                         const char *path, bool trust, unsigned depth) {
    text += strspn(text, " \t\r\n");
    json_t *value = *text == '{' && strstr(text, "\"Statement\"")
                        ? json_loads(text, JSON_REJECT_DUPLICATES, NULL)
                        : NULL;
    if (value)
        find(diff, found, cfn__diff_own(diff, value), path, trust, depth);
}

static void find(struct cfn_diff *diff, struct cfn__statements *found, json_t *value,
                 const char *path, bool trust, unsigned depth) {
    json_t *statements = json_object_get(value, "Statement"), *member;
    const char *key;
    size_t index;
    if (depth > MOST_DEPTH)
        return;
    if (statements) {
        add_document(diff, found, statements, path, trust);
        return;
    }
    if (json_is_string(value))
        find_in_text(diff, found, json_string_value(value), path, trust, depth + 1);
    json_array_foreach(value, index, member) {
        find(diff, found, member, cfn_arena_text(&diff->arena, "%s.%zu", path, index), trust,
             depth + 1);
    }
    json_object_foreach(value, key, member) {
        find(diff, found, member, cfn_arena_text(&diff->arena, "%s.%s", path, key),
             trust || strcmp(key, "AssumeRolePolicyDocument") == 0, depth + 1);
    }
}

void cfn__statements_find(struct cfn_diff *diff, struct cfn__statements *found, json_t *value,
                          const char *path, bool trust) {
    find(diff, found, value, path, trust, 0);
}

void cfn__statements_done(struct cfn__statements *statements) {
    for (size_t i = 0; i < statements->all.count; i++) {
        cfn__words_done(&statements->all.items[i].actions);
        cfn__words_done(&statements->all.items[i].resources);
        cfn__words_done(&statements->all.items[i].principals);
    }
    free(statements->all.items);
}

static size_t count_of(const json_t *value) {
    return json_is_array(value) ? json_array_size(value) : 1;
}

static json_t *item_of(json_t *value, size_t index) {
    return json_is_array(value) ? json_array_get(value, index) : value;
}

static bool has_value(json_t *values, json_t *value) {
    for (size_t i = 0; i < count_of(values); i++)
        if (cfn__same_value(item_of(values, i), value, true))
            return true;
    return false;
}

static bool all_among(json_t *values, json_t *others) {
    for (size_t i = 0; i < count_of(values); i++)
        if (!has_value(others, item_of(values, i)))
            return false;
    return true;
}

/* Fewer values narrow a test, but widen one that says Not. */
static bool test_covers(const char *operator, json_t * wide, json_t *narrow) {
    if (!wide || !narrow)
        return false;
    return strstr(operator, "Not") ? all_among(wide, narrow) : all_among(narrow, wide);
}

/* Every test of the wide one is made by the narrow one, too. */
static bool condition_covers(json_t *wide, json_t *narrow) {
    const char *operator, * key;
    json_t *tests, *values;
    if (wide && (!json_is_object(wide) || cfn__is_call(wide)))
        return cfn__same_value(wide, narrow, false);
    json_object_foreach(wide, operator, tests) {
        json_t *others = json_object_get(narrow, operator);
        if (json_object_size(tests) == 0 && !cfn__same_value(tests, others, false))
            return false;
        json_object_foreach(tests, key, values) {
            if (!test_covers(operator, values, json_object_get(others, key)))
                return false;
        }
    }
    return true;
}

static const char *word_at(const struct cfn__words *words, size_t index) {
    return words->all.count ? words->all.items[index] : "";
}

/* What is negated or absent counts once, as a whole. */
static size_t rounds(const struct cfn__words *words) {
    return words->negated || !words->present ? 1 : words->all.count;
}

static bool covers(const struct cfn__statement *wide, const struct cfn__statement *narrow,
                   const char *action, const char *resource, const char *principal) {
    return wide->allow == narrow->allow && wide->trust == narrow->trust && !wide->opaque &&
           cfn__words_cover(&wide->actions, &narrow->actions, action) &&
           cfn__words_cover(&wide->resources, &narrow->resources, resource) &&
           cfn__words_cover(&wide->principals, &narrow->principals, principal) &&
           condition_covers(wide->condition, narrow->condition);
}

static bool is_covered(const struct cfn__statement *narrow, const struct cfn__statements *by,
                       const char *action, const char *resource, const char *principal) {
    for (size_t i = 0; i < by->all.count; i++)
        if (covers(&by->all.items[i], narrow, action, resource, principal))
            return true;
    return false;
}

static bool action_is_covered(const struct cfn__statement *narrow, const struct cfn__statements *by,
                              const char *action) {
    for (size_t r = 0; r < rounds(&narrow->resources); r++)
        for (size_t p = 0; p < rounds(&narrow->principals); p++)
            if (!is_covered(narrow, by, action, word_at(&narrow->resources, r),
                            word_at(&narrow->principals, p)))
                return false;
    return true;
}

static bool stands_among(const struct cfn__statement *statement, const struct cfn__statements *by) {
    for (size_t i = 0; i < by->all.count; i++)
        if (by->all.items[i].trust == statement->trust &&
            cfn__same_value(by->all.items[i].json, statement->json, false))
            return true;
    return false;
}

bool cfn__statement_beyond(const struct cfn__statement *statement, const struct cfn__statements *by,
                           struct cfn__words *beyond) {
    *beyond = (struct cfn__words){.present = true, .negated = statement->actions.negated};
    if (stands_among(statement, by))
        return false;
    if (statement->opaque)
        return true;
    bool any = false;
    for (size_t a = 0; a < rounds(&statement->actions); a++) {
        if (action_is_covered(statement, by, word_at(&statement->actions, a)))
            continue;
        any = true;
        if (!beyond->negated && statement->actions.present)
            *CFN_PUSH(&beyond->all) = statement->actions.all.items[a];
    }
    for (size_t a = 0; any && beyond->negated && a < statement->actions.all.count; a++)
        *CFN_PUSH(&beyond->all) = statement->actions.all.items[a];
    return any;
}
