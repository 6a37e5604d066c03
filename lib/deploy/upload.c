/*
 * Templates that are too large for the request go by way of S3: into a bucket that is private,
 * encrypted, takes TLS alone and forgets them after thirty days. Their key is what they contain.
 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

enum { LARGEST_BODY = 51200, LONGEST_BUCKET = 63 };

bool cfn__must_upload(const struct cfn__job *job) {
    return strlen(job->text) > LARGEST_BODY;
}

static const char *partition(const struct cfn_engine *engine) {
    return cfn_starts_with(engine->what.region, "cn-")       ? "aws-cn"
           : cfn_starts_with(engine->what.region, "us-gov-") ? "aws-us-gov"
                                                             : "aws";
}

static json_t *owned(const struct cfn_engine *engine) {
    json_t *input = json_pack("{s:s}", "Bucket", engine->bucket);
    if (!engine->what.template_bucket)
        json_object_set_new(input, "ExpectedBucketOwner", json_string(engine->account));
    return input;
}

static json_t *with(const struct cfn_engine *engine, const char *name, json_t *value) {
    json_t *input = owned(engine);
    json_object_set_new(input, name, value);
    return input;
}

static json_t *head(const struct cfn_engine *engine) {
    return owned(engine);
}

static json_t *create(const struct cfn_engine *engine) {
    json_t *input = json_pack("{s:s}", "Bucket", engine->bucket);
    if (strcmp(engine->what.region, "us-east-1") != 0)
        json_object_set_new(input, "CreateBucketConfiguration",
                            json_pack("{s:s}", "LocationConstraint", engine->what.region));
    return input;
}

static json_t *block_public(const struct cfn_engine *engine) {
    return with(engine, "PublicAccessBlockConfiguration",
                json_pack("{s:b, s:b, s:b, s:b}", "BlockPublicAcls", 1, "IgnorePublicAcls", 1,
                          "BlockPublicPolicy", 1, "RestrictPublicBuckets", 1));
}

static json_t *encrypt(const struct cfn_engine *engine) {
    return with(engine, "ServerSideEncryptionConfiguration",
                json_pack("{s:[{s:{s:s}}]}", "Rules", "ApplyServerSideEncryptionByDefault",
                          "SSEAlgorithm", "AES256"));
}

static json_t *expire(const struct cfn_engine *engine) {
    return with(engine, "LifecycleConfiguration",
                json_pack("{s:[{s:s, s:s, s:{s:s}, s:{s:i}, s:{s:i}}]}", "Rules", "ID", "expire",
                          "Status", "Enabled", "Filter", "Prefix", "", "Expiration", "Days", 30,
                          "AbortIncompleteMultipartUpload", "DaysAfterInitiation", 1));
}

static json_t *demand_tls(const struct cfn_engine *engine) {
    struct cfn_text text = {0};
    cfn_text_printf(&text,
                    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"TlsOnly\",\"Effect\":"
                    "\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":[\"arn:%s:s3:::"
                    "%s\",\"arn:%s:s3:::%s/*\"],\"Condition\":{\"Bool\":{\"aws:SecureTransport\":"
                    "\"false\"}}}]}",
                    partition(engine), engine->bucket, partition(engine), engine->bucket);
    json_t *input = with(engine, "Policy", json_string(text.data));
    cfn_text_done(&text);
    return input;
}

/* What is asked of the bucket, in order. One that is there already is taken as it is. */
static const struct {
    const char *action;
    json_t *(*input)(const struct cfn_engine *engine);
} bucket_steps[] = {
    {"HeadBucket", head},
    {"CreateBucket", create},
    {"PutPublicAccessBlock", block_public},
    {"PutBucketEncryption", encrypt},
    {"PutBucketLifecycleConfiguration", expire},
    {"PutBucketPolicy", demand_tls},
};
enum { BUCKET_STEPS = sizeof bucket_steps / sizeof *bucket_steps };

static void take_bucket(struct cfn_engine *engine, struct cfn__job *job,
                        const struct cfn_reply *reply);

static void ask_bucket(struct cfn_engine *engine) {
    const struct cfn_call call = {.service = "s3",
                                  .action = bucket_steps[engine->bucket_step].action,
                                  .input = bucket_steps[engine->bucket_step].input(engine)};
    /* A bucket of somebody else answers 403: that is an answer, not the end. */
    cfn__ask(engine, CFN__ASKS_VAINLY, NULL, take_bucket, &call);
}

/* Those that wait go on, or fail. */
static void settle(struct cfn_engine *engine, enum cfn__bucket_at at, const char *refusal) {
    engine->bucket_at = at;
    cfn__set_text(&engine->bucket_refusal, refusal);
    for (size_t i = 0; i < engine->count; i++)
        if (engine->jobs[i].step == CFN__UPLOAD)
            cfn__send_upload(engine, &engine->jobs[i]);
}

static void refuse_bucket(struct cfn_engine *engine, const struct cfn_reply *reply) {
    struct cfn_text text = {0};
    cfn_text_printf(&text, "the template bucket %s cannot be used: %s %s",
                    engine->bucket ? engine->bucket : "", reply->code, reply->message);
    settle(engine, CFN__BUCKET_REFUSED, text.data);
    cfn_text_done(&text);
}

static bool is_own_already(const struct cfn_reply *reply) {
    return strcmp(reply->code, "BucketAlreadyOwnedByYou") == 0;
}

static void take_bucket(struct cfn_engine *engine, struct cfn__job *job,
                        const struct cfn_reply *reply) {
    (void)job;
    bool good = reply->outcome == CFN_REPLY_OK, head_step = engine->bucket_step == 0;
    bool absent = head_step && !engine->what.template_bucket && reply->status == 404;
    if (head_step && good) {
        settle(engine, CFN__BUCKET_READY, NULL);
        return;
    }
    if (!good && !absent && !is_own_already(reply)) {
        refuse_bucket(engine, reply);
        return;
    }
    if (++engine->bucket_step < BUCKET_STEPS) {
        ask_bucket(engine);
        return;
    }
    cfn__note(engine, NULL, CFN_EVENT_NOTE, "the template bucket %s is made", engine->bucket);
    settle(engine, CFN__BUCKET_READY, NULL);
}

/* "<prefix>-cfngen-<account>-<region>", the prefix cut where that would be too long. */
static void name_bucket(struct cfn_engine *engine) {
    struct cfn_text text = {0};
    const char *given = engine->what.template_bucket;
    size_t rest = strlen("-cfngen--") + strlen(engine->account) + strlen(engine->what.region);
    if (given)
        cfn_text_put(&text, given);
    else
        cfn_text_printf(&text, "%.*s-cfngen-%s-%s",
                        rest < LONGEST_BUCKET ? (int)(LONGEST_BUCKET - rest) : 1,
                        engine->what.prefix, engine->account, engine->what.region);
    engine->bucket = cfn_text_take(&text);
}

static void take_account(struct cfn_engine *engine, struct cfn__job *job,
                         const struct cfn_reply *reply) {
    (void)job;
    cfn__set_text(&engine->account, cfn_output_text(reply->output, "Account"));
    if (reply->outcome != CFN_REPLY_OK) {
        refuse_bucket(engine, reply);
        return;
    }
    name_bucket(engine);
    engine->bucket_step = 0;
    ask_bucket(engine);
}

static void ask_account(struct cfn_engine *engine) {
    const struct cfn_call call = {
        .service = "sts", .action = "GetCallerIdentity", .input = json_object()};
    engine->bucket_at = CFN__BUCKET_ASKED;
    cfn__ask(engine, CFN__ASKS, NULL, take_account, &call);
}

void cfn__send_upload(struct cfn_engine *engine, struct cfn__job *job) {
    if (engine->bucket_at == CFN__BUCKET_UNASKED) {
        ask_account(engine);
    } else if (engine->bucket_at == CFN__BUCKET_READY) {
        cfn__job_go(engine, job, CFN__UPLOAD_HEAD);
    } else if (engine->bucket_at == CFN__BUCKET_REFUSED) {
        cfn__cause_set(engine, job, "", "AWS::CloudFormation::Stack", "", engine->bucket_refusal);
        cfn__job_fail(engine, job, "its template cannot be uploaded");
    }
}

static void ask_object(struct cfn_engine *engine, struct cfn__job *job,
                       const struct cfn_call *call) {
    char hex[65];
    cfn_sha256(job->text, strlen(job->text), hex);
    memcpy(job->key, hex, 64);
    memcpy(job->key + 64, ".json", 6);
    struct cfn_call whole = *call;
    whole.service = "s3";
    whole.input = with(engine, "Key", json_string(job->key));
    bool puts = job->step == CFN__UPLOAD_PUT;
    if (puts)
        json_object_set_new(whole.input, "ContentType", json_string("application/json"));
    cfn__ask(engine, puts ? CFN__ASKS : CFN__ASKS_VAINLY, job,
             puts ? cfn__take_upload_put : cfn__take_upload_head, &whole);
}

void cfn__send_upload_head(struct cfn_engine *engine, struct cfn__job *job) {
    ask_object(engine, job, &(const struct cfn_call){.action = "HeadObject"});
}

static void uploaded(struct cfn_engine *engine, struct cfn__job *job) {
    struct cfn_text text = {0};
    cfn_text_printf(&text, "https://%s.s3.%s.amazonaws.com%s/%s", engine->bucket,
                    engine->what.region, cfn_starts_with(engine->what.region, "cn-") ? ".cn" : "",
                    job->key);
    job->url = cfn_text_take(&text);
    if (job->stage == CFN_STAGE_RUNNING)
        cfn__job_proceed(engine, job);
    else
        cfn__job_go(engine, job, engine->course == CFN__OF_SETS ? CFN__MAKE_SET : CFN__IDLE);
}

/* One that is there has the same content, for its key says so. */
void cfn__take_upload_head(struct cfn_engine *engine, struct cfn__job *job,
                           const struct cfn_reply *reply) {
    if (reply->outcome == CFN_REPLY_OK)
        uploaded(engine, job);
    else
        cfn__job_go(engine, job, CFN__UPLOAD_PUT);
}

void cfn__send_upload_put(struct cfn_engine *engine, struct cfn__job *job) {
    ask_object(engine, job,
               &(const struct cfn_call){
                   .action = "PutObject", .payload = job->text, .payload_size = strlen(job->text)});
}

void cfn__take_upload_put(struct cfn_engine *engine, struct cfn__job *job,
                          const struct cfn_reply *reply) {
    if (reply->outcome == CFN_REPLY_OK) {
        uploaded(engine, job);
        return;
    }
    cfn__cause_set(engine, job, "", "AWS::CloudFormation::Stack", reply->code,
                   cfn__word(job, "the template cannot be uploaded to %s: %s", engine->bucket,
                             reply->message));
    cfn__job_fail(engine, job, "its template cannot be uploaded");
}
