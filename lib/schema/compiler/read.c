#include "facts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int facts_fail(struct facts *facts, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(facts->message, sizeof facts->message, format, arguments);
    va_end(arguments);
    return -1;
}

char *facts_word(char **rest) {
    char *word = *rest + strspn(*rest, " ");
    if (*word == '\0')
        return NULL;
    char *end = word + strcspn(word, " ");
    *rest = end + (*end != '\0');
    *end = '\0';
    return word;
}

int facts_name(struct facts *facts, const char *what, const char *name) {
    if (!name)
        return facts_fail(facts, "%s is missing", what);
    if (strlen(name) > NAME_SIZE)
        return facts_fail(facts, "%s must have at most %d bytes", what, NAME_SIZE);
    return 0;
}

static struct facts_type *last_type(struct facts *facts) {
    return &facts->service->types.items[facts->service->types.count - 1];
}

/* "s3" of "AWS::S3::Bucket", and "AWS::S3". NULL where it is not of this form. */
static const char *split_name(struct facts *facts, const char *name, const char **title) {
    const char *second = strstr(name, "::");
    const char *third = second ? strstr(second + 2, "::") : NULL;
    if (!third || second == name || third == second + 2 || third[2] == '\0')
        return NULL;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !(c == second || c == second + 1) &&
            !(c == third || c == third + 1))
            return NULL;
    *title = cfn_arena_copy(&facts->arena, name, (size_t)(third - name));
    char *key = cfn_arena_copy(&facts->arena, second + 2, (size_t)(third - second - 2));
    for (char *c = key; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return key;
}

static int open_service(struct facts *facts, const char *key, const char *title) {
    for (size_t i = 0; i < facts->services.count; i++) {
        facts->service = &facts->services.items[i];
        if (strcmp(facts->service->key, key) != 0)
            continue;
        if (strcmp(facts->service->title, title) != 0)
            return facts_fail(facts, "%s and %s would share a header", facts->service->title,
                              title);
        return 0;
    }
    if (facts->services.count >= ROWS)
        return facts_fail(facts, "at most %d services", ROWS);
    facts->service = CFN_PUSH(&facts->services);
    facts->service->key = cfn_arena_copy(&facts->arena, key, strlen(key));
    facts->service->title = title;
    return 0;
}

static int open_type(struct facts *facts, const char *name, unsigned flags) {
    struct facts_service *service = facts->service;
    if (service->types.count >= ROWS)
        return facts_fail(facts, "at most %d types in a service", ROWS);
    struct facts_type *type = CFN_PUSH(&service->types);
    type->name = name;
    type->flags = flags;
    type->line = facts->line;
    type->properties.first = type->properties.last = service->properties.count;
    type->attributes.first = type->attributes.last = service->attributes.count;
    type->rules.first = type->rules.last = service->rules.count;
    return 0;
}

static int resource(struct facts *facts, char *rest) {
    const char *name = facts_word(&rest), *title = NULL, *key;
    if (facts_name(facts, "the resource's name", name))
        return -1;
    key = split_name(facts, name, &title);
    if (!key)
        return facts_fail(facts, "a resource's name must have the form A::B::C, not '%s'", name);
    if (open_service(facts, key, title))
        return -1;
    unsigned flags = CFN__RESOURCE;
    for (char *word; (word = facts_word(&rest));) {
        if (strcmp(word, "stateful") == 0)
            flags |= CFN__STATEFUL;
        else if (strcmp(word, "open") == 0)
            flags |= CFN__OPEN;
        else
            return facts_fail(facts, "a resource may be stateful or open, not '%s'", word);
    }
    return open_type(facts, name, flags);
}

static int nested_type(struct facts *facts, char *rest) {
    const char *name = facts_word(&rest);
    if (!facts->service)
        return facts_fail(facts, "a type must follow a resource");
    if (facts_name(facts, "the type's name", name))
        return -1;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '_')
            return facts_fail(facts, "a type's name must be letters, digits and _, not '%s'", name);
    const struct facts_type *before = last_type(facts);
    if (!(before->flags & CFN__RESOURCE) && strcmp(before->name, name) >= 0)
        return facts_fail(facts, "types must be in order of name, '%s' is not", name);
    if (facts_word(&rest))
        return facts_fail(facts, "nothing may follow the type's name '%s'", name);
    return open_type(facts, name, 0);
}

static int attribute(struct facts *facts, char *line) {
    struct facts_service *service = facts->service;
    const char *name = facts_word(&line) + 1, *nested = NULL;
    unsigned kinds = 0;
    char *word = facts_word(&line);
    if (facts_name(facts, "the attribute's name", *name ? name : NULL))
        return -1;
    if (!(last_type(facts)->flags & CFN__RESOURCE))
        return facts_fail(facts, "an attribute must stand with its resource");
    const struct facts_range *range = &last_type(facts)->attributes;
    if (range->first < range->last &&
        strcmp(service->attributes.items[range->last - 1].name, name) >= 0)
        return facts_fail(facts, "attributes must be in order of name, '%s' is not", name);
    if (facts_kinds(facts, word, &kinds, &nested))
        return -1;
    if (nested || facts_word(&line))
        return facts_fail(facts, "an attribute has a plain kind and nothing else: '%s'", name);
    if (service->attributes.count >= ROWS)
        return facts_fail(facts, "at most %d attributes in a service", ROWS);
    struct facts_attribute *added = CFN_PUSH(&service->attributes);
    *added = (struct facts_attribute){name, kinds};
    last_type(facts)->attributes.last = service->attributes.count;
    return 0;
}

static int rule_kind(const char *word) {
    static const char *const words[] = {"one-of", "any-of", "needs", "excludes"};
    for (int i = 0; word && i < 4; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    return -1;
}

/* The rule's names are looked for only now: a type's properties stand before its rules. */
static bool has_property(const struct facts *facts, const struct facts_type *type,
                         const char *name) {
    for (size_t i = type->properties.first; i < type->properties.last; i++)
        if (strcmp(facts->service->properties.items[i].name, name) == 0)
            return true;
    return false;
}

static int rule(struct facts *facts, char *rest) {
    if (!facts->service)
        return facts_fail(facts, "a rule must follow a resource");
    struct facts_type *type = last_type(facts);
    char *word = facts_word(&rest);
    int kind = rule_kind(word);
    if (kind < 0)
        return facts_fail(facts, "a rule must be one-of, any-of, needs or excludes, not '%s'",
                          word ? word : "");
    struct cfn_text names = {0};
    int count = 0, result = 0;
    while (result == 0 && (word = facts_word(&rest))) {
        if (!has_property(facts, type, word))
            result = facts_fail(facts, "a rule over '%s', which '%s' has not", word, type->name);
        cfn_text_write(&names, word, strlen(word) + 1);
        count++;
    }
    if (result == 0 && count < 2)
        result = facts_fail(facts, "a rule must have at least two names");
    if (result == 0 && facts->service->rules.count >= ROWS)
        result = facts_fail(facts, "at most %d rules in a service", ROWS);
    if (result == 0) {
        struct facts_rule *added = CFN_PUSH(&facts->service->rules);
        added->kind = (enum cfn_rule_kind)kind;
        added->names.data = cfn_arena_copy(&facts->arena, names.data, names.size);
        added->names.size = names.size;
        type->rules.last = facts->service->rules.count;
    }
    cfn_text_done(&names);
    return result;
}

static int read_line(struct facts *facts, char *line) {
    if (line[0] == '\0' || line[0] == '#')
        return 0;
    if (line[0] == ' ') {
        line += strspn(line, " ");
        if (!facts->service)
            return facts_fail(facts, "a property must follow a resource");
        return *line == '@' ? attribute(facts, line) : facts_property(facts, line);
    }
    char *word = facts_word(&line);
    if (strcmp(word, "source") == 0) {
        facts->source = line;
        return 0;
    }
    if (strcmp(word, "resource") == 0)
        return resource(facts, line);
    if (strcmp(word, "type") == 0)
        return nested_type(facts, line);
    if (strcmp(word, "rule") == 0)
        return rule(facts, line);
    return facts_fail(facts, "a line must begin with source, resource, type or rule, not '%s'",
                      word);
}

/* Every character, so that what is written later is valid C whatever was read. */
static int check_text(struct facts *facts, const char *line, size_t size) {
    for (size_t i = 0; i < size;) {
        size_t length = cfn_utf8_length(line + i, size - i);
        if (length == 0)
            return facts_fail(facts, "invalid UTF-8");
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            return facts_fail(facts, "control character 0x%02x", (unsigned char)line[i]);
        i += length;
    }
    return 0;
}

int facts_read(struct facts *facts, const char *text, size_t size) {
    if (size > FACTS_SIZE)
        return facts_fail(facts, "larger than %d bytes", FACTS_SIZE);
    for (size_t start = 0; start < size;) {
        const char *end = memchr(text + start, '\n', size - start);
        size_t length = end ? (size_t)(end - text) - start : size - start;
        facts->line++;
        if (check_text(facts, text + start, length) ||
            read_line(facts, cfn_arena_copy(&facts->arena, text + start, length)))
            return -1;
        start += length + 1;
    }
    return facts_link(facts);
}

void facts_done(struct facts *facts) {
    for (size_t i = 0; i < facts->services.count; i++) {
        struct facts_service *service = &facts->services.items[i];
        free(service->types.items);
        free(service->properties.items);
        free(service->attributes.items);
        free(service->rules.items);
    }
    free(facts->services.items);
    cfn_arena_done(&facts->arena);
}
