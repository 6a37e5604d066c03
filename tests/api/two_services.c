/* A program that knows two services: statically linked, it carries the tables of these two. */
#include <cfngen/aws/kms.h>
#include <cfngen/aws/s3.h>
#include <cfngen/cfngen.h>
#include <stdio.h>
#include <string.h>

static void build(struct cfn_template *t) {
    cfn_add(t, "Key", AWS_KMS_Key(.EnableKeyRotation = cfn_bool(true)));
    cfn_add(t, "Bucket",
            AWS_S3_Bucket(.BucketName = cfn_str("NOT A NAME"),
                          .VersioningConfiguration =
                              AWS_S3_Bucket_VersioningConfiguration(.Status = cfn_str("Enabled"))));
}

/* The check works on what it knows: it refuses the bucket's name. */
int main(void) {
    struct cfn_template *t = cfn_template_new("two", "Two services");
    struct cfn_diags *diags = cfn_diags_new();
    build(t);
    int refused = cfn_template_check(t, diags) == -1 && cfn_diags_errors(diags) == 1 &&
                  strstr(cfn_diags_at(diags, 0)->message, "NOT A NAME");
    for (size_t i = 0; i < cfn_diags_count(diags); i++)
        printf("%s\n", cfn_diags_at(diags, i)->message);
    cfn_diags_free(diags);
    cfn_template_free(t);
    return !refused;
}
