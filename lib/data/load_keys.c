/* Keys of the staging tables, and the totals of what is in them, on all connections. */
#include "data/load.h"

#include "data/totals_sql.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK = 500 };

/* Statements that need some tables for themselves. */
struct task {
    const struct cfn_source_table *table;
    char *sql;
    json_t *tables; /* names of those it locks: an object */
    json_t *rows;   /* of the last statement */
    bool begun;
};
struct tasks {
    struct cfn__loading *load;
    struct task *list;
    size_t count, begun, done; /* done: of the stage */
    struct task **of;          /* of each worker; NULL: it is free */
    bool failed;
};

static bool shares(const struct task *a, const struct task *b) {
    const char *name;
    json_t *value;
    json_object_foreach(a->tables, name, value) {
        if (json_object_get(b->tables, name))
            return true;
    }
    return false;
}

static bool is_free(const struct tasks *tasks, const struct task *task) {
    for (size_t i = 0; i < tasks->load->worker_count; i++)
        if (tasks->of[i] && shares(task, tasks->of[i]))
            return false;
    return !task->begun;
}

static void begin_one(struct tasks *tasks, size_t worker) {
    for (size_t i = 0; i < tasks->count && !tasks->failed; i++) {
        struct task *task = &tasks->list[i];
        if (!is_free(tasks, task))
            continue;
        task->begun = true;
        tasks->begun++;
        tasks->of[worker] = task;
        cfn__pg_about(tasks->load->workers[worker], task->table->name);
        cfn__pg_send(tasks->load->workers[worker], task->sql);
        return;
    }
}

static bool end_one(struct tasks *tasks, size_t worker) {
    struct cfn__pg *pg = tasks->load->workers[worker];
    struct task *task = tasks->of[worker];
    if (!task || cfn__pg_look(pg, tasks->load->diags) != CFN__PG_IDLE)
        return false;
    task->rows = cfn__pg_take(pg);
    tasks->of[worker] = NULL;
    tasks->failed = tasks->failed || cfn__pg_failed(pg);
    tasks->load->progress.done = ++tasks->done;
    cfn__load_tell(tasks->load, task->table->name);
    return true;
}

static bool is_busy(const struct tasks *tasks) {
    for (size_t i = 0; i < tasks->load->worker_count; i++)
        if (tasks->of[i])
            return true;
    return false;
}

/* What runs when it is stopped is cut off with its connection. */
static int run(struct tasks *tasks) {
    struct cfn__loading *load = tasks->load;
    tasks->of = cfn__alloc(load->worker_count * sizeof(struct task *));
    do {
        bool moved = false;
        for (size_t i = 0; i < load->worker_count; i++) {
            if (!tasks->of[i])
                begin_one(tasks, i);
            moved |= end_one(tasks, i);
        }
        if (cfn__load_stops(load))
            tasks->failed = true;
        if (!moved && is_busy(tasks) && !load->stopped)
            cfn__pg_wait(load->workers, load->worker_count, LOOK);
    } while (!load->stopped && (is_busy(tasks) || (tasks->begun < tasks->count && !tasks->failed)));
    free(tasks->of);
    return tasks->failed ? -1 : 0;
}

static void tasks_done(struct tasks *tasks) {
    for (size_t i = 0; i < tasks->count; i++) {
        free(tasks->list[i].sql);
        json_decref(tasks->list[i].tables);
        json_decref(tasks->list[i].rows);
    }
    free(tasks->list);
}

static void put_columns(struct cfn_text *sql, const struct cfn_source_table *table,
                        const size_t *columns, size_t count) {
    cfn_text_put(sql, " (");
    for (size_t i = 0; i < count; i++)
        cfn_text_printf(sql, "%s%s", i ? ", " : "", table->columns[columns[i]].name);
    cfn_text_put(sql, ")");
}

static void lock(struct task *task, const char *table) {
    if (!task->tables)
        task->tables = json_object();
    json_object_set_new(task->tables, table, json_true());
}

/* The key, and the totals but for the checksum, which costs as much as the key: that is left to
 * cfn_reconcile. */
static void key_of(struct task *task, const struct cfn_source_table *table) {
    struct cfn_text sql = {0};
    task->table = table;
    lock(task, table->name);
    if (table->key_count > 0) {
        cfn_text_printf(&sql, "ALTER TABLE %s.%s ADD PRIMARY KEY", CFN__STAGING, table->name);
        put_columns(&sql, table, table->key, table->key_count);
        cfn_text_put(&sql, ";\n");
    }
    cfn__put_totals_query(&sql, CFN__STAGING, table, false);
    task->sql = cfn_text_take(&sql);
}

static void references_of(struct task *task, const struct cfn_tables *tables,
                          const struct cfn_source_table *table) {
    struct cfn_text sql = {0};
    task->table = table;
    lock(task, table->name);
    cfn_text_printf(&sql, "ALTER TABLE %s.%s", CFN__STAGING, table->name);
    for (size_t i = 0; i < table->reference_count; i++) {
        const struct cfn_reference *reference = &table->references[i];
        const struct cfn_source_table *other = &tables->tables[reference->table];
        cfn_text_printf(&sql, "%s ADD FOREIGN KEY", i ? "," : "");
        put_columns(&sql, table, reference->columns, reference->column_count);
        cfn_text_printf(&sql, " REFERENCES %s.%s", CFN__STAGING, other->name);
        put_columns(&sql, other, other->key, other->key_count);
        lock(task, other->name);
    }
    task->sql = cfn_text_take(&sql);
}

static int run_keys(struct cfn__loading *load, struct tasks *tasks) {
    for (size_t i = 0; i < load->tables->count; i++)
        key_of(&tasks->list[tasks->count++], &load->tables->tables[i]);
    return run(tasks);
}

static int run_references(struct cfn__loading *load) {
    struct tasks tasks = {.load = load};
    tasks.list = cfn__alloc(load->tables->count * sizeof *tasks.list);
    tasks.done = load->progress.done;
    for (size_t i = 0; i < load->tables->count; i++)
        if (load->tables->tables[i].reference_count > 0)
            references_of(&tasks.list[tasks.count++], load->tables, &load->tables->tables[i]);
    int failed = run(&tasks);
    tasks_done(&tasks);
    return failed;
}

/* What was read, and what the database has of it. */
static int compare(struct cfn__loading *load, const struct tasks *tasks) {
    int failed = 0;
    for (size_t i = 0; i < tasks->count; i++) {
        const struct cfn_source_table *table = tasks->list[i].table;
        json_t *read = cfn__totals_json(&load->files[i].totals);
        json_t *there = cfn__totals_of_row(table, json_array_get(tasks->list[i].rows, 0));
        const char *measure;
        json_t *value;
        json_object_foreach(read, measure, value) {
            const char *found = json_string_value(json_object_get(there, measure));
            if (strcmp(measure, "checksum") != 0 && !cfn_same(json_string_value(value), found))
                failed = cfn_fail(load->diags, "load.totals", (struct cfn_place){0}, table->name,
                                  "%s is %s in the file, but %s in the database", measure,
                                  json_string_value(value), found ? found : "not there");
        }
        json_decref(read);
        json_decref(there);
    }
    return failed;
}

int cfn__load_keys(struct cfn__loading *load) {
    struct tasks tasks = {.load = load};
    tasks.list = cfn__alloc(load->tables->count * sizeof *tasks.list);
    load->progress.stage = CFN_LOAD_KEYS;
    load->progress.count = load->tables->count;
    for (size_t i = 0; i < load->tables->count; i++)
        load->progress.count += load->tables->tables[i].reference_count > 0;
    int failed = run_keys(load, &tasks);
    failed = failed || compare(load, &tasks) || run_references(load);
    tasks_done(&tasks);
    return failed ? -1 : 0;
}
