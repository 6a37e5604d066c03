/*
 * Any text as a platform file, with rows of every kind. What loads must tell each setting's value
 * in a way that, written into a file again, loads as the same value.
 */
#include <cfngen/config.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct inner {
    bool on;
    long number, bounded;
    const char *choice;
};
struct outer {
    const char *text, *name, *environment, *cidr, *schedule;
    struct cfn_texts list, choices;
    struct cfn_table table;
    struct inner inner;
};

static const struct cfn_row inner_rows[] = {
    CFN_BOOL(struct inner, on, .fallback = "true", .help = "a boolean"),
    CFN_INT(struct inner, number, .help = "an integer"),
    CFN_INT(struct inner, bounded, .min = -5, .max = 5, .fallback = "0", .help = "a small one"),
    CFN_CHOICE(struct inner, choice, .choices = "a|b|c", .fallback = "a", .help = "a choice"),
    CFN_ROWS_END,
};
static const struct cfn_row rows[] = {
    CFN_TEXT(struct outer, text, .help = "a text"),
    CFN_TEXT(struct outer, name, .format = &cfn_format_name, .help = "a name"),
    CFN_TEXT(struct outer, environment, .fallback = "dev", .help = "an environment"),
    CFN_TEXT(struct outer, cidr, .format = &cfn_format_cidr, .help = "a network"),
    CFN_TEXT(struct outer, schedule, .format = &cfn_format_schedule, .help = "a schedule"),
    CFN_TEXTS(struct outer, list, .help = "a list"),
    CFN_TEXTS(struct outer, choices, .choices = "x|y", .min = 1, .max = 3, .help = "choices"),
    CFN_TABLE(struct outer, table, .fallback = "{a: b}", .help = "a table"),
    CFN_SECTION(struct outer, inner, struct inner, .rows = inner_rows, .help = "a section"),
    CFN_ROWS_END,
};

static struct cfn_config *load(const char *text, size_t size, struct outer *target) {
    const struct cfn_config_source source = {.name = "fuzz.yaml", .text = text, .size = size};
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_config *config = cfn_config_load(rows, target, &source, diags);
    if ((config == NULL) != (cfn_diags_errors(diags) != 0))
        abort();
    for (size_t i = 0; i < cfn_diags_count(diags); i++)
        free(cfn_diag_text(cfn_diags_at(diags, i)));
    cfn_diags_free(diags);
    return config;
}

/* "inner.on" with its value as {inner: {on: value}}, in a file of its own. */
static void check_value(const struct cfn_setting *setting) {
    size_t size = strlen(setting->value) + strlen(setting->path) + 16;
    char *text = malloc(size);
    if (!text)
        return;
    const char *dot = strchr(setting->path, '.');
    int head = dot ? (int)(dot - setting->path) : 0;
    int written =
        dot ? snprintf(text, size, "%.*s: {%s: %s}\n", head, setting->path, dot + 1, setting->value)
            : snprintf(text, size, "%s: %s\n", setting->path, setting->value);
    struct outer target;
    struct cfn_config *again = load(text, (size_t)written, &target);
    if (!again || strcmp(cfn_config_find(again, setting->path)->value, setting->value) != 0)
        abort();
    cfn_config_free(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct outer target;
    char *text = malloc(size ? size : 1); /* without a NUL at its end */
    if (!text)
        return 0;
    memcpy(text, data, size);
    struct cfn_config *config = load(text, size, &target);
    for (size_t i = 0; config && i < cfn_config_count(config); i++)
        if (cfn_config_at(config, i)->value)
            check_value(cfn_config_at(config, i));
    cfn_config_free(config);
    free(text);
    return 0;
}
