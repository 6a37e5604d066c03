/* Policies: what allows more than before. */
#include "diff_fixture.h"

#define ROLE(statements)                                                                           \
    "Type: AWS::IAM::Role, Properties: {Policies: [{PolicyName: p, PolicyDocument: {Statement: "   \
    "[" statements "]}}]}"
#define TRUST(statement)                                                                           \
    "Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: [" statement "]}}"
#define ALLOW(action, resource) "{Effect: Allow, Action: " action ", Resource: " resource "}"

/* The why of the resource X of a stack that has O, too; NULL: it is marked with nothing. */
static void assert_why(const char *before, const char *after, const char *expected) {
    struct cfn_text bodies[2] = {{0}, {0}};
    const char *sides[] = {before, after};
    json_t *read[2];
    for (size_t i = 0; i < 2; i++) {
        cfn_text_printf(&bodies[i], "Resources: {O: {Type: AWS::S3::Bucket}, %s%s%s}\n",
                        *sides[i] ? "X: {" : "", sides[i], *sides[i] ? "}" : "");
        read[i] = read_yaml(bodies[i].data);
    }
    struct cfn_diff *diff =
        cfn_diff_new(&(struct cfn_side){.body = read[0]}, &(struct cfn_side){.body = read[1]});
    assert_int_equal(cfn_diff_count(diff), 1);
    assert_string_equal(cfn_diff_at(diff, 0)->why, expected ? expected : "");
    assert_int_equal(cfn_diff_at(diff, 0)->dangers, expected ? CFN_WIDENS_ACCESS : 0);
    cfn_diff_free(diff);
    for (size_t i = 0; i < 2; i++) {
        json_decref(read[i]);
        cfn_text_done(&bodies[i]);
    }
}

static void actions_and_resources(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {ALLOW("s3:GetObject", "a"), ALLOW("[s3:GetObject, s3:PutObject]", "a"),
         "the role X allows s3:PutObject on a"},
        {ALLOW("[s3:GetObject, s3:PutObject]", "a"), ALLOW("s3:GetObject", "a"), NULL},
        {ALLOW("s3:*", "a"), ALLOW("s3:getobject", "a"), NULL},
        {ALLOW("s3:Get*", "a"), ALLOW("s3:*", "a"), "the role X allows s3:* on a"},
        {ALLOW("a:b", "'arn:x/*'"), ALLOW("a:b", "'arn:x/y'"), NULL},
        {ALLOW("a:b", "'arn:x/y'"), ALLOW("a:b", "'arn:x/*'"), "the role X allows a:b on arn:x/*"},
        {ALLOW("a:b", "x"), ALLOW("a:b", "X"), "the role X allows a:b on X"},
        {ALLOW("a:b", "x"), ALLOW("'*'", "'*'"), "the role X allows everything"},
        {ALLOW("'a:b?'", "x"), ALLOW("a:bc", "x"), NULL},
        /* Divided otherwise. */
        {ALLOW("[a:b, a:c]", "[x, y]"), ALLOW("a:b", "x") "," ALLOW("a:c", "[x, y]"), NULL},
        {ALLOW("a:b", "x") "," ALLOW("a:c", "y"), ALLOW("[a:b, a:c]", "[x, y]"),
         "the role X allows a:b, a:c on x, y"},
        {ALLOW("a:b", "x"), ALLOW("[a:b, c:d, c:e, c:f, c:g]", "x"),
         "the role X allows c:d, c:e, c:f and 1 more on x"},
        {ALLOW("a:b", "!Sub '${O}/*'"), ALLOW("a:b", "!Sub '${O}/x'"), NULL},
        {ALLOW("a:b", "!GetAtt O.Arn"), ALLOW("a:b", "!Sub '${O.Arn}/*'"),
         "the role X allows a:b on ${O.Arn}/*"},
        {"{Effect: Allow, NotAction: 'iam:*', Resource: x}", ALLOW("s3:a", "x"), NULL},
        {"{Effect: Allow, NotAction: 'iam:*', Resource: x}", ALLOW("iam:PassRole", "x"),
         "the role X allows iam:PassRole on x"},
        {"{Effect: Allow, NotAction: ['iam:*', 's3:*'], Resource: x}",
         "{Effect: Allow, NotAction: 'iam:*', Resource: x}",
         "the role X allows everything but iam:* on x"},
        {"{Effect: Allow, NotAction: 'iam:*', Resource: x}",
         "{Effect: Allow, NotAction: ['iam:*', 's3:*'], Resource: x}", NULL},
        {ALLOW("a:b", "x"), "!If [C, " ALLOW("a:b", "x") ", !Ref AWS::NoValue]",
         "the role X may allow more: a statement is a function now"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cfn_text text[2] = {{0}, {0}};
        for (size_t j = 0; j < 2; j++)
            cfn_text_printf(&text[j],
                            "Type: AWS::IAM::Role, Properties: {Policies: [{PolicyName: "
                            "p, PolicyDocument: {Statement: [%s]}}]}",
                            cases[i][j]);
        assert_why(text[0].data, text[1].data, cases[i][2]);
        cfn_text_done(&text[0]);
        cfn_text_done(&text[1]);
    }
}

#define WITH(condition) "{Effect: Allow, Action: a:b, Resource: x, Condition: {" condition "}}"

static void conditions(void **state) {
    (void)state;
    const char *allows = "the role X allows a:b on x";
    assert_why(ROLE(WITH("StringEquals: {k: v}")), ROLE(ALLOW("a:b", "x")), allows);
    assert_why(ROLE(ALLOW("a:b", "x")), ROLE(WITH("StringEquals: {k: v}")), NULL);
    assert_why(ROLE(WITH("StringEquals: {k: v}")), ROLE(WITH("StringEquals: {k: [v, w]}")), allows);
    assert_why(ROLE(WITH("StringEquals: {k: [v, w]}")), ROLE(WITH("StringEquals: {k: v}")), NULL);
    assert_why(ROLE(WITH("StringNotEquals: {k: [v, w]}")), ROLE(WITH("StringNotEquals: {k: v}")),
               allows);
    assert_why(ROLE(WITH("StringEquals: {k: v}")),
               ROLE(WITH("StringEquals: {k: v}, Bool: {m: true}")), NULL);
    assert_why(ROLE(WITH("StringEquals: {k: v}, Bool: {m: true}")), ROLE(WITH("Bool: {m: true}")),
               allows);
}

static void trust(void **state) {
    (void)state;
#define SERVICE                                                                                    \
    "{Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: glue.amazonaws.com}}"
    assert_why(TRUST(SERVICE),
               TRUST(SERVICE ", {Effect: Allow, Action: 'sts:AssumeRole', "
                             "Principal: {AWS: 'arn:a'}}"),
               "lets arn:a take the role X");
    assert_why(TRUST(SERVICE),
               TRUST("{Effect: Allow, Action: 'sts:AssumeRole', Principal: {AWS: '*'}}"),
               "lets everybody take the role X");
    assert_why(TRUST(SERVICE ", {Effect: Allow, Action: x, Principal: '*'}"), TRUST(SERVICE), NULL);
    /* What a policy allows is no trust. */
    assert_why(ROLE(ALLOW("'*'", "'*'")), TRUST(SERVICE),
               "lets glue.amazonaws.com take the role X");
}

#define BUCKET_POLICY(statement)                                                                   \
    "Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref O, PolicyDocument: {Statement: "       \
    "[" statement "]}}"
#define TLS                                                                                        \
    "{Effect: Deny, Principal: '*', Action: 's3:*', Resource: '*', Condition: {Bool: "             \
    "{'aws:SecureTransport': 'false'}}}"

static void what_was_denied(void **state) {
    (void)state;
    assert_why(BUCKET_POLICY(TLS), BUCKET_POLICY(""),
               "the bucket policy X no longer denies access without TLS");
    assert_why(BUCKET_POLICY(TLS), "", "the bucket policy X no longer denies access without TLS");
    assert_why("", BUCKET_POLICY(TLS), NULL);
    assert_why(BUCKET_POLICY("{Effect: Deny, Principal: '*', Action: [s3:a, s3:b], Resource: x}"),
               BUCKET_POLICY("{Effect: Deny, Principal: '*', Action: [s3:a], Resource: x}"),
               "the bucket policy X no longer denies s3:b on x to everybody");
    assert_why(BUCKET_POLICY("{Effect: Deny, Principal: '*', Action: [s3:a], Resource: x}"),
               BUCKET_POLICY("{Effect: Deny, Principal: '*', Action: ['s3:*'], Resource: x}"),
               NULL);
    assert_why(BUCKET_POLICY(TLS),
               BUCKET_POLICY("{Effect: Allow, Principal: '*', Action: s3:GetObject, Resource: x}"),
               "the bucket policy X allows s3:GetObject on x to everybody; the bucket policy X no "
               "longer denies access without TLS");
    /* The bucket goes with its policy: what was denied does not matter. */
    char *text = compared(&(struct written){"Resources: {O: {Type: AWS::S3::Bucket, "
                                            "DeletionPolicy: Retain}, X: {" BUCKET_POLICY(TLS) "}}",
                                            NULL, NULL},
                          &(struct written){"Resources: {P: {Type: AWS::SNS::Topic}}", NULL, NULL});
    assert_string_equal(text, "+ Resources.P\n- Resources.O !leaves behind\n"
                              "  * leaves the bucket O behind in the account\n- Resources.X\n");
    free(text);
}

static void other_documents(void **state) {
    (void)state;
    assert_why("Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: {Effect: Allow, Action: "
               "'kms:*', Resource: '*', Principal: {AWS: a}}}}",
               "Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: {Effect: Allow, Action: "
               "'kms:*', Resource: '*', Principal: {AWS: [a, b]}}}}",
               "the key X allows kms:* on * to a, b");
    assert_why("Type: AWS::Logs::ResourcePolicy, Properties: {PolicyDocument: '{\"Statement\": "
               "[]}'}",
               "Type: AWS::Logs::ResourcePolicy, Properties: {PolicyDocument: '{\"Statement\": "
               "[{\"Effect\": \"Allow\", \"Action\": \"l:p\", \"Resource\": \"r\", \"Principal\": "
               "\"*\"}]}'}",
               "the AWS::Logs::ResourcePolicy X allows l:p on r to everybody");
    assert_why("Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: v, PolicyDocument: {Statement: "
               "[]}}",
               "Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: v}",
               "the AWS::EC2::VPCEndpoint X lets everything through");
    assert_why("Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: v}",
               "Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: v, PolicyDocument: {Statement: "
               "[{Effect: Allow, Action: '*', Resource: '*', Principal: '*'}]}}",
               NULL);
}

static void attachments_and_grants(void **state) {
    (void)state;
    assert_why("Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [a]}",
               "Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [b, a]}",
               "attaches b to the role X");
    assert_why("Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [a, b]}",
               "Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [b]}", NULL);
    assert_why("Type: AWS::IAM::ManagedPolicy, Properties: {Roles: []}",
               "Type: AWS::IAM::ManagedPolicy, Properties: {Roles: [!Ref O]}",
               "attaches to ${O} the policy X");
    assert_why("", "Type: AWS::Lambda::Permission, Properties: {FunctionName: f, Principal: '*'}",
               "the AWS::Lambda::Permission X gives everybody rights on f");
    assert_why("", ROLE(ALLOW("a:b", "x")), "the role X allows a:b on x");
}

/* In a stack that is new as a whole all is new: only what is open to all the world is marked. */
static void new_stacks(void **state) {
    (void)state;
    struct written none = {NULL, NULL, NULL};
    assert_compared(none,
                    (struct written){"Resources: {X: {" ROLE(ALLOW("a:b", "x")) "}}", NULL, NULL},
                    "+ Resources.X\n");
    assert_compared(none,
                    (struct written){"Resources: {X: {" ROLE(ALLOW("'*'", "'*'")) "}}", NULL, NULL},
                    "+ Resources.X !widens access\n  * the role X allows everything\n");
    assert_compared(none,
                    (struct written){"Resources: {X: {Type: AWS::RDS::DBInstance, Properties: "
                                     "{PubliclyAccessible: true}}}",
                                     NULL, NULL},
                    "+ Resources.X !widens access\n  * opens the database X to the internet\n");
    assert_compared(none, (struct written){"Resources: {X: {Type: AWS::S3::Bucket}}", NULL, NULL},
                    "+ Resources.X\n");
}

/* A parameter opens what the template says as before. */
static void through_parameters(void **state) {
    (void)state;
    const char *body = "Parameters: {P: {Type: String}}\n"
                       "Resources: {X: {Type: AWS::EC2::SecurityGroup, Properties: "
                       "{SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, "
                       "CidrIp: !Ref P}]}}}";
    assert_compared((struct written){body, "{P: 10.0.0.0/8}", NULL},
                    (struct written){body, "{P: 0.0.0.0/0}", NULL},
                    "~ Resources.X !widens access\n"
                    "  Properties.SecurityGroupIngress.0.CidrIp: the parameter P changes !widens "
                    "access\n"
                    "  * the security group X lets tcp 22 in from the whole internet (0.0.0.0/0)\n"
                    "~ Parameters.P\n  Value: \"10.0.0.0/8\" -> \"0.0.0.0/0\"\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(actions_and_resources),
        cmocka_unit_test(conditions),
        cmocka_unit_test(trust),
        cmocka_unit_test(what_was_denied),
        cmocka_unit_test(other_documents),
        cmocka_unit_test(attachments_and_grants),
        cmocka_unit_test(new_stacks),
        cmocka_unit_test(through_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
