/* Variables and flags: values for settings that are not written in the file. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

static const struct cfn_place nowhere;
enum {
    PREFIX = sizeof "CFNGEN_" - 1
}; /* in front of every name of a variable: no part of what is compared */

/* The text of a variable or a flag as a value, checked; NULL when refused. */
static const struct cfn__node *value_of(struct cfn_config *config, const struct cfn_row *row,
                                        const char *path, const char *text, const char *origin,
                                        struct cfn_diags *diags) {
    const struct cfn__text_source source = {NULL, origin, text, strlen(text)};
    const struct cfn__node *node = cfn__value_node(&config->arena, row, text, origin);
    if (!cfn__text_is_clean(&source, NULL)) {
        cfn__refuse(diags, "config.syntax", node, path, "must be UTF-8 without control characters");
        return NULL;
    }
    const struct cfn__reading reading = cfn__reading_of(config, diags);
    return cfn__value_read(&reading, row, node, path, NULL) == 0 ? node : NULL;
}

static bool is_own(const char *name, size_t size) {
    for (const char *const *own = cfn__own_variables; *own; own++)
        if (strlen(*own) == size && strncmp(*own, name, size) == 0)
            return true;
    return false;
}

static struct cfn__slot *slot_of_variable(const struct cfn_config *config, const char *name,
                                          size_t size) {
    for (size_t i = 0; i < config->slots.count; i++) {
        const char *variable = config->slots.items[i].setting.variable;
        if (strlen(variable) == size && strncmp(variable, name, size) == 0)
            return &config->slots.items[i];
    }
    return NULL;
}

static void warn_unknown_variable(const struct cfn_config *config, const char *name, size_t size,
                                  struct cfn_diags *diags) {
    struct cfn_arena arena = {0};
    struct cfn__quote quote;
    const char *word = cfn_arena_copy(&arena, name, size);
    CFN_ARRAY(const char *) known = {0};
    for (size_t i = 0; i < config->slots.count; i++)
        *CFN_PUSH(&known) = config->slots.items[i].setting.variable + PREFIX;
    for (const char *const *own = cfn__own_variables; *own; own++)
        *CFN_PUSH(&known) = *own + PREFIX;
    *CFN_PUSH(&known) = NULL;
    cfn_warn(diags, "config.variable", nowhere, NULL, "no setting has the variable %s",
             cfn__quoted_text(word, &quote));
    const char *nearest =
        cfn__is_worth_a_hint(diags) ? cfn_nearest(word + PREFIX, known.items) : NULL;
    if (nearest)
        cfn_hint(diags, "did you mean '%s'?", nearest - PREFIX);
    free(known.items);
    cfn_arena_done(&arena);
}

/* An empty variable is an absent one: that is how many a pipeline passes what it does not have. */
static void read_variable(struct cfn_config *config, const char *variable,
                          struct cfn_diags *diags) {
    size_t size = strcspn(variable, "=");
    if (!cfn_starts_with(variable, "CFNGEN_") || variable[size] == '\0' ||
        variable[size + 1] == '\0' || is_own(variable, size))
        return;
    struct cfn__slot *slot = slot_of_variable(config, variable, size);
    if (!slot) {
        warn_unknown_variable(config, variable, size, diags);
        return;
    }
    const char *origin =
        cfn_arena_text(&config->arena, "from the variable %s", slot->setting.variable);
    if (slot->variable || slot->refused)
        return;
    slot->variable =
        value_of(config, slot->setting.row, slot->setting.path, variable + size + 1, origin, diags);
    slot->refused = !slot->variable;
}

void cfn__variables_read(struct cfn_config *config, const char *const *variables,
                         struct cfn_diags *diags) {
    for (; variables && *variables; variables++)
        read_variable(config, *variables, diags);
}

static int fail_flag(struct cfn_diags *diags, const char *message, const char *text) {
    struct cfn__quote quote;
    return cfn_fail(diags, "config.flag", nowhere, NULL, "%s %s (from --set)", message,
                    cfn__quoted_text(text, &quote));
}

static void refuse_path(const struct cfn_config *config, const char *path,
                        struct cfn_diags *diags) {
    const struct cfn_row *row = cfn__row_at(config->rows, path);
    if (row && row->kind == CFN_ROW_SECTION) {
        fail_flag(diags, "must be the path of a setting, not of a section:", path);
        if (row->rows && row->rows->name)
            cfn_hint(diags, "for example '%s.%s'", path, row->rows->name);
        return;
    }
    fail_flag(diags, "no setting has the path", path);
    CFN_ARRAY(const char *) known = {0};
    for (size_t i = 0; i < config->slots.count; i++)
        *CFN_PUSH(&known) = config->slots.items[i].setting.path;
    *CFN_PUSH(&known) = NULL;
    cfn__hint_nearest(diags, path, known.items);
    free(known.items);
}

/* The table that a path leads into: "tags" of "tags.team". */
static struct cfn__slot *table_around(struct cfn_config *config, const char *path) {
    for (const char *dot = strchr(path, '.'); dot; dot = strchr(dot + 1, '.')) {
        const char *outer = cfn_arena_copy(&config->arena, path, (size_t)(dot - path));
        struct cfn__slot *slot = cfn__slot_at(config, outer);
        if (slot && slot->setting.row->kind == CFN_ROW_TABLE && dot[1])
            return slot;
    }
    return NULL;
}

static void add_entry(struct cfn_config *config, struct cfn__slot *slot, const char *path,
                      const char *text, struct cfn_diags *diags) {
    struct cfn_row item = *slot->setting.row;
    item.kind = CFN_ROW_TEXT;
    const char *key = path + strlen(slot->setting.path) + 1;
    const struct cfn__node *value = value_of(config, &item, path, text, "from --set", diags);
    slot->refused |= !value;
    if (value)
        *CFN_PUSH(&slot->flags) =
            (struct cfn__member){cfn__scalar(&config->arena, key, "from --set"), value};
}

static void read_flag(struct cfn_config *config, const char *flag, struct cfn_diags *diags) {
    size_t size = strcspn(flag, "=");
    if (size == 0 || flag[size] == '\0') {
        fail_flag(diags, "must be path=value, not", flag);
        return;
    }
    const char *path = cfn_arena_copy(&config->arena, flag, size);
    struct cfn__slot *slot = cfn__slot_at(config, path);
    struct cfn__slot *table = slot ? NULL : table_around(config, path);
    if (table) {
        add_entry(config, table, path, flag + size + 1, diags);
    } else if (!slot) {
        refuse_path(config, path, diags);
    } else {
        const struct cfn__node *value =
            value_of(config, slot->setting.row, path, flag + size + 1, "from --set", diags);
        slot->refused |= !value;
        if (value)
            *CFN_PUSH(&slot->flags) = (struct cfn__member){NULL, value};
    }
}

void cfn__flags_read(struct cfn_config *config, const char *const *flags, struct cfn_diags *diags) {
    for (; flags && *flags; flags++)
        read_flag(config, *flags, diags);
}
