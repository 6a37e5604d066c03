/* Answers as replies. */
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

static bool is_xml(const struct cfn__service *service) {
    return service->protocol == CFN__QUERY || service->protocol == CFN__EC2 ||
           service->protocol == CFN__S3;
}

static const char *text_of(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void replace(char **place, const char *text) {
    char *copy = cfn__copy(text);
    free(*place);
    *place = copy;
}

/* The same is called by three names in headers, and by two in bodies. */
static void read_request_id(const struct cfn__response *response, const json_t *root,
                            struct cfn_reply *reply) {
    static const char *const headers[] = {"x-amzn-RequestId", "x-amzn-Request-Id",
                                          "x-amz-request-id"};
    static const char *const members[] = {"RequestId", "RequestID", "requestId"};
    for (size_t i = 0; i < 3 && !*reply->request_id; i++) {
        char *id = cfn__response_header(response, headers[i]);
        if (id)
            replace(&reply->request_id, id);
        free(id);
    }
    for (size_t i = 0; i < 3 && !*reply->request_id; i++) {
        const char *id = text_of(root, members[i]);
        replace(&reply->request_id,
                *id ? id : text_of(json_object_get(root, "ResponseMetadata"), members[i]));
    }
}

/* -- failures ---------------------------------------------------------------------------------- */

static json_t *first_item(json_t *list) {
    return json_is_array(list) ? json_array_get(list, 0) : list;
}

/* <ErrorResponse><Error>, <Response><Errors><Error>, S3's <Error>: whichever holds a Code. */
static const json_t *error_of(const char *name, json_t *root) {
    json_t *error = first_item(json_object_get(root, "Error"));
    if (!error)
        error = first_item(json_object_get(root, "Errors"));
    json_t *inner = first_item(json_object_get(error, "Error"));
    error = inner ? inner : error;
    return error ? error : strcmp(name, "Error") == 0 ? root : NULL;
}

/* "com.amazonaws.kms#NotFoundException:http://..." is NotFoundException. */
static void set_code(struct cfn_reply *reply, const char *code) {
    const char *sharp = strchr(code, '#');
    replace(&reply->code, sharp ? sharp + 1 : code);
    reply->code[strcspn(reply->code, ":")] = '\0';
}

static void read_xml_error(const struct cfn__response *response, struct cfn_reply *reply) {
    static const struct cfn__xml_names none = {NULL, NULL, NULL};
    json_t *whole = cfn__xml_read(response->body, response->body_size, &none);
    void *first = json_object_iter(whole);
    if (first) {
        json_t *root = json_object_iter_value(first);
        const json_t *error = error_of(json_object_iter_key(first), root);
        set_code(reply, text_of(error, "Code"));
        replace(&reply->message, text_of(error, "Message"));
        read_request_id(response, root, reply);
    }
    json_decref(whole);
}

static const char *first_text(const json_t *object, const char *const names[]) {
    const char *text = "";
    for (; *names && !*text; names++)
        text = text_of(object, *names);
    return text;
}

/* error and error_description are those of OAuth, as SSO has them. */
static void read_json_error(const struct cfn__response *response, struct cfn_reply *reply) {
    static const char *const codes[] = {"__type", "code", "Code", "error", NULL};
    static const char *const messages[] = {"message", "Message", "errorMessage",
                                           "error_description", NULL};
    json_t *body = json_loadb(response->body, response->body_size, 0, NULL);
    char *type = cfn__response_header(response, "x-amzn-ErrorType");
    set_code(reply, type ? type : first_text(body, codes));
    replace(&reply->message, first_text(body, messages));
    free(type);
    json_decref(body);
}

/* A service that speaks JSON may say more in the old words of Query: "AWS.X.NotFound;Sender". */
static void read_query_code(const struct cfn__response *response, struct cfn_reply *reply) {
    char *code = cfn__response_header(response, "x-amzn-query-error");
    if (code && *reply->code == '\0')
        replace(&reply->code, code);
    if (code)
        reply->code[strcspn(reply->code, ";")] = '\0';
    free(code);
}

/* What HEAD, a proxy's page or an empty body leave unsaid. */
static void fill_by_status(int status, struct cfn_reply *reply) {
    static const struct {
        int status;
        const char *code, *message;
    } rows[] = {
        {301, "PermanentRedirect", "it is in another region"},
        {307, "TemporaryRedirect", "it is in another region"},
        {304, "NotModified", "not modified"},
        {400, "BadRequest", "bad request"},
        {401, "Unauthorized", "unauthorized"},
        {403, "Forbidden", "forbidden"},
        {404, "NotFound", "not found"},
        {407, "ProxyAuthenticationRequired", "the proxy wants a name and a password"},
        {409, "Conflict", "conflict"},
        {412, "PreconditionFailed", "precondition failed"},
        {413, "RequestTooLarge", "the request is too large"},
        {429, "TooManyRequests", "too many requests"},
        {500, "InternalFailure", "internal failure"},
        {502, "BadGateway", "bad gateway"},
        {503, "ServiceUnavailable", "service unavailable"},
        {504, "GatewayTimeout", "gateway timeout"},
    };
    const char *code = "UnexpectedAnswer", *message = "an answer that is not the service's";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].status == status) {
            code = rows[i].code;
            message = rows[i].message;
        }
    if (!*reply->code)
        replace(&reply->code, code);
    if (!*reply->message)
        replace(&reply->message, message);
}

static void take_payload(const struct cfn__response *response, struct cfn_reply *reply) {
    reply->payload_size = response->body_size;
    reply->payload = cfn__alloc(response->body_size + 1);
    memcpy(reply->payload, response->body, response->body_size);
}

static void decode_failure(const struct cfn__service *service, const struct cfn__response *response,
                           struct cfn_reply *reply) {
    if (is_xml(service))
        read_xml_error(response, reply);
    else
        read_json_error(response, reply);
    read_query_code(response, reply);
    if (strcmp(service->signing, "awsssoportal") == 0 && response->status == 401)
        replace(&reply->code, "UnauthorizedSSOTokenError");
    /* Without a word of the service's own, the status alone is judged; a refusal that is cut off,
     * or a page of somebody in between, refuses nothing. */
    bool says_nothing = !*reply->code && response->body_size > 0;
    reply->outcome = cfn__classify(response->status, reply->code);
    if (says_nothing && reply->outcome == CFN_REPLY_REFUSED)
        reply->outcome = CFN_REPLY_BROKEN;
    if (service->protocol == CFN__REST_JSON && reply->outcome == CFN_REPLY_REFUSED)
        take_payload(response, reply);
    fill_by_status(response->status, reply);
}

/* -- success ----------------------------------------------------------------------------------- */

/* <CreateStackResponse><CreateStackResult>: what is in the inner one, if there is one. */
static json_t *result_of(const char *action, json_t *root) {
    struct cfn_text name = {0};
    cfn_text_printf(&name, "%sResult", action);
    json_t *result = json_object_get(root, name.data);
    cfn_text_done(&name);
    json_object_del(root, "ResponseMetadata");
    json_object_del(root, result ? "" : "RequestId"); /* of EC2 */
    return json_incref(result ? result : root);
}

/* Members of S3's replies that are headers. */
static void put_headers(const struct cfn__response *response, json_t *output) {
    static const char *const rows[][2] = {
        {"ETag", "ETag"},
        {"Content-Length", "ContentLength"},
        {"Content-Type", "ContentType"},
        {"Last-Modified", "LastModified"},
        {"x-amz-version-id", "VersionId"},
        {"x-amz-delete-marker", "DeleteMarker"},
        {"x-amz-bucket-region", "BucketRegion"},
        {"x-amz-server-side-encryption", "ServerSideEncryption"},
        {"x-amz-server-side-encryption-aws-kms-key-id", "SSEKMSKeyId"},
        {"x-amz-storage-class", "StorageClass"},
        {"x-amz-checksum-sha256", "ChecksumSHA256"},
        {"Location", "Location"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *value = cfn__response_header(response, rows[i][0]);
        if (value && !json_object_get(output, rows[i][1]))
            json_object_set_new(output, rows[i][1], json_string(value));
        free(value);
    }
}

/* The root's members; of a root that is a text alone, that by its name (GetBucketLocation). */
static json_t *rest_result(const char *name, json_t *root) {
    if (json_is_object(root))
        return json_incref(root);
    json_t *output = json_object();
    bool text = json_is_string(root) && *json_string_value(root);
    if (json_is_array(root) || text)
        json_object_set(output, name, root);
    return output;
}

/* A page of somebody in between may be XML too. */
static bool is_root(const struct cfn__service *service, const char *action, const char *name) {
    size_t size = strlen(action);
    if (service->protocol == CFN__S3)
        return *name && strcmp(name, "Errors") != 0 &&
               strcmp(name, "html") != 0; /* by list names */
    return strncmp(name, action, size) == 0 && strcmp(name + size, "Response") == 0;
}

static json_t *read_xml(const struct cfn__service *service, const char *action,
                        const struct cfn__response *response, struct cfn_reply *reply) {
    json_t *whole = cfn__xml_read(response->body, response->body_size, cfn__names_of(service)),
           *output = NULL;
    void *first = json_object_iter(whole);
    const char *name = first ? json_object_iter_key(first) : "";
    if (!is_root(service, action, name)) {
        json_decref(whole);
        return NULL;
    }
    json_t *root = json_object_iter_value(first);
    read_request_id(response, root, reply);
    if (service->protocol == CFN__S3)
        output = rest_result(name, root);
    else
        output = result_of(action, root);
    json_decref(whole);
    if (json_is_object(output))
        return output;
    json_decref(output); /* an empty result */
    return json_object();
}

static json_t *read_output(const struct cfn__service *service, const char *action,
                           const struct cfn__response *response, struct cfn_reply *reply) {
    bool empty = response->body_size == 0;
    if (service->protocol == CFN__S3 && (empty || strcmp(action, "GetObject") == 0))
        return json_object();
    if (is_xml(service))
        return read_xml(service, action, response, reply);
    json_t *body = json_loadb(response->body, response->body_size, 0, NULL);
    if (json_is_object(body))
        return body;
    json_decref(body);
    return empty ? json_object() : NULL;
}

/* S3 answers 200 before it begins what takes long, and tells in the body that it has failed. */
static bool is_late_failure(const struct cfn__service *service,
                            const struct cfn__response *response, struct cfn_reply *reply) {
    if (service->protocol != CFN__S3)
        return false;
    read_xml_error(response, reply);
    reply->outcome = cfn__classify(response->status, reply->code);
    return *reply->code != '\0';
}

static void decode_success(const struct cfn__service *service, const char *action,
                           const struct cfn__response *response, struct cfn_reply *reply) {
    reply->output = read_output(service, action, response, reply);
    if (!reply->output && is_late_failure(service, response, reply))
        return;
    if (!reply->output) {
        reply->outcome = CFN_REPLY_BROKEN;
        replace(&reply->code, "unreadable");
        replace(&reply->message, "an answer that is not the service's");
        return;
    }
    reply->outcome = CFN_REPLY_OK;
    if (service->protocol != CFN__S3)
        return;
    bool object = strcmp(action, "GetObject") == 0;
    if (object || response->body_size == 0 || strcmp(action, "CompleteMultipartUpload") == 0)
        put_headers(response, reply->output);
    if (object)
        take_payload(response, reply);
}

void cfn__decode(const struct cfn__service *service, const char *action,
                 const struct cfn__response *response, struct cfn_reply *reply) {
    *reply = (struct cfn_reply){
        .status = response->status,
        .code = cfn__copy(""),
        .message = cfn__copy(""),
        .request_id = cfn__copy(""),
        .server_time = response->date,
    };
    read_request_id(response, NULL, reply);
    if (response->status == 0) {
        reply->outcome = CFN_REPLY_BROKEN;
        replace(&reply->code, response->error);
        replace(&reply->message, response->detail);
    } else if (response->status >= 200 && response->status < 300)
        decode_success(service, action, response, reply);
    else
        decode_failure(service, response, reply);
}
