/*
 * A configuration file described by rows.
 *
 * A row says a setting's name, kind, default, range and help once. From the rows come: reading YAML
 * into a struct, the refusal of unknown keys, every check with its position, overlays of
 * environments, overrides by variables and flags, `explain`, the JSON Schema for editors, the
 * reference page and the example file.
 *
 * A setting's value is looked for in this order: flag (--set), environment variable, the chosen
 * environment's overlay, the base of the file, the row's default. Whatever its origin, its text
 * goes through the same parser.
 *
 * Sections are merged setting by setting, tables of the overlay and the base entry by entry; a list
 * replaces the other list. A variable or a flag that gives a whole table replaces it; the flag
 * "tags.team=data" sets one entry.
 *
 * In the file, a key without a value is an error (a section without one has its defaults). Scalars
 * may be quoted or not; only true and false are booleans; integers are decimal. Aliases are
 * resolved; merge keys, tags, several documents and duplicate keys are refused. Limits: 1 MB,
 * 100,000 values, 32 levels, 1,000 anchors.
 *
 * Codes: config.syntax, .limit, .duplicate-key, .unknown-key, .type, .range, .choice, .format,
 * .required, .environment, .variable, .flag, .value (told by cfn_setting_fail), .rows (mistakes in
 * the rows themselves).
 */
#ifndef CFNGEN_CONFIG_H
#define CFNGEN_CONFIG_H

#include <cfngen/diag.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum cfn_row_kind {
    CFN_ROW_TEXT,   /* const char *: NULL where it has neither value nor default */
    CFN_ROW_BOOL,   /* bool: only true and false */
    CFN_ROW_INT,    /* long */
    CFN_ROW_CHOICE, /* const char *: one of choices */
    CFN_ROW_LIST,   /* struct cfn_texts: a sequence of scalars */
    CFN_ROW_TABLE,  /* struct cfn_table: a mapping of scalars */
    CFN_ROW_SECTION /* a struct with rows of its own */
};

struct cfn_texts {
    const char *const *items;
    size_t count;
};

struct cfn_entry {
    const char *key, *value;
};

struct cfn_table {
    const struct cfn_entry *entries;
    size_t count;
};

/* What a text must look like beyond being a text: the pattern must match and accepts must hold;
 * either may be NULL. */
struct cfn_text_format {
    const char *name;    /* "cidr" */
    const char *must_be; /* "a CIDR block such as 10.0.0.0/16": completes "must be ..." */
    const char *pattern; /* of ECMA 262, anchored: also told to editors by the JSON Schema */
    bool (*accepts)(const char *text);
    const char *example; /* a text of this format, for the example file and hints */
    /* What was probably meant by a text that is refused, for a hint: written into room where there
     * is a guess, which is offered only if the format accepts it. May be NULL. */
    void (*suggest)(const char *text, char room[64]);
};

struct cfn_row {
    const char *name;
    enum cfn_row_kind kind;
    size_t offset;
    const char *fallback; /* default, as YAML text; NULL: none (absent, unless required) */
    /* Of an int: no bounds where both are 0, no upper one where max is 0 and min above it. Of a
     * list or a table: of the number of items, where max > 0. */
    long min, max;
    /* Of a text (choices: of a choice), or of each item of a list or a table; may be NULL. */
    const char *choices; /* "none|single|per_zone" */
    const struct cfn_text_format *format;
    const struct cfn_row *rows; /* of a section, ended by a row without a name */
    bool required;
    const char *help; /* one sentence, without a full stop */
};

/* Rows are written with these, so that a row whose member has the wrong C type does not compile;
 * the rest are designated initializers: CFN_INT(struct rds, storage_gb, .fallback = "20", .min =
 * 20, .help = "..."). */
#define CFN_MEMBER_(S, m, T) (offsetof(S, m) + _Generic(((S *)0)->m, T : 0))
#define CFN_TEXT(S, m, ...)                                                                        \
    { .name = #m, .kind = CFN_ROW_TEXT, .offset = CFN_MEMBER_(S, m, const char *), __VA_ARGS__ }
#define CFN_BOOL(S, m, ...)                                                                        \
    { .name = #m, .kind = CFN_ROW_BOOL, .offset = CFN_MEMBER_(S, m, bool), __VA_ARGS__ }
#define CFN_INT(S, m, ...)                                                                         \
    { .name = #m, .kind = CFN_ROW_INT, .offset = CFN_MEMBER_(S, m, long), __VA_ARGS__ }
#define CFN_CHOICE(S, m, ...)                                                                      \
    { .name = #m, .kind = CFN_ROW_CHOICE, .offset = CFN_MEMBER_(S, m, const char *), __VA_ARGS__ }
#define CFN_TEXTS(S, m, ...)                                                                       \
    { .name = #m, .kind = CFN_ROW_LIST, .offset = CFN_MEMBER_(S, m, struct cfn_texts), __VA_ARGS__ }
#define CFN_TABLE(S, m, ...)                                                                       \
    {                                                                                              \
        .name = #m, .kind = CFN_ROW_TABLE, .offset = CFN_MEMBER_(S, m, struct cfn_table),          \
        __VA_ARGS__                                                                                \
    }
#define CFN_SECTION(S, m, T, ...)                                                                  \
    { .name = #m, .kind = CFN_ROW_SECTION, .offset = CFN_MEMBER_(S, m, T), __VA_ARGS__ }
#define CFN_ROWS_END                                                                               \
    { .name = NULL }

enum cfn_origin_kind { CFN_FROM_DEFAULT, CFN_FROM_FILE, CFN_FROM_VARIABLE, CFN_FROM_FLAG };

/* One setting after loading: what `explain` tells. */
struct cfn_setting {
    const char *path;  /* "rds.storage_gb" */
    const char *value; /* as YAML text (flow style); NULL: absent */
    enum cfn_origin_kind origin;
    struct cfn_place place; /* of the value in the file; else file is NULL */
    const char *variable;   /* the environment variable that sets it: "CFNGEN_RDS_STORAGE_GB" */
    const struct cfn_row *row;
};

/* A file as it is read. All members are borrowed for the call. The lists are ended by NULL and may
 * be NULL themselves. */
struct cfn_config_source {
    const char *name; /* of the file, for diagnostics */
    const char *text; /* YAML, UTF-8, at most 1 MB */
    size_t size;
    /* Which overlay of `environments:`, and the value of the setting `environment`. NULL: the
     * overlay that this setting names, if there is one. */
    const char *environment;
    /* "NAME=value", as environ. Names that do not begin with CFNGEN_ are passed over; an empty
     * value counts as absent. */
    const char *const *variables;
    const char *const *flags; /* "path=value"; of one path the last counts */
};

struct cfn_config;

/* Reads the source into target, a struct that rows describe and that the caller owns; texts in it
 * belong to the config. Tells everything that is wrong in one pass. NULL after an error (target is
 * then unspecified). The file may have one key that no row names: `environments`, a mapping of
 * names to overlays. */
CFN_API struct cfn_config *cfn_config_load(const struct cfn_row *rows, void *target,
                                           const struct cfn_config_source *source,
                                           struct cfn_diags *diags);
CFN_API void cfn_config_free(struct cfn_config *config);

/* Every setting but the sections, in the order of the rows. */
CFN_API size_t cfn_config_count(const struct cfn_config *config);
CFN_API const struct cfn_setting *cfn_config_at(const struct cfn_config *config, size_t index);

/* The setting of that path, or NULL. */
CFN_API const struct cfn_setting *cfn_config_find(const struct cfn_config *config,
                                                  const char *path);

/* Records an error about a setting, at the place it was written; returns -1. An origin other than
 * the file is named. The path may also be that of a section, of an entry of a table ("tags.team")
 * or of an item of a list ("layers.0"). */
CFN_API int cfn_setting_fail(const struct cfn_config *config, const char *path,
                             struct cfn_diags *diags, const char *format, ...) CFN_PRINTF(4, 5);
CFN_API int cfn_setting_warn(const struct cfn_config *config, const char *path,
                             struct cfn_diags *diags, const char *format, ...) CFN_PRINTF(4, 5);

/* The names of the file's environments, each once, in the file's order. */
CFN_API struct cfn_texts cfn_config_environments(const struct cfn_config *config);

/* From the rows alone; the caller frees the text with free(). title heads the document. Rows are
 * taken to be valid. */
CFN_API char *cfn_rows_json_schema(const struct cfn_row *rows, const char *title);
CFN_API char *cfn_rows_reference(const struct cfn_row *rows, const char *title); /* Markdown */
/* An example file: required settings and those of presets ("path=value", ended by NULL) stand as
 * they are, every other one is a comment with its default ("#key: value", while prose is "# text").
 * A required setting without a preset has an example; a preset that the rows refuse is passed over.
 */
CFN_API char *cfn_rows_example(const struct cfn_row *rows, const char *title,
                               const char *const *presets);

/* The nearest of the candidates (ended by NULL) for a "did you mean", or NULL when none is near. */
CFN_API const char *cfn_nearest(const char *word, const char *const *candidates);

/* Text formats that settings of AWS share. */
CFN_API extern const struct cfn_text_format cfn_format_cidr;     /* IPv4 network, /16 to /28 */
CFN_API extern const struct cfn_text_format cfn_format_any_cidr; /* IPv4 network, /0 to /32 */
CFN_API extern const struct cfn_text_format cfn_format_arn;
CFN_API extern const struct cfn_text_format cfn_format_key;  /* ARN of a KMS key, not of an alias */
CFN_API extern const struct cfn_text_format cfn_format_role; /* ARN of an IAM role */
CFN_API extern const struct cfn_text_format cfn_format_topic; /* ARN of an SNS topic */
CFN_API extern const struct cfn_text_format cfn_format_bucket;
CFN_API extern const struct cfn_text_format cfn_format_email;
CFN_API extern const struct cfn_text_format cfn_format_region;
/* 2 to 24 of a-z, 0-9 and single hyphens inside, a letter first */
CFN_API extern const struct cfn_text_format cfn_format_name;
/* 1 to 63 of a-z, 0-9 and underscores, a letter first */
CFN_API extern const struct cfn_text_format cfn_format_identifier;
CFN_API extern const struct cfn_text_format cfn_format_host;
CFN_API extern const struct cfn_text_format cfn_format_schedule;       /* cron(...) or rate(...) */
CFN_API extern const struct cfn_text_format cfn_format_window;         /* sun:03:00-sun:04:00 */
CFN_API extern const struct cfn_text_format cfn_format_day_window;     /* 02:00-03:00 */
CFN_API extern const struct cfn_text_format cfn_format_security_group; /* sg-... */
CFN_API extern const struct cfn_text_format cfn_format_version;        /* 17, 17.10, 3.0.6 */
CFN_API extern const struct cfn_text_format cfn_format_s3_key;

#ifdef __cplusplus
}
#endif

#endif
