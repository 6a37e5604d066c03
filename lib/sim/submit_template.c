/* The template that is submitted, and the capabilities it asks for. */
#include "actions.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_BODY = 51200 };

/* Bucket and key of "https://bucket.s3.region.amazonaws.com/key" or "https://host/bucket/key". */
static bool split_url(const char *url, char **bucket, char **key) {
    const char *host = strstr(url, "://");
    if (!host || (!cfn_starts_with(url, "https:") && !cfn_starts_with(url, "http:")))
        return false;
    host += 3;
    const char *path = strchr(host, '/'), *dot = strstr(host, ".s3");
    if (!path)
        return false;
    path++;
    bool in_host = dot && dot < path;
    const char *begin = in_host ? host : path, *end = in_host ? dot : strchr(path, '/');
    if (!end || end == begin)
        return false;
    *bucket = cfn__copy(begin);
    (*bucket)[end - begin] = '\0';
    *key = cfn__copy(in_host ? path : end + 1);
    (*key)[strcspn(*key, "?#")] = '\0';
    return true;
}

static struct cfn__body *fetched(struct cfn__request *request, const char *url) {
    char *bucket, *key;
    if (!split_url(url, &bucket, &key)) {
        cfn__sim_invalid(request, "TemplateURL must be a supported URL.");
        return NULL;
    }
    size_t size;
    const char *text = cfn__bucket_object(request->sim, bucket, key, &size);
    struct cfn__body *body = NULL;
    if (!text)
        cfn__sim_invalid(request, "TemplateURL must reference a valid S3 object to which you have "
                                  "access.");
    else
        body = cfn__body_of(request->sim, text, size);
    free(bucket);
    free(key);
    return body;
}

static struct cfn__body *given_body(struct cfn__request *request, struct cfn__stack *stack) {
    const char *text = cfn__text_of(request, "TemplateBody"),
               *url = cfn__text_of(request, "TemplateURL");
    bool previous = cfn__truth_of(request, "UsePreviousTemplate");
    if ((text != NULL) + (url != NULL) + previous != 1) {
        cfn__sim_invalid(request, text || url
                                      ? "Only one of TemplateBody, TemplateURL and "
                                        "UsePreviousTemplate may be specified."
                                      : "Either Template URL or Template Body must be specified.");
        return NULL;
    }
    if (previous) {
        if (stack && stack->version)
            return cfn__body_keep(stack->version->body);
        cfn__sim_invalid(request,
                         "UsePreviousTemplate is not valid for a stack that has no template");
        return NULL;
    }
    if (url)
        return fetched(request, url);
    if (strlen(text) > MOST_BODY) {
        cfn__sim_invalid(
            request,
            "1 validation error detected: Value '%.60s...' at 'templateBody' failed to "
            "satisfy constraint: Member must have length less than or equal to %d",
            text, MOST_BODY);
        return NULL;
    }
    return cfn__body_of(request->sim, text, strlen(text));
}

static bool refuse_transforms(struct cfn__request *request, const struct cfn__body *body) {
    for (size_t i = 0; i < json_array_size(body->transforms); i++) {
        const char *name = json_string_value(json_array_get(body->transforms, i));
        if (cfn_same(name, "AWS::LanguageExtensions"))
            continue;
        cfn__sim_invalid(request,
                         "Template error: the simulation does not carry out the transform %s",
                         name ? name : "of this template");
        return true;
    }
    return false;
}

struct cfn__body *cfn__template_of(struct cfn__request *request, struct cfn__stack *stack) {
    struct cfn__body *body = given_body(request, stack);
    if (!body)
        return NULL;
    if (body->refusal)
        cfn__sim_invalid(request, "%s", body->refusal);
    else if (!refuse_transforms(request, body))
        return body;
    cfn__body_drop(body);
    return NULL;
}

static bool is_granted(const struct cfn__request *request, const char *capability) {
    const json_t *granted = json_object_get(request->input, "Capabilities");
    for (size_t i = 0; i < json_array_size(granted); i++)
        if (cfn_same(json_string_value(json_array_get(granted, i)), capability))
            return true;
    return false;
}

bool cfn__has_capabilities(struct cfn__request *request, const struct cfn__body *body) {
    bool named = is_granted(request, "CAPABILITY_NAMED_IAM");
    const char *missing = NULL;
    if (json_array_size(body->transforms) && !is_granted(request, "CAPABILITY_AUTO_EXPAND"))
        missing = "CAPABILITY_AUTO_EXPAND";
    if (json_array_size(body->iam) && !named &&
        (body->named_iam || !is_granted(request, "CAPABILITY_IAM")))
        missing = body->named_iam ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM";
    if (missing)
        cfn__sim_refuse(request, 400, "InsufficientCapabilitiesException",
                        "Requires capabilities : [%s]", missing);
    return !missing;
}
