/*
 * data_lake: one bucket per layer (bronze, silver, gold; the file may name others). Objects keep
 * old versions for a while, move to cheaper storage as they age, and are encrypted with the
 * platform's key. Needs the key and the bucket of access logs of common. Exports <Layer>BucketName
 * and <Layer>BucketArn of each layer.
 */
#include "parts.h"

#include <cfngen/aws/s3.h>

#include <string.h>

struct data_lake {
    struct cfn_stack_settings stack;
    struct cfn_texts layers;
    long noncurrent_days;
    long infrequent_access_after_days;
    long archive_after_days;
    bool event_notifications;
};

static const struct cfn_row rows[] = {
    CFN_STACK_ROWS(struct data_lake),
    CFN_TEXTS(struct data_lake, layers, .fallback = "[bronze, silver, gold]", .min = 1, .max = 8,
              .format = &cfn_format_name,
              .help = "layers of the lake, a bucket each, in the order in which data flows: it "
                      "lands in the first one, and jobs write the later ones"),
    CFN_INT(struct data_lake, noncurrent_days, .fallback = "30", .min = 1, .max = 3650,
            .help = "days that overwritten and deleted objects can be brought back"),
    CFN_INT(struct data_lake, infrequent_access_after_days, .fallback = "90", .max = 3650,
            .help = "age in days at which objects move to Standard-IA, at least 30; 0: never"),
    CFN_INT(struct data_lake, archive_after_days, .fallback = "0", .max = 3650,
            .help = "age in days at which objects move to Glacier Instant Retrieval, at least 30 "
                    "more than for Standard-IA; 0: never"),
    CFN_BOOL(struct data_lake, event_notifications, .fallback = "false",
             .help = "whether the buckets tell EventBridge of each object that comes or goes"),
    CFN_ROWS_END,
};

/* S3 keeps an object for so long in a storage class before it may move on. */
enum { SHORTEST_STAY = 30 };

/* Buckets of other stacks, whose names differ from a layer's in this word only. */
static const char *const taken[] = {"access-logs", "scripts", "query-results",
                                    "emr-logs",    "airflow", "redshift-logs"};

static void check_name(const struct cfn_scope *scope, const char *layer) {
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(layer, taken[i]) == 0)
            cfn_refuse(scope, "layers",
                       "must not be the name of another bucket of the platform: '%s'", layer);
}

/* Logical ids have no hyphens, so "raw-1" and "raw1" would meet. */
static void check_unique(const struct cfn_scope *scope, const struct cfn_texts *layers,
                         size_t index) {
    const char *id = part_camel(scope, layers->items[index]);
    for (size_t i = 0; i < index; i++)
        if (strcmp(part_camel(scope, layers->items[i]), id) == 0) {
            cfn_refuse(scope, "layers",
                       "must differ from each other in letters or digits: '%s', '%s'",
                       layers->items[i], layers->items[index]);
            return;
        }
}

static void check_ages(const struct cfn_scope *scope, const struct data_lake *d) {
    long seldom = d->infrequent_access_after_days, archive = d->archive_after_days;
    if (seldom && seldom < SHORTEST_STAY)
        cfn_refuse(scope, "infrequent_access_after_days", "must be 0 or at least %d, not %ld",
                   SHORTEST_STAY, seldom);
    if (archive && seldom && archive < seldom + SHORTEST_STAY)
        cfn_refuse(scope, "archive_after_days",
                   "must be 0 or at least %d more than infrequent_access_after_days, %ld, not %ld",
                   SHORTEST_STAY, seldom + SHORTEST_STAY, archive);
}

static void check(const struct cfn_scope *scope) {
    const struct data_lake *d = scope->settings;
    for (size_t i = 0; i < d->layers.count; i++) {
        check_name(scope, d->layers.items[i]);
        check_unique(scope, &d->layers, i);
    }
    check_ages(scope, d);
}

static cfn_value transition(const char *storage_class, long days) {
    return days ? AWS_S3_Bucket_Transition(.StorageClass = cfn_str(storage_class),
                                           .TransitionInDays = cfn_int(days))
                : NULL;
}

static cfn_value tiers(const struct data_lake *d) {
    if (!d->infrequent_access_after_days && !d->archive_after_days)
        return NULL;
    return AWS_S3_Bucket_Rule(.Id = cfn_str("tiers"), .Status = cfn_str("Enabled"),
                              .Transitions = cfn_list(
                                  transition("STANDARD_IA", d->infrequent_access_after_days),
                                  transition("GLACIER_IR", d->archive_after_days)));
}

/* What remains of a deleted object when its last version has gone. */
static cfn_value markers(void) {
    return AWS_S3_Bucket_Rule(.Id = cfn_str("delete-markers"), .Status = cfn_str("Enabled"),
                              .ExpiredObjectDeleteMarker = cfn_bool(true));
}

static void add_layer(const struct cfn_scope *scope, const struct data_lake *d, const char *layer) {
    const char *id = part_camel(scope, layer);
    part_bucket(scope, .id = id, .what = layer, .key = part_key(scope),
                .log_bucket = part_log_bucket(scope), .lifecycle = cfn_list(tiers(d), markers()),
                .noncurrent_days = d->noncurrent_days, .events = d->event_notifications);
    cfn_export(scope, cfn_text_of(scope, "%sBucketName", id), cfn_ref(id),
               cfn_text_of(scope, "Bucket of the layer %s", layer));
    cfn_export(scope, cfn_text_of(scope, "%sBucketArn", id), cfn_att(id, "Arn"),
               "ARN of that bucket");
}

static void build(const struct cfn_scope *scope) {
    const struct data_lake *d = scope->settings;
    for (size_t i = 0; i < d->layers.count; i++)
        add_layer(scope, d, d->layers.items[i]);
}

const struct cfn_stack cfn_stack_data_lake = {
    .name = "data_lake",
    .summary = "a versioned, encrypted bucket for each layer of the lake",
    .size = sizeof(struct data_lake),
    .rows = rows,
    .check = check,
    .build = build,
};
