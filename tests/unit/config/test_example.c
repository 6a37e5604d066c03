/* The example file that is made of rows, and the examples of what is missing. */
#include "fixture.h"

static const char *const presets[] = {"rds.storage_gb=50", "tags.team=data",
                                      "data_lake.layers=gold,silver", "zzz=1", NULL};

static const char example[] =
    "# A shop\n"
    "#\n"
    "# Settings behind a # have the value that is shown; to change one, take its # away.\n"
    "\n"
    "# name of the project (2 to 24 of a-z, 0-9 and single hyphens inside, a letter first)\n"
    "project: shop\n"
    "\n"
    "# name of the environment (2 to 24 of a-z, 0-9 and single hyphens inside, a letter first)\n"
    "#environment: dev\n"
    "\n"
    "# region of AWS (a region such as eu-central-1)\n"
    "#region: eu-central-1\n"
    "\n"
    "# what you like (none by default)\n"
    "#note: example\n"
    "\n"
    "# addresses of the network (a CIDR block from /16 to /28 such as 10.0.0.0/16)\n"
    "#cidr: 10.0.0.0/16\n"
    "\n"
    "# how private subnets reach the internet (one of none, single, per_zone)\n"
    "#nat: single\n"
    "\n"
    "# tags of all resources\n"
    "tags: {managed-by: cfngen, team: data}\n"
    "\n"
    "# the database\n"
    "rds:\n"
    "  # whether there is a database\n"
    "  #enabled: true\n"
    "  # storage in gigabytes (an integer from 20 to 65536)\n"
    "  storage_gb: 50\n"
    "  # version of PostgreSQL (a version such as 17, 17.10 or 3.0.6)\n"
    "  #version: 17.10\n"
    "  # when it is maintained (a weekly window of at least 30 minutes such as "
    "sun:03:00-sun:04:00; none\n"
    "  # by default)\n"
    "  #window: sun:03:00-sun:04:00\n"
    "  # port | socket (an integer; none by default)\n"
    "  #port: 0\n"
    "\n"
    "  # logs of the database\n"
    "  logs:\n"
    "    # how much is logged (one of none, some, all)\n"
    "    #level: some\n"
    "    # days that logs are kept (an integer of at least 1)\n"
    "    #days: 30\n"
    "\n"
    "# the lake\n"
    "data_lake:\n"
    "  # layers of the lake (each one of bronze, silver, gold)\n"
    "  layers: [gold, silver]\n"
    "  # key that encrypts the lake (an ARN such as arn:aws:iam::111122223333:role/reader; none "
    "by\n"
    "  # default)\n"
    "  #kms_key: arn:aws:iam::111122223333:role/reader\n"
    "  # who may read it (each an ARN such as arn:aws:iam::111122223333:role/reader; none by "
    "default)\n"
    "  #readers: [arn:aws:iam::111122223333:role/reader]\n"
    "\n"
    "# settings that differ, by environment: merged over those above when it is chosen\n"
    "#environments:\n"
    "  #production:\n"
    "    #rds:\n"
    "      #storage_gb: 50\n";

static void example_is_this(void **state) {
    (void)state;
    char *text = cfn_rows_example(shop_rows, "A shop", presets);
    assert_string_equal(text, example);
    free(text);
}

static struct loaded loads(const char *text) {
    struct loaded l = load(GIVEN(text));
    assert_told(l.diags, "");
    assert_non_null(l.config);
    return l;
}

static void example_loads_as_it_is(void **state) {
    (void)state;
    struct loaded l = loads(example);
    assert_int_equal(l.shop.rds.storage_gb, 50);
    assert_int_equal(l.shop.rds.logs.days, 30);
    assert_null(l.shop.note);
    unload(&l);
}

/* The example without lines that match; with prose only, where keys are what to drop. */
static char *without_comments(const char *text, bool keep_settings) {
    struct cfn_text out = {0};
    while (*text) {
        size_t size = strcspn(text, "\n") + 1, blanks = strspn(text, " ");
        bool comment = text[blanks] == '#', prose = comment && strchr(" \n", text[blanks + 1]);
        if (!comment)
            cfn_text_write(&out, text, size);
        else if (keep_settings && !prose)
            cfn_text_printf(&out, "%.*s%.*s", (int)blanks, text, (int)(size - blanks - 1),
                            text + blanks + 1);
        text += size;
    }
    return cfn_text_take(&out);
}

static void example_loads_without_its_comments(void **state) {
    (void)state;
    char *text = without_comments(example, false);
    assert_null(strchr(text, '#'));
    struct loaded l = loads(text);
    assert_int_equal(l.shop.rds.storage_gb, 50);
    unload(&l);
    free(text);
}

static void example_loads_with_every_setting_uncommented(void **state) {
    (void)state;
    char *text = without_comments(example, true);
    assert_null(strchr(text, '#'));
    struct loaded l = loads(text);
    assert_string_equal(l.shop.note, "example");
    assert_int_equal(cfn_config_environments(l.config).count, 1);
    for (size_t i = 0; i < cfn_config_count(l.config); i++)
        if (cfn_config_at(l.config, i)->origin != CFN_FROM_FILE)
            fail_msg("%s is not in the file", cfn_config_at(l.config, i)->path);
    unload(&l);
    free(text);
}

static void example_needs_no_presets(void **state) {
    (void)state;
    char *text = cfn_rows_example(shop_rows, "A shop", NULL);
    struct loaded l = loads(text);
    assert_string_equal(l.shop.project, "shop");
    unload(&l);
    free(text);
}

static void example_quotes_where_it_must(void **state) {
    (void)state;
    char *text = cfn_rows_example(shop_rows, "A shop", TEXTS("note=a: 'b' #c", "project=big"));
    struct loaded l = loads(text);
    assert_string_equal(l.shop.note, "a: 'b' #c");
    assert_string_equal(l.shop.project, "big");
    unload(&l);
    free(text);
}

struct every {
    bool on;
    long number;
    const char *choice, *text;
    struct cfn_texts list, pair;
    struct cfn_table table;
};
static const struct cfn_row every_row[] = {
    CFN_BOOL(struct every, on, .required = true, .help = "a boolean"),
    CFN_INT(struct every, number, .min = -7, .max = -1, .required = true, .help = "an integer"),
    CFN_CHOICE(struct every, choice, .choices = "no|yes", .required = true, .help = "a choice"),
    CFN_TEXT(struct every, text, .format = &cfn_format_schedule, .required = true, .help = "text"),
    CFN_TEXTS(struct every, list, .choices = "a|b|c", .min = 2, .max = 3, .required = true,
              .help = "a list"),
    CFN_TEXTS(struct every, pair, .min = 2, .max = 2, .required = true, .help = "a pair"),
    CFN_TABLE(struct every, table, .min = 2, .max = 9, .format = &cfn_format_email,
              .required = true, .help = "a table"),
    CFN_ROWS_END,
};

static struct cfn_config *load_every(const char *text, struct every *every,
                                     struct cfn_diags *diags) {
    const struct cfn_config_source source = {.name = "e.yaml", .text = text, .size = strlen(text)};
    return cfn_config_load(every_row, every, &source, diags);
}

static void required_of_every_kind_has_an_example(void **state) {
    (void)state;
    struct every every;
    struct cfn_diags *diags = cfn_diags_new();
    char *text =
        cfn_rows_example(every_row,
                         "with-a-word-that-is-longer-than-the-line-is-wide-and-so-cannot-be-broken-"
                         "anywhere-but-at-its-very-end really",
                         NULL);
    struct cfn_config *config = load_every(text, &every, diags);
    assert_told(diags, "");
    assert_int_equal(every.number, -7);
    assert_string_equal(every.choice, "no");
    assert_string_equal(cfn_config_find(config, "list")->value, "[a, b]");
    assert_string_equal(cfn_config_find(config, "pair")->value, "[example, example]");
    assert_string_equal(cfn_config_find(config, "table")->value,
                        "{key: data@example.com, key2: data@example.com}");
    cfn_config_free(config);
    cfn_diags_free(diags);
    free(text);
}

static void required_of_every_kind_is_told_with_an_example(void **state) {
    (void)state;
    struct every every;
    struct cfn_diags *diags = cfn_diags_new();
    assert_null(load_every("pair: [a]\n", &every, diags));
    assert_told(
        diags,
        "e.yaml:1:1: error: on: is required (write 'on: true') [config.required]\n"
        "e.yaml:1:1: error: number: is required (write 'number: -7') [config.required]\n"
        "e.yaml:1:1: error: choice: is required (write 'choice: no') [config.required]\n"
        "e.yaml:1:1: error: text: is required (write 'text: cron(0 3 * * ? *)') [config.required]\n"
        "e.yaml:1:1: error: list: is required (write 'list: [a, b]') [config.required]\n"
        "e.yaml:1:1: error: table: is required (write 'table: {key: data@example.com, key2: "
        "data@example.com}') [config.required]\n"
        "e.yaml:1:7: error: pair: must have 2 items, not 1 [config.range]\n");
    cfn_diags_free(diags);
}

static void other_rows_without_sections_have_a_page(void **state) {
    (void)state;
    char *text = cfn_rows_reference(every_row, "Every");
    assert_non_null(strstr(text, "`CFNGEN_ON` for `on`"));
    assert_non_null(strstr(text, "| `pair` | list of 2 items, each text | required | a pair |\n"));
    assert_non_null(strstr(text, "| `number` | an integer from -7 to -1 | required |"));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(example_is_this),
        cmocka_unit_test(example_loads_as_it_is),
        cmocka_unit_test(example_loads_without_its_comments),
        cmocka_unit_test(example_loads_with_every_setting_uncommented),
        cmocka_unit_test(example_needs_no_presets),
        cmocka_unit_test(example_quotes_where_it_must),
        cmocka_unit_test(required_of_every_kind_has_an_example),
        cmocka_unit_test(required_of_every_kind_is_told_with_an_example),
        cmocka_unit_test(other_rows_without_sections_have_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
