#include "config.h"

#include <string.h>

static bool is_required_missing(struct cfn_config *config, const struct cfn__slot *slot) {
    return slot->setting.row->required && !slot->refused && !cfn__resolve(config, slot);
}

/* The line that is missing, as it could be written. */
static void refuse_missing(const struct cfn_config *config, const struct cfn__slot *slot,
                           struct cfn_diags *diags) {
    const struct cfn_setting *setting = &slot->setting;
    struct cfn_text example = {0};
    cfn__example_value(&example, setting->row);
    cfn_fail(diags, "config.required", cfn__place_of_parent(config, setting->path), setting->path,
             "is required");
    cfn_hint(diags, "write '%s: %s'", setting->row->name, example.data);
    cfn_text_done(&example);
}

/* A value that was refused counts as written: one mistake is told once. */
static void check_required(struct cfn_config *config, struct cfn_diags *diags) {
    for (size_t i = 0; i < config->slots.count; i++)
        if (is_required_missing(config, &config->slots.items[i]))
            refuse_missing(config, &config->slots.items[i], diags);
}

static enum cfn_origin_kind origin_of(const struct cfn__slot *slot, const struct cfn__node *node) {
    if (!node->origin)
        return CFN_FROM_FILE;
    if (slot->flags.count)
        return CFN_FROM_FLAG;
    return slot->variable ? CFN_FROM_VARIABLE : CFN_FROM_DEFAULT;
}

static void set_absent(const struct cfn_row *row, void *member) {
    switch (row->kind) {
    case CFN_ROW_BOOL:
        *(bool *)member = false;
        return;
    case CFN_ROW_INT:
        *(long *)member = 0;
        return;
    case CFN_ROW_LIST:
        *(struct cfn_texts *)member = (struct cfn_texts){0};
        return;
    case CFN_ROW_TABLE:
        *(struct cfn_table *)member = (struct cfn_table){0};
        return;
    default:
        *(const char **)member = NULL;
        return;
    }
}

static int fill(struct cfn_config *config, struct cfn__slot *slot, void *target,
                struct cfn_diags *diags) {
    struct cfn_setting *setting = &slot->setting;
    void *member = (char *)target + slot->offset;
    const struct cfn__node *node = cfn__resolve(config, slot);
    if (!node) {
        set_absent(setting->row, member);
        return 0;
    }
    slot->node = node;
    setting->origin = origin_of(slot, node);
    setting->place = node->place;
    setting->value = cfn__flow_text(&config->arena, node);
    const struct cfn__reading reading = cfn__reading_of(config, diags);
    return cfn__value_read(&reading, setting->row, node, setting->path, member);
}

static int fill_all(struct cfn_config *config, void *target, struct cfn_diags *diags) {
    int status = 0;
    for (size_t i = 0; i < config->slots.count; i++)
        status |= fill(config, &config->slots.items[i], target, diags);
    return status;
}

static int load(struct cfn_config *config, void *target, const struct cfn_config_source *source,
                struct cfn_diags *diags) {
    size_t errors = cfn_diags_errors(diags);
    config->file = cfn_arena_text(&config->arena, "%s", source->name ? source->name : "config");
    const struct cfn__text_source text = {config->file, NULL, source->text, source->size};
    config->base = cfn__yaml_read(&config->arena, &text, diags);
    bool readable = config->base && cfn__file_check(config, diags) == 0;
    cfn__variables_read(config, source->variables, diags);
    cfn__flags_read(config, source->flags, diags);
    if (!readable || cfn__environment_choose(config, source->environment, diags) != 0)
        return -1;
    check_required(config, diags);
    return cfn_diags_errors(diags) == errors ? fill_all(config, target, diags) : -1;
}

struct cfn_config *cfn_config_load(const struct cfn_row *rows, void *target,
                                   const struct cfn_config_source *source,
                                   struct cfn_diags *diags) {
    struct cfn_config *config = cfn__config_new(rows);
    if (load(config, target, source, diags) == 0)
        return config;
    cfn_config_free(config);
    return NULL;
}
