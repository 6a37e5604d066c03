/* What counts of all that is written for a setting: flag, variable, overlay, base, default. */
#include "config.h"

#include <string.h>

static const struct cfn__node *fallback(struct cfn_config *config, const struct cfn__slot *slot) {
    const struct cfn_row *row = slot->setting.row;
    return row->fallback ? cfn__value_node(&config->arena, row, row->fallback, "the default")
                         : NULL;
}

static const struct cfn__node *in_file(const struct cfn_config *config, const char *path) {
    const struct cfn__node *node = cfn__node_at(config->overlay, path);
    return node ? node : cfn__node_at(config->base, path);
}

/* over's entries after under's, and instead of those of the same key. */
static const struct cfn__node *merged(struct cfn_config *config, const struct cfn__node *under,
                                      const struct cfn__node *over) {
    if (!under || !over || under->kind != CFN__MAPPING || over->kind != CFN__MAPPING)
        return over ? over : under;
    struct cfn__node *node = cfn_arena_take(&config->arena, sizeof *node);
    struct cfn__member *members =
        cfn_arena_take(&config->arena, (under->count + over->count) * sizeof *members);
    *node = *over;
    node->members = members;
    node->count = 0;
    for (size_t i = 0; i < under->count; i++) {
        const char *key = under->members[i].key->text;
        const struct cfn__member *other = cfn__member_named(over, key, strlen(key));
        members[node->count++] = other ? *other : under->members[i];
    }
    for (size_t i = 0; i < over->count; i++) {
        const char *key = over->members[i].key->text;
        if (!cfn__member_named(under, key, strlen(key)))
            members[node->count++] = over->members[i];
    }
    return node;
}

/* A flag of one entry, as a table of it alone. */
static const struct cfn__node *as_table(struct cfn_config *config,
                                        const struct cfn__member *entry) {
    struct cfn__member *members = cfn_arena_take(&config->arena, sizeof *members);
    struct cfn__node *node = cfn_arena_take(&config->arena, sizeof *node);
    *members = *entry;
    *node = (struct cfn__node){
        .kind = CFN__MAPPING, .origin = entry->value->origin, .members = members, .count = 1};
    return node;
}

static const struct cfn__node *resolve_table(struct cfn_config *config,
                                             const struct cfn__slot *slot) {
    const char *path = slot->setting.path;
    const struct cfn__node *table = slot->variable;
    if (!table)
        table =
            merged(config, cfn__node_at(config->base, path), cfn__node_at(config->overlay, path));
    if (!table)
        table = fallback(config, slot);
    for (size_t i = 0; i < slot->flags.count; i++) {
        const struct cfn__member *flag = &slot->flags.items[i];
        table = flag->key ? merged(config, table, as_table(config, flag)) : flag->value;
    }
    return table;
}

const struct cfn__node *cfn__resolve(struct cfn_config *config, const struct cfn__slot *slot) {
    if (slot->setting.row->kind == CFN_ROW_TABLE)
        return resolve_table(config, slot);
    if (slot->flags.count)
        return slot->flags.items[slot->flags.count - 1].value;
    if (slot->variable)
        return slot->variable;
    const struct cfn__node *node = in_file(config, slot->setting.path);
    return node ? node : fallback(config, slot);
}

/* Where a setting would have to be written: at its section's key, or where the file begins. */
struct cfn_place cfn__place_of_parent(const struct cfn_config *config, const char *path) {
    char section[256];
    const char *dot = strrchr(path, '.');
    size_t size = dot ? (size_t)(dot - path) : 0;
    struct cfn_place place = {config->file, 1, 1};
    if (size == 0 || size >= sizeof section)
        return place;
    memcpy(section, path, size);
    section[size] = '\0';
    const struct cfn__member *member = cfn__member_at(config->overlay, section);
    if (!member)
        member = cfn__member_at(config->base, section);
    return member ? member->key->place : cfn__place_of_parent(config, section);
}
