/* What a platform's stacks need: parts, places, versions. */
#define _XOPEN_SOURCE 700
#include "base/base.h"

#include <cfngen/upload.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char root[64];

struct fixture {
    struct cfn_stack_set *stacks;
    struct cfn_platform *platform;
    struct cfn_diags *diags;
    json_t *deployed;
    char pipeline[96], dbt[96];
};

static void write_file(const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        mkdir(path, 0755);
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(name, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state) {
    static const char text[] = "project: shop\nregion: eu-west-1\nmwaa: {dags_path: flows, "
                               "startup_script_path: boot/start.sh}\n";
    static struct fixture f;
    static const struct cfn_config_source source = {
        .name = "platform.yaml", .text = text, .size = sizeof text - 1};
    strcpy(root, "/tmp/cfngen-set-XXXXXX");
    assert_non_null(mkdtemp(root));
    f = (struct fixture){.stacks = cfn_stack_set_new(), .diags = cfn_diags_new()};
    f.platform = cfn_platform_load(f.stacks, &source, "2026-11-23", f.diags);
    assert_non_null(f.platform);
    const char *id = "arn:aws:cloudformation:eu-west-1:111122223333:stack/s/1";
    f.deployed = json_pack("[{s:s, s:s, s:{s:s}}, {s:s, s:s, s:{s:s}, s:{s:s}}]", "name", "common",
                           "stack_id", id, "outputs", "ScriptBucketName", "the-scripts", "name",
                           "mwaa", "stack_id", id, "outputs", "BucketName", "the-dags",
                           "parameters", "RequirementsVersion", "v1");
    snprintf(f.pipeline, sizeof f.pipeline, "%s/pipeline", root);
    snprintf(f.dbt, sizeof f.dbt, "%s/dbt", root);
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    json_decref(f->deployed);
    cfn_platform_free(f->platform);
    cfn_stack_set_free(f->stacks);
    cfn_diags_free(f->diags);
    return system(command);
}

static int make(struct fixture *f, const char *const *parts, struct cfn_upload_set *set) {
    const struct cfn_upload_sources sources = {f->pipeline, f->dbt, parts};
    return cfn_upload_set_of(f->platform, f->deployed, &sources, set, f->diags);
}

static void expect_place(const struct cfn_upload_place *place, const char *name, const char *bucket,
                         const char *prefix, const char *first) {
    assert_string_equal(place->name, name);
    assert_string_equal(place->bucket, bucket);
    assert_string_equal(place->owner, "111122223333");
    assert_true(prefix ? place->prefix && strcmp(prefix, place->prefix) == 0 : !place->prefix);
    assert_string_equal(place->files[0].key, first);
}

static void each_part_has_its_place(void **state) {
    struct fixture *f = *state;
    static const char *const names[] = {"pipeline/spark/job.py", "pipeline/tables.json",
                                        "pipeline/dags/d.py",    "dbt/dbt_project.yml",
                                        "dbt/target/no",         "pipeline/requirements.txt",
                                        "pipeline/plugins/a.py", "pipeline/boot/start.sh"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        write_file(names[i]);
    struct cfn_upload_set set;
    assert_int_equal(make(f, NULL, &set), 0);
    assert_int_equal(set.count, 4);
    expect_place(&set.places[0], "spark", "the-scripts", "spark/", "spark/job.py");
    expect_place(&set.places[1], "dags", "the-dags", "flows/", "flows/d.py");
    expect_place(&set.places[2], "dbt", "the-dags", "flows/dbt_project/",
                 "flows/dbt_project/dbt_project.yml");
    expect_place(&set.places[3], "requirements", "the-dags", NULL, "requirements.txt");
    assert_int_equal(set.places[0].count, 3);
    assert_string_equal(set.places[0].files[1].key, "spark/tables.json");
    assert_string_equal(set.places[0].files[2].key, "spark/modules.zip");
    assert_int_equal(set.places[2].count, 1);
    assert_string_equal(set.places[3].files[1].key, "plugins.zip");
    assert_non_null(set.places[3].files[1].bytes);
    assert_string_equal(set.places[3].files[2].key, "boot/start.sh");
    cfn_upload_set_done(&set);
}

static void an_archive_that_is_there_goes_before_its_folder(void **state) {
    struct fixture *f = *state;
    struct cfn_upload_set set;
    write_file("pipeline/plugins/a.py");
    write_file("pipeline/plugins.zip");
    assert_int_equal(make(f, NULL, &set), 0);
    assert_int_equal(set.places[0].count, 1);
    assert_null(set.places[0].files[0].bytes);
    cfn_upload_set_done(&set);
}

static void what_is_not_there(void **state) {
    struct fixture *f = *state;
    static const char *const dbt[] = {"dbt", NULL}, *const dags[] = {"dags", NULL};
    static const struct {
        const char *const *parts;
        const char *code;
    } cases[] = {{NULL, "upload.nothing"}, {dbt, "io.read"}, {dags, "io.read"}};
    struct cfn_upload_set set;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(make(f, cases[i].parts, &set), -1);
        assert_int_equal(cfn_diags_count(f->diags), i + 1);
        assert_string_equal(cfn_diags_at(f->diags, i)->code, cases[i].code);
        cfn_upload_set_done(&set);
    }
    write_file("pipeline/dags/d.py");
    json_object_del(json_object_get(json_array_get(f->deployed, 1), "outputs"), "BucketName");
    assert_int_equal(make(f, NULL, &set), -1);
    assert_string_equal(cfn_diags_at(f->diags, 3)->code, "upload.not-deployed");
    cfn_upload_set_done(&set);
    json_array_remove(f->deployed, 1);
    assert_int_equal(make(f, dags, &set), -1);
    assert_string_equal(cfn_diags_at(f->diags, 4)->code, "upload.part");
    cfn_upload_set_done(&set);
}

static void a_key_that_two_files_want(void **state) {
    struct fixture *f = *state;
    struct cfn_upload_set set;
    write_file("pipeline/dags/dbt_project/a.sql");
    write_file("dbt/a.sql");
    assert_int_equal(make(f, NULL, &set), -1);
    assert_string_equal(cfn_diags_at(f->diags, 0)->code, "upload.twice");
    cfn_upload_set_done(&set);
}

static void only_versions_that_the_stack_has_not(void **state) {
    struct fixture *f = *state;
    json_t *result = json_pack("{s:[{s:s, s:{s:s}}, {s:s, s:{s:s, s:s}}]}", "places", "name",
                               "dags", "versions", "requirements.txt", "v9", "name", "requirements",
                               "versions", "requirements.txt", "v1", "boot/start.sh", "v2");
    json_t *parameters = cfn_upload_parameters(f->platform, f->deployed, result);
    assert_int_equal(json_object_size(parameters), 1);
    assert_string_equal(cfn_output_text(parameters, "StartupScriptVersion"), "v2");
    json_decref(parameters);
    json_decref(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_part_has_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_archive_that_is_there_goes_before_its_folder, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_that_two_files_want, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_versions_that_the_stack_has_not, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
