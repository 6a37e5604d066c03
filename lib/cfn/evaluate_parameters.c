/* Parameters: what is given or the default, checked against the declaration; refused with
 * CloudFormation's own words. */
#include "evaluate.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_VALUE = 4096 };

struct parameter {
    struct cfn__run *run;
    struct cfn__patterns **patterns; /* made when first needed */
    const char *name, *type;
    json_t *body;
    const struct cfn_path *path;
};

static const char value_of[] = "AWS::SSM::Parameter::Value<";

/* Returns -1. what: how the value should be; the declaration may say it in its own words. */
static int fail(const struct parameter *p, const char *what) {
    const char *own = json_string_value(json_object_get(p->body, "ConstraintDescription"));
    if (own)
        cfn__evaluation_refuse(p->run, "parameter.value", p->path,
                               "Parameter %s failed to satisfy constraint: %s", p->name, own);
    else
        cfn__evaluation_refuse(p->run, "parameter.value", p->path, "Parameter '%s' %s", p->name,
                               what);
    return -1;
}

static bool is_list(const struct parameter *p) {
    return (cfn__parameter_gives(p->type) & CFN__GIVES_LIST) != 0;
}

static bool is_number(const struct parameter *p) {
    return strcmp(p->type, "Number") == 0 || strcmp(p->type, "List<Number>") == 0;
}

static bool is_allowed(const struct parameter *p, const char *text) {
    json_t *allowed = json_object_get(p->body, "AllowedValues"), *value;
    size_t index;
    json_array_foreach(allowed, index, value) {
        char room[32];
        const char *one = cfn__scalar_text(value, room);
        if (one && strcmp(one, text) == 0)
            return true;
    }
    return !json_is_array(allowed);
}

/* The bound's own text, or NULL where value keeps to it. */
static const char *broken_bound(const struct parameter *p, const char *key, double value,
                                char *room) {
    const char *text = cfn__scalar_text(json_object_get(p->body, key), room);
    double bound;
    if (!text || !cfn__number_of(text, &bound))
        return NULL;
    bool least = cfn_starts_with(key, "Min");
    return (least ? value < bound : value > bound) ? text : NULL;
}

static int check_bound(const struct parameter *p, const char *key, double value,
                       const char *format) {
    char room[32];
    const char *bound = broken_bound(p, key, value, room);
    if (!bound)
        return 0;
    struct cfn_text text = {0};
    cfn_text_printf(&text, "%s %s%s", format, bound,
                    cfn_ends_with(key, "Length") ? " characters" : "");
    fail(p, text.data);
    cfn_text_done(&text);
    return -1;
}

static int check_number(const struct parameter *p, const char *text) {
    double number;
    if (!cfn__number_of(text, &number))
        return fail(p, "must be a number");
    if (check_bound(p, "MinValue", number, "must be a number not less than") < 0)
        return -1;
    return check_bound(p, "MaxValue", number, "must be a number not greater than");
}

static int check_length(const struct parameter *p, const char *text) {
    double length = (double)cfn_utf8_count(text);
    if (check_bound(p, "MinLength", length, "must contain at least") < 0)
        return -1;
    return check_bound(p, "MaxLength", length, "must contain at most");
}

static int check_pattern(const struct parameter *p, const char *text) {
    const char *pattern = json_string_value(json_object_get(p->body, "AllowedPattern"));
    if (!pattern)
        return 0;
    if (!*p->patterns)
        *p->patterns = cfn__patterns_new();
    if (cfn__pattern_matches(*p->patterns, pattern, text, true))
        return 0;
    struct cfn_text what = {0};
    cfn_text_printf(&what, "must match pattern %s", pattern);
    fail(p, what.data);
    cfn_text_done(&what);
    return -1;
}

/* What must be something that is there in AWS cannot be without a name. */
static int check_there(const struct parameter *p, const char *text) {
    if (*text || !strstr(p->type, "AWS::EC2::"))
        return 0;
    cfn__evaluation_refuse(
        p->run, "parameter.value", p->path,
        "Parameter validation failed: parameter value  for parameter name %s does not "
        "exist",
        p->name);
    return -1;
}

static int check_one(const struct parameter *p, const char *text) {
    if (!is_allowed(p, text))
        return fail(p, "must be one of AllowedValues");
    if (is_number(p))
        return check_number(p, text);
    if (check_pattern(p, text) < 0 || check_there(p, text) < 0)
        return -1;
    return is_list(p) ? 0 : check_length(p, text);
}

/* Items lie between commas; blanks around them do not count. An empty text is one empty item. */
static json_t *items_of(const char *text) {
    json_t *items = cfn_list_of(NULL, 0);
    for (const char *end = text; end; text = end + 1) {
        end = strchr(text, ',');
        text += strspn(text, " ");
        size_t size = end ? (size_t)(end - text) : strlen(text);
        while (size > 0 && text[size - 1] == ' ')
            size--;
        json_array_append_new(items, json_stringn_nocheck(text, size));
        if (!end)
            break;
    }
    return items;
}

static int check_items(const struct parameter *p, const char *text) {
    json_t *items = items_of(text), *item;
    bool whole = json_object_get(p->body, "AllowedValues") && is_allowed(p, text);
    size_t index;
    int result = 0;
    json_array_foreach(items, index, item) {
        if (result == 0 && !whole)
            result = check_one(p, json_string_value(item));
    }
    json_decref(items);
    return result;
}

static int check(const struct parameter *p, const char *text) {
    if (strlen(text) > LONGEST_VALUE) {
        cfn__evaluation_refuse(p->run, "parameter.value", p->path,
                               "Parameter '%s' must contain at most %d bytes", p->name,
                               LONGEST_VALUE);
        return -1;
    }
    return is_list(p) && !cfn_starts_with(p->type, value_of) ? check_items(p, text)
                                                             : check_one(p, text);
}

/* What a parameter's text names in Parameter Store. */
static cfn_value stored(const struct parameter *p, const char *text) {
    const struct cfn_world *world = p->run->evaluation->world;
    cfn_value value = world->parameter ? world->parameter(world->self, p->type, text) : NULL;
    return value ? value
                 : cfn__evaluation_refuse(
                       p->run, "parameter.value", p->path,
                       "Unable to fetch parameters [%s] from parameter store for this "
                       "account.",
                       text);
}

/* The value that Ref gives: a text, or a list of them. */
static cfn_value value_for(const struct parameter *p, const char *text) {
    cfn_value value = cfn_starts_with(p->type, value_of) ? stored(p, text) : cfn_str(text);
    if (!value || !is_list(p) || !json_is_string(value))
        return value;
    json_t *items = items_of(json_string_value(value));
    json_decref(value);
    return items;
}

static bool is_secret(const struct parameter *p) {
    char room[32];
    const char *text = cfn__scalar_text(json_object_get(p->body, "NoEcho"), room);
    return text && (text[0] == 't' || text[0] == 'T');
}

static int take(const struct parameter *p, const char *text) {
    struct cfn_evaluation *e = p->run->evaluation;
    json_object_set_new_nocheck(e->texts, p->name, cfn_str(text));
    if (is_secret(p) && *text)
        json_array_append_new(e->secrets, cfn_str(text));
    if (check(p, text) < 0)
        return -1;
    cfn_value value = value_for(p, text);
    if (!value)
        return -1;
    json_object_set_new_nocheck(e->values, p->name, value);
    return 0;
}

static void put_name(struct cfn_text *names, const char *name) {
    cfn_text_printf(names, "%s%s", names->size ? ", " : "", name);
}

/* Tells names that were collected; -1 where there are some. */
static int tell_names(struct cfn__run *run, struct cfn_text *names, const char *what) {
    int result = names->size > 0 ? -1 : 0;
    if (names->size > 0)
        cfn__evaluation_refuse(run, "parameter.value", NULL, "Parameters: [%s] %s", names->data,
                               what);
    cfn_text_done(names);
    return result;
}

static int refuse_strangers(struct cfn__run *run, const json_t *given) {
    struct cfn_text names = {0};
    json_t *all = cfn__shared(given), *value;
    const char *name;
    json_object_foreach(all, name, value) {
        if (!json_object_get(run->evaluation->parameters, name))
            put_name(&names, name);
    }
    json_decref(all);
    return tell_names(run, &names, "do not exist in the template");
}

int cfn__parameters_take(struct cfn__run *run, const json_t *given) {
    struct cfn_path section = {.key = "Parameters"};
    struct cfn__patterns *patterns = NULL;
    struct cfn_text missing = {0};
    const char *name;
    json_t *body;
    int result = refuse_strangers(run, given);
    json_object_foreach(run->evaluation->parameters, name, body) {
        char room[32];
        struct cfn_path path = {&section, name, 0};
        json_t *own = json_object_get(given, name);
        const char *type = json_string_value(json_object_get(body, "Type"));
        const char *text = cfn__scalar_text(own ? own : json_object_get(body, "Default"), room);
        struct parameter p = {run, &patterns, name, type ? type : "String", body, &path};
        if (!text)
            put_name(&missing, name);
        else if (take(&p, text) < 0)
            result = -1;
    }
    if (patterns)
        cfn__patterns_free(patterns);
    return tell_names(run, &missing, "must have values") < 0 ? -1 : result;
}
