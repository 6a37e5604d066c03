/*
 * The facts file, read: services, their types, what each type has. The form of the file is told at
 * the top of lib/schema/update.py. Reading is a function over memory; writing stands apart
 * (write.h).
 */
#ifndef CFN_SCHEMA_FACTS_H
#define CFN_SCHEMA_FACTS_H

#include "schema/table.h"

#include <base/base.h>

enum {
    FACTS_SIZE = 64 << 20, /* of a file */
    NAME_SIZE = 200,       /* of a name */
    ROWS = 60000           /* of one kind in one service: indices are 16 bits wide */
};

/* A text in which NUL may stand, as it goes into a pool. */
struct facts_text {
    const char *data; /* NULL: none */
    size_t size;
};

struct facts_property {
    const char *name;
    unsigned kinds, flags; /* as in a table's row */
    const char *nested;    /* a type's name, or NULL */
    unsigned type;         /* its index, once the resource is complete */
    struct cfn_bounds length, value, items;
    struct facts_text pattern, enumeration;
    size_t line;
};

struct facts_attribute {
    const char *name;
    unsigned kinds;
};

struct facts_rule {
    enum cfn_rule_kind kind;
    struct facts_text names;
};

/* A type's rows stand from first to last, last excluded, in its service's arrays. */
struct facts_range {
    size_t first, last;
};

struct facts_type {
    const char *name;
    char *identifier; /* of its struct: AWS_S3_Bucket_Rule */
    unsigned flags;
    struct facts_range properties, attributes, rules;
    size_t line;
};

struct facts_service {
    char *key;         /* "s3" */
    const char *title; /* "AWS::S3" */
    CFN_ARRAY(struct facts_type) types;
    CFN_ARRAY(struct facts_property) properties;
    CFN_ARRAY(struct facts_attribute) attributes;
    CFN_ARRAY(struct facts_rule) rules;
};

struct facts {
    struct cfn_arena arena;
    const char *source;
    CFN_ARRAY(struct facts_service) services;
    size_t line; /* being read, or where the mistake is; 0: of the file as a whole */
    char message[400];

    struct facts_service *service; /* of the resource that is being read */
};

/* 0, or -1 with facts->line and facts->message set. facts is {0} before; facts_done follows in any
 * case. */
int facts_read(struct facts *facts, const char *text, size_t size);
void facts_done(struct facts *facts);

/* Remembers the mistake and returns -1. */
int facts_fail(struct facts *facts, const char *format, ...) CFN_PRINTF(2, 3);

/* Between the files of the reader. A line is split in place. */
char *facts_word(char **rest);                       /* NULL at the end */
int facts_property(struct facts *facts, char *line); /* "BucketName string ..." */
int facts_kinds(struct facts *facts, char *text, unsigned *kinds, const char **nested);
int facts_name(struct facts *facts, const char *what, const char *name);
int facts_link(struct facts *facts); /* nested types by name, struct names */

/* name as a C member: "Name" itself, or with what C and C++ do not take replaced. */
void facts_member(const char *name, char member[NAME_SIZE + 2]);

#endif
