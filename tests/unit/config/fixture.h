/* Rows of every kind, and what the tests of this floor do with them. Each test includes it and uses
 * all of it. */
#ifndef CFN_TESTS_CONFIG_FIXTURE_H
#define CFN_TESTS_CONFIG_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <config/config.h>

struct shop_logs {
    const char *level;
    long days;
};
struct shop_rds {
    bool enabled;
    long storage_gb;
    const char *version;
    const char *window;
    long port;
    struct shop_logs logs;
};
struct shop_lake {
    struct cfn_texts layers;
    const char *kms_key;
    struct cfn_texts readers;
};
struct shop {
    const char *project, *environment, *region, *note;
    const char *cidr;
    const char *nat;
    struct cfn_table tags;
    struct shop_rds rds;
    struct shop_lake data_lake;
};

static const struct cfn_row logs_rows[] = {
    CFN_CHOICE(struct shop_logs, level, .choices = "none|some|all", .fallback = "some",
               .help = "how much is logged"),
    CFN_INT(struct shop_logs, days, .min = 1, .fallback = "30", .help = "days that logs are kept"),
    CFN_ROWS_END,
};
static const struct cfn_row rds_rows[] = {
    CFN_BOOL(struct shop_rds, enabled, .fallback = "true", .help = "whether there is a database"),
    CFN_INT(struct shop_rds, storage_gb, .min = 20, .max = 65536, .fallback = "20",
            .help = "storage in gigabytes"),
    CFN_TEXT(struct shop_rds, version, .format = &cfn_format_version, .fallback = "17.10",
             .help = "version of PostgreSQL"),
    CFN_TEXT(struct shop_rds, window, .format = &cfn_format_window,
             .help = "when it is maintained"),
    CFN_INT(struct shop_rds, port, .help = "port | socket"),
    CFN_SECTION(struct shop_rds, logs, struct shop_logs, .rows = logs_rows,
                .help = "logs of the database"),
    CFN_ROWS_END,
};
static const struct cfn_row lake_rows[] = {
    CFN_TEXTS(struct shop_lake, layers, .min = 1, .max = 3, .choices = "bronze|silver|gold",
              .fallback = "[bronze, silver, gold]", .help = "layers of the lake"),
    CFN_TEXT(struct shop_lake, kms_key, .format = &cfn_format_arn,
             .help = "key that encrypts the lake"),
    CFN_TEXTS(struct shop_lake, readers, .format = &cfn_format_arn, .help = "who may read it"),
    CFN_ROWS_END,
};
static const struct cfn_row shop_rows[] = {
    CFN_TEXT(struct shop, project, .format = &cfn_format_name, .required = true,
             .help = "name of the project"),
    CFN_TEXT(struct shop, environment, .format = &cfn_format_name, .fallback = "dev",
             .help = "name of the environment"),
    CFN_TEXT(struct shop, region, .format = &cfn_format_region, .fallback = "eu-central-1",
             .help = "region of AWS"),
    CFN_TEXT(struct shop, note, .help = "what you like"),
    CFN_TEXT(struct shop, cidr, .format = &cfn_format_cidr, .fallback = "10.0.0.0/16",
             .help = "addresses of the network"),
    CFN_CHOICE(struct shop, nat, .choices = "none|single|per_zone", .fallback = "single",
               .help = "how private subnets reach the internet"),
    CFN_TABLE(struct shop, tags, .fallback = "{managed-by: cfngen}",
              .help = "tags of all resources"),
    CFN_SECTION(struct shop, rds, struct shop_rds, .rows = rds_rows, .help = "the database"),
    CFN_SECTION(struct shop, data_lake, struct shop_lake, .rows = lake_rows, .help = "the lake"),
    CFN_ROWS_END,
};

/* A load and what came of it. */
struct loaded {
    struct shop shop;
    struct cfn_config *config;
    struct cfn_diags *diags;
};

struct given {
    const char *text;
    const char *environment;
    const char *const *variables, *const *flags;
};

static inline struct loaded load(struct given given) {
    struct loaded l = {.diags = cfn_diags_new()};
    const struct cfn_config_source source = {
        .name = "p.yaml",
        .text = given.text,
        .size = strlen(given.text),
        .environment = given.environment,
        .variables = given.variables,
        .flags = given.flags,
    };
    memset(&l.shop, 0xA5, sizeof l.shop); /* members without a value must be set too */
    l.config = cfn_config_load(shop_rows, &l.shop, &source, l.diags);
    return l;
}

static inline void unload(struct loaded *l) {
    cfn_config_free(l->config);
    cfn_diags_free(l->diags);
}

/* All diagnostics, one a line, in the order of the file. */
static inline char *told(struct cfn_diags *diags) {
    struct cfn_text text = {0};
    cfn_diags_sort(diags);
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        char *line = cfn_diag_text(cfn_diags_at(diags, i));
        cfn_text_printf(&text, "%s\n", line);
        free(line);
    }
    return cfn_text_take(&text);
}

static inline void assert_told(struct cfn_diags *diags, const char *expected) {
    char *text = told(diags);
    assert_string_equal(text, expected);
    free(text);
}

#define GIVEN(...) ((struct given){.text = __VA_ARGS__})
#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
