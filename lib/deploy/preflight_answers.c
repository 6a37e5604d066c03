/* What an answer says, and what it does not. */
#include "preflight.h"

#include <stdlib.h>
#include <string.h>

const json_t *cfn__preflight_output(const struct cfn__preflight *p, size_t question) {
    return p->questions.items[question].output;
}

/* Services have many names for it; Athena calls it an invalid request. */
static bool is_absent(const struct cfn__question *question) {
    return question->outcome == CFN_REPLY_REFUSED &&
           (question->status == 404 || strstr(question->code, "NotFound") ||
            strstr(question->code, "NoSuch") || strstr(question->message, "is not found") ||
            strstr(question->message, "does not exist"));
}

static void tell_unverified(struct cfn__preflight *p, const struct cfn__question *question) {
    bool expired = question->outcome == CFN_REPLY_EXPIRED;
    const char *service = expired ? "" : question->service;
    if (json_object_get(p->unverified, service))
        return;
    json_object_set_new(p->unverified, service, json_true());
    if (expired) {
        cfn_fail(p->findings, "preflight.credentials", CFN__NOWHERE, NULL,
                 "the credentials have expired: %s", question->message);
        cfn_hint(p->findings, "sign in again, for a profile of SSO with aws sso login");
        return;
    }
    cfn_warn(p->findings, "preflight.not-verified", CFN__NOWHERE, NULL,
             "not verified: what %s has or offers, because %s was %s: %s", question->service,
             question->action,
             question->outcome == CFN_REPLY_DENIED      ? "denied"
             : question->outcome == CFN_REPLY_REFUSED   ? "refused"
             : question->outcome == CFN_REPLY_THROTTLED ? "put off too often"
                                                        : "not answered",
             question->message);
}

enum cfn__verdict cfn__preflight_verdict(struct cfn__preflight *p, size_t number) {
    const struct cfn__question *question = &p->questions.items[number];
    if (question->outcome == CFN_REPLY_OK)
        return CFN__THERE;
    if (is_absent(question))
        return CFN__ABSENT;
    tell_unverified(p, question);
    return CFN__UNKNOWN;
}

static const json_t *member(const json_t *output, const char *path) {
    const json_t *value = output;
    char name[80];
    for (size_t size; value && *path; path += size + (path[size] == '.')) {
        size = strcspn(path, ".");
        if (size >= sizeof name)
            return NULL;
        memcpy(name, path, size);
        name[size] = '\0';
        value = json_object_get(value, name);
    }
    return value;
}

const json_t *cfn__planned_value(const struct cfn__planned *resource, const char *path) {
    return member(resource->properties, path);
}

/* What is not known before the deployment stands in angle brackets. */
const char *cfn__planned_text(const struct cfn__planned *resource, const char *path) {
    const char *text = json_string_value(member(resource->properties, path));
    return text && !strchr(text, '<') ? text : "";
}

long cfn__output_number(const json_t *output, const char *path) {
    const json_t *value = member(output, path);
    char *end = NULL;
    if (json_is_number(value))
        return (long)json_number_value(value);
    if (!json_is_string(value) || !json_string_length(value))
        return -1;
    long number = strtol(json_string_value(value), &end, 10);
    return *end && *end != '.' ? -1 : number;
}

bool cfn__output_true(const json_t *output, const char *path) {
    const json_t *value = member(output, path);
    return json_is_true(value) ||
           (json_is_string(value) && strcmp(json_string_value(value), "true") == 0);
}
