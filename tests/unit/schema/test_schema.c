/* What is known of a few types everyone uses, and what is told of types that are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cfngen/aws/iam.h>
#include <cfngen/aws/rds.h>
#include <cfngen/aws/s3.h>
#include <cfngen/schema.h>
#include <math.h>
#include <string.h>

static struct cfn_property property_of(const char *type, const char *name) {
    struct cfn_property property;
    struct cfn_type found = cfn_schema_find(type);
    assert_non_null(found.service);
    assert_true(cfn_type_find_property(found, name, &property));
    assert_string_equal(property.name, name);
    return property;
}

/* A path of properties: "LifecycleConfiguration", "Rules". */
static struct cfn_type nested_of(const char *type, const char *const *path) {
    struct cfn_type found = cfn_schema_find(type);
    struct cfn_property property;
    for (; *path; path++) {
        assert_true(cfn_type_find_property(found, *path, &property));
        assert_true(property.kinds & CFN_NESTED);
        found = property.type;
    }
    return found;
}
#define NESTED(type, ...) nested_of(type, (const char *const[]){__VA_ARGS__, NULL})

static bool allows(const char *enumeration, const char *value) {
    for (; enumeration && *enumeration; enumeration += strlen(enumeration) + 1)
        if (strcmp(enumeration, value) == 0)
            return true;
    return false;
}

static bool same(double a, double b) {
    return !(a < b) && !(a > b);
}

static void finds_types(void **state) {
    (void)state;
    struct cfn_type bucket = cfn_schema_find("AWS::S3::Bucket");
    assert_ptr_equal(bucket.service, &cfn_aws_s3);
    assert_string_equal(cfn_type_name(bucket), "AWS::S3::Bucket");
    assert_true(cfn_type_is_resource(bucket));
    assert_true(cfn_type_is_stateful(bucket));
    assert_false(cfn_type_is_open(bucket));
    assert_false(cfn_type_is_stateful(cfn_schema_find("AWS::IAM::Role")));
    assert_true(cfn_type_is_open(cfn_schema_find("AWS::CloudFormation::CustomResource")));
    assert_non_null(cfn_schema_find("Alexa::ASK::Skill").service);
    assert_non_null(cfn_schema_find("AWS::Serverless::Function").service);
}

static void misses_what_is_not_there(void **state) {
    (void)state;
    static const char *const names[] = {"",
                                        "AWS::S3::Bucke",
                                        "AWS::S3::Bucketx",
                                        "AWS::S3::bucket",
                                        "AWS::S3",
                                        "AAA::A::A",
                                        "zzz",
                                        "AWS::S3::Bucket::x",
                                        "Rule"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_null(cfn_schema_find(names[i]).service);
    assert_null(cfn_schema_at(cfn_schema_count()).service);
}

static void tells_nothing_of_no_type(void **state) {
    (void)state;
    struct cfn_property property;
    struct cfn_rule rule;
    const struct cfn_type none[] = {{NULL, 0}, {&cfn_aws_s3, 60000}};
    for (int i = 0; i < 2; i++) {
        assert_null(cfn_type_name(none[i]));
        assert_false(cfn_type_is_resource(none[i]));
        assert_false(cfn_type_is_stateful(none[i]));
        assert_int_equal(cfn_type_property_count(none[i]), 0);
        assert_int_equal(cfn_type_attribute_count(none[i]), 0);
        assert_null(cfn_type_attribute(none[i], 0));
        assert_false(cfn_type_property(none[i], 0, &property));
        assert_false(cfn_type_find_property(none[i], "Tags", &property));
        assert_false(cfn_type_find_attribute(none[i], "Arn", NULL));
        assert_false(cfn_type_rule(none[i], 0, &rule));
    }
}

static void knows_a_bucket(void **state) {
    (void)state;
    struct cfn_property name = property_of("AWS::S3::Bucket", "BucketName");
    assert_int_equal(name.kinds, CFN_STRING);
    assert_int_equal(name.replacement, CFN_REPLACES);
    assert_false(name.required);
    assert_non_null(name.pattern);
    assert_true(same(name.length.max, 63) && same(name.value.max, INFINITY));
    struct cfn_property tags = property_of("AWS::S3::Bucket", "Tags");
    assert_int_equal(tags.kinds, CFN_LIST | CFN_NESTED);
    assert_string_equal(cfn_type_name(tags.type), "Tag");
    assert_false(cfn_type_is_resource(tags.type));
    struct cfn_property access = property_of("AWS::S3::Bucket", "AccessControl");
    assert_true(allows(access.enumeration, "Private") && allows(access.enumeration, "PublicRead"));
    assert_false(allows(access.enumeration, "private"));
    assert_int_equal(property_of("AWS::S3::Bucket", "ObjectLockEnabled").kinds, CFN_BOOLEAN);
}

static void knows_nested_types(void **state) {
    (void)state;
    struct cfn_property property;
    struct cfn_type rule = NESTED("AWS::S3::Bucket", "LifecycleConfiguration", "Rules");
    assert_string_equal(cfn_type_name(rule), "Rule");
    assert_true(cfn_type_find_property(rule, "Status", &property));
    assert_true(property.required && allows(property.enumeration, "Enabled"));
    assert_true(cfn_type_find_property(rule, "NoncurrentVersionTransitions", &property));
    assert_true(property.unique);
    assert_false(cfn_type_find_property(rule, "status", &property));
    /* a type within itself */
    struct cfn_type statement = NESTED("AWS::WAFv2::WebACL", "Rules", "Statement");
    assert_true(cfn_type_find_property(statement, "NotStatement", &property));
    assert_true(cfn_type_find_property(property.type, "Statement", &property));
    assert_true(property.type.service == statement.service &&
                property.type.index == statement.index);
}

static void knows_a_database(void **state) {
    (void)state;
    unsigned kinds = 0;
    struct cfn_type instance = cfn_schema_find("AWS::RDS::DBInstance");
    assert_true(cfn_type_is_stateful(instance));
    assert_true(cfn_type_find_attribute(instance, "Endpoint.Address", &kinds));
    assert_int_equal(kinds, CFN_STRING);
    assert_true(cfn_type_find_attribute(instance, "MasterUserSecret.SecretArn", NULL));
    assert_false(cfn_type_find_attribute(instance, "Endpoint.Adress", NULL));
    assert_int_equal(property_of("AWS::RDS::DBInstance", "StorageEncrypted").replacement,
                     CFN_REPLACES);
    assert_int_equal(property_of("AWS::RDS::DBInstance", "EngineVersion").replacement,
                     CFN_IN_PLACE);
    assert_true(same(property_of("AWS::RDS::DBInstance", "BackupRetentionPeriod").value.min, 0));
}

static void knows_a_role(void **state) {
    (void)state;
    struct cfn_property policy = property_of("AWS::IAM::Role", "AssumeRolePolicyDocument");
    assert_true(policy.required && (policy.kinds & CFN_JSON));
    struct cfn_property session = property_of("AWS::IAM::Role", "MaxSessionDuration");
    assert_int_equal(session.kinds, CFN_INTEGER);
    assert_true(same(session.value.min, 3600) && same(session.value.max, 43200));
    assert_true(same(property_of("AWS::IAM::Role", "Tags").items.max, 50));
    assert_int_equal(property_of("AWS::IAM::Role", "ManagedPolicyArns").kinds,
                     CFN_LIST | CFN_STRING);
}

static void tells_read_only_from_unknown(void **state) {
    (void)state;
    struct cfn_property property;
    struct cfn_type role = cfn_schema_find("AWS::IAM::Role");
    assert_true(cfn_type_find_property(role, "Arn", &property));
    assert_true(property.read_only);
    assert_string_equal(property.name, "Arn");
    assert_int_equal(property.kinds, CFN_STRING);
    assert_null(property.pattern);
    for (size_t i = 0; cfn_type_property(role, i, &property); i++)
        assert_false(property.read_only);
    assert_false(cfn_type_find_property(role, "Am", &property));
    assert_false(cfn_type_find_property(role, "", &property));
    assert_false(cfn_type_find_property(cfn_schema_find("AWS::RDS::DBInstance"), "Endpoint.Address",
                                        &property));
}

static void attributes_may_be_named_by_the_user(void **state) {
    (void)state;
    struct cfn_property property;
    struct cfn_type stack = cfn_schema_find("AWS::CloudFormation::Stack");
    assert_true(cfn_type_find_attribute(stack, "Outputs.Anything", NULL));
    assert_false(cfn_type_find_attribute(stack, "Outputs.", NULL));
    assert_false(cfn_type_find_attribute(stack, "Output.Anything", NULL));
    struct cfn_type custom = cfn_schema_find("AWS::CloudFormation::CustomResource");
    assert_true(cfn_type_find_attribute(custom, "Anything.At.All", NULL));
    assert_false(cfn_type_find_property(custom, "Anything", &property));
}

static const char *second(const char *names) {
    return names + strlen(names) + 1;
}

static void knows_rules(void **state) {
    (void)state;
    struct cfn_rule rule;
    int found = 0;
    struct cfn_type subnet = cfn_schema_find("AWS::EC2::Subnet");
    for (size_t i = 0; cfn_type_rule(subnet, i, &rule); i++)
        if (rule.kind == CFN_EXCLUDES && strcmp(rule.names, "AvailabilityZone") == 0)
            found += strcmp(second(rule.names), "AvailabilityZoneId") == 0;
        else if (rule.kind == CFN_ANY_OF)
            found += 10;
    assert_int_equal(found, 11);
    assert_false(cfn_type_rule(cfn_schema_find("AWS::IAM::Role"), 0, &rule));
}

/* A struct is an array of values, so its members must stand as the table says. */
static void members_stand_in_the_tables_order(void **state) {
    (void)state;
    struct cfn_property property;
    struct cfn_type bucket = cfn_schema_find("AWS::S3::Bucket");
    assert_int_equal(cfn_type_property_count(bucket),
                     offsetof(struct AWS_S3_Bucket, cfn_end) / sizeof(cfn_value));
    assert_true(cfn_type_property(
        bucket, offsetof(struct AWS_S3_Bucket, VersioningConfiguration) / sizeof(cfn_value),
        &property));
    assert_string_equal(property.name, "VersioningConfiguration");
    struct cfn_type role = cfn_schema_find("AWS::IAM::Role");
    assert_int_equal(cfn_type_property_count(role),
                     offsetof(struct AWS_IAM_Role, cfn_end) / sizeof(cfn_value));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_types),
        cmocka_unit_test(misses_what_is_not_there),
        cmocka_unit_test(tells_nothing_of_no_type),
        cmocka_unit_test(knows_a_bucket),
        cmocka_unit_test(knows_nested_types),
        cmocka_unit_test(knows_a_database),
        cmocka_unit_test(knows_a_role),
        cmocka_unit_test(tells_read_only_from_unknown),
        cmocka_unit_test(attributes_may_be_named_by_the_user),
        cmocka_unit_test(knows_rules),
        cmocka_unit_test(members_stand_in_the_tables_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
