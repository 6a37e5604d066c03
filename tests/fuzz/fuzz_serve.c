/*
 * Any bytes as what a client sends to the simulation's server. A request is the same however it is
 * cut into pieces; what it asks is answered by the simulation; an answer of the Query protocol is
 * XML that can be read.
 */
#include "sim/serve.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Feeds one request, in pieces of a size; tells how many bytes it has taken. */
static size_t feed(struct cfn__incoming *in, const char *bytes, size_t size, size_t piece) {
    size_t taken = 0;
    for (size_t come = 0; come < size && in->stage < CFN__WHOLE;) {
        come = size - come > piece ? come + piece : size;
        for (size_t more = 1; more > 0 && taken < come && in->stage < CFN__WHOLE; taken += more) {
            more = cfn__incoming_take(in, bytes + taken, come - taken);
            if (more > come - taken)
                abort();
        }
    }
    return taken;
}

static bool same(const struct cfn__incoming *a, const struct cfn__incoming *b) {
    if (a->stage != b->stage || a->status != b->status || a->body.size != b->body.size ||
        !cfn_same(a->path, b->path) || a->headers.count != b->headers.count)
        return false;
    return !a->body.size || memcmp(a->body.data, b->body.data, a->body.size) == 0;
}

static void check_answer(const struct cfn__asked *asked, const struct cfn_text *out) {
    const char *body = strstr(out->data, "\r\n\r\n");
    if (!body)
        abort();
    size_t size = out->size - (size_t)(body + 4 - out->data);
    json_t *read =
        asked->service->protocol == CFN__QUERY ? cfn__xml_read(body + 4, size, NULL) : json_null();
    if (!read)
        abort();
    json_decref(read);
}

static void ask(struct cfn_sim *sim, struct cfn__incoming *in) {
    static const struct cfn__watch watches[2] = {{INT64_C(1767225600000), 300000},
                                                 {INT64_C(1787383142000), 300000}};
    struct cfn__asked asked;
    struct cfn_reply reply = {0};
    struct cfn_text out = {0};
    int64_t late;
    cfn__asked_read(in, &asked);
    struct cfn__asked copy = asked;
    cfn__sign_verify(in, &copy, "secret", watches);
    if (asked.status)
        cfn__serve_refuse(sim, asked.status, asked.code, asked.message, &reply);
    else
        cfn__serve_call(sim, &asked.call, &reply, &late);
    cfn__answer_cut(&asked, sim, &reply);
    cfn__answer_write(&out, &asked, &reply, false, in->last);
    check_answer(&asked, &out);
    cfn_text_done(&out);
    cfn_reply_done(&reply);
    cfn__asked_done(&asked);
    cfn_sim_advance(sim, cfn_sim_now(sim) + 60000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct cfn_sim *sim = cfn_sim_new(NULL);
    const char *bytes = (const char *)data;
    for (size_t taken = 1; taken > 0 && size > 0; bytes += taken, size -= taken) {
        struct cfn__incoming whole = {0}, pieces = {0};
        taken = feed(&whole, bytes, size, size);
        size_t again = feed(&pieces, bytes, size, 1 + size / 7);
        bool complete = whole.stage == CFN__WHOLE || whole.stage == CFN__BAD;
        if (complete && (taken != again || !same(&whole, &pieces)))
            abort();
        if (whole.stage == CFN__WHOLE)
            ask(sim, &whole);
        cfn__incoming_done(&whole);
        cfn__incoming_done(&pieces);
        if (!complete)
            break;
    }
    cfn_sim_free(sim);
    return 0;
}
