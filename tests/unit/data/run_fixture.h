/* Runs an upload against the small S3, and counts what it tells. */
#include "store_fixture.h"

static void count_event(void *self, const struct cfn_upload_event *event) {
    struct store *store = self;
    assert_string_equal(event->bucket, "the-bucket");
    store->sent += event->kind == CFN_UPLOAD_SENT;
    store->removed += event->kind == CFN_UPLOAD_REMOVED;
    store->told += event->size;
}

static int stop_when(void *self) {
    const struct store *store = self;
    return store->stop_after && store->replies >= store->stop_after ? store->stop_how : 0;
}

static int run(struct store *store, const struct cfn_upload_place *place,
               const struct cfn_upload_options *options, struct cfn_diags *diags, json_t **result) {
    const struct cfn_upload_watcher watcher = {
        .event = count_event, .stop = stop_when, .self = store};
    struct cfn_upload *upload = cfn_upload_new(place, 1, options);
    int failed = cfn_upload_run(upload, &store->transport, &watcher, diags);
    if (result)
        *result = cfn_upload_result(upload);
    cfn_upload_free(upload);
    return failed;
}

static bool has_diag(const struct cfn_diags *diags, const char *code) {
    for (size_t i = 0; i < cfn_diags_count(diags); i++)
        if (strcmp(cfn_diags_at(diags, i)->code, code) == 0)
            return true;
    return false;
}
