/* A single value against what the schema says of it: kind, enumeration, pattern, length, range. */
#include "checker.h"
#include "render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_NUMBER = 400, CHOICES_SHOWN = 12 };

const char *cfn__scalar_text(json_t *value, char *room) {
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    if (!json_is_number(value))
        return NULL;
    /* jansson's writing of a number does not follow the locale. */
    memset(room, 0, 32);
    json_dumpb(value, room, 31, JSON_ENCODE_ANY | JSON_REAL_PRECISION(CFN__PRECISION));
    return room;
}

static const char *digits(const char *text, double *number, int *count) {
    for (; *text >= '0' && *text <= '9'; text++, ++*count)
        *number = *number * 10 + (*text - '0');
    return text;
}

static const char *exponent(const char *text, int *power) {
    double value = 0;
    int count = 0;
    bool negative = text[0] == '-';
    const char *end = digits(text + (*text == '-' || *text == '+'), &value, &count);
    *power += (int)(negative ? -fmin(value, LONGEST_NUMBER) : fmin(value, LONGEST_NUMBER));
    return count ? end : text;
}

bool cfn__number_of(const char *text, double *number) {
    double value = 0;
    int count = 0, fraction = 0, power = 0;
    bool negative = *text == '-';
    text = digits(text + (*text == '-' || *text == '+'), &value, &count);
    if (*text == '.')
        text = digits(text + 1, &value, &fraction);
    if (count + fraction == 0 || count + fraction > LONGEST_NUMBER)
        return false;
    if ((*text == 'e' || *text == 'E') && text[1])
        text = exponent(text + 1, &power);
    value *= pow(10, power - fraction);
    *number = negative ? -value : value;
    return *text == '\0';
}

/* printf would write the locale's point. */
const char *cfn__number_text(struct cfn__checker *c, double number) {
    double whole = trunc(number), rest = fabs(number - whole);
    if (fabs(whole) >= 9e18)
        return cfn_arena_text(&c->arena, "1e%d", (int)floor(log10(fabs(number))));
    const char *sign = number < 0 ? "-" : "";
    char *text = cfn_arena_text(&c->arena, "%s%lld.%06lld", sign, llabs((long long)whole),
                                (long long)fmin(rest * 1e6 + 0.5, 999999));
    size_t size = strlen(text);
    while (text[size - 1] == '0')
        size--;
    text[text[size - 1] == '.' ? size - 1 : size] = '\0';
    return text;
}

bool cfn__is_dynamic(const char *text) {
    return strstr(text, "{{resolve:") != NULL;
}

bool cfn__is_secret(const char *name) {
    static const char *const words[] = {"assword",   "assphrase", "ecret",  "oken",
                                        "redential", "rivateKey", "authKey"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(name, words[i]))
            return true;
    return false;
}

/* ", not 'x'", or nothing where x must not be seen. */
static const char *quoted(struct cfn__checker *c, const struct cfn_property *property,
                          const char *text) {
    if (cfn__is_secret(property->name))
        return "";
    return cfn_arena_text(&c->arena, ", not '%s'", cfn__shown(c, text));
}

static bool is_truth(const char *text) {
    static const char *const words[] = {"true", "True", "TRUE", "false", "False", "FALSE"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], text) == 0)
            return true;
    return false;
}

/* CloudFormation turns scalars into one another where the text allows it. */
static bool is_of_kind(json_t *value, const char *text, unsigned kinds) {
    double number;
    if (kinds & (CFN_STRING | CFN_JSON))
        return true;
    if (kinds & CFN_BOOLEAN && is_truth(text))
        return true;
    if (!(kinds & (CFN_NUMBER | CFN_INTEGER)) || json_is_boolean(value) ||
        !cfn__number_of(text, &number))
        return false;
    return kinds & CFN_NUMBER || trunc(number) == number;
}

static const char *kind_text(unsigned kinds) {
    if (kinds & CFN_NESTED)
        return "an object";
    if (kinds & CFN_STRING)
        return "a string";
    if (kinds & CFN_BOOLEAN)
        return kinds & (CFN_NUMBER | CFN_INTEGER) ? "true, false or a number" : "true or false";
    return kinds & CFN_NUMBER ? "a number" : "an integer";
}

static const char *kinds_text(unsigned kinds) {
    if (kinds & CFN_NESTED)
        return "objects";
    if (kinds & (CFN_STRING | CFN_JSON))
        return kinds & CFN_JSON ? "values" : "strings";
    if (kinds & CFN_BOOLEAN)
        return "booleans";
    return kinds & CFN_NUMBER ? "numbers" : "integers";
}

void cfn__tell_kind(struct cfn__checker *c, json_t *value, const struct cfn_property *property,
                    const struct cfn_path *path) {
    unsigned kinds = property->kinds;
    const char *of = kinds & CFN_LIST ? cfn_arena_text(&c->arena, "a list of %s", kinds_text(kinds))
                     : kinds & CFN_MAP ? cfn_arena_text(&c->arena, "a map of %s", kinds_text(kinds))
                                       : kind_text(kinds);
    bool hidden = cfn__is_secret(property->name) && !json_is_object(value) && !json_is_array(value);
    cfn__tell(c, "property.kind", path, "must be %s%s%s", of, hidden ? "" : ", not ",
              hidden ? "" : cfn__described(c, value));
}

static bool is_among(const char *enumeration, const char *text) {
    while (*enumeration && strcmp(enumeration, text) != 0)
        enumeration += strlen(enumeration) + 1;
    return *enumeration != '\0';
}

static void tell_choices(struct cfn__checker *c, const char *text,
                         const struct cfn_property *property, const struct cfn_path *path) {
    struct cfn__near near = {.word = text};
    struct cfn_text choices = {0};
    int count = 0;
    for (const char *one = property->enumeration; *one; one += strlen(one) + 1) {
        cfn__near_try(&near, one);
        if (++count <= CHOICES_SHOWN)
            cfn_text_printf(&choices, "%s%s", choices.size ? ", " : "", one);
    }
    cfn__tell(c, "property.enum", path, "must be %s%s%s%s", count > 1 ? "one of " : "",
              choices.data ? choices.data : "", count > CHOICES_SHOWN ? ", ..." : "",
              quoted(c, property, text));
    cfn__did_you_mean(c, cfn__is_secret(property->name) ? NULL : near.best);
    cfn_text_done(&choices);
}

/* "at least 3", "at most 63", "3 to 63", "exactly 12" */
static const char *bounds_text(struct cfn__checker *c, struct cfn_bounds bounds) {
    struct cfn_arena *arena = &c->arena;
    if (isinf(bounds.max))
        return cfn_arena_text(arena, "at least %s", cfn__number_text(c, bounds.min));
    const char *most = cfn__number_text(c, bounds.max);
    if (isinf(bounds.min))
        return cfn_arena_text(arena, "at most %s", most);
    const char *least = cfn__number_text(c, bounds.min);
    return cfn_same(least, most) ? cfn_arena_text(arena, "exactly %s", most)
                                 : cfn_arena_text(arena, "%s to %s", least, most);
}

static bool outside(double number, struct cfn_bounds bounds) {
    return number < bounds.min || number > bounds.max;
}

static void check_text(struct cfn__checker *c, const char *text,
                       const struct cfn_property *property, const struct cfn_path *path) {
    size_t length = cfn_utf8_count(text);
    if (outside((double)length, property->length))
        cfn__tell(c, "property.length", path, "must be %s characters long, not %zu",
                  bounds_text(c, property->length), length);
    if (property->pattern && !cfn__pattern_matches(c->patterns, property->pattern, text, false))
        cfn__tell(c, "property.pattern", path, "must match %s%s", cfn__shown(c, property->pattern),
                  quoted(c, property, text));
}

void cfn__check_scalar(struct cfn__checker *c, json_t *value, const struct cfn_property *property,
                       const struct cfn_path *path) {
    char room[32];
    double number;
    const char *text = cfn__scalar_text(value, room);
    if (cfn__is_dynamic(text))
        return;
    if (!is_of_kind(value, text, property->kinds)) {
        cfn__tell_kind(c, value, property, path);
        return;
    }
    bool chosen = property->enumeration && is_among(property->enumeration, text);
    if (property->enumeration && !chosen)
        tell_choices(c, text, property, path);
    else if (property->kinds & CFN_STRING && !chosen)
        check_text(c, text, property, path);
    if (property->kinds & (CFN_NUMBER | CFN_INTEGER) && cfn__number_of(text, &number) &&
        outside(number, property->value))
        cfn__tell(c, "property.range", path, "must be %s%s", bounds_text(c, property->value),
                  quoted(c, property, text));
}
