/*
 * Any text as AWS's config and credentials files. What is read must be of valid text; a region that
 * is found is one; what is refused is told, and no line of the file is quoted for it.
 */
#include "aws/region.h"
#include "aws/words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"region", "role_arn", "source_profile", "endpoint_url"};

static bool read_file(struct cfn__ini *ini, const char *file, const uint8_t *data, size_t size,
                      struct cfn_diags *diags) {
    char *text = cfn__alloc(size + 1);
    if (size > 0)
        memcpy(text, data, size);
    size_t before = cfn_diags_errors(diags);
    bool read = cfn__ini_read(ini, file, text, size, diags) == 0;
    if (read != (cfn_diags_errors(diags) == before))
        abort();
    return read;
}

static void check_entries(const struct cfn__ini *ini) {
    for (size_t i = 0; i < ini->entries.count; i++) {
        const struct cfn__ini_entry *entry = &ini->entries.items[i];
        if (entry->section >= ini->sections.count || !*entry->name || entry->line < 1)
            abort();
        size_t count = 0, size = strlen(entry->value);
        for (size_t at = 0; at < size;) {
            size_t length = cfn_utf8_length(entry->value + at, size - at);
            if (length == 0)
                abort();
            at += length;
        }
        char **words = cfn__words(entry->value, &count);
        if (words && words[count])
            abort();
        free(words);
    }
}

static void check_profile(struct cfn__settings *settings, const char *profile,
                          struct cfn_diags *diags) {
    settings->profile = profile;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct cfn__ini_entry *entry = cfn__profile_entry(settings, profile, names[i]);
        if (entry && cfn__profile_place(settings, profile, entry).line != entry->line)
            abort();
    }
    const char *region = cfn__region_find(settings, NULL, diags);
    if (region && (!*region || strpbrk(region, "./:@ \n")))
        abort();
    if (cfn__endpoints_check(settings, diags) == 0)
        cfn__endpoint_find(settings, "s3");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn__settings settings = {.variables = cfn__alloc(sizeof(char *))};
    bool config = read_file(&settings.config, "config", data, size, diags);
    bool credentials = read_file(&settings.credentials, "credentials", data, size, diags);
    if (config != credentials)
        abort();
    check_entries(&settings.config);
    check_profile(&settings, "default", diags);
    check_profile(&settings, "dev", diags);
    for (size_t i = 0; i < cfn_diags_count(diags); i++)
        free(cfn_diag_text(cfn_diags_at(diags, i)));
    cfn__settings_done(&settings);
    cfn_diags_free(diags);
    return 0;
}
