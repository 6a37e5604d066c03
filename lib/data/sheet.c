#include "data/sheet.h"

#include <string.h>

enum { PIECE = 1 << 16 };

static const char *line_end(const struct cfn__sheet *sheet) {
    const unsigned crlf = CFN__SHEET_BARE | CFN__SHEET_PLAIN_ZIPS;
    return (sheet->style & crlf) == crlf ? "\r\n" : "\n";
}

void cfn__sheet_begin(struct cfn__sheet *sheet, const struct cfn_source_table *table,
                      struct cfn__files *files, unsigned style) {
    const char *quote = style & CFN__SHEET_BARE ? "" : "\"";
    *sheet = (struct cfn__sheet){.table = table, .style = style, .files = files};
    cfn__totals_init(&sheet->totals, table);
    cfn_text_put(&sheet->out, style & CFN__SHEET_BARE ? "\xEF\xBB\xBF" : "");
    for (size_t i = 0; i < table->column_count; i++)
        cfn_text_printf(&sheet->out, "%s%s%s%s", i ? "," : "", quote, table->columns[i].name,
                        quote);
    if (!(style & CFN__SHEET_BARE))
        cfn_text_put(&sheet->out, "\n");
}

static void put_quoted(struct cfn_text *out, const char *text, size_t size) {
    cfn_text_write(out, "\"", 1);
    for (const char *end = text + size; text < end;) {
        const char *quote = memchr(text, '"', (size_t)(end - text));
        size_t part = quote ? (size_t)(quote - text) + 1 : (size_t)(end - text);
        cfn_text_write(out, text, part);
        if (quote)
            cfn_text_write(out, "\"", 1);
        text += part;
    }
    cfn_text_write(out, "\"", 1);
}

static bool needs_quotes(const char *text, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (text[i] == '"' || text[i] == ',' || text[i] == '\n' || text[i] == '\r')
            return true;
    return size == 0;
}

/* Keys and zip codes are quoted as they were published; the rest where it must be. */
static void put_value(struct cfn__sheet *sheet, size_t column, const struct cfn__value *value) {
    char room[CFN__VALUE_TEXT];
    size_t size;
    if (value->kind == CFN__NULL)
        return;
    const char *text = cfn__value_text(value, room, &size),
               *clean = sheet->table->columns[column].clean;
    bool zip = clean && strcmp(clean, "zip5") == 0, plain = sheet->style & CFN__SHEET_PLAIN_ZIPS;
    for (; zip && plain && size > 1 && *text == '0'; size--)
        text++;
    if (value->kind == CFN__WORD || (zip && !plain) ||
        (value->kind == CFN__TEXT && needs_quotes(text, size)))
        put_quoted(&sheet->out, text, size);
    else
        cfn_text_write(&sheet->out, text, size);
}

static void flush(struct cfn__sheet *sheet) {
    if (sheet->files)
        cfn__files_write(sheet->files, sheet->out.data, sheet->out.size);
    sheet->out.size = 0;
}

/* What a loader makes of a zip code without its zeros is no part of the checksum, nor of a sum. */
void cfn__sheet_put(struct cfn__sheet *sheet, const struct cfn__row *row) {
    cfn__row_count(row, &sheet->totals, 1);
    if (!sheet->files)
        return;
    if (sheet->style & CFN__SHEET_BARE)
        cfn_text_put(&sheet->out, line_end(sheet));
    for (size_t i = 0; i < row->count; i++) {
        if (i)
            cfn_text_write(&sheet->out, ",", 1);
        put_value(sheet, i, &row->values[i]);
    }
    if (!(sheet->style & CFN__SHEET_BARE))
        cfn_text_write(&sheet->out, "\n", 1);
    if (sheet->out.size >= PIECE)
        flush(sheet);
}

void cfn__sheet_end(struct cfn__sheet *sheet) {
    flush(sheet);
}

void cfn__sheet_done(struct cfn__sheet *sheet) {
    cfn__totals_done(&sheet->totals);
    cfn_text_done(&sheet->out);
}
