/* An object's members against its type: which there may be, which there must be, which go together.
 */
#include "checker.h"

#include <string.h>

/* Whether a member is there: a condition may decide it. */
enum presence { ABSENT, MAYBE, PRESENT };

/* An empty list or object is there for those who ask for it, and not in the way of others. */
static bool is_empty(json_t *value) {
    return (json_is_array(value) && json_array_size(value) == 0) ||
           (json_is_object(value) && json_object_size(value) == 0);
}

static enum presence presence_of(json_t *object, const char *name) {
    struct cfn__call call;
    json_t *value = json_object_get(object, name);
    if (!value || cfn__is_no_value(value))
        return ABSENT;
    if (cfn__call_of(value, &call) &&
        (cfn__call_is(&call, "Fn::If") || cfn__call_is(&call, "Fn::Transform")))
        return MAYBE;
    return is_empty(value) ? MAYBE : PRESENT;
}

static void tell_unknown(struct cfn__checker *c, struct cfn_type type, const char *name,
                         const struct cfn_path *path) {
    struct cfn__near near = {.word = name};
    struct cfn_property property;
    for (size_t i = 0; cfn_type_property(type, i, &property); i++)
        cfn__near_try(&near, property.name);
    cfn__tell(c, "property.unknown", path, "there is no property '%s' in %s", cfn__shown(c, name),
              cfn_type_name(type));
    cfn__did_you_mean(c, near.best);
}

static void check_member(struct cfn__checker *c, struct cfn_type type, const char *name,
                         json_t *value, const struct cfn_path *path) {
    struct cfn_property property;
    if (!cfn_type_find_property(type, name, &property)) {
        if (!cfn_type_is_open(type))
            tell_unknown(c, type, name, path);
        cfn__walk(c, value, path);
    } else if (property.read_only) {
        cfn__tell(c, "property.read-only", path, "cannot be set: %s gives it as an attribute",
                  cfn_type_name(type));
    } else {
        cfn__check_value(c, value, &property, path);
    }
}

static void check_required(struct cfn__checker *c, struct cfn_type type, json_t *object,
                           const struct cfn_path *path) {
    struct cfn_property property;
    for (size_t i = 0; cfn_type_property(type, i, &property); i++)
        if (property.required && presence_of(object, property.name) == ABSENT)
            cfn__tell(c, "property.required", path, "must have %s, which %s requires",
                      property.name, cfn_type_name(type));
}

/* How many of a rule's properties are there for certain, and how many may be. */
struct tally {
    size_t sure, possible;
};

static struct tally tally_of(json_t *object, const char *names) {
    struct tally tally = {0};
    for (; *names; names += strlen(names) + 1) {
        enum presence presence = presence_of(object, names);
        tally.sure += presence == PRESENT;
        tally.possible += presence != ABSENT;
    }
    return tally;
}

/* "A, B and C" */
static const char *listed(struct cfn__checker *c, const char *names, const char *last) {
    struct cfn_text text = {0};
    for (const char *name = names; *name; name += strlen(name) + 1) {
        bool end = !name[strlen(name) + 1];
        cfn_text_printf(&text, "%s%s", name == names ? "" : end ? last : ", ", name);
    }
    const char *list = cfn_arena_copy(&c->arena, text.data ? text.data : "", text.size);
    cfn_text_done(&text);
    return list;
}

static void tell_rule(struct cfn__checker *c, const char *what, const char *names, const char *last,
                      const struct cfn_path *path) {
    cfn__tell(c, "property.rule", path, "must have %s %s", what, listed(c, names, last));
}

static void check_pair_rule(struct cfn__checker *c, const struct cfn_rule *rule, json_t *object,
                            const struct cfn_path *path) {
    const char *first = rule->names, *others = first + strlen(first) + 1;
    if (presence_of(object, first) != PRESENT)
        return;
    for (const char *other = others; *other; other += strlen(other) + 1) {
        enum presence presence = presence_of(object, other);
        if (rule->kind == CFN_NEEDS && presence == ABSENT)
            cfn__tell(c, "property.rule", path, "must have %s beside %s", other, first);
        else if (rule->kind == CFN_EXCLUDES && presence == PRESENT)
            cfn__tell(c, "property.rule", path, "must not have both %s and %s", first, other);
        else
            continue;
        return;
    }
}

static void check_rule(struct cfn__checker *c, const struct cfn_rule *rule, json_t *object,
                       const struct cfn_path *path) {
    struct tally tally = tally_of(object, rule->names);
    switch (rule->kind) {
    case CFN_ONE_OF:
        if (tally.possible == 0 || tally.sure > 1)
            tell_rule(c, "exactly one of", rule->names, " and ", path);
        break;
    case CFN_ANY_OF:
        if (tally.possible == 0)
            tell_rule(c, "at least one of", rule->names, " and ", path);
        break;
    case CFN_NEEDS:
    case CFN_EXCLUDES:
        check_pair_rule(c, rule, object, path);
        break;
    }
}

void cfn__check_object(struct cfn__checker *c, struct cfn_type type, json_t *object,
                       const struct cfn_path *path) {
    struct cfn_rule rule;
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) {
        if (!cfn_starts_with(name, "Fn::Transform") && !cfn_starts_with(name, "Fn::ForEach"))
            check_member(c, type, name, value, &(struct cfn_path){path, name, 0});
    }
    if (cfn__is_unfinished(object))
        return;
    check_required(c, type, object, path);
    for (size_t i = 0; cfn_type_rule(type, i, &rule); i++)
        check_rule(c, &rule, object, path);
}
