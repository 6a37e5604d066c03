/*
 * How long stacks took. Nothing depends on this file: without it, typical times of the resource
 * types are taken, and a failure to write it is no failure of the run.
 */
#include "deployment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *folder(void) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && *state == '/')
        return cli_text("%s/cfngen", state);
    return home && *home == '/' ? cli_text("%s/.local/state/cfngen", home) : NULL;
}

static char *file_name(void) {
    char *directory = folder(), *name = directory ? cli_text("%s/history.json", directory) : NULL;
    free(directory);
    return name;
}

static json_t *recall(void) {
    char *name = file_name();
    json_t *all = name ? json_load_file(name, JSON_REJECT_DUPLICATES, NULL) : NULL;
    free(name);
    if (json_is_object(all))
        return all;
    json_decref(all);
    return json_object();
}

static char *key_of(const char *region, const char *stack_name) {
    return cli_text("%s/%s", region, stack_name);
}

void cli_history_recall(struct cli_deployment *deployment) {
    json_t *all = recall();
    for (size_t i = 0; i < deployment->targets.count; i++) {
        struct cfn_target *target = &deployment->targets.targets[i];
        char *key = key_of(deployment->what.region, target->stack_name);
        const json_t *times = json_object_get(all, key);
        for (size_t operation = 0; operation < 3; operation++) {
            json_int_t time = json_integer_value(json_array_get(times, operation));
            target->usual[operation] = time > 0 && time < 86400000 ? time : 0;
        }
        free(key);
    }
    json_decref(all);
}

/* Directories that are missing, one after the other. */
static void make_directories(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0777);
        *slash = '/';
    }
}

static int operation_of(enum cfn_action action) {
    switch (action) {
    case CFN_ACT_CREATE:
    case CFN_ACT_RECREATE:
        return CFN_CREATES;
    case CFN_ACT_UPDATE:
        return CFN_UPDATES;
    case CFN_ACT_DELETE:
        return CFN_DELETES;
    default:
        return -1;
    }
}

static bool note_one(json_t *all, const char *region, const struct cfn_view *view) {
    int operation = operation_of(view->action);
    if (operation < 0 || view->stage != CFN_STAGE_DONE || view->ended <= view->began)
        return false;
    char *key = key_of(region, view->stack_name);
    json_t *times = json_object_get(all, key);
    if (!json_is_array(times) || json_array_size(times) != 3) {
        times = json_pack("[i, i, i]", 0, 0, 0);
        json_object_set_new(all, key, times);
    }
    json_array_set_new(times, (size_t)operation, json_integer(view->ended - view->began));
    free(key);
    return true;
}

void cli_history_note(struct cli *cli, const struct cli_deployment *deployment,
                      const struct cfn_engine *engine) {
    bool any = false;
    char *name = file_name();
    json_t *all = recall();
    for (size_t i = 0; i < cfn_engine_count(engine); i++) {
        struct cfn_view view;
        cfn_engine_stack(engine, i, &view);
        any |= note_one(all, deployment->what.region, &view);
    }
    if (name && any) {
        make_directories(name);
        char *staged = cli_text("%s.new", name);
        if (json_dump_file(all, staged, JSON_INDENT(1) | JSON_SORT_KEYS) || rename(staged, name)) {
            cfn_warn(cli->diags, "io.history", (struct cfn_place){.file = name}, NULL,
                     "how long the stacks took could not be kept: %s", strerror(errno));
            remove(staged);
        }
        free(staged);
    }
    json_decref(all);
    free(name);
}
