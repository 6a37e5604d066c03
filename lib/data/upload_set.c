/* What a platform's stacks need to do their work: where it is here, and where it goes. */
#include "source.h"
#include "upload_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = sizeof((struct cfn_upload_set *)0)->lists / sizeof(struct cfn_upload_list) };

/* Files of MWAA that are used by their version: what the setting of the path and the parameter are
 * called, and a folder that an archive is made of. */
static const struct {
    const char *setting, *parameter, *folder;
} versioned[] = {
    {"mwaa.requirements_path", "RequirementsVersion", NULL},
    {"mwaa.plugins_path", "PluginsVersion", "plugins"},
    {"mwaa.startup_script_path", "StartupScriptVersion", NULL},
};
enum { VERSIONED = sizeof versioned / sizeof *versioned };

struct making {
    const struct cfn_platform *platform;
    const struct cfn_upload_sources *sources;
    struct cfn_upload_set *set;
    struct cfn_upload_list *list;
    struct cfn_diags *diags;
    bool asked_for; /* by its name */
};

static struct cfn_arena *arena_of(struct cfn_upload_set *set) {
    return &set->store->arena;
}

static const char *setting(const struct cfn_platform *platform, const char *path) {
    const struct cfn_setting *found = cfn_config_find(cfn_platform_config(platform), path);
    return found && found->value ? found->value : "";
}

static bool is_there(const char *path) {
    uint64_t size;
    int error = cfn__source_size(path, &size);
    return error != ENOENT && error != ENOTDIR;
}

static const char *in_pipeline(const struct making *m, const char *name) {
    return cfn_arena_text(arena_of(m->set), "%s/%s", m->sources->pipeline, name);
}

/* A folder that is not there is missed only when its part is asked for. */
static int add_folder(const struct making *m, const char *folder, const char *prefix,
                      const char *const *skip) {
    if (!m->asked_for && !is_there(folder))
        return 0;
    return cfn_upload_add_folder(m->list, folder, prefix, skip, m->diags);
}

/* -- the parts --------------------------------------------------------------------------------- */

static int add_spark(const struct making *m, const char *prefix) {
    const char *folder = in_pipeline(m, "spark"), *tables = in_pipeline(m, "tables.json");
    const char *other = is_there(tables) ? tables : NULL;
    int result = add_folder(m, folder, prefix, NULL);
    if (other)
        cfn_upload_add_file(m->list, tables,
                            cfn_arena_text(arena_of(m->set), "%stables.json", prefix));
    if (result == 0 && is_there(folder))
        result =
            cfn_upload_add_zip(m->list, folder, other,
                               cfn_arena_text(arena_of(m->set), "%smodules.zip", prefix), m->diags);
    return result;
}

static int add_dags(const struct making *m, const char *prefix) {
    return add_folder(m, in_pipeline(m, "dags"), prefix, NULL);
}

static int add_dbt(const struct making *m, const char *prefix) {
    static const char *const made[] = {"target", "dbt_packages", "logs", NULL};
    return add_folder(m, m->sources->dbt_project, prefix, made);
}

static int add_requirements(const struct making *m, const char *prefix) {
    int result = 0;
    (void)prefix;
    for (size_t i = 0; i < VERSIONED; i++) {
        const char *key = setting(m->platform, versioned[i].setting);
        const char *path = in_pipeline(m, key);
        const char *folder = versioned[i].folder ? in_pipeline(m, versioned[i].folder) : NULL;
        if (is_there(path))
            cfn_upload_add_file(m->list, path, key);
        else if (folder && is_there(folder) &&
                 cfn_upload_add_zip(m->list, folder, NULL, key, m->diags))
            result = -1;
    }
    if (result == 0 && m->asked_for && m->list->count == 0)
        result = cfn_fail(
            m->diags, "io.read", (struct cfn_place){.file = m->sources->pipeline}, NULL,
            "holds none of %s, %s and %s", setting(m->platform, versioned[0].setting),
            setting(m->platform, versioned[1].setting), setting(m->platform, versioned[2].setting));
    return result;
}

static const struct part {
    const char *name, *stack, *output;
    const char *folder; /* in the bucket; of mwaa's, below that of the DAGs; NULL: none */
    int (*add)(const struct making *m, const char *prefix);
} parts[PARTS] = {
    {"spark", "common", "ScriptBucketName", "spark/", add_spark},
    {"dags", "mwaa", "BucketName", "", add_dags},
    {"dbt", "mwaa", "BucketName", "dbt_project/", add_dbt},
    {"requirements", "mwaa", "BucketName", NULL, add_requirements},
};
const char *const cfn_upload_parts[] = {"spark", "dags", "dbt", "requirements", NULL};

/* -- where they go ----------------------------------------------------------------------------- */

static const json_t *stack_of(const json_t *stacks, const char *name) {
    for (size_t i = 0; i < json_array_size(stacks); i++)
        if (strcmp(cfn_output_text(json_array_get(stacks, i), "name"), name) == 0)
            return json_array_get(stacks, i);
    return NULL;
}

/* "arn:aws:cloudformation:REGION:ACCOUNT:stack/..." */
static const char *account_of(struct cfn_upload_set *set, const json_t *stack) {
    const char *at = cfn_output_text(stack, "stack_id");
    for (int i = 0; i < 4 && at; i++)
        at = strchr(at, ':') ? strchr(at, ':') + 1 : NULL;
    size_t size = at ? strcspn(at, ":") : 0;
    return size == 12 ? cfn_arena_copy(arena_of(set), at, size) : NULL;
}

static const char *prefix_of(const struct making *m, const struct part *part) {
    const char *dags = setting(m->platform, "mwaa.dags_path");
    size_t size = strlen(dags);
    while (size > 0 && dags[size - 1] == '/')
        size--;
    if (!part->folder || strcmp(part->stack, "mwaa") != 0)
        return part->folder;
    return cfn_arena_text(arena_of(m->set), "%.*s/%s", (int)size, dags, part->folder);
}

static int add_part(struct making *m, const struct part *part, const json_t *stacks) {
    const json_t *stack = stack_of(stacks, part->stack);
    const char *bucket =
        json_string_value(json_object_get(json_object_get(stack, "outputs"), part->output));
    const char *prefix = prefix_of(m, part);
    if (!stack)
        return m->asked_for ? cfn_fail(m->diags, "upload.part", (struct cfn_place){0}, NULL,
                                       "the platform has no stack %s that would need it: '%s'",
                                       part->stack, part->name)
                            : 0;
    if (part->add(m, prefix))
        return -1;
    if (m->list->count == 0)
        return 0;
    if (!bucket) {
        cfn_fail(m->diags, "upload.not-deployed", (struct cfn_place){0}, NULL,
                 "the stack %s, whose bucket it goes to, is not deployed: '%s'", part->stack,
                 part->name);
        cfn_hint(m->diags, "run 'cfngen deploy --stack %s' first", part->stack);
        return -1;
    }
    m->set->places[m->set->count++] = (struct cfn_upload_place){
        .name = part->name,
        .bucket = cfn_arena_copy(arena_of(m->set), bucket, strlen(bucket)),
        .owner = account_of(m->set, stack),
        .prefix = prefix,
        .files = m->list->files,
        .count = m->list->count,
    };
    return 0;
}

/* -- the set ----------------------------------------------------------------------------------- */

struct goes_to {
    const char *bucket;
    const struct cfn_upload_file *file;
};

static int by_place(const void *a, const void *b) {
    const struct goes_to *one = a, *other = b;
    int order = strcmp(one->bucket, other->bucket);
    return order ? order : strcmp(one->file->key, other->file->key);
}

/* dags/dbt_project may be here as well as a project of its own. */
static int check_keys(const struct cfn_upload_set *set, struct cfn_diags *diags) {
    CFN_ARRAY(struct goes_to) all = {0};
    int result = 0;
    for (size_t i = 0; i < set->count; i++)
        for (size_t j = 0; j < set->places[i].count; j++)
            *CFN_PUSH(&all) = (struct goes_to){set->places[i].bucket, &set->places[i].files[j]};
    if (all.count)
        qsort(all.items, all.count, sizeof *all.items, by_place);
    for (size_t i = 1; i < all.count; i++)
        if (by_place(&all.items[i - 1], &all.items[i]) == 0)
            result =
                cfn_fail(diags, "upload.twice", (struct cfn_place){.file = all.items[i].file->path},
                         NULL, "goes to the same key as '%s'", all.items[i - 1].file->path);
    free(all.items);
    return result;
}

static bool is_wanted(const char *const *names, const char *name) {
    for (size_t i = 0; names && names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return !names || !names[0];
}

int cfn_upload_set_of(const struct cfn_platform *platform, const json_t *stacks,
                      const struct cfn_upload_sources *sources, struct cfn_upload_set *set,
                      struct cfn_diags *diags) {
    *set = (struct cfn_upload_set){.store = cfn__alloc(sizeof *set->store)};
    set->places = cfn__alloc(PARTS * sizeof *set->places);
    struct making m = {.platform = platform,
                       .sources = sources,
                       .set = set,
                       .diags = diags,
                       .asked_for = sources->parts && sources->parts[0]};
    int result = 0;
    for (size_t i = 0; i < PARTS; i++) {
        m.list = &set->lists[i];
        if (is_wanted(sources->parts, parts[i].name) && add_part(&m, &parts[i], stacks))
            result = -1;
    }
    if (result == 0 && set->count == 0)
        result = cfn_fail(diags, "upload.nothing", (struct cfn_place){0}, NULL,
                          "there is nothing to upload in '%s'", sources->pipeline);
    return result ? result : check_keys(set, diags);
}

void cfn_upload_set_done(struct cfn_upload_set *set) {
    for (size_t i = 0; i < PARTS; i++)
        cfn_upload_list_done(&set->lists[i]);
    if (set->store)
        cfn_arena_done(&set->store->arena);
    free(set->store);
    free(set->places);
    *set = (struct cfn_upload_set){0};
}

json_t *cfn_upload_parameters(const struct cfn_platform *platform, const json_t *stacks,
                              const json_t *result) {
    const json_t *places = cfn_output_list(result, "places");
    const json_t *has = json_object_get(stack_of(stacks, "mwaa"), "parameters");
    json_t *parameters = json_object();
    for (size_t i = 0; i < json_array_size(places); i++) {
        const json_t *place = json_array_get(places, i), *versions;
        if (strcmp(cfn_output_text(place, "name"), "requirements") != 0)
            continue;
        versions = json_object_get(place, "versions");
        for (size_t j = 0; j < VERSIONED; j++) {
            const char *key = setting(platform, versioned[j].setting);
            const json_t *version = json_object_get(versions, key);
            if (version && !json_equal(version, json_object_get(has, versioned[j].parameter)))
                json_object_set_new(parameters, versioned[j].parameter,
                                    json_copy((json_t *)(uintptr_t)version));
        }
    }
    return parameters;
}
