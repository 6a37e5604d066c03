/* The format of AWS's files: what is read, and what is said of what cannot be read. */
#include "profile_fixture.h"

#include "aws/words.h"

static struct cfn__ini ini;

static void read_good(const char *text) {
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn__ini_read(&ini, "config", cfn__copy(text), strlen(text), diags), 0);
    assert_int_equal(cfn_diags_count(diags), 0);
    cfn_diags_free(diags);
}

static void refused(const char *text, size_t size, const char *expected) {
    struct cfn_diags *diags = cfn_diags_new();
    char *copy = cfn__alloc(size + 1);
    memcpy(copy, text, size);
    assert_int_equal(cfn__ini_read(&ini, "config", copy, size, diags), -1);
    char *said = told(diags);
    assert_string_equal(said, expected);
    free(said);
    cfn_diags_free(diags);
    cfn__ini_done(&ini);
}

static void entry_is(size_t index, const char *section, const char *name, const char *value,
                     int line) {
    assert_true(index < ini.entries.count);
    const struct cfn__ini_entry *entry = &ini.entries.items[index];
    assert_string_equal(ini.sections.items[entry->section].name, section);
    assert_string_equal(entry->name, name);
    assert_string_equal(entry->value, value);
    assert_int_equal(entry->line, line);
}

static void sections_and_settings(void **state) {
    (void)state;
    read_good("# a comment\n"
              "[default]\n"
              "Region = eu-central-1\n"
              "; another\n"
              "\n"
              "[ profile  dev ]  # the team's\n"
              "output:json\n"
              "role_arn=arn:aws:iam::111122223333:role/a=b\n"
              "empty =\n");
    entry_is(0, "default", "region", "eu-central-1", 3);
    entry_is(1, "profile  dev", "output", "json", 7);
    entry_is(2, "profile  dev", "role_arn", "arn:aws:iam::111122223333:role/a=b", 8);
    entry_is(3, "profile  dev", "empty", "", 9);
    assert_int_equal(ini.entries.count, 4);
    assert_null(ini.sections.items[0].label);
    assert_string_equal(ini.sections.items[1].kind, "profile");
    assert_string_equal(ini.sections.items[1].label, "dev");
    cfn__ini_done(&ini);
}

static void labels_may_be_quoted(void **state) {
    (void)state;
    read_good("[profile \"the team\"]\n[sso-session 'x y']\n[profile a b]\n[profile \"open]\n");
    assert_string_equal(ini.sections.items[0].label, "the team");
    assert_string_equal(ini.sections.items[1].label, "x y");
    assert_null(ini.sections.items[2].label);
    assert_null(ini.sections.items[3].label);
    cfn__ini_done(&ini);
}

static void indented_lines_go_on(void **state) {
    (void)state;
    read_good("[profile dev]\n"
              "s3 =\n"
              "  max_bandwidth = 1\n"
              "  # not this\n"
              "\n"
              "  Addressing_Style = path\n"
              "credential_process = one\n"
              "    two\n"
              "\tthree  \n"
              "region = a\n");
    entry_is(0, "profile dev", "s3", "", 2);
    entry_is(1, "profile dev", "max_bandwidth", "1", 3);
    assert_string_equal(ini.entries.items[1].parent, "s3");
    entry_is(2, "profile dev", "Addressing_Style", "path", 6);
    entry_is(3, "profile dev", "credential_process", "one\ntwo\nthree", 7);
    assert_null(ini.entries.items[3].parent);
    entry_is(4, "profile dev", "region", "a", 10);
    assert_int_equal(ini.entries.count, 5);
    cfn__ini_done(&ini);
}

static void indented_sections_are_sections(void **state) {
    (void)state;
    read_good("  [default]\n    region = a\n    output = b\n [profile x]\n  region = c");
    entry_is(0, "default", "region", "a", 2);
    entry_is(1, "default", "output", "b", 3);
    entry_is(2, "profile x", "region", "c", 5);
    cfn__ini_done(&ini);
}

static void line_ends_and_marks_of_other_systems(void **state) {
    (void)state;
    read_good("\xEF\xBB\xBF[default]\r\nregion = a\r\ns3 =\r\n  x = y\r\n\r\n[profile b]\r\n");
    entry_is(0, "default", "region", "a", 2);
    entry_is(2, "default", "x", "y", 4);
    assert_string_equal(ini.sections.items[1].name, "profile b");
    cfn__ini_done(&ini);
    read_good("");
    assert_int_equal(ini.sections.count, 0);
    cfn__ini_done(&ini);
}

/* A line may be a secret that somebody has written in the wrong place: none is quoted. */
static void mistakes_are_named_by_line(void **state) {
    (void)state;
#define REFUSED(text, expected) refused(text, sizeof text - 1, expected)
    REFUSED("[default]\naws_secret_access_key SECRET\nSECRET\n",
            "config:2: error: a line must be a [section], name = value, or a comment "
            "[aws.profile-file]\n"
            "config:3: error: a line must be a [section], name = value, or a comment "
            "[aws.profile-file]\n");
    REFUSED("region = a\n", "config:1: error: a setting stands before the first section (write "
                            "[default] or [profile name] above it) [aws.profile-file]\n");
    REFUSED("[default\nregion = a\n",
            "config:1: error: a section is written as [name] or [profile name] "
            "[aws.profile-file]\n"
            "config:2: error: a setting stands before the first section (write [default] or "
            "[profile name] above it) [aws.profile-file]\n");
    REFUSED("[]\n", "config:1: error: a section is written as [name] or [profile name] "
                    "[aws.profile-file]\n");
    REFUSED("[a]\n= x\n", "config:2: error: a line must be a [section], name = value, or a comment "
                          "[aws.profile-file]\n");
    REFUSED("[a]\ns3 =\n  SECRET\n", "config:3: error: a line of an indented block must be name = "
                                     "value [aws.profile-file]\n");
    REFUSED("[a]\nx = \xFFSECRET\ny = a\0b\nz = 1",
            "config:2: error: a line is no text in UTF-8 [aws.profile-file]\n"
            "config:3: error: a line is no text in UTF-8 [aws.profile-file]\n");
}

static void words_as_a_shell_cuts_them(void **state) {
    (void)state;
    size_t count = 0;
    char **words = cfn__words("  one 'two  3'\"4 \\\" \\\\ \\n\" \\ five ''\n", &count);
    assert_int_equal(count, 4);
    assert_string_equal(words[0], "one");
    assert_string_equal(words[1], "two  34 \" \\ \\n");
    assert_string_equal(words[2], " five");
    assert_string_equal(words[3], "");
    assert_null(words[4]);
    free(words);
    words = cfn__words("", &count);
    assert_int_equal(count, 0);
    free(words);
    assert_null(cfn__words("a 'b", &count));
    assert_null(cfn__words("a \"b\\\"", &count));
    assert_null(cfn__words("a\\", &count));
}

static void words_as_a_shell_takes_them(void **state) {
    (void)state;
    struct cfn_arena arena = {0};
    assert_string_equal(cfn__word_quoted(&arena, "dev-1"), "dev-1");
    assert_string_equal(cfn__word_quoted(&arena, "the team"), "'the team'");
    assert_string_equal(cfn__word_quoted(&arena, "it's"), "'it'\\''s'");
    assert_string_equal(cfn__word_quoted(&arena, ""), "''");
    cfn_arena_done(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_and_settings),
        cmocka_unit_test(labels_may_be_quoted),
        cmocka_unit_test(indented_lines_go_on),
        cmocka_unit_test(indented_sections_are_sections),
        cmocka_unit_test(line_ends_and_marks_of_other_systems),
        cmocka_unit_test(mistakes_are_named_by_line),
        cmocka_unit_test(words_as_a_shell_cuts_them),
        cmocka_unit_test(words_as_a_shell_takes_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
