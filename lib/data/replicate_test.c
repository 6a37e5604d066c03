/* The connections of a task, tested before it starts: what is wrong is told by them, and not by a
 * task that fails a quarter of an hour later. */
#include "replicate.h"

#include <string.h>

enum { LOOK = 5000, LONGEST = 5 * 60 * 1000 };

struct end {
    const char *what, *arn;
    const char *status; /* "testing", "successful", "failed" */
};

/* One that is being tested already is awaited like one of ours. */
static int begin(struct cfn__replicating *r, const struct end *end) {
    struct cfn_reply reply;
    cfn__dms_ask(r->transport, "TestConnection",
                 json_pack("{s:s, s:s}", "ReplicationInstanceArn",
                           cfn_output_text(r->status, "instance_arn"), "EndpointArn", end->arn),
                 &reply);
    bool under_way = cfn_same(reply.code, "InvalidResourceStateFault") && reply.message &&
                     strstr(reply.message, "test");
    int code = reply.outcome == CFN_REPLY_OK || under_way
                   ? 0
                   : cfn__dms_fail("TestConnection", &reply, r->diags);
    cfn_reply_done(&reply);
    return code;
}

static int tell_failed(struct cfn__replicating *r, const struct end *end, const char *message) {
    const char *advice = cfn__replication_advice(message);
    cfn_fail(r->diags, "replicate.connection", (struct cfn_place){0}, end->what,
             "the connection to the %s failed: %s", end->what,
             *message ? message : "DMS gives no reason");
    cfn_hint(r->diags, "%s", *advice ? advice : "the log group of the replication may tell more");
    return -1;
}

static int take(struct cfn__replicating *r, struct end *end, const json_t *connection) {
    const char *status = cfn_output_text(connection, "Status");
    if (strcmp(end->status, "testing") != 0)
        return 0;
    if (strcmp(status, "successful") == 0) {
        end->status = "successful";
        cfn__replicate_note(r, "the connection to the %s is good", end->what);
    } else if (strcmp(status, "failed") == 0) {
        end->status = "failed";
        return tell_failed(r, end, cfn_output_text(connection, "LastFailureMessage"));
    }
    return 0;
}

/* An endpoint may have been tested from other instances too. */
static int look(struct cfn__replicating *r, struct end ends[2]) {
    struct cfn_reply failure = {0};
    int code = 0;
    json_t *list = cfn__dms_pages(
        r->transport, "DescribeConnections",
        json_pack(
            "{s:o}", "Filters",
            cfn__dms_filter("endpoint-arn", (const char *const[]){ends[0].arn, ends[1].arn, NULL})),
        "Connections", &failure);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        if (strcmp(cfn_output_text(one, "ReplicationInstanceArn"),
                   cfn_output_text(r->status, "instance_arn")) != 0)
            continue;
        for (size_t j = 0; j < 2; j++)
            if (strcmp(cfn_output_text(one, "EndpointArn"), ends[j].arn) == 0)
                code |= take(r, &ends[j], one);
    }
    if (!list && failure.outcome != CFN_REPLY_BROKEN && failure.outcome != CFN_REPLY_THROTTLED)
        code = cfn__dms_fail("DescribeConnections", &failure, r->diags);
    cfn_reply_done(&failure);
    json_decref(list);
    return code;
}

static bool is_under_way(const struct end *end) {
    return strcmp(end->status, "testing") == 0;
}

static int await(struct cfn__replicating *r, struct end ends[2]) {
    const struct cfn_transport *transport = r->transport;
    int64_t end = transport->now(transport->self) + LONGEST;
    int code = 0;
    while (code == 0 && (is_under_way(&ends[0]) || is_under_way(&ends[1]))) {
        if (transport->now(transport->self) >= end)
            return tell_failed(r, is_under_way(&ends[0]) ? &ends[0] : &ends[1],
                               "its test does not come to an end: timed out");
        code = cfn__replicate_rest(r, LOOK);
        if (code == 0)
            code = look(r, ends);
    }
    return code;
}

int cfn__replicate_test(struct cfn__replicating *r) {
    struct end ends[2] = {
        {"source", cfn_output_text(r->status, "source_endpoint_arn"), "testing"},
        {"target", cfn_output_text(r->status, "target_endpoint_arn"), "testing"},
    };
    cfn__replicate_note(r, "testing the connections to source and target");
    int code = begin(r, &ends[0]);
    if (code == 0)
        code = begin(r, &ends[1]);
    return code == 0 ? await(r, ends) : code;
}
