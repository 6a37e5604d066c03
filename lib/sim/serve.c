/* The server's wheel: connections, what each waits for, and the simulation's clock. */
#include "serve.h"

#include "aws/clock.h"

#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 64 << 10,    /* of reading */
    GLANCE = 250,        /* at most so long between looks at *stop */
    HEAD_LIMIT = 10000,  /* for a head, from its first byte */
    BODY_LIMIT = 60000,  /* for a body; for an answer to be taken */
    IDLE_LIMIT = 300000, /* between requests */
    DEAF = 50,           /* nobody new is heard where there was no room for one */
    DRAIN_LIMIT = 2000,  /* what still comes behind the last answer is let pass */
    SKEW = 5 * 60000
};

enum state {
    READS,   /* a request */
    HELD,    /* it is on its way: carried out when due */
    RETURNS, /* so is its answer: written when due */
    WRITES,
    DRAINS
};

struct client {
    int fd;
    enum state state;
    int64_t due; /* for HELD and RETURNS what comes, else how long it may last */
    struct cfn__incoming in;
    struct cfn_text bytes; /* that have come and are not taken */
    struct cfn_text out;
    size_t sent;
    bool silent; /* it ends without an answer: that was lost */
};

struct server {
    const struct cfn_sim_server *options;
    struct cfn_sim *sim;
    struct cfn__clock clock;
    int listener;
    int64_t begun, epoch; /* the machine's time and the simulation's, when it began */
    int64_t latency;
    int64_t deaf; /* until then */
    CFN_ARRAY(struct client *) clients;
    struct cfn__watched watched[CFN__MOST_CLIENTS + 1];
    char piece[PIECE];
};

static int64_t real_now(const struct server *server) {
    return cfn__clock_now(&server->clock);
}

static double speed_of(const struct server *server) {
    return server->options->speed > 0 ? server->options->speed : 1;
}

static int64_t virtual_now(const struct server *server) {
    return server->epoch + (int64_t)((double)(real_now(server) - server->begun) * speed_of(server));
}

/* --- carrying out --- */

static void trace(const struct server *server, const struct cfn__asked *asked, const char *code) {
    const struct cfn_sim_server *options = server->options;
    if (options->trace)
        options->trace(options->self, asked->name, asked->call.action, *code ? code : "ok");
}

/* How each kind of service says that it is asked too often. */
static void throttle(struct cfn_sim *sim, enum cfn__protocol protocol, struct cfn_reply *reply) {
    if (protocol == CFN__S3)
        cfn__serve_refuse(sim, 503, "SlowDown", "Please reduce your request rate.", reply);
    else if (protocol == CFN__EC2)
        cfn__serve_refuse(sim, 503, "RequestLimitExceeded", "Request limit exceeded.", reply);
    else
        cfn__serve_refuse(sim, 400, protocol == CFN__QUERY ? "Throttling" : "ThrottlingException",
                          "Rate exceeded", reply);
}

static bool is_allowed(struct server *server, struct client *client, struct cfn__asked *asked) {
    if (!server->options->secret)
        return true;
    const struct cfn__watch watches[2] = {
        {real_now(server), SKEW},
        {cfn_sim_now(server->sim),
         (int64_t)(SKEW * (speed_of(server) > 1 ? speed_of(server) : 1))}};
    return cfn__sign_verify(&client->in, asked, server->options->secret, watches);
}

static void carry_out(struct server *server, struct client *client) {
    struct cfn_sim *sim = server->sim;
    struct cfn__asked asked;
    struct cfn_reply reply = {0};
    int64_t late = 0;
    enum cfn__journey journey = CFN__ANSWERED;
    cfn_sim_advance(sim, virtual_now(server));
    cfn__asked_read(&client->in, &asked);
    if (!is_allowed(server, client, &asked) || asked.status)
        cfn__serve_refuse(sim, asked.status, asked.code, asked.message, &reply);
    else
        journey = cfn__serve_call(sim, &asked.call, &reply, &late);
    if (journey == CFN__REFUSED)
        throttle(sim, asked.service->protocol, &reply);
    cfn__answer_cut(&asked, sim, &reply);
    client->silent = journey == CFN__SILENT;
    reply.server_time = real_now(server); /* clients set their clocks by it, and sign by those */
    trace(server, &asked, client->silent ? "lost" : reply.code);
    if (!client->silent)
        cfn__answer_write(&client->out, &asked, &reply, strcmp(client->in.method, "HEAD") == 0,
                          client->in.last);
    cfn_reply_done(&reply);
    cfn__asked_done(&asked);
    client->state = RETURNS;
    client->due += late + server->latency - server->latency / 2;
}

/* --- one connection --- */

static void drop(struct client *client) {
    cfn__net_close(client->fd);
    cfn__incoming_done(&client->in);
    cfn_text_done(&client->bytes);
    cfn_text_done(&client->out);
    free(client);
}

static void begin_write(struct server *server, struct client *client) {
    client->state = WRITES;
    client->due = real_now(server) + BODY_LIMIT;
    client->sent = 0;
}

static void forget_bytes(struct client *client, size_t size) {
    if (size == 0)
        return;
    client->bytes.size -= size;
    memmove(client->bytes.data, client->bytes.data + size, client->bytes.size);
}

/* Whoever waits to hear that the body is wanted, hears it. */
static void encourage(struct client *client) {
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (client->in.expects && client->in.stage != CFN__HEAD && client->in.stage < CFN__WHOLE &&
        client->bytes.size == 0)
        cfn__net_write(client->fd, go_on, sizeof go_on - 1);
    if (client->in.stage != CFN__HEAD)
        client->in.expects = false;
}

/* Takes what has come, as far as the end of one request. */
static void take(struct server *server, struct client *client) {
    size_t taken = 0;
    enum cfn__stage before = client->in.stage;
    for (size_t piece = 1; piece > 0 && client->in.stage < CFN__WHOLE; taken += piece)
        piece = taken < client->bytes.size
                    ? cfn__incoming_take(&client->in, client->bytes.data + taken,
                                         client->bytes.size - taken)
                    : 0;
    forget_bytes(client, taken);
    encourage(client);
    if (client->in.stage == CFN__BAD) {
        cfn__answer_bad(&client->out, client->in.status, client->in.why, real_now(server));
        begin_write(server, client);
    } else if (client->in.stage == CFN__WHOLE) {
        client->state = HELD;
        client->due = real_now(server) + server->latency / 2;
    } else if (before == CFN__HEAD && client->in.stage != CFN__HEAD)
        client->due = real_now(server) + BODY_LIMIT;
}

static void begin_read(struct server *server, struct client *client) {
    cfn__incoming_done(&client->in);
    client->out.size = 0;
    client->state = READS;
    client->due = real_now(server) + (client->bytes.size ? HEAD_LIMIT : IDLE_LIMIT);
    take(server, client);
}

/* false: it is over. */
static bool read_some(struct server *server, struct client *client) {
    bool drains = client->state == DRAINS;
    long size = cfn__net_read(client->fd, server->piece, sizeof server->piece);
    if (size < 0)
        return false;
    if (size == 0 || drains)
        return true;
    if (client->in.stage == CFN__HEAD && client->bytes.size == 0)
        client->due = real_now(server) + HEAD_LIMIT;
    cfn_text_write(&client->bytes, server->piece, (size_t)size);
    take(server, client);
    return true;
}

static bool write_some(struct server *server, struct client *client) {
    long size = cfn__net_write(client->fd, client->out.data + client->sent,
                               client->out.size - client->sent);
    if (size < 0)
        return false;
    client->sent += (size_t)size;
    if (client->sent < client->out.size)
        return true;
    if (!client->in.last) {
        begin_read(server, client);
        return true;
    }
    cfn__net_finish(client->fd);
    client->state = DRAINS;
    client->due = real_now(server) + DRAIN_LIMIT;
    return true;
}

/* What a moment brings that has come; false: the connection ends. */
static bool pass(struct server *server, struct client *client) {
    bool begun = client->in.stage != CFN__HEAD || client->bytes.size > 0;
    switch (client->state) {
    case HELD:
        carry_out(server, client);
        return true;
    case RETURNS:
        if (client->silent)
            return false;
        begin_write(server, client);
        return write_some(server, client);
    case READS:
        if (!begun)
            return false;
        cfn__answer_bad(&client->out, 408, "the request must come in time", real_now(server));
        client->in.last = true;
        begin_write(server, client);
        return true;
    default:
        return false;
    }
}

static bool turn(struct server *server, struct client *client, const struct cfn__watched *watched) {
    bool alive = true;
    if (watched->can_read && (client->state == READS || client->state == DRAINS))
        alive = read_some(server, client);
    else if (watched->can_write && client->state == WRITES)
        alive = write_some(server, client);
    else if (watched->can_read && client->state == WRITES)
        alive = watched->can_write; /* an error: it can be neither read nor written */
    while (alive && client->due <= real_now(server))
        alive = pass(server, client);
    return alive;
}

/* --- all connections --- */

/* Room for one more: whoever has been idle longest goes. */
static bool make_room(struct server *server) {
    struct client *idle = NULL;
    size_t place = 0;
    if (server->clients.count < CFN__MOST_CLIENTS)
        return true;
    for (size_t i = 0; i < server->clients.count; i++) {
        struct client *client = server->clients.items[i];
        bool waits = client->state == READS && client->in.stage == CFN__HEAD && !client->bytes.size;
        if (waits && (!idle || client->due < idle->due)) {
            idle = client;
            place = i;
        }
    }
    if (!idle)
        return false;
    drop(idle);
    server->clients.items[place] = server->clients.items[--server->clients.count];
    return true;
}

static void accept_all(struct server *server) {
    for (size_t heard = 0;; heard++) {
        int fd = make_room(server) ? cfn__net_accept(server->listener) : -1;
        if (fd < 0 && heard == 0)
            server->deaf = real_now(server) + DEAF;
        if (fd < 0)
            return;
        struct client *client = cfn__alloc(sizeof *client);
        client->fd = fd;
        client->due = real_now(server) + IDLE_LIMIT;
        *CFN_PUSH(&server->clients) = client;
    }
}

static int64_t watch(struct server *server) {
    int64_t now = real_now(server), until = now + GLANCE;
    for (size_t i = 0; i < server->clients.count; i++) {
        const struct client *client = server->clients.items[i];
        server->watched[i] =
            (struct cfn__watched){.fd = client->fd,
                                  .reads = client->state == READS || client->state == DRAINS,
                                  .writes = client->state == WRITES};
        if (client->due < until)
            until = client->due;
    }
    bool hears = server->deaf <= now;
    server->watched[server->clients.count] =
        (struct cfn__watched){.fd = server->listener, .reads = hears};
    if (!hears && server->deaf < until)
        until = server->deaf;
    return until > now ? until - now : 0;
}

static void turn_all(struct server *server) {
    cfn__net_wait(server->watched, server->clients.count + 1, watch(server));
    bool knocks = server->watched[server->clients.count].can_read;
    size_t left = 0;
    for (size_t i = 0; i < server->clients.count; i++) {
        struct client *client = server->clients.items[i];
        if (turn(server, client, &server->watched[i]))
            server->clients.items[left++] = client;
        else
            drop(client);
    }
    server->clients.count = left;
    if (knocks)
        accept_all(server);
}

static struct server *open_server(struct cfn_sim *sim, const struct cfn_sim_server *options,
                                  struct cfn_diags *diags) {
    int port, listener = cfn__net_listen(options->address, &port, diags);
    if (listener < 0)
        return NULL;
    struct server *server = cfn__alloc(sizeof *server);
    server->options = options;
    server->sim = sim;
    server->listener = listener;
    server->clock = cfn__clock_new();
    server->begun = real_now(server);
    server->latency = cfn__serve_latency(sim);
    server->epoch = cfn_sim_now(sim) > server->begun ? cfn_sim_now(sim) : server->begun;
    if (options->ready)
        options->ready(options->self, port);
    return server;
}

int cfn_sim_serve(struct cfn_sim *sim, const struct cfn_sim_server *options,
                  struct cfn_diags *diags) {
    struct server *server = open_server(sim, options, diags);
    if (!server)
        return -1;
    while (!options->stop || !*options->stop)
        turn_all(server);
    for (size_t i = 0; i < server->clients.count; i++)
        drop(server->clients.items[i]);
    free(server->clients.items);
    cfn__net_close(server->listener);
    free(server);
    return 0;
}
