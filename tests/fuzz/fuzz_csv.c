/* Any bytes as CSV: the same records in whatever pieces they come; what is written again from the
 * fields is read as the same fields; and any field as a value of each type. */
#include "data/csv.h"
#include "data/values.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    if (more)
        memcpy(bytes, source->text + source->at, more);
    source->at += more;
    return more;
}

static void check_values(const char *text, size_t size) {
    static const struct cfn_column columns[] = {
        {.kind = CFN_COLUMN_INTEGER},
        {.kind = CFN_COLUMN_NUMERIC, .size = 10, .scale = 2},
        {.kind = CFN_COLUMN_NUMERIC, .size = 38, .scale = 38},
        {.kind = CFN_COLUMN_DOUBLE},
        {.kind = CFN_COLUMN_TIMESTAMP},
        {.kind = CFN_COLUMN_CHAR, .size = 32},
        {.kind = CFN_COLUMN_TEXT},
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        struct cfn__checked checked, again;
        if (!cfn__value_check(&columns[i], text, size, &checked))
            continue;
        /* What is canonical stays as it is. */
        if (!cfn__value_check(&columns[i], checked.text, checked.size, &again) ||
            again.size != checked.size || memcmp(again.text, checked.text, checked.size) != 0)
            abort();
    }
}

static void put_field(struct cfn_text *out, const struct cfn__csv_field *field) {
    struct cfn_text room = {0};
    size_t size;
    const char *text = cfn__csv_text(field, &room, &size);
    check_values(size ? text : "", size);
    cfn_text_put(out, "\"");
    for (size_t i = 0; i < size; i++)
        cfn_text_write(out, text[i] == '"' ? "\"\"" : &text[i], text[i] == '"' ? 2 : 1);
    cfn_text_put(out, "\"");
    cfn_text_done(&room);
}

/* All records, each field in quotes. */
static char *written(const char *text, size_t size, size_t piece, size_t *written_size) {
    struct source source = {text, size, 0, piece};
    struct cfn__csv csv;
    struct cfn_text out = {0};
    enum cfn__csv_found found;
    cfn__csv_begin(&csv, read_piece, &source);
    while ((found = cfn__csv_next(&csv)) != CFN__CSV_END) {
        for (size_t i = 0; i < csv.count && found == CFN__CSV_RECORD_READ; i++) {
            cfn_text_put(&out, i ? "," : "");
            put_field(&out, &csv.fields[i]);
        }
        cfn_text_put(&out, found == CFN__CSV_RECORD_READ ? "\n" : "");
        if (found == CFN__CSV_BAD && (csv.place.line < 1 || cfn__csv_column(&csv.place) < 1))
            abort();
    }
    cfn__csv_done(&csv);
    *written_size = out.size;
    return cfn_text_take(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t whole_size, pieces_size, again_size;
    const char *text = (const char *)data;
    char *whole = written(text, size, SIZE_MAX, &whole_size);
    char *pieces = written(text, size, 1 + (size ? data[0] % 7 : 0), &pieces_size);
    char *again = written(whole, whole_size, SIZE_MAX, &again_size);
    if (whole_size != pieces_size || memcmp(whole, pieces, whole_size) != 0 ||
        whole_size != again_size || memcmp(whole, again, whole_size) != 0)
        abort();
    free(whole);
    free(pieces);
    free(again);
    return 0;
}
