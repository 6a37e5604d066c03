/*
 * What the files of the server share. Bytes become a request of HTTP (serve_http.c, serve_body.c),
 * that becomes a call (serve_asked.c with serve_form.c and serve_rest.c), whose signature may be
 * verified (serve_sign.c); its reply is written as the service does (serve_answer.c with
 * serve_xml.c). serve.c turns the wheel, serve_net.c is the door to the network.
 */
#ifndef CFN_SIM_SERVE_H
#define CFN_SIM_SERVE_H

#include "aws/protocol.h"
#include "serve_sim.h"

/* --- HTTP --- */

enum { CFN__MOST_BODY = 16 << 20 };

enum cfn__stage {
    CFN__HEAD,
    CFN__BODY,       /* of a known length */
    CFN__CHUNK_SIZE, /* chunked: the line before a chunk */
    CFN__CHUNK,
    CFN__CHUNK_END, /* the line behind it */
    CFN__TRAILERS,
    CFN__WHOLE,
    CFN__BAD /* status and why say what is wrong */
};

/* A request as it comes in; {0} to begin with. */
struct cfn__incoming {
    struct cfn_arena arena;
    enum cfn__stage stage;
    int status;
    const char *why;
    const char *method, *path, *query; /* as they were sent; the query without its mark */
    struct cfn__pairs headers;
    bool last;      /* the connection ends behind it */
    bool expects;   /* its sender waits to hear that the body is wanted */
    size_t scanned; /* of the head: no end was found until there */
    size_t left;    /* of the body or the chunk; of trailers: taken so far */
    struct cfn_text body;
};
/* Takes what it can of some bytes and tells how many that were; those it leaves are to be given
 * again, with more behind them. */
size_t cfn__incoming_take(struct cfn__incoming *in, const char *bytes, size_t size);
void cfn__incoming_done(struct cfn__incoming *in);
size_t cfn__incoming_fail(struct cfn__incoming *in, int status, const char *why); /* 0 */
/* The stages of a body. */
size_t cfn__body_take(struct cfn__incoming *in, const char *bytes, size_t size);
/* S3's own chunks, within the body: "size;chunk-signature=..." lines, then trailers. Put in place
 * of the body; false: it is none of that form. */
bool cfn__body_unwrap(struct cfn__incoming *in);

/* --- calls --- */

struct cfn__asked {
    const struct cfn__service
        *service;               /* one that is not known has a row that says how it speaks */
    const char *name;           /* of the service, as the caller says it */
    struct cfn_call call;       /* its input belongs to it */
    int status;                 /* 0: it can be carried out */
    const char *code, *message; /* of a refusal */
};
/* What a request asks. Its texts are the request's, which may have its body unwrapped. */
void cfn__asked_read(struct cfn__incoming *in, struct cfn__asked *asked);
void cfn__asked_done(struct cfn__asked *asked);
void cfn__asked_refuse(struct cfn__asked *asked, int status, const char *code, const char *message);

/* The input of a form: "Tags.member.1.Key=..." and EC2's dialect of it. NULL: it is none. */
json_t *cfn__form_read(const char *form, const struct cfn__service *service, const char *action,
                       struct cfn_arena *arena);
/* Undoes percent-encoding, and the plus of forms; NULL: a code is broken or of NUL, or it is no
 * UTF-8. From the arena. */
char *cfn__url_plain(struct cfn_arena *arena, const char *text, size_t size, bool plus);
bool cfn__is_text(const char *text); /* UTF-8 */
/* A name's value in a query or form, plain; NULL: none. From the arena. */
const char *cfn__query_value(struct cfn_arena *arena, const char *query, const char *name);

/* REST: which row of the table a request is, and its input. false: refused in `asked`. */
bool cfn__rest_read(struct cfn__incoming *in, struct cfn__asked *asked);

/* Who signed, from the header or the query. */
struct cfn__claim {
    const char *key, *date, *region, *service; /* of the scope; NULL: it is not signed */
    const char *time, *names, *signature;
    bool in_query;
};
bool cfn__claim_read(struct cfn__incoming *in, struct cfn__claim *claim);
/* A clock that a signature may have gone by. */
struct cfn__watch {
    int64_t now, tolerance;
};
/* Refuses, in `asked`, what "cfngen" has not signed with that secret, by one of two clocks. */
bool cfn__sign_verify(struct cfn__incoming *in, struct cfn__asked *asked, const char *secret,
                      const struct cfn__watch watches[2]);

/* --- answers --- */

/* Cuts the payload of an answer to what a Range asks for, as S3 does. */
void cfn__answer_cut(const struct cfn__asked *asked, struct cfn_sim *sim, struct cfn_reply *reply);
/* Appends the answer to a call, body and all. head: only as much of it as HEAD is told. */
void cfn__answer_write(struct cfn_text *out, const struct cfn__asked *asked,
                       const struct cfn_reply *reply, bool head, bool last);
/* Appends the answer to what is not even a request. */
void cfn__answer_bad(struct cfn_text *out, int status, const char *why, int64_t now);

/* Bodies in XML. */
void cfn__xml_output(struct cfn_text *xml, const struct cfn__asked *asked,
                     const struct cfn_reply *reply);
void cfn__xml_error(struct cfn_text *xml, const struct cfn__asked *asked,
                    const struct cfn_reply *reply);
void cfn__xml_put(struct cfn_text *xml, const char *text); /* escaped; what XML forbids replaced */

/* --- the network --- */

enum { CFN__MOST_CLIENTS = 900 };

/* What is waited for on a connection, and what has happened. */
struct cfn__watched {
    int fd;
    bool reads, writes;       /* what is waited for */
    bool can_read, can_write; /* what has come; an end and an error are readable */
};
/* A listener on a loopback address "127.0.0.1:4566"; *port is what it got. -1 with a diagnostic. */
int cfn__net_listen(const char *address, int *port, struct cfn_diags *diags);
int cfn__net_accept(int listener); /* -1: nobody is there, or there is no room for him */
/* Waits until something happens, or `milliseconds` are over. */
void cfn__net_wait(struct cfn__watched *watched, size_t count, int64_t milliseconds);
/* How many bytes; 0: not now; -1: the connection is over. */
long cfn__net_read(int fd, char *bytes, size_t size);
long cfn__net_write(int fd, const char *bytes, size_t size);
void cfn__net_finish(int fd); /* tells the other side that no more comes */
void cfn__net_close(int fd);

#endif
