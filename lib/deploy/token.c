/*
 * Tokens: cfngen-<content>-<base>. The first half says what is submitted, so that a later run knows
 * an operation as one of ours; the second what it is submitted upon, so that a call that is
 * repeated is the same call, and a new attempt a new one.
 */
#include "engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put_part(struct cfn_text *text, const char *part) {
    cfn_text_printf(text, "%zu:", part ? strlen(part) : 0);
    cfn_text_put(text, part ? part : "");
}

static void put_json(struct cfn_text *text, const json_t *value) {
    char *dump = value ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) : NULL;
    put_part(text, dump);
    free(dump);
}

static void hash(struct cfn_text *text, char room[CFN__HASH_ROOM]) {
    char hex[65];
    cfn_sha256(text->data, text->size, hex);
    memcpy(room, hex, CFN__HASH_ROOM - 1);
    room[CFN__HASH_ROOM - 1] = '\0';
    cfn_text_done(text);
}

void cfn__content_hash(struct cfn__job *job) {
    struct cfn_text text = {0};
    char *body = cfn__body_text(job->body);
    put_part(&text, job->target->stack_name);
    put_part(&text, body);
    job->body_size = strlen(body);
    put_json(&text, job->target->parameters);
    put_json(&text, job->target->tags);
    hash(&text, job->content);
    free(body);
}

/* A stack that is not there has no state that would tell two attempts apart: the run does. */
static void base_of(const struct cfn_engine *engine, const struct cfn__job *job, const char *kind,
                    char room[CFN__HASH_ROOM]) {
    struct cfn_text text = {0};
    put_part(&text, kind);
    put_part(&text, job->now.there ? job->now.stack_id : "");
    put_part(&text, job->now.there ? job->now.status : "");
    put_part(&text, job->now.there ? job->now.updated : "");
    put_json(&text, job->retain);
    put_json(&text, job->skip);
    cfn_text_printf(&text, "%u", job->run.attempt);
    if (!job->now.there)
        cfn_text_printf(&text, "/%" PRIx64, engine->what.run);
    hash(&text, room);
}

void cfn__token_make(const struct cfn_engine *engine, struct cfn__job *job, const char *kind) {
    char base[CFN__HASH_ROOM];
    struct cfn_text text = {0};
    base_of(engine, job, kind, base);
    cfn_text_printf(&text, "cfngen-%s-%s", job->content, base);
    memcpy(job->run.token, text.data, text.size + 1);
    cfn_text_done(&text);
}

bool cfn__token_is_ours(const struct cfn__job *job, const char *token) {
    size_t size = strlen("cfngen-");
    return token && cfn_starts_with(token, "cfngen-") &&
           strncmp(token + size, job->content, CFN__HASH_ROOM - 1) == 0 &&
           token[size + CFN__HASH_ROOM - 1] == '-';
}
