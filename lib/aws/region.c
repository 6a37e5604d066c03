#include "region.h"

#include "words.h"

#include <string.h>

/* A region becomes a part of host names, so it must look like one. */
static bool is_region(const char *text) {
    size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return size > 0 && size < 64 && text[size] == '\0' && text[0] != '-' && text[size - 1] != '-';
}

struct source {
    const char *value, *path;
    struct cfn_place place;
};

static struct source of_variables(const struct cfn__settings *settings) {
    static const char *const names[] = {"AWS_REGION", "AWS_DEFAULT_REGION"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = cfn__variable(settings, names[i]);
        if (value)
            return (struct source){.value = value, .path = names[i]};
    }
    return (struct source){0};
}

static struct source find(const struct cfn__settings *settings, const char *given) {
    if (given && *given)
        return (struct source){.value = given, .path = "region"};
    struct source source = of_variables(settings);
    if (source.value)
        return source;
    const struct cfn__ini_entry *entry = cfn__profile_entry(settings, settings->profile, "region");
    if (entry && *entry->value)
        source = (struct source){entry->value, "region",
                                 cfn__profile_place(settings, settings->profile, entry)};
    return source;
}

const char *cfn__region_find(struct cfn__settings *settings, const char *given,
                             struct cfn_diags *diags) {
    const struct source source = find(settings, given);
    if (!source.value) {
        cfn_fail(diags, "aws.region", (struct cfn_place){0}, NULL,
                 "no region is set, and profile '%s' has none", settings->profile);
        cfn_hint(diags, "set AWS_REGION, or run aws configure set region REGION --profile %s",
                 cfn__word_quoted(&settings->arena, settings->profile));
        return NULL;
    }
    if (!is_region(source.value)) {
        cfn_fail(diags, "aws.region", source.place, source.path,
                 "must be a region such as eu-central-1, not '%s'", source.value);
        return NULL;
    }
    return cfn_arena_copy(&settings->arena, source.value, strlen(source.value));
}
