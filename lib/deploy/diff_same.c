/* Whether two values of a template are the same to CloudFormation. */
#include "cfn/checker.h"
#include "diff.h"

#include <math.h>
#include <string.h>

static bool same_number(const json_t *before, const json_t *after) {
    if (json_is_integer(before) && json_is_integer(after))
        return json_integer_value(before) == json_integer_value(after);
    return !islessgreater(json_number_value(before), json_number_value(after));
}

/* "A.B" and ["A", "B"] are the same attribute. */
static bool same_attribute(json_t *before, json_t *after) {
    struct cfn__attribute a, b;
    return cfn__attribute_of(before, &a) && cfn__attribute_of(after, &b) && a.size == b.size &&
           memcmp(a.resource, b.resource, a.size) == 0 && strcmp(a.attribute, b.attribute) == 0;
}

static bool same_object(json_t *before, json_t *after) {
    const char *key;
    json_t *value;
    if (json_object_size(before) != json_object_size(after))
        return false;
    json_t *att = json_object_get(before, "Fn::GetAtt");
    if (att && json_object_size(before) == 1 &&
        same_attribute(att, json_object_get(after, "Fn::GetAtt")))
        return true;
    json_object_foreach(before, key, value) {
        json_t *other = json_object_get(after, key);
        if (!other || !cfn__same_value(value, other, false))
            return false;
    }
    return true;
}

static bool same_list(json_t *before, json_t *after) {
    size_t index;
    json_t *value;
    if (json_array_size(before) != json_array_size(after))
        return false;
    json_array_foreach(before, index, value) {
        if (!cfn__same_value(value, json_array_get(after, index), false))
            return false;
    }
    return true;
}

bool cfn__same_value(json_t *before, json_t *after, bool loose) {
    char room[2][32];
    if (before == after)
        return true;
    if (!before || !after)
        return false;
    if (json_is_object(before) && json_is_object(after))
        return same_object(before, after);
    if (json_is_array(before) && json_is_array(after))
        return same_list(before, after);
    if (json_is_number(before) && json_is_number(after))
        return same_number(before, after);
    if (!loose)
        return json_equal(before, after);
    const char *a = cfn__scalar_text(before, room[0]), *b = cfn__scalar_text(after, room[1]);
    return a && b && strcmp(a, b) == 0;
}
