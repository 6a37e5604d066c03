/*
 * CSV as RFC 4180 has it, of any size: fields in quotes with commas, doubled quotes and line breaks
 * inside; line ends CR LF or LF, the last one may be missing; a byte order mark at the beginning is
 * passed over, and so are empty lines. What the RFC does not allow is told and its line left out.
 */
#ifndef CFN_DATA_CSV_H
#define CFN_DATA_CSV_H

#include "base/base.h"

enum {
    CFN__CSV_FIELDS = 256,
    CFN__CSV_RECORD = 16 << 20 /* bytes: more is taken for a quote that was never closed */
};

struct cfn__csv_field {
    const char *text;  /* as it stands there, without the quotes around it */
    const char *start; /* of its line, from which its column is counted */
    size_t size;
    long line;
    bool quoted, doubled; /* doubled: has quotes in it, which stand there twice */
};

struct cfn__csv {
    /* Gives the next bytes, at most size of them; 0: there are no more. */
    size_t (*read)(void *self, char *bytes, size_t size);
    void *self;
    char *bytes;
    size_t room, from, to; /* what is there and not yet given */
    bool over;             /* nothing comes behind it */
    bool begun;
    long line; /* of `from` */
    struct cfn__csv_field fields[CFN__CSV_FIELDS];
    size_t count;
    const char *problem; /* of a bad record, and where it is */
    struct cfn__csv_field place;
};

enum cfn__csv_found { CFN__CSV_RECORD_READ, CFN__CSV_BAD, CFN__CSV_END };

void cfn__csv_begin(struct cfn__csv *csv, size_t (*read)(void *self, char *bytes, size_t size),
                    void *self);
void cfn__csv_done(struct cfn__csv *csv);

/* The next record, whose fields are good until the one after it. */
enum cfn__csv_found cfn__csv_next(struct cfn__csv *csv);

/* A field's text with single quotes in it; in `room` where they stand there twice. */
const char *cfn__csv_text(const struct cfn__csv_field *field, struct cfn_text *room, size_t *size);
/* Characters before it in its line, and one. */
int cfn__csv_column(const struct cfn__csv_field *field);

#endif
