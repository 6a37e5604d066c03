/* What holds of every type there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <cfngen/schema.h>
#include <math.h>
#include <pcre2.h>
#include <schema/table.h>
#include <stdio.h>
#include <string.h>

/* Calls visit for each type of each service, nested ones too; returns how many there are. */
static size_t each_type(void (*visit)(struct cfn_type type, void *data), void *data) {
    const struct cfn_service *last = NULL;
    size_t count = 0;
    for (size_t i = 0; i < cfn_schema_count(); i++) {
        struct cfn_type type = cfn_schema_at(i);
        if (type.service == last)
            continue;
        last = type.service;
        for (type.index = 0; cfn_type_name(type); type.index++, count++)
            visit(type, data);
    }
    return count;
}

static void count_properties(struct cfn_type type, void *data) {
    *(size_t *)data += cfn_type_property_count(type);
}

static void there_are_as_many_as_aws_has(void **state) {
    (void)state;
    size_t properties = 0;
    assert_true(cfn_schema_count() >= 1800 && cfn_schema_count() < 5000);
    assert_true(each_type(count_properties, &properties) >= 9000);
    assert_true(properties >= 40000);
}

static void resources_are_in_order(void **state) {
    (void)state;
    for (size_t i = 0; i < cfn_schema_count(); i++) {
        struct cfn_type type = cfn_schema_at(i), found = cfn_schema_find(cfn_type_name(type));
        assert_true(cfn_type_is_resource(type));
        assert_true(found.service == type.service && found.index == type.index);
        if (i > 0)
            assert_true(strcmp(cfn_type_name(cfn_schema_at(i - 1)), cfn_type_name(type)) < 0);
    }
}

static void check_order(struct cfn_type type, void *data) {
    (void)data;
    struct cfn_property property, found;
    const char *before = "";
    for (size_t i = 0; cfn_type_property(type, i, &property); i++) {
        assert_true(strcmp(before, property.name) < 0);
        before = property.name;
        assert_true(cfn_type_find_property(type, property.name, &found));
        assert_ptr_equal(found.name, property.name);
    }
}

static void properties_are_in_order(void **state) {
    (void)state;
    each_type(check_order, NULL);
}

static void check_kinds(struct cfn_type type, void *data) {
    (void)data;
    struct cfn_property property;
    for (size_t i = 0; cfn_type_property(type, i, &property); i++) {
        unsigned containers = property.kinds & (CFN_LIST | CFN_MAP);
        assert_true(property.kinds & ~(unsigned)(CFN_LIST | CFN_MAP));
        assert_true(containers != (CFN_LIST | CFN_MAP));
        assert_true((property.type.service != NULL) == ((property.kinds & CFN_NESTED) != 0));
        if (property.type.service) {
            assert_ptr_equal(property.type.service, type.service);
            assert_non_null(cfn_type_name(property.type));
            assert_false(cfn_type_is_resource(property.type));
        }
    }
}

static void kinds_make_sense(void **state) {
    (void)state;
    each_type(check_kinds, NULL);
}

static void check_facts(struct cfn_type type, void *data) {
    (void)data;
    struct cfn_property p;
    for (size_t i = 0; cfn_type_property(type, i, &p); i++) {
        assert_true(p.length.min <= p.length.max && p.value.min <= p.value.max &&
                    p.items.min <= p.items.max);
        if (p.pattern || p.length.max < INFINITY)
            assert_true(p.kinds & CFN_STRING);
        if (p.pattern || p.enumeration)
            assert_false(p.kinds & (CFN_NESTED | CFN_JSON));
        if (p.enumeration)
            assert_true(*p.enumeration != '\0');
        if (p.items.max < INFINITY || p.items.min > 0)
            assert_true(p.kinds & (CFN_LIST | CFN_MAP));
    }
}

static void facts_fit_their_kinds(void **state) {
    (void)state;
    each_type(check_facts, NULL);
}

static void check_rules(struct cfn_type type, void *data) {
    struct cfn_property property;
    struct cfn_rule rule;
    for (size_t i = 0; cfn_type_rule(type, i, &rule); i++) {
        size_t names = 0;
        for (const char *name = rule.names; *name; name += strlen(name) + 1, names++)
            assert_true(cfn_type_find_property(type, name, &property) && !property.read_only);
        assert_true(names >= 2 && rule.kind <= CFN_EXCLUDES);
        ++*(size_t *)data;
    }
}

static void rules_are_over_properties(void **state) {
    (void)state;
    size_t count = 0;
    each_type(check_rules, &count);
    assert_true(count > 200);
}

static void check_attributes(struct cfn_type type, void *data) {
    unsigned kinds;
    for (size_t i = 0; i < cfn_type_attribute_count(type); i++, ++*(size_t *)data) {
        const char *name = cfn_type_attribute(type, i);
        assert_true(*name != '\0' && cfn_type_is_resource(type));
        assert_true(strchr(name, '*') || cfn_type_find_attribute(type, name, &kinds));
    }
}

static void attributes_are_found(void **state) {
    (void)state;
    size_t count = 0;
    each_type(check_attributes, &count);
    assert_true(count > 5000);
}

static void compile_patterns(struct cfn_type type, void *data) {
    struct cfn_property property;
    int error;
    PCRE2_SIZE offset;
    for (size_t i = 0; cfn_type_property(type, i, &property); i++) {
        if (!property.pattern)
            continue;
        pcre2_code *code = pcre2_compile((PCRE2_SPTR)property.pattern, PCRE2_ZERO_TERMINATED,
                                         PCRE2_UTF, &error, &offset, NULL);
        if (!code)
            print_error("%s.%s: %s\n", cfn_type_name(type), property.name, property.pattern);
        assert_non_null(code);
        pcre2_code_free(code);
        ++*(size_t *)data;
    }
}

static void patterns_compile(void **state) {
    (void)state;
    size_t count = 0;
    each_type(compile_patterns, &count);
    assert_true(count > 5000);
}

static void the_source_is_told(void **state) {
    (void)state;
    assert_true(strstr(cfn_schema_source(), "aws-service-spec ") != NULL);
    assert_true(strstr(cfn_schema_source(), ", cfn-lint ") != NULL);
    assert_null(strchr(cfn_schema_source(), '\n'));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_as_many_as_aws_has), cmocka_unit_test(resources_are_in_order),
        cmocka_unit_test(properties_are_in_order),      cmocka_unit_test(kinds_make_sense),
        cmocka_unit_test(facts_fit_their_kinds),        cmocka_unit_test(rules_are_over_properties),
        cmocka_unit_test(attributes_are_found),         cmocka_unit_test(patterns_compile),
        cmocka_unit_test(the_source_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
