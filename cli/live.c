/*
 * A run as it goes on. On a terminal a picture with one line per stack is drawn over itself, and
 * what must stay to be read is written above it; elsewhere there are plain lines, and a sign of
 * life each minute; for machines one JSON object a line.
 */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t machine_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A virtual clock is played at `speed`: the machine waits for what has passed in it. */
static void play(struct cli_live *live, int64_t now) {
    if (live->speed <= 0 || cli_interrupts() > 1)
        return;
    if (live->played == 0)
        live->played = now;
    double pause = (double)(now - live->played) / live->speed;
    live->played = now;
    if (pause <= 0)
        return;
    struct timespec time = {.tv_sec = (time_t)(pause / 1000),
                            .tv_nsec = (long)((pause - (double)(long)(pause / 1000) * 1000) * 1e6)};
    nanosleep(&time, NULL);
}

static void put_clock(struct cli_live *live, int64_t time) {
    char text[32];
    cli_duration(time - live->began, text);
    fprintf(live->file, "%s%8s%s  ", cli_style(live->cli, live->file, CLI_DIM), text,
            cli_style(live->cli, live->file, CLI_PLAIN));
}

static void put_cause(struct cli_live *live, const struct cfn_cause *cause) {
    FILE *file = live->file;
    fprintf(file, "%s%s: ", cli_style(live->cli, file, CLI_RED), cause->stack);
    cli_put_clean(file, cause->logical_id);
    fprintf(file, "%s %s %s: ", cli_style(live->cli, file, CLI_PLAIN), cause->type, cause->status);
    cli_put_clean(file, cause->reason);
    putc('\n', file);
    if (*cause->meaning)
        fprintf(file, "          that means: %s\n", cause->meaning);
    if (*cause->remedy)
        fprintf(file, "          what to do: %s\n", cause->remedy);
}

static bool is_told(const struct cli_live *live, const struct cfn_event *event) {
    if (event->kind != CFN_EVENT_RESOURCE)
        return live->file && (!live->rich ||
                              (event->kind != CFN_EVENT_STARTED && event->kind != CFN_EVENT_ENDED));
    size_t size = strlen(event->status);
    bool failed = size > 7 && strcmp(event->status + size - 7, "_FAILED") == 0;
    return !live->rich && (failed || live->all_events);
}

static void put_event(struct cli_live *live, const struct cfn_event *event) {
    FILE *file = live->file;
    put_clock(live, event->time);
    if (event->kind == CFN_EVENT_CAUSE) {
        put_cause(live, event->cause);
        return;
    }
    if (event->kind == CFN_EVENT_WARNING)
        fprintf(file, "%swarning:%s ", cli_style(live->cli, file, CLI_YELLOW),
                cli_style(live->cli, file, CLI_PLAIN));
    if (*event->stack)
        fprintf(file, "%-14s ", event->stack);
    if (*event->status)
        fprintf(file, "%s ", event->status);
    if (*event->logical_id) {
        cli_put_clean(file, event->logical_id);
        fprintf(file, " %s ", event->type);
    }
    cli_put_clean(file, event->text);
    putc('\n', file);
}

static void tell(void *self, const struct cfn_event *event) {
    struct cli_live *live = self;
    if (live->cli->json) {
        cli_put_line(stdout, cli_event_json(event));
        return;
    }
    if (!is_told(live, event))
        return;
    cli_live_clear(live);
    live->last_line = event->time;
    put_event(live, event);
}

void cli_live_clear(struct cli_live *live) {
    for (; live->lines > 0; live->lines--)
        fputs("\033[A\033[2K", live->file);
    fflush(live->file);
}

static const char *word_of(const struct cfn_view *view) {
    if (view->stage == CFN_STAGE_RUNNING)
        return view->action == CFN_ACT_DELETE   ? "deleting"
               : view->action == CFN_ACT_UPDATE ? "updating"
               : view->action == CFN_ACT_AWAIT  ? "awaiting"
                                                : "creating";
    return view->action == CFN_ACT_NONE ? "unchanged" : cfn_stage_name(view->stage);
}

static enum cli_style style_of(const struct cfn_view *view) {
    static const enum cli_style styles[] = {
        [CFN_STAGE_WAITING] = CLI_DIM,      [CFN_STAGE_RUNNING] = CLI_BLUE,
        [CFN_STAGE_DONE] = CLI_GREEN,       [CFN_STAGE_FAILED] = CLI_RED,
        [CFN_STAGE_NOT_BEGUN] = CLI_YELLOW, [CFN_STAGE_LEFT] = CLI_YELLOW,
    };
    return view->action == CFN_ACT_NONE ? CLI_DIM : styles[view->stage];
}

/* "12m 03s of 30m 00s" */
static char *times_of(const struct cfn_view *view, int64_t now) {
    char took[32], expected[32];
    if (view->began == 0)
        return cli_text("%s", "");
    cli_duration((view->ended ? view->ended : now) - view->began, took);
    if (view->ended || view->expected <= 0)
        return cli_text("%s", took);
    cli_duration(view->expected, expected);
    return cli_text("%s of %s", took, expected);
}

static char *progress_of(const struct cfn_view *view) {
    if (view->stage != CFN_STAGE_RUNNING)
        return cli_text("%s", "");
    if (view->resources_all == 0)
        return cli_text("%s", view->resource);
    return cli_text("%zu/%zu  %s%s%s", view->resources_done, view->resources_all, view->resource,
                    *view->resource ? "  " : "", view->resource_type);
}

/* Columns, not bytes; cut so that a line never wraps. */
static void put_cut(FILE *file, const char *text, size_t columns) {
    for (; *text; text++) {
        if (((unsigned char)*text & 0xC0) != 0x80 && columns-- == 0)
            return;
        if ((unsigned char)*text >= ' ' && *text != 0x7F)
            putc(*text, file);
    }
}

static void draw_stack(struct cli_live *live, const struct cfn_view *view, int64_t now,
                       size_t width) {
    char *times = times_of(view, now), *progress = progress_of(view);
    char *line = cli_text("  %-14.14s  %-10s %-20s %s", view->name, word_of(view), times, progress);
    fputs(cli_style(live->cli, live->file, style_of(view)), live->file);
    put_cut(live->file, line, width - 1);
    fprintf(live->file, "%s\n", cli_style(live->cli, live->file, CLI_PLAIN));
    live->lines++;
    free(line);
    free(times);
    free(progress);
}

/* What the last line sums up when there are more stacks than fit. */
static void draw_rest(struct cli_live *live, const size_t *rest) {
    fputs("  and", live->file);
    for (int stage = 0; stage <= CFN_STAGE_LEFT; stage++)
        if (rest[stage])
            fprintf(live->file, " %zu %s", rest[stage], cfn_stage_name((enum cfn_stage)stage));
    putc('\n', live->file);
    live->lines++;
}

static void draw(struct cli_live *live, struct cfn_engine *engine, int64_t now) {
    size_t count = cfn_engine_count(engine), width = cli_terminal_width(live->file);
    size_t room = cli_terminal_height(live->file), rest[CFN_STAGE_LEFT + 1] = {0};
    char time[32];
    room = room > 5 ? room - 3 : 2;
    cli_live_clear(live);
    for (size_t i = 0; i < count; i++) {
        struct cfn_view view;
        cfn_engine_stack(engine, i, &view);
        bool busy = view.stage == CFN_STAGE_RUNNING || view.stage == CFN_STAGE_FAILED;
        if (count <= room || (busy && live->lines + 1 < room))
            draw_stack(live, &view, now, width);
        else
            rest[view.stage]++;
    }
    if (count > room)
        draw_rest(live, rest);
    cli_duration(now - live->began, time);
    fprintf(live->file, "  %s%s%s\n", cli_style(live->cli, live->file, CLI_BOLD), time,
            cli_style(live->cli, live->file, CLI_PLAIN));
    live->lines++;
    fflush(live->file);
}

/* Plain lines: a sign of life when nothing was to be told for a minute. */
static void sign_of_life(struct cli_live *live, struct cfn_engine *engine, int64_t now) {
    if (live->last_line == 0)
        live->last_line = now;
    if (now - live->last_line < 60000)
        return;
    live->last_line = now;
    for (size_t i = 0; i < cfn_engine_count(engine); i++) {
        struct cfn_view view;
        cfn_engine_stack(engine, i, &view);
        if (view.stage != CFN_STAGE_RUNNING)
            continue;
        char *times = times_of(&view, now), *progress = progress_of(&view);
        put_clock(live, now);
        fprintf(live->file, "%-14s %s %s, %s\n", view.name, word_of(&view), times, progress);
        free(times);
        free(progress);
    }
}

/* Ctrl-C once: nothing more is started; twice: what runs is left to itself. */
static void heed_interrupts(struct cli_live *live, struct cfn_engine *engine) {
    int interrupts = cli_interrupts();
    if (interrupts == live->halts)
        return;
    bool first = live->halts == 0 && interrupts == 1;
    live->halts = interrupts;
    cfn_engine_halt(engine, first ? CFN_HALT_DRAIN : CFN_HALT_LEAVE);
    cli_live_clear(live);
    if (first)
        fputs("nothing more is started; waiting for what runs. Ctrl-C again leaves it running\n"
              "(a later run goes on from there); 'cfngen cancel' in another terminal cancels it\n",
              stderr);
}

static void look(void *self, struct cfn_engine *engine, int64_t now) {
    struct cli_live *live = self;
    if (live->began == 0)
        live->began = now;
    heed_interrupts(live, engine);
    play(live, now);
    enum cfn_phase phase = cfn_engine_phase(engine);
    if (!live->file || phase == CFN_READING || phase == CFN_PLANNED)
        return;
    if (!live->rich && !live->silent)
        sign_of_life(live, engine, now);
    if (!live->rich)
        return;
    int64_t real = machine_time();
    if (real - live->last_drawn < 80 && phase == CFN_RUNNING)
        return;
    live->last_drawn = real;
    draw(live, engine, now);
}

struct cfn_watcher cli_live_watcher(struct cli_live *live) {
    int64_t tick = live->rich ? 250 : 1000;
    if (live->speed > 0)
        tick = (int64_t)(100 * live->speed);
    return (struct cfn_watcher){.event = tell, .look = look, .tick = tick, .self = live};
}
