/* Uploads: what is sent, how it is known, what is left alone. */
#include "run_fixture.h"

enum { FILES = 2300 };

/* Files that are in memory; keys that are hard to encode among them. */
struct tree {
    struct cfn_upload_file files[FILES];
    char keys[FILES][64], bytes[FILES][64];
    struct cfn_upload_place place;
};

static struct tree *tree_of(size_t count) {
    struct tree *tree = cfn__alloc(sizeof *tree);
    for (size_t i = 0; i < count; i++) {
        snprintf(tree->keys[i], sizeof tree->keys[i], "dags/%zu/a b+%%\xC3\xA9&<%05zu.py", i % 7,
                 i);
        snprintf(tree->bytes[i], sizeof tree->bytes[i], "x = %zu\n", i);
        tree->files[i] =
            (struct cfn_upload_file){tree->keys[i], tree->keys[i], tree->bytes[i], i % 13};
    }
    tree->place = (struct cfn_upload_place){"dags",  "the-bucket", "111122223333",
                                            "dags/", tree->files,  count};
    return tree;
}

static json_t *does(struct store *store, const struct tree *tree,
                    const struct cfn_upload_options *options) {
    struct cfn_diags *diags = cfn_diags_new();
    json_t *result = NULL;
    store_rest(store);
    assert_int_equal(run(store, &tree->place, options, diags, &result), 0);
    assert_int_equal(cfn_diags_count(diags), 0);
    cfn_diags_free(diags);
    return result;
}

static long number_in(const json_t *result, const char *name) {
    return (long)json_integer_value(json_object_get(result, name));
}

static void expect(json_t *result, long files, long unchanged, size_t removed, size_t left) {
    const json_t *place = json_array_get(cfn_output_list(result, "places"), 0);
    assert_int_equal(number_in(result, "files"), files);
    assert_int_equal(number_in(result, "unchanged"), unchanged);
    assert_int_equal(json_array_size(json_object_get(place, "sent")), files);
    assert_int_equal(json_array_size(json_object_get(place, "removed")), removed);
    assert_int_equal(json_array_size(json_object_get(place, "left")), left);
    json_decref(result);
}

static void all_is_sent_once(void **state) {
    (void)state;
    struct store *store = store_new();
    struct tree *tree = tree_of(FILES);
    expect(does(store, tree, NULL), FILES, 0, 0, 0);
    assert_int_equal(store->sent, FILES);
    assert_int_equal(store->most_away, 48);
    for (size_t i = 0; i < FILES; i++) {
        char digest[65];
        const struct object *object = object_of(store, tree->keys[i], false);
        assert_non_null(object);
        cfn_sha256(tree->bytes[i], tree->files[i].size, digest);
        assert_string_equal(object->sha256, digest);
    }
    expect(does(store, tree, NULL), 0, FILES, 0, 0);
    assert_int_equal(times(store, "PutObject", false), 0);
    assert_int_equal(times(store, "GetObject", false), 1);
    assert_int_equal(times(store, "ListObjectsV2", false), 3);
    assert_int_equal(times(store, "HeadObject", false), 0);
    store_free(store);
    free(tree);
}

static void only_what_has_changed_is_sent(void **state) {
    (void)state;
    struct store *store = store_new();
    struct tree *tree = tree_of(100);
    json_decref(does(store, tree, NULL));
    tree->bytes[25][0] = 'y';  /* another content of the same size */
    tree->files[30].size = 14; /* another size */
    expect(does(store, tree, NULL), 2, 98, 0, 0);
    assert_int_equal(times(store, "PutObject", false), 3);  /* and the manifest */
    object_of(store, tree->keys[40], false)->there = false; /* deleted there by somebody */
    set_object(store, object_of(store, tree->keys[50], false), tree->bytes[51], 50 % 13);
    expect(does(store, tree, NULL), 2, 98, 0, 0);
    expect(does(store, tree, NULL), 0, 100, 0, 0);
    store_free(store);
    free(tree);
}

static void a_dry_run_changes_nothing(void **state) {
    (void)state;
    struct store *store = store_new();
    struct tree *tree = tree_of(60);
    json_decref(does(store, tree, NULL));
    tree->bytes[25][0] = 'y';
    tree->place.count = 50;
    const struct cfn_upload_options dry = {.dry_run = true, .remove = true};
    expect(does(store, tree, &dry), 1, 49, 10, 0);
    assert_int_equal(store->sent, 1);
    assert_int_equal(store->removed, 10);
    assert_int_equal(times(store, "PutObject", false) + times(store, "DeleteObjects", false), 0);
    store_free(store);
    free(tree);
}

/* Only with `remove`, and only what was sent from here and lies there as it was sent. */
static void what_is_gone_here_is_deleted_when_asked_for(void **state) {
    (void)state;
    struct store *store = store_new();
    struct tree *tree = tree_of(FILES);
    json_decref(does(store, tree, NULL));
    struct object *foreign = object_of(store, "dags/0/foreign.py", true);
    set_object(store, foreign, "theirs", 6);
    struct object *overwritten = object_of(store, tree->keys[2200], false);
    set_object(store, overwritten, "theirs", 6);
    tree->place.count = 1000;
    expect(does(store, tree, NULL), 0, 1000, 0, 1299);
    const struct cfn_upload_options remove = {.remove = true};
    expect(does(store, tree, &remove), 0, 1000, 1299, 0);
    assert_int_equal(times(store, "DeleteObjects", false), 2);
    assert_true(foreign->there && overwritten->there);
    for (size_t i = 0; i < FILES; i++)
        assert_int_equal(object_of(store, tree->keys[i], false)->there, i < 1000 || i == 2200);
    expect(does(store, tree, &remove), 0, 1000, 0, 0);
    store_free(store);
    free(tree);
}

static void what_cannot_be_deleted_is_told_and_stays_ours(void **state) {
    (void)state;
    struct store *store = store_new();
    struct tree *tree = tree_of(10);
    strcpy(tree->keys[9], "dags/locked.py");
    json_decref(does(store, tree, NULL));
    tree->place.count = 5;
    for (int again = 0; again < 2; again++) {
        struct cfn_diags *diags = cfn_diags_new();
        const struct cfn_upload_options remove = {.remove = true};
        assert_int_equal(run(store, &tree->place, &remove, diags, NULL), -1);
        assert_true(has_diag(diags, "aws.AccessDenied"));
        assert_int_equal(cfn_diags_count(diags), 1);
        cfn_diags_free(diags);
    }
    store_free(store);
    free(tree);
}

/* Keys that are asked for one by one: their versions are told, sent or not. */
static void versions_are_told(void **state) {
    (void)state;
    struct store *store = store_new();
    struct cfn_upload_file files[] = {{"a", "requirements.txt", "a==1\n", 5},
                                      {"b", "startup.sh", "true\n", 5}};
    const struct tree tree = {
        .place = {"requirements", "the-bucket", "111122223333", NULL, files, 2}};
    for (int round = 0; round < 3; round++) {
        files[1].bytes = round == 2 ? "fals\n" : "true\n";
        json_t *result = does(store, &tree, NULL);
        const json_t *place = json_array_get(cfn_output_list(result, "places"), 0);
        const json_t *versions = json_object_get(place, "versions");
        assert_int_equal(json_object_size(versions), 2);
        for (size_t i = 0; i < 2; i++) {
            char version[16];
            snprintf(version, sizeof version, "v%u",
                     object_of(store, files[i].key, false)->version);
            assert_string_equal(json_string_value(json_object_get(versions, files[i].key)),
                                version);
        }
        assert_int_equal(times(store, "ListObjectsV2", false), 0);
        assert_int_equal(number_in(result, "files"), round == 0 ? 2 : round == 1 ? 0 : 1);
        json_decref(result);
    }
    store_free(store);
}

static void a_broken_manifest_means_that_all_is_sent(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        "[]",
                                        "{\"form\":1}",
                                        "{\"form\":2,\"files\":{}}",
                                        "{\"form\":1,\"files\":{\"a\":{\"size\":\"1\"}}}",
                                        "\xFF"};
    struct store *store = store_new();
    struct tree *tree = tree_of(20);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        set_object(store, object_of(store, ".cfngen/dags.json", true), texts[i], strlen(texts[i]));
        struct cfn_diags *diags = cfn_diags_new();
        store_rest(store);
        assert_int_equal(run(store, &tree->place, NULL, diags, NULL), 0);
        assert_true(has_diag(diags, "upload.manifest"));
        assert_int_equal(store->sent, 20);
        cfn_diags_free(diags);
        expect(does(store, tree, NULL), 0, 20, 0, 0);
    }
    store_free(store);
    free(tree);
}

static void limits_are_kept(void **state) {
    (void)state;
    struct store *store = store_new();
    struct tree *tree = tree_of(500);
    static char large[3000];
    memset(large, 'x', sizeof large);
    for (size_t i = 0; i < 500; i++) {
        tree->files[i].bytes = large;
        tree->files[i].size = i % 100 == 0 ? 3000 : 100;
    }
    const struct cfn_upload_options options = {.calls = 9, .memory = 1000};
    expect(does(store, tree, &options), 500, 0, 0, 0);
    assert_int_equal(store->most_away, 9);
    assert_int_equal(store->most_bytes, 3000); /* one alone, for it is more than the limit */
    store_free(store);
    free(tree);
}

/* The manifest is kept meanwhile: what was sent before the end came is not sent again. */
static void a_run_that_is_killed_is_continued(void **state) {
    (void)state;
    struct store *store = store_new();
    struct tree *tree = tree_of(FILES);
    const struct cfn_upload_options options = {.keep = 500};
    struct cfn_diags *diags = cfn_diags_new();
    store->stop_after = 1500;
    store->stop_how = 2;
    struct cfn_upload *upload = cfn_upload_new(&tree->place, 1, &options);
    const struct cfn_upload_watcher watcher = {.stop = stop_when, .self = store};
    assert_int_equal(cfn_upload_run(upload, &store->transport, &watcher, diags), -1);
    for (; store->away_count > 0; store->away_count--) /* the connections are gone */
        json_decref(store->away[store->away_count - 1].input);
    cfn_upload_free(upload);
    cfn_diags_free(diags);
    json_t *result = does(store, tree, NULL);
    assert_in_range(number_in(result, "unchanged"), 1200, 1500);
    json_decref(result);
    expect(does(store, tree, NULL), 0, FILES, 0, 0);
    store_free(store);
    free(tree);
}

static void a_run_that_is_stopped_keeps_what_it_has_done(void **state) {
    (void)state;
    struct store *store = store_new();
    struct tree *tree = tree_of(FILES);
    struct cfn_diags *diags = cfn_diags_new();
    store->stop_after = 700;
    store->stop_how = 1;
    assert_int_equal(run(store, &tree->place, NULL, diags, NULL), -1);
    assert_true(has_diag(diags, "upload.stopped"));
    assert_int_equal(store->away_count, 0);
    cfn_diags_free(diags);
    long sent = (long)store->sent;
    assert_in_range(sent, 690, 760);
    expect(does(store, tree, NULL), FILES - sent, sent, 0, 0);
    store_free(store);
    free(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_sent_once),
        cmocka_unit_test(only_what_has_changed_is_sent),
        cmocka_unit_test(a_dry_run_changes_nothing),
        cmocka_unit_test(what_is_gone_here_is_deleted_when_asked_for),
        cmocka_unit_test(what_cannot_be_deleted_is_told_and_stays_ours),
        cmocka_unit_test(versions_are_told),
        cmocka_unit_test(a_broken_manifest_means_that_all_is_sent),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(a_run_that_is_killed_is_continued),
        cmocka_unit_test(a_run_that_is_stopped_keeps_what_it_has_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
