/* What the compiler must refuse: test_headers.py misspells one macro at a time. As it stands it
 * compiles. */
#include <cfngen/aws/s3.h>
#include <cfngen/cfngen.h>

#ifndef RESOURCE
#define RESOURCE AWS_S3_Bucket
#endif
#ifndef PROPERTY
#define PROPERTY BucketName
#endif
#ifndef NESTED
#define NESTED Status
#endif
#ifndef ATTRIBUTE
#define ATTRIBUTE DeletionPolicy
#endif
#ifndef VALUE
#define VALUE cfn_str("shop")
#endif
#ifndef MEMBER
#define MEMBER days
#endif

struct settings {
    struct cfn_stack_settings stack;
    long days;
    const char *name;
};

static const struct cfn_row rows[] = {
    CFN_STACK_ROWS(struct settings),
    CFN_TEXT(struct settings, name, .help = "the name"),
    CFN_INT(struct settings, MEMBER, .fallback = "30", .help = "days"),
    CFN_ROWS_END,
};

const struct cfn_row *misspelt_rows(void);
void misspelt_build(struct cfn_template *t);

const struct cfn_row *misspelt_rows(void) {
    return rows;
}

void misspelt_build(struct cfn_template *t) {
    cfn_add(t, "Bronze",
            RESOURCE(.PROPERTY = VALUE,
                     .VersioningConfiguration =
                         AWS_S3_Bucket_VersioningConfiguration(.NESTED = cfn_str("Enabled"))),
            .ATTRIBUTE = "Retain");
}
