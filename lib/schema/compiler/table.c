/* SERVICE.c: one service's rows (../table.h). */
#include "write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct table {
    const struct facts_service *service;
    struct pool pool;
    CFN_ARRAY(double) numbers;
    CFN_ARRAY(struct cfn__constraint_row) constraints;
};

static uint16_t number(struct table *table, double value) {
    if (!isfinite(value))
        return 0;
    for (size_t i = 1; i < table->numbers.count; i++)
        if (!(table->numbers.items[i] < value) && !(table->numbers.items[i] > value))
            return (uint16_t)i;
    *CFN_PUSH(&table->numbers) = value;
    return (uint16_t)(table->numbers.count - 1);
}

static uint32_t text(struct table *table, struct facts_text text) {
    return text.data ? (uint32_t)pool_add(&table->pool, text.data, text.size) : 0;
}

static uint32_t name(struct table *table, const char *name) {
    return (uint32_t)pool_add(&table->pool, name, strlen(name));
}

/* The constraint's number; each is kept once. There are no more of them than properties, which are
 * limited. */
static unsigned constraint(struct table *table, const struct facts_property *property) {
    struct cfn__constraint_row row = {
        .pattern = text(table, property->pattern),
        .enumeration = text(table, property->enumeration),
        .length = {number(table, property->length.min), number(table, property->length.max)},
        .value = {number(table, property->value.min), number(table, property->value.max)},
        .items = {number(table, property->items.min), number(table, property->items.max)},
    };
    for (size_t i = 0; i < table->constraints.count; i++)
        if (memcmp(&table->constraints.items[i], &row, sizeof row) == 0)
            return (unsigned)i;
    *CFN_PUSH(&table->constraints) = row;
    return (unsigned)(table->constraints.count - 1);
}

static void write_types(struct table *table, struct cfn_text *out) {
    const struct facts_service *service = table->service;
    cfn_text_put(out, "static const struct cfn__type_row types[] = {\n");
    for (size_t i = 0; i < service->types.count; i++) {
        const struct facts_type *type = &service->types.items[i];
        cfn_text_printf(out, "    {%u, %zu, %zu, %zu, %u}, /* %s */\n", name(table, type->name),
                        type->properties.first, type->attributes.first, type->rules.first,
                        type->flags, type->name);
    }
    cfn_text_printf(out, "    {0, %zu, %zu, %zu, 0},\n};\n\n", service->properties.count,
                    service->attributes.count, service->rules.count);
}

static void write_properties(struct table *table, struct cfn_text *out) {
    const struct facts_service *service = table->service;
    cfn_text_put(out, "static const struct cfn__property_row properties[] = {\n");
    for (size_t i = 0; i < service->properties.count; i++) {
        const struct facts_property *property = &service->properties.items[i];
        cfn_text_printf(out, "    {%u, %u, %u, %u, %u},\n", name(table, property->name),
                        property->kinds, property->flags, property->type,
                        constraint(table, property));
    }
    cfn_text_put(out, "    {0, 0, 0, CFN__NO_TYPE, 0},\n};\n\n");
}

static void write_constraints(const struct table *table, struct cfn_text *out) {
    cfn_text_put(out, "static const struct cfn__constraint_row constraints[] = {\n");
    for (size_t i = 0; i < table->constraints.count; i++) {
        const struct cfn__constraint_row *row = &table->constraints.items[i];
        cfn_text_printf(out, "    {%u, %u, {%u, %u}, {%u, %u}, {%u, %u}},\n", row->pattern,
                        row->enumeration, row->length[0], row->length[1], row->value[0],
                        row->value[1], row->items[0], row->items[1]);
    }
    cfn_text_put(out, "};\n\nstatic const double numbers[] = {\n");
    for (size_t i = 0; i < table->numbers.count; i++)
        cfn_text_printf(out, "    %.17g,\n", table->numbers.items[i]);
    cfn_text_put(out, "};\n\n");
}

static void write_attributes(struct table *table, struct cfn_text *out) {
    const struct facts_service *service = table->service;
    cfn_text_put(out, "static const struct cfn__attribute_row attributes[] = {\n");
    for (size_t i = 0; i < service->attributes.count; i++)
        cfn_text_printf(out, "    {%u, %u},\n", name(table, service->attributes.items[i].name),
                        service->attributes.items[i].kinds);
    cfn_text_put(out, "    {0, 0},\n};\n\nstatic const struct cfn__rule_row rules[] = {\n");
    for (size_t i = 0; i < service->rules.count; i++)
        cfn_text_printf(out, "    {%u, %d},\n", text(table, service->rules.items[i].names),
                        (int)service->rules.items[i].kind);
    cfn_text_put(out, "    {0, 0},\n};\n\n");
}

void write_table(struct cfn_text *out, const struct facts_service *service) {
    struct table table = {.service = service};
    *CFN_PUSH(&table.numbers) = 0;
    *CFN_PUSH(&table.constraints) = (struct cfn__constraint_row){0};
    cfn_text_printf(out,
                    "/* Facts about %s, made from lib/schema/aws.facts: not edited by hand. */\n",
                    service->title);
    cfn_text_printf(
        out, "#include <schema/table.h>\n\nextern CFN_API const struct cfn_service cfn_aws_%s;\n\n",
        service->key);
    write_types(&table, out);
    write_properties(&table, out);
    write_constraints(&table, out);
    write_attributes(&table, out);
    cfn_text_put(out, "static const char pool[] =");
    pool_write(&table.pool, out);
    cfn_text_printf(
        out,
        ";\n\nconst struct cfn_service cfn_aws_%s = {\n    pool, numbers, types, properties,"
        " attributes, rules, constraints, %zu};\n",
        service->key, service->types.count);
    pool_done(&table.pool);
    free(table.numbers.items);
    free(table.constraints.items);
}
