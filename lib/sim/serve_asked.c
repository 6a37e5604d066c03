/* What a request asks: which service, which action, which input. */
#include "serve.h"

#include <stdlib.h>
#include <string.h>

void cfn__asked_refuse(struct cfn__asked *asked, int status, const char *code,
                       const char *message) {
    asked->status = status;
    asked->code = code;
    asked->message = message;
}

void cfn__asked_done(struct cfn__asked *asked) {
    json_decref(asked->call.input);
    *asked = (struct cfn__asked){0};
}

/* --- the service --- */

/* What is known to sign, in the order of how often it is asked. */
static const char *const names[] = {"cloudformation",
                                    "s3",
                                    "sts",
                                    "ec2",
                                    "iam",
                                    "ssm",
                                    "kms",
                                    "rds",
                                    "dms",
                                    "secretsmanager",
                                    "servicequotas",
                                    "glue",
                                    "athena",
                                    "redshift",
                                    "logs",
                                    "monitoring",
                                    "elasticmapreduce",
                                    "redshift-serverless",
                                    "redshift-data",
                                    "airflow",
                                    "emr-serverless"};

static const struct cfn__service *
service_by(bool (*is)(const struct cfn__service *service, const char *word), const char *word) {
    for (size_t i = 0; word && i < sizeof names / sizeof *names; i++) {
        const struct cfn__service *service = cfn__service_find(names[i]);
        if (is(service, word))
            return service;
    }
    return NULL;
}

static bool has_target(const struct cfn__service *service, const char *target) {
    size_t size = service->target ? strlen(service->target) : 0;
    return size && strncmp(target, service->target, size) == 0 && target[size] == '.';
}

static bool has_version(const struct cfn__service *service, const char *version) {
    return strcmp(service->version, version) == 0;
}

static bool has_host(const struct cfn__service *service, const char *host) {
    size_t size = strlen(service->host);
    return strncmp(host, service->host, size) == 0 && (host[size] == '.' || host[size] == '\0');
}

/* A service that is not known speaks as its request does. */
static const struct cfn__service *stranger(const struct cfn__incoming *in, const char *form) {
    static const struct cfn__service json = {"", "", "", CFN__JSON, "", "", false},
                                     query = {"", "", "", CFN__QUERY, "", NULL, false},
                                     rest = {"", "", "", CFN__REST_JSON, "", NULL, false};
    if (cfn__pairs_get(&in->headers, "X-Amz-Target"))
        return &json;
    return form ? &query : &rest;
}

static void find_service(struct cfn__incoming *in, const char *form, struct cfn__asked *asked) {
    struct cfn__claim claim;
    const char *target = cfn__pairs_get(&in->headers, "X-Amz-Target"),
               *host = cfn__pairs_get(&in->headers, "Host");
    if (cfn__claim_read(in, &claim)) {
        asked->service = cfn__service_find(claim.service);
        asked->name = claim.service;
    } else {
        asked->service = service_by(has_target, target);
        if (!asked->service && form)
            asked->service = service_by(has_version, cfn__query_value(&in->arena, form, "Version"));
        if (!asked->service)
            asked->service = service_by(has_host, host);
        if (!asked->service && !target && !form)
            asked->service = cfn__service_find("s3"); /* whoever signs nothing reads an object */
    }
    if (!asked->service)
        asked->service = stranger(in, form);
    if (!asked->name)
        asked->name = asked->service->signing;
}

/* --- the call --- */

static void read_query(struct cfn__incoming *in, const char *form, struct cfn__asked *asked) {
    const char *action = form ? cfn__query_value(&in->arena, form, "Action") : NULL;
    if (!action || !*action) {
        cfn__asked_refuse(asked, 400, "MissingAction",
                          "The request is missing an action or a required parameter");
        return;
    }
    asked->call.action = action;
    asked->call.input = cfn__form_read(form, asked->service, action, &in->arena);
    if (!asked->call.input)
        cfn__asked_refuse(asked, 400, "MalformedInput", "The request's parameters cannot be read");
}

static void read_json(struct cfn__incoming *in, struct cfn__asked *asked) {
    const char *target = cfn__pairs_get(&in->headers, "X-Amz-Target"),
               *point = target ? strrchr(target, '.') : NULL;
    if (!point || !point[1] || !cfn__is_text(point)) {
        cfn__asked_refuse(asked, 400, "UnknownOperationException",
                          "The header X-Amz-Target must name an action");
        return;
    }
    asked->call.action = point + 1;
    asked->call.input = in->body.size
                            ? json_loadb(in->body.data, in->body.size, JSON_REJECT_DUPLICATES, NULL)
                            : json_object();
    if (json_is_object(asked->call.input))
        return;
    json_decref(asked->call.input);
    asked->call.input = NULL;
    cfn__asked_refuse(asked, 400, "SerializationException", "The body must be an object of JSON");
}

/* Parameters of the URL and of the body together; NULL: there is no form. */
static const char *form_of(struct cfn__incoming *in) {
    const char *type = cfn__pairs_get(&in->headers, "Content-Type"),
               *body = in->body.data ? in->body.data : "";
    bool is_form = type && cfn_starts_with(type, "application/x-www-form-urlencoded");
    if (is_form && in->body.size)
        return *in->query ? cfn_arena_text(&in->arena, "%s&%s", in->query, body) : body;
    return cfn__query_value(&in->arena, in->query, "Action") ? in->query : NULL;
}

void cfn__asked_read(struct cfn__incoming *in, struct cfn__asked *asked) {
    *asked = (struct cfn__asked){0};
    bool whole = cfn__body_unwrap(in); /* before the body is looked at: it becomes another */
    const char *form = form_of(in);
    find_service(in, form, asked);
    asked->call.service = asked->name;
    asked->call.action = "";
    if (!whole)
        cfn__asked_refuse(asked, 400, "IncompleteBody", "The request body terminated unexpectedly");
    else if (asked->service->protocol == CFN__QUERY || asked->service->protocol == CFN__EC2)
        read_query(in, form, asked);
    else if (asked->service->protocol == CFN__JSON)
        read_json(in, asked);
    else
        cfn__rest_read(in, asked);
}
