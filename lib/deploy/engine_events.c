/* What happens, in the order in which it became known. Texts live until the next step. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

static const char *kept(struct cfn_engine *engine, const char *text) {
    return text && *text ? cfn_arena_copy(&engine->event_words, text, strlen(text)) : "";
}

static struct cfn_event *add(struct cfn_engine *engine, const struct cfn__job *job,
                             enum cfn_event_kind kind) {
    struct cfn_event *event = CFN_PUSH(&engine->events);
    *event = (struct cfn_event){.kind = kind,
                                .time = engine->now,
                                .stack = job ? job->target->name : "",
                                .logical_id = "",
                                .type = "",
                                .status = "",
                                .text = ""};
    return event;
}

void cfn__note(struct cfn_engine *engine, const struct cfn__job *job, enum cfn_event_kind kind,
               const char *format, ...) {
    struct cfn_event *event = add(engine, job, kind);
    va_list arguments;
    va_start(arguments, format);
    event->text = cfn_arena_vtext(&engine->event_words, format, arguments);
    va_end(arguments);
    if (kind == CFN_EVENT_ENDED && job->now.status)
        event->status = kept(engine, job->now.status);
}

void cfn__tell_resource(struct cfn_engine *engine, const struct cfn__job *job, const json_t *told) {
    struct cfn_event *event = add(engine, job, CFN_EVENT_RESOURCE);
    int64_t time = cfn_time_read(cfn_output_text(told, "Timestamp"));
    if (time >= 0)
        event->time = time;
    event->logical_id = kept(engine, cfn_output_text(told, "LogicalResourceId"));
    event->type = kept(engine, cfn_output_text(told, "ResourceType"));
    event->status = kept(engine, cfn_output_text(told, "ResourceStatus"));
    event->text = kept(engine, cfn_output_text(told, "ResourceStatusReason"));
}

/* The cause is the job's, and lives as long as the engine. */
void cfn__tell_cause(struct cfn_engine *engine, struct cfn__job *job) {
    struct cfn_event *event = add(engine, job, CFN_EVENT_CAUSE);
    event->logical_id = job->cause.logical_id;
    event->type = job->cause.type;
    event->status = job->cause.status;
    event->text = job->cause.reason;
    event->cause = &job->cause;
    job->cause_told = true;
}

/* Only those that have been fetched are forgotten. */
void cfn__events_clear(struct cfn_engine *engine) {
    if (engine->event_next < engine->events.count)
        return;
    engine->events.count = engine->event_next = 0;
    cfn_arena_done(&engine->event_words);
    engine->event_words = (struct cfn_arena){0};
}

bool cfn_engine_event(struct cfn_engine *engine, struct cfn_event *event) {
    if (engine->event_next == engine->events.count)
        return false;
    *event = engine->events.items[engine->event_next++];
    return true;
}
