/* Layers side by side: exact decimals, quarantine, the first that departs. */
#include "data/amount.h"

#include <cfngen/reconcile.h>

#include "base/base.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

static void amounts(void **state) {
    (void)state;
    char sum[CFN__DECIMAL_TEXT];
    cfn__amount_add("12345678901234567890123456789012345678", "0.05", sum);
    assert_string_equal(sum, "12345678901234567890123456789012345678.05");
    cfn__amount_add("-0.01", "0.01", sum);
    assert_string_equal(sum, "0.00");
    cfn__amount_add("7", NULL, sum);
    assert_string_equal(sum, "7");
    assert_true(cfn__amount_same("7", "7.000"));
    assert_true(cfn__amount_same("-0.0", "0"));
    assert_true(cfn__amount_same("+007", "7"));
    assert_false(cfn__amount_same("12345678901234567890123456789012345678",
                                  "12345678901234567890123456789012345679"));
    static const char *const bad[] = {"",
                                      "-",
                                      ".5",
                                      "5.",
                                      "1e3",
                                      " 1",
                                      "1 ",
                                      "1,000",
                                      "0x1",
                                      "NaN",
                                      "--1",
                                      "1.1.1",
                                      "12345678901234567890123456789012345678901"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(cfn__amount_is(bad[i]));
    assert_true(cfn__amount_is("-13591643.70"));
}

static json_t *layers_of(const char *text) {
    struct cfn_diags *diags = cfn_diags_new();
    json_t *layers = cfn_totals_read(text, strlen(text), "totals.json", diags);
    assert_non_null(layers);
    cfn_diags_free(diags);
    return layers;
}

static json_t *reconciled(const char *text) {
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_tables *tables = cfn_tables_shop();
    json_t *layers = layers_of(text), *result = cfn_reconcile(tables, layers, diags);
    assert_non_null(result);
    json_decref(layers);
    cfn_tables_free(tables);
    cfn_diags_free(diags);
    return result;
}

static const json_t *measure_of(const json_t *result, const char *table, const char *measure) {
    const json_t *list = json_object_get(result, "measures");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        if (cfn_same(json_string_value(json_object_get(row, "table")), table) &&
            cfn_same(json_string_value(json_object_get(row, "measure")), measure))
            return row;
    }
    return NULL;
}

static const char *departure(const json_t *result, const char *table, const char *measure) {
    return json_string_value(json_object_get(measure_of(result, table, measure), "departs"));
}

/* Whatever the order they come in, they stand in that of the way. */
static void what_is_put_aside_counts(void **state) {
    (void)state;
    json_t *result = reconciled(
        "[{\"layer\": \"silver\", \"totals\": {\"geolocation\": {\"rows\": {\"value\": \"97\", "
        "\"quarantined\": \"3\"}}}}, {\"layer\": \"source\", \"totals\": {\"geolocation\": "
        "{\"rows\": \"100\"}}}]");
    assert_true(json_is_true(json_object_get(result, "equal")));
    assert_int_equal(json_integer_value(json_object_get(result, "compared")), 1);
    const json_t *layers = json_object_get(result, "layers");
    assert_string_equal(json_string_value(json_array_get(layers, 0)), "source");
    json_decref(result);
}

static void the_first_that_departs(void **state) {
    (void)state;
    json_t *result = reconciled(
        "[{\"layer\": \"generated\", \"totals\": {\"order_items\": {\"rows\": \"5\", "
        "\"sum(price)\": \"10.50\", \"checksum\": \"7\"}}}, "
        "{\"layer\": \"source\", \"totals\": {\"order_items\": {\"rows\": \"5\", \"sum(price)\": "
        "\"10.5\"}}}, "
        "{\"layer\": \"bronze\", \"totals\": {\"order_items\": {\"rows\": \"4\", \"sum(price)\": "
        "\"10.50\", \"checksum\": \"8\"}}}, "
        "{\"layer\": \"silver\", \"totals\": {\"order_items\": {\"rows\": \"4\", \"sum(price)\": "
        "\"10.51\"}}}]");
    assert_true(json_is_false(json_object_get(result, "equal")));
    assert_string_equal(departure(result, "order_items", "rows"), "bronze");
    assert_string_equal(departure(result, "order_items", "sum(price)"), "silver");
    assert_string_equal(departure(result, "order_items", "checksum"), "bronze");
    json_decref(result);
}

/* A table that a layer does not know has no rows there; other measures may be left out. */
static void a_lost_table_departs(void **state) {
    (void)state;
    json_t *result = reconciled(
        "[{\"layer\": \"source\", \"totals\": {\"orders\": {\"rows\": \"5\", \"checksum\": \"9\"}, "
        "\"sellers\": {\"rows\": \"0\", \"checksum\": \"0\"}}}, "
        "{\"layer\": \"bronze\", \"totals\": {\"products\": {\"rows\": \"0\"}}}]");
    assert_string_equal(departure(result, "orders", "rows"), "bronze");
    assert_null(departure(result, "orders", "checksum"));
    assert_true(json_is_null(json_object_get(measure_of(result, "orders", "checksum"), "equal")));
    assert_null(departure(result, "sellers", "rows"));
    json_decref(result);
}

static void one_layer_is_nothing_to_compare(void **state) {
    (void)state;
    json_t *result =
        reconciled("{\"layer\": \"source\", \"totals\": {\"orders\": {\"checksum\": \"5\"}}}");
    assert_true(json_is_null(json_object_get(result, "equal")));
    assert_int_equal(json_integer_value(json_object_get(result, "compared")), 0);
    json_decref(result);
}

static void refused(const char *text, const char *message) {
    struct cfn_diags *diags = cfn_diags_new();
    assert_null(cfn_totals_read(text, strlen(text), "totals.json", diags));
    assert_non_null(strstr(cfn_diags_at(diags, 0)->message, message));
    cfn_diags_free(diags);
}

static void bad_files(void **state) {
    (void)state;
    refused("", "'[' or '{' expected");
    refused("[]", "has no layer");
    refused("{}", "must have a layer");
    refused("{\"layer\": \"a\", \"totals\": {}}", "states no totals");
    refused("{\"layer\": \"a\", \"totals\": {\"orders\": 5}}", "must be an object of measures");
    refused("{\"layer\": \"a\", \"totals\": {\"orders\": {\"rows\": 5}}}", "a decimal as a text");
    refused("{\"layer\": \"a\", \"totals\": {\"orders\": {\"rows\": \"5 rows\"}}}",
            "a decimal as a text");
    refused("{\"layer\": \"a\", \"totals\": {\"orders\": {\"rows\": {\"value\": \"5\", "
            "\"quarantined\": \"x\"}}}}",
            "a decimal as a text");
}

static void a_layer_that_is_there_twice(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_tables *tables = cfn_tables_shop();
    json_t *layers = layers_of("[{\"layer\": \"a\", \"totals\": {\"orders\": {\"rows\": \"5\"}}}, "
                               "{\"layer\": \"a\", \"totals\": {\"orders\": {\"rows\": \"5\"}}}]");
    assert_null(cfn_reconcile(tables, layers, diags));
    assert_string_equal(cfn_diags_at(diags, 0)->code, "reconcile.twice");
    json_decref(layers);
    cfn_tables_free(tables);
    cfn_diags_free(diags);
}

static void rows_of_the_warehouse(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    json_t *rows = json_pack("[{s:s, s:s, s:s, s:s, s:n}, {s:s, s:s, s:s, s:s, s:s}]", "layer",
                             "warehouse", "table_name", "orders", "measure", "rows", "value", "5",
                             "quarantined", "layer", "silver", "table_name", "orders", "measure",
                             "rows", "value", "4", "quarantined", "1");
    json_t *layers = cfn_totals_of_rows(rows, diags);
    assert_int_equal(json_array_size(layers), 2);
    json_decref(layers);
    json_object_set_new(json_array_get(rows, 0), "value", json_null());
    assert_null(cfn_totals_of_rows(rows, diags));
    json_decref(rows);
    cfn_diags_free(diags);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts),
        cmocka_unit_test(what_is_put_aside_counts),
        cmocka_unit_test(the_first_that_departs),
        cmocka_unit_test(a_lost_table_departs),
        cmocka_unit_test(one_layer_is_nothing_to_compare),
        cmocka_unit_test(bad_files),
        cmocka_unit_test(a_layer_that_is_there_twice),
        cmocka_unit_test(rows_of_the_warehouse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
