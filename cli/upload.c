/* An upload as it goes on, and its result. */
#include "upload.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* "512 B", "1.5 kB", "12 MB": ten of one are no more than 9,999 of the other. */
static void put_bytes(double bytes, char text[32]) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    size_t unit = 0;
    for (; bytes >= 1000 && unit < 4; unit++)
        bytes /= 1000;
    snprintf(text, 32, unit && bytes < 10 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

static void clear(struct cli_upload *run) {
    if (run->line)
        fputs("\r\033[2K", stderr);
    fflush(stderr);
    run->line = false;
}

static void tell(void *self, const struct cfn_upload_event *event) {
    struct cli_upload *run = self;
    bool dry = cli_has(run->cli, "dry-run"), removed = event->kind == CFN_UPLOAD_REMOVED;
    char size[32];
    if (run->cli->json || (isatty(STDERR_FILENO) && isatty(STDOUT_FILENO) && !dry && !removed))
        return;
    clear(run);
    put_bytes((double)event->size, size);
    printf("%s%s s3://%s/", dry ? "would " : "", removed ? "delete" : "send", event->bucket);
    cli_put_clean(stdout, event->key);
    printf(removed ? "\n" : " (%s)\n", size);
}

static void look(void *self, const struct cfn_upload_progress *progress, int64_t now) {
    struct cli_upload *run = self;
    char done[32], all[32], rate[32];
    if (!run->began)
        run->began = now;
    if (run->cli->json || !isatty(STDERR_FILENO) || progress->files == 0 || now - run->drawn < 100)
        return;
    run->drawn = now;
    double seconds = (double)(now - run->began) / 1000;
    put_bytes((double)progress->bytes_done, done);
    put_bytes((double)progress->bytes, all);
    put_bytes(seconds > 0 ? (double)progress->bytes_done / seconds : 0, rate);
    clear(run);
    fprintf(stderr, "sending: %zu of %zu files, %s of %s, %s/s", progress->files_done,
            progress->files, done, all, rate);
    fflush(stderr);
    run->line = true;
}

static int stop(void *self) {
    struct cli_upload *run = self;
    int interrupts = cli_interrupts();
    if (interrupts == 1 && !run->stopping) {
        clear(run);
        fputs("nothing more is sent; Ctrl-C again ends at once\n", stderr);
        run->stopping = true;
    }
    return interrupts;
}

struct cfn_upload_watcher cli_upload_watcher(struct cli_upload *run) {
    return (struct cfn_upload_watcher){.event = tell, .look = look, .stop = stop, .self = run};
}

/* Over all places. */
static size_t count_of(const json_t *result, const char *list) {
    const json_t *places = cfn_output_list(result, "places");
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(places); i++)
        count += json_array_size(cfn_output_list(json_array_get(places, i), list));
    return count;
}

bool cli_upload_changes(const json_t *result) {
    return count_of(result, "sent") + count_of(result, "removed") > 0;
}

static void tell_left(const json_t *result) {
    size_t left = count_of(result, "left");
    char files[48];
    if (left > 0)
        printf("%s gone here and still there; --delete deletes %s\n",
               cli_plural(left, "file", files), left == 1 ? "it" : "them");
}

void cli_upload_tell(struct cli_upload *run, const json_t *result) {
    const struct cfn_transport *transport = run->door.transport;
    int64_t took = transport->now(transport->self) - run->began;
    bool dry = json_is_true(json_object_get(result, "dry_run"));
    char size[32], time[32], files[48], removed[48];
    clear(run);
    if (run->cli->json) {
        json_t *told = json_copy((json_t *)(uintptr_t)result);
        json_object_set_new(told, "milliseconds", json_integer(took));
        cli_put_line(stdout, told);
        return;
    }
    put_bytes((double)json_integer_value(json_object_get(result, "bytes")), size);
    if (took < 60000)
        snprintf(time, sizeof time, "%.1fs", (double)took / 1000);
    else
        cli_duration(took, time);
    printf("%s %s (%s%s%s)", cli_plural(count_of(result, "sent"), "file", files),
           dry ? "to send" : "sent", size, dry ? "" : " in ", dry ? "" : time);
    if (count_of(result, "removed"))
        printf(", %s %s", cli_plural(count_of(result, "removed"), "file", removed),
               dry ? "to delete" : "deleted");
    printf(", %" JSON_INTEGER_FORMAT " unchanged\n",
           json_integer_value(json_object_get(result, "unchanged")));
    tell_left(result);
    fflush(stdout);
}
