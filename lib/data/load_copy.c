/*
 * Rows from the files into the staging tables. Each connection takes the largest file that nobody
 * has begun; when there is none it helps with what is left of a large one. One thread reads: the
 * work is the server's.
 */
#include "data/load.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 256 << 10, WORTH_HELPING = 4 << 20, LOOK = 500 };

/* A connection and the file whose rows it takes. */
struct worker {
    struct cfn__pg *pg;
    struct cfn__load_file *file;
    bool ended;
    struct cfn_text out;
};

struct copying {
    struct cfn__loading *load;
    struct worker *workers;
    struct cfn__load_file **order; /* the largest first */
    size_t begun;                  /* of them */
    bool failed, rejected;         /* by the database; because of bad rows */
};

static int by_size(const void *a, const void *b) {
    const struct cfn__load_file *one = *(struct cfn__load_file *const *)a;
    const struct cfn__load_file *other = *(struct cfn__load_file *const *)b;
    return (one->size < other->size) - (one->size > other->size);
}

static struct cfn__load_file *next_file(struct copying *copying) {
    const size_t count = copying->load->tables->count;
    if (copying->begun < count)
        return copying->order[copying->begun++];
    struct cfn__load_file *most = NULL;
    for (size_t i = 0; i < count; i++) {
        struct cfn__load_file *file = copying->order[i];
        bool worth = !file->over && file->size - file->read > WORTH_HELPING;
        if (worth && (!most || file->size - file->read > most->size - most->read))
            most = file;
    }
    return most;
}

static void begin(struct copying *copying, struct worker *worker) {
    struct cfn_text sql = {0};
    worker->file = copying->failed || copying->rejected ? NULL : next_file(copying);
    worker->ended = false;
    if (!worker->file)
        return;
    const struct cfn_source_table *table = worker->file->table;
    cfn_text_printf(&sql, "COPY %s.%s (", CFN__STAGING, table->name);
    for (size_t i = 0; i < table->column_count; i++)
        cfn_text_printf(&sql, "%s%s", i ? ", " : "", table->columns[i].name);
    cfn_text_put(&sql, ") FROM STDIN");
    cfn__pg_about(worker->pg, table->name);
    cfn__pg_send(worker->pg, sql.data);
    cfn_text_done(&sql);
}

static void count_in(struct cfn__loading *load, const struct cfn__load_file *file, int64_t rows,
                     int64_t bytes) {
    load->progress.rows += file->totals.rows - rows;
    load->progress.bytes += file->read - bytes;
    cfn__load_tell(load, file->table->name);
}

static void read_rows(struct copying *copying, struct cfn__load_file *file, struct cfn_text *out) {
    int64_t rows = file->totals.rows, bytes = file->read;
    out->size = 0;
    cfn__load_file_rows(file, out, PIECE, copying->load->diags);
    copying->rejected = copying->rejected || file->bad > 0 || file->failed;
    count_in(copying->load, file, rows, bytes);
}

static void feed(struct copying *copying, struct worker *worker) {
    bool over = worker->file->over || copying->failed || copying->rejected;
    if (!over) {
        read_rows(copying, worker->file, &worker->out);
        cfn__pg_put(worker->pg, worker->out.data, worker->out.size);
        return;
    }
    cfn__pg_end(worker->pg, copying->failed || copying->rejected ? "the load was ended" : NULL);
    worker->ended = true;
}

/* Whether it got on. Failures that we have brought about by ending are not told. */
static bool advance(struct copying *copying, struct worker *worker) {
    struct cfn__loading *load = copying->load;
    bool given_up = worker->ended && (copying->failed || copying->rejected);
    struct cfn_diags *unheard = given_up ? cfn_diags_new() : NULL;
    enum cfn__pg_state state = cfn__pg_look(worker->pg, unheard ? unheard : load->diags);
    cfn_diags_free(unheard);
    if (state == CFN__PG_COPYING && cfn__pg_flush(worker->pg)) {
        feed(copying, worker);
        return true;
    }
    if (state != CFN__PG_IDLE || !worker->file)
        return false;
    copying->failed = copying->failed || (cfn__pg_failed(worker->pg) && !given_up);
    begin(copying, worker);
    return worker->file != NULL;
}

static bool is_busy(const struct copying *copying) {
    for (size_t i = 0; i < copying->load->worker_count; i++)
        if (copying->workers[i].file)
            return true;
    return false;
}

static void run(struct copying *copying) {
    struct cfn__loading *load = copying->load;
    while (is_busy(copying)) {
        bool moved = false;
        for (size_t i = 0; i < load->worker_count; i++)
            moved |= copying->workers[i].file && advance(copying, &copying->workers[i]);
        copying->failed = copying->failed || cfn__load_stops(load);
        if (!moved)
            cfn__pg_wait(load->workers, load->worker_count, LOOK);
    }
}

/* All mistakes of all files in one run: what is left is read, though nothing comes of it. */
static void read_the_rest(struct copying *copying) {
    struct cfn_text out = {0};
    for (size_t i = 0; i < copying->load->tables->count; i++)
        while (!copying->order[i]->over && !cfn__load_stops(copying->load))
            read_rows(copying, copying->order[i], &out);
    cfn_text_done(&out);
}

static bool begin_files(struct cfn__loading *load) {
    bool failed = false;
    for (size_t i = 0; i < load->tables->count; i++)
        failed |= cfn__load_file_begin(&load->files[i], load->diags) != 0;
    return failed;
}

int cfn__load_copy(struct cfn__loading *load) {
    const size_t count = load->tables->count;
    struct copying copying = {.load = load, .rejected = begin_files(load)};
    copying.workers = cfn__alloc(load->worker_count * sizeof *copying.workers);
    copying.order = cfn__alloc(count * sizeof(struct cfn__load_file *));
    for (size_t i = 0; i < count; i++)
        copying.order[i] = &load->files[i];
    qsort(copying.order, count, sizeof(struct cfn__load_file *), by_size);
    for (size_t i = 0; i < load->worker_count; i++) {
        copying.workers[i].pg = load->workers[i];
        begin(&copying, &copying.workers[i]);
    }
    run(&copying);
    if (copying.rejected && !copying.failed)
        read_the_rest(&copying);
    for (size_t i = 0; i < load->worker_count; i++)
        cfn_text_done(&copying.workers[i].out);
    free(copying.workers);
    free(copying.order);
    return copying.failed || copying.rejected ? -1 : 0;
}
