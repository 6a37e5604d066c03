/* Texts that are no YAML, or more of it than a platform file may be, with the very words that tell
 * it. */
#include "mistakes.h"

static const struct mistake in_yaml[] = {
    {
        .name = "colon in a value",
        .given = {.text = "a: b: c\n"},
        .told = "p.yaml:1:5: error: must be YAML: mapping values are not allowed in this context "
                "(quote texts that contain a colon and a blank) [config.syntax]\n",
    },
    {
        .name = "tab as indentation",
        .given = {.text = "rds:\n"
                          "\tport: 1\n"},
        .told =
            "p.yaml:2:1: error: must be YAML: found character that cannot start any token (indent "
            "with spaces, not with tabs; quote texts that begin with @ or `) [config.syntax]\n",
    },
    {
        .name = "open list",
        .given = {.text = "rds: [a\n"},
        .told = "p.yaml:2:1: error: must be YAML: did not find expected ',' or ']' (while parsing "
                "a flow sequence that begins in line 1) [config.syntax]\n",
    },
    {
        .name = "open mapping",
        .given = {.text = "rds: {a: b\n"
                          "nat: none\n"},
        .told = "p.yaml:2:4: error: must be YAML: did not find expected ',' or '}' (while parsing "
                "a flow mapping that begins in line 1) [config.syntax]\n",
    },
    {
        .name = "open quote",
        .given = {.text = "rds: \"abc\n"},
        .told = "p.yaml:2:1: error: must be YAML: found unexpected end of stream (while scanning a "
                "quoted scalar that begins in line 1) [config.syntax]\n",
    },
    {
        .name = "wrong indentation",
        .given = {.text = "rds:\n"
                          "  port: 1\n"
                          " nat: none\n"},
        .told = "p.yaml:3:2: error: must be YAML: did not find expected key (while parsing a block "
                "mapping that begins in line 1) [config.syntax]\n",
    },
    {
        .name = "reserved character",
        .given = {.text = "project: @shop\n"},
        .told =
            "p.yaml:1:10: error: must be YAML: found character that cannot start any token (indent "
            "with spaces, not with tabs; quote texts that begin with @ or `) [config.syntax]\n",
    },
    {
        .name = "unknown alias",
        .given = {.text = "project: *none\n"},
        .told = "p.yaml:1:10: error: must name an anchor that stands before it, not '*none' "
                "[config.syntax]\n",
    },
    {
        .name = "alias inside itself",
        .given = {.text = "rds: &r {logs: *r}\n"},
        .told = "p.yaml:1:16: error: must not stand inside what it names: the alias '*r' "
                "[config.syntax]\n",
    },
    {
        .name = "alias inside itself in a list",
        .given = {.text = "&r [*r]\n"},
        .told = "p.yaml:1:5: error: must not stand inside what it names: the alias '*r' "
                "[config.syntax]\n",
    },
    {
        .name = "merge key",
        .given = {.text = "project: shop\n"
                          "rds: {<<: {port: 1}}\n"},
        .told = "p.yaml:2:7: error: must not use merge keys, '<<' (environments are merged over "
                "the settings of the root) [config.syntax]\n",
    },
    {
        .name = "list as key",
        .given = {.text = "project: shop\n"
                          "? [a, b]\n"
                          ": c\n"},
        .told =
            "p.yaml:2:3: error: must have a name before the colon, not a list [config.syntax]\n",
    },
    {
        .name = "tags",
        .given = {.text = "project: !Ref shop\n"
                          "rds: !!map {port: !!int 5}\n"
                          "data_lake: {layers: !x [gold]}\n"},
        .told = "p.yaml:1:10: error: must be written without a tag, not '!Ref' [config.syntax]\n"
                "p.yaml:2:6: error: must be written without a tag, not '!!map' [config.syntax]\n"
                "p.yaml:2:19: error: must be written without a tag, not '!!int' [config.syntax]\n"
                "p.yaml:3:21: error: must be written without a tag, not '!x' [config.syntax]\n",
    },
    {
        .name = "two documents",
        .given = {.text = "project: shop\n"
                          "---\n"
                          "project: shop\n"},
        .told = "p.yaml:2:1: error: must be one YAML document: a second one begins here "
                "[config.syntax]\n",
    },
    {
        .name = "escaped nul",
        .given = {.text = "project: shop\n"
                          "note: \"a\\0b\"\n"},
        .told = "p.yaml:2:7: error: must not contain the character U+0000 [config.syntax]\n",
    },
    {
        .name = "latin 1",
        .given = {.text = "project: caf\xC3\xA9 \xE9\n"},
        .told = "p.yaml:1:15: error: must be UTF-8, not the byte 0xE9 [config.syntax]\n",
    },
    {
        .name = "utf 16",
        .given = {.text = "\xFF\xFEp\n"},
        .told = "p.yaml:1:1: error: must be UTF-8, not the byte 0xFF [config.syntax]\n",
    },
    {
        .name = "overlong",
        .given = {.text = "project: \xC0\x80\n"},
        .told = "p.yaml:1:10: error: must be UTF-8, not the byte 0xC0 [config.syntax]\n",
    },
    {
        .name = "control character",
        .given = {.text = "project: shop\x0D\n"
                          "note: sh\x07op\n"},
        .told = "p.yaml:2:9: error: must not contain the character U+0007 [config.syntax]\n",
    },
    {
        .name = "old line ends",
        .given = {.text = "project: shop\x0D"
                          "note: \x01\x0D"},
        .told = "p.yaml:2:7: error: must not contain the character U+0001 [config.syntax]\n",
    },
    {
        .name = "delete character",
        .given = {.text = "\xC3\xA9\x7F\n"},
        .told = "p.yaml:1:2: error: must not contain the character U+007F [config.syntax]\n",
    },
    {
        .name = "byte order mark inside",
        .given = {.text = "a: \xEF\xBB\xBF\n"},
        .told = "p.yaml:1:4: error: must not contain the character U+FEFF [config.syntax]\n",
    },
    {
        .name = "unknown directive is ignored but two versions are not",
        .given = {.text = "%YAML 1.1\n"
                          "%YAML 1.1\n"
                          "---\n"
                          "a: b\n"},
        .told =
            "p.yaml:2:1: error: must be YAML: found duplicate %YAML directive [config.syntax]\n",
    },
    {
        .name = "version 2",
        .given = {.text = "%YAML 2.0\n"
                          "---\n"
                          "a: b\n"},
        .told =
            "p.yaml:1:1: error: must be YAML: found incompatible YAML document [config.syntax]\n",
    },
    {
        .name = "only an end",
        .given = {.text = "]\n"},
        .told = "p.yaml:1:1: error: must be YAML: did not find expected node content (while "
                "parsing a block node that begins in line 1) [config.syntax]\n",
    },
};

static void of_yaml(void **state) {
    (void)state;
    CHECK_ALL(in_yaml);
}

/* A text made of parts, `count` times the middle one. */
static struct loaded load_repeated(const char *before, const char *middle, size_t count,
                                   const char *after) {
    struct cfn_text text = {0};
    cfn_text_put(&text, before);
    for (size_t i = 0; i < count; i++)
        cfn_text_put(&text, middle);
    cfn_text_put(&text, after);
    struct loaded l = load(GIVEN(text.data));
    cfn_text_done(&text);
    return l;
}

static void size_is_limited(void **state) {
    (void)state;
    const size_t most = (1 << 20) - sizeof "project: shop\n" + 1;
    struct loaded l = load_repeated("project: shop\n", "#", most, "");
    assert_non_null(l.config);
    unload(&l);
    l = load_repeated("project: shop\n", "#", most + 1, "");
    assert_null(l.config);
    assert_told(l.diags, "p.yaml: error: must be at most 1 MB, not 1048577 bytes [config.limit]\n");
    unload(&l);
}

static void depth_is_limited(void **state) {
    (void)state;
    struct loaded l = load_repeated("project: ", "[", 31, "");
    assert_int_not_equal(cfn_diags_errors(l.diags), 0);
    assert_string_equal(cfn_diags_at(l.diags, 0)->code, "config.syntax");
    unload(&l);
    l = load_repeated("project: ", "[", 100000, "");
    assert_told(l.diags, "p.yaml:1:41: error: must be nested at most 32 deep [config.limit]\n");
    unload(&l);
    l = load_repeated("a:\n  - ", "- ", 500, "b\n");
    assert_told(l.diags, "p.yaml:2:65: error: must be nested at most 32 deep [config.limit]\n");
    unload(&l);
}

static void number_of_values_is_limited(void **state) {
    (void)state;
    struct loaded l = load_repeated("project: [", "a,", 100001, "]\n");
    assert_int_equal(cfn_diags_count(l.diags), 1);
    assert_string_equal(cfn_diags_at(l.diags, 0)->message,
                        "must have at most 100000 values, counting each use of an alias");
    unload(&l);
}

static void aliases_do_not_multiply(void **state) {
    (void)state;
    struct cfn_text text = {0};
    cfn_text_put(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
        cfn_text_printf(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            cfn_text_printf(&text, "%s*a%d", j ? ", " : "", i - 1);
        cfn_text_put(&text, "]\n");
    }
    struct loaded l = load(GIVEN(text.data));
    assert_told(l.diags, "p.yaml:5:45: error: must have at most 100000 values, counting each use "
                         "of an alias [config.limit]\n");
    unload(&l);
    cfn_text_done(&text);
}

static void number_of_anchors_is_limited(void **state) {
    (void)state;
    struct loaded l = load_repeated("project: [", "&a b, ", 1001, "]\n");
    assert_told(l.diags, "p.yaml:1:6011: error: must have at most 1000 anchors [config.limit]\n");
    unload(&l);
}

static void many_mistakes_take_little_time(void **state) {
    (void)state;
    struct cfn_text text = {0};
    for (int i = 0; i < 40000; i++)
        cfn_text_printf(&text, "storage_%d: a\n", i);
    struct loaded l = load(GIVEN(text.data));
    assert_int_equal(cfn_diags_count(l.diags), 1001);
    assert_int_equal(cfn_diags_errors(l.diags), 40001);
    unload(&l);
    cfn_text_done(&text);
}

static void a_later_anchor_replaces_one_of_its_name(void **state) {
    (void)state;
    struct loaded l = load(GIVEN("project: &a shop\nnote: &a b\ntags: {x: *a}\n"));
    assert_non_null(l.config);
    assert_string_equal(l.shop.tags.entries[0].value, "b");
    unload(&l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_yaml),
        cmocka_unit_test(size_is_limited),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(number_of_values_is_limited),
        cmocka_unit_test(aliases_do_not_multiply),
        cmocka_unit_test(number_of_anchors_is_limited),
        cmocka_unit_test(many_mistakes_take_little_time),
        cmocka_unit_test(a_later_anchor_replaces_one_of_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
