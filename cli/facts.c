/* What AWS knows of a type or a property, in words or as JSON. */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ALLOWED = 6 };

static char *longer(char *text, const char *separator, const char *piece) {
    char *both = cli_text("%s%s%s", text, *text ? separator : "", piece);
    free(text);
    return both;
}

/* "string", "list of Rule", "integer or string"; free() it. */
static char *kind_of(const struct cfn_property *property) {
    static const struct {
        unsigned bit;
        const char *name;
    } kinds[] = {{CFN_STRING, "string"},
                 {CFN_INTEGER, "integer"},
                 {CFN_NUMBER, "number"},
                 {CFN_BOOLEAN, "boolean"},
                 {CFN_JSON, "json"}};
    char *text = cli_text("%s", "");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (property->kinds & kinds[i].bit)
            text = longer(text, " or ", kinds[i].name);
    if (property->kinds & CFN_NESTED)
        text = longer(text, " or ", cfn_type_name(property->type));
    const char *container = property->kinds & CFN_LIST  ? "list of "
                            : property->kinds & CFN_MAP ? "map of "
                                                        : "";
    char *whole = cli_text("%s%s", container, text);
    free(text);
    return whole;
}

static char *bounds_of(struct cfn_bounds bounds, const char *unit) {
    bool low = isfinite(bounds.min), high = isfinite(bounds.max);
    if (low && high && bounds.min >= bounds.max)
        return cli_text("%.15g%s", bounds.min, unit);
    if (low && high)
        return cli_text("%.15g to %.15g%s", bounds.min, bounds.max, unit);
    if (high)
        return cli_text("at most %.15g%s", bounds.max, unit);
    return low && bounds.min > 0 ? cli_text("at least %.15g%s", bounds.min, unit) : NULL;
}

static char *with_bounds(char *notes, struct cfn_bounds bounds, const char *unit) {
    char *text = bounds_of(bounds, unit);
    if (text)
        notes = longer(notes, "; ", text);
    free(text);
    return notes;
}

/* The first allowed values, and how many there are. */
static char *allowed(const char *enumeration, size_t most) {
    char *text = cli_text("%s", "");
    size_t count = 0;
    for (const char *at = enumeration; *at; at += strlen(at) + 1)
        if (count++ < most)
            text = longer(text, ", ", at);
    char *whole =
        count > most ? cli_text("one of %s, ... (%zu)", text, count) : cli_text("one of %s", text);
    free(text);
    return whole;
}

/* What there is to say of a property, in short; free() it. */
static char *notes_of(const struct cfn_property *property) {
    char *notes = cli_text("%s", property->required ? "required" : "");
    if (property->read_only)
        notes = longer(notes, "; ", "read-only");
    if (property->deprecated)
        notes = longer(notes, "; ", "deprecated");
    if (property->replacement != CFN_IN_PLACE)
        notes = longer(notes, "; ",
                       property->replacement == CFN_REPLACES ? "a change replaces"
                                                             : "a change may replace");
    if (property->enumeration) {
        char *values = allowed(property->enumeration, MOST_ALLOWED);
        notes = longer(notes, "; ", values);
        free(values);
    }
    notes = with_bounds(notes, property->length, " characters");
    notes = with_bounds(notes, property->value, "");
    notes = with_bounds(notes, property->items, " items");
    return property->unique ? longer(notes, "; ", "items differ") : notes;
}

static json_t *json_bounds(struct cfn_bounds bounds) {
    if (!isfinite(bounds.min) && !isfinite(bounds.max))
        return NULL;
    return cfn_map({"min", isfinite(bounds.min) ? cfn_real(bounds.min) : NULL},
                   {"max", isfinite(bounds.max) ? cfn_real(bounds.max) : NULL});
}

static json_t *json_allowed(const char *enumeration) {
    json_t *values = NULL;
    for (const char *at = enumeration; at && *at; at += strlen(at) + 1)
        values = cfn_append(values, cfn_str(at));
    return values;
}

static json_t *facts_of_property(const struct cfn_property *property) {
    static const char *const replacements[] = {"no", "maybe", "yes"};
    char *kind = kind_of(property);
    json_t *value = cfn_map(
        {"name", cfn_str(property->name)}, {"kind", cfn_str(kind)},
        {"required", cfn_bool(property->required)}, {"read_only", cfn_bool(property->read_only)},
        {"deprecated", cfn_bool(property->deprecated)},
        {"replaces", cfn_str(replacements[property->replacement])},
        {"allowed", json_allowed(property->enumeration)}, {"pattern", cfn_str(property->pattern)},
        {"length", json_bounds(property->length)}, {"value", json_bounds(property->value)},
        {"items", json_bounds(property->items)}, {"unique", cfn_bool(property->unique)});
    free(kind);
    return value;
}

static json_t *facts_of_type(struct cfn_type type) {
    json_t *properties = cfn_list_of(NULL, 0), *attributes = cfn_list_of(NULL, 0);
    struct cfn_property property;
    for (size_t i = 0; cfn_type_property(type, i, &property); i++)
        properties = cfn_append(properties, facts_of_property(&property));
    for (size_t i = 0; i < cfn_type_attribute_count(type); i++)
        attributes = cfn_append(attributes, cfn_str(cfn_type_attribute(type, i)));
    return cfn_map({"name", cfn_str(cfn_type_name(type))},
                   {"stateful", cfn_bool(cfn_type_is_stateful(type))}, {"properties", properties},
                   {"attributes", attributes});
}

static void print_property(const struct cli *cli, const struct cfn_property *property) {
    char *kind = kind_of(property), *notes = notes_of(property);
    printf("%s%s%s: %s\n", cli_style(cli, stdout, CLI_BOLD), property->name,
           cli_style(cli, stdout, CLI_PLAIN), kind);
    if (*notes)
        printf("  %s\n", notes);
    if (property->pattern)
        printf("  matches %s\n", property->pattern);
    if (property->enumeration)
        puts("\nallowed:");
    for (const char *at = property->enumeration; at && *at; at += strlen(at) + 1)
        printf("  %s\n", at);
    free(kind);
    free(notes);
}

static void print_properties(const struct cli *cli, struct cfn_type type) {
    struct cli_table table = {.columns = 3};
    struct cfn_property property;
    cli_cell(&table, "PROPERTY");
    cli_cell(&table, "KIND");
    cli_cell(&table, "NOTES");
    for (size_t i = 0; cfn_type_property(type, i, &property); i++) {
        char *kind = kind_of(&property), *notes = notes_of(&property);
        cli_cell(&table, "%s", property.name);
        cli_cell(&table, "%s", kind);
        cli_cell(&table, "%s", notes);
        free(kind);
        free(notes);
    }
    cli_table_print(cli, &table, stdout);
}

static void print_rules(struct cfn_type type) {
    static const char *const says[] = {[CFN_ONE_OF] = "exactly one of",
                                       [CFN_ANY_OF] = "at least one of",
                                       [CFN_NEEDS] = "the first needs the others:",
                                       [CFN_EXCLUDES] = "the first excludes the others:"};
    struct cfn_rule rule;
    for (size_t i = 0; cfn_type_rule(type, i, &rule); i++) {
        printf("%s%s", i ? "  " : "\nrules:\n  ", says[rule.kind]);
        for (const char *at = rule.names; *at; at += strlen(at) + 1)
            printf("%s %s", at == rule.names ? "" : ",", at);
        putchar('\n');
    }
}

static void print_type(const struct cli *cli, struct cfn_type type) {
    printf("%s%s%s%s\n\n", cli_style(cli, stdout, CLI_BOLD), cfn_type_name(type),
           cli_style(cli, stdout, CLI_PLAIN),
           cfn_type_is_stateful(type) ? ": holds data, which is lost with it" : "");
    print_properties(cli, type);
    print_rules(type);
    for (size_t i = 0; i < cfn_type_attribute_count(type); i++)
        printf("%s%s\n", i ? "  " : "\nattributes:\n  ", cfn_type_attribute(type, i));
}

void cli_show_facts(const struct cli *cli, struct cfn_type type,
                    const struct cfn_property *property) {
    if (cli->json) {
        json_t *value = property ? facts_of_property(property) : facts_of_type(type);
        if (property && type.service)
            json_object_set_new(value, "type", facts_of_type(type));
        cli_put_json(stdout, value);
        return;
    }
    if (property)
        print_property(cli, property);
    if (property && type.service)
        putchar('\n');
    if (type.service)
        print_type(cli, type);
}
