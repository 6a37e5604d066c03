#include "diff_fixture.h"

/* The marks and the why of the change of X; "" where it is harmless. */
static void assert_danger(const char *before, const char *after, const char *expected) {
    struct cfn_text bodies[2] = {{0}, {0}};
    cfn_text_printf(&bodies[0], "Resources: {O: {Type: T::T::T}, %s}\n", before);
    cfn_text_printf(&bodies[1], "Resources: {O: {Type: T::T::T}, %s}\n", after);
    json_t *sides[] = {read_yaml(bodies[0].data), read_yaml(bodies[1].data)};
    struct cfn_diff *diff =
        cfn_diff_new(&(struct cfn_side){.body = sides[0]}, &(struct cfn_side){.body = sides[1]});
    struct cfn_text text = {0};
    for (size_t i = 0; i < cfn_diff_count(diff); i++) {
        put_dangers(&text, cfn_diff_at(diff, i)->dangers);
        cfn_text_printf(&text, "%s%s", text.size ? " " : "", cfn_diff_at(diff, i)->why);
    }
    assert_true(cfn_diff_count(diff) > 0);
    assert_string_equal(text.data ? text.data : "", expected);
    cfn_diff_free(diff);
    for (size_t i = 0; i < 2; i++) {
        json_decref(sides[i]);
        cfn_text_done(&bodies[i]);
    }
    cfn_text_done(&text);
}

/* A resource of a type, by its properties. */
static void assert_property(const char *type, const char *before, const char *after,
                            const char *expected) {
    struct cfn_text bodies[2] = {{0}, {0}};
    cfn_text_printf(&bodies[0], "X: {Type: '%s', Properties: {%s}}", type, before);
    cfn_text_printf(&bodies[1], "X: {Type: '%s', Properties: {%s}}", type, after);
    assert_danger(bodies[0].data, bodies[1].data, expected);
    cfn_text_done(&bodies[0]);
    cfn_text_done(&bodies[1]);
}

static void removal(void **state) {
    (void)state;
    assert_danger("X: {Type: AWS::SNS::Topic}", "", "");
    assert_danger("X: {Type: AWS::S3::Bucket, Properties: {BucketName: shop-dev-bronze}}", "",
                  " !loses data deletes the bucket shop-dev-bronze and what is in it");
    assert_danger("X: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub 'a-${AWS::Region}'}}",
                  "", " !loses data deletes the bucket a-${AWS::Region} and what is in it");
    assert_danger("X: {Type: AWS::S3::Bucket, DeletionPolicy: Retain}", "",
                  " !leaves behind leaves the bucket X behind in the account");
    assert_danger("X: {Type: AWS::S3::Bucket, DeletionPolicy: RetainExceptOnCreate}", "",
                  " !leaves behind leaves the bucket X behind in the account");
    assert_danger("X: {Type: AWS::IAM::Role, DeletionPolicy: Retain}", "",
                  " !leaves behind leaves the role X behind in the account");
    assert_danger("X: {Type: AWS::RDS::DBInstance}", "",
                  " !leaves behind deletes the database X, and leaves a snapshot of it behind");
    assert_danger("X: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: c}}", "",
                  " !loses data deletes the database X and what is in it");
    assert_danger("X: {Type: AWS::RDS::DBCluster, DeletionPolicy: Delete}", "",
                  " !loses data deletes the database cluster X and what is in it");
    assert_danger("X: {Type: AWS::KMS::Key}", "",
                  " !loses data deletes the key X: what it encrypts cannot be read any more");
    assert_danger("X: {Type: AWS::RedshiftServerless::Namespace}", "",
                  " !loses data deletes the warehouse X and what is in it");
    assert_danger("X: {Type: AWS::FSx::FileSystem}", "",
                  " !loses data deletes the AWS::FSx::FileSystem X and what is in it");
}

static void replacement(void **state) {
    (void)state;
    assert_property("AWS::S3::Bucket", "BucketName: a", "BucketName: b",
                    " !loses data replaces the bucket a and deletes what is in it");
    assert_danger("X: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: a}}",
                  "X: {Type: AWS::RDS::DBInstance, UpdateReplacePolicy: Snapshot, Properties: "
                  "{DBInstanceIdentifier: b}}",
                  " !replaces data replaces the database a by an empty one; a snapshot of the old "
                  "one is kept");
    assert_danger("X: {Type: AWS::S3::Bucket, Properties: {BucketName: a}}",
                  "X: {Type: AWS::S3::Bucket, UpdateReplacePolicy: Retain, Properties: "
                  "{BucketName: b}}",
                  " !replaces data replaces the bucket a; the old one stays in the account");
    assert_danger("X: {Type: AWS::SNS::Topic, Properties: {TopicName: a}}",
                  "X: {Type: AWS::SNS::Topic, UpdateReplacePolicy: Retain, Properties: "
                  "{TopicName: b}}",
                  " !leaves behind replaces the topic a; the old one stays in the account");
    assert_property("AWS::SNS::Topic", "TopicName: a", "TopicName: b", "");
    /* What AWS says may replace, and hardly ever does. */
    assert_property("AWS::RDS::DBInstance", "MultiAZ: false", "MultiAZ: true", "");
}

static void protection(void **state) {
    (void)state;
    assert_danger("X: {Type: AWS::S3::Bucket, DeletionPolicy: Retain}",
                  "X: {Type: AWS::S3::Bucket}",
                  " !unprotects when it is removed later, the bucket X is deleted; until now it "
                  "would have stayed");
    assert_danger("X: {Type: AWS::S3::Bucket, UpdateReplacePolicy: Snapshot}",
                  "X: {Type: AWS::S3::Bucket, DeletionPolicy: Retain}",
                  " !unprotects when it is replaced later, the bucket X is deleted; until now it "
                  "would have left a snapshot");
    assert_danger("X: {Type: AWS::S3::Bucket}",
                  "X: {Type: AWS::S3::Bucket, DeletionPolicy: "
                  "Retain}",
                  "");
    assert_danger("X: {Type: AWS::RDS::DBInstance}",
                  "X: {Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot}", "");
    static const char *const cases[][4] = {
        {"AWS::RDS::DBInstance", "DeletionProtection: true", "DeletionProtection: false",
         " !unprotects takes the protection against deletion from the database X"},
        {"AWS::RDS::DBInstance", "DeletionProtection: 'true'", "",
         " !unprotects takes the protection against deletion from the database X"},
        {"AWS::RDS::DBInstance", "DeletionProtection: false", "DeletionProtection: true", ""},
        {"AWS::Cognito::UserPool", "DeletionProtection: ACTIVE", "DeletionProtection: INACTIVE",
         " !unprotects takes the protection against deletion from the user pool X"},
        {"AWS::ElasticLoadBalancingV2::LoadBalancer",
         "LoadBalancerAttributes: [{Key: deletion_protection.enabled, Value: 'true'}]",
         "LoadBalancerAttributes: [{Key: deletion_protection.enabled, Value: 'false'}]",
         " !unprotects takes the protection against deletion from the "
         "AWS::ElasticLoadBalancingV2::LoadBalancer X"},
        {"AWS::S3::Bucket", "VersioningConfiguration: {Status: Enabled}",
         "VersioningConfiguration: {Status: Suspended}",
         " !unprotects suspends the versions of objects in the bucket X"},
        {"AWS::S3::Bucket", "VersioningConfiguration: {Status: Enabled}", "",
         " !unprotects suspends the versions of objects in the bucket X"},
        {"AWS::RDS::DBInstance", "BackupRetentionPeriod: 7", "BackupRetentionPeriod: 0",
         " !unprotects keeps fewer backups of the database X"},
        {"AWS::RDS::DBInstance", "BackupRetentionPeriod: 7", "BackupRetentionPeriod: 14", ""},
        {"AWS::RDS::DBInstance", "BackupRetentionPeriod: 7", "",
         " !unprotects keeps fewer backups of the database X"},
        {"AWS::Logs::LogGroup", "", "RetentionInDays: 7",
         " !unprotects deletes older entries of the log group X"},
        {"AWS::Logs::LogGroup", "RetentionInDays: 7", "", ""},
        {"AWS::DynamoDB::Table",
         "PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: "
         "true}",
         "", " !unprotects turns off point-in-time recovery of the table X"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_property(cases[i][0], cases[i][1], cases[i][2], cases[i][3]);
}

#define WIDER " !widens access "
#define KEYLESS WIDER "takes the encryption with a key of its own from "

static void encryption_and_exposure(void **state) {
    (void)state;
    static const char *const cases[][4] = {
        {"AWS::EFS::FileSystem", "Encrypted: true, KmsKeyId: k", "Encrypted: true",
         " !loses data !widens access replaces the file system X and deletes what is in it; takes "
         "the encryption with a key of its own from the file system X"},
        {"AWS::SNS::Topic", "KmsMasterKeyId: k", "", KEYLESS "the topic X"},
        {"AWS::SNS::Topic", "KmsMasterKeyId: k", "KmsMasterKeyId: l", ""},
        {"AWS::S3::Bucket", "PublicAccessBlockConfiguration: {BlockPublicAcls: true}", "",
         WIDER "no longer blocks the public from the bucket X"},
        {"AWS::S3::Bucket", "PublicAccessBlockConfiguration: {BlockPublicAcls: true}",
         "PublicAccessBlockConfiguration: {BlockPublicAcls: false}",
         WIDER "no longer blocks the public from the bucket X"},
        {"AWS::S3::Bucket", "", "PublicAccessBlockConfiguration: {RestrictPublicBuckets: false}",
         WIDER "no longer blocks the public from the bucket X"},
        {"AWS::S3::Bucket", "PublicAccessBlockConfiguration: {BlockPublicAcls: true}",
         "PublicAccessBlockConfiguration: {BlockPublicAcls: !Ref P}",
         WIDER "no longer blocks the public from the bucket X"},
        {"AWS::S3::Bucket",
         "BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: "
         "{SSEAlgorithm: 'aws:kms'}}]}",
         "BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: "
         "{SSEAlgorithm: AES256}}]}",
         WIDER "weakens the encryption of the bucket X"},
        {"AWS::S3::Bucket", "", "AccessControl: PublicRead", WIDER "opens the bucket X to others"},
        {"AWS::S3::Bucket", "AccessControl: PublicRead", "AccessControl: Private", ""},
        {"AWS::RDS::DBInstance", "PubliclyAccessible: false", "PubliclyAccessible: true",
         WIDER "opens the database X to the internet"},
        {"AWS::RDS::DBInstance", "PubliclyAccessible: true", "PubliclyAccessible: false", ""},
        {"AWS::RDS::DBParameterGroup", "Parameters: {rds.force_ssl: '1'}",
         "Parameters: {rds.force_ssl: '0'}",
         WIDER "allows unencrypted connections by the AWS::RDS::DBParameterGroup X"},
        {"AWS::Redshift::ClusterParameterGroup",
         "Parameters: [{ParameterName: require_ssl, ParameterValue: 'true'}]",
         "Parameters: [{ParameterName: require_ssl, ParameterValue: 'false'}]",
         WIDER "allows unencrypted connections by the AWS::Redshift::ClusterParameterGroup X"},
        {"AWS::DMS::Endpoint", "SslMode: verify-full", "SslMode: require",
         WIDER "weakens the encryption of connections by the endpoint X"},
        {"AWS::DMS::Endpoint", "SslMode: none", "SslMode: require", ""},
        {"AWS::MWAA::Environment", "", "WebserverAccessMode: PUBLIC_ONLY",
         WIDER "opens the Airflow environment X to the internet"},
        {"AWS::IAM::Role", "PermissionsBoundary: a", "",
         WIDER "takes the permissions boundary from the role X"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_property(cases[i][0], cases[i][1], cases[i][2], cases[i][3]);
}

#define INGRESS(rules) "SecurityGroupIngress: [" rules "]"
#define RULE(cidr, from, to)                                                                       \
    "{IpProtocol: tcp, FromPort: " from ", ToPort: " to ", CidrIp: " cidr "}"

static void security_groups(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {"", INGRESS(RULE("0.0.0.0/0", "22", "22")),
         WIDER "the security group X lets tcp 22 in from the whole internet (0.0.0.0/0)"},
        {INGRESS(RULE("0.0.0.0/0", "22", "22")), INGRESS(""), ""},
        {INGRESS(RULE("10.0.0.0/8", "0", "100")), INGRESS(RULE("10.1.0.0/16", "22", "30")), ""},
        {INGRESS(RULE("10.1.0.0/16", "22", "22")), INGRESS(RULE("10.0.0.0/8", "22", "22")),
         WIDER "the security group X lets tcp 22 in from 10.0.0.0/8"},
        {INGRESS(RULE("10.0.0.0/16", "22", "22")), INGRESS(RULE("10.0.0.0/8", "22", "22")),
         WIDER "the security group X lets tcp 22 in from 10.0.0.0/8"},
        {INGRESS(RULE("10.0.0.0/8", "22", "22")), INGRESS(RULE("10.0.0.0/8", "22", "23")),
         WIDER "the security group X lets tcp 22-23 in from 10.0.0.0/8"},
        {INGRESS(RULE("10.0.0.0/8", "22", "22")), INGRESS("{IpProtocol: -1, CidrIp: 10.0.0.0/8}"),
         WIDER "the security group X lets all traffic in from 10.0.0.0/8"},
        {INGRESS("{IpProtocol: '-1', CidrIp: 10.0.0.0/8}"), INGRESS(RULE("10.0.0.0/8", "22", "22")),
         ""},
        {"",
         INGRESS("{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: "
                 "!GetAtt O.GroupId}"),
         WIDER "the security group X lets tcp 5432 in from ${O.GroupId}"},
        {"", INGRESS("{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIpv6: '::/0'}"),
         WIDER "the security group X lets tcp 443 in from the whole internet (::/0)"},
        {"SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}]",
         "", WIDER "the security group X lets all traffic out to the whole internet (0.0.0.0/0)"},
        {"", "SecurityGroupEgress: [{IpProtocol: '-1', CidrIp: 127.0.0.1/32}]", ""},
        {"GroupDescription: a, " INGRESS(RULE("10.0.0.0/8", "22", "22")),
         "GroupDescription: a, " INGRESS(
             RULE("10.0.0.0/8", "22", "22") ", " RULE("10.0.0.0/8", "80", "80")),
         WIDER "the security group X lets tcp 80 in from 10.0.0.0/8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_property("AWS::EC2::SecurityGroup", cases[i][0], cases[i][1], cases[i][2]);
    assert_danger("",
                  "X: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: g, "
                  "IpProtocol: udp, FromPort: 53, ToPort: 53, CidrIp: 0.0.0.0/0}}",
                  WIDER "the AWS::EC2::SecurityGroupIngress X lets udp 53 in from the whole "
                        "internet (0.0.0.0/0)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(removal),         cmocka_unit_test(replacement),
        cmocka_unit_test(protection),      cmocka_unit_test(encryption_and_exposure),
        cmocka_unit_test(security_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
