/* A simulation to talk to: calls in one line, and waiting until a stack has settled. */
#ifndef CFN_TESTS_SIM_FIXTURE_H
#define CFN_TESTS_SIM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

#include <cfngen/sim.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Templates that most tests need. */
#define TOPIC "\"T\": {\"Type\": \"AWS::SNS::Topic\"}"
#define QUEUE "\"Q\": {\"Type\": \"AWS::SQS::Queue\"}"
#define RESOURCES(...) "{\"Resources\": {" __VA_ARGS__ "}}"
#define EXPORTER(value)                                                                            \
    "{\"Resources\": {" TOPIC "}, \"Outputs\": {\"O\": {\"Value\": \"" value                       \
    "\", \"Export\": {\"Name\": \"shared\"}}}}"
#define IMPORTER                                                                                   \
    "{\"Resources\": {\"Q\": {\"Type\": \"AWS::SQS::Queue\", \"Properties\": {\"QueueName\": "     \
    "{\"Fn::ImportValue\": \"shared\"}}}}}"
#define BUCKET(name, more)                                                                         \
    "{\"Resources\": {\"B\": {\"Type\": \"AWS::S3::Bucket\"" more                                  \
    ", \"Properties\": {\"BucketName\": \"" name "\"}}}}"

/* One call, answered at once; consumes input. */
static inline struct cfn_reply asked_of(struct cfn_sim *sim, const char *service,
                                        const char *action, json_t *input) {
    assert_non_null(input);
    struct cfn_call call = {.service = service, .action = action, .input = input};
    struct cfn_reply reply = {0};
    cfn_sim_call(sim, cfn_sim_now(sim), &call, &reply);
    return reply;
}

static inline struct cfn_reply asked(struct cfn_sim *sim, const char *action, json_t *input) {
    return asked_of(sim, "cloudformation", action, input);
}

/* The output of a call that must succeed; the caller's. */
static inline json_t *answer(struct cfn_sim *sim, const char *action, json_t *input) {
    struct cfn_reply reply = asked(sim, action, input);
    if (reply.outcome != CFN_REPLY_OK)
        print_error("%s: %s: %s\n", action, reply.code, reply.message);
    assert_int_equal(reply.outcome, CFN_REPLY_OK);
    json_t *output = json_incref(reply.output);
    cfn_reply_done(&reply);
    return output;
}

static inline void done(struct cfn_sim *sim, const char *action, json_t *input) {
    json_decref(answer(sim, action, input));
}

/* A call that must be refused with exactly this. */
static inline void refused(struct cfn_sim *sim, const char *action, json_t *input, const char *code,
                           const char *message) {
    struct cfn_reply reply = asked(sim, action, input);
    assert_int_equal(reply.outcome, CFN_REPLY_REFUSED);
    assert_string_equal(reply.message, message);
    assert_string_equal(reply.code, code);
    assert_int_equal(reply.status, strcmp(code, "ChangeSetNotFound") == 0 ? 404 : 400);
    cfn_reply_done(&reply);
}

static inline json_t *stack_input(const char *name, const char *body) {
    return json_pack("{s:s, s:s, s:[s]}", "StackName", name, "TemplateBody", body, "Capabilities",
                     "CAPABILITY_NAMED_IAM");
}

/* input with one more member. */
static inline json_t *with(json_t *input, const char *member, json_t *value) {
    assert_int_equal(json_object_set_new(input, member, value), 0);
    return input;
}

/* The stack's status by name or id, "" where there is none. */
static inline char *status_of(struct cfn_sim *sim, const char *name) {
    struct cfn_reply reply = asked(sim, "DescribeStacks", json_pack("{s:s}", "StackName", name));
    char *status = cfn__copy(cfn_output_text(reply.output, "Stacks.0.StackStatus"));
    cfn_reply_done(&reply);
    return status;
}

/* Lets time pass until a stack has settled; it must be in this status then. */
static inline void settled(struct cfn_sim *sim, const char *name, const char *status) {
    char *now = status_of(sim, name);
    for (int i = 0;
         i < 100000 && cfn_ends_with(now, "_IN_PROGRESS") && strcmp(now, "REVIEW_IN_PROGRESS") != 0;
         i++) {
        free(now);
        cfn_sim_advance(sim, cfn_sim_now(sim) + 500);
        now = status_of(sim, name);
    }
    assert_string_equal(now, status);
    free(now);
}

static inline void created(struct cfn_sim *sim, const char *name, const char *body) {
    done(sim, "CreateStack", stack_input(name, body));
    settled(sim, name, "CREATE_COMPLETE");
}

/* "LogicalId STATUS reason" a line, oldest first; the caller's. */
static inline char *events_of(struct cfn_sim *sim, const char *name) {
    json_t *output = answer(sim, "DescribeStackEvents", json_pack("{s:s}", "StackName", name));
    const json_t *list = cfn_output_list(output, "StackEvents");
    struct cfn_text text = {0};
    for (size_t i = json_array_size(list); i > 0; i--) {
        const json_t *event = json_array_get(list, i - 1);
        const char *reason = cfn_output_text(event, "ResourceStatusReason");
        cfn_text_printf(&text, "%s %s%s%s\n", cfn_output_text(event, "LogicalResourceId"),
                        cfn_output_text(event, "ResourceStatus"), *reason ? " " : "", reason);
    }
    json_decref(output);
    return cfn_text_take(&text);
}

static inline void events_are(struct cfn_sim *sim, const char *name, const char *wanted) {
    char *events = events_of(sim, name);
    assert_string_equal(events, wanted);
    free(events);
}

static inline void events_have(struct cfn_sim *sim, const char *name, const char *wanted) {
    char *events = events_of(sim, name);
    if (!strstr(events, wanted))
        print_error("%s\nis not in\n%s", wanted, events);
    assert_non_null(strstr(events, wanted));
    free(events);
}

/* Nothing inconsistent has come about. */
static inline void sound(const struct cfn_sim *sim) {
    json_t *state = cfn_sim_state(sim);
    const json_t *violations = json_object_get(state, "violations");
    for (size_t i = 0; i < json_array_size(violations); i++)
        print_error("%s\n", json_string_value(json_array_get(violations, i)));
    assert_int_equal(json_array_size(violations), 0);
    json_decref(state);
}

static inline json_t *parsed(const char *text) {
    json_error_t error;
    json_t *value = json_loads(text, JSON_DECODE_ANY, &error);
    if (!value)
        print_error("%s: %s\n", error.text, text);
    assert_non_null(value);
    return value;
}

/* A text of cfn_sim_state at a path such as "stacks.s.resources.T.physical_id"; the caller's. */
static inline char *state_text(const struct cfn_sim *sim, const char *path) {
    json_t *state = cfn_sim_state(sim);
    char *text = cfn__copy(cfn_output_text(state, path));
    json_decref(state);
    return text;
}

#endif
