/* Emptying buckets, against a small S3 that keeps versions and answers as the real one does. */
#include "base/base.h"
#include "deploy/errand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROOM = 6000, MOST_BUCKETS = 20 };

struct object {
    char key[48], version[48];
    bool marker, there;
    const char *refuses; /* code with which its deletion fails */
    unsigned times;      /* how often; 0: always */
};
struct store {
    const char *name, *owner;
    bool there, denied;
    struct object objects[ROOM];
    size_t count;
};
static struct store stores[MOST_BUCKETS];
static size_t store_count;
static unsigned lists, deletes, most_under_way, faults, answered;
static unsigned every; /* which call of deletion fails; 0: none */
static bool url_keys, expired, unknown, busy;

static void reset(void) {
    memset(stores, 0, sizeof stores);
    store_count = lists = deletes = most_under_way = faults = answered = every = 0;
    url_keys = expired = unknown = busy = false;
}

static struct store *bucket_of(const char *name, size_t objects) {
    struct store *store = &stores[store_count++];
    *store = (struct store){.name = name, .owner = "111122223333", .there = true};
    for (store->count = 0; store->count < objects; store->count++) {
        struct object *object = &store->objects[store->count];
        snprintf(object->key, sizeof object->key, "a b+%%/%05zu", store->count / 3);
        snprintf(object->version, sizeof object->version, "v%05zu", store->count);
        object->marker = store->count % 3 == 2;
        object->there = true;
    }
    return store;
}

static size_t left(const struct store *store) {
    size_t count = 0;
    for (size_t i = 0; i < store->count; i++)
        count += store->objects[i].there;
    return count;
}

static json_t *shown(const char *key) {
    char text[160] = "";
    for (; url_keys && *key; key++)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 strchr("+%", *key) ? "%%%02X" : "%c", *key == ' ' ? '+' : *key);
    return json_string(url_keys ? text : key);
}

static void list(struct store *store, const json_t *input, struct cfn_reply *reply) {
    json_t *versions = json_array(), *markers = json_array();
    const char *key = cfn_output_text(input, "KeyMarker");
    const char *version = cfn_output_text(input, "VersionIdMarker");
    size_t most = (size_t)json_integer_value(json_object_get(input, "MaxKeys")), given = 0, i = 0;
    assert_int_equal(most, 1000);
    for (; i < store->count && given < most; i++) {
        struct object *object = &store->objects[i];
        if (!object->there || strcmp(object->key, key) < 0 ||
            (strcmp(object->key, key) == 0 && strcmp(object->version, version) <= 0))
            continue;
        json_array_append_new(
            object->marker ? markers : versions,
            json_pack("{s:o, s:s}", "Key", shown(object->key), "VersionId", object->version));
        given++;
    }
    reply->output = json_pack("{s:o, s:o, s:s}", "Versions", versions, "DeleteMarkers", markers,
                              "IsTruncated", i < store->count ? "true" : "false");
    if (url_keys)
        json_object_set_new(reply->output, "EncodingType", json_string("url"));
    if (i < store->count) {
        json_object_set_new(reply->output, "NextKeyMarker", shown(store->objects[i - 1].key));
        json_object_set_new(reply->output, "NextVersionIdMarker",
                            json_string(store->objects[i - 1].version));
    }
}

static void delete_one(struct store *store, const json_t *entry, json_t *errors) {
    for (size_t i = 0; i < store->count; i++) {
        struct object *object = &store->objects[i];
        if (strcmp(object->key, cfn_output_text(entry, "Key")) != 0 ||
            strcmp(object->version, cfn_output_text(entry, "VersionId")) != 0)
            continue;
        if (object->refuses) {
            json_array_append_new(errors, json_pack("{s:s, s:s, s:s}", "Key", object->key, "Code",
                                                    object->refuses, "Message", "not now"));
            if (object->times && !--object->times)
                object->refuses = NULL;
        } else {
            object->there = busy; /* somebody puts it back at once */
        }
        return;
    }
    fail_msg("no object '%s' '%s'", cfn_output_text(entry, "Key"),
             cfn_output_text(entry, "VersionId"));
}

static void refuse(struct cfn_reply *reply, enum cfn_outcome outcome, int status,
                   const char *code) {
    reply->outcome = outcome;
    reply->status = status;
    reply->code = cfn__copy(code);
    reply->message = cfn__copy("as told");
}

static void serve(const struct cfn_call *call, struct cfn_reply *reply) {
    const char *name = cfn_output_text(call->input, "Bucket");
    struct store *store = NULL;
    if (strcmp(call->action, "GetCallerIdentity") == 0) {
        if (unknown)
            refuse(reply, CFN_REPLY_BROKEN, 0, "dns");
        else
            reply->output = json_pack("{s:s}", "Account", "111122223333");
        return;
    }
    for (size_t i = 0; i < store_count; i++)
        if (strcmp(stores[i].name, name) == 0)
            store = &stores[i];
    bool lists_it = strcmp(call->action, "ListObjectVersions") == 0;
    lists += lists_it;
    deletes += !lists_it;
    if (expired && deletes > 1)
        refuse(reply, CFN_REPLY_EXPIRED, 403, "ExpiredToken");
    else if (!lists_it && every && deletes % every == 0)
        refuse(reply, CFN_REPLY_BROKEN, 0, "timeout");
    else if (faults && faults--)
        refuse(reply, faults % 2 ? CFN_REPLY_BROKEN : CFN_REPLY_THROTTLED, 503, "SlowDown");
    else if (!store || !store->there)
        refuse(reply, CFN_REPLY_REFUSED, 404, "NoSuchBucket");
    else if (store->denied ||
             strcmp(cfn_output_text(call->input, "ExpectedBucketOwner"), store->owner) != 0)
        refuse(reply, CFN_REPLY_DENIED, 403, "AccessDenied");
    else if (lists_it)
        list(store, call->input, reply);
    else {
        json_t *errors = json_array();
        const json_t *objects = cfn_output_list(call->input, "Delete.Objects");
        assert_true(json_is_true(json_object_get(json_object_get(call->input, "Delete"), "Quiet")));
        assert_true(json_array_size(objects) > 0 && json_array_size(objects) <= 1000);
        for (size_t i = 0; i < json_array_size(objects); i++)
            delete_one(store, json_array_get(objects, i), errors);
        reply->output = json_pack("{s:o}", "Errors", errors);
    }
}

static void count_gone(void *self, const char *bucket, uint64_t gone) {
    assert_non_null(bucket);
    *(uint64_t *)self = gone;
}

/* Calls come as many as it gives at once; answers in an order of their own. */
static char *run(uint64_t *gone) {
    struct {
        uint64_t tag;
        struct cfn_call call;
    } under_way[64];
    size_t count = 0;
    json_t *names = json_array();
    for (size_t i = 0; i < store_count; i++)
        json_array_append_new(names, json_string(stores[i].name));
    struct cfn__errand *errand = cfn__empty_new(names, count_gone, gone);
    json_decref(names);
    while (!errand->done(errand)) {
        while (errand->next(errand, &under_way[count].tag, &under_way[count].call))
            count++;
        assert_in_range(count, 1, 16);
        most_under_way = count > most_under_way ? (unsigned)count : most_under_way;
        size_t pick = answered++ * 7 % count;
        struct cfn_reply reply = {.id = under_way[pick].tag, .status = 200};
        serve(&under_way[pick].call, &reply);
        json_decref(under_way[pick].call.input);
        errand->answer(errand, under_way[pick].tag, &reply);
        cfn_reply_done(&reply);
        under_way[pick] = under_way[--count];
        assert_true(answered < 100000);
    }
    assert_int_equal(count, 0);
    const char *failed = cfn__empty_failed(errand);
    char *copy = failed ? cfn__copy(failed) : NULL;
    errand->free(errand);
    return copy;
}

static void test_all_versions_go(void **state) {
    (void)state;
    uint64_t gone = 0;
    for (int encoded = 0; encoded < 2; encoded++) {
        reset();
        url_keys = encoded;
        struct store *store = bucket_of("bronze", 4321);
        assert_null(run(&gone));
        assert_int_equal(left(store), 0);
        assert_int_equal(gone, 4321);
        assert_in_range(lists, 6, 7); /* five pages, and a look that nothing is left */
        assert_in_range(deletes, 5, 10);
    }
}

static void test_many_buckets_side_by_side(void **state) {
    (void)state;
    static const char *const names[] = {"b0",  "b1",  "b2",  "b3",  "b4",  "b5",  "b6",
                                        "b7",  "b8",  "b9",  "b10", "b11", "b12", "b13",
                                        "b14", "b15", "b16", "b17", "b18"};
    uint64_t gone = 0;
    reset();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        bucket_of(names[i], i * 100);
    stores[3].there = false;
    assert_null(run(&gone));
    for (size_t i = 0; i < store_count; i++)
        assert_int_equal(left(&stores[i]), i == 3 ? 300 : 0);
    assert_int_equal(most_under_way, 16);
}

static void test_what_fails_now_is_tried_again(void **state) {
    (void)state;
    uint64_t gone = 0;
    reset();
    struct store *store = bucket_of("bronze", 2500);
    for (size_t i = 0; i < 2500; i += 500)
        store->objects[i] = (struct object){.key = "", .there = false};
    for (size_t i = 1; i < 2500; i += 300) {
        store->objects[i].refuses = "InternalError";
        store->objects[i].times = 2;
    }
    faults = 3;
    every = 3;
    assert_null(run(&gone));
    assert_int_equal(left(store), 0);
    assert_int_equal(gone, 2495);
}

static void test_locked_objects_are_told(void **state) {
    (void)state;
    uint64_t gone = 0;
    reset();
    struct store *store = bucket_of("bronze", 1500);
    bucket_of("silver", 10);
    store->objects[7].refuses = store->objects[1200].refuses = "AccessDenied";
    char *failed = run(&gone);
    assert_non_null(failed);
    assert_non_null(strstr(failed, "bucket bronze: 2 objects cannot be deleted"));
    assert_non_null(strstr(failed, "AccessDenied: not now"));
    assert_int_equal(left(store), 2); /* all the others are gone */
    assert_int_equal(left(&stores[1]), 0);
    free(failed);
}

static void test_it_does_not_try_for_ever(void **state) {
    (void)state;
    uint64_t gone = 0;
    reset();
    struct store *store = bucket_of("bronze", 5);
    store->objects[1].refuses = "InternalError";
    char *failed = run(&gone);
    assert_non_null(strstr(failed, "1 objects cannot be deleted"));
    assert_int_equal(left(store), 1);
    free(failed);
    reset();
    bucket_of("bronze", 5);
    faults = 1000;
    failed = run(&gone);
    assert_non_null(strstr(failed, "S3 does not answer"));
    free(failed);
}

static void test_a_writer_that_does_not_stop(void **state) {
    (void)state;
    uint64_t gone = 0;
    reset();
    bucket_of("bronze", 5);
    busy = true;
    char *failed = run(&gone);
    assert_non_null(strstr(failed, "keeps writing"));
    free(failed);
}

static void test_only_our_own(void **state) {
    (void)state;
    uint64_t gone = 0;
    reset();
    struct store *store = bucket_of("bronze", 5);
    store->owner = "999988887777";
    char *failed = run(&gone);
    assert_non_null(strstr(failed, "of another account"));
    assert_int_equal(left(store), 5);
    free(failed);
    store->owner = "111122223333";
    unknown = true;
    failed = run(&gone);
    assert_non_null(strstr(failed, "whose buckets these are"));
    assert_int_equal(left(store), 5);
    free(failed);
    reset();
    assert_null(run(&gone)); /* no bucket, no call */
    assert_int_equal(answered, 0);
}

static void test_expired_credentials_end_it(void **state) {
    (void)state;
    uint64_t gone = 0;
    reset();
    bucket_of("bronze", 5000);
    expired = true;
    char *failed = run(&gone);
    assert_non_null(strstr(failed, "expired"));
    free(failed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_versions_go),
        cmocka_unit_test(test_many_buckets_side_by_side),
        cmocka_unit_test(test_what_fails_now_is_tried_again),
        cmocka_unit_test(test_locked_objects_are_told),
        cmocka_unit_test(test_it_does_not_try_for_ever),
        cmocka_unit_test(test_a_writer_that_does_not_stop),
        cmocka_unit_test(test_only_our_own),
        cmocka_unit_test(test_expired_credentials_end_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
