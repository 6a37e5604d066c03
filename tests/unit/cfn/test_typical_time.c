#include "evaluate_fixture.h"

static void assert_time(const char *type, enum cfn_operation operation, const char *properties,
                        int least, int most) {
    json_t *values = properties ? read_yaml(properties) : NULL;
    int64_t seconds = cfn_typical_time(type, operation, values) / 1000;
    json_decref(values);
    if (seconds < least || seconds > most)
        fail_msg("%s takes %d s", type, (int)seconds);
}

static void knows_what_is_slow(void **state) {
    (void)state;
    assert_time("AWS::MWAA::Environment", CFN_CREATES, NULL, 1200, 2400);
    assert_time("AWS::MWAA::Environment", CFN_DELETES, NULL, 600, 1500);
    assert_time("AWS::EC2::NatGateway", CFN_CREATES, NULL, 80, 140);
    assert_time("AWS::IAM::InstanceProfile", CFN_CREATES, NULL, 110, 140);
    assert_time("AWS::IAM::Role", CFN_CREATES, NULL, 12, 25);
    assert_time("AWS::Glue::Table", CFN_CREATES, NULL, 1, 4);
    assert_time("AWS::Athena::WorkGroup", CFN_DELETES, NULL, 1, 5);
    assert_time("AWS::WAFv2::WebACL", CFN_UPDATES, NULL, 1, 10);
}

static void looks_at_properties(void **state) {
    (void)state;
    assert_time("AWS::RDS::DBInstance", CFN_CREATES, NULL, 300, 600);
    assert_time("AWS::RDS::DBInstance", CFN_CREATES, "{MultiAZ: false}", 300, 600);
    assert_time("AWS::RDS::DBInstance", CFN_CREATES, "{MultiAZ: true}", 700, 1200);
    assert_time("AWS::EC2::VPCEndpoint", CFN_CREATES, "{VpcEndpointType: Interface}", 40, 120);
    assert_time("AWS::EC2::VPCEndpoint", CFN_CREATES, "{VpcEndpointType: Gateway}", 2, 20);
    assert_time("AWS::EC2::VPCEndpoint", CFN_CREATES, "{VpcId: x}", 2, 20);
}

static void takes_the_time_of_its_kind(void **state) {
    (void)state;
    assert_time("AWS::Glue::Anything", CFN_CREATES, NULL, 3, 3);
    assert_time("Custom::Thing", CFN_CREATES, NULL, 10, 10);
    assert_time("AWS::Nobody::Thing", CFN_UPDATES, NULL, 10, 10);
    assert_time("", CFN_DELETES, NULL, 10, 10);
}

static int64_t template_time(const char *text, enum cfn_operation operation) {
    json_t *body = read_yaml(text);
    int64_t result = cfn_template_time(body, operation);
    json_decref(body);
    return result;
}

static void adds_up_the_longest_chain(void **state) {
    (void)state;
    int64_t empty = template_time("Resources: {}\n", CFN_CREATES);
    int64_t role = cfn_typical_time("AWS::IAM::Role", CFN_CREATES, NULL);
    int64_t nat = cfn_typical_time("AWS::EC2::NatGateway", CFN_CREATES, NULL);
    int64_t vpc = cfn_typical_time("AWS::EC2::VPC", CFN_CREATES, NULL);
    assert_int_equal(empty, template_time("Description: none\n", CFN_CREATES));
    assert_int_equal(template_time("Resources: {A: {Type: AWS::IAM::Role}, B: {Type: "
                                   "AWS::EC2::NatGateway}}\n",
                                   CFN_CREATES),
                     empty + nat);
    assert_int_equal(template_time("Resources:\n  A: {Type: AWS::IAM::Role, DependsOn: B}\n"
                                   "  B: {Type: AWS::EC2::NatGateway, Properties: {V: !Ref C}}\n"
                                   "  C: {Type: AWS::EC2::VPC}\n"
                                   "  D: {Type: AWS::EC2::NatGateway}\n",
                                   CFN_CREATES),
                     empty + role + nat + vpc);
    assert_int_equal(template_time("Resources:\n  A: {Type: AWS::EC2::NatGateway}\n"
                                   "  B: {Type: AWS::EC2::VPC}\n"
                                   "  C: {Type: AWS::IAM::Role, DependsOn: [A, B]}\n",
                                   CFN_CREATES),
                     empty + nat + role);
}

static void leaves_out_what_is_kept(void **state) {
    (void)state;
    const char *kept = "Resources: {A: {Type: AWS::RDS::DBInstance, DeletionPolicy: Retain}}\n";
    assert_int_equal(template_time(kept, CFN_DELETES),
                     template_time("Resources: {}\n", CFN_DELETES));
    assert_true(template_time(kept, CFN_CREATES) > 300000);
}

static void survives_circles(void **state) {
    (void)state;
    assert_int_equal(template_time("Resources:\n  A: {Type: AWS::IAM::Role, DependsOn: B}\n"
                                   "  B: {Type: AWS::IAM::Role, DependsOn: [A, B]}\n"
                                   "  C: {Type: AWS::EC2::VPC}\n",
                                   CFN_CREATES),
                     template_time("Resources: {C: {Type: AWS::EC2::VPC}}\n", CFN_CREATES));
    assert_int_equal(
        template_time("Resources: {C: {Type: AWS::EC2::VPC, DependsOn: C}}\n", CFN_CREATES),
        template_time("Resources: {C: {Type: AWS::EC2::VPC}}\n", CFN_CREATES));
}

/* The stacks of the default platform: minutes, as one is used to seeing them. */
static void knows_how_long_a_platform_takes(void **state) {
    (void)state;
    static const struct {
        const char *path;
        double least, most;
    } stacks[] = {
        {"templates/common.json", 2, 5},   {"templates/data_lake.json", 0.3, 2},
        {"templates/rds.json", 7, 12},     {"templates/dms.json", 7, 15},
        {"templates/emr.json", 0.3, 2},    {"templates/glue.json", 0.3, 2},
        {"templates/athena.json", 0.3, 2}, {"templates/redshift.json", 3, 8},
        {"templates/mwaa.json", 20, 40},   {"templates/observability.json", 0.3, 3},
    };
    for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++) {
        json_t *body = json_load_file(stacks[i].path, 0, NULL);
        assert_non_null(body);
        double minutes = (double)cfn_template_time(body, CFN_CREATES) / 60000;
        if (minutes < stacks[i].least || minutes > stacks[i].most)
            fail_msg("%s takes %g minutes", stacks[i].path, minutes);
        json_decref(body);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_what_is_slow),
        cmocka_unit_test(looks_at_properties),
        cmocka_unit_test(takes_the_time_of_its_kind),
        cmocka_unit_test(adds_up_the_longest_chain),
        cmocka_unit_test(leaves_out_what_is_kept),
        cmocka_unit_test(survives_circles),
        cmocka_unit_test(knows_how_long_a_platform_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
