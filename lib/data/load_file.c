/* A file: its bytes, its header, its rows. */
#include "data/load.h"

#include "aws/digest.h"
#include "data/values.h"

#include <cfngen/config.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BAD = 100 };

static int tell_io(const struct cfn__load_file *file, int reason, struct cfn_diags *diags) {
    return cfn_fail(diags, "io.read", (struct cfn_place){.file = file->path}, NULL,
                    "cannot be read: %s", strerror(reason));
}

/* Files may be larger than a long says on some machines; what fseek cannot tell is read to its end
 * all the same, and only the progress suffers. */
static int64_t size_of(FILE *stream) {
    long size = fseek(stream, 0, SEEK_END) == 0 ? ftell(stream) : 0;
    rewind(stream);
    return size > 0 ? size : 0;
}

int cfn__load_file_find(struct cfn__load_file *file, const char *folder,
                        const struct cfn_source_table *table, struct cfn_diags *diags) {
    struct cfn_text path = {0};
    *file = (struct cfn__load_file){.table = table};
    cfn_text_printf(&path, "%s/%s", folder, table->file);
    file->path = cfn_text_take(&path);
    file->stream = fopen(file->path, "rb");
    if (!file->stream)
        return tell_io(file, errno, diags);
    file->size = size_of(file->stream);
    return 0;
}

static size_t read_more(void *self, char *bytes, size_t size) {
    struct cfn__load_file *file = self;
    size_t more = fread(bytes, 1, size, file->stream);
    cfn__digest_add(file->digest, bytes, more);
    file->read += (int64_t)more;
    return more;
}

static void end_digest(struct cfn__load_file *file) {
    unsigned char digest[CFN__SHA256_SIZE];
    cfn__digest_end(file->digest, digest);
    file->digest = NULL;
    cfn__hex(digest, sizeof digest, file->sha256);
}

int cfn__load_file_digest(struct cfn__load_file *file, struct cfn_diags *diags) {
    enum { PIECE = 1 << 18 };
    char *bytes = cfn__alloc(PIECE);
    file->digest = cfn__digest_new();
    while (read_more(file, bytes, PIECE) > 0)
        continue;
    free(bytes);
    end_digest(file);
    bool failed = ferror(file->stream);
    rewind(file->stream);
    file->read = 0;
    return failed ? tell_io(file, EIO, diags) : 0;
}

/* -- the header -------------------------------------------------------------------------------- */

static struct cfn_place place_of(const struct cfn__load_file *file,
                                 const struct cfn__csv_field *field) {
    return (struct cfn_place){
        .file = file->path, .line = (int)field->line, .column = cfn__csv_column(field)};
}

static void hint_name(const struct cfn_source_table *table, const char *name,
                      struct cfn_diags *diags) {
    const char **names = cfn__alloc((table->column_count + 1) * sizeof *names);
    for (size_t i = 0; i < table->column_count; i++)
        names[i] = table->columns[i].name;
    const char *near = cfn_nearest(name, names);
    if (near)
        cfn_hint(diags, "did you mean '%s'?", near);
    free(names);
}

/* The column that a name of the header stands for; told where it is none, or there twice. */
static int name_column(struct cfn__load_file *file, size_t field, struct cfn_diags *diags) {
    const struct cfn_source_table *table = file->table;
    struct cfn_text room = {0};
    size_t size;
    const char *text = cfn__csv_text(&file->csv.fields[field], &room, &size);
    struct cfn_text copy = {0};
    cfn_text_write(&copy, text, size);
    char *name = cfn_text_take(&copy);
    cfn_text_done(&room);
    size_t i = 0;
    while (i < table->column_count && strcmp(table->columns[i].name, name) != 0)
        i++;
    struct cfn_place place = place_of(file, &file->csv.fields[field]);
    int failed = 0;
    if (i == table->column_count) {
        failed = cfn_fail(diags, "load.column", place, table->name, "has no column '%s'", name);
        hint_name(table, name, diags);
    } else if (file->field_of[i] != SIZE_MAX) {
        failed = cfn_fail(diags, "load.column", place, table->name,
                          "the column '%s' is there twice", name);
    } else {
        file->field_of[i] = field;
    }
    free(name);
    return failed;
}

static int read_header(struct cfn__load_file *file, struct cfn_diags *diags) {
    const struct cfn_source_table *table = file->table;
    enum cfn__csv_found found = cfn__csv_next(&file->csv);
    int failed = 0;
    if (found == CFN__CSV_END)
        return cfn_fail(diags, "load.empty", (struct cfn_place){.file = file->path}, table->name,
                        "the file is empty: a line with the names of the columns would be right");
    if (found == CFN__CSV_BAD)
        return cfn_fail(diags, "load.csv", place_of(file, &file->csv.place), table->name,
                        "this is not CSV: %s", file->csv.problem);
    file->fields = file->csv.count;
    for (size_t i = 0; i < file->fields; i++)
        failed |= name_column(file, i, diags);
    for (size_t i = 0; i < table->column_count; i++)
        if (file->field_of[i] == SIZE_MAX)
            failed =
                cfn_fail(diags, "load.column", (struct cfn_place){.file = file->path, .line = 1},
                         table->name, "the column '%s' is missing", table->columns[i].name);
    return failed;
}

int cfn__load_file_begin(struct cfn__load_file *file, struct cfn_diags *diags) {
    const size_t count = file->table->column_count;
    file->digest = cfn__digest_new();
    cfn__csv_begin(&file->csv, read_more, file);
    cfn__totals_init(&file->totals, file->table);
    file->field_of = cfn__alloc(count * sizeof *file->field_of);
    for (size_t i = 0; i < count; i++)
        file->field_of[i] = SIZE_MAX;
    file->failed = read_header(file, diags) != 0;
    file->over = file->failed;
    return file->failed ? -1 : 0;
}

/* -- rows -------------------------------------------------------------------------------------- */

static bool is_special(char c) {
    return c == '\\' || c == '\n' || c == '\r' || c == '\t';
}

/* Eight bytes at a time: whether one may be special, which is a control character or a backslash.
 */
static bool has_special(const char *text, size_t size) {
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t found = 0, eight;
    for (; size >= 8; text += 8, size -= 8) {
        memcpy(&eight, text, 8);
        uint64_t slash = eight ^ ones * '\\';
        found |= ((eight - ones * ' ') & ~eight) | ((slash - ones) & ~slash);
    }
    for (; size > 0; size--)
        found |= is_special(*text++) ? tops : 0;
    return (found & tops) != 0;
}

/* COPY's text format: what means something there by its escape. */
static void put_escaped(struct cfn_text *out, const char *text, size_t size) {
    size_t plain = 0;
    for (size_t i = has_special(text, size) ? 0 : size; i < size; i++) {
        if (!is_special(text[i]))
            continue;
        const char escape[] = {'\\', text[i] == '\n'   ? 'n'
                                     : text[i] == '\r' ? 'r'
                                     : text[i] == '\t' ? 't'
                                                       : '\\'};
        cfn_text_write(out, text + plain, i - plain);
        cfn_text_write(out, escape, 2);
        plain = i + 1;
    }
    cfn_text_write(out, text + plain, size - plain);
}

/* The user's text, cut where it is long, and without what would not be UTF-8. */
static void tell_value(struct cfn__load_file *file, const struct cfn__csv_field *field,
                       const struct cfn_column *column, const char *problem, const char *text,
                       size_t size, struct cfn_diags *diags) {
    enum { SHOWN = 60 };
    struct cfn_text path = {0}, shown = {0};
    for (size_t at = 0, length; at < size && at < SHOWN; at += length) {
        length = text[at] ? cfn_utf8_length(text + at, size - at) : 0;
        cfn_text_write(&shown, length ? text + at : "?", length ? length : 1);
        length = length ? length : 1;
    }
    cfn_text_printf(&path, "%s.%s", file->table->name, column->name);
    cfn_text_put(&shown, size > SHOWN ? "..." : "");
    cfn_fail(diags, "load.value", place_of(file, field), path.data, "%s (%s), not '%s'", problem,
             column->type, shown.data);
    cfn_text_done(&path);
    cfn_text_done(&shown);
}

static bool take_null(struct cfn__load_file *file, const struct cfn__csv_field *field,
                      const struct cfn_column *column, struct cfn_text *out,
                      struct cfn_diags *diags) {
    if (column->required) {
        struct cfn_text path = {0};
        cfn_text_printf(&path, "%s.%s", file->table->name, column->name);
        cfn_fail(diags, "load.value", place_of(file, field), path.data, "must not be empty");
        cfn_text_done(&path);
        return false;
    }
    cfn_text_write(out, "\\N", 2);
    cfn__totals_null(&file->totals);
    return true;
}

/* A field without quotes that is empty is NULL; "" is an empty text. */
static bool take_value(struct cfn__load_file *file, size_t index, struct cfn_text *out,
                       struct cfn_diags *diags) {
    const struct cfn_column *column = &file->table->columns[index];
    const struct cfn__csv_field *field = &file->csv.fields[file->field_of[index]];
    struct cfn__checked checked;
    size_t size;
    if (field->size == 0 && !field->quoted)
        return take_null(file, field, column, out, diags);
    const char *text = cfn__csv_text(field, &file->room, &size);
    if (!cfn__value_check(column, text, size, &checked)) {
        tell_value(file, field, column, checked.problem, text, size, diags);
        return false;
    }
    put_escaped(out, checked.text, checked.size);
    if (column->kind == CFN_COLUMN_NUMERIC)
        cfn__totals_number(&file->totals, checked.text, checked.size, &checked.number);
    else
        cfn__totals_text(&file->totals, checked.text, checked.size);
    return true;
}

static bool take_row(struct cfn__load_file *file, struct cfn_text *out, struct cfn_diags *diags) {
    bool good = file->csv.count == file->fields;
    if (!good)
        cfn_fail(diags, "load.row", place_of(file, &file->csv.fields[0]), file->table->name,
                 "must have %zu fields, not %zu", file->fields, file->csv.count);
    for (size_t i = 0; i < file->table->column_count && file->csv.count == file->fields; i++) {
        if (i)
            cfn_text_write(out, "\t", 1);
        good = take_value(file, i, out, diags) && good;
    }
    cfn_text_write(out, "\n", 1);
    cfn__totals_end(&file->totals, good);
    return good;
}

static void refuse_row(struct cfn__load_file *file, struct cfn_diags *diags) {
    if (++file->bad < MOST_BAD)
        return;
    cfn_fail(diags, "load.too-many", (struct cfn_place){.file = file->path}, file->table->name,
             "%d rows are bad: the rest of the file is not read", MOST_BAD);
    file->over = true;
}

static void end(struct cfn__load_file *file, struct cfn_diags *diags) {
    file->over = true;
    if (ferror(file->stream))
        file->failed = tell_io(file, EIO, diags) != 0;
    end_digest(file);
}

void cfn__load_file_rows(struct cfn__load_file *file, struct cfn_text *out, size_t size,
                         struct cfn_diags *diags) {
    while (!file->over && out->size < size) {
        size_t before = out->size;
        enum cfn__csv_found found = cfn__csv_next(&file->csv);
        if (found == CFN__CSV_END) {
            end(file, diags);
        } else if (found == CFN__CSV_BAD) {
            cfn_fail(diags, "load.csv", place_of(file, &file->csv.place), file->table->name,
                     "this is not CSV: %s", file->csv.problem);
            refuse_row(file, diags);
        } else if (!take_row(file, out, diags)) {
            out->size = before;
            refuse_row(file, diags);
        }
    }
}

void cfn__load_file_done(struct cfn__load_file *file) {
    if (file->stream)
        fclose(file->stream);
    if (file->digest)
        cfn__digest_end(file->digest, NULL);
    cfn__csv_done(&file->csv);
    if (file->totals.table)
        cfn__totals_done(&file->totals);
    cfn_text_done(&file->room);
    free(file->field_of);
    free(file->path);
    *file = (struct cfn__load_file){0};
}
