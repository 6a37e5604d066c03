/*
 * One service's facts as they lie in the library: constant rows without a pointer in them. Texts
 * are offsets into one pool per service, numbers and constraints are kept once. Written by
 * lib/schema/compiler, read by schema.c.
 */
#ifndef CFN_SCHEMA_TABLE_H
#define CFN_SCHEMA_TABLE_H

#include <cfngen/schema.h>

enum { CFN__NO_TYPE = 0xffff };

enum cfn__type_flag { CFN__RESOURCE = 1, CFN__STATEFUL = 2, CFN__OPEN = 4 };

/* What belongs to a type ends where the next row's begins; a table has one row more than it has
 * types. */
struct cfn__type_row {
    uint32_t name, properties, attributes;
    uint16_t rules, flags;
};

enum cfn__property_flag {
    CFN__REQUIRED = 1,
    CFN__UNIQUE = 2,
    CFN__DEPRECATED = 4,
    CFN__REPLACEMENT = 4 /* enum cfn_replacement is shifted left by this */
};

struct cfn__property_row {
    uint32_t name;
    uint8_t kinds, flags;
    uint16_t type;       /* of CFN_NESTED, or CFN__NO_TYPE */
    uint16_t constraint; /* 0: none */
};

/* Bounds are indices into numbers, 0 where there is none. pattern and enumeration are offsets, 0
 * where there is none (offset 0 is an empty text). */
struct cfn__constraint_row {
    uint32_t pattern, enumeration;
    uint16_t length[2], value[2], items[2];
};

struct cfn__attribute_row {
    uint32_t name, kinds;
};

struct cfn__rule_row {
    uint32_t names, kind;
};

struct cfn_service {
    const char *pool;
    const double *numbers;
    const struct cfn__type_row *types;
    const struct cfn__property_row *properties;
    const struct cfn__attribute_row *attributes;
    const struct cfn__rule_row *rules;
    const struct cfn__constraint_row *constraints;
    unsigned type_count;
};

/* All services, and every resource type in order of name: written to registry.c. */
struct cfn__registry_row {
    uint16_t service, type;
};
extern const struct cfn_service *const cfn__services[];
extern const struct cfn__registry_row cfn__registry[];
extern const size_t cfn__registry_count;
extern const char cfn__schema_source[];

#endif
