/*
 * A tool of one's own that deploys two templates, the second of which imports from the first: into
 * the embedded simulation, or with an endpoint (or "aws") as its argument into whatever answers
 * there. What is told is a line per stack; the exit code says whether both are there in the end.
 *
 *     deployer                           in virtual time
 *     deployer http://127.0.0.1:4566     `cfngen simulate`, an emulator
 *     deployer aws                       your account
 */
#include <cfngen/cfngen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static json_t *topic(void) {
    return cfn_map(
        {"Resources", cfn_map({"Alarms", cfn_map({"Type", cfn_str("AWS::SNS::Topic")})})},
        {"Outputs",
         cfn_map({"Topic", cfn_map({"Value", cfn_ref("Alarms")},
                                   {"Export", cfn_map({"Name", cfn_str("own-topic")})})})});
}

static json_t *parameter(void) {
    return cfn_map(
        {"Resources",
         cfn_map({"Where", cfn_map({"Type", cfn_str("AWS::SSM::Parameter")},
                                   {"Properties", cfn_map({"Type", cfn_str("String")},
                                                          {"Value", cfn_import("own-topic")})})})});
}

static void told(void *self, const struct cfn_event *event) {
    (void)self;
    if (event->kind == CFN_EVENT_ENDED)
        printf("%s: %s\n", event->stack, event->status);
    if (event->kind == CFN_EVENT_CAUSE)
        printf("%s: %s: %s\n", event->stack, event->cause->logical_id, event->cause->reason);
}

static int deploy(const struct cfn_transport *transport, struct cfn_diags *diags) {
    static const char *const first[] = {"topic"};
    json_t *bodies[] = {topic(), parameter()};
    const struct cfn_target targets[] = {
        {.name = "topic", .stack_name = "own-topic", .body = bodies[0]},
        {.name = "parameter",
         .stack_name = "own-parameter",
         .body = bodies[1],
         .needs = {first, 1}},
    };
    const struct cfn_deployment what = {.targets = targets,
                                        .count = 2,
                                        .prefix = "own",
                                        .region = "eu-west-1",
                                        .no_preflight = true,
                                        .wait_for_others = true};
    const struct cfn_watcher watcher = {.event = told};
    struct cfn_engine *engine = cfn_engine_new(&what, CFN_DEPLOY);
    if (cfn_engine_run(engine, transport, &watcher) == CFN_PLANNED) {
        cfn_engine_approve(engine); /* here a careful tool shows the plan and asks */
        cfn_engine_run(engine, transport, &watcher);
    }
    int code = cfn_engine_tell(engine, diags);
    cfn_engine_free(engine);
    json_decref(bodies[0]);
    json_decref(bodies[1]);
    return code;
}

static int deploy_to_aws(const char *endpoint, struct cfn_diags *diags) {
    const struct cfn_session_options options = {
        .region = "eu-west-1", .endpoint = endpoint, .variables = (const char *const *)environ};
    struct cfn_session *session = cfn_session_new(&options, diags);
    if (!session)
        return -1;
    struct cfn_retry *retry = cfn_retry_new(cfn_session_transport(session), NULL);
    int code = deploy(cfn_retry_transport(retry), diags);
    cfn_retry_free(retry);
    cfn_session_free(session);
    return code;
}

static int deploy_to_simulation(struct cfn_diags *diags) {
    struct cfn_sim *sim = cfn_sim_new(NULL);
    int code = deploy(cfn_sim_transport(sim), diags);
    cfn_sim_free(sim);
    return code;
}

int main(int count, char **words) {
    struct cfn_diags *diags = cfn_diags_new();
    const char *endpoint = count > 1 && strcmp(words[1], "aws") != 0 ? words[1] : NULL;
    int code = count > 1 ? deploy_to_aws(endpoint, diags) : deploy_to_simulation(diags);
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        char *line = cfn_diag_text(cfn_diags_at(diags, i));
        fprintf(stderr, "%s\n", line);
        free(line);
    }
    cfn_diags_free(diags);
    return code ? 1 : 0;
}
