/* Inside the floor: reading the description with every mistake told. */
#ifndef CFN_TABLES_READ_H
#define CFN_TABLES_READ_H

#include "base/base.h"

#include <cfngen/tables.h>
#include <jansson.h>

struct cfn__tables_reader {
    struct cfn_arena *arena;
    struct cfn_diags *diags;
    const char *file;
    bool failed;
};

void cfn__tables_read(struct cfn__tables_reader *reader, const json_t *root,
                      struct cfn_tables *tables);

/* Tells a mistake at a path ("tables.orders.key") and remembers it; returns false. */
bool cfn__tables_refuse(struct cfn__tables_reader *reader, const char *path, const char *format,
                        ...) CFN_PRINTF(3, 4);
/* A member that is a text of at least one character, from the arena; NULL where it is absent (told
 * when it is needed) or something else (told). */
const char *cfn__tables_text(struct cfn__tables_reader *reader, const json_t *object,
                             const char *path, const char *name, bool needed);
/* A list; NULL where it is absent (told when it is needed) or something else (told). */
const json_t *cfn__tables_list(struct cfn__tables_reader *reader, const json_t *object,
                               const char *path, const char *name, bool needed);
/* Tells members that are not of the list, which NULL ends. */
void cfn__tables_only(struct cfn__tables_reader *reader, const json_t *object, const char *path,
                      const char *const *names);
/* Lower-case letters, digits and underscores, at most 63: PostgreSQL, Glue and Redshift all take it
 * without quotes. */
bool cfn__tables_is_name(const char *name);

/* columns.c */
void cfn__tables_columns(struct cfn__tables_reader *reader, const json_t *object, const char *path,
                         struct cfn_source_table *table);

#endif
