/* Failures are explained: each row by a reason that it is written for, and nothing else by any. */
#include "deploy/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* failures.tsv: the type and the reason of one failure per line, one line per row, in their order;
 * in the words of the services, as far as these are public, with other names in them. */
static void test_each_row_explains_its_reason(void **state) {
    (void)state;
    FILE *file = fopen("tests/unit/deploy/failures.tsv", "r");
    assert_non_null(file);
    char line[2000];
    size_t count = 0;
    for (; fgets(line, sizeof line, file); count++) {
        size_t number = SIZE_MAX;
        char *reason = strchr(line, '\t');
        assert_non_null(reason);
        *reason++ = '\0';
        reason[strcspn(reason, "\n")] = '\0';
        if (!cfn__explain(line, reason, &number) || number != count)
            fail_msg("row %zu is told for line %zu: %s", number + 1, count + 1, reason);
    }
    fclose(file);
    assert_int_equal(count, cfn__explain_count());
    assert_true(count > 60);
}

/* Rows are words, neither empty nor sentences with a full stop, and each of a kind. */
static void test_rows_are_well_formed(void **state) {
    (void)state;
    static const struct cfn__explanations *const tables[] = {
        &cfn__explain_access,    &cfn__explain_network,  &cfn__explain_storage,
        &cfn__explain_databases, &cfn__explain_pipeline, &cfn__explain_general,
    };
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (size_t i = 0; i < tables[t]->count; i++) {
            const struct cfn__explanation *row = &tables[t]->rows[i];
            const char *texts[] = {row->meaning, row->remedy};
            for (size_t k = 0; k < 2; k++) {
                assert_true(strlen(texts[k]) > 5);
                assert_int_not_equal(texts[k][strlen(texts[k]) - 1], '.');
            }
            assert_true(!row->type || strncmp(row->type, "AWS::", 5) == 0);
            for (size_t k = 0; k < 2 && row->words[k]; k++) {
                assert_true(*row->words[k] && !strstr(row->words[k], "||"));
                assert_int_not_equal(row->words[k][strlen(row->words[k]) - 1], '|');
            }
        }
}

static const char *const types[] = {
    "AWS::S3::Bucket",
    "AWS::IAM::Role",
    "AWS::EC2::Subnet",
    "AWS::RDS::DBInstance",
    "AWS::DMS::Endpoint",
    "AWS::MWAA::Environment",
    "AWS::Redshift::Cluster",
    "AWS::EMR::Cluster",
    "AWS::Glue::Crawler",
    "AWS::Logs::LogGroup",
    "AWS::KMS::Key",
    "AWS::RedshiftServerless::Workgroup",
    "AWS::CloudWatch::Alarm",
    "AWS::Lambda::Function",
    "AWS::Athena::WorkGroup",
    "AWS::CloudFormation::Stack",
    "",
};
static const char *const unrelated[] = {
    "",
    "Resource creation Initiated",
    "Resource creation cancelled",
    "Resource update cancelled",
    "Resource deletion cancelled",
    "User Initiated",
    "Transformation succeeded",
    "Requested update requires the creation of a new physical resource; hence creating one.",
    "Requested update required the provider to create a new physical resource",
    "The following resource(s) failed to create: [Database, Logs]. Rollback requested by user.",
    "The following resource(s) failed to update: [Environment].",
    "Eventual consistency check initiated",
    "Received SUCCESS signal with UniqueId i-0a1b2c3d4e",
    "Certificate is waiting for DNS validation",
    "The runtime parameter of nodejs12.x is deprecated and must be replaced",
    "Uploaded file must be a non-empty zip",
    "CNAME does not match what the distribution serves",
    "The web ACL could not be associated",
    "Invalid cron expression",
    "The target group has no registered targets",
    "Container image was not pulled",
    "Value of property Tags must be a list",
    "Image signature could not be verified",
    "One of the origins has a trailing slash",
};

static void test_what_is_unknown_is_left_alone(void **state) {
    (void)state;
    size_t tried = 0;
    for (size_t i = 0; i < sizeof unrelated / sizeof *unrelated; i++)
        for (size_t t = 0; t < sizeof types / sizeof *types; t++, tried++) {
            const char *meaning = NULL, *remedy = NULL;
            cfn_explain_failure(types[t], unrelated[i], &meaning, &remedy);
            if (*meaning || *remedy)
                fail_msg("%s: '%s' is explained as '%s'", types[t], unrelated[i], meaning);
        }
    assert_true(tried > 300);
}

static void test_letters_and_missing_texts(void **state) {
    (void)state;
    const char *meaning, *remedy;
    cfn_explain_failure("AWS::EC2::EIP", "THE MAXIMUM NUMBER OF ADDRESSES has been reached",
                        &meaning, &remedy);
    assert_non_null(strstr(meaning, "Elastic IP"));
    assert_non_null(strstr(remedy, "L-0263D0A3"));
    cfn_explain_failure("AWS::EC2::EIP", "the maximum number of addresse", &meaning, &remedy);
    assert_string_equal(meaning, "");
    cfn_explain_failure(NULL, NULL, &meaning, &remedy);
    assert_string_equal(remedy, "");
    /* A type's own row does not tell of another's. */
    cfn_explain_failure("AWS::SQS::Queue", "BucketNotEmpty", &meaning, &remedy);
    assert_string_equal(meaning, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_row_explains_its_reason),
        cmocka_unit_test(test_rows_are_well_formed),
        cmocka_unit_test(test_what_is_unknown_is_left_alone),
        cmocka_unit_test(test_letters_and_missing_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
