/* The run: phases one after the other, as many calls as there is room for, replies to whoever
 * asked. */
#include "upload.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_FAILURES = 20, TICK = 200 };

/* -- made and freed ---------------------------------------------------------------------------- */

static void set_options(struct cfn_upload *upload, const struct cfn_upload_options *options) {
    struct cfn_upload_options *own = &upload->options;
    if (options)
        *own = *options;
    own->calls = own->calls ? own->calls : 48;
    own->memory = own->memory ? own->memory : UINT64_C(96) << 20;
    own->large = own->large ? own->large : UINT64_C(16) << 20;
    own->part = own->part ? own->part : UINT64_C(8) << 20;
    own->keep = own->keep ? own->keep : 5000;
}

static void place_new(struct cfn__upload_place *place, const struct cfn_upload_place *given) {
    struct cfn_text name = {0};
    cfn_text_printf(&name, ".cfngen/%s.json", given->name);
    *place = (struct cfn__upload_place){
        .given = given,
        .manifest = cfn_text_take(&name),
        .known = json_object(),
        .there = json_object(),
        .gone = json_array(),
        .removed = json_array(),
        .versions = json_object(),
    };
}

struct cfn_upload *cfn_upload_new(const struct cfn_upload_place *places, size_t count,
                                  const struct cfn_upload_options *options) {
    struct cfn_upload *upload = cfn__alloc(sizeof *upload);
    set_options(upload, options);
    upload->calls = cfn__alloc(upload->options.calls * sizeof *upload->calls);
    upload->places = cfn__alloc((count + 1) * sizeof *upload->places);
    for (size_t i = 0; i < count; i++)
        upload->file_count += places[i].count;
    upload->files = cfn__alloc((upload->file_count + 1) * sizeof *upload->files);
    struct cfn__upload_file *file = upload->files;
    for (; upload->place_count < count; upload->place_count++) {
        struct cfn__upload_place *place = &upload->places[upload->place_count];
        place_new(place, &places[upload->place_count]);
        for (size_t i = 0; i < place->given->count; i++)
            *file++ = (struct cfn__upload_file){.given = &place->given->files[i], .place = place};
    }
    return upload;
}

void cfn_upload_free(struct cfn_upload *upload) {
    if (!upload)
        return;
    for (size_t i = 0; i < upload->options.calls; i++)
        free(upload->calls[i].body);
    for (size_t i = 0; i < upload->file_count; i++)
        cfn__parts_free(upload->files[i].parts);
    for (size_t i = 0; i < upload->place_count; i++) {
        struct cfn__upload_place *place = &upload->places[i];
        free(place->manifest);
        json_decref(place->known);
        json_decref(place->there);
        json_decref(place->gone);
        json_decref(place->removed);
        json_decref(place->versions);
    }
    free(upload->calls);
    free(upload->files);
    free(upload->places);
    free(upload);
}

/* -- calls and replies ------------------------------------------------------------------------- */

/* One body is always taken, however large. */
bool cfn__upload_room(const struct cfn_upload *upload, uint64_t size) {
    return upload->under_way < upload->options.calls &&
           (upload->memory == 0 || upload->memory + size <= upload->options.memory);
}

json_t *cfn__upload_input(const struct cfn__upload_place *place, const char *key) {
    json_t *input = json_pack("{s:s}", "Bucket", place->given->bucket);
    if (key)
        json_object_set_new(input, "Key", json_string(key));
    if (place->given->owner)
        json_object_set_new(input, "ExpectedBucketOwner", json_string(place->given->owner));
    return input;
}

void cfn__upload_ask(struct cfn_upload *upload, const struct cfn__upload_call *call,
                     json_t *input) {
    struct cfn__upload_call *free_one = upload->calls;
    while (free_one->id)
        free_one++;
    *free_one = *call;
    free_one->id = ++upload->ids;
    upload->under_way++;
    upload->memory += call->size;
    const struct cfn_call sent = {
        .service = "s3",
        .action = call->action,
        .input = input,
        .payload = call->body,
        .payload_size = call->size,
    };
    upload->transport->send(upload->transport->self, free_one->id, &sent);
}

/* The place in the list is free before its reply is taken, for that may ask again. */
static void take(struct cfn_upload *upload, const struct cfn_reply *reply) {
    for (size_t i = 0; i < upload->options.calls; i++) {
        struct cfn__upload_call call = upload->calls[i];
        if (call.id != reply->id || !call.id)
            continue;
        upload->calls[i] = (struct cfn__upload_call){0};
        upload->under_way--;
        upload->memory -= call.size;
        call.take(upload, &call, reply);
        free(call.body);
        return;
    }
}

/* -- what is told ------------------------------------------------------------------------------ */

static void fail(struct cfn_upload *upload) {
    upload->failed = true;
    if (++upload->failures >= MOST_FAILURES && upload->stopped == 0)
        upload->stopped = 1;
}

static bool ends_place(const struct cfn_reply *reply) {
    return reply->outcome == CFN_REPLY_DENIED || strcmp(reply->code, "NoSuchBucket") == 0;
}

void cfn__upload_refused(struct cfn_upload *upload, const struct cfn__upload_call *call,
                         const struct cfn_reply *reply) {
    const struct cfn_call said = {.service = "s3", .action = call->action};
    bool again = call->place->ended || upload->stopped;
    fail(upload);
    if (ends_place(reply))
        call->place->ended = true;
    else if (reply->outcome != CFN_REPLY_REFUSED)
        upload->stopped = upload->stopped ? upload->stopped : 1;
    if (again)
        return;
    cfn_reply_fail(reply, &said, upload->diags);
    cfn_hint(upload->diags, "for %s%s%s of bucket %s", call->place->given->name,
             call->file ? ", " : "", call->file ? call->file->given->key : "",
             call->place->given->bucket);
}

void cfn__upload_unread(struct cfn_upload *upload, struct cfn__upload_file *file, int error) {
    file->state = CFN__FILE_FAILED;
    fail(upload);
    cfn_fail(upload->diags, "io.read", (struct cfn_place){.file = file->given->path}, NULL,
             "cannot be read: %s", strerror(error));
}

void cfn__upload_changed(struct cfn_upload *upload, struct cfn__upload_file *file) {
    file->state = CFN__FILE_FAILED;
    fail(upload);
    cfn_fail(upload->diags, "io.changed", (struct cfn_place){.file = file->given->path}, NULL,
             "was written to while it was read, and is not sent");
}

void cfn__upload_tell(struct cfn_upload *upload, enum cfn_upload_kind kind,
                      const struct cfn__upload_place *place, const char *key, uint64_t size) {
    const struct cfn_upload_event event = {kind, place->given->name, place->given->bucket, key,
                                           size};
    if (upload->watcher->event)
        upload->watcher->event(upload->watcher->self, &event);
}

/* -- the loop ---------------------------------------------------------------------------------- */

static void look(struct cfn_upload *upload) {
    const struct cfn_upload_watcher *watcher = upload->watcher;
    int stop = watcher->stop ? watcher->stop(watcher->self) : 0;
    upload->stopped = stop > upload->stopped ? stop : upload->stopped;
    if (watcher->look)
        watcher->look(watcher->self, &upload->progress,
                      upload->transport->now(upload->transport->self));
}

static bool next(struct cfn_upload *upload) {
    switch (upload->phase) {
    case CFN__READING:
        return !upload->stopped && cfn__upload_read_next(upload);
    case CFN__SENDING:
        return !upload->stopped && cfn__upload_send_next(upload);
    case CFN__TAKING_BACK:
        return cfn__upload_take_back_next(upload);
    case CFN__REMOVING:
        return !upload->stopped && cfn__upload_remove_next(upload);
    case CFN__KEEPING:
        return cfn__upload_keep_next(upload);
    case CFN__UPLOADED:
        break;
    }
    return false;
}

/* What could not be read is not compared, and nothing is removed after a failure. */
static void advance(struct cfn_upload *upload) {
    bool dry = upload->options.dry_run, fine = !upload->failed && !upload->stopped;
    if (upload->phase == CFN__READING && fine)
        cfn__upload_compare(upload);
    if (upload->phase == CFN__READING && (dry || !fine))
        upload->phase = CFN__UPLOADED;
    else
        upload->phase++;
    if (upload->phase == CFN__REMOVING && (!upload->options.remove || upload->failed))
        upload->phase++;
    upload->kept = upload->transport->now(upload->transport->self);
}

/* Who asks to stop when all is done is not told that something is missing. */
static int end(struct cfn_upload *upload, bool asked_to) {
    bool missing = false;
    for (size_t i = 0; i < upload->file_count; i++)
        missing = missing || (upload->files[i].state != CFN__FILE_SAME &&
                              upload->files[i].state != CFN__FILE_SENT);
    if (missing && asked_to)
        cfn_fail(upload->diags, "upload.stopped", (struct cfn_place){0}, NULL,
                 "stopped; the next run sends what is missing");
    return upload->failed || (missing && asked_to) ? -1 : 0;
}

int cfn_upload_run(struct cfn_upload *upload, const struct cfn_transport *transport,
                   const struct cfn_upload_watcher *watcher, struct cfn_diags *diags) {
    static const struct cfn_upload_watcher nobody = {0};
    upload->transport = transport;
    upload->watcher = watcher ? watcher : &nobody;
    upload->diags = diags;
    bool asked_to = false;
    while (upload->phase != CFN__UPLOADED) {
        look(upload);
        asked_to = upload->watcher->stop && upload->watcher->stop(upload->watcher->self) > 0;
        if (upload->stopped > 1)
            break;
        while (next(upload))
            continue;
        if (upload->under_way == 0) {
            advance(upload);
            continue;
        }
        struct cfn_reply reply = {0};
        int64_t until = transport->now(transport->self) + TICK;
        if (transport->wait(transport->self, until, &reply)) {
            take(upload, &reply);
            cfn_reply_done(&reply);
        }
    }
    look(upload);
    return end(upload, asked_to);
}
