/*
 * What AWS says about its resource types, compiled into constant tables.
 *
 * The facts (lib/schema/aws.facts) come from two public packages, named with their versions at the
 * top of that file. At build time they become one header and one table per AWS service:
 * <cfngen/aws/s3.h> declares struct AWS_S3_Bucket with CloudFormation's own spelling and the table
 * cfn_aws_s3. Only tables that are referred to are linked; cfn_schema_find() refers to all of them.
 *
 * Everything here is constant and needs no clean-up. Texts are NUL-terminated UTF-8.
 */
#ifndef CFNGEN_SCHEMA_H
#define CFNGEN_SCHEMA_H

#include <cfngen/export.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One service's compiled facts; its members are private to the library. */
struct cfn_service;

/* A type: a resource type ("AWS::S3::Bucket") or one of its property types. index counts in
 * service's table. */
struct cfn_type {
    const struct cfn_service *service; /* NULL: no such type */
    unsigned index;
};

/* What a value may be, a set of bits. CFN_LIST and CFN_MAP say that the value is a list or a map of
 * what the other bits say; CFN_JSON is any JSON value; CFN_NESTED an object of the property's type.
 */
enum cfn_kinds {
    CFN_STRING = 1 << 0,
    CFN_INTEGER = 1 << 1,
    CFN_NUMBER = 1 << 2,
    CFN_BOOLEAN = 1 << 3,
    CFN_JSON = 1 << 4,
    CFN_NESTED = 1 << 5,
    CFN_LIST = 1 << 6,
    CFN_MAP = 1 << 7
};

/* Whether changing a property makes a new resource in place of the old one. */
enum cfn_replacement { CFN_IN_PLACE, CFN_MAY_REPLACE, CFN_REPLACES };

struct cfn_bounds {
    double min, max; /* inclusive; -INFINITY and INFINITY where there is none */
};

struct cfn_property {
    const char *name;
    unsigned kinds;       /* enum cfn_kinds */
    struct cfn_type type; /* of CFN_NESTED; else service is NULL */
    bool required;
    bool read_only; /* an attribute that cannot be set */
    bool unique;    /* the items of a list differ */
    bool deprecated;
    enum cfn_replacement replacement;
    struct cfn_bounds length; /* characters of a string (of an item, where it is a list) */
    struct cfn_bounds value;  /* of a number */
    struct cfn_bounds items;  /* of a list, or pairs of a map */
    const char *pattern;      /* of a string: a PCRE2 pattern with search semantics, or NULL */
    const char
        *enumeration; /* allowed values, each NUL-terminated, an empty one at the end; or NULL */
};

/* The type of that name ("AWS::S3::Bucket"). service is NULL where there is none. */
CFN_API struct cfn_type cfn_schema_find(const char *name);

/* Number of resource types known, and the name of each, in order of name. */
CFN_API size_t cfn_schema_count(void);
CFN_API struct cfn_type cfn_schema_at(size_t index);

/* Where the facts come from: package names and versions, one line. */
CFN_API const char *cfn_schema_source(void);

/* A resource type's name is whole ("AWS::S3::Bucket"), a property type's is its own ("Rule"). */
CFN_API const char *cfn_type_name(struct cfn_type type);
CFN_API bool cfn_type_is_resource(struct cfn_type type);

/* Losing such a resource loses data (as AWS's own tools count it). */
CFN_API bool cfn_type_is_stateful(struct cfn_type type);

/* It takes properties and attributes of any name, as a custom resource does. */
CFN_API bool cfn_type_is_open(struct cfn_type type);

/* Properties in the order of the members of its struct. cfn_type_property fills *property and
 * returns false when index is too large. cfn_type_find_property returns false when there is none of
 * that name; it finds read-only ones too, which have no member and are not counted. */
CFN_API size_t cfn_type_property_count(struct cfn_type type);
CFN_API bool cfn_type_property(struct cfn_type type, size_t index, struct cfn_property *property);
CFN_API bool cfn_type_find_property(struct cfn_type type, const char *name,
                                    struct cfn_property *property);

/* What Fn::GetAtt may ask of a resource ("Arn", "Endpoint.Address"). *kinds may be NULL. An
 * attribute "Outputs.*" in the list stands for every name that begins so. */
CFN_API bool cfn_type_find_attribute(struct cfn_type type, const char *name, unsigned *kinds);
CFN_API size_t cfn_type_attribute_count(struct cfn_type type);
CFN_API const char *cfn_type_attribute(struct cfn_type type, size_t index);

/* Rules over several properties of one type. names: the properties, each NUL-terminated, an empty
 * one at the end. */
enum cfn_rule_kind {
    CFN_ONE_OF,  /* exactly one of them */
    CFN_ANY_OF,  /* at least one of them */
    CFN_NEEDS,   /* the first, when present, needs all the others */
    CFN_EXCLUDES /* the first, when present, excludes all the others */
};
struct cfn_rule {
    enum cfn_rule_kind kind;
    const char *names;
};
CFN_API bool cfn_type_rule(struct cfn_type type, size_t index, struct cfn_rule *rule);

#ifdef __cplusplus
}
#endif

#endif
