/* Which item of a list was which: by what names it, by being the same, or by its place among those
 * that are the same. */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_COMPARED = 250000 };

/* Members that name an item among others, the most telling first. */
static const char *const keys[] = {"Key",
                                   "Sid",
                                   "Id",
                                   "ID",
                                   "Name",
                                   "PolicyName",
                                   "ParameterKey",
                                   "ParameterName",
                                   "AttributeName",
                                   "IndexName",
                                   "RuleName",
                                   "DeviceName",
                                   "Classification",
                                   "OptionName",
                                   "Rule",
                                   "CidrIp",
                                   "CidrIpv6",
                                   NULL};

bool cfn__is_set_name(const char *name) {
    static const char *const names[] = {"Statement",
                                        "SecurityGroupIngress",
                                        "SecurityGroupEgress",
                                        "Policies",
                                        "Action",
                                        "NotAction",
                                        "Resource",
                                        "NotResource",
                                        "AWS",
                                        "Service",
                                        "DependsOn",
                                        "ManagedPolicyArns",
                                        "SecurityGroupIds",
                                        "VpcSecurityGroupIds",
                                        "VPCSecurityGroups",
                                        NULL};
    size_t size = name ? strlen(name) : 0;
    if (size >= 4 && strcmp(name + size - 4, "Tags") == 0)
        return true;
    for (size_t i = 0; names[i]; i++)
        if (cfn_same(names[i], name))
            return true;
    return false;
}

static size_t find_key(json_t *list, const char *key, json_t *value, size_t from) {
    for (size_t i = from; i < json_array_size(list); i++)
        if (cfn__same_value(json_object_get(json_array_get(list, i), key), value, false))
            return i;
    return CFN__NOWHERE;
}

/* Every item has it, and none twice. */
static bool names_items(json_t *list, const char *key) {
    size_t index;
    json_t *item;
    json_array_foreach(list, index, item) {
        json_t *value = json_object_get(item, key);
        if (!value || find_key(list, key, value, index + 1) != CFN__NOWHERE)
            return false;
    }
    return true;
}

static const char *key_of(json_t *before, json_t *after) {
    if (json_array_size(before) * json_array_size(after) > MOST_COMPARED)
        return NULL;
    for (const char *const *key = keys; *key; key++)
        if (names_items(before, *key) && names_items(after, *key))
            return *key;
    return NULL;
}

static void pair(struct cfn__pairs *pairs, size_t before, size_t after) {
    *CFN_PUSH(&pairs->all) = (struct cfn__pair){before, after};
}

/* Where each item of before stands after, and the reverse. */
struct matches {
    size_t *after_of, *before_of;
    size_t before, after; /* how many there are */
};

static void match(struct matches *m, size_t before, size_t after) {
    m->after_of[before] = after;
    m->before_of[after] = before;
}

static void match_by_key(struct matches *m, const char *key, json_t *before, json_t *after) {
    for (size_t i = 0; i < m->before; i++) {
        json_t *value = json_object_get(json_array_get(before, i), key);
        size_t found = find_key(after, key, value, 0);
        if (found != CFN__NOWHERE)
            match(m, i, found);
    }
}

static void match_same(struct matches *m, json_t *before, json_t *after) {
    for (size_t i = 0; i < m->before; i++)
        for (size_t j = 0; j < m->after && m->after_of[i] == CFN__NOWHERE; j++)
            if (m->before_of[j] == CFN__NOWHERE &&
                cfn__same_value(json_array_get(before, i), json_array_get(after, j), false))
                match(m, i, j);
}

/* The longest common subsequence of what lies between `first` and the ends. */
static void match_in_order(struct matches *m, json_t *before, json_t *after, size_t first,
                           size_t rows, size_t columns) {
    size_t width = columns + 1;
    unsigned *best = cfn__alloc((rows + 1) * width * sizeof *best);
    for (size_t i = rows; i-- > 0;)
        for (size_t j = columns; j-- > 0;) {
            unsigned down = best[(i + 1) * width + j], right = best[i * width + j + 1];
            bool same = cfn__same_value(json_array_get(before, first + i),
                                        json_array_get(after, first + j), false);
            best[i * width + j] = same           ? best[(i + 1) * width + j + 1] + 1
                                  : down > right ? down
                                                 : right;
        }
    for (size_t i = 0, j = 0; i < rows && j < columns;) {
        if (cfn__same_value(json_array_get(before, first + i), json_array_get(after, first + j),
                            false))
            match(m, first + i++, first + j++);
        else if (best[(i + 1) * width + j] >= best[i * width + j + 1])
            i++;
        else
            j++;
    }
    free(best);
}

static void match_by_order(struct matches *m, json_t *before, json_t *after) {
    size_t first = 0, rows = m->before, columns = m->after;
    while (first < rows && first < columns &&
           cfn__same_value(json_array_get(before, first), json_array_get(after, first), false)) {
        match(m, first, first);
        first++;
    }
    while (rows > first && columns > first &&
           cfn__same_value(json_array_get(before, rows - 1), json_array_get(after, columns - 1),
                           false))
        match(m, --rows, --columns);
    if ((rows - first) * (columns - first) <= MOST_COMPARED)
        match_in_order(m, before, after, first, rows - first, columns - first);
}

static size_t next_free(const size_t *of, size_t count, size_t from) {
    while (from < count && of[from] != CFN__NOWHERE)
        from++;
    return from;
}

/* What is left of a set became what is left of the other, one by one. */
static void match_rest(struct matches *m) {
    size_t i = next_free(m->after_of, m->before, 0), j = next_free(m->before_of, m->after, 0);
    while (i < m->before && j < m->after) {
        match(m, i, j);
        i = next_free(m->after_of, m->before, i);
        j = next_free(m->before_of, m->after, j);
    }
}

/* Of a list: between two that are the same, one by one. */
static void match_gaps(struct matches *m) {
    size_t i = 0, j = 0;
    while (i < m->before && j < m->after) {
        if (m->after_of[i] == CFN__NOWHERE && m->before_of[j] == CFN__NOWHERE)
            match(m, i, j);
        if (m->after_of[i] == j) {
            i++;
            j++;
        } else if (m->after_of[i] == CFN__NOWHERE) {
            i++;
        } else {
            j++;
        }
    }
}

static void write_pairs(struct cfn__pairs *pairs, const struct matches *m) {
    size_t last = 0;
    bool any = false;
    for (size_t j = 0; j < m->after; j++) {
        size_t before = m->before_of[j];
        pair(pairs, before, j);
        if (before == CFN__NOWHERE)
            continue;
        pairs->moved |= any && before < last;
        last = before;
        any = true;
    }
    for (size_t i = 0; i < m->before; i++)
        if (m->after_of[i] == CFN__NOWHERE)
            pair(pairs, i, CFN__NOWHERE);
}

void cfn__pair_items(struct cfn__pairs *pairs, json_t *before, json_t *after, bool is_set) {
    struct matches m = {.before = json_array_size(before), .after = json_array_size(after)};
    size_t *room = cfn__alloc((m.before + m.after + 1) * sizeof *room);
    for (size_t i = 0; i < m.before + m.after; i++)
        room[i] = CFN__NOWHERE;
    m.after_of = room;
    m.before_of = room + m.before;
    const char *key = key_of(before, after);
    if (key) {
        match_by_key(&m, key, before, after);
    } else if (is_set && m.before * m.after <= MOST_COMPARED) {
        match_same(&m, before, after);
        match_rest(&m);
    } else {
        match_by_order(&m, before, after);
        match_gaps(&m);
    }
    write_pairs(pairs, &m);
    free(room);
}
