/* Templates written in a test, and what is told about them: one line a diagnostic, "LINE:COLUMN:
 * PATH: MESSAGE [CODE]". */
#ifndef CHECK_FIXTURE_H
#define CHECK_FIXTURE_H

#include <base/base.h>
#include <cfngen/check.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline char *told_in(struct cfn_diags *diags) {
    struct cfn_text text = {0};
    cfn_diags_sort(diags);
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        char *line = cfn_diag_text(cfn_diags_at(diags, i));
        char *mark = strstr(line, " error: ");
        cfn_text_write(&text, line + 2, (size_t)(mark + 1 - (line + 2)));
        cfn_text_printf(&text, "%s\n", mark + strlen(" error: "));
        free(line);
    }
    return cfn_text_take(&text);
}

/* What is told about a template's text; the caller frees it. */
static inline char *told(const char *text) {
    struct cfn_diags *diags = cfn_diags_new();
    size_t size = strlen(text);
    char *copy = malloc(size ? size : 1); /* without a NUL at its end */
    assert_non_null(copy);
    memcpy(copy, text, size);
    int result = cfn_check_text("t", copy, size, diags);
    char *lines = told_in(diags);
    assert_int_equal(result, *lines ? -1 : 0);
    cfn_diags_free(diags);
    free(copy);
    return lines;
}

static inline void assert_told(const char *text, const char *expected) {
    char *lines = told(text);
    assert_string_equal(lines, expected);
    free(lines);
}

/* The same for a template of one resource "A", whose body is given in YAML's flow style;
 * "Resources.A." is left out of the paths. */
static inline void assert_resource(const char *body, const char *expected) {
    struct cfn_text text = {0}, shown = {0};
    cfn_text_printf(&text, "Resources:\n  A: {%s}\n  B: {Type: AWS::SQS::Queue}\n", body);
    char *lines = told(text.data), *rest = lines;
    for (char *next; *rest; rest = next + 1) {
        next = strchr(rest, '\n');
        char *path = strstr(rest, " Resources.A");
        const char *start = path && path < next ? path + strlen(" Resources.A") : rest;
        start += *start == '.' || *start == ':';
        start += *start == ' ';
        cfn_text_write(&shown, start, (size_t)(next + 1 - start));
    }
    assert_string_equal(shown.data ? shown.data : "", expected);
    cfn_text_done(&shown);
    cfn_text_done(&text);
    free(lines);
}

/* Properties of one resource of a type. */
static inline void assert_properties(const char *type, const char *properties,
                                     const char *expected) {
    struct cfn_text body = {0};
    cfn_text_printf(&body, "Type: %s, Properties: {%s}", type, properties);
    assert_resource(body.data, expected);
    cfn_text_done(&body);
}

#endif
