/* What services want of things that are there already: keys, buckets of DAGs, secrets. */
#include "preflight.h"

#include <string.h>

/* -- a key of one's own ------------------------------------------------------------------------ */

static void refuse_key(struct cfn__preflight *p, const struct cfn__check *check, const char *why) {
    cfn_fail(p->findings, "preflight.key", CFN__NOWHERE, check->path, "the KMS key %s: '%s'", why,
             check->subject);
    cfn_hint(p->findings, "name another key in the settings; without common.key_arn one is made");
}

static void judge_key(struct cfn__preflight *p, const struct cfn__check *check) {
    enum cfn__verdict verdict = cfn__preflight_verdict(p, check->first);
    const json_t *output = cfn__preflight_output(p, check->first);
    const char *state = cfn_output_text(output, "KeyMetadata.KeyState");
    const char *usage = cfn_output_text(output, "KeyMetadata.KeyUsage");
    const char *spec = cfn_output_text(output, "KeyMetadata.KeySpec");
    if (verdict == CFN__ABSENT)
        refuse_key(p, check, "does not exist");
    else if (verdict == CFN__UNKNOWN)
        return;
    else if (*state && strcmp(state, "Enabled") != 0)
        refuse_key(p, check,
                   strcmp(state, "PendingDeletion") == 0 ? "is to be deleted" : "is not enabled");
    else if ((*usage && strcmp(usage, "ENCRYPT_DECRYPT") != 0) ||
             (*spec && strcmp(spec, "SYMMETRIC_DEFAULT") != 0))
        refuse_key(p, check, "is not one that encrypts and decrypts symmetrically");
    else if (check->number && cfn__output_true(output, "KeyMetadata.MultiRegion"))
        refuse_key(p, check, "is one of several regions, which Airflow does not take");
}

static void judge_region(struct cfn__preflight *p, const struct cfn__check *check) {
    refuse_key(p, check, "is in another region");
}

static bool is_airflows(const struct cfn__preflight *p, const char *arn) {
    for (size_t i = 0; i < p->planned.count; i++)
        if (strcmp(p->planned.items[i].type, "AWS::MWAA::Environment") == 0 &&
            strcmp(cfn__planned_text(&p->planned.items[i], "KmsKey"), arn) == 0)
            return true;
    return false;
}

static bool is_key(const char *text) {
    return cfn_starts_with(text, "arn:") && strstr(text, ":kms:") && strstr(text, ":key/") &&
           !strpbrk(text, "*<{ ");
}

static void plan_key(struct cfn__preflight *p, const struct cfn__planned *resource,
                     const char *arn) {
    const char *region = strstr(arn, ":kms:") + 5;
    size_t size = strlen(p->what->region);
    struct cfn__check check = {.resource = resource, .subject = arn, .judge = judge_region};
    if (strncmp(region, p->what->region, size) == 0 && region[size] == ':') {
        check.judge = judge_key;
        check.number = is_airflows(p, arn);
        check.first = cfn__preflight_ask(p, "kms", "DescribeKey", json_pack("{s:s}", "KeyId", arn));
    }
    cfn__preflight_check(p, &check);
}

/* Every key that stands anywhere in properties by its ARN, each once. */
static void find_keys(struct cfn__preflight *p, const struct cfn__planned *resource,
                      const json_t *value, json_t *seen) {
    const char *text = json_string_value(value), *name;
    json_t *item;
    size_t i;
    if (text && is_key(text) && !json_object_get(seen, text)) {
        json_object_set_new(seen, text, json_true());
        plan_key(p, resource, text);
    }
    json_array_foreach(value, i, item) {
        find_keys(p, resource, item, seen);
    }
    json_object_foreach((json_t *)(uintptr_t)value, name, item) {
        find_keys(p, resource, item, seen);
    }
}

void cfn__preflight_keys(struct cfn__preflight *p) {
    json_t *seen = json_object();
    for (size_t i = 0; i < p->planned.count; i++)
        find_keys(p, &p->planned.items[i], p->planned.items[i].properties, seen);
    json_decref(seen);
}

/* -- Airflow's bucket -------------------------------------------------------------------------- */

static void judge_versioning(struct cfn__preflight *p, const struct cfn__check *check) {
    enum cfn__verdict verdict = cfn__preflight_verdict(p, check->first);
    const char *status = cfn_output_text(cfn__preflight_output(p, check->first), "Status");
    if (verdict == CFN__ABSENT) {
        cfn_fail(p->findings, "preflight.airflow-bucket", CFN__NOWHERE, check->path,
                 "the bucket of DAGs does not exist: '%s'", check->subject);
        cfn_hint(p->findings, "make it first, with versions and without public access");
    } else if (verdict == CFN__THERE && strcmp(status, "Enabled") != 0) {
        cfn_fail(p->findings, "preflight.airflow-bucket", CFN__NOWHERE, check->path,
                 "Airflow wants a bucket that keeps versions: '%s'", check->subject);
        cfn_hint(p->findings, "aws s3api put-bucket-versioning --versioning-configuration "
                              "Status=Enabled");
    }
}

static void judge_public(struct cfn__preflight *p, const struct cfn__check *check) {
    static const char *const blocks[] = {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy",
                                         "RestrictPublicBuckets"};
    enum cfn__verdict verdict = cfn__preflight_verdict(p, check->first);
    const char *code = p->questions.items[check->first].code;
    bool missing = verdict == CFN__ABSENT && !strstr(code, "NoSuchBucket");
    const json_t *output = cfn__preflight_output(p, check->first);
    const json_t *inner = json_object_get(output, "PublicAccessBlockConfiguration");
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks && verdict == CFN__THERE; i++)
        missing |= !cfn__output_true(inner ? inner : output, blocks[i]);
    if (!missing)
        return;
    cfn_fail(p->findings, "preflight.airflow-bucket", CFN__NOWHERE, check->path,
             "Airflow wants a bucket that blocks all public access: '%s'", check->subject);
    cfn_hint(p->findings, "switch all four on: aws s3api put-public-access-block");
}

/* Objects of a bucket that is still to be made cannot have versions. */
static void judge_objects(struct cfn__preflight *p, const struct cfn__check *check) {
    static const char *const versions[] = {"RequirementsS3ObjectVersion", "PluginsS3ObjectVersion",
                                           "StartupScriptS3ObjectVersion"};
    const struct cfn__site *site = &p->sites[check->resource->target];
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        const char *version = cfn__planned_text(check->resource, versions[i]);
        if (!*version || site->import_existing)
            continue;
        cfn_fail(p->findings, "preflight.airflow-object", CFN__NOWHERE, check->path,
                 "%s names an object of a bucket that is only made by this deployment: '%s'",
                 versions[i], version);
        cfn_hint(p->findings, "deploy without it, upload the file, then deploy with its version");
    }
}

void cfn__preflight_airflow(struct cfn__preflight *p) {
    for (size_t i = 0; i < p->planned.count; i++) {
        const struct cfn__planned *resource = &p->planned.items[i];
        const struct cfn__site *site;
        const char *arn = json_string_value(cfn__planned_value(resource, "SourceBucketArn")), *name;
        if (strcmp(resource->type, "AWS::MWAA::Environment") != 0 || !arn)
            continue;
        if (cfn__preflight_referred(p, arn, &site)) {
            if (!site->there)
                cfn__preflight_check(
                    p, &(struct cfn__check){.resource = resource, .judge = judge_objects});
            continue;
        }
        name = strstr(arn, ":::");
        if (!name || strchr(arn, '<'))
            continue;
        struct cfn__check check = {
            .resource = resource, .subject = name + 3, .judge = judge_versioning};
        check.first = cfn__preflight_ask(p, "s3", "GetBucketVersioning",
                                         json_pack("{s:s}", "Bucket", name + 3));
        cfn__preflight_check(p, &check);
        check.judge = judge_public;
        check.first = cfn__preflight_ask(p, "s3", "GetPublicAccessBlock",
                                         json_pack("{s:s}", "Bucket", name + 3));
        cfn__preflight_check(p, &check);
    }
}

/* -- secrets of endpoints ---------------------------------------------------------------------- */

static void judge_secret(struct cfn__preflight *p, const struct cfn__check *check) {
    enum cfn__verdict verdict = cfn__preflight_verdict(p, check->first);
    bool deleted = json_object_get(cfn__preflight_output(p, check->first), "DeletedDate") != NULL;
    if (verdict != CFN__ABSENT && !deleted)
        return;
    cfn_fail(p->findings, "preflight.secret", CFN__NOWHERE, check->path,
             "the secret that DMS is to read %s: '%s'",
             deleted ? "is scheduled for deletion" : "does not exist", check->subject);
    cfn_hint(p->findings, "it must be JSON with username, password, host and port");
}

/* An endpoint has either a secret with a role that may read it, or a password. */
static void judge_pair(struct cfn__preflight *p, const struct cfn__check *check) {
    static const char *const others[] = {"Username", "Password", "ServerName", "Port"};
    if (!json_object_get(check->row, "SecretsManagerAccessRoleArn")) {
        cfn_fail(p->findings, "preflight.secret", CFN__NOWHERE, check->path,
                 "DMS reads a secret only with SecretsManagerAccessRoleArn");
        cfn_hint(p->findings, "name a role that may read it and trusts dms.%s.%s", p->what->region,
                 p->url_suffix);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (!json_object_get(check->resource->properties, others[i]))
            continue;
        cfn_fail(p->findings, "preflight.secret", CFN__NOWHERE, check->path,
                 "DMS takes either a secret or %s", others[i]);
        cfn_hint(p->findings, "leave %s out: it is read from the secret", others[i]);
    }
}

static void plan_secret(struct cfn__preflight *p, const struct cfn__planned *resource,
                        const json_t *settings) {
    const char *secret = cfn_output_text(settings, "SecretsManagerSecretId");
    if (!*secret)
        return;
    struct cfn__check check = {
        .resource = resource, .subject = secret, .row = settings, .judge = judge_pair};
    cfn__preflight_check(p, &check);
    if (strchr(secret, '<'))
        return;
    check.judge = judge_secret;
    check.first = cfn__preflight_ask(p, "secretsmanager", "DescribeSecret",
                                     json_pack("{s:s}", "SecretId", secret));
    cfn__preflight_check(p, &check);
}

void cfn__preflight_secrets(struct cfn__preflight *p) {
    for (size_t i = 0; i < p->planned.count; i++) {
        const char *name;
        json_t *value;
        if (strcmp(p->planned.items[i].type, "AWS::DMS::Endpoint") != 0)
            continue;
        json_object_foreach(p->planned.items[i].properties, name, value) {
            plan_secret(p, &p->planned.items[i], value);
        }
    }
}
