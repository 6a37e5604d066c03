/*
 * Input against what an action takes. Its members are written as in "*StackName:s Tags:[{*Key:s
 * *Value:s}]": a star for those that must be there, then s a text, b a truth value, i a whole
 * number, m a map, e(A|B) one of some words, [..] a list, {..} an object.
 */
#include "sim.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct place {
    struct cfn__request *request;
    const struct place *parent;
    const char *name;
    size_t size;
    size_t index; /* of a list, from 1; 0: a member */
};

static void put_place(struct cfn_text *text, const struct place *place) {
    if (place->parent && place->parent->name) {
        put_place(text, place->parent);
        cfn_text_put(text, ".");
    }
    if (place->index) {
        cfn_text_printf(text, "%zu.member", place->index);
        return;
    }
    char first = (char)tolower((unsigned char)place->name[0]);
    cfn_text_write(text, &first, 1);
    cfn_text_write(text, place->name + 1, place->size - 1);
}

static bool wrong(const struct place *place, const char *value, const char *constraint) {
    struct cfn_text at = {0};
    put_place(&at, place);
    const char *quote = value ? "'" : "";
    cfn__sim_invalid(
        place->request,
        "1 validation error detected: Value %s%s%s at '%s' failed to satisfy constraint: "
        "%s",
        quote, value ? value : "null", quote, at.data, constraint);
    cfn_text_done(&at);
    return false;
}

/* Where a type's text ends. */
static const char *type_end(const char *type) {
    int depth = 0;
    for (; *type; type++) {
        depth += *type == '{' || *type == '[' || *type == '(';
        if ((*type == '}' || *type == ']' || *type == ')') && depth-- == 0)
            return type;
        if (*type == ' ' && depth == 0)
            return type;
    }
    return type;
}

static bool check_value(const struct place *place, const json_t *value, const char *type);

struct member {
    const char *name, *type;
    size_t size;
    bool required;
};

/* The next member of a row; false at its end. */
static bool next_member(const char **at, struct member *member) {
    const char *c = *at;
    while (*c == ' ')
        c++;
    if (!*c || *c == '}')
        return false;
    member->required = *c == '*';
    member->name = c + member->required;
    member->size = strcspn(member->name, ":");
    member->type = member->name + member->size + 1;
    *at = type_end(member->type);
    return true;
}

static bool find_member(const char *members, const char *name, struct member *member) {
    while (next_member(&members, member))
        if (strlen(name) == member->size && memcmp(name, member->name, member->size) == 0)
            return true;
    return false;
}

static bool check_required(const struct place *place, const json_t *value, const char *members) {
    struct member member;
    while (next_member(&members, &member)) {
        const json_t *given =
            member.required ? json_object_getn(value, member.name, member.size) : NULL;
        struct place inner = {place->request, place, member.name, member.size, 0};
        if (member.required && (!given || json_is_null(given)))
            return wrong(&inner, NULL, "Member must not be null");
    }
    return true;
}

static bool check_object(const struct place *place, const json_t *value, const char *members) {
    const char *name;
    json_t *item;
    if (!json_is_object(value))
        return wrong(place, NULL, "Member must be a structure");
    if (!check_required(place, value, members))
        return false;
    json_object_foreach(cfn__json_of(value), name, item) {
        struct member member;
        if (!find_member(members, name, &member)) {
            cfn__sim_invalid(place->request, "Unrecognized member: %s", name);
            return false;
        }
        struct place inner = {place->request, place, member.name, member.size, 0};
        if (!json_is_null(item) && !check_value(&inner, item, member.type))
            return false;
    }
    return true;
}

static bool check_list(const struct place *place, const json_t *value, const char *type) {
    if (!json_is_array(value))
        return wrong(place, NULL, "Member must be a list");
    size_t index;
    json_t *item;
    json_array_foreach(cfn__json_of(value), index, item) {
        struct place inner = {place->request, place, place->name, place->size, index + 1};
        if (!check_value(&inner, item, type))
            return false;
    }
    return true;
}

static bool check_word(const struct place *place, const json_t *value, const char *words) {
    const char *text = json_string_value(value);
    size_t size = text ? strlen(text) : 0;
    for (const char *word = words; text && *word != ')';) {
        size_t length = strcspn(word, "|)");
        if (length == size && memcmp(word, text, size) == 0)
            return true;
        word += length + (word[length] == '|');
    }
    struct cfn_text constraint = {0};
    cfn_text_put(&constraint, "Member must satisfy enum value set: [");
    for (const char *c = words; *c && *c != ')'; c++)
        cfn_text_write(&constraint, *c == '|' ? ", " : c, *c == '|' ? 2 : 1);
    cfn_text_put(&constraint, "]");
    wrong(place, text ? text : "", constraint.data);
    cfn_text_done(&constraint);
    return false;
}

static bool is_whole(const json_t *value) {
    const char *text = json_string_value(value);
    return json_is_integer(value) || (text && *text && !text[strspn(text, "0123456789")]);
}

static bool check_value(const struct place *place, const json_t *value, const char *type) {
    const char *text = json_string_value(value);
    switch (*type) {
    case '[':
        return check_list(place, value, type + 1);
    case '{':
        return check_object(place, value, type + 1);
    case 'e':
        return check_word(place, value, type + 2);
    case 'm':
        return json_is_object(value) || wrong(place, NULL, "Member must be a map");
    case 'b':
        return json_is_boolean(value) || cfn_same(text, "true") || cfn_same(text, "false") ||
               wrong(place, text ? text : "", "Member must be a boolean");
    case 'i':
        return is_whole(value) || wrong(place, text ? text : "", "Member must be an integer");
    default:
        return text || wrong(place, NULL, "Member must be a string");
    }
}

bool cfn__validate(struct cfn__request *request, const char *members) {
    struct place top = {.request = request};
    return check_object(&top, request->input, members);
}
