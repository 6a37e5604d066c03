/* From files to tables. */
#include "data/load.h"

#include <stdlib.h>
#include <string.h>

enum { JOBS = 4, MOST_JOBS = 64 };

void cfn__load_tell(struct cfn__loading *load, const char *table) {
    load->progress.table = table;
    if (load->what->progress)
        load->what->progress(load->what->self, &load->progress);
}

bool cfn__load_stops(struct cfn__loading *load) {
    if (!load->stopped && load->what->stop && load->what->stop(load->what->self)) {
        load->stopped = true;
        cfn_fail(load->diags, "load.stopped", (struct cfn_place){0}, NULL,
                 "stopped: nothing has been changed");
    }
    return load->stopped;
}

static int find_files(struct cfn__loading *load) {
    int failed = 0;
    for (size_t i = 0; i < load->tables->count; i++) {
        failed |= cfn__load_file_find(&load->files[i], load->what->folder, &load->tables->tables[i],
                                      load->diags);
        load->progress.all_bytes += load->files[i].size;
    }
    return failed;
}

/* -- what is there already ------------------------------------------------------------------- */

static const char *text_of(const json_t *object, const char *table, const char *member) {
    return json_string_value(json_object_get(json_object_get(object, table), member));
}

/* Whether all tables are those that were loaded. */
static bool is_recorded(const struct cfn__loading *load) {
    for (size_t i = 0; i < load->tables->count; i++) {
        const char *name = load->tables->tables[i].name,
                   *oid = text_of(load->existing, name, "oid");
        if (!oid || !cfn_same(oid, text_of(load->loaded, name, "oid")))
            return false;
        bool rows = json_is_true(json_object_get(json_object_get(load->existing, name), "rows"));
        if (!rows && !cfn_same(text_of(load->loaded, name, "rows"), "0"))
            return false; /* emptied since */
    }
    return true;
}

/* 1: the files are those that were loaded; 0: another one at least; -1, told. */
static int same_files(struct cfn__loading *load) {
    if (!is_recorded(load))
        return 0;
    load->progress.stage = CFN_LOAD_READING;
    for (size_t i = 0; i < load->tables->count; i++) {
        struct cfn__load_file *file = &load->files[i];
        if (cfn__load_stops(load) || cfn__load_file_digest(file, load->diags))
            return -1;
        if (!cfn_same(file->sha256, text_of(load->loaded, file->table->name, "sha256")))
            return 0;
        load->progress.bytes += file->size;
        cfn__load_tell(load, file->table->name);
    }
    return 1;
}

static int refuse_rows(struct cfn__loading *load) {
    const char *name;
    json_t *table;
    int failed = 0;
    if (load->what->replace)
        return 0;
    json_object_foreach(load->existing, name, table) {
        if (json_is_true(json_object_get(table, "rows")))
            failed = cfn_fail(load->diags, "load.rows", (struct cfn_place){0}, name,
                              "the table %s.%s holds other rows than these files have",
                              load->tables->schema, name);
    }
    if (failed)
        cfn_hint(load->diags, "--replace puts the files' tables in the place of all of them");
    return failed;
}

/* -- the work -------------------------------------------------------------------------------- */

static int open_workers(struct cfn__loading *load) {
    int wanted = load->what->jobs > 0 ? load->what->jobs : JOBS;
    size_t count = (size_t)(wanted < MOST_JOBS ? wanted : MOST_JOBS);
    load->workers = cfn__alloc(count * sizeof(struct cfn__pg *));
    for (size_t i = 0; i < count; i++) {
        load->workers[i] =
            cfn__pg_open(load->libpq, load->what->database, "cfngen load worker", load->diags);
        if (!load->workers[i])
            return -1;
        load->worker_count++;
    }
    return 0;
}

static void close_workers(struct cfn__loading *load) {
    for (size_t i = 0; i < load->worker_count; i++)
        cfn__pg_close(load->workers[i]);
    free(load->workers);
    load->workers = NULL;
    load->worker_count = 0;
}

/* Nothing that was made stays, if the database still hears us. */
static int give_up(struct cfn__loading *load) {
    struct cfn_diags *unheard = cfn_diags_new();
    struct cfn_diags *diags = load->diags;
    close_workers(load);
    load->diags = unheard;
    cfn__pg_run(load->pg, unheard, "ROLLBACK");
    cfn__load_sweep(load);
    load->diags = diags;
    cfn_diags_free(unheard);
    return -1;
}

static int carry_out(struct cfn__loading *load) {
    load->progress.stage = CFN_LOAD_COPYING;
    load->progress.bytes = 0;
    if (refuse_rows(load))
        return -1;
    if (cfn__load_stage(load) || open_workers(load) || cfn__load_copy(load) ||
        cfn__load_keys(load) || cfn__load_swap(load))
        return give_up(load);
    close_workers(load);
    return 0;
}

static json_t *outcome(const struct cfn__loading *load, const char *result) {
    json_t *totals = json_object();
    for (size_t i = 0; i < load->tables->count; i++)
        if (load->files[i].totals.table)
            json_object_set_new(totals, load->tables->tables[i].name,
                                cfn__totals_json(&load->files[i].totals));
    return json_pack("{s:s, s:s, s:I, s:I, s:o}", "layer", "files", "result", result, "rows",
                     (json_int_t)load->progress.rows, "bytes", (json_int_t)load->progress.bytes,
                     "totals", totals);
}

static bool had_rows(const struct cfn__loading *load) {
    const char *name;
    json_t *table;
    json_object_foreach(load->existing, name, table) {
        if (json_is_true(json_object_get(table, "rows")))
            return true;
    }
    return false;
}

static json_t *work(struct cfn__loading *load) {
    if (find_files(load))
        return NULL;
    cfn__pg_warn(load->libpq, load->what->database, load->diags);
    load->pg = cfn__pg_open(load->libpq, load->what->database, "cfngen load", load->diags);
    if (!load->pg || cfn__load_look(load))
        return NULL;
    int same = same_files(load);
    if (same)
        return same > 0 ? outcome(load, "unchanged") : NULL;
    return carry_out(load) ? NULL : outcome(load, had_rows(load) ? "replaced" : "loaded");
}

json_t *cfn_load(const struct cfn_load *what, struct cfn_diags *diags) {
    struct cfn__loading load = {.what = what, .tables = what->tables, .diags = diags};
    load.files = cfn__alloc((what->tables->count + 1) * sizeof *load.files);
    load.libpq = cfn__libpq_new(diags);
    json_t *result = load.libpq ? work(&load) : NULL;
    close_workers(&load);
    cfn__pg_close(load.pg);
    cfn__libpq_free(load.libpq);
    for (size_t i = 0; i < what->tables->count; i++)
        cfn__load_file_done(&load.files[i]);
    free(load.files);
    json_decref(load.existing);
    json_decref(load.loaded);
    return result;
}
