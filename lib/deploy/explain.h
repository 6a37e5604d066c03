/*
 * What failures mean: rows of words that a reason contains. The tables stand in explain_*.c, one
 * for each kind of thing; they are asked one after the other, and the first row that fits is taken,
 * so what is special stands before what is general.
 */
#ifndef CFN_DEPLOY_EXPLAIN_H
#define CFN_DEPLOY_EXPLAIN_H

#include <cfngen/deploy.h>
#include <stddef.h>

struct cfn__explanation {
    const char *type; /* "AWS::S3::Bucket", "AWS::RDS::*"; NULL: any */
    /* Each of them stands in the reason, in any case of letters; "a|b" is one or the other. */
    const char *words[2];
    const char *meaning, *remedy;
};

struct cfn__explanations {
    const struct cfn__explanation *rows;
    size_t count;
};
#define CFN__EXPLANATIONS(rows)                                                                    \
    { rows, sizeof(rows) / sizeof *(rows) }
extern const struct cfn__explanations cfn__explain_access, cfn__explain_network,
    cfn__explain_storage, cfn__explain_databases, cfn__explain_pipeline, cfn__explain_general;

/* The row that explains a reason, and its number over all tables; NULL: none does. */
const struct cfn__explanation *cfn__explain(const char *type, const char *reason, size_t *number);
size_t cfn__explain_count(void);

#endif
