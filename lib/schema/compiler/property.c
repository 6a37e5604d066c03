/* One property's line: "BucketName string replace length=3..63 enum=a,b pattern=^a b$". */
#include "facts.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct flag {
    const char *word;
    unsigned bits;
};
static const struct flag flags[] = {
    {"required", CFN__REQUIRED},
    {"unique", CFN__UNIQUE},
    {"deprecated", CFN__DEPRECATED},
    {"replace", CFN_REPLACES << CFN__REPLACEMENT},
    {"may-replace", CFN_MAY_REPLACE << CFN__REPLACEMENT},
};
static const struct flag kind_words[] = {
    {"string", CFN_STRING},   {"integer", CFN_INTEGER}, {"number", CFN_NUMBER},
    {"boolean", CFN_BOOLEAN}, {"json", CFN_JSON},
};

static unsigned bits_of(const struct flag *table, size_t count, const char *word) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].word, word) == 0)
            return table[i].bits;
    return 0;
}
#define BITS(table, word) bits_of(table, sizeof(table) / sizeof *(table), word)

int facts_kinds(struct facts *facts, char *text, unsigned *kinds, const char **nested) {
    if (!text)
        return facts_fail(facts, "the kind is missing");
    unsigned container = *text == '[' ? CFN_LIST : *text == '{' ? CFN_MAP : 0;
    *kinds = container;
    for (char *word = text + (container != 0), *next; word; word = next) {
        next = strchr(word, '|');
        if (next)
            *next++ = '\0';
        unsigned bit = BITS(kind_words, word);
        if (bit == 0 && *nested)
            return facts_fail(facts, "a kind may name one type, not '%s' too", word);
        if (bit == 0 && !isalpha((unsigned char)*word))
            return facts_fail(facts, "a kind must be a word or a type's name, not '%s'", word);
        if (bit == 0)
            *nested = word;
        *kinds |= bit ? bit : CFN_NESTED;
    }
    return 0;
}

/* Digits and what belongs to a number; strtod alone would take "inf", "nan" and hexadecimal. */
static bool read_number(const char *text, size_t size, double none, double *number) {
    char copy[64], *end;
    *number = none;
    if (size == 0)
        return true;
    if (size >= sizeof copy || strspn(text, "0123456789.e+-") < size)
        return false;
    memcpy(copy, text, size);
    copy[size] = '\0';
    *number = strtod(copy, &end);
    return *end == '\0' && isfinite(*number);
}

static int read_bounds(struct facts *facts, const char *text, struct cfn_bounds *bounds) {
    const char *dots = strstr(text, "..");
    if (!dots || !read_number(text, (size_t)(dots - text), -INFINITY, &bounds->min) ||
        !read_number(dots + 2, strlen(dots + 2), INFINITY, &bounds->max))
        return facts_fail(facts, "bounds must have the form 1..5, 1.. or ..5, not '%s'", text);
    if (bounds->min > bounds->max)
        return facts_fail(facts, "bounds must not be the wrong way round: '%s'", text);
    return 0;
}

/* "a,b\,c" becomes "a\0b,c\0". */
static int read_enumeration(struct facts *facts, char *text, struct facts_text *result) {
    char *to = text, *start = text;
    for (const char *c = text;; c++) {
        if (*c == '\\' && c[1] != '\0') {
            c++;
            *to++ = *c == '_' ? ' ' : *c;
        } else if (*c == ',' || *c == '\0') {
            if (to == start)
                return facts_fail(facts, "a value of an enumeration must not be empty");
            bool last = *c == '\0';
            *to++ = '\0';
            start = to;
            if (last)
                break;
        } else {
            *to++ = *c;
        }
    }
    *result = (struct facts_text){text, (size_t)(to - text)};
    return 0;
}

static int read_fact(struct facts *facts, char *word, struct facts_property *property) {
    unsigned flag = BITS(flags, word);
    property->flags |= flag;
    if (flag)
        return 0;
    if (cfn_starts_with(word, "length="))
        return read_bounds(facts, word + 7, &property->length);
    if (cfn_starts_with(word, "range="))
        return read_bounds(facts, word + 6, &property->value);
    if (cfn_starts_with(word, "items="))
        return read_bounds(facts, word + 6, &property->items);
    return facts_fail(facts, "unknown fact '%s'", word);
}

/* enum's value needs room of its own (an end more than the line has), pattern's goes to the end of
 * the line. */
static int read_facts(struct facts *facts, char *rest, struct facts_property *property) {
    for (;;) {
        rest += strspn(rest, " ");
        if (cfn_starts_with(rest, "pattern=")) {
            property->pattern = (struct facts_text){rest + 8, strlen(rest + 8)};
            return rest[8] ? 0 : facts_fail(facts, "a pattern must not be empty");
        }
        char *word = facts_word(&rest);
        if (!word)
            return 0;
        if (cfn_starts_with(word, "enum=")) {
            char *copy = cfn_arena_copy(&facts->arena, word + 5, strlen(word + 5));
            if (read_enumeration(facts, copy, &property->enumeration))
                return -1;
        } else if (read_fact(facts, word, property)) {
            return -1;
        }
    }
}

int facts_property(struct facts *facts, char *line) {
    struct facts_service *service = facts->service;
    struct facts_type *type = &service->types.items[service->types.count - 1];
    const struct cfn_bounds any = {-INFINITY, INFINITY};
    struct facts_property property = {
        .line = facts->line, .length = any, .value = any, .items = any};
    property.name = facts_word(&line);
    if (facts_name(facts, "the property's name", property.name))
        return -1;
    struct facts_range *range = &type->properties;
    if (range->first < range->last &&
        strcmp(service->properties.items[range->last - 1].name, property.name) >= 0)
        return facts_fail(facts, "properties must be in order of name, '%s' is not", property.name);
    if (type->rules.first < type->rules.last)
        return facts_fail(facts, "a property must stand before the rules: '%s'", property.name);
    if (facts_kinds(facts, facts_word(&line), &property.kinds, &property.nested) ||
        read_facts(facts, line, &property))
        return -1;
    if (service->properties.count >= ROWS)
        return facts_fail(facts, "at most %d properties in a service", ROWS);
    *CFN_PUSH(&service->properties) = property;
    range->last = service->properties.count;
    return 0;
}
