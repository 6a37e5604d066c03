/* The templates of the default platform: all of them deploy, in their order, and go again. */
#include "sim_fixture.h"

static char *content_of(const char *name) {
    char path[128], piece[4096];
    struct cfn_text text = {0};
    snprintf(path, sizeof path, "templates/%s", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t size; (size = fread(piece, 1, sizeof piece, file)) > 0;)
        cfn_text_write(&text, piece, size);
    fclose(file);
    return cfn_text_take(&text);
}

static json_t *manifest(void) {
    char *text = content_of("manifest.json");
    json_t *value = parsed(text);
    free(text);
    return value;
}

/* Without the blanks that people read by: as it is submitted. */
static char *compact(const char *name) {
    char *text = content_of(name);
    json_t *value = parsed(text);
    free(text);
    text = json_dumps(value, JSON_COMPACT);
    json_decref(value);
    return text;
}

static void deploy(struct cfn_sim *sim, const json_t *stack) {
    const char *name = cfn_output_text(stack, "stack_name");
    char *body = compact(cfn_output_text(stack, "file"));
    created(sim, name, body);
    refused(sim, "UpdateStack", stack_input(name, body), "ValidationError",
            "No updates are to be performed.");
    free(body);
}

static void the_platform_deploys_and_goes(void **state) {
    (void)state;
    json_t *told = manifest();
    const json_t *stacks = cfn_output_list(told, "stacks");
    struct cfn_sim *sim =
        cfn_sim_new(&(struct cfn_sim_options){.region = "eu-west-1", .scale = 0.05});
    size_t count = json_array_size(stacks);
    assert_true(count >= 10);
    for (size_t i = 0; i < count; i++)
        deploy(sim, json_array_get(stacks, i));
    sound(sim);
    for (size_t i = count; i > 0; i--) {
        const char *name = cfn_output_text(json_array_get(stacks, i - 1), "stack_name");
        done(sim, "UpdateTerminationProtection",
             json_pack("{s:s, s:b}", "StackName", name, "EnableTerminationProtection", 0));
        done(sim, "DeleteStack", json_pack("{s:s}", "StackName", name));
        settled(sim, name, "");
    }
    sound(sim);
    json_decref(told);
    cfn_sim_free(sim);
}

static void a_stack_takes_as_long_as_it_is_told(void **state) {
    (void)state;
    json_t *times = json_pack("{s:i}", "shop-dev-common", 60000);
    struct cfn_sim *sim =
        cfn_sim_new(&(struct cfn_sim_options){.region = "eu-west-1", .times = times});
    int64_t begin = cfn_sim_now(sim);
    char *body = compact("common.json");
    done(sim, "CreateStack", stack_input("shop-dev-common", body));
    cfn_sim_advance(sim, begin + 59999);
    char *status = status_of(sim, "shop-dev-common");
    assert_string_equal(status, "CREATE_IN_PROGRESS");
    free(status);
    cfn_sim_advance(sim, begin + 60000);
    status = status_of(sim, "shop-dev-common");
    assert_string_equal(status, "CREATE_COMPLETE");
    free(status);
    free(body);
    json_decref(times);
    cfn_sim_free(sim);
}

static void express_ends_earlier(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(&(struct cfn_sim_options){.region = "eu-west-1"});
    char *body = compact("common.json");
    done(sim, "CreateStack", stack_input("a", body));
    int64_t begin = cfn_sim_now(sim);
    settled(sim, "a", "CREATE_COMPLETE");
    int64_t plain = cfn_sim_now(sim) - begin;
    done(sim, "DeleteStack", json_pack("{s:s}", "StackName", "a"));
    cfn_sim_advance(sim, cfn_sim_now(sim) + 3600000);
    cfn_sim_free(sim);
    sim = cfn_sim_new(&(struct cfn_sim_options){.region = "eu-west-1"});
    begin = cfn_sim_now(sim);
    done(sim, "CreateStack",
         with(stack_input("a", body), "DeploymentConfig", json_pack("{s:s}", "Mode", "EXPRESS")));
    settled(sim, "a", "CREATE_COMPLETE");
    assert_true(cfn_sim_now(sim) - begin < plain / 2);
    events_have(sim, "a", "InternetGateway CREATE_COMPLETE Resource configuration is complete");
    free(body);
    cfn_sim_free(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_platform_deploys_and_goes),
        cmocka_unit_test(a_stack_takes_as_long_as_it_is_told),
        cmocka_unit_test(express_ends_earlier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
