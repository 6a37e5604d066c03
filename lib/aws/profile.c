#include "profile.h"

#include "files.h"

#include <string.h>

/* The name that a section gives a profile: in the config file all but the default's begin with the
 * word profile, in the credentials file none does. */
static const char *profile_of(const struct cfn__settings *settings, const struct cfn__ini *ini,
                              const struct cfn__ini_section *section) {
    if (ini == &settings->credentials || strcmp(section->name, "default") == 0)
        return section->name;
    return cfn_same(section->kind, "profile") ? section->label : NULL;
}

const struct cfn__ini_entry *cfn__profile_entry_in(const struct cfn__settings *settings,
                                                   const struct cfn__ini *ini, const char *profile,
                                                   const char *name) {
    for (size_t i = ini->entries.count; i-- > 0;) {
        const struct cfn__ini_entry *entry = &ini->entries.items[i];
        const struct cfn__ini_section *section = &ini->sections.items[entry->section];
        if (!entry->parent && (!name || strcmp(entry->name, name) == 0) &&
            cfn_same(profile_of(settings, ini, section), profile))
            return entry;
    }
    return NULL;
}

const struct cfn__ini_entry *cfn__profile_entry(const struct cfn__settings *settings,
                                                const char *profile, const char *name) {
    const struct cfn__ini_entry *entry =
        cfn__profile_entry_in(settings, &settings->credentials, profile, name);
    return entry ? entry : cfn__profile_entry_in(settings, &settings->config, profile, name);
}

const char *cfn__profile_value(const struct cfn__settings *settings, const char *profile,
                               const char *name) {
    const struct cfn__ini_entry *entry = cfn__profile_entry(settings, profile, name);
    return entry && *entry->value ? entry->value : NULL;
}

static bool holds(const struct cfn__ini *ini, const struct cfn__ini_entry *entry) {
    const struct cfn__ini_entry *first = ini->entries.items;
    return first && entry >= first && entry < first + ini->entries.count;
}

struct cfn_place cfn__profile_place(const struct cfn__settings *settings, const char *profile,
                                    const struct cfn__ini_entry *entry) {
    if (!entry)
        entry = cfn__profile_entry(settings, profile, NULL);
    if (!entry)
        return (struct cfn_place){.file = settings->config.file};
    const struct cfn__ini *ini =
        holds(&settings->config, entry) ? &settings->config : &settings->credentials;
    return (struct cfn_place){.file = ini->file, .line = entry->line};
}

static bool names_profile(const struct cfn__settings *settings, const struct cfn__ini *ini,
                          const char *profile) {
    for (size_t i = 0; i < ini->sections.count; i++)
        if (cfn_same(profile_of(settings, ini, &ini->sections.items[i]), profile))
            return true;
    return false;
}

bool cfn__profile_exists(const struct cfn__settings *settings, const char *profile) {
    return names_profile(settings, &settings->config, profile) ||
           names_profile(settings, &settings->credentials, profile);
}

static bool is_section(const struct cfn__ini_section *section, const char *kind,
                       const char *label) {
    return cfn_same(section->kind, kind) && cfn_same(section->label, label);
}

bool cfn__section_exists(const struct cfn__settings *settings, const char *kind,
                         const char *label) {
    for (size_t i = 0; i < settings->config.sections.count; i++)
        if (is_section(&settings->config.sections.items[i], kind, label))
            return true;
    return false;
}

const char *cfn__section_value(const struct cfn__settings *settings, const char *kind,
                               const char *label, const char *parent, const char *name) {
    const struct cfn__ini *ini = &settings->config;
    for (size_t i = ini->entries.count; i-- > 0;) {
        const struct cfn__ini_entry *entry = &ini->entries.items[i];
        if (is_section(&ini->sections.items[entry->section], kind, label) &&
            cfn_same(entry->parent, parent) && strcmp(entry->name, name) == 0)
            return *entry->value ? entry->value : NULL;
    }
    return NULL;
}

const char *cfn__profile_nearest(const struct cfn__settings *settings, const char *name) {
    const struct cfn__ini *files[] = {&settings->config, &settings->credentials};
    const char *best = NULL;
    size_t least = 3;
    for (size_t f = 0; f < 2; f++) {
        for (size_t i = 0; i < files[f]->sections.count; i++) {
            const char *found = profile_of(settings, files[f], &files[f]->sections.items[i]);
            size_t distance = found ? cfn_distance(found, name, 2) : 3;
            if (distance < least) {
                best = found;
                least = distance;
            }
        }
    }
    return best;
}
