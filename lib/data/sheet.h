/* A table on its way into a file: CSV as it was published, counted as it goes. */
#ifndef CFN_DATA_SHEET_H
#define CFN_DATA_SHEET_H

#include "data/files.h"
#include "data/row.h"

enum cfn__sheet_style {
    CFN__SHEET_BARE = 1, /* a byte order mark, nothing quoted, no line end behind the last row */
    CFN__SHEET_PLAIN_ZIPS = 2 /* no leading zeros; CR LF where it is bare */
};

struct cfn__sheet {
    const struct cfn_source_table *table;
    unsigned style;
    struct cfn__files *files; /* into the one opened last; NULL: rows are only counted */
    struct cfn_text out;
    struct cfn__totals totals;
};

void cfn__sheet_begin(struct cfn__sheet *sheet, const struct cfn_source_table *table,
                      struct cfn__files *files, unsigned style);
void cfn__sheet_put(struct cfn__sheet *sheet, const struct cfn__row *row);
/* Writes what is left. The totals stay until cfn__sheet_done. */
void cfn__sheet_end(struct cfn__sheet *sheet);
void cfn__sheet_done(struct cfn__sheet *sheet);

#endif
