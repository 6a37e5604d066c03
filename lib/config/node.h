/*
 * The text of a platform file as a tree. The only thing the rest of this floor knows of YAML.
 */
#ifndef CFN_CONFIG_NODE_H
#define CFN_CONFIG_NODE_H

#include <base/base.h>

enum cfn__node_kind { CFN__SCALAR, CFN__SEQUENCE, CFN__MAPPING };

struct cfn__member {
    const struct cfn__node *key; /* NULL in a sequence */
    const struct cfn__node *value;
};

struct cfn__node {
    enum cfn__node_kind kind;
    bool plain;   /* a scalar without quotes */
    bool nothing; /* a plain scalar that YAML reads as null */
    struct cfn_place place;
    const char *origin; /* completes a message: "from --set"; NULL: from a file */
    const char *text;   /* of a scalar */
    const struct cfn__member *members;
    size_t count;
};

/* Where a text is from: a file (its places are told) or another origin (which is told instead). */
struct cfn__text_source {
    const char *file;
    const char *origin;
    const char *text;
    size_t size;
};

/* The one document in the text, an empty mapping for an empty one. Mistakes are told, all that can
 * be found; NULL where there is no tree at all. Aliases are resolved: a node may stand in several
 * places, never in itself. */
const struct cfn__node *cfn__yaml_read(struct cfn_arena *arena,
                                       const struct cfn__text_source *source,
                                       struct cfn_diags *diags);

/* UTF-8, and no character that YAML does not allow. Told where not, unless diags is NULL. */
bool cfn__text_is_clean(const struct cfn__text_source *source, struct cfn_diags *diags);

/* The same of a text that is to be read as YAML: also its size, and a byte order mark is passed
 * over. */
bool cfn__text_begin(struct cfn__text_source *source, struct cfn_diags *diags);

/* Whether a setting or an entry can be named by this key; told where not. */
bool cfn__key_is_usable(const struct cfn__node *key, struct cfn_diags *diags);
void cfn__refuse_duplicates(const struct cfn__member *members, size_t count,
                            struct cfn_diags *diags);

/* A scalar that is not in any file. */
const struct cfn__node *cfn__scalar(struct cfn_arena *arena, const char *text, const char *origin);

/* What stands at a path below a node: "rds.storage_gb", "layers.0"; NULL where there is nothing. */
const struct cfn__member *cfn__member_at(const struct cfn__node *node, const char *path);
const struct cfn__node *cfn__node_at(const struct cfn__node *node, const char *path);
const struct cfn__member *cfn__member_named(const struct cfn__node *mapping, const char *name,
                                            size_t length);

/* In one line of YAML, that reads back as the same. */
void cfn__flow_write(struct cfn_text *out, const struct cfn__node *node);
void cfn__flow_scalar(struct cfn_text *out, const char *text);
const char *cfn__flow_text(struct cfn_arena *arena, const struct cfn__node *node);

/* The end of a message, what there was instead: "'abc'", "nothing", "a list". Long texts are
 * shortened. */
struct cfn__quote {
    char text[160];
};
const char *cfn__quoted(const struct cfn__node *node, struct cfn__quote *room);
const char *cfn__quoted_text(const char *text, struct cfn__quote *room);

/* cfn_fail at a node; a value that is not from a file names its origin at the end of the message.
 */
int cfn__refuse(struct cfn_diags *diags, const char *code, const struct cfn__node *node,
                const char *path, const char *format, ...) CFN_PRINTF(5, 6);
void cfn__config_tell(struct cfn_diags *diags, enum cfn_severity severity, const char *code,
                      const struct cfn__node *node, const char *path, const char *format,
                      va_list arguments) CFN_PRINTF(6, 0);

#endif
