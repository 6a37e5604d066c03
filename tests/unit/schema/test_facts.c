/* The compiler of facts: what it makes of a few lines, and what it says of wrong ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <facts.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <write.h>

static const char small[] =
    "# a comment\n"
    "source one 1, two 2\n"
    "\n"
    "resource AWS::Toy::Box stateful\n"
    "  @Arn string\n"
    "  @Outputs.* [string\n"
    "  Lid Lid required\n"
    "  Lids [Lid|json items=1..3 unique\n"
    "  Size integer|string replace range=-1.5..2e3 enum=a,b\\,c,d\\_e,\\\\\n"
    "  default string may-replace deprecated length=2.. pattern=^a b\"?$\n"
    "  x-y.z {boolean\n"
    "rule one-of Lid Lids Size\n"
    "rule needs Lid Size\n"
    "type Lid\n"
    "  Lid Lid\n"
    "resource AWS::Toy::Top\n";

static struct facts read_small(void) {
    struct facts facts = {0};
    assert_int_equal(facts_read(&facts, small, strlen(small)), 0);
    return facts;
}

static void reads_what_is_there(void **state) {
    (void)state;
    struct facts facts = read_small();
    assert_string_equal(facts.source, "one 1, two 2");
    assert_int_equal(facts.services.count, 1);
    const struct facts_service *toy = &facts.services.items[0];
    assert_string_equal(toy->key, "toy");
    assert_int_equal(toy->types.count, 3);
    assert_int_equal(toy->types.items[0].flags, CFN__RESOURCE | CFN__STATEFUL);
    assert_string_equal(toy->types.items[1].identifier, "AWS_Toy_Box_Lid");
    const struct facts_property *p = toy->properties.items;
    assert_int_equal(p[0].flags, CFN__REQUIRED);
    assert_int_equal(p[0].type, 1);
    assert_int_equal(p[1].kinds, CFN_LIST | CFN_NESTED | CFN_JSON);
    assert_true(p[1].items.min <= 1 && p[1].items.max >= 3 && p[1].flags == CFN__UNIQUE);
    assert_int_equal(p[2].kinds, CFN_INTEGER | CFN_STRING);
    assert_int_equal(p[2].type, CFN__NO_TYPE);
    assert_memory_equal(p[2].enumeration.data, "a\0b,c\0d e\0\\", p[2].enumeration.size);
    assert_int_equal(p[2].enumeration.size, sizeof "a\0b,c\0d e\0\\");
    assert_true(p[2].value.min < -1.4 && p[2].value.max > 1999);
    assert_string_equal(p[3].pattern.data, "^a b\"?$");
    assert_true(p[3].length.min >= 2 && isinf(p[3].length.max));
    assert_int_equal(p[5].type, 1); /* Lid in Lid */
    assert_memory_equal(toy->rules.items[0].names.data, "Lid\0Lids\0Size\0", 15);
    facts_done(&facts);
}

static void writes_a_header(void **state) {
    (void)state;
    struct facts facts = read_small();
    struct cfn_text out = {0};
    write_header(&out, &facts.services.items[0]);
    assert_non_null(strstr(out.data, "#ifndef CFNGEN_AWS_TOY_H\n"));
    assert_non_null(strstr(out.data, "struct AWS_Toy_Box {\n"
                                     "    cfn_value Lid;\n"
                                     "    cfn_value Lids;\n"
                                     "    cfn_value Size;\n"
                                     "    cfn_value default_;\n"
                                     "    cfn_value x_y_z_;\n"
                                     "    const void *cfn_end;\n"
                                     "};\n"));
    assert_non_null(strstr(out.data, "cfn_members_of(&cfn_aws_toy, 1, \\\n"));
    assert_non_null(strstr(out.data, "struct AWS_Toy_Top {\n    const void *cfn_end;\n};\n"));
    cfn_text_done(&out);
    facts_done(&facts);
}

static void writes_a_table(void **state) {
    (void)state;
    struct facts facts = read_small();
    struct cfn_text out = {0};
    write_table(&out, &facts.services.items[0]);
    assert_non_null(strstr(out.data, "    \"a\\000\"\n    \"b,c\\000\"\n    \"d e\\000\"\n"));
    assert_non_null(strstr(out.data, "\"^a b\\\"\\077$\\000\"")); /* no trigraphs */
    assert_non_null(strstr(out.data, "\nconst struct cfn_service cfn_aws_toy = {\n"));
    char *once = strstr(out.data, "\"Lid\\000\"\n    \"Lids");
    assert_non_null(once);
    out.size = 0;
    write_registry(&out, &facts);
    assert_non_null(strstr(out.data, "    {0, 0}, /* AWS::Toy::Box */\n"
                                     "    {0, 2}, /* AWS::Toy::Top */\n"));
    assert_non_null(strstr(out.data, "cfn__registry_count = 2;"));
    assert_non_null(strstr(out.data, "cfn__schema_source[] = \"one 1, two 2\";\n"));
    cfn_text_done(&out);
    facts_done(&facts);
}

static void a_pool_keeps_a_text_once(void **state) {
    (void)state;
    struct pool pool = {0};
    struct cfn_text text = {0};
    size_t first = pool_add(&pool, "a", 1);
    for (int i = 0; i < 5000; i++) { /* past several growings */
        text.size = 0;
        cfn_text_printf(&text, "text %d", i);
        size_t at = pool_add(&pool, text.data, text.size);
        assert_string_equal(pool.text.data + at, text.data);
        assert_int_equal(pool_add(&pool, text.data, text.size), at);
    }
    assert_int_equal(pool_add(&pool, "a", 1), first);
    assert_int_equal(pool_add(&pool, "", 0), 0);
    size_t parts = pool_add(&pool, "a\0b\0", 4);
    assert_true(parts != first);
    assert_memory_equal(pool.text.data + parts, "a\0b\0\0", 5);
    cfn_text_done(&text);
    pool_done(&pool);
}

#define TOY "source s\nresource AWS::Toy::Box\n"
static const struct {
    const char *text, *message;
    size_t line;
} wrong[] = {
    {"", "no line says the source", 0},
    {"source s\n", "no resource", 0},
    {"resource A::B::C\n", "no line says the source", 0},
    {"flour\n", "a line must begin with source, resource, type or rule, not 'flour'", 1},
    {"#\n\tx\n", "control character 0x09", 2},
    {"# \xc3(\n", "invalid UTF-8", 1},
    {"  Name string\n", "a property must follow a resource", 1},
    {"type Lid\n", "a type must follow a resource", 1},
    {"rule one-of A B\n", "a rule must follow a resource", 1},
    {"resource\n", "the resource's name is missing", 1},
    {"resource AWS::Toy\n", "a resource's name must have the form A::B::C, not 'AWS::Toy'", 1},
    {"resource A::::C\n", "a resource's name must have the form A::B::C, not 'A::::C'", 1},
    {"resource A::B::C-D\n", "a resource's name must have the form A::B::C, not 'A::B::C-D'", 1},
    {"resource A::B::C quick\n", "a resource may be stateful or open, not 'quick'", 1},
    {TOY "resource AWS::TOY::Top\n", "AWS::Toy and AWS::TOY would share a header", 3},
    {TOY "resource AWS::Toy::Box\n", "two types would have the struct 'AWS_Toy_Box'", 3},
    {TOY "type A-B\n", "a type's name must be letters, digits and _, not 'A-B'", 3},
    {TOY "type\n", "the type's name is missing", 3},
    {TOY "type B\ntype A\n", "types must be in order of name, 'A' is not", 4},
    {TOY "type A\ntype A\n", "types must be in order of name, 'A' is not", 4},
    {TOY "type A b\n", "nothing may follow the type's name 'A'", 3},
    {TOY "  A\n", "the kind is missing", 3},
    {TOY "  A B|C\n", "a kind may name one type, not 'C' too", 3},
    {TOY "  A string|\n", "a kind must be a word or a type's name, not ''", 3},
    {TOY "  A [[string\n", "a kind must be a word or a type's name, not '[string'", 3},
    {TOY "  A B\ntype C\n", "'B' is no type of 'AWS::Toy::Box'", 3},
    {TOY "  A string\n  A string\n", "properties must be in order of name, 'A' is not", 4},
    {TOY "  B string\n  A string\n", "properties must be in order of name, 'A' is not", 4},
    {TOY "  @B string\n  @A string\n", "attributes must be in order of name, 'A' is not", 4},
    {TOY "  @ string\n", "the attribute's name is missing", 3},
    {TOY "  @A\n", "the kind is missing", 3},
    {TOY "  @A B\n", "an attribute has a plain kind and nothing else: 'A'", 3},
    {TOY "type T\n  @A string\n", "an attribute must stand with its resource", 4},
    {TOY "  A string loud\n", "unknown fact 'loud'", 3},
    {TOY "  A string length=3\n", "bounds must have the form 1..5, 1.. or ..5, not '3'", 3},
    {TOY "  A string length=a..b\n", "bounds must have the form 1..5, 1.. or ..5, not 'a..b'", 3},
    {TOY "  A string range=..inf\n", "bounds must have the form 1..5, 1.. or ..5, not '..inf'", 3},
    {TOY "  A number range=0..1e999\n",
     "bounds must have the form 1..5, 1.. or ..5, not '0..1e999'", 3},
    {TOY "  A string items=5..3\n", "bounds must not be the wrong way round: '5..3'", 3},
    {TOY "  A string enum=\n", "a value of an enumeration must not be empty", 3},
    {TOY "  A string enum=a,,b\n", "a value of an enumeration must not be empty", 3},
    {TOY "  A string pattern=\n", "a pattern must not be empty", 3},
    {TOY "rule some-of A B\n", "a rule must be one-of, any-of, needs or excludes, not 'some-of'",
     3},
    {TOY "rule\n", "a rule must be one-of, any-of, needs or excludes, not ''", 3},
    {TOY "rule needs A B\n", "a rule over 'A', which 'AWS::Toy::Box' has not", 3},
    {TOY "  A string\nrule needs A\n", "a rule must have at least two names", 4},
    {TOY "  A string\n  B string\nrule one-of A B\n  C string\n",
     "a property must stand before the rules: 'C'", 6},
    {TOY "  a-b string\n  a.b string\n",
     "two properties of 'AWS::Toy::Box' would have the member 'a_b_'", 2},
};

static void says_what_is_wrong(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct facts facts = {0};
        assert_int_equal(facts_read(&facts, wrong[i].text, strlen(wrong[i].text)), -1);
        assert_string_equal(facts.message, wrong[i].message);
        assert_int_equal(facts.line, wrong[i].line);
        facts_done(&facts);
    }
}

/* Names and files that are too long, and a NUL, which no C string above can hold. */
static void has_limits(void **state) {
    (void)state;
    struct cfn_text text = {0};
    struct facts facts = {0};
    cfn_text_put(&text, TOY "  ");
    for (int i = 0; i < 201; i++)
        cfn_text_put(&text, "n");
    cfn_text_put(&text, " string\n");
    assert_int_equal(facts_read(&facts, text.data, text.size), -1);
    assert_string_equal(facts.message, "the property's name must have at most 200 bytes");
    facts_done(&facts);
    facts = (struct facts){0};
    assert_int_equal(facts_read(&facts, "source \0", 8), -1);
    assert_string_equal(facts.message, "control character 0x00");
    facts_done(&facts);
    facts = (struct facts){0};
    assert_int_equal(facts_read(&facts, text.data, FACTS_SIZE + 1), -1);
    assert_string_equal(facts.message, "larger than 67108864 bytes");
    facts_done(&facts);
    cfn_text_done(&text);
}

static void members_are_good_for_c(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"BucketName", "BucketName"},
        {"class", "class_"},
        {"Class", "Class"},
        {"3D", "x3D_"},
        {"-", "_"},
        {"a b", "a_b_"},
        {"$ref", "ref_"},
        {"linux", "linux_"},
        {"cfn_end", "cfn_end_"},
        {"@", "_"},
        {"a\xc3\xa4z", "a__z_"},
    };
    char member[NAME_SIZE + 2];
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        facts_member(pairs[i][0], member);
        assert_string_equal(member, pairs[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_there),    cmocka_unit_test(writes_a_header),
        cmocka_unit_test(writes_a_table),         cmocka_unit_test(a_pool_keeps_a_text_once),
        cmocka_unit_test(says_what_is_wrong),     cmocka_unit_test(has_limits),
        cmocka_unit_test(members_are_good_for_c),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
