/* Uploads in parts, files that change, and a store that fails. */
#define _POSIX_C_SOURCE 200809L
#include "run_fixture.h"

#include <unistd.h>

enum { LARGE = 1000, PART = 300 };
static const struct cfn_upload_options in_parts = {.large = LARGE, .part = PART, .calls = 8};
static char content[20000];

struct two {
    struct cfn_upload_file files[6];
    struct cfn_upload_place place;
};

/* Large and small by turns. */
static struct two two_of(void) {
    static const char *const keys[] = {"d/large0", "d/small1", "d/large2",
                                       "d/small3", "d/large4", "d/small5"};
    struct two two = {.place = {"dags", "the-bucket", "111122223333", "d/", NULL, 6}};
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (char)(i * i % 251);
    for (size_t i = 0; i < 6; i++)
        two.files[i] =
            (struct cfn_upload_file){keys[i], keys[i], content + i, i % 2 ? 30 : LARGE + 1234 * i};
    return two;
}

static int sends(struct store *store, struct two *two, struct cfn_diags *diags) {
    two->place.files = two->files;
    return run(store, &two->place, &in_parts, diags, NULL);
}

static void nothing_is_open(const struct store *store) {
    for (size_t i = 0; i < store->upload_count; i++)
        assert_false(store->uploads[i].open);
}

/* The next run has nothing to do but what has failed before. */
static void goes_on(struct store *store, struct two *two, size_t left) {
    struct cfn_diags *diags = cfn_diags_new();
    store_rest(store);
    assert_int_equal(sends(store, two, diags), 0);
    assert_int_equal(cfn_diags_count(diags), 0);
    assert_int_equal(store->sent, left);
    nothing_is_open(store);
    cfn_diags_free(diags);
}

static void large_files_go_in_parts(void **state) {
    (void)state;
    struct store *store = store_new();
    struct two two = two_of();
    goes_on(store, &two, 6);
    assert_int_equal(store->upload_count, 3);
    assert_int_equal(times(store, "UploadPart", false), 4 + 12 + 20);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(object_of(store, two.files[i].key, false)->size, two.files[i].size);
    goes_on(store, &two, 0);
    two.files[2].bytes = content + 77;
    goes_on(store, &two, 1);
    store_free(store);
}

/* Whatever fails once for good: the file is told, parts are taken back, the others go on. */
static void one_failure_is_one_file(void **state) {
    (void)state;
    static const struct {
        const char *action, *key, *code;
        unsigned first;
    } faults[] = {{"PutObject", NULL, "InvalidRequest", 2},
                  {"CreateMultipartUpload", NULL, "InvalidRequest", 2},
                  {"UploadPart", NULL, "BadDigest", 7},
                  {"CompleteMultipartUpload", NULL, "InvalidPart", 1}};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct store *store = store_new();
        struct two two = two_of();
        struct cfn_diags *diags = cfn_diags_new();
        store->fault.action = faults[i].action;
        store->fault.code = faults[i].code;
        store->fault.outcome = CFN_REPLY_REFUSED;
        store->fault.status = 400;
        store->fault.first = faults[i].first;
        store->fault.many = 1;
        assert_int_equal(sends(store, &two, diags), -1);
        assert_int_equal(store->sent, 5);
        assert_int_equal(cfn_diags_count(diags), 1);
        assert_true(cfn_starts_with(cfn_diags_at(diags, 0)->code, "aws."));
        nothing_is_open(store);
        cfn_diags_free(diags);
        goes_on(store, &two, 1);
        store_free(store);
    }
}

/* What all others would meet too ends the run, and is told once. */
static void what_all_would_meet_is_told_once(void **state) {
    (void)state;
    static const struct {
        const char *action, *code;
        enum cfn_outcome outcome;
        int status;
    } faults[] = {{"PutObject", "AccessDenied", CFN_REPLY_DENIED, 403},
                  {"PutObject", "ExpiredToken", CFN_REPLY_EXPIRED, 400},
                  {"PutObject", "timeout", CFN_REPLY_BROKEN, 0},
                  {"PutObject", "SlowDown", CFN_REPLY_THROTTLED, 503},
                  {"PutObject", "NoSuchBucket", CFN_REPLY_REFUSED, 404},
                  {"UploadPart", "AccessDenied", CFN_REPLY_DENIED, 403},
                  {"GetObject", "AccessDenied", CFN_REPLY_DENIED, 403},
                  {"GetObject", "NoSuchBucket", CFN_REPLY_REFUSED, 404},
                  {"ListObjectsV2", "AccessDenied", CFN_REPLY_DENIED, 403},
                  {"ListObjectsV2", "dns", CFN_REPLY_BROKEN, 0}};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct store *store = store_new();
        struct two two = two_of();
        struct cfn_diags *diags = cfn_diags_new();
        store->fault.action = faults[i].action;
        store->fault.code = faults[i].code;
        store->fault.outcome = faults[i].outcome;
        store->fault.status = faults[i].status;
        store->fault.first = 1;
        store->fault.many = 100;
        assert_int_equal(sends(store, &two, diags), -1);
        assert_int_equal(cfn_diags_count(diags), 1);
        assert_non_null(cfn_diags_at(diags, 0)->hint);
        assert_int_equal(store->away_count, 0);
        nothing_is_open(store);
        cfn_diags_free(diags);
        long done = (long)store->sent;
        store_rest(store);
        diags = cfn_diags_new();
        assert_int_equal(sends(store, &two, diags), 0);
        assert_in_range(store->sent, 6 - done, 6);
        cfn_diags_free(diags);
        store_free(store);
    }
}

/* The answer to the end is lost, and the same said again is refused: the object itself tells. */
static void a_lost_answer_to_the_end_is_found_out(void **state) {
    (void)state;
    for (int there = 0; there < 2; there++) {
        struct store *store = store_new();
        struct two two = two_of();
        struct cfn_diags *diags = cfn_diags_new();
        store->fault.action = "CompleteMultipartUpload";
        store->fault.code = "NoSuchUpload";
        store->fault.outcome = CFN_REPLY_REFUSED;
        store->fault.status = 404;
        store->fault.first = 1;
        store->fault.many = 1;
        store->fault.carried_out = there;
        assert_int_equal(sends(store, &two, diags), there ? 0 : -1);
        assert_int_equal(store->sent, there ? 6 : 5);
        assert_int_equal(cfn_diags_count(diags), there ? 0 : 1);
        nothing_is_open(store);
        cfn_diags_free(diags);
        goes_on(store, &two, there ? 0 : 1);
        store_free(store);
    }
}

static void another_checksum_is_told(void **state) {
    (void)state;
    static const char *const actions[] = {"PutObject", "UploadPart", "CompleteMultipartUpload"};
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        struct store *store = store_new();
        struct two two = two_of();
        struct cfn_diags *diags = cfn_diags_new();
        store->wrong_checksum = actions[i];
        assert_int_equal(sends(store, &two, diags), -1);
        assert_int_equal(store->sent, 3);
        assert_true(has_diag(diags, "aws.BadDigest"));
        nothing_is_open(store);
        cfn_diags_free(diags);
        goes_on(store, &two, 3);
        store_free(store);
    }
}

static void parts_are_taken_back_when_it_is_stopped(void **state) {
    (void)state;
    for (int after = 3; after < 45; after += 3) {
        struct store *store = store_new();
        struct two two = two_of();
        struct cfn_diags *diags = cfn_diags_new();
        store->stop_after = after;
        store->stop_how = 1;
        int result = sends(store, &two, diags);
        assert_int_equal(result, store->sent == 6 ? 0 : -1);
        assert_int_equal(store->away_count, 0);
        nothing_is_open(store);
        cfn_diags_free(diags);
        goes_on(store, &two, 6 - store->sent);
        store_free(store);
    }
}

/* -- files ------------------------------------------------------------------------------------- */

static void write_file(const char *path, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

struct meddling {
    struct store *store;
    const char *path;
    size_t size;
    int after;
    bool gone;
};

/* Between two replies somebody writes to the file, or takes it away. */
static void meddle(void *self, const struct cfn_upload_progress *progress, int64_t now) {
    struct meddling *meddling = self;
    (void)progress, (void)now;
    if (meddling->store->replies < meddling->after || !meddling->path)
        return;
    if (meddling->gone)
        unlink(meddling->path);
    else
        write_file(meddling->path, meddling->size);
    meddling->path = NULL;
}

static void a_file_that_is_written_to_is_not_taken(void **state) {
    (void)state;
    char path[] = "/tmp/cfngen-upload-XXXXXX";
    assert_int_equal(close(mkstemp(path)), 0);
    struct store *store = store_new();
    const struct cfn_upload_file file = {.path = path, .key = "d/large"};
    const struct cfn_upload_place place = {"dags", "the-bucket", "111122223333", "d/", &file, 1};
    const struct cfn_upload_options one = {.large = LARGE, .part = PART, .calls = 1};
    for (int round = 0; round < 2; round++) {
        write_file(path, 3000);
        struct meddling meddling = {store, path, 3001, 6, false};
        const struct cfn_upload_watcher watcher = {.look = meddle, .self = &meddling};
        struct cfn_diags *diags = cfn_diags_new();
        store_rest(store);
        struct cfn_upload *upload = cfn_upload_new(&place, 1, &one);
        assert_int_equal(cfn_upload_run(upload, &store->transport, &watcher, diags), -1);
        assert_true(has_diag(diags, "io.changed"));
        assert_string_equal(cfn_diags_at(diags, 0)->place.file, path);
        nothing_is_open(store);
        cfn_upload_free(upload);
        cfn_diags_free(diags);
    }
    unlink(path);
    store_free(store);
}

/* One that is put in its place is not mixed with it; one that is gone is told. */
static void files_that_go(void **state) {
    (void)state;
    char path[] = "/tmp/cfngen-upload-XXXXXX";
    assert_int_equal(close(mkstemp(path)), 0);
    struct store *store = store_new();
    const struct cfn_upload_file files[] = {{.path = path, .key = "d/small"},
                                            {"other", "d/other", "x", 1}};
    const struct cfn_upload_place place = {"dags", "the-bucket", "111122223333", "d/", files, 2};
    write_file(path, 100);
    struct meddling meddling = {store, path, 0, 1, true};
    struct cfn_upload *upload = cfn_upload_new(&place, 1, NULL);
    const struct cfn_upload_watcher watcher = {.look = meddle, .self = &meddling};
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn_upload_run(upload, &store->transport, &watcher, diags), -1);
    assert_true(has_diag(diags, "io.read"));
    assert_int_equal(cfn_diags_count(diags), 1);
    assert_non_null(object_of(store, "d/other", false));
    cfn_upload_free(upload);
    cfn_diags_free(diags);
    store_free(store);
}

static void an_empty_file_is_a_file(void **state) {
    (void)state;
    char path[] = "/tmp/cfngen-upload-XXXXXX";
    assert_int_equal(close(mkstemp(path)), 0);
    struct store *store = store_new();
    const struct cfn_upload_file file = {.path = path, .key = "d/empty"};
    const struct cfn_upload_place place = {"dags", "the-bucket", "111122223333", "d/", &file, 1};
    struct cfn_diags *diags = cfn_diags_new();
    for (int round = 0; round < 2; round++) {
        store_rest(store);
        assert_int_equal(run(store, &place, NULL, diags, NULL), 0);
        assert_int_equal(store->sent, round == 0);
    }
    assert_true(object_of(store, "d/empty", false)->there);
    unlink(path);
    cfn_diags_free(diags);
    store_free(store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_files_go_in_parts),
        cmocka_unit_test(one_failure_is_one_file),
        cmocka_unit_test(what_all_would_meet_is_told_once),
        cmocka_unit_test(a_lost_answer_to_the_end_is_found_out),
        cmocka_unit_test(another_checksum_is_told),
        cmocka_unit_test(parts_are_taken_back_when_it_is_stopped),
        cmocka_unit_test(a_file_that_is_written_to_is_not_taken),
        cmocka_unit_test(files_that_go),
        cmocka_unit_test(an_empty_file_is_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
