/* Which overlay of `environments:` is chosen, and by what. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

static void list_names(struct cfn_config *config, const struct cfn__node *overlays) {
    const char **names = cfn_arena_take(&config->arena, (overlays->count + 1) * sizeof *names);
    for (size_t i = 0; i < overlays->count; i++)
        names[i] = overlays->members[i].key->text;
    config->environments = (struct cfn_texts){names, overlays->count};
}

static int refuse_name(const struct cfn_config *config, const struct cfn__node *node,
                       struct cfn_diags *diags) {
    struct cfn_text names = {0};
    struct cfn__quote quote;
    for (size_t i = 0; i < config->environments.count; i++)
        cfn_text_printf(&names, "%s%s", i ? ", " : "", config->environments.items[i]);
    cfn__refuse(diags, "config.environment", node, "environments", "must be one of %s, not %s",
                names.data, cfn__quoted(node, &quote));
    cfn__hint_nearest(diags, node->text, config->environments.items); /* ended by NULL */
    cfn_text_done(&names);
    return -1;
}

/* What --set says of it must be what --env says. */
static void refuse_other_flag(const struct cfn__slot *slot, const struct cfn__node *node,
                              struct cfn_diags *diags) {
    struct cfn__quote own, other;
    for (size_t i = 0; i < slot->flags.count; i++) {
        const struct cfn__node *flag = slot->flags.items[i].value;
        if (strcmp(flag->text, node->text) != 0)
            cfn__refuse(diags, "config.environment", flag, slot->setting.path,
                        "must be %s, the chosen environment, not %s",
                        cfn__quoted_text(node->text, &own), cfn__quoted(flag, &other));
    }
}

static struct cfn__slot *naming_slot(const struct cfn_config *config) {
    struct cfn__slot *slot = cfn__slot_at(config, "environment");
    bool names = slot && (slot->setting.row->kind == CFN_ROW_TEXT ||
                          slot->setting.row->kind == CFN_ROW_CHOICE);
    return names ? slot : NULL;
}

static int choose_given(struct cfn_config *config, const char *name, struct cfn_diags *diags) {
    const struct cfn__node *node = cfn__scalar(&config->arena, name, "from --env");
    const struct cfn__node *overlays = cfn__node_at(config->base, "environments");
    struct cfn__slot *slot = naming_slot(config);
    if (config->environments.count && !cfn__member_named(overlays, name, strlen(name)))
        return refuse_name(config, node, diags);
    if (!slot)
        return 0;
    const struct cfn__reading reading = cfn__reading_of(config, diags);
    if (cfn__value_read(&reading, slot->setting.row, node, slot->setting.path, NULL) != 0)
        return -1;
    refuse_other_flag(slot, node, diags);
    *CFN_PUSH(&slot->flags) = (struct cfn__member){NULL, node};
    return 0;
}

/* The name in --set, a variable, the base of the file, or the default. */
static const char *name_of_settings(struct cfn_config *config) {
    const struct cfn__slot *slot = naming_slot(config);
    const struct cfn__node *node = slot ? cfn__resolve(config, slot) : NULL;
    return node ? node->text : NULL;
}

int cfn__environment_choose(struct cfn_config *config, const char *name, struct cfn_diags *diags) {
    const struct cfn__node *overlays = cfn__node_at(config->base, "environments");
    if (overlays && overlays->kind == CFN__MAPPING)
        list_names(config, overlays);
    if (name && choose_given(config, name, diags) != 0)
        return -1;
    if (!name)
        name = name_of_settings(config);
    const struct cfn__member *overlay =
        name ? cfn__member_named(overlays, name, strlen(name)) : NULL;
    config->overlay = overlay ? overlay->value : NULL;
    return 0;
}
