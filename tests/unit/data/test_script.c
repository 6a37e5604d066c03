/* Where statements of a script begin and end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"

#include <cfngen/warehouse.h>

/* The statements, each in brackets behind its place. */
static char *split(const char *text, struct cfn_diags *diags) {
    struct cfn_script script = {.text = text, .size = strlen(text), .file = "a.sql"};
    struct cfn_sql sql;
    struct cfn_text all = {0};
    while (cfn_script_next(&script, &sql, diags))
        cfn_text_printf(&all, "%d:%d[%.*s]", sql.place.line, sql.place.column, (int)sql.size,
                        sql.text);
    return cfn_text_take(&all);
}

static void expect(const char *text, const char *statements) {
    struct cfn_diags *diags = cfn_diags_new();
    char *said = split(text, diags);
    assert_string_equal(said, statements);
    assert_int_equal(cfn_diags_count(diags), 0);
    free(said);
    cfn_diags_free(diags);
}

static void test_semicolons(void **state) {
    (void)state;
    expect("", "");
    expect(" ;; \n;", "");
    expect("select 1", "1:1[select 1]");
    expect("select 1;select 2 ;\n  select\n3;\n", "1:1[select 1]1:10[select 2]2:3[select\n3]");
    expect("\xEF\xBB\xBFselect 1;", "1:2[select 1]");
    expect("select 1;\r\nselect 2;\r\n", "1:1[select 1]2:1[select 2]");
}

static void test_quotes(void **state) {
    (void)state;
    expect("select 'a;b';x", "1:1[select 'a;b']1:14[x]");
    expect("select 'it''s;';x", "1:1[select 'it''s;']1:17[x]");
    expect("select 'it\\';s';x", "1:1[select 'it\\';s']1:17[x]");
    expect("select '\\\\';x", "1:1[select '\\\\']1:13[x]");
    expect("select \"a\"\";\\\";x", "1:1[select \"a\"\";\\\"]1:16[x]");
    expect("select '-- no', '/* no' ;x", "1:1[select '-- no', '/* no']1:26[x]");
}

static void test_comments(void **state) {
    (void)state;
    expect("-- a;\nselect 1 -- b;\n, 2;x", "2:1[select 1 -- b;\n, 2]3:5[x]");
    expect("/* a; /* b; */ c; */ select 1;", "1:22[select 1]");
    expect("select 1 /* ' */;x -- ' \n", "1:1[select 1]1:18[x]");
    expect("-- nothing but this", "");
    expect("select 1 - -1; select 6/ 2*3", "1:1[select 1 - -1]1:16[select 6/ 2*3]");
}

static void test_dollar_quotes(void **state) {
    (void)state;
    expect("create f as $$ begin; end; $$;x", "1:1[create f as $$ begin; end; $$]1:31[x]");
    expect("do $a$ $$;$b$; $a$;x", "1:1[do $a$ $$;$b$; $a$]1:20[x]");
    expect("select $1;select a$b$c;x", "1:1[select $1]1:11[select a$b$c]1:24[x]");
    expect("select $;x", "1:1[select $]1:10[x]");
}

static void test_what_is_not_closed_is_told(void **state) {
    (void)state;
    static const char *const texts[][2] = {
        {"select 1;\n  select 'a;\nb", "a quoted text begins here and does not end"},
        {"select 1;\n  select \"a;\nb", "a quoted name begins here and does not end"},
        {"select 1;\n  select /* a /* b */;", "a comment begins here and does not end"},
        {"select 1;\n  select $x$ a; $y$", "a dollar quote begins here and does not end"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct cfn_diags *diags = cfn_diags_new();
        char *said = split(texts[i][0], diags);
        assert_string_equal(said, "1:1[select 1]");
        assert_string_equal(cfn_diags_at(diags, 0)->message, texts[i][1]);
        assert_int_equal(cfn_diags_at(diags, 0)->place.line, 2);
        assert_int_equal(cfn_diags_at(diags, 0)->place.column, 10);
        free(said);
        cfn_diags_free(diags);
    }
}

/* Whatever is quoted comes back as one statement. */
static void test_what_is_made_is_read(void **state) {
    (void)state;
    static const char *const words[] = {"IAMR:role", "a\"b", "it's", "back\\slash",
                                        "a;b",       "$$",   ""};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char *name = cfn_sql_name(words[i]), *value = cfn_sql_text(words[i]);
        struct cfn_text whole = {0};
        struct cfn_diags *diags = cfn_diags_new();
        cfn_text_printf(&whole, "%s %s", name, value);
        struct cfn_script script = {.text = whole.data, .size = whole.size};
        struct cfn_sql sql;
        assert_true(cfn_script_next(&script, &sql, diags));
        assert_int_equal(sql.size, whole.size);
        assert_false(cfn_script_next(&script, &sql, diags));
        cfn_text_done(&whole);
        cfn_diags_free(diags);
        free(name);
        free(value);
    }
    char *value = cfn_sql_text("it's a \\");
    assert_string_equal(value, "'it''s a \\\\'");
    free(value);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_semicolons),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_comments),
        cmocka_unit_test(test_dollar_quotes),
        cmocka_unit_test(test_what_is_not_closed_is_told),
        cmocka_unit_test(test_what_is_made_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
