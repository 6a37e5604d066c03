/*
 * Inside the config floor: rows made flat, values read by their rows, and what a loaded config
 * holds.
 */
#ifndef CFN_CONFIG_CONFIG_H
#define CFN_CONFIG_CONFIG_H

#include "node.h"

#include <base/base.h>
#include <base/pattern.h>
#include <cfngen/config.h>
#include <jansson.h>

/* One setting, with every value that was written for it but those of the file. */
struct cfn__slot {
    struct cfn_setting setting;
    size_t offset;                /* in the target, not in its section */
    const struct cfn__node *node; /* the value that counts, once loaded; NULL where there is none */
    const struct cfn__node *variable;
    bool refused; /* a variable or a flag gave it something that was refused */
    CFN_ARRAY(struct cfn__member)
    flags; /* in the order given; key: of an entry of a table, or NULL */
};

struct cfn_config {
    struct cfn_arena arena;
    struct cfn__patterns *patterns; /* of the formats of all rows, each compiled once */
    const struct cfn_row *rows;
    const char *file;
    const struct cfn__node *base, *overlay; /* overlay: NULL where none is chosen */
    struct cfn_texts environments;
    CFN_ARRAY(struct cfn__slot) slots; /* in the order of the rows */
};

/* rows.c */
struct cfn_config *cfn__config_new(const struct cfn_row *rows);
struct cfn__slot *cfn__slot_at(const struct cfn_config *config, const char *path);
const struct cfn_row *cfn__row_named(const struct cfn_row *rows, const char *name);
const struct cfn_row *cfn__row_at(const struct cfn_row *rows, const char *path);
const char *cfn__path_join(struct cfn_arena *arena, const char *path, const char *name);
const char *cfn__variable_of(struct cfn_arena *arena, const char *path);

/* Variables that the program itself reads, ended by NULL: they are no settings. */
extern const char *const cfn__own_variables[];

/* What a developer can write wrong in rows, told with the code config.rows: no help, names that are
 * no snake_case or stand twice, two settings of one variable, defaults and choices that are not
 * valid. For tests; 0 or -1. */
int cfn__rows_check(const struct cfn_row *rows, struct cfn_diags *diags);

/* What reading values needs: where what is made of them lives, what is compiled for them, who is
 * told. */
struct cfn__reading {
    struct cfn_arena *arena;
    struct cfn__patterns *patterns;
    struct cfn_diags *diags;
};
struct cfn__reading cfn__reading_of(struct cfn_config *config, struct cfn_diags *diags);

/* value.c: a value as its row wants it; texts are those of the node. member NULL: only checked.
 * Mistakes are told; 0 or -1. */
int cfn__value_read(const struct cfn__reading *r, const struct cfn_row *row,
                    const struct cfn__node *node, const char *path, void *member);
/* literal.c: a default, a variable or a flag as a node: literal for scalars; a list may be [a, b]
 * or a, b; a table is {a: b}. */
const struct cfn__node *cfn__value_node(struct cfn_arena *arena, const struct cfn_row *row,
                                        const char *text, const char *origin);

/* describe.c: "an integer from 20 to 65536", completing "must be ..."; the same for a single item
 * of a list. */
void cfn__must_be(struct cfn_text *out, const struct cfn_row *row);
void cfn__must_be_item(struct cfn_text *out, const struct cfn_row *row);
/* A value that the row accepts: for "is required" and for the example file. Written as flow text.
 */
void cfn__example_value(struct cfn_text *out, const struct cfn_row *row);
bool cfn__has_bounds(const struct cfn_row *row, long *min, long *max); /* max: LONG_MAX for none */

/* Choices of "a|b|c": size 0 at the end. */
struct cfn__choice {
    const char *text;
    size_t size;
};
struct cfn__choice cfn__next_choice(const char **rest);
bool cfn__is_choice(const char *choices, const char *text);

/* format.c: whether a text is of the format; with a set of patterns, those compiled before are not
 * compiled again. */
bool cfn__format_accepts(const struct cfn_text_format *format, const char *text);
bool cfn__format_takes(const struct cfn_text_format *format, const char *text,
                       struct cfn__patterns *patterns);

/* nearest.c: adds "did you mean '...'?" to the diagnostic recorded last, where a candidate is near.
 */
bool cfn__hint_nearest(struct cfn_diags *diags, const char *word, const char *const *candidates);
bool cfn__is_worth_a_hint(const struct cfn_diags *diags);

/* check.c: every value written in the file, also those that are not chosen. -1 only where there are
 * no settings. */
int cfn__file_check(struct cfn_config *config, struct cfn_diags *diags);

/* override.c */
void cfn__variables_read(struct cfn_config *config, const char *const *variables,
                         struct cfn_diags *diags);
void cfn__flags_read(struct cfn_config *config, const char *const *flags, struct cfn_diags *diags);

/* environment.c: 0, or -1 where the name that is given cannot be chosen. */
int cfn__environment_choose(struct cfn_config *config, const char *name, struct cfn_diags *diags);

/* resolve.c: the value that counts, NULL where there is none; its origin is that of the node. */
const struct cfn__node *cfn__resolve(struct cfn_config *config, const struct cfn__slot *slot);
struct cfn_place cfn__place_of_parent(const struct cfn_config *config, const char *path);

#endif
