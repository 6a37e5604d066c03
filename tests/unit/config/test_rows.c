/* The reference page and the JSON Schema that are made of rows, and the check of rows. */
#include "fixture.h"

static const char reference[] =
    "# Reference\n"
    "\n"
    "A setting's value is looked for in this order: `--set path=value`, its environment variable, "
    "the overlay of the chosen\n"
    "environment, the base of the file, the default. Its path is that of its section, a dot and "
    "its name; its variable is\n"
    "`CFNGEN_` and the path in upper case with `_` for each dot: `CFNGEN_RDS_ENABLED` for "
    "`rds.enabled`.\n"
    "\n"
    "`environments:` maps names to overlays, which may hold every setting below. In an overlay, "
    "sections and mappings are\n"
    "merged key by key; a list replaces the list of the base.\n"
    "\n"
    "| Setting | Type | Default | Meaning |\n"
    "| --- | --- | --- | --- |\n"
    "| `project` | 2 to 24 of a-z, 0-9 and single hyphens inside, a letter first | required | name "
    "of the project |\n"
    "| `environment` | 2 to 24 of a-z, 0-9 and single hyphens inside, a letter first | `dev` | "
    "name of the environment |\n"
    "| `region` | a region such as eu-central-1 | `eu-central-1` | region of AWS |\n"
    "| `note` | text | none | what you like |\n"
    "| `cidr` | a CIDR block from /16 to /28 such as 10.0.0.0/16 | `10.0.0.0/16` | addresses of "
    "the network |\n"
    "| `nat` | `none`, `single` or `per_zone` | `single` | how private subnets reach the internet "
    "|\n"
    "| `tags` | mapping of entries, each text | `{managed-by: cfngen}` | tags of all resources |\n"
    "\n"
    "## rds\n"
    "\n"
    "the database\n"
    "\n"
    "| Setting | Type | Default | Meaning |\n"
    "| --- | --- | --- | --- |\n"
    "| `enabled` | true or false | `true` | whether there is a database |\n"
    "| `storage_gb` | an integer from 20 to 65536 | `20` | storage in gigabytes |\n"
    "| `version` | a version such as 17, 17.10 or 3.0.6 | `17.10` | version of PostgreSQL |\n"
    "| `window` | a weekly window of at least 30 minutes such as sun:03:00-sun:04:00 | none | when "
    "it is maintained |\n"
    "| `port` | an integer | none | port \\| socket |\n"
    "\n"
    "### rds.logs\n"
    "\n"
    "logs of the database\n"
    "\n"
    "| Setting | Type | Default | Meaning |\n"
    "| --- | --- | --- | --- |\n"
    "| `level` | `none`, `some` or `all` | `some` | how much is logged |\n"
    "| `days` | an integer of at least 1 | `30` | days that logs are kept |\n"
    "\n"
    "## data_lake\n"
    "\n"
    "the lake\n"
    "\n"
    "| Setting | Type | Default | Meaning |\n"
    "| --- | --- | --- | --- |\n"
    "| `layers` | list of 1 to 3 items, each `bronze`, `silver` or `gold` | `[bronze, silver, "
    "gold]` | layers of the lake |\n"
    "| `kms_key` | an ARN such as arn:aws:iam::111122223333:role/reader | none | key that encrypts "
    "the lake |\n"
    "| `readers` | list of items, each an ARN such as arn:aws:iam::111122223333:role/reader | none "
    "| who may read it |\n";

static void reference_is_this(void **state) {
    (void)state;
    char *text = cfn_rows_reference(shop_rows, "Reference");
    assert_string_equal(text, reference);
    free(text);
}

/* The value at a path of keys, "a/b/0". */
static const json_t *at(const json_t *value, const char *path) {
    char key[64];
    while (value && *path) {
        size_t size = strcspn(path, "/");
        memcpy(key, path, size);
        key[size] = '\0';
        value = json_is_array(value) ? json_array_get(value, strtoul(key, NULL, 10))
                                     : json_object_get(value, key);
        path += size + (path[size] == '/');
    }
    return value;
}

static void assert_json(const json_t *schema, const char *path, const char *expected) {
    char *text = json_dumps(at(schema, path), JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    if (!text)
        fail_msg("nothing at %s", path);
    assert_string_equal(text, expected);
    free(text);
}

static json_t *schema_of(const struct cfn_row *rows) {
    char *text = cfn_rows_json_schema(rows, "Shop");
    assert_true(cfn_ends_with(text, "}\n"));
    json_t *schema = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(schema);
    free(text);
    return schema;
}

static void schema_describes_every_kind(void **state) {
    (void)state;
    json_t *s = schema_of(shop_rows);
    assert_json(s, "$schema", "\"https://json-schema.org/draft/2020-12/schema\"");
    assert_json(s, "title", "\"Shop\"");
    assert_json(s, "additionalProperties", "false");
    assert_json(s, "required", "[\"project\"]");
    assert_json(s, "properties/rds", "{\"$ref\":\"#/$defs/rds\"}");
    assert_json(s, "$defs/nat/enum", "[\"none\",\"single\",\"per_zone\"]");
    assert_json(s, "$defs/nat/default", "\"single\"");
    assert_json(s, "$defs/project/type", "\"string\"");
    assert_json(s, "$defs/note/type", "[\"string\",\"number\",\"boolean\"]");
    assert_json(s, "$defs/tags/default", "{\"managed-by\":\"cfngen\"}");
    assert_json(s, "$defs/tags/additionalProperties/type", "[\"string\",\"number\",\"boolean\"]");
    assert_json(s, "$defs/rds/type", "[\"object\",\"null\"]");
    assert_json(s, "$defs/rds/additionalProperties", "false");
    assert_json(s, "$defs/rds/properties/enabled",
                "{\"default\":true,\"description\":\"whether there is a database\","
                "\"type\":\"boolean\"}");
    assert_json(s, "$defs/rds/properties/storage_gb",
                "{\"default\":20,\"description\":\"storage in gigabytes\",\"maximum\":65536,"
                "\"minimum\":20,\"type\":\"integer\"}");
    assert_json(s, "$defs/rds/properties/version/type", "[\"string\",\"number\"]");
    assert_json(s, "$defs/rds/properties/version/default", "\"17.10\"");
    assert_json(s, "$defs/rds/properties/port",
                "{\"description\":\"port | socket\",\"type\":\"integer\"}");
    assert_json(s, "$defs/rds/properties/logs/properties/days",
                "{\"default\":30,\"description\":\"days that logs are kept\",\"minimum\":1,"
                "\"type\":\"integer\"}");
    assert_json(s, "$defs/data_lake/properties/layers",
                "{\"default\":[\"bronze\",\"silver\",\"gold\"],\"description\":\"layers of the "
                "lake\",\"items\":{\"enum\":[\"bronze\",\"silver\",\"gold\"]},\"maxItems\":3,"
                "\"minItems\":1,\"type\":\"array\"}");
    json_decref(s);
}

static void schema_of_overlays_requires_nothing(void **state) {
    (void)state;
    json_t *s = schema_of(shop_rows);
    assert_json(s, "properties/environments/additionalProperties/properties/project",
                "{\"$ref\":\"#/$defs/project\"}");
    assert_json(s, "properties/environments/additionalProperties/additionalProperties", "false");
    assert_null(at(s, "properties/environments/additionalProperties/required"));
    assert_null(at(s, "properties/environments/additionalProperties/properties/environments"));
    json_decref(s);
}

struct deep {
    const char *key, *size;
};
struct outer {
    struct deep deep;
    bool on;
};
struct top {
    struct outer outer;
};
static const struct cfn_row deep_rows[] = {
    CFN_TEXT(struct deep, key, .required = true, .help = "a key"),
    CFN_CHOICE(struct deep, size, .choices = "1|2.5|true|big", .fallback = "1", .help = "a size"),
    CFN_ROWS_END,
};
static const struct cfn_row outer_rows[] = {
    CFN_SECTION(struct outer, deep, struct deep, .rows = deep_rows, .help = "deep inside"),
    CFN_BOOL(struct outer, on, .fallback = "false", .help = "on or off"),
    CFN_ROWS_END,
};
static const struct cfn_row top_rows[] = {
    CFN_SECTION(struct top, outer, struct outer, .rows = outer_rows, .help = "outside"),
    CFN_ROWS_END,
};

static void schema_requires_inside_sections(void **state) {
    (void)state;
    json_t *s = schema_of(top_rows);
    assert_json(s, "required", "[\"outer\"]");
    assert_json(s, "properties/outer",
                "{\"$ref\":\"#/$defs/outer\",\"properties\":{\"deep\":{\"properties\":{},"
                "\"required\":[\"key\"],\"type\":\"object\"}},\"required\":[\"deep\"],"
                "\"type\":\"object\"}");
    assert_null(at(s, "$defs/outer/required"));
    assert_json(s, "$defs/outer/properties/deep/properties/size/enum",
                "[\"1\",1,\"2.5\",2.5,\"true\",true,\"big\"]");
    json_decref(s);
}

static void required_inside_sections_is_told_where_the_section_is(void **state) {
    (void)state;
    struct top top;
    static const struct {
        const char *text, *told;
    } cases[] = {
        {"outer:\n  deep:\n    size: 1\n",
         "d.yaml:2:3: error: outer.deep.key: is required (write 'key: example') "
         "[config.required]\n"},
        {"\n\n  outer: {on: true}\n",
         "d.yaml:3:3: error: outer.deep.key: is required (write 'key: example') "
         "[config.required]\n"},
        {"", "d.yaml:1:1: error: outer.deep.key: is required (write 'key: example') "
             "[config.required]\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cfn_diags *diags = cfn_diags_new();
        const struct cfn_config_source source = {
            .name = "d.yaml", .text = cases[i].text, .size = strlen(cases[i].text)};
        assert_null(cfn_config_load(top_rows, &top, &source, diags));
        assert_told(diags, cases[i].told);
        cfn_diags_free(diags);
    }
    char *text = cfn_rows_example(top_rows, "Deep", NULL);
    const struct cfn_config_source source = {.text = text, .size = strlen(text)};
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_config *config = cfn_config_load(top_rows, &top, &source, diags);
    assert_told(diags, "");
    assert_string_equal(top.outer.deep.key, "example");
    cfn_config_free(config);
    cfn_diags_free(diags);
    free(text);
}

static void sections_without_settings_have_no_table(void **state) {
    (void)state;
    char *text = cfn_rows_reference(top_rows, "Top");
    assert_null(strstr(text, "## outer\n\noutside\n\n\n"));
    assert_non_null(strstr(text, "\n### outer.deep\n\ndeep inside\n\n| Setting |"));
    free(text);
}

static void good_rows_pass(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn__rows_check(shop_rows, diags), 0);
    assert_int_equal(cfn__rows_check(top_rows, diags), 0);
    assert_told(diags, "");
    cfn_diags_free(diags);
}

static void bad_rows_are_told(void **state) {
    (void)state;
    static const struct cfn_text_format formless = {.name = "formless", .must_be = "x"};
    static const struct cfn_text_format liar = {
        .name = "liar", .must_be = "x", .pattern = "^a$", .example = "b"};
    static const struct cfn_row inner[] = {
        {.name = "b_c", .kind = CFN_ROW_TEXT, .help = "one"},
        CFN_ROWS_END,
    };
    static const struct cfn_row rows[] = {
        {.name = "a", .kind = CFN_ROW_SECTION, .rows = inner, .help = "a section"},
        {.name = "a_b", .kind = CFN_ROW_SECTION, .help = "empty"},
        {.name = "a_b_c", .kind = CFN_ROW_TEXT, .help = "shares its variable"},
        {.name = "config", .kind = CFN_ROW_TEXT, .help = "has the program's"},
        {.name = "camelCase", .kind = CFN_ROW_BOOL, .help = "no snake"},
        {.name = "twice", .kind = CFN_ROW_BOOL, .help = "once"},
        {.name = "twice", .kind = CFN_ROW_BOOL, .help = "once more"},
        {.name = "number", .kind = CFN_ROW_INT, .min = 5, .max = 3, .fallback = "2", .help = "x"},
        {.name = "wish", .kind = CFN_ROW_TEXT, .required = true, .fallback = "x", .help = "x"},
        {.name = "which", .kind = CFN_ROW_CHOICE, .help = "x"},
        {.name = "mute", .kind = CFN_ROW_BOOL},
        {.name = "stop", .kind = CFN_ROW_BOOL, .help = "ends in a full stop."},
        {.name = "none", .kind = CFN_ROW_TEXT, .format = &formless, .help = "x"},
        {.name = "lies", .kind = CFN_ROW_TEXT, .format = &liar, .help = "x"},
        {.name = "environments", .kind = CFN_ROW_TEXT, .help = "x"},
        CFN_ROWS_END,
    };
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn__rows_check(rows, diags), -1);
    assert_told(
        diags,
        "error: a_b: must have rows if it is a section, and else none [config.rows]\n"
        "error: camelCase: must have a name of 1 to 63 of a-z, 0-9 and underscores, a letter first "
        "[config.rows]\n"
        "error: twice: must be the only row of its name [config.rows]\n"
        "error: number: must not have a maximum below its minimum [config.rows]\n"
        "error: number: must be an integer from 5 to 3, not '2' (the default) [config.range]\n"
        "error: wish: must not have a default and be required [config.rows]\n"
        "error: which: must have choices [config.rows]\n"
        "error: mute: must have a help, without a full stop [config.rows]\n"
        "error: stop: must have a help, without a full stop [config.rows]\n"
        "error: none: must have a format with an example, not formless [config.rows]\n"
        "error: lies: must have a format that accepts its own example, not liar [config.rows]\n"
        "error: a_b_c: must not share its variable with a.b_c [config.rows]\n"
        "error: config: must not have the program's variable CFNGEN_CONFIG [config.rows]\n"
        "error: environments: must not be a row: it holds the overlays [config.rows]\n");
    cfn_diags_free(diags);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_is_this),
        cmocka_unit_test(schema_describes_every_kind),
        cmocka_unit_test(schema_of_overlays_requires_nothing),
        cmocka_unit_test(schema_requires_inside_sections),
        cmocka_unit_test(required_inside_sections_is_told_where_the_section_is),
        cmocka_unit_test(sections_without_settings_have_no_table),
        cmocka_unit_test(good_rows_pass),
        cmocka_unit_test(bad_rows_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
