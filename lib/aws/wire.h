/* A call on its way over the wire. */
#ifndef CFN_AWS_WIRE_H
#define CFN_AWS_WIRE_H

#include "protocol.h"
#include "sigv4.h"

struct cfn__flight {
    uint64_t id, exchange; /* the caller's, and ours */
    const struct cfn__service *service;
    char *action;
    struct cfn__outgoing outgoing;
    char *url;              /* without a query */
    bool adjusted, renewed; /* sent again for the clock's sake, or for new credentials */
    int64_t begun;
    struct cfn__flight *next;
};

struct cfn__wire {
    struct cfn__wire_options options;
    char *region;
    struct cfn_transport transport;
    struct cfn__credentials credentials;
    bool have;       /* credentials */
    char *refusal;   /* why there were none, or NULL */
    int64_t refused; /* when that was */
    uint64_t exchanges;
    struct cfn__flight *flights;
    CFN_ARRAY(struct cfn_reply) ready; /* for calls that were never sent */
};

/* The URL of a service: "https://s3.eu-central-1.amazonaws.com", or what is set for it; from the
 * arena. *own: it is AWS's. */
const char *cfn__wire_base(struct cfn__wire *wire, const struct cfn__service *service, bool *own,
                           struct cfn_arena *arena);
/* What is signed of a request to that base, with its Host: the path has the base's in front. The
 * digest is the caller's to set. */
struct cfn__signable cfn__wire_signable(const struct cfn__outgoing *outgoing, const char *base,
                                        struct cfn_arena *arena);
struct cfn__signer cfn__wire_signer(struct cfn__wire *wire, const struct cfn__service *service);
/* scheme://host of a signable. */
char *cfn__wire_url(const struct cfn__signable *signable, const char *base,
                    struct cfn_arena *arena);
/* Signs and starts; false, with why in wire->refusal: there are no credentials. */
bool cfn__wire_start(struct cfn__wire *wire, struct cfn__flight *flight);

#endif
