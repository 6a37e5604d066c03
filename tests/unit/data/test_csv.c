/* CSV as RFC 4180 has it, whole and in pieces of any size. */
#include "data/csv.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

/* A text that comes in pieces of a few bytes. */
struct source {
    const char *text;
    size_t size, at, piece;
};

static size_t read_piece(void *self, char *bytes, size_t size) {
    struct source *source = self;
    size_t more = source->size - source->at;
    if (more > source->piece)
        more = source->piece;
    if (more > size)
        more = size;
    memcpy(bytes, source->text + source->at, more);
    source->at += more;
    return more;
}

static void put_field(struct cfn_text *out, const struct cfn__csv_field *field) {
    struct cfn_text room = {0};
    size_t size;
    const char *text = cfn__csv_text(field, &room, &size);
    cfn_text_put(out, field->quoted ? "'" : "");
    cfn_text_write(out, text, size);
    cfn_text_put(out, field->quoted ? "'" : "");
    cfn_text_done(&room);
}

/* "[a|'b c'][...]!line:column problem!" */
static char *read_all(const char *text, size_t size, size_t piece) {
    struct source source = {text, size, 0, piece};
    struct cfn__csv csv;
    struct cfn_text out = {0};
    enum cfn__csv_found found;
    cfn__csv_begin(&csv, read_piece, &source);
    while ((found = cfn__csv_next(&csv)) != CFN__CSV_END) {
        if (found == CFN__CSV_BAD) {
            cfn_text_printf(&out, "!%ld:%d %s!", csv.place.line, cfn__csv_column(&csv.place),
                            csv.problem);
            continue;
        }
        for (size_t i = 0; i < csv.count; i++) {
            cfn_text_put(&out, i ? "|" : "[");
            put_field(&out, &csv.fields[i]);
        }
        cfn_text_put(&out, "]");
    }
    cfn__csv_done(&csv);
    return cfn_text_take(&out);
}

static void assert_reads(const char *text, const char *expected) {
    static const size_t pieces[] = {1, 2, 3, 5, 7, 1000000};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        char *found = read_all(text, strlen(text), pieces[i]);
        assert_string_equal(found, expected);
        free(found);
    }
}

static void what_the_rfc_allows(void **state) {
    (void)state;
    assert_reads("", "");
    assert_reads("a,b\nc,d\n", "[a|b][c|d]");
    assert_reads("a,b\r\nc,d\r\n", "[a|b][c|d]");
    assert_reads("a,b\nc,d", "[a|b][c|d]");
    assert_reads("a,b\r\nc,\"d\"", "[a|b][c|'d']");
    assert_reads("a,,c\n,,\n", "[a||c][||]");
    assert_reads("\"a,b\",\"c \"\"quoted\"\" d\"\n", "['a,b'|'c \"quoted\" d']");
    assert_reads("\"two\r\nlines\",x\r\n\"\",y\r\n", "['two\r\nlines'|x][''|y]");
    assert_reads("\"\"\"\"\n", "['\"']");
    assert_reads("\xEF\xBB\xBF\"a\",b\nc,d\n", "['a'|b][c|d]");
    assert_reads("\xEF\xBB\xBF", "");
    assert_reads("a,b\n\n\r\nc,d\n\n", "[a|b][c|d]");
}

/* A carriage return alone is a character; so is what else has no meaning. */
static void characters_that_mean_nothing(void **state) {
    (void)state;
    assert_reads("a\rb,c\n", "[a\rb|c]");
    assert_reads("a\r", "[a\r]");
    assert_reads("tab\there,back\\slash\n", "[tab\there|back\\slash]");
    assert_reads("\"a\r\",b\r\n", "['a\r'|b]");
    assert_reads("a b , c\n", "[a b | c]");
}

/* Each is told where it is, and reading goes on with the line behind it. */
static void what_it_does_not_allow(void **state) {
    (void)state;
    assert_reads("a,b\nx\"y,z\nc,d\n", "[a|b]!2:2 a quote in a field that does not begin with one!"
                                       "[c|d]");
    assert_reads("\"a\"b,c\nd,e\n", "!1:4 text behind a closing quote![d|e]");
    assert_reads("\"a\n\xC3\xA9\" b,c\nd,e\n", "!2:3 text behind a closing quote![d|e]");
    assert_reads("a,b\nc,\"d\ne,f\n", "[a|b]!2:3 a quote that is never closed![e|f]");
    assert_reads("a,b\n\"", "[a|b]!2:1 a quote that is never closed!");
}

static void lines_and_columns(void **state) {
    (void)state;
    struct source source = {"a,b\n\"1\n2\n3\",\xC3\xA9\xF0\x9F\x98\x8D,x\n", 24, 0, 4};
    struct cfn__csv csv;
    source.size = strlen(source.text);
    cfn__csv_begin(&csv, read_piece, &source);
    assert_int_equal(cfn__csv_next(&csv), CFN__CSV_RECORD_READ);
    assert_int_equal(cfn__csv_next(&csv), CFN__CSV_RECORD_READ);
    assert_int_equal(csv.count, 3);
    assert_int_equal(csv.fields[0].line, 2);
    assert_int_equal(cfn__csv_column(&csv.fields[0]), 1);
    assert_int_equal(csv.fields[1].line, 4);
    assert_int_equal(cfn__csv_column(&csv.fields[1]), 4);
    assert_int_equal(cfn__csv_column(&csv.fields[2]), 7);
    assert_int_equal(cfn__csv_next(&csv), CFN__CSV_END);
    cfn__csv_done(&csv);
}

static void too_much(void **state) {
    (void)state;
    const size_t size = (size_t)CFN__CSV_RECORD + (4 << 20);
    char *text = malloc(size);
    memset(text, 'x', size);
    memcpy(text, "a,b\n", 4);
    char *found = read_all(text, size, 1 << 20);
    assert_string_equal(found, "[a|b]!2:1 a record of more than 16 MB!");
    free(found);
    text[4] = '"';
    found = read_all(text, size, 1 << 20);
    assert_string_equal(found, "[a|b]!2:1 a quote that is never closed!");
    free(found);
    memset(text, ',', 1000);
    text[999] = '\n';
    found = read_all(text, 1000, 100);
    assert_string_equal(found, "!1:256 too many fields!");
    free(found);
    free(text);
}

/* As long as the buffer, and around it. */
static void records_at_the_edge(void **state) {
    (void)state;
    for (size_t extra = 0; extra < 6; extra++) {
        const size_t size = (1 << 18) - 3 + extra;
        char *text = malloc(size + 8);
        memset(text, 'x', size);
        memcpy(text + size, ",\"y\"\r\nz", 7);
        char *found = read_all(text, size + 7, SIZE_MAX);
        assert_string_equal(found + size, "x|'y'][z]");
        assert_int_equal(found[0], '[');
        free(found);
        free(text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_rfc_allows),
        cmocka_unit_test(characters_that_mean_nothing),
        cmocka_unit_test(what_it_does_not_allow),
        cmocka_unit_test(lines_and_columns),
        cmocka_unit_test(too_much),
        cmocka_unit_test(records_at_the_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
