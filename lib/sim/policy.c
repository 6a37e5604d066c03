/* Stack policies: which resources an update may touch. With a policy, what no statement allows is
 * forbidden; a denial is stronger than an allowance. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

static bool matches(const char *pattern, const char *text) {
    for (; *pattern; pattern++, text++) {
        if (*pattern == '*') {
            while (*pattern == '*')
                pattern++;
            for (; *text; text++)
                if (matches(pattern, text))
                    return true;
            return !*pattern;
        }
        if (!*text || (*pattern != '?' && *pattern != *text))
            return false;
    }
    return !*text;
}

/* value is one pattern or a list of them. */
static bool any_matches(const json_t *value, const char *text) {
    if (json_is_string(value))
        return matches(json_string_value(value), text);
    for (size_t i = 0; i < json_array_size(value); i++)
        if (any_matches(json_array_get(value, i), text))
            return true;
    return false;
}

static bool names(const json_t *statement, const char *key, const char *text) {
    char but[32] = "Not";
    strncat(but, key, sizeof but - 4);
    const json_t *value = json_object_get(statement, key);
    return value ? any_matches(value, text) : !any_matches(json_object_get(statement, but), text);
}

static bool condition_holds(const json_t *statement, const char *type) {
    const json_t *condition = json_object_get(statement, "Condition");
    const char *operator;
    json_t *test;
    json_object_foreach(cfn__json_of(condition), operator, test) {
        const json_t *types = json_object_get(test, "ResourceType");
        if (types && !any_matches(types, type))
            return false;
    }
    return true;
}

static bool applies(const json_t *statement, const struct cfn__resource *resource,
                    const char *action) {
    struct cfn_text target = {0};
    cfn_text_printf(&target, "LogicalResourceId/%s", resource->id);
    bool yes = names(statement, "Action", action) && names(statement, "Resource", target.data) &&
               condition_holds(statement, resource->type);
    cfn_text_done(&target);
    return yes;
}

static const json_t *statement_at(const json_t *policy, size_t index) {
    const json_t *all = json_object_get(policy, "Statement");
    if (json_is_object(all))
        return index == 0 ? all : NULL;
    return json_array_get(all, index);
}

static bool is_allowed(const json_t *policy, const struct cfn__resource *resource,
                       const char *action, size_t *denier) {
    bool allowed = false;
    *denier = 0;
    const json_t *statement;
    for (size_t i = 0; (statement = statement_at(policy, i)); i++) {
        if (!applies(statement, resource, action))
            continue;
        *denier = i + 1;
        if (cfn_same(json_string_value(json_object_get(statement, "Effect")), "Deny"))
            return false;
        allowed = true;
    }
    return allowed;
}

char *cfn__policy_denies(const struct cfn__operation *operation,
                         const struct cfn__resource *resource, enum cfn__does does) {
    const char *text = operation->policy ? operation->policy : operation->stack->policy;
    json_t *policy = text ? json_loads(text, 0, NULL) : NULL;
    if (!policy)
        return NULL;
    const char *action = does == CFN__REPLACES  ? "Update:Replace"
                         : does == CFN__DELETES ? "Update:Delete"
                                                : "Update:Modify";
    size_t denier;
    struct cfn_text reason = {0};
    if (!is_allowed(policy, resource, action, &denier)) {
        if (denier)
            cfn_text_printf(&reason,
                            "Action denied by stack policy: Statement [#%zu] denies [%s] for "
                            "resource [LogicalResourceId/%s]",
                            denier, action, resource->id);
        else
            cfn_text_printf(&reason,
                            "Action denied by stack policy: No statement allows [%s] for resource "
                            "[LogicalResourceId/%s]",
                            action, resource->id);
    }
    json_decref(policy);
    return reason.data;
}
