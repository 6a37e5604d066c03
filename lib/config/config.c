/* What a loaded config answers. */
#include "config.h"

#include <stdarg.h>
#include <string.h>

size_t cfn_config_count(const struct cfn_config *config) {
    return config->slots.count;
}

const struct cfn_setting *cfn_config_at(const struct cfn_config *config, size_t index) {
    return index < config->slots.count ? &config->slots.items[index].setting : NULL;
}

const struct cfn_setting *cfn_config_find(const struct cfn_config *config, const char *path) {
    const struct cfn__slot *slot = cfn__slot_at(config, path);
    return slot ? &slot->setting : NULL;
}

struct cfn_texts cfn_config_environments(const struct cfn_config *config) {
    return config->environments;
}

/* A section: where its key is written, else where it would have to be. */
static struct cfn_place place_in_file(const struct cfn_config *config, const char *path) {
    const struct cfn__member *member = cfn__member_at(config->overlay, path);
    if (!member)
        member = cfn__member_at(config->base, path);
    if (!member)
        return cfn__place_of_parent(config, path);
    return member->key ? member->key->place : member->value->place;
}

/* The setting at the path, or the one that the path leads into. */
static const struct cfn__slot *slot_around(const struct cfn_config *config, const char *path) {
    for (size_t i = 0; i < config->slots.count; i++) {
        const struct cfn__slot *slot = &config->slots.items[i];
        size_t size = strlen(slot->setting.path);
        if (strncmp(slot->setting.path, path, size) == 0 &&
            (path[size] == '\0' || path[size] == '.'))
            return slot;
    }
    return NULL;
}

/* The value at the path, or else a stand-in for it, so that cfn__refuse says where it is or what it
 * is from. */
static struct cfn__node written_at(const struct cfn_config *config, const char *path) {
    const struct cfn__slot *slot = slot_around(config, path);
    const struct cfn__node *node = slot ? slot->node : NULL;
    size_t size = slot ? strlen(slot->setting.path) : 0;
    if (node && path[size])
        node = cfn__node_at(node, path + size + 1);
    if (!node)
        return (struct cfn__node){.place = place_in_file(config, path)};
    struct cfn__node written = *node;
    if (slot->setting.origin == CFN_FROM_DEFAULT)
        written.place = cfn__place_of_parent(config, path);
    return written;
}

int cfn_setting_fail(const struct cfn_config *config, const char *path, struct cfn_diags *diags,
                     const char *format, ...) {
    const struct cfn__node node = written_at(config, path);
    va_list arguments;
    va_start(arguments, format);
    cfn__config_tell(diags, CFN_ERROR, "config.value", &node, path, format, arguments);
    va_end(arguments);
    return -1;
}

int cfn_setting_warn(const struct cfn_config *config, const char *path, struct cfn_diags *diags,
                     const char *format, ...) {
    const struct cfn__node node = written_at(config, path);
    va_list arguments;
    va_start(arguments, format);
    cfn__config_tell(diags, CFN_WARNING, "config.value", &node, path, format, arguments);
    va_end(arguments);
    return 0;
}
