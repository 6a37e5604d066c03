/* Endpoints that somebody has set. */
#include "region.h"

#include <string.h>

/* Services whose variable has another name than their signature. */
static const struct {
    const char *service, *name;
} others[] = {
    {"airflow", "mwaa"},
    {"awsssoportal", "sso"},
    {"cloudcontrolapi", "cloudcontrol"},
    {"dms", "database_migration_service"},
    {"elasticloadbalancing", "elastic_load_balancing_v2"},
    {"elasticmapreduce", "emr"},
    {"events", "eventbridge"},
    {"logs", "cloudwatch_logs"},
    {"monitoring", "cloudwatch"},
    {"secretsmanager", "secrets_manager"},
    {"servicequotas", "service_quotas"},
    {"sso-oauth", "sso_oidc"},
    {"states", "sfn"},
    {"tagging", "resource_groups_tagging_api"},
};

/* "redshift_serverless" for "redshift-serverless", as the files write it. */
static const char *name_of(struct cfn_arena *arena, const char *service) {
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i].service, service) == 0)
            return others[i].name;
    char *name = cfn_arena_copy(arena, service, strlen(service));
    for (char *c = name; *c; c++)
        if (*c == '-')
            *c = '_';
    return name;
}

static const char *variable_of(struct cfn_arena *arena, const char *name) {
    char *variable = cfn_arena_text(arena, "AWS_ENDPOINT_URL_%s", name);
    for (char *c = variable; *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return variable;
}

static bool are_ignored(const struct cfn__settings *settings) {
    return cfn__switch(settings, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                       "ignore_configured_endpoint_urls");
}

const char *cfn__endpoint_find(struct cfn__settings *settings, const char *service) {
    if (settings->endpoint)
        return settings->endpoint;
    if (are_ignored(settings))
        return NULL;
    struct cfn_arena arena = {0};
    const char *name = name_of(&arena, service);
    const char *url = cfn__variable(settings, variable_of(&arena, name));
    if (!url)
        url = cfn__variable(settings, "AWS_ENDPOINT_URL");
    const char *services = cfn__profile_value(settings, settings->profile, "services");
    if (!url && services)
        url = cfn__section_value(settings, "services", services, name, "endpoint_url");
    if (!url)
        url = cfn__profile_value(settings, settings->profile, "endpoint_url");
    cfn_arena_done(&arena);
    return url;
}

/* A URL may carry a password, so what is wrong is not quoted. */
static int check_url(const char *url, struct cfn_place place, const char *path,
                     struct cfn_diags *diags) {
    const char *host = cfn_starts_with(url, "https://")  ? url + 8
                       : cfn_starts_with(url, "http://") ? url + 7
                                                         : "";
    if (*host && *host != '/' && !strpbrk(url, " \t\r\n\"<>?#@"))
        return 0;
    return cfn_fail(diags, "aws.endpoint", place, path,
                    "an endpoint must be a URL such as https://host or http://localhost:4566");
}

static int check_variables(const struct cfn__settings *settings, struct cfn_diags *diags) {
    static const char prefix[] = "AWS_ENDPOINT_URL";
    int result = 0;
    for (char **variable = settings->variables; *variable; variable++) {
        const char *sign = strchr(*variable, '=');
        if (!sign || !cfn_starts_with(*variable, prefix) || !sign[1])
            continue;
        char name[128] = "";
        size_t size = (size_t)(sign - *variable);
        memcpy(name, *variable, size < sizeof name ? size : sizeof name - 1);
        result |= check_url(sign + 1, (struct cfn_place){0}, name, diags);
    }
    return result;
}

static int check_profile(const struct cfn__settings *settings, struct cfn_diags *diags) {
    const char *profile = settings->profile;
    const struct cfn__ini_entry *url = cfn__profile_entry(settings, profile, "endpoint_url");
    const struct cfn__ini_entry *services = cfn__profile_entry(settings, profile, "services");
    int result = 0;
    if (url && *url->value)
        result = check_url(url->value, cfn__profile_place(settings, profile, url), "endpoint_url",
                           diags);
    if (services && !cfn__section_exists(settings, "services", services->value))
        result = cfn_fail(diags, "aws.endpoint", cfn__profile_place(settings, profile, services),
                          "services", "there is no section [services %s] in %s", services->value,
                          settings->config.file);
    return result;
}

static int check_kinds(const struct cfn__settings *settings, struct cfn_diags *diags) {
    static const char *const kinds[][3] = {
        {"AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", "FIPS"},
        {"AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", "dual-stack"},
    };
    int result = 0;
    for (size_t i = 0; i < 2; i++) {
        if (!cfn__switch(settings, kinds[i][0], kinds[i][1]))
            continue;
        result = cfn_fail(diags, "aws.endpoint", (struct cfn_place){0}, kinds[i][0],
                          "%s endpoints are not chosen by themselves here", kinds[i][2]);
        cfn_hint(diags, "set it to false, and name the endpoints with AWS_ENDPOINT_URL_<SERVICE>");
    }
    return result;
}

int cfn__endpoints_check(const struct cfn__settings *settings, struct cfn_diags *diags) {
    int result = check_kinds(settings, diags);
    if (settings->endpoint)
        return result | check_url(settings->endpoint, (struct cfn_place){0}, "endpoint", diags);
    if (are_ignored(settings))
        return result;
    return result | check_variables(settings, diags) | check_profile(settings, diags);
}
