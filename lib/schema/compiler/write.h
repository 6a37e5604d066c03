/* C made from facts: texts only, no file is touched here. */
#ifndef CFN_SCHEMA_WRITE_H
#define CFN_SCHEMA_WRITE_H

#include "facts.h"

/* Texts of one service, each kept once; NUL-terminated, the empty text at 0. {0} to begin with. */
struct pool {
    struct cfn_text text;
    size_t *slots; /* offset + 1, open addressing; 0: free */
    size_t slot_count, used;
};
size_t pool_add(struct pool *pool, const char *data, size_t size);
void pool_write(const struct pool *pool, struct cfn_text *out); /* as the lines of a C string */
void pool_done(struct pool *pool);

/* Appends "text" as a C string literal. */
void write_literal(struct cfn_text *out, const char *data, size_t size);

void write_header(struct cfn_text *out, const struct facts_service *service);
void write_table(struct cfn_text *out, const struct facts_service *service);
void write_registry(struct cfn_text *out, const struct facts *facts);

#endif
