/* Looking at stacks and taking operations back, against the simulation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cfngen/inspect.h>
#include <cfngen/sim.h>
#include <string.h>

static const char *const first_need[] = {"first"};

struct place {
    struct cfn_sim *sim;
    const struct cfn_transport *transport;
    struct cfn_diags *diags;
    json_t *bodies[2];
    struct cfn_target targets[2];
    struct cfn_deployment what;
};

static json_t *topic(const char *name) {
    return json_pack("{s:{s:{s:s, s:{s:s}}}, s:{s:{s:{s:s}, s:{s:s}}}}", "Resources", "Topic",
                     "Type", "AWS::SNS::Topic", "Properties", "DisplayName", name, "Outputs", "Arn",
                     "Value", "Ref", "Topic", "Export", "Name", "first-Arn");
}

static json_t *reader(const char *type) {
    return json_pack("{s:{s:{s:s, s:{s:s, s:{s:s}}}}}", "Resources", "Value", "Type",
                     "AWS::SSM::Parameter", "Properties", "Type", type, "Value", "Fn::ImportValue",
                     "first-Arn");
}

static void place_init(struct place *place, json_t *failures) {
    const struct cfn_sim_options options = {.failures = failures};
    place->sim = cfn_sim_new(&options);
    json_decref(failures);
    place->transport = cfn_sim_transport(place->sim);
    place->diags = cfn_diags_new();
    place->bodies[0] = topic("before");
    place->bodies[1] = reader("String");
    place->targets[0] =
        (struct cfn_target){.name = "first", .stack_name = "p-first", .body = place->bodies[0]};
    place->targets[1] = (struct cfn_target){.name = "second",
                                            .stack_name = "p-second",
                                            .body = place->bodies[1],
                                            .needs = {first_need, 1}};
    place->what = (struct cfn_deployment){.targets = place->targets,
                                          .count = 2,
                                          .prefix = "p",
                                          .region = "us-east-1",
                                          .no_preflight = true,
                                          .wait_for_others = true};
}

static void place_done(struct place *place) {
    cfn_sim_free(place->sim);
    cfn_diags_free(place->diags);
    json_decref(place->bodies[0]);
    json_decref(place->bodies[1]);
}

static int deploy(struct place *place) {
    const struct cfn_watcher nobody = {.tick = 60000};
    struct cfn_engine *engine = cfn_engine_new(&place->what, CFN_DEPLOY);
    if (cfn_engine_run(engine, place->transport, &nobody) == CFN_PLANNED) {
        cfn_engine_approve(engine);
        cfn_engine_run(engine, place->transport, &nobody);
    }
    int code = cfn_engine_tell(engine, place->diags);
    cfn_engine_free(engine);
    return code;
}

/* An update that somebody has begun: the call is answered, the operation goes on. */
static void begin_update(struct place *place, const char *name) {
    json_t *body = topic(name);
    char *text = json_dumps(body, 0);
    const struct cfn_call call = {
        .service = "cloudformation",
        .action = "UpdateStack",
        .input = json_pack("{s:s, s:s}", "StackName", "p-first", "TemplateBody", text)};
    struct cfn_reply reply;
    cfn_call_wait(place->transport, &call, &reply);
    assert_int_equal(reply.outcome, CFN_REPLY_OK);
    cfn_reply_done(&reply);
    free(text);
    json_decref(body);
}

static const char *at(const json_t *list, size_t index, const char *member) {
    return cfn_output_text(json_array_get(list, index), member);
}

static void stacks_are_told(void **state) {
    struct place place;
    (void)state;
    place_init(&place, NULL);
    json_t *stacks = cfn_inspect_stacks(place.transport, &place.what, place.diags);
    assert_string_equal(at(stacks, 0, "status"), "");
    json_decref(stacks);
    assert_int_equal(deploy(&place), 0);
    stacks = cfn_inspect_stacks(place.transport, &place.what, place.diags);
    assert_int_equal(json_array_size(stacks), 2);
    assert_string_equal(at(stacks, 1, "name"), "second");
    assert_string_equal(at(stacks, 1, "status"), "CREATE_COMPLETE");
    assert_non_null(strstr(at(stacks, 0, "outputs.Arn"), ":sns:"));
    json_decref(stacks);
    place_done(&place);
}

static void events_come_oldest_first_and_can_be_limited(void **state) {
    struct place place;
    (void)state;
    place_init(&place, NULL);
    assert_int_equal(deploy(&place), 0);
    json_t *all = cfn_inspect_events(place.transport, "p-first", 0, 0, place.diags);
    json_t *last = cfn_inspect_events(place.transport, "p-first", 2, 0, place.diags);
    size_t count = json_array_size(all);
    assert_true(count > 3);
    assert_string_equal(at(all, 0, "status"), "CREATE_IN_PROGRESS");
    assert_string_equal(at(all, count - 1, "status"), "CREATE_COMPLETE");
    assert_int_equal(json_array_size(last), 2);
    assert_true(json_equal(json_array_get(last, 1), json_array_get(all, count - 1)));
    int64_t end = cfn_time_read(at(all, count - 1, "time"));
    json_t *late = cfn_inspect_events(place.transport, "p-first", 0, end + 1, place.diags);
    assert_int_equal(json_array_size(late), 0);
    assert_null(cfn_inspect_events(place.transport, "p-nobody", 0, 0, place.diags));
    assert_int_equal(cfn_diags_errors(place.diags), 1);
    json_decref(late);
    json_decref(last);
    json_decref(all);
    place_done(&place);
}

static void count_event(void *self, const struct cfn_event *event) {
    size_t *count = self;
    assert_string_equal(event->stack, "first");
    ++*count;
}

static void a_watch_follows_to_the_end(void **state) {
    struct place place;
    size_t count = 0;
    (void)state;
    place_init(&place, NULL);
    assert_int_equal(deploy(&place), 0);
    cfn_sim_advance(place.sim, cfn_sim_now(place.sim) + 600000);
    begin_update(&place, "after");
    const struct cfn_watch watch = {.event = count_event, .self = &count};
    json_t *stacks = cfn_inspect_watch(place.transport, &place.what, &watch, place.diags);
    assert_string_equal(at(stacks, 0, "status"), "UPDATE_COMPLETE");
    assert_true(count >= 3);
    json_decref(stacks);
    place_done(&place);
}

static void an_update_is_cancelled_and_nothing_else(void **state) {
    struct place place;
    (void)state;
    place_init(&place, NULL);
    assert_int_equal(deploy(&place), 0);
    json_t *idle = cfn_cancel(place.transport, &place.what, place.diags);
    assert_true(json_is_false(json_object_get(json_array_get(idle, 0), "cancelled")));
    assert_string_equal(at(idle, 0, "reason"), "nothing is under way");
    begin_update(&place, "after");
    json_t *busy = cfn_cancel(place.transport, &place.what, place.diags);
    assert_true(json_is_true(json_object_get(json_array_get(busy, 0), "cancelled")));
    assert_true(json_is_false(json_object_get(json_array_get(busy, 1), "cancelled")));
    const struct cfn_watch watch = {.event = count_event, .self = &(size_t){0}};
    json_t *end = cfn_inspect_watch(place.transport, &place.what, &watch, place.diags);
    assert_string_equal(at(end, 0, "status"), "UPDATE_ROLLBACK_COMPLETE");
    json_decref(end);
    json_decref(busy);
    json_decref(idle);
    place_done(&place);
}

static void what_has_failed_is_rolled_back(void **state) {
    struct place place;
    (void)state;
    place_init(&place, json_pack("{s:{s:s, s:i, s:s}}", "p-first/Topic", "reason", "it is full",
                                 "times", 1, "operation", "update"));
    assert_int_equal(deploy(&place), 0);
    json_t *idle = cfn_roll_back(place.transport, &place.what, place.diags);
    assert_string_equal(at(idle, 0, "reason"), "there is nothing to roll back");
    json_decref(place.bodies[0]);
    place.targets[0].body = place.bodies[0] = topic("after");
    place.what.keep_failed = true;
    assert_int_equal(deploy(&place), -1);
    json_t *back = cfn_roll_back(place.transport, &place.what, place.diags);
    assert_true(json_is_true(json_object_get(json_array_get(back, 0), "begun")));
    const struct cfn_watch watch = {.event = count_event, .self = &(size_t){0}};
    json_t *end = cfn_inspect_watch(place.transport, &place.what, &watch, place.diags);
    assert_string_equal(at(end, 0, "status"), "UPDATE_ROLLBACK_COMPLETE");
    json_decref(end);
    json_decref(back);
    json_decref(idle);
    place_done(&place);
}

static void drift_names_property_and_values(void **state) {
    struct place place;
    (void)state;
    place_init(&place, NULL);
    assert_int_equal(deploy(&place), 0);
    assert_int_equal(
        cfn_sim_drift(place.sim, "p-first", "Topic", json_pack("{s:s}", "DisplayName", "by hand")),
        0);
    json_t *stacks = cfn_inspect_drift(place.transport, &place.what, place.diags);
    assert_string_equal(at(stacks, 0, "drift"), "DRIFTED");
    assert_string_equal(at(stacks, 1, "drift"), "IN_SYNC");
    const json_t *resources = json_object_get(json_array_get(stacks, 0), "resources");
    assert_int_equal(json_array_size(resources), 1);
    assert_string_equal(at(resources, 0, "logical_id"), "Topic");
    assert_string_equal(at(resources, 0, "differences.0.path"), "/DisplayName");
    assert_string_equal(at(resources, 0, "differences.0.expected"), "before");
    assert_string_equal(at(resources, 0, "differences.0.actual"), "by hand");
    json_decref(stacks);
    place_done(&place);
}

static void importers_and_exporters_are_named(void **state) {
    struct place place;
    (void)state;
    place_init(&place, NULL);
    json_t *before = cfn_inspect_imports(place.transport, &place.what, place.diags);
    assert_string_equal(at(before, 1, "imports.0.name"), "first-Arn");
    assert_string_equal(at(before, 1, "imports.0.exporter"), "");
    assert_int_equal(deploy(&place), 0);
    json_t *after = cfn_inspect_imports(place.transport, &place.what, place.diags);
    assert_string_equal(at(after, 0, "exports.0.importers.0"), "p-second");
    assert_string_equal(at(after, 1, "imports.0.exporter"), "p-first");
    json_decref(after);
    json_decref(before);
    place_done(&place);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stacks_are_told),
        cmocka_unit_test(events_come_oldest_first_and_can_be_limited),
        cmocka_unit_test(a_watch_follows_to_the_end),
        cmocka_unit_test(an_update_is_cancelled_and_nothing_else),
        cmocka_unit_test(what_has_failed_is_rolled_back),
        cmocka_unit_test(drift_names_property_and_values),
        cmocka_unit_test(importers_and_exporters_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
