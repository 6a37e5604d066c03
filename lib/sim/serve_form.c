/* Forms of the Query protocol as JSON: "Tags.member.1.Key=a" is {"Tags": [{"Key": "a"}]}. */
#include "serve.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 16, MOST_PAIRS = 20000, MOST_ITEMS = 10000 };

/* --- percent-encoding --- */

static int digit_of(char c) {
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)((at - digits) & 15) : -1;
}

bool cfn__is_text(const char *text) {
    size_t left = strlen(text);
    for (size_t size; left > 0; text += size, left -= size) {
        size = cfn_utf8_length(text, left);
        if (size == 0)
            return false;
    }
    return true;
}

char *cfn__url_plain(struct cfn_arena *arena, const char *text, size_t size, bool plus) {
    char *plain = cfn_arena_take(arena, size + 1), *to = plain;
    for (size_t i = 0; i < size; i++) {
        int byte = (unsigned char)text[i];
        if (byte == '%') {
            int high = i + 2 < size ? digit_of(text[i + 1]) : -1,
                low = i + 2 < size ? digit_of(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return NULL;
            byte = high * 16 + low;
            i += 2;
        } else if (byte == '+' && plus)
            byte = ' ';
        if (byte == 0)
            return NULL;
        *to++ = (char)byte;
    }
    return cfn__is_text(plain) ? plain : NULL;
}

const char *cfn__query_value(struct cfn_arena *arena, const char *query, const char *name) {
    for (size_t size; *query; query += size + (query[size] == '&')) {
        size = strcspn(query, "&");
        size_t key = strcspn(query, "=&");
        const char *plain = cfn__url_plain(arena, query, key, true);
        if (plain && strcmp(plain, name) == 0)
            return key < size ? cfn__url_plain(arena, query + key + 1, size - key - 1, true) : "";
    }
    return NULL;
}

/* --- the tree --- */

/* Puts a value at a path of names; false: something else is there, or the path is none. */
static bool put(json_t *object, const char *path, const char *value) {
    for (size_t depth = 0; depth < DEEPEST; depth++) {
        size_t size = strcspn(path, ".");
        if (size == 0)
            return false;
        json_t *there = json_object_getn(object, path, size);
        if (!path[size])
            return !there && json_object_setn_new(object, path, size, json_string(value)) == 0;
        if (!there) {
            there = json_object();
            if (json_object_setn_new(object, path, size, there) != 0)
                return false; /* no valid text */
        }
        if (!json_is_object(there))
            return false;
        object = there;
        path += size + 1;
    }
    return false;
}

struct item {
    unsigned long number;
    json_t *value;
};

static int by_number(const void *a, const void *b) {
    const struct item *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static bool is_numbered(json_t *object) {
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) {
        if (!*name || name[strspn(name, "0123456789")] || strlen(name) > 9)
            return false;
    }
    return json_object_size(object) > 0 && json_object_size(object) <= MOST_ITEMS;
}

/* Numbers may have gaps; only their order counts. */
static json_t *list_of(json_t *object) {
    size_t count = 0;
    struct item *items = cfn__alloc(json_object_size(object) * sizeof *items);
    const char *name;
    json_t *value, *list = json_array();
    json_object_foreach(object, name, value) items[count++] =
        (struct item){strtoul(name, NULL, 10), value};
    qsort(items, count, sizeof *items, by_number);
    for (size_t i = 0; i < count; i++)
        json_array_append(list, items[i].value);
    free(items);
    return list;
}

/* Entries of key and value as an object; NULL: they are something else. */
static json_t *map_of(const json_t *entries) {
    json_t *map = json_object();
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        const char *key = json_string_value(json_object_get(entry, "key"));
        json_t *value = json_object_get(entry, "value");
        if (key && value)
            json_object_set(map, key, value);
    }
    if (json_object_size(map) == json_array_size(entries))
        return map;
    json_decref(map);
    return NULL;
}

/* --- what the tree means --- */

struct dialect {
    const struct cfn__service *service;
    const char *members; /* of CloudFormation's action, as in validate.c; or NULL */
};

/* An empty value clears a list. */
static bool is_list(const struct dialect *dialect, const char *name) {
    const char *at = dialect->members;
    size_t size = strlen(name);
    while (size > 0 && at && (at = strstr(at, name))) {
        bool begins = at == dialect->members || strchr(" *{", at[-1]);
        if (begins && strncmp(at + size, ":[", 2) == 0)
            return true;
        at += size;
    }
    return false;
}

/* The one member of an object that stands for a list. */
static json_t *inner_list(const struct dialect *dialect, json_t *object) {
    void *first = json_object_iter(object);
    if (json_object_size(object) != 1 || dialect->service->protocol == CFN__EC2)
        return NULL;
    json_t *inner = json_object_iter_value(first);
    if (!json_is_array(inner))
        return NULL;
    json_t *map = strcmp(json_object_iter_key(first), "entry") == 0 ? map_of(inner) : NULL;
    return map ? map : json_incref(inner);
}

static json_t *settle(const struct dialect *dialect, const char *name, json_t *value);

/* EC2 calls a list by its singular. */
static void put_settled(const struct dialect *dialect, json_t *object, const char *name,
                        json_t *value) {
    size_t size = strlen(name);
    if (dialect->service->protocol != CFN__EC2 || !json_is_array(value) ||
        cfn_ends_with(name, "s")) {
        json_object_set_new(object, name, value);
        return;
    }
    struct cfn_text plural = {0};
    bool y = size > 1 && name[size - 1] == 'y' && !strchr("aeiou", name[size - 2]);
    cfn_text_write(&plural, name, size - y);
    cfn_text_put(&plural, y ? "ies" : "s");
    json_object_set_new(object, plural.data, value);
    cfn_text_done(&plural);
}

static json_t *settle_object(const struct dialect *dialect, json_t *object) {
    json_t *settled = json_object(), *value;
    const char *name;
    json_object_foreach(object, name, value)
        put_settled(dialect, settled, name, settle(dialect, name, value));
    json_t *list = is_numbered(settled) ? list_of(settled) : inner_list(dialect, settled);
    if (list) {
        json_decref(settled);
        return list;
    }
    return settled;
}

static json_t *settle(const struct dialect *dialect, const char *name, json_t *value) {
    if (json_is_object(value))
        return settle_object(dialect, value);
    if (!*json_string_value(value) && is_list(dialect, name))
        return json_array();
    return json_incref(value);
}

static bool put_pair(json_t *tree, const char *pair, size_t size, struct cfn_arena *arena) {
    const char *sign = memchr(pair, '=', size);
    size_t name_size = sign ? (size_t)(sign - pair) : size;
    const char *name = cfn__url_plain(arena, pair, name_size, true);
    const char *value = sign ? cfn__url_plain(arena, sign + 1, size - name_size - 1, true) : "";
    return name && value && put(tree, name, value);
}

/* Not the service's but the protocol's, or of a signature in the URL. */
static bool is_common(const char *pair) {
    return cfn_starts_with(pair, "Action=") || cfn_starts_with(pair, "Version=") ||
           cfn_starts_with(pair, "X-Amz-");
}

json_t *cfn__form_read(const char *form, const struct cfn__service *service, const char *action,
                       struct cfn_arena *arena) {
    json_t *tree = json_object();
    size_t pairs = 0;
    for (size_t size; *form; form += size + (form[size] == '&')) {
        size = strcspn(form, "&");
        if (size == 0 || is_common(form))
            continue;
        if (++pairs > MOST_PAIRS || !put_pair(tree, form, size, arena)) {
            json_decref(tree);
            return NULL;
        }
    }
    bool stacks = strcmp(service->signing, "cloudformation") == 0;
    const struct dialect dialect = {service, stacks ? cfn__serve_members(action) : NULL};
    json_t *input = json_object(), *value;
    const char *name;
    json_object_foreach(tree, name, value)
        put_settled(&dialect, input, name, settle(&dialect, name, value));
    json_decref(tree);
    return input;
}
