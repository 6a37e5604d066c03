/* Replications of DMS stand still while they are changed, and run again after it. */
#include "engine_fixture.h"

#define STACK(mappings, extra)                                                                     \
    "{'Resources':{'Source':{'Type':'AWS::DMS::Endpoint','Properties':{'EndpointType':'source',"   \
    "'EngineName':'postgres','DatabaseName':'shop" extra "'}},"                                    \
    "'Task':{'Type':'AWS::DMS::ReplicationTask','Properties':{'MigrationType':'full-load-and-cdc'" \
    ",'ReplicationTaskIdentifier':'t','ReplicationInstanceArn':'arn:aws:dms:us-east-1:1:rep:I',"   \
    "'SourceEndpointArn':{'Ref':'Source'},"                                                        \
    "'TargetEndpointArn':'arn:aws:dms:us-east-1:1:endpoint:T','TableMappings':'" mappings "'}},"   \
    "'P':{'Type':'AWS::SSM::Parameter','Properties':{'Type':'String','Value':'x" extra "'}}}}"
#define BESIDE(value)                                                                              \
    "{'Resources':{'Source':{'Type':'AWS::DMS::Endpoint','Properties':{'EndpointType':'source',"   \
    "'EngineName':'postgres','DatabaseName':'shop'}},"                                             \
    "'Task':{'Type':'AWS::DMS::ReplicationTask','Properties':{'MigrationType':'full-load-and-cdc'" \
    ",'ReplicationTaskIdentifier':'t','ReplicationInstanceArn':'arn:aws:dms:us-east-1:1:rep:I',"   \
    "'SourceEndpointArn':{'Ref':'Source'},"                                                        \
    "'TargetEndpointArn':'arn:aws:dms:us-east-1:1:endpoint:T','TableMappings':'one'}},"            \
    "'P':{'Type':'AWS::SSM::Parameter','Properties':{'Type':'String','Value':'" value "'}}}}"
#define WITHOUT                                                                                    \
    "{'Resources':{'P':{'Type':'AWS::SSM::Parameter','Properties':{'Type':'String','Value':'x'}}}" \
    "}"

static const char *arn_of(const struct world *world) {
    static char arn[128];
    json_t *state = cfn_sim_state(world->sim);
    snprintf(arn, sizeof arn, "%s",
             cfn_output_text(state, "stacks.shop-dev-a.resources.Task.physical_id"));
    json_decref(state);
    return arn;
}

static bool dms(struct world *world, const char *action, json_t *input) {
    const struct cfn_call call = {.service = "dms", .action = action, .input = input};
    struct cfn_reply reply = {0};
    cfn_sim_call(world->sim, cfn_sim_now(world->sim), &call, &reply);
    bool good = reply.outcome == CFN_REPLY_OK;
    cfn_reply_done(&reply);
    return good;
}

static void run_it(struct world *world, const char *type) {
    assert_true(dms(world, "StartReplicationTask",
                    json_pack("{s:s, s:s}", "ReplicationTaskArn", arn_of(world),
                              "StartReplicationTaskType", type)));
    cfn_sim_advance(world->sim, cfn_sim_now(world->sim) + 60000);
}

static const char *status_of(const struct world *world) {
    static char status[32];
    json_t *state = cfn_sim_state(world->sim);
    const json_t *one = json_object_get(json_object_get(state, "replications"), arn_of(world));
    snprintf(status, sizeof status, "%s", cfn_output_text(one, "status"));
    if (json_object_size(json_object_get(one, "tags")) > 0)
        strcat(status, " marked");
    json_decref(state);
    return status;
}

static void deployed_and_running(struct world *world) {
    world_open(world, NULL);
    world_put(world, "a", NULL, STACK("one", ""));
    assert_int_equal(world_run(world, CFN_DEPLOY), 0);
    run_it(world, "start-replication");
    assert_string_equal(status_of(world), "running");
}

static int64_t first_call(const struct world *world, const char *action) {
    for (size_t i = 0; i < json_array_size(world->calls); i++)
        if (strcmp(cfn_output_text(json_array_get(world->calls, i), "action"), action) == 0)
            return json_integer_value(json_object_get(json_array_get(world->calls, i), "time"));
    return -1;
}

static void it_is_stopped_before_and_resumed_after(void **state) {
    struct world world;
    (void)state;
    deployed_and_running(&world);
    world_put(&world, "a", NULL, STACK("two", ""));
    assert_int_equal(world_plan(&world, CFN_DEPLOY), CFN_PLANNED);
    struct cfn_view view = world_view(&world, "a");
    assert_string_equal(cfn_output_text(view.replications, "0.halt"), "pause");
    assert_string_equal(cfn_output_text(view.replications, "0.status"), "running");
    assert_int_equal(world_calls(&world, "StopReplicationTask", NULL), 0);
    cfn_engine_approve(world.engine);
    assert_int_equal(world_step_on(&world), CFN_ENDED);
    assert_int_equal(cfn_engine_tell(world.engine, world.diags), 0);
    assert_int_equal(world_view(&world, "a").stage, CFN_STAGE_DONE);
    assert_string_equal(status_of(&world), "running");
    assert_true(first_call(&world, "AddTagsToResource") <
                first_call(&world, "StopReplicationTask"));
    assert_true(first_call(&world, "StopReplicationTask") < first_call(&world, "UpdateStack"));
    assert_true(first_call(&world, "UpdateStack") < first_call(&world, "StartReplicationTask"));
    assert_string_equal(
        cfn_output_text(world_input(&world, "StartReplicationTask"), "StartReplicationTaskType"),
        "resume-processing");
    world_close(&world);
}

static void so_it_is_for_an_endpoint_that_it_reads(void **state) {
    struct world world;
    (void)state;
    deployed_and_running(&world);
    world_put(&world, "a", NULL, STACK("one", "2"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_calls(&world, "StopReplicationTask", NULL), 1);
    assert_string_equal(status_of(&world), "running");
    world_close(&world);
}

static void what_does_not_concern_it_leaves_it_alone(void **state) {
    struct world world;
    (void)state;
    deployed_and_running(&world);
    world_put(&world, "a", NULL, BESIDE("other"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_calls(&world, "StopReplicationTask", NULL), 0);
    assert_int_equal(world_calls(&world, "UpdateStack", NULL), 1);
    world_close(&world);
}

static void one_that_stands_still_is_not_started(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, STACK("one", ""));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world_put(&world, "a", NULL, STACK("two", ""));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_calls(&world, "StartReplicationTask", NULL), 0);
    assert_int_equal(world_calls(&world, "AddTagsToResource", NULL), 0);
    world_close(&world);
}

static void a_failed_update_resumes_it_too(void **state) {
    struct world world;
    (void)state;
    deployed_and_running(&world);
    json_t *failures =
        json_pack("{s:{s:s, s:s}}", "shop-dev-a/Task", "reason", "no", "operation", "update");
    cfn_sim_set_failures(world.sim, failures);
    world_put(&world, "a", NULL, STACK("two", ""));
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_int_equal(world_view(&world, "a").stage, CFN_STAGE_FAILED);
    assert_string_equal(world_status(&world, "shop-dev-a"), "UPDATE_ROLLBACK_COMPLETE");
    assert_string_equal(status_of(&world), "running");
    json_decref(failures);
    world_close(&world);
}

/* Killed as soon as that action has been called. */
static void killed_after(struct world *world, const char *action) {
    const struct cfn_transport *transport = &world->transport;
    struct cfn_reply reply = {0};
    bool any = false;
    assert_int_equal(world_plan(world, CFN_DEPLOY), CFN_PLANNED);
    cfn_engine_approve(world->engine);
    while (world_calls(world, action, NULL) == 0) {
        struct cfn_call call;
        uint64_t id;
        int64_t wake =
            cfn_engine_step(world->engine, transport->now(transport->self), any ? &reply : NULL);
        if (any)
            cfn_reply_done(&reply);
        while (cfn_engine_call(world->engine, &id, &call))
            transport->send(transport->self, id, &call);
        assert_true(cfn_engine_phase(world->engine) != CFN_ENDED);
        any = transport->wait(transport->self, wake, &reply);
    }
    if (any)
        cfn_reply_done(&reply);
    cfn_sim_advance(world->sim, cfn_sim_now(world->sim) + 600000);
    cfn_sim_hang_up(world->sim);
}

static void a_later_run_resumes_what_a_killed_one_stopped(void **state) {
    static const char *const steps[] = {"AddTagsToResource", "StopReplicationTask", "UpdateStack",
                                        "StartReplicationTask", "RemoveTagsFromResource"};
    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct world world;
        deployed_and_running(&world);
        world_put(&world, "a", NULL, STACK("two", ""));
        killed_after(&world, steps[i]);
        assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
        assert_string_equal(status_of(&world), "running");
        assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
        assert_false(cfn_engine_changes(world.engine));
        world_close(&world);
    }
}

static void a_mark_alone_is_a_reason_and_is_told(void **state) {
    struct world world;
    (void)state;
    deployed_and_running(&world);
    world_put(&world, "a", NULL, STACK("two", ""));
    killed_after(&world, "UpdateStack");
    assert_string_equal(status_of(&world), "stopped marked");
    assert_int_equal(world_plan(&world, CFN_DEPLOY), CFN_PLANNED);
    assert_true(cfn_engine_changes(world.engine));
    assert_non_null(strstr(world_view(&world, "a").reason, "it is resumed"));
    assert_int_equal(world_calls(&world, "StartReplicationTask", NULL), 0);
    world_close(&world);
}

static void a_lost_order_to_stop_is_given_again(void **state) {
    struct world world;
    (void)state;
    deployed_and_running(&world);
    world_put(&world, "a", NULL, STACK("two", ""));
    assert_int_equal(world_plan(&world, CFN_DEPLOY), CFN_PLANNED);
    cfn_engine_approve(world.engine);
    world.swallow = "StopReplicationTask";
    assert_int_equal(world_step_on(&world), CFN_ENDED);
    assert_int_equal(world_calls(&world, "StopReplicationTask", NULL), 2);
    assert_int_equal(cfn_engine_tell(world.engine, world.diags), 0);
    assert_string_equal(status_of(&world), "running");
    world_close(&world);
}

static void a_lost_answer_to_the_start_is_looked_up(void **state) {
    struct world world;
    (void)state;
    deployed_and_running(&world);
    world_put(&world, "a", NULL, STACK("two", ""));
    world.lose = "StartReplicationTask";
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_string_equal(status_of(&world), "running");
    world_close(&world);
}

static void one_that_is_removed_is_stopped(void **state) {
    struct world world;
    (void)state;
    deployed_and_running(&world);
    world_put(&world, "a", NULL, WITHOUT);
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_calls(&world, "StopReplicationTask", NULL), 1);
    assert_int_equal(world_calls(&world, "StartReplicationTask", NULL), 0);
    world_close(&world);
}

static void a_stack_is_deleted_with_it(void **state) {
    struct world world;
    (void)state;
    deployed_and_running(&world);
    assert_int_equal(world_plan(&world, CFN_DESTROY), CFN_PLANNED);
    assert_string_equal(cfn_output_text(world_view(&world, "a").replications, "0.halt"), "stop");
    cfn_engine_approve(world.engine);
    assert_int_equal(world_step_on(&world), CFN_ENDED);
    assert_int_equal(cfn_engine_tell(world.engine, world.diags), 0);
    assert_int_equal(world_calls(&world, "AddTagsToResource", NULL), 0);
    assert_int_equal(world_calls(&world, "DeleteStack", NULL), 1);
    world_close(&world);
}

static void halt_when_stopped(struct world *world) {
    if (world_calls(world, "StopReplicationTask", NULL) == 1) {
        world->look = NULL;
        cfn_engine_halt(world->engine, CFN_HALT_DRAIN);
    }
}

static void leave_when_stopped(struct world *world) {
    if (world_calls(world, "UpdateStack", NULL) == 1) {
        world->look = NULL;
        cfn_engine_halt(world->engine, CFN_HALT_LEAVE);
    }
}

static void a_halt_before_the_update_resumes_it(void **state) {
    struct world world;
    (void)state;
    deployed_and_running(&world);
    world_put(&world, "a", NULL, STACK("two", ""));
    world.look = halt_when_stopped;
    world_run(&world, CFN_DEPLOY);
    assert_int_equal(world_view(&world, "a").stage, CFN_STAGE_NOT_BEGUN);
    assert_int_equal(world_calls(&world, "UpdateStack", NULL), 0);
    assert_string_equal(status_of(&world), "running");
    world_close(&world);
}

static void what_is_left_to_itself_is_told(void **state) {
    struct world world;
    (void)state;
    deployed_and_running(&world);
    world_put(&world, "a", NULL, STACK("two", ""));
    world.look = leave_when_stopped;
    world_run(&world, CFN_DEPLOY);
    assert_true(world_heard(&world, CFN_EVENT_WARNING, "the next deployment resumes it"));
    assert_string_equal(status_of(&world), "stopped marked");
    world_close(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_stopped_before_and_resumed_after),
        cmocka_unit_test(so_it_is_for_an_endpoint_that_it_reads),
        cmocka_unit_test(what_does_not_concern_it_leaves_it_alone),
        cmocka_unit_test(one_that_stands_still_is_not_started),
        cmocka_unit_test(a_failed_update_resumes_it_too),
        cmocka_unit_test(a_later_run_resumes_what_a_killed_one_stopped),
        cmocka_unit_test(a_mark_alone_is_a_reason_and_is_told),
        cmocka_unit_test(a_lost_order_to_stop_is_given_again),
        cmocka_unit_test(a_lost_answer_to_the_start_is_looked_up),
        cmocka_unit_test(one_that_is_removed_is_stopped),
        cmocka_unit_test(a_stack_is_deleted_with_it),
        cmocka_unit_test(a_halt_before_the_update_resumes_it),
        cmocka_unit_test(what_is_left_to_itself_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
