/*
 * What services speak: how a call becomes a request, and an answer a reply.
 *
 * A service's row says its protocol; Query, EC2 and JSON need no more than that. REST services have
 * a row for each action too, which says where its members go.
 */
#ifndef CFN_AWS_PROTOCOL_H
#define CFN_AWS_PROTOCOL_H

#include "aws.h"
#include "pairs.h"
#include "xml.h"

enum cfn__protocol {
    CFN__QUERY,
    CFN__EC2,
    CFN__JSON,
    CFN__REST_JSON,
    CFN__S3 /* REST with XML */
};

struct cfn__service {
    const char *signing; /* the name in its signature */
    const char *name;    /* how AWS's tools call it */
    const char *host;    /* what its endpoints begin with */
    enum cfn__protocol protocol;
    const char *version; /* of the API */
    const char *target;  /* JSON: what X-Amz-Target begins with */
    bool global;         /* one endpoint for a partition */
};
/* By either name; NULL: none that is known. */
const struct cfn__service *cfn__service_find(const char *name);
/* "cloudformation.eu-central-1.amazonaws.com", by the region's partition; from the arena. */
char *cfn__service_host(const struct cfn__service *service, const char *region,
                        struct cfn_arena *arena);
/* The region in its signature. */
const char *cfn__service_region(const struct cfn__service *service, const char *region);
/* Whether an action is for whoever comes, signed by nobody. */
bool cfn__action_is_open(const struct cfn__service *service, const char *action);

/* A request on its way. Its texts are in its arena. */
struct cfn__outgoing {
    struct cfn_arena arena;
    const char *method, *path, *query; /* encoded */
    const char *host_prefix;           /* "env." or a bucket's "name.", or "" */
    struct cfn__pairs headers;
    const char *body; /* in the arena, or the call's payload */
    size_t body_size;
};
void cfn__outgoing_done(struct cfn__outgoing *outgoing);

/* Fills a zeroed request. own: the service's endpoint is AWS's own, so that a bucket may be part of
 * the host's name. NULL, or why there is no such call. */
const char *cfn__encode(const struct cfn__service *service, const struct cfn_call *call, bool own,
                        struct cfn__outgoing *outgoing);
const char *cfn__encode_query(const struct cfn__service *service, const struct cfn_call *call,
                              struct cfn__outgoing *outgoing);
const char *cfn__encode_json(const struct cfn__service *service, const struct cfn_call *call,
                             struct cfn__outgoing *outgoing);
const char *cfn__encode_rest(const struct cfn__service *service, const struct cfn_call *call,
                             bool own, struct cfn__outgoing *outgoing);
/* A number, true or false, or a string as it stands in a form, a path or a header; NULL for
 * anything else. From the arena. */
const char *cfn__plain_text(const json_t *value, struct cfn_arena *arena);

/* Fills a reply but for its id. */
void cfn__decode(const struct cfn__service *service, const char *action,
                 const struct cfn__response *response, struct cfn_reply *reply);
/* What a status and the service's own word for it mean. */
enum cfn_outcome cfn__classify(int status, const char *code);

/* An action of a REST service. Members and what they are called there: "Prefix=prefix|..."; one
 * that stands alone keeps its name. */
struct cfn__rest {
    const char *service, *action, *method;
    const char *path;        /* "/{Bucket}/{Key+}?list-type=2"; the plus keeps slashes */
    const char *query;       /* members that go there, or NULL */
    const char *headers;     /* the same; of a table, the name begins with it */
    const char *body;        /* NULL: none; "*": all other members as JSON; "payload"; "=Name": that
                                text; else the member that is written as XML, "Member=Element"
                                where that has another name */
    const char *host_prefix; /* "env.", or NULL */
};
extern const struct cfn__rest cfn__rest_table[];
const struct cfn__rest *cfn__rest_find(const char *service, const char *action);

/* Names of lists in XML, to and fro. */
const struct cfn__xml_names *cfn__names_of(const struct cfn__service *service);
extern const struct cfn__xml_names cfn__names_ec2, cfn__names_s3;
/* How an item of a list is called in a form: "member" for most. Written to room or a constant. */
const char *cfn__item_name(const struct cfn__service *service, const char *list, char room[128]);
const char *cfn__singular(const char *name, char room[128]);

/* The next of "Member=name|Other": a member and what the wire calls it; false at the end. Texts are
 * the arena's. */
struct cfn__place_of {
    const char *member, *name;
};
bool cfn__rest_place(const char **places, struct cfn_arena *arena, struct cfn__place_of *place);

#endif
