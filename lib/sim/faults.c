/* What goes wrong, by seed: the network and the service, resources, and other people. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t cfn__sim_draw(struct cfn_sim *sim) {
    return cfn__sim_mix(sim->seed ^ (++sim->draws * 0x9e3779b97f4a7c15u));
}

bool cfn__sim_chance(struct cfn_sim *sim, unsigned per_ten_thousand) {
    return per_ten_thousand && cfn__sim_draw(sim) % 10000 < per_ten_thousand;
}

bool cfn__fate_of(struct cfn_sim *sim, enum cfn__fate *fate) {
    const struct cfn_sim_faults *f = &sim->faults;
    *fate = CFN__FATE_ARRIVES;
    if (cfn__sim_chance(sim, f->throttle)) {
        *fate = CFN__FATE_THROTTLED;
        return false;
    }
    if (cfn__sim_chance(sim, f->server_error)) {
        *fate = CFN__FATE_BROKEN;
        return cfn__sim_draw(sim) & 1;
    }
    if (cfn__sim_chance(sim, f->lost_request)) {
        *fate = CFN__FATE_LOST;
        return false;
    }
    if (cfn__sim_chance(sim, f->lost_reply))
        *fate = CFN__FATE_LOST;
    else if (cfn__sim_chance(sim, f->late_reply))
        *fate = CFN__FATE_LATE;
    return true;
}

/* A failure that the script names, and that has not struck as often as it shall. */
static const json_t *scripted(struct cfn_sim *sim, const char *key, const char *what) {
    const json_t *failure = json_object_get(sim->failures, key);
    const char *wanted = json_string_value(json_object_get(failure, "operation"));
    bool made = strcmp(what, "create") == 0 || strcmp(what, "update") == 0;
    if (!failure || (wanted ? strcmp(wanted, what) != 0 : !made))
        return NULL;
    json_t *struck = cfn__map_get(&sim->failed_times, key);
    if (!struck) {
        struck = json_integer(0);
        cfn__map_put(&sim->failed_times, key, struck);
    }
    const json_t *times = json_object_get(failure, "times");
    if (times && json_integer_value(struck) >= json_integer_value(times))
        return NULL;
    json_integer_set(struck, json_integer_value(struck) + 1);
    return failure;
}

static unsigned chance_of(const struct cfn_sim_faults *faults, const char *what) {
    if (strcmp(what, "delete") == 0)
        return faults->stuck_delete;
    return strcmp(what, "rollback") == 0 ? faults->stuck_rollback : faults->resource;
}

char *cfn__handler_message(struct cfn_sim *sim, const char *message, const char *code) {
    char *token = cfn__sim_uuid(sim);
    struct cfn_text text = {0};
    cfn_text_printf(&text,
                    "Resource handler returned message: \"%s\" (RequestToken: %s, "
                    "HandlerErrorCode: %s)",
                    message, token, code);
    free(token);
    return cfn_text_take(&text);
}

static char *trouble(struct cfn_sim *sim) {
    static const char *const messages[][2] = {
        {"Internal Failure", "InternalFailure"},
        {"Rate exceeded", "Throttling"},
        {"Exceeded attempts to wait", "NotStabilized"},
        {"The request could not be completed at this time", "ServiceInternalError"}};
    size_t pick = (size_t)(cfn__sim_draw(sim) % (sizeof messages / sizeof *messages));
    return cfn__handler_message(sim, messages[pick][0], messages[pick][1]);
}

char *cfn__fault_of(struct cfn__operation *operation, const char *id, const char *what) {
    struct cfn_sim *sim = operation->stack->sim;
    if (sim->failures) {
        struct cfn_text key = {0};
        cfn_text_printf(&key, "%s/%s", operation->stack->name, id);
        const json_t *failure = scripted(sim, key.data, what);
        cfn_text_done(&key);
        const char *reason = json_string_value(json_object_get(failure, "reason"));
        if (failure)
            return cfn__copy(reason ? reason : "Resource creation failed");
    }
    return cfn__sim_chance(sim, chance_of(&sim->faults, what)) ? trouble(sim) : NULL;
}

/* --- other operators --- */

static void ask(struct cfn_sim *sim, const char *action, json_t *input) {
    struct cfn_call call = {.service = "cloudformation", .action = action, .input = input};
    struct cfn_reply reply = {0};
    cfn__sim_answer(sim, &call, sim->now, true, &reply);
    cfn_reply_done(&reply);
    json_decref(input);
}

static void update_as_another(struct cfn_sim *sim, const struct cfn__stack *stack, json_t *input) {
    char tag[32];
    snprintf(tag, sizeof tag, "change-%llu", (unsigned long long)sim->draws);
    json_t *parameters = json_array();
    const char *name;
    json_t *value;
    json_object_foreach(stack->version->given, name, value) {
        json_array_append_new(parameters,
                              json_pack("{s:s, s:b}", "ParameterKey", name, "UsePreviousValue", 1));
    }
    json_object_set_new(input, "UsePreviousTemplate", json_true());
    json_object_set_new(input, "Parameters", parameters);
    json_object_set_new(input, "Tags",
                        json_pack("[{s:s, s:s}]", "Key", "ChangedBySomeoneElse", "Value", tag));
    json_object_set_new(input, "Capabilities",
                        json_pack("[s, s]", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"));
    ask(sim, "UpdateStack", input);
}

void cfn__others_act(struct cfn_sim *sim) {
    if (!sim->stacks.count || !cfn__sim_chance(sim, sim->faults.other_operator))
        return;
    const struct cfn__stack *stack = sim->stacks.items[cfn__sim_draw(sim) % sim->stacks.count];
    uint64_t what = cfn__sim_draw(sim) % 4;
    bool updates = what > 1; /* what is only being reviewed cannot be */
    if (cfn__stack_is_gone(stack) || stack->parent || (updates && !stack->version))
        return;
    json_t *input = json_pack("{s:s}", "StackName", stack->name);
    if (what == 0)
        ask(sim, "CancelUpdateStack", input);
    else if (what == 1)
        ask(sim, "DeleteStack", input);
    else
        update_as_another(sim, stack, input);
}
