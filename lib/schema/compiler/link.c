/* What can be known only when all is read: which type a name means, and that no two structs or
 * members share a name. */
#include "facts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const keywords[] = {
    "alignas",  "alignof",  "and",      "asm",     "auto",      "bool",      "break",    "case",
    "catch",    "char",     "class",    "compl",   "const",     "constexpr", "continue", "decltype",
    "default",  "delete",   "do",       "double",  "else",      "enum",      "explicit", "export",
    "extern",   "false",    "float",    "for",     "friend",    "goto",      "if",       "inline",
    "int",      "linux",    "long",     "mutable", "namespace", "new",       "noexcept", "not",
    "nullptr",  "operator", "or",       "private", "protected", "public",    "register", "requires",
    "restrict", "return",   "short",    "signed",  "sizeof",    "static",    "struct",   "switch",
    "template", "this",     "throw",    "true",    "try",       "typedef",   "typeid",   "typename",
    "union",    "unix",     "unsigned", "using",   "virtual",   "void",      "volatile", "wchar_t",
    "while",    "xor",      "cfn_end",
};

static bool is_keyword(const char *name) {
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(keywords[i], name) == 0)
            return true;
    return false;
}

void facts_member(const char *name, char member[NAME_SIZE + 2]) {
    size_t size = 0;
    bool changed = !isalpha((unsigned char)*name);
    if (isdigit((unsigned char)*name))
        member[size++] = 'x';
    for (; *name && size < NAME_SIZE; name++) {
        bool fine = isalnum((unsigned char)*name) || *name == '_';
        changed = changed || !fine;
        if (fine || size > 0)
            member[size++] = fine ? *name : '_';
    }
    member[size] = '\0';
    if (changed || is_keyword(member) || size == 0)
        strcpy(member + size, "_");
}

static int compare_types(const void *name, const void *type) {
    return strcmp(name, ((const struct facts_type *)type)->name);
}

/* The types of one resource: the resource itself, then its nested types in order of name. */
static int link_properties(struct facts *facts, struct facts_service *service, size_t resource,
                           size_t end) {
    struct facts_type *types = service->types.items;
    for (size_t i = types[resource].properties.first; i < types[end - 1].properties.last; i++) {
        struct facts_property *property = &service->properties.items[i];
        property->type = CFN__NO_TYPE;
        if (!property->nested)
            continue;
        const struct facts_type *found = bsearch(property->nested, types + resource + 1,
                                                 end - resource - 1, sizeof *types, compare_types);
        if (!found) {
            facts->line = property->line;
            return facts_fail(facts, "'%s' is no type of '%s'", property->nested,
                              types[resource].name);
        }
        property->type = (unsigned)(found - types);
    }
    return 0;
}

/* "AWS::S3::Bucket" and "Rule" make "AWS_S3_Bucket_Rule". */
static void name_structs(struct facts *facts, struct facts_type *resource, size_t count) {
    char *name = cfn_arena_copy(&facts->arena, resource->name, strlen(resource->name)), *to = name;
    for (const char *c = resource->name; *c; c++) {
        if (*c != ':')
            *to++ = *c;
        else if (c[1] == ':')
            *to++ = '_';
    }
    *to = '\0';
    resource->identifier = name;
    for (size_t i = 1; i < count; i++)
        resource[i].identifier = cfn_arena_text(&facts->arena, "%s_%s", name, resource[i].name);
}

static int compare_structs(const void *a, const void *b) {
    return strcmp((*(const struct facts_type *const *)a)->identifier,
                  (*(const struct facts_type *const *)b)->identifier);
}

static int check_structs(struct facts *facts, const struct facts_service *service) {
    const struct facts_type **sorted = cfn__alloc(service->types.count * sizeof *sorted);
    int result = 0;
    for (size_t i = 0; i < service->types.count; i++)
        sorted[i] = &service->types.items[i];
    qsort(sorted, service->types.count, sizeof *sorted, compare_structs);
    for (size_t i = 1; i < service->types.count && result == 0; i++) {
        if (strcmp(sorted[i - 1]->identifier, sorted[i]->identifier) != 0)
            continue;
        facts->line = sorted[i]->line > sorted[i - 1]->line ? sorted[i]->line : sorted[i - 1]->line;
        result = facts_fail(facts, "two types would have the struct '%s'", sorted[i]->identifier);
    }
    free(sorted);
    return result;
}

static int compare_members(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int check_members(struct facts *facts, const struct facts_service *service,
                         const struct facts_type *type) {
    size_t count = type->properties.last - type->properties.first;
    if (count < 2)
        return 0;
    const struct facts_property *properties = service->properties.items + type->properties.first;
    char(*members)[NAME_SIZE + 2] = cfn__alloc(count * sizeof *members);
    const char **sorted = cfn__alloc(count * sizeof *sorted);
    int result = 0;
    for (size_t i = 0; i < count; i++) {
        facts_member(properties[i].name, members[i]);
        sorted[i] = members[i];
    }
    qsort(sorted, count, sizeof *sorted, compare_members);
    for (size_t i = 1; i < count && result == 0; i++) {
        if (strcmp(sorted[i - 1], sorted[i]) != 0)
            continue;
        facts->line = type->line;
        result = facts_fail(facts, "two properties of '%s' would have the member '%s'", type->name,
                            sorted[i]);
    }
    free(sorted);
    free(members);
    return result;
}

static int link_service(struct facts *facts, struct facts_service *service) {
    for (size_t i = 0, end; i < service->types.count; i = end) {
        for (end = i + 1; end < service->types.count; end++)
            if (service->types.items[end].flags & CFN__RESOURCE)
                break;
        name_structs(facts, &service->types.items[i], end - i);
        if (link_properties(facts, service, i, end))
            return -1;
    }
    for (size_t i = 0; i < service->types.count; i++)
        if (check_members(facts, service, &service->types.items[i]))
            return -1;
    return check_structs(facts, service);
}

int facts_link(struct facts *facts) {
    for (size_t i = 0; i < facts->services.count; i++)
        if (link_service(facts, &facts->services.items[i]))
            return -1;
    facts->line = 0;
    if (!facts->source)
        return facts_fail(facts, "no line says the source");
    return facts->services.count ? 0 : facts_fail(facts, "no resource");
}
