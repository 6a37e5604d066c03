#include "checker.h"

#include <string.h>

enum { LONGEST_VALUE = 4096 };

static const char *const keys[] = {"AllowedPattern", "AllowedValues", "ConstraintDescription",
                                   "Default",        "Description",   "MaxLength",
                                   "MaxValue",       "MinLength",     "MinValue",
                                   "NoEcho",         "Type",          NULL};

/* One parameter while it is checked. shown is false when what it holds is secret. */
struct parameter {
    struct cfn__checker *checker;
    json_t *body;
    const char *type;
    const struct cfn_path *path;
    bool shown;
};

static const char *quoted(const struct parameter *p, const char *value) {
    return p->shown
               ? cfn_arena_text(&p->checker->arena, ", not '%s'", cfn__shown(p->checker, value))
               : "";
}

static bool is_list(const struct parameter *p) {
    return (cfn__parameter_gives(p->type) & CFN__GIVES_LIST) != 0;
}

/* Default and AllowedValues of a parameter whose value is looked up elsewhere name a place, not a
 * value. */
static bool is_plain(const struct parameter *p) {
    return !cfn_starts_with(p->type, "AWS::");
}

static bool is_number_type(const struct parameter *p) {
    return strcmp(p->type, "Number") == 0 || strcmp(p->type, "List<Number>") == 0;
}

/* A numeric attribute's value; false where it is absent, or no number. */
static bool bound(const struct parameter *p, const char *key, double *number) {
    char room[32];
    const char *text = cfn__scalar_text(json_object_get(p->body, key), room);
    return text && cfn__number_of(text, number);
}

static void check_bounds(const struct parameter *p) {
    static const char *const names[] = {"MaxLength", "MaxValue", "MinLength", "MinValue"};
    double number;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *value = json_object_get(p->body, names[i]);
        if (value && !json_is_null(value) && !bound(p, names[i], &number))
            cfn__tell(p->checker, "parameter.shape", &(struct cfn_path){p->path, names[i], 0},
                      "must be a number, not %s", cfn__described(p->checker, value));
    }
}

static void check_range(const struct parameter *p, const char *key, double number, const char *text,
                        const struct cfn_path *path) {
    struct cfn__checker *c = p->checker;
    double limit;
    bool least = cfn_starts_with(key, "Min");
    const char *noun = cfn_ends_with(key, "Length") ? "a length" : "a value";
    if (!bound(p, key, &limit) || (least ? number >= limit : number <= limit))
        return;
    cfn__tell(c, "parameter.default", path, "must have %s of at %s %s%s", noun,
              least ? "least" : "most", cfn__number_text(c, limit), quoted(p, text));
}

static bool is_allowed(json_t *allowed, const char *text) {
    char room[32];
    size_t index;
    json_t *value;
    json_array_foreach(allowed, index, value) {
        const char *one = cfn__scalar_text(value, room);
        if (!one || strcmp(one, text) == 0)
            return true;
    }
    return false;
}

static void check_text(const struct parameter *p, const char *text, const struct cfn_path *path) {
    struct cfn__checker *c = p->checker;
    double number;
    json_t *allowed = json_object_get(p->body, "AllowedValues");
    if (json_is_array(allowed) && !is_allowed(allowed, text))
        cfn__tell(c, "parameter.default", path, "must be one of the AllowedValues%s",
                  quoted(p, text));
    if (is_number_type(p) && !cfn__number_of(text, &number)) {
        cfn__tell(c, "parameter.default", path, "must be a number%s", quoted(p, text));
    } else if (is_number_type(p)) {
        check_range(p, "MinValue", number, text, path);
        check_range(p, "MaxValue", number, text, path);
    } else if (!is_list(p)) {
        check_range(p, "MinLength", (double)cfn_utf8_count(text), text, path);
        check_range(p, "MaxLength", (double)cfn_utf8_count(text), text, path);
    }
}

/* Items of a list lie between commas; blanks around them do not count. */
static void check_items(const struct parameter *p, const char *text, const struct cfn_path *path) {
    for (const char *end; *text; text = *end ? end + 1 : end) {
        text += strspn(text, " ");
        size_t size = strcspn(text, ",");
        end = text + size;
        while (size > 0 && text[size - 1] == ' ')
            size--;
        check_text(p, cfn_arena_copy(&p->checker->arena, text, size), path);
    }
}

/* An allowed value may itself be a list. */
static bool is_allowed_whole(const struct parameter *p, const char *text) {
    json_t *allowed = json_object_get(p->body, "AllowedValues");
    return json_is_array(allowed) && is_allowed(allowed, text);
}

static void check_pattern(const struct parameter *p, const char *text,
                          const struct cfn_path *path) {
    struct cfn__checker *c = p->checker;
    const char *pattern = json_string_value(json_object_get(p->body, "AllowedPattern"));
    if (pattern && !is_list(p) && !cfn__pattern_matches(c->patterns, pattern, text, true))
        cfn__tell(c, "parameter.default", path, "must match its AllowedPattern %s%s",
                  cfn__shown(c, pattern), quoted(p, text));
}

static void check_default(const struct parameter *p) {
    char room[32];
    json_t *value = json_object_get(p->body, "Default");
    const char *text = cfn__scalar_text(value, room);
    struct cfn_path path = {p->path, "Default", 0};
    if (!value || json_is_null(value))
        return;
    if (!text) {
        cfn__tell(p->checker, "parameter.default", &path, "must be a string, not %s",
                  cfn__described(p->checker, value));
    } else if (strlen(text) > LONGEST_VALUE) {
        cfn__tell(p->checker, "template.limit", &path, "must be at most %d bytes, not %zu",
                  LONGEST_VALUE, strlen(text));
    } else if (is_plain(p) && !cfn__is_dynamic(text)) {
        if (is_list(p) && !is_allowed_whole(p, text))
            check_items(p, text, &path);
        else if (!is_list(p))
            check_text(p, text, &path);
        check_pattern(p, text, &path);
    }
}

static void check_allowed_values(const struct parameter *p) {
    struct cfn__checker *c = p->checker;
    json_t *allowed = json_object_get(p->body, "AllowedValues");
    struct cfn_path path = {p->path, "AllowedValues", 0};
    if (!allowed || json_is_null(allowed))
        return;
    if (!json_is_array(allowed))
        cfn__tell(c, "parameter.shape", &path, "must be a list, not %s",
                  cfn__described(c, allowed));
    else if (json_array_size(allowed) == 0)
        cfn__tell(c, "parameter.shape", &path, "must have at least one value");
}

static void check_strings(const struct parameter *p) {
    static const char *const names[] = {"AllowedPattern", "ConstraintDescription", "Description"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *value = json_object_get(p->body, names[i]);
        if (json_is_object(value) || json_is_array(value))
            cfn__tell(p->checker, "parameter.shape", &(struct cfn_path){p->path, names[i], 0},
                      "must be a string, not %s", cfn__described(p->checker, value));
    }
}

static bool check_type(struct parameter *p) {
    struct cfn__checker *c = p->checker;
    json_t *type = json_object_get(p->body, "Type");
    struct cfn_path path = {p->path, "Type", 0};
    p->type = json_string_value(type);
    if (!type)
        cfn__tell(c, "parameter.type", p->path, "must have a Type, such as String");
    else if (!p->type)
        cfn__tell(c, "parameter.type", &path, "must be a string, not %s", cfn__described(c, type));
    else if (cfn__parameter_type_known(p->type))
        return true;
    else {
        cfn__tell(c, "parameter.type", &path,
                  "must be a parameter type, such as String or List<Number>, not '%s'",
                  cfn__shown(c, p->type));
        cfn__did_you_mean(c, cfn__near_parameter_type(p->type));
    }
    return false;
}

static bool is_true(json_t *value) {
    const char *text = json_string_value(value);
    return json_is_true(value) || (text && (text[0] == 't' || text[0] == 'T'));
}

static void check_parameter(struct cfn__checker *c, json_t *body, const struct cfn_path *path) {
    struct parameter p = {.checker = c, .body = body, .path = path};
    if (!json_is_object(body)) {
        cfn__tell(c, "parameter.shape", path, "must be an object with a Type, not %s",
                  cfn__described(c, body));
        return;
    }
    p.shown = !is_true(json_object_get(body, "NoEcho"));
    cfn__check_keys(c, body, keys, "parameter.attribute", "attribute", path);
    check_strings(&p);
    check_bounds(&p);
    check_allowed_values(&p);
    if (check_type(&p))
        check_default(&p);
}

void cfn__check_parameters(struct cfn__checker *c) {
    struct cfn_path section = {.key = "Parameters"};
    const char *name;
    json_t *body;
    json_object_foreach(c->parameters, name, body) {
        if (cfn_starts_with(name, "Fn::"))
            continue;
        struct cfn_path path = {&section, name, 0};
        cfn__check_id(c, name, &path);
        check_parameter(c, body, &path);
        if (json_object_get(c->resources, name))
            cfn__tell(c, "template.shape", &path,
                      "must not have the name of a resource: both answer to Ref");
    }
}
