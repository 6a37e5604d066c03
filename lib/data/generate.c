/* The nine files of the made shop. */
#include "data/generate.h"

#include <string.h>

static void customers(const struct cfn__shop *shop, struct cfn__sheet *sheet) {
    const struct cfn__shuffle order = cfn__shuffle(shop->orders, shop->seed, 1020);
    struct cfn__row row;
    for (int64_t i = 0; i < shop->orders; i++) {
        cfn__customer_row(shop, cfn__shuffled(&order, i), &row);
        cfn__sheet_put(sheet, &row);
    }
}

static void geolocation(const struct cfn__shop *shop, struct cfn__sheet *sheet) {
    struct cfn__row row;
    for (int64_t zip = 0; zip < shop->zip_count; zip++)
        for (int64_t i = shop->points_from[zip]; i < shop->points_from[zip + 1]; i++) {
            cfn__point_row(shop, zip, i, &row);
            cfn__sheet_put(sheet, &row);
        }
}

static void orders(const struct cfn__shop *shop, struct cfn__sheet *sheet) {
    struct cfn__order order;
    struct cfn__row row;
    for (int64_t i = 0; i < shop->orders; i++) {
        cfn__order(shop, cfn__order_in_file(shop, i), &order);
        cfn__order_row(shop, &order, &row);
        cfn__sheet_put(sheet, &row);
    }
}

static void order_items(const struct cfn__shop *shop, struct cfn__sheet *sheet) {
    struct cfn__item items[CFN__MOST_ITEMS];
    struct cfn__order order;
    struct cfn__row row;
    for (int64_t i = 0; i < shop->orders; i++) {
        cfn__order(shop, cfn__order_in_file(shop, i), &order);
        int count = cfn__items(shop, &order, items);
        for (int j = 0; j < count; j++) {
            cfn__item_row(shop, order.number, j + 1, &items[j], &row);
            cfn__sheet_put(sheet, &row);
        }
    }
}

static void order_payments(const struct cfn__shop *shop, struct cfn__sheet *sheet) {
    struct cfn__payment payments[CFN__MOST_PAYMENTS];
    struct cfn__order order;
    struct cfn__row row;
    for (int64_t i = 0; i < shop->orders; i++) {
        cfn__order(shop, cfn__order_in_file(shop, i), &order);
        int count = cfn__payments(shop, &order, payments);
        for (int j = 0; j < count; j++) {
            cfn__payment_row(shop, order.number, &payments[j], &row);
            cfn__sheet_put(sheet, &row);
        }
    }
}

static void order_reviews(const struct cfn__shop *shop, struct cfn__sheet *sheet) {
    struct cfn__review reviews[CFN__MOST_REVIEWS];
    struct cfn__order order;
    struct cfn__row row;
    for (int64_t i = 0; i < shop->orders; i++) {
        cfn__order(shop, cfn__order_in_file(shop, i), &order);
        int count = cfn__reviews(shop, &order, reviews);
        for (int j = 0; j < count; j++) {
            cfn__review_row(shop, order.number, &reviews[j], &row);
            cfn__sheet_put(sheet, &row);
        }
    }
}

static void products(const struct cfn__shop *shop, struct cfn__sheet *sheet) {
    struct cfn__row row;
    for (int64_t i = 0; i < shop->products; i++) {
        cfn__product_row(shop, i, CFN__OWN_CATEGORY, &row);
        cfn__sheet_put(sheet, &row);
    }
}

static void sellers(const struct cfn__shop *shop, struct cfn__sheet *sheet) {
    struct cfn__row row;
    for (int64_t i = 0; i < shop->sellers; i++) {
        cfn__seller_row(shop, i, -1, &row);
        cfn__sheet_put(sheet, &row);
    }
}

static void translation(const struct cfn__shop *shop, struct cfn__sheet *sheet) {
    struct cfn__row row;
    (void)shop;
    for (int64_t i = 0; i < cfn__translations(); i++) {
        cfn__translation_row(i, &row);
        cfn__sheet_put(sheet, &row);
    }
}

const struct cfn__maker cfn__makers[CFN__SHOP_TABLES] = {
    {"customers", 0, customers},
    {"geolocation", 0, geolocation},
    {"orders", 0, orders},
    {"order_items", 0, order_items},
    {"order_payments", 0, order_payments},
    {"order_reviews", 0, order_reviews},
    {"products", 0, products},
    {"sellers", 0, sellers},
    {"product_category_name_translation", CFN__SHEET_BARE, translation},
};

json_t *cfn__generated_totals(const struct cfn__totals *totals, size_t count) {
    json_t *all = json_object();
    for (size_t i = 0; i < count; i++)
        json_object_set_new(all, totals[i].table->name, cfn__totals_json(&totals[i]));
    return json_pack("{s:s, s:o}", "layer", "generated", "totals", all);
}

static int write_table(const struct cfn__shop *shop, const struct cfn__maker *maker,
                       const struct cfn_source_table *table, unsigned style,
                       struct cfn__files *files, json_t *all) {
    struct cfn__sheet sheet;
    if (cfn__files_open(files, table->file))
        return -1;
    cfn__sheet_begin(&sheet, table, files, maker->style | style);
    maker->make(shop, &sheet);
    cfn__sheet_end(&sheet);
    json_object_set_new(all, table->name, cfn__totals_json(&sheet.totals));
    cfn__sheet_done(&sheet);
    return cfn__files_close(files);
}

static int write_all(const struct cfn_generate_options *options, struct cfn__files *files,
                     json_t *all) {
    struct cfn__shop shop;
    struct cfn_tables *tables = cfn_tables_shop();
    int failed = 0;
    cfn__shop_init(&shop, options->seed, options->scale);
    for (int i = 0; i < CFN__SHOP_TABLES && !failed; i++)
        failed = write_table(&shop, &cfn__makers[i], cfn_tables_find(tables, cfn__makers[i].table),
                             options->plain_zips ? CFN__SHEET_PLAIN_ZIPS : 0, files, all);
    cfn__shop_done(&shop);
    cfn_tables_free(tables);
    return failed;
}

json_t *cfn_generate(const struct cfn_generate_options *options, const char *folder,
                     struct cfn_diags *diags) {
    struct cfn__files files = {.folder = folder, .diags = diags};
    json_t *all = json_object();
    json_t *totals = json_pack("{s:s, s:O}", "layer", "generated", "totals", all);
    int failed = write_all(options, &files, all);
    failed = failed || cfn__files_json(&files, "totals.json", totals);
    if (failed)
        cfn__files_discard(&files);
    else
        failed = cfn__files_publish(&files);
    json_decref(all);
    if (!failed)
        return totals;
    json_decref(totals);
    return NULL;
}
