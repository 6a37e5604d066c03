/* Everything that can be wrong in a file, with the very words that tell it. */
#include "mistakes.h"

static const struct mistake in_settings[] = {
    {
        .name = "unknown key in a section",
        .given = {.text = "project: shop\n"
                          "rds:\n"
                          "  storag_gb: 30\n"},
        .told = "p.yaml:3:3: error: rds: unknown key 'storag_gb' (did you mean 'storage_gb'?) "
                "[config.unknown-key]\n",
    },
    {
        .name = "unknown key of another section",
        .given = {.text = "project: shop\n"
                          "storage_gb: 30\n"},
        .told = "p.yaml:2:1: error: unknown key 'storage_gb' (did you mean 'rds.storage_gb'?) "
                "[config.unknown-key]\n",
    },
    {
        .name = "unknown section",
        .given = {.text = "project: shop\n"
                          "rdss:\n"
                          "  storage_gb: 30\n"},
        .told =
            "p.yaml:2:1: error: unknown key 'rdss' (did you mean 'rds'?) [config.unknown-key]\n",
    },
    {
        .name = "unknown key by case",
        .given = {.text = "project: shop\n"
                          "Region: eu-west-1\n"},
        .told = "p.yaml:2:1: error: unknown key 'Region' (did you mean 'region'?) "
                "[config.unknown-key]\n",
    },
    {
        .name = "unknown key that was left unfinished",
        .given = {.text = "project: shop\n"
                          "rds: {stor: 1}\n"},
        .told = "p.yaml:2:7: error: rds: unknown key 'stor' (did you mean 'storage_gb'?) "
                "[config.unknown-key]\n",
    },
    {
        .name = "unknown key like nothing",
        .given = {.text = "project: shop\n"
                          "zzz: 1\n"},
        .told = "p.yaml:2:1: error: unknown key 'zzz' [config.unknown-key]\n",
    },
    {
        .name = "unknown key in another script",
        .given = {.text = "caf\xC3\xA9: {b\xC3\xA4: 1}\n"
                          "project: shop\n"},
        .told = "p.yaml:1:1: error: unknown key 'caf\xC3\xA9' [config.unknown-key]\n",
    },
    {
        .name = "columns count characters",
        .given = {.text = "project: shop\n"
                          "tags: {\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80: [a]}\n"},
        .told = "p.yaml:2:13: error: tags.\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80: must be a text, "
                "not a list [config.type]\n",
    },
    {
        .name = "several kinds at once",
        .given =
            {.text =
                 "rds: {storage_gb: abc, enabled: yes, port: 1.5, logs: {days: 0, level: both}}\n"},
        .told =
            "p.yaml:1:1: error: project: is required (write 'project: shop') [config.required]\n"
            "p.yaml:1:19: error: rds.storage_gb: must be an integer from 20 to 65536, not 'abc' "
            "[config.type]\n"
            "p.yaml:1:33: error: rds.enabled: must be true or false, not 'yes' (write true) "
            "[config.type]\n"
            "p.yaml:1:44: error: rds.port: must be an integer, not '1.5' [config.type]\n"
            "p.yaml:1:62: error: rds.logs.days: must be an integer of at least 1, not '0' "
            "[config.range]\n"
            "p.yaml:1:72: error: rds.logs.level: must be one of none, some, all, not 'both' "
            "[config.choice]\n",
    },
    {
        .name = "booleans of yaml 1 1",
        .given = {.text = "project: shop\n"
                          "rds: {enabled: Off}\n"
                          "environments: {a1: {rds: {enabled: 1}}, a2: {rds: {enabled: 'TRUE'}}, "
                          "a3: {rds: {enabled: maybe}}}\n"},
        .told = "p.yaml:2:16: error: rds.enabled: must be true or false, not 'Off' (write false) "
                "[config.type]\n"
                "p.yaml:3:36: error: environments.a1.rds.enabled: must be true or false, not '1' "
                "(write true) [config.type]\n"
                "p.yaml:3:61: error: environments.a2.rds.enabled: must be true or false, not "
                "'TRUE' (write true) [config.type]\n"
                "p.yaml:3:91: error: environments.a3.rds.enabled: must be true or false, not "
                "'maybe' [config.type]\n",
    },
    {
        .name = "nothing where a value must be",
        .given = {.text = "project:\n"
                          "region: ~\n"
                          "nat: null\n"
                          "tags:\n"
                          "data_lake: {layers: }\n"},
        .told = "p.yaml:1:9: error: project: must be 2 to 24 of a-z, 0-9 and single hyphens "
                "inside, a letter first, not nothing [config.type]\n"
                "p.yaml:2:9: error: region: must be a region such as eu-central-1, not nothing "
                "[config.type]\n"
                "p.yaml:3:6: error: nat: must be one of none, single, per_zone, not nothing "
                "[config.type]\n"
                "p.yaml:4:6: error: tags: must be a mapping such as {key: value}, not nothing "
                "[config.type]\n"
                "p.yaml:5:21: error: data_lake.layers: must be a list such as [a, b], not nothing "
                "[config.type]\n",
    },
    {
        .name = "collections where a scalar must be",
        .given = {.text = "project: [a]\n"
                          "region: {a: b}\n"
                          "nat: []\n"
                          "tags: [a]\n"
                          "data_lake: {layers: bronze}\n"
                          "rds: 5\n"},
        .told = "p.yaml:1:10: error: project: must be 2 to 24 of a-z, 0-9 and single hyphens "
                "inside, a letter first, not a list [config.type]\n"
                "p.yaml:2:9: error: region: must be a region such as eu-central-1, not a mapping "
                "[config.type]\n"
                "p.yaml:3:6: error: nat: must be one of none, single, per_zone, not a list "
                "[config.type]\n"
                "p.yaml:4:7: error: tags: must be a mapping such as {key: value}, not a list "
                "[config.type]\n"
                "p.yaml:5:21: error: data_lake.layers: must be a list such as [a, b], not 'bronze' "
                "[config.type]\n"
                "p.yaml:6:6: error: rds: must be a section of settings, not '5' [config.type]\n",
    },
    {
        .name = "formats with a guess",
        .given = {.text = "project: Shop_Two\n"
                          "region: eu-central-1a\n"
                          "nat: per-zone\n"
                          "cidr: 10.0.0.1/16\n"
                          "rds: {version: v17, window: Sun:03:00-Sun:04:00}\n"},
        .told =
            "p.yaml:1:10: error: project: must be 2 to 24 of a-z, 0-9 and single hyphens inside, a "
            "letter first, not 'Shop_Two' (did you mean 'shop-two'?) [config.format]\n"
            "p.yaml:2:9: error: region: must be a region such as eu-central-1, not 'eu-central-1a' "
            "(did you mean 'eu-central-1'?) [config.format]\n"
            "p.yaml:3:6: error: nat: must be one of none, single, per_zone, not 'per-zone' (did "
            "you mean 'per_zone'?) [config.choice]\n"
            "p.yaml:4:7: error: cidr: must be a CIDR block from /16 to /28 such as 10.0.0.0/16, "
            "not '10.0.0.1/16' (did you mean '10.0.0.0/16'?) [config.format]\n"
            "p.yaml:5:16: error: rds.version: must be a version such as 17, 17.10 or 3.0.6, not "
            "'v17' [config.format]\n"
            "p.yaml:5:29: error: rds.window: must be a weekly window of at least 30 minutes such "
            "as sun:03:00-sun:04:00, not 'Sun:03:00-Sun:04:00' (did you mean "
            "'sun:03:00-sun:04:00'?) [config.format]\n",
    },
    {
        .name = "items of lists",
        .given = {.text = "project: shop\n"
                          "data_lake: {layers: [], readers: [a, [b], ]}\n"},
        .told =
            "p.yaml:2:21: error: data_lake.layers: must have 1 to 3 items, not 0 [config.range]\n"
            "p.yaml:2:35: error: data_lake.readers.0: must be an ARN such as "
            "arn:aws:iam::111122223333:role/reader, not 'a' [config.format]\n"
            "p.yaml:2:38: error: data_lake.readers.1: must be an ARN such as "
            "arn:aws:iam::111122223333:role/reader, not a list [config.type]\n",
    },
    {
        .name = "too many items",
        .given = {.text = "project: shop\n"
                          "data_lake: {layers: [bronze, iron, silver, gold]}\n"},
        .told =
            "p.yaml:2:21: error: data_lake.layers: must have 1 to 3 items, not 4 [config.range]\n"
            "p.yaml:2:30: error: data_lake.layers.1: must be one of bronze, silver, gold, not "
            "'iron' [config.choice]\n",
    },
    {
        .name = "integers out of range",
        .given = {.text = "project: shop\n"
                          "rds: {storage_gb: 99999999999999999999, port: -99999999999999999999, "
                          "logs: {days: -1}}\n"},
        .told = "p.yaml:2:19: error: rds.storage_gb: must be an integer from 20 to 65536, not "
                "'99999999999999999999' [config.range]\n"
                "p.yaml:2:47: error: rds.port: must be an integer of at most 18 digits, not "
                "'-99999999999999999999' [config.range]\n"
                "p.yaml:2:83: error: rds.logs.days: must be an integer of at least 1, not '-1' "
                "[config.range]\n",
    },
    {
        .name = "integers just out of range",
        .given = {.text = "project: shop\n"
                          "rds: {storage_gb: 19}\n"
                          "environments: {dev: {rds: {storage_gb: 65537}}}\n"},
        .told = "p.yaml:2:19: error: rds.storage_gb: must be an integer from 20 to 65536, not '19' "
                "[config.range]\n"
                "p.yaml:3:40: error: environments.dev.rds.storage_gb: must be an integer from 20 "
                "to 65536, not '65537' [config.range]\n",
    },
    {
        .name = "integers of other bases",
        .given = {.text = "project: shop\n"
                          "rds: {storage_gb: 010, port: +5, logs: {days: 0x10}}\n"},
        .told = "p.yaml:2:19: error: rds.storage_gb: must be an integer from 20 to 65536, not "
                "'010' [config.type]\n"
                "p.yaml:2:30: error: rds.port: must be an integer, not '+5' [config.type]\n"
                "p.yaml:2:47: error: rds.logs.days: must be an integer of at least 1, not '0x10' "
                "[config.type]\n",
    },
    {
        .name = "integers with more than digits",
        .given = {.text = "project: shop\n"
                          "rds: {storage_gb: 1_000, port: '', logs: {days: 30 days}}\n"},
        .told = "p.yaml:2:19: error: rds.storage_gb: must be an integer from 20 to 65536, not "
                "'1_000' [config.type]\n"
                "p.yaml:2:32: error: rds.port: must be an integer, not '' [config.type]\n"
                "p.yaml:2:49: error: rds.logs.days: must be an integer of at least 1, not '30 "
                "days' [config.type]\n",
    },
    {
        .name = "entries of tables",
        .given = {.text = "project: shop\n"
                          "tags: {a: [b], '': c, d: }\n"},
        .told = "p.yaml:2:11: error: tags.a: must be a text, not a list [config.type]\n"
                "p.yaml:2:16: error: tags: must have keys of 1 to 128 characters, not '' "
                "[config.type]\n"
                "p.yaml:2:26: error: tags.d: must be a text, not nothing [config.type]\n",
    },
    {
        .name = "key of a table too long",
        .given = {.text = "project: shop\n"
                          "tags:\n"
                          "  ? "
                          "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
                          "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\n"
                          "  : v\n"},
        .told = "p.yaml:3:5: error: tags: must have keys of 1 to 128 characters, not "
                "'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
                "kkkkkkkkkkkkkkk...' [config.type]\n",
    },
    {
        .name = "long texts are shortened",
        .given = {.text = "project: shop\n"
                          "nat: "
                          "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                          "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                          "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"
                          "rds: {enabled: \"a\\nb\\tc\"}\n"},
        .told =
            "p.yaml:2:6: error: nat: must be one of none, single, per_zone, not "
            "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            "xxxxxxxxxxx...' [config.choice]\n"
            "p.yaml:3:16: error: rds.enabled: must be true or false, not 'a?b?c' [config.type]\n",
    },
    {
        .name = "duplicate keys",
        .given = {.text = "project: shop\n"
                          "project: shop\n"
                          "rds: {port: 1, port: 2}\n"
                          "project: third\n"},
        .told = "p.yaml:2:1: error: must not repeat the key 'project' (the first is at line 1, "
                "column 1) [config.duplicate-key]\n"
                "p.yaml:3:16: error: must not repeat the key 'port' (the first is at line 3, "
                "column 7) [config.duplicate-key]\n"
                "p.yaml:4:1: error: must not repeat the key 'project' (the first is at line 1, "
                "column 1) [config.duplicate-key]\n",
    },
    {
        .name = "a list as file",
        .given = {.text = "- a\n"},
        .told = "p.yaml:1:1: error: must be a mapping of settings, not a list [config.type]\n",
    },
    {
        .name = "a word as file",
        .given = {.text = "word\n"},
        .told = "p.yaml:1:1: error: must be a mapping of settings, not 'word' [config.type]\n",
    },
    {
        .name = "required is missing",
        .given = {.text = "rds:\n"
                          "  port: 1\n"},
        .told =
            "p.yaml:1:1: error: project: is required (write 'project: shop') [config.required]\n",
    },
    {
        .name = "required is missing in an empty file",
        .given = {.text = ""},
        .told =
            "p.yaml:1:1: error: project: is required (write 'project: shop') [config.required]\n",
    },
    {
        .name = "required is only in another environment",
        .given = {.text = "environments: {production: {project: shop}}\n"},
        .told =
            "p.yaml:1:1: error: project: is required (write 'project: shop') [config.required]\n",
    },
};

static void of_settings(void **state) {
    (void)state;
    CHECK_ALL(in_settings);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
