/*
 * A template's text as a value, and where in the text each part of it stands.
 */
#ifndef CFN_READ_H
#define CFN_READ_H

#include <cfngen/check.h>
#include <stdbool.h>

struct cfn__source;

/* NULL after an error, which is told. name and text must outlive the source. */
struct cfn__source *cfn__source_new(const char *name, const char *text, size_t size,
                                    struct cfn_diags *diags);
void cfn__source_free(struct cfn__source *source);
const json_t *cfn__source_value(const struct cfn__source *source);

/* A locator: a key stands where it begins, an item where its value begins. */
struct cfn_place cfn__source_place(const void *source, const struct cfn_path *path);

/* The steps of a path, outermost first; as many as fit into room are written, their number is
 * returned. */
size_t cfn__path_steps(const struct cfn_path *path, const struct cfn_path **steps, size_t room);
enum { CFN__MOST_STEPS = 512 };

/* read_json.c */
json_t *cfn__json_load(const char *name, const char *text, size_t size, struct cfn_diags *diags);
struct cfn_place cfn__json_place(const char *name, const char *text, size_t size,
                                 const struct cfn_path *path);
/* Line and column of an offset. */
struct cfn_place cfn__place_at(const char *name, const char *text, size_t size, size_t offset);

/* Whether a line (from 0 on) begins with blanks and a tab. */
bool cfn__is_indented_by_tab(const char *text, size_t size, size_t line);

/* read_yaml.c */
struct cfn__yaml;
struct cfn__yaml *cfn__yaml_load(const char *name, const char *text, size_t size, json_t **value,
                                 struct cfn_diags *diags);
void cfn__yaml_free(struct cfn__yaml *yaml);
struct cfn_place cfn__yaml_place(const struct cfn__yaml *yaml, const struct cfn_path *path);

/* read_scalar.c: what a plain scalar of YAML 1.1 stands for, but that dates stay strings, and
 * numbers that JSON would change. NULL when it is no valid string (a NUL in it). */
json_t *cfn__plain_scalar(const char *text, size_t size);
/* Whether a YAML 1.1 parser would read a plain scalar of that text as something else than this
 * string. */
bool cfn__is_resolved(const char *text);

/* "Fn::Join" for the tag "!Join". NULL for a tag of YAML's own; *unknown is set for any other, and
 * *near is then a short form that is near, or NULL. */
const char *cfn__long_form(const char *tag, bool *unknown, const char **near);

#endif
