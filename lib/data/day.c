/* A later day of the made shop, after those before it. */
#include "data/day.h"

#include "data/calendar.h"

#include <string.h>

static void init(struct cfn__day *day, const struct cfn__shop *shop,
                 const struct cfn_tables *tables) {
    *day = (struct cfn__day){.shop = shop, .schema = tables->schema};
    day->next_order = shop->orders;
    day->next_review = shop->reviews;
    day->points = shop->points;
    for (int i = 0; i < CFN__SHOP_TABLES; i++) {
        struct cfn__sheet sheet;
        day->tables[i] = cfn_tables_find(tables, cfn__makers[i].table);
        cfn__sheet_begin(&sheet, day->tables[i], NULL, 0);
        cfn__makers[i].make(shop, &sheet);
        day->totals[i] = sheet.totals;
        sheet.totals = (struct cfn__totals){0};
        cfn__sheet_done(&sheet);
    }
}

static void done(struct cfn__day *day) {
    for (int i = 0; i < CFN__SHOP_TABLES; i++)
        cfn__totals_done(&day->totals[i]);
    cfn__day_orders_done(day);
}

static void live(struct cfn__day *day, int number) {
    day->date = cfn__day_of(2018, 10, 17) + number;
    day->random = cfn__stream(day->shop->seed, CFN__FOR_DAY, (uint64_t)number);
    cfn__day_sell(day);
    cfn__day_progress(day);
    cfn__day_correct(day);
    cfn__day_tidy(day);
}

static int write_sql(struct cfn__day *day, int number, struct cfn__files *files) {
    struct cfn_text name = {0}, out = {0};
    cfn_text_printf(&name, "day-%d.sql", number);
    int failed = cfn__files_open(files, name.data);
    cfn_text_done(&name);
    if (failed)
        return -1;
    day->files = files;
    day->out = &out;
    live(day, number);
    day->out = NULL;
    cfn__files_write(files, out.data, out.size);
    cfn_text_done(&out);
    return cfn__files_close(files);
}

static int write_totals(const json_t *totals, int number, struct cfn__files *files) {
    struct cfn_text name = {0};
    cfn_text_printf(&name, "totals-day-%d.json", number);
    int failed = cfn__files_json(files, name.data, totals);
    cfn_text_done(&name);
    return failed;
}

json_t *cfn_generate_day(const struct cfn_generate_options *options, int number, const char *folder,
                         struct cfn_diags *diags) {
    struct cfn_tables *tables = cfn_tables_shop();
    struct cfn__files files = {.folder = folder, .diags = diags};
    struct cfn__shop shop;
    struct cfn__day day;
    cfn__shop_init(&shop, options->seed, options->scale);
    init(&day, &shop, tables);
    for (int i = 1; i < number; i++)
        live(&day, i);
    int failed = write_sql(&day, number, &files);
    json_t *totals = cfn__generated_totals(day.totals, CFN__SHOP_TABLES);
    failed = failed || write_totals(totals, number, &files);
    done(&day);
    cfn__shop_done(&shop);
    cfn_tables_free(tables);
    if (failed)
        cfn__files_discard(&files);
    else
        failed = cfn__files_publish(&files);
    if (!failed)
        return totals;
    json_decref(totals);
    return NULL;
}
