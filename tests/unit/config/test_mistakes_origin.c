/* Environments, variables and flags: what is refused, with the very words that tell it. */
#include "mistakes.h"

static const struct mistake in_environments[] = {
    {
        .name = "mistakes in overlays not chosen",
        .given = {.text = "project: shop\n"
                          "environments: {production: {nat: both, storag: 1}, Dev: 5, 'x y': "
                          "{environment: z}}\n"},
        .told = "p.yaml:2:34: error: environments.production.nat: must be one of none, single, "
                "per_zone, not 'both' [config.choice]\n"
                "p.yaml:2:40: error: environments.production: unknown key 'storag' "
                "[config.unknown-key]\n"
                "p.yaml:2:52: error: environments.Dev: must be 2 to 24 of a-z, 0-9 and single "
                "hyphens inside, a letter first, not 'Dev' (did you mean 'dev'?) [config.format]\n"
                "p.yaml:2:57: error: environments.Dev: must be a section of settings, not '5' "
                "[config.type]\n"
                "p.yaml:2:60: error: environments.x y: must be 2 to 24 of a-z, 0-9 and single "
                "hyphens inside, a letter first, not 'x y' (did you mean 'x-y'?) [config.format]\n"
                "p.yaml:2:81: error: environments.x y.environment: must be 2 to 24 of a-z, 0-9 and "
                "single hyphens inside, a letter first, not 'z' [config.format]\n",
    },
    {
        .name = "a list of overlays",
        .given = {.text = "project: shop\n"
                          "environments: [dev]\n"},
        .told = "p.yaml:2:15: error: environments: must be a mapping of names to settings, not a "
                "list [config.type]\n",
    },
    {
        .name = "overlays in an overlay",
        .given = {.text = "project: shop\n"
                          "environments: {dev: {environments: {a: }}}\n"},
        .told = "p.yaml:2:22: error: environments.dev: unknown key 'environments' (all "
                "environments stand side by side at the root of the file) [config.unknown-key]\n",
    },
    {
        .name = "overlay that renames itself",
        .given = {.text = "project: shop\n"
                          "environments: {dev: {environment: production}}\n"},
        .told = "p.yaml:2:35: error: environments.dev.environment: must be 'dev', or left out, not "
                "'production' [config.environment]\n",
    },
    {
        .name = "overlays under environment",
        .given = {.text = "project: shop\n"
                          "environment:\n"
                          "  dev: {}\n"},
        .told = "p.yaml:3:3: error: environment: must be 2 to 24 of a-z, 0-9 and single hyphens "
                "inside, a letter first, not a mapping (settings of environments stand under "
                "'environments') [config.type]\n",
    },
    {
        .name = "misspelt",
        .given = {.text = "project: shop\n"
                          "enviroments:\n"
                          "  dev: {}\n"},
        .told = "p.yaml:2:1: error: unknown key 'enviroments' (did you mean 'environments'?) "
                "[config.unknown-key]\n",
    },
    {
        .name = "given one that is not there",
        .given = {.text = "project: shop\n"
                          "environments: {dev: , production: }\n",
                  .environment = "prodution"},
        .told = "error: environments: must be one of dev, production, not 'prodution' (from --env) "
                "(did you mean 'production'?) [config.environment]\n",
    },
    {
        .name = "given one like nothing",
        .given = {.text = "project: shop\n"
                          "environments: {dev: , production: }\n",
                  .environment = "zzz"},
        .told = "error: environments: must be one of dev, production, not 'zzz' (from --env) "
                "[config.environment]\n",
    },
    {
        .name = "given one that is no name",
        .given = {.text = "project: shop\n", .environment = "Prod"},
        .told = "error: environment: must be 2 to 24 of a-z, 0-9 and single hyphens inside, a "
                "letter first, not 'Prod' (from --env) (did you mean 'prod'?) [config.format]\n",
    },
    {
        .name = "given two",
        .given = {.text = "project: shop\n",
                  .environment = "prod",
                  .flags = TEXTS("environment=dev", "environment=prod")},
        .told = "error: environment: must be 'prod', the chosen environment, not 'dev' (from "
                "--set) [config.environment]\n",
    },
};

static const struct mistake in_overrides[] = {
    {
        .name = "variables",
        .given = {.text = "project: shop\n",
                  .variables = TEXTS("CFNGEN_RDS_STORAGE_GB=abc", "CFNGEN_NAT=single,x",
                                     "CFNGEN_DATA_LAKE_LAYERS=[bronze", "CFNGEN_TAGS=team",
                                     "CFNGEN_NOTE=\xff", "CFNGEN_REGION=eu")},
        .told = "error: rds.storage_gb: must be an integer from 20 to 65536, not 'abc' (from the "
                "variable CFNGEN_RDS_STORAGE_GB) [config.type]\n"
                "error: nat: must be one of none, single, per_zone, not 'single,x' (from the "
                "variable CFNGEN_NAT) (did you mean 'single'?) [config.choice]\n"
                "error: data_lake.layers: must be a list such as [a, b], not '[bronze' (from the "
                "variable CFNGEN_DATA_LAKE_LAYERS) [config.type]\n"
                "error: tags: must be a mapping such as {key: value}, not 'team' (from the "
                "variable CFNGEN_TAGS) [config.type]\n"
                "error: note: must be UTF-8 without control characters (from the variable "
                "CFNGEN_NOTE) [config.syntax]\n"
                "error: region: must be a region such as eu-central-1, not 'eu' (from the variable "
                "CFNGEN_REGION) [config.format]\n",
    },
    {
        .name = "first of a variable counts",
        .given = {.text = "project: shop\n", .variables = TEXTS("CFNGEN_NAT=x", "CFNGEN_NAT=y")},
        .told = "error: nat: must be one of none, single, per_zone, not 'x' (from the variable "
                "CFNGEN_NAT) [config.choice]\n",
    },
    {
        .name = "unknown variables",
        .given = {.text = "project: shop\n",
                  .variables = TEXTS("CFNGEN_RDS_STORAG=1", "CFNGEN_RDS=1", "CFNGEN_ENVIRONMENTS=1",
                                     "CFNGEN_ZZZ=1", "CFNGEN_=1", "CFNGEN_CONFI=a", "CFNGEN",
                                     "CFNGEN_NOTHING", "OTHER=1")},
        .loads = true,
        .told = "warning: no setting has the variable 'CFNGEN_RDS_STORAG' (did you mean "
                "'CFNGEN_RDS_STORAGE_GB'?) [config.variable]\n"
                "warning: no setting has the variable 'CFNGEN_RDS' (did you mean "
                "'CFNGEN_RDS_ENABLED'?) [config.variable]\n"
                "warning: no setting has the variable 'CFNGEN_ENVIRONMENTS' (did you mean "
                "'CFNGEN_ENVIRONMENT'?) [config.variable]\n"
                "warning: no setting has the variable 'CFNGEN_ZZZ' [config.variable]\n"
                "warning: no setting has the variable 'CFNGEN_' [config.variable]\n"
                "warning: no setting has the variable 'CFNGEN_CONFI' (did you mean "
                "'CFNGEN_CONFIG'?) [config.variable]\n",
    },
    {
        .name = "flags",
        .given = {.text = "project: shop\n",
                  .flags = TEXTS("rds.storage_gb=abc", "nat=single,x", "data_lake.layers=[bronze",
                                 "tags=team", "note=\xff", "rds.enabled=yes", "tags.a=\x01",
                                 "data_lake.layers=iron", "data_lake.layers=[bronze, [gold]]",
                                 "tags={a: {}}")},
        .told =
            "error: rds.storage_gb: must be an integer from 20 to 65536, not 'abc' (from --set) "
            "[config.type]\n"
            "error: nat: must be one of none, single, per_zone, not 'single,x' (from --set) (did "
            "you mean 'single'?) [config.choice]\n"
            "error: data_lake.layers: must be a list such as [a, b], not '[bronze' (from --set) "
            "[config.type]\n"
            "error: tags: must be a mapping such as {key: value}, not 'team' (from --set) "
            "[config.type]\n"
            "error: note: must be UTF-8 without control characters (from --set) [config.syntax]\n"
            "error: rds.enabled: must be true or false, not 'yes' (from --set) (write true) "
            "[config.type]\n"
            "error: tags.a: must be UTF-8 without control characters (from --set) [config.syntax]\n"
            "error: data_lake.layers.0: must be one of bronze, silver, gold, not 'iron' (from "
            "--set) [config.choice]\n"
            "error: data_lake.layers.1: must be one of bronze, silver, gold, not a list (from "
            "--set) [config.type]\n"
            "error: tags.a: must be a text, not a mapping (from --set) [config.type]\n",
    },
    {
        .name = "flags of no setting",
        .given = {.text = "project: shop\n",
                  .flags =
                      TEXTS("rds.storag_gb=1", "rds=1", "x", "=", "=x", "", "tags.=1",
                            "environments.dev=1", "nat.x=1", "rds.logs=", "rds..port=1", ".=1")},
        .told = "error: no setting has the path 'rds.storag_gb' (from --set) (did you mean "
                "'rds.storage_gb'?) [config.flag]\n"
                "error: must be the path of a setting, not of a section: 'rds' (from --set) (for "
                "example 'rds.enabled') [config.flag]\n"
                "error: must be path=value, not 'x' (from --set) [config.flag]\n"
                "error: must be path=value, not '=' (from --set) [config.flag]\n"
                "error: must be path=value, not '=x' (from --set) [config.flag]\n"
                "error: must be path=value, not '' (from --set) [config.flag]\n"
                "error: no setting has the path 'tags.' (from --set) (did you mean 'tags'?) "
                "[config.flag]\n"
                "error: no setting has the path 'environments.dev' (from --set) [config.flag]\n"
                "error: no setting has the path 'nat.x' (from --set) [config.flag]\n"
                "error: must be the path of a setting, not of a section: 'rds.logs' (from --set) "
                "(for example 'rds.logs.level') [config.flag]\n"
                "error: no setting has the path 'rds..port' (from --set) (did you mean "
                "'rds.port'?) [config.flag]\n"
                "error: no setting has the path '.' (from --set) [config.flag]\n",
    },
    {
        .name = "refused value is not missing as well",
        .given = {.text = "", .flags = TEXTS("project=Shop")},
        .told = "error: project: must be 2 to 24 of a-z, 0-9 and single hyphens inside, a letter "
                "first, not 'Shop' (from --set) (did you mean 'shop'?) [config.format]\n",
    },
    {
        .name = "refused variable is not missing as well",
        .given = {.text = "", .variables = TEXTS("CFNGEN_PROJECT=Shop")},
        .told = "error: project: must be 2 to 24 of a-z, 0-9 and single hyphens inside, a letter "
                "first, not 'Shop' (from the variable CFNGEN_PROJECT) (did you mean 'shop'?) "
                "[config.format]\n",
    },
};

static void of_environments(void **state) {
    (void)state;
    CHECK_ALL(in_environments);
}

static void of_overrides(void **state) {
    (void)state;
    CHECK_ALL(in_overrides);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_environments),
        cmocka_unit_test(of_overrides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
