#include "data/csv.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 17 };

void cfn__csv_begin(struct cfn__csv *csv, size_t (*read)(void *self, char *bytes, size_t size),
                    void *self) {
    memset(csv, 0, sizeof *csv);
    csv->read = read;
    csv->self = self;
    csv->line = 1;
}

void cfn__csv_done(struct cfn__csv *csv) {
    free(csv->bytes);
    csv->bytes = NULL;
}

/* More bytes behind those that are there, which may move. false: there are none. */
static bool fill(struct cfn__csv *csv) {
    size_t kept = csv->to - csv->from;
    if (csv->over)
        return false;
    if (csv->from > 0 && kept > 0)
        memmove(csv->bytes, csv->bytes + csv->from, kept);
    csv->from = 0;
    csv->to = kept;
    if (csv->room - kept < PIECE) {
        csv->room = csv->room ? csv->room * 2 : 2 * PIECE;
        csv->bytes = cfn__resize(csv->bytes, csv->room);
    }
    size_t more = csv->read(csv->self, csv->bytes + kept, csv->room - kept);
    csv->to += more;
    csv->over = more == 0;
    return more > 0;
}

/* A look at one record. */
struct look {
    const char *at, *end, *start; /* start: of the line */
    long line;
    bool whole; /* nothing comes behind the end */
    bool huge;  /* what is there is more than a record may have */
};
enum outcome { GOOD, MORE, WRONG };

static bool ends_line(const struct look *look) {
    return *look->at == '\n' ||
           (*look->at == '\r' && look->at + 1 < look->end && look->at[1] == '\n');
}

static enum outcome refuse(struct cfn__csv *csv, const char *problem,
                           const struct cfn__csv_field *place) {
    csv->problem = problem;
    csv->place = *place;
    return WRONG;
}

/* A carriage return is a line end with a line feed behind it, and a character without. */
static enum outcome plain_field(struct cfn__csv *csv, struct look *look,
                                struct cfn__csv_field *field) {
    const char *at = look->at;
    for (; at < look->end && *at != ',' && *at != '\n'; at++)
        if (*at == '"') {
            struct cfn__csv_field place = {.text = at, .start = look->start, .line = look->line};
            return refuse(csv, "a quote in a field that does not begin with one", &place);
        }
    if (at == look->end && !look->whole)
        return look->huge ? refuse(csv, "a record of more than 16 MB", field) : MORE;
    field->size = (size_t)(at - field->text);
    if (at < look->end && *at == '\n' && at > field->text && at[-1] == '\r')
        field->size--;
    look->at = field->text + field->size;
    return GOOD;
}

/* Lines that a field in quotes goes over. */
static void count_lines(struct look *look, const char *from, const char *to) {
    while ((from = memchr(from, '\n', (size_t)(to - from)))) {
        look->line++;
        look->start = ++from;
    }
}

static enum outcome quoted_field(struct cfn__csv *csv, struct look *look,
                                 struct cfn__csv_field *field) {
    const char *at = ++look->at;
    field->text = at;
    field->quoted = true;
    for (;; at += 2) {
        at = at < look->end ? memchr(at, '"', (size_t)(look->end - at)) : NULL;
        if (!at)
            return look->whole || look->huge ? refuse(csv, "a quote that is never closed", field)
                                             : MORE;
        if (at + 1 == look->end && !look->whole)
            return MORE;
        if (at + 1 == look->end || at[1] != '"')
            break;
        field->doubled = true;
    }
    field->size = (size_t)(at - field->text);
    count_lines(look, field->text, at);
    look->at = at + 1;
    if (look->at + 1 >= look->end && !look->whole)
        return MORE; /* a line end may have two bytes */
    if (look->at == look->end || *look->at == ',' || ends_line(look))
        return GOOD;
    struct cfn__csv_field place = {.text = look->at, .start = look->start, .line = look->line};
    return refuse(csv, "text behind a closing quote", &place);
}

static enum outcome one_field(struct cfn__csv *csv, struct look *look) {
    struct cfn__csv_field *field = &csv->fields[csv->count];
    *field = (struct cfn__csv_field){.text = look->at, .start = look->start, .line = look->line};
    if (csv->count + 1 == CFN__CSV_FIELDS)
        return refuse(csv, "too many fields", field);
    csv->count++;
    if (look->at < look->end && *look->at == '"')
        return quoted_field(csv, look, field);
    return plain_field(csv, look, field);
}

static void pass_line_end(struct look *look) {
    if (look->at < look->end && *look->at == '\r')
        look->at++;
    if (look->at < look->end && *look->at == '\n')
        look->at++;
    look->line++;
}

static enum outcome one_record(struct cfn__csv *csv, struct look *look) {
    csv->count = 0;
    for (;;) {
        enum outcome outcome = one_field(csv, look);
        if (outcome != GOOD)
            return outcome;
        if (look->at == look->end || *look->at != ',')
            break;
        look->at++;
    }
    pass_line_end(look);
    return GOOD;
}

static void begin(struct cfn__csv *csv) {
    while (csv->to - csv->from < 3 && fill(csv))
        continue;
    if (csv->to - csv->from >= 3 && memcmp(csv->bytes + csv->from, "\xEF\xBB\xBF", 3) == 0)
        csv->from += 3;
    csv->begun = true;
}

/* Past the end of the line where the trouble is. */
static void pass_trouble(struct cfn__csv *csv) {
    csv->line = csv->place.line;
    csv->from = (size_t)(csv->place.text - csv->bytes);
    do {
        size_t size = csv->to - csv->from;
        const char *end = size ? memchr(csv->bytes + csv->from, '\n', size) : NULL;
        csv->from = end ? (size_t)(end - csv->bytes) + 1 : csv->to;
        csv->line += end != NULL;
        if (end)
            return;
    } while (fill(csv));
}

static bool is_empty_line(const struct cfn__csv *csv) {
    return csv->count == 1 && csv->fields[0].size == 0 && !csv->fields[0].quoted;
}

enum cfn__csv_found cfn__csv_next(struct cfn__csv *csv) {
    if (!csv->begun)
        begin(csv);
    if (csv->problem)
        pass_trouble(csv);
    csv->problem = NULL;
    for (;;) {
        if (csv->from == csv->to && !fill(csv))
            return CFN__CSV_END;
        const char *first = csv->bytes + csv->from;
        struct look look = {.at = first,
                            .end = csv->bytes + csv->to,
                            .start = first,
                            .line = csv->line,
                            .whole = csv->over,
                            .huge = csv->to - csv->from > CFN__CSV_RECORD};
        enum outcome outcome = one_record(csv, &look);
        if (outcome == WRONG)
            return CFN__CSV_BAD;
        if (outcome == MORE) {
            fill(csv);
            continue;
        }
        csv->from = (size_t)(look.at - csv->bytes);
        csv->line = look.line;
        if (!is_empty_line(csv))
            return CFN__CSV_RECORD_READ;
    }
}

const char *cfn__csv_text(const struct cfn__csv_field *field, struct cfn_text *room, size_t *size) {
    *size = field->size;
    if (!field->doubled)
        return field->text;
    room->size = 0;
    for (const char *at = field->text, *end = at + field->size; at < end;) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        size_t part = quote ? (size_t)(quote - at) + 1 : (size_t)(end - at);
        cfn_text_write(room, at, part);
        at += part + (quote ? 1 : 0);
    }
    *size = room->size;
    return room->data;
}

int cfn__csv_column(const struct cfn__csv_field *field) {
    int column = 1;
    for (const char *at = field->start; at < field->text - (field->quoted ? 1 : 0); at++)
        column += ((unsigned char)*at & 0xC0) != 0x80;
    return column;
}
