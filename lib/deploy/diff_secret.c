/* What must not be shown: passwords, tokens and the like that are written out. What only says where
 * a secret lies (a reference, a dynamic reference, an ARN's property) may be seen. */
#include "cfn/checker.h"
#include "diff.h"

#include <string.h>

/* The names of properties are ASCII. */
static bool contains(const char *text, const char *word) {
    size_t size = strlen(word);
    for (; *text; text++) {
        size_t i = 0;
        while (i < size && text[i] && (text[i] | 0x20) == (word[i] | 0x20))
            i++;
        if (i == size)
            return true;
    }
    return false;
}

static bool is_address(const char *name) {
    static const char *const ends[] = {"Arn", "ARN", "Id", "ID", "Name", "Type", "Policy"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (cfn_ends_with(name, ends[i]))
            return true;
    return false;
}

bool cfn__is_hidden_name(const char *name) {
    static const char *const words[] = {"password", "passphrase", "passwd",     "secret",
                                        "token",    "credential", "privatekey", "private_key",
                                        "authkey",  "auth_key",   "apikey",     "api_key"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (contains(name, words[i]))
            return !is_address(name);
    return false;
}

bool cfn__is_hidden_member(const json_t *object, const char *key) {
    static const char *const names[] = {"Key", "Name", "ParameterName", "ParameterKey"};
    if (cfn__is_hidden_name(key))
        return true;
    if (strcmp(key, "Value") != 0 && strcmp(key, "ParameterValue") != 0)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *name = json_string_value(json_object_get(object, names[i]));
        if (name && cfn__is_hidden_name(name))
            return true;
    }
    return false;
}

/* A password inside a text, as connections are written. */
static bool tells(const char *text) {
    return contains(text, "password=") || contains(text, "password\"") ||
           contains(text, "secret=") || contains(text, "pwd=");
}

static bool hides(const char *text, bool hidden) {
    return (hidden || tells(text)) && *text && !cfn__is_dynamic(text);
}

/* A reference says where something is, not what. */
static bool is_reference(json_t *value) {
    struct cfn__call call;
    return cfn__call_of(value, &call) &&
           (cfn__call_is(&call, "Ref") || cfn__call_is(&call, "Fn::GetAtt") ||
            cfn__call_is(&call, "Fn::ImportValue"));
}

/* Deeper than any template: then it is hidden rather than looked at. */
enum { MOST_DEPTH = 200 };

static bool has_hidden(json_t *value, bool hidden, unsigned depth) {
    const char *key;
    size_t index;
    json_t *member;
    if (json_is_string(value))
        return hides(json_string_value(value), hidden);
    if (is_reference(value))
        return false;
    if (depth > MOST_DEPTH)
        return true;
    json_array_foreach(value, index, member) {
        if (has_hidden(member, hidden, depth + 1))
            return true;
    }
    json_object_foreach(value, key, member) {
        if (has_hidden(member, hidden || cfn__is_hidden_member(value, key), depth + 1))
            return true;
    }
    return false;
}

static json_t *without_hidden(json_t *value, bool hidden, unsigned depth) {
    const char *key;
    size_t index;
    json_t *member;
    if (json_is_string(value) ? hides(json_string_value(value), hidden) : depth > MOST_DEPTH)
        return json_string("****");
    if (is_reference(value) || (!json_is_object(value) && !json_is_array(value)))
        return json_incref(value);
    json_t *copy = json_is_array(value) ? json_array() : json_object();
    json_array_foreach(value, index, member) {
        json_array_append_new(copy, without_hidden(member, hidden, depth + 1));
    }
    json_object_foreach(value, key, member) {
        bool inside = hidden || cfn__is_hidden_member(value, key);
        json_object_set_new(copy, key, without_hidden(member, inside, depth + 1));
    }
    return copy;
}

const json_t *cfn__shown_value(struct cfn_diff *diff, const json_t *value, bool hidden) {
    json_t *open = cfn__open(value);
    return open && has_hidden(open, hidden, 0)
               ? cfn__diff_own(diff, without_hidden(open, hidden, 0))
               : value;
}
