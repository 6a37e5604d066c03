/* JSON: jansson reads it; positions are found by scanning the text again, only for mistakes. */
#include "checker.h"
#include "read.h"

#include <stdlib.h>
#include <string.h>

struct cfn_place cfn__place_at(const char *name, const char *text, size_t size, size_t offset) {
    struct cfn_place place = {name, 1, 1};
    for (size_t i = 0; i < offset && i < size; i++) {
        if (text[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

/* A place in JSON that may be broken further on: nothing here reads past the end. */
struct scan {
    const char *text;
    size_t size, at;
};

static char peek(const struct scan *s) {
    return s->at < s->size ? s->text[s->at] : '\0';
}

/* Blanks, and the commas and colons between values. */
static void skip_between(struct scan *s) {
    while (s->at < s->size && strchr(" \t\r\n,:", s->text[s->at]))
        s->at++;
}

static void skip_string(struct scan *s) {
    for (s->at++; s->at < s->size && s->text[s->at] != '"'; s->at++)
        s->at += s->text[s->at] == '\\';
    s->at++;
}

static void skip_value(struct scan *s) {
    size_t depth = 0;
    do {
        skip_between(s);
        char c = peek(s);
        depth += c == '{' || c == '[';
        if (c == '"')
            skip_string(s);
        else if (c == '{' || c == '[' || depth == 0)
            s->at++;
        else if (c == '}' || c == ']')
            depth--, s->at++;
        else
            s->at++;
        while (depth == 0 && s->at < s->size && !strchr(" \t\r\n,:]}", peek(s)))
            s->at++;
    } while (depth > 0 && s->at < s->size);
}

/* A key's text without its quotes; escapes are resolved. The caller frees it. */
static char *key_text(const struct scan *s, size_t start, size_t end) {
    end = end > s->size ? s->size : end;
    json_t *string = json_loadb(s->text + start, end - start, JSON_DECODE_ANY, NULL);
    char *text = cfn__copy(json_is_string(string) ? json_string_value(string) : "");
    json_decref(string);
    return text;
}

static bool is_key(const struct scan *s, size_t start, size_t end, const char *key) {
    char *text = key_text(s, start, end);
    bool same = strcmp(text, key) == 0;
    free(text);
    return same;
}

/* From an object's brace to the value of a key; *at becomes the key's own place. False when there
 * is no such key. */
static bool enter_key(struct scan *s, const char *key, size_t *at) {
    s->at++;
    for (skip_between(s); peek(s) == '"'; skip_between(s)) {
        size_t start = s->at;
        skip_string(s);
        bool found = is_key(s, start, s->at, key);
        skip_between(s);
        if (found) {
            *at = start;
            return true;
        }
        skip_value(s);
    }
    return false;
}

static bool enter_item(struct scan *s, size_t index, size_t *at) {
    s->at++;
    for (skip_between(s); s->at < s->size && peek(s) != ']'; skip_between(s)) {
        if (index-- == 0) {
            *at = s->at;
            return true;
        }
        skip_value(s);
    }
    return false;
}

struct cfn_place cfn__json_place(const char *name, const char *text, size_t size,
                                 const struct cfn_path *path) {
    const struct cfn_path *steps[CFN__MOST_STEPS];
    size_t count = cfn__path_steps(path, steps, CFN__MOST_STEPS), at;
    struct scan s = {text, size, 0};
    skip_between(&s);
    at = s.at;
    for (size_t i = 0; i < count; i++) {
        bool found = steps[i]->key ? peek(&s) == '{' && enter_key(&s, steps[i]->key, &at)
                                   : peek(&s) == '[' && enter_item(&s, steps[i]->index, &at);
        if (!found)
            break;
    }
    return cfn__place_at(name, text, size, at);
}

/* The members of one object while a repeated key is looked for. */
struct repeated {
    size_t first, second; /* offsets of the keys */
};

/* Whether key `second` of the object at s stands in it twice; first becomes the other's offset. */
static bool find_first(struct scan s, struct repeated *keys) {
    struct scan second = s;
    second.at = keys->second;
    skip_string(&second);
    char *key = key_text(&s, keys->second, second.at);
    bool found = enter_key(&s, key, &keys->first) && keys->first < keys->second;
    free(key);
    return found;
}

/* Goes down to the object that ends a key at `end`: values that end before it are passed over. */
static bool find_repeated(struct scan *s, size_t end, struct repeated *keys) {
    struct scan object = *s;
    skip_between(s);
    while (s->at < end) {
        size_t start = s->at;
        struct scan next = *s;
        skip_value(&next);
        if (next.at == end && peek(s) == '"') {
            keys->second = start;
            return find_first(object, keys);
        }
        if (next.at <= end) {
            *s = next;
        } else {
            object = *s;
            s->at++;
        }
        skip_between(s);
    }
    return false;
}

static int tell_duplicate(const char *name, const char *text, size_t size, size_t end,
                          struct cfn_diags *diags) {
    struct scan s = {text, size, 0};
    struct repeated keys = {0};
    if (!find_repeated(&s, end, &keys))
        return 0;
    struct cfn_place first = cfn__place_at(name, text, size, keys.first);
    s.at = keys.second;
    skip_string(&s);
    char *key = key_text(&s, keys.second, s.at);
    int result = cfn_fail(diags, "template.duplicate", cfn__place_at(name, text, size, keys.second),
                          NULL, "must be given once, first on line %d: '%.80s'", first.line, key);
    free(key);
    return result;
}

json_t *cfn__json_load(const char *name, const char *text, size_t size, struct cfn_diags *diags) {
    json_error_t error;
    json_t *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (value)
        return value;
    if (json_error_code(&error) == json_error_duplicate_key && error.position > 0 &&
        tell_duplicate(name, text, size, (size_t)error.position, diags))
        return NULL;
    for (char *c = error.text; *c; c++)
        *c = (unsigned char)*c < ' ' ? ' ' : *c;
    struct cfn_place place = {name, error.line > 0 ? error.line : 1,
                              error.column > 0 ? error.column : 0};
    cfn_fail(diags, "template.syntax", place, NULL, "must be well-formed JSON: %s", error.text);
    return NULL;
}
