/* Two hundred stacks, which need one another in twenty layers. */
#include "engine_fixture.h"

enum { STACKS = 200, LAYER = 10 };

struct stack {
    char name[16], stack_name[24];
    const char *need;
};

static json_t *body_of(int i) {
    char queue[16], export[16], import[16];
    snprintf(queue, sizeof queue, "q%d", i);
    snprintf(export, sizeof export, "e%d", i);
    snprintf(import, sizeof import, "e%d", i - LAYER);
    json_t *value = i < LAYER ? json_string("x") : json_pack("{s:s}", "Fn::ImportValue", import);
    return json_pack("{s:{s:{s:s, s:{s:s}}, s:{s:s, s:{s:s, s:o}}}, s:{s:{s:{s:[s, s]}, s:{s:s}}}}",
                     "Resources", "Q", "Type", "AWS::SQS::Queue", "Properties", "QueueName", queue,
                     "P", "Type", "AWS::SSM::Parameter", "Properties", "Type", "String", "Value",
                     value, "Outputs", "O", "Value", "Fn::GetAtt", "Q", "Arn", "Export", "Name",
                     export);
}

static int carry_out(const struct cfn_deployment *what, enum cfn_goal goal,
                     const struct cfn_transport *transport, bool *changes, int64_t *longest) {
    const struct cfn_watcher nobody = {.tick = 60000};
    struct cfn_engine *engine = cfn_engine_new(what, goal);
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn_engine_run(engine, transport, &nobody), CFN_PLANNED);
    *changes = cfn_engine_changes(engine);
    cfn_engine_approve(engine);
    assert_int_equal(cfn_engine_run(engine, transport, &nobody), CFN_ENDED);
    int code = cfn_engine_tell(engine, diags);
    *longest = 0;
    for (size_t i = 0; i < cfn_engine_count(engine); i++) {
        struct cfn_view view;
        cfn_engine_stack(engine, i, &view);
        if (view.began && view.ended - view.began > *longest)
            *longest = view.ended - view.began;
    }
    cfn_diags_free(diags);
    cfn_engine_free(engine);
    return code;
}

/* Each layer begins when the one before has ended: the whole takes as long as its longest path. */
static void test_two_hundred_stacks(void **state) {
    static struct stack stacks[STACKS];
    static struct cfn_target targets[STACKS];
    struct cfn_sim *sim = cfn_sim_new(NULL);
    const struct cfn_transport *transport = cfn_sim_transport(sim);
    int64_t longest, began = cfn_sim_now(sim);
    bool changes;
    (void)state;
    for (int i = 0; i < STACKS; i++) {
        struct stack *stack = &stacks[i];
        snprintf(stack->name, sizeof stack->name, "s%d", i);
        snprintf(stack->stack_name, sizeof stack->stack_name, "p-s%d", i);
        stack->need = i < LAYER ? NULL : stacks[i - LAYER].name;
        targets[i] = (struct cfn_target){.name = stack->name,
                                         .stack_name = stack->stack_name,
                                         .body = body_of(i),
                                         .needs = {&stack->need, i >= LAYER}};
    }
    const struct cfn_deployment what = {.targets = targets,
                                        .count = STACKS,
                                        .prefix = "p",
                                        .region = "us-east-1",
                                        .no_preflight = true,
                                        .run = 1};
    assert_int_equal(carry_out(&what, CFN_DEPLOY, transport, &changes, &longest), 0);
    assert_true(changes);
    assert_true(cfn_sim_now(sim) - began < longest * (STACKS / LAYER) + 5000);
    assert_int_equal(carry_out(&what, CFN_DEPLOY, transport, &changes, &longest), 0);
    assert_false(changes);
    assert_int_equal(carry_out(&what, CFN_DESTROY, transport, &changes, &longest), 0);
    assert_true(changes);
    for (int i = 0; i < STACKS; i++)
        json_decref((json_t *)(uintptr_t)targets[i].body);
    cfn_sim_free(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_two_hundred_stacks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
