/* The description of the shop's tables: what the library carries, and what it refuses. */
#include <cfngen/tables.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_the_shop(void **state) {
    (void)state;
    struct cfn_tables *shop = cfn_tables_shop();
    assert_string_equal(shop->schema, "ecommerce");
    assert_int_equal(shop->count, 9);
    const struct cfn_source_table *items = cfn_tables_find(shop, "order_items");
    assert_non_null(items);
    assert_int_equal(items->key_count, 2);
    assert_string_equal(items->columns[items->key[1]].name, "order_item_id");
    assert_int_equal(items->reference_count, 3);
    assert_string_equal(shop->tables[items->references[1].table].name, "products");
    assert_string_equal(items->partition->name, "shipping_limit_date");
    const struct cfn_column *price = &items->columns[5];
    assert_string_equal(price->type, "numeric(10,2)");
    assert_int_equal(price->kind, CFN_COLUMN_NUMERIC);
    assert_int_equal(price->size, 10);
    assert_int_equal(price->scale, 2);
    assert_true(price->required);
    assert_true(cfn_column_is_checked(price));
    const struct cfn_source_table *places = cfn_tables_find(shop, "geolocation");
    assert_int_equal(places->key_count, 0);
    assert_false(cfn_column_is_checked(&places->columns[0])); /* cleaned */
    assert_false(cfn_column_is_checked(&places->columns[1])); /* floating */
    assert_null(cfn_tables_find(shop, "nothing"));
    cfn_tables_free(shop);
    cfn_tables_free(NULL);
}

/* A description with one table of the given members, refused with these words. */
static void refused(const char *text, const char *words) {
    struct cfn_diags *diags = cfn_diags_new();
    assert_null(cfn_tables_read(text, strlen(text), "t.json", diags));
    assert_true(cfn_diags_errors(diags) >= 1);
    bool found = false;
    for (size_t i = 0; i < cfn_diags_count(diags); i++)
        found |= strstr(cfn_diags_at(diags, i)->message, words) != NULL;
    if (!found)
        print_message("%s: %s\n", words, cfn_diags_at(diags, 0)->message);
    assert_true(found);
    cfn_diags_free(diags);
}

#define TABLE(members)                                                                             \
    "{\"schema\": \"s\", \"tables\": [{\"name\": \"t\", \"about\": \"a\", " members "}]}"
#define REST "\"file\": \"f.csv\", \"key\": [], "
#define ONE(column) TABLE(REST "\"columns\": [" column "]")

static void test_refusals(void **state) {
    (void)state;
    refused("{", "expected near");
    refused("[]", "must be an object");
    refused("{\"schema\": \"Shop\", \"tables\": []}", "of a-z");
    refused("{\"schema\": \"s\", \"tables\": []}", "must not be empty");
    refused("{\"schema\": \"s\", \"tables\": [], \"more\": 1}", "no member 'more'");
    refused(TABLE("\"file\": \"../f\", \"key\": [], \"columns\": []"), "plain name");
    refused(TABLE(REST "\"columns\": []"), "must have columns");
    refused(ONE("{\"name\": \"a\", \"type\": \"float\"}"), "not 'float'");
    refused(ONE("{\"name\": \"a\", \"type\": \"char\"}"), "not 'char'");
    refused(ONE("{\"name\": \"a\", \"type\": \"char(0)\"}"), "not 'char(0)'");
    refused(ONE("{\"name\": \"a\", \"type\": \"numeric(5,6)\"}"), "not 'numeric(5,6)'");
    refused(ONE("{\"name\": \"a\", \"type\": \"numeric(39,2)\"}"), "not 'numeric(39,2)'");
    refused(ONE("{\"name\": \"A b\", \"type\": \"text\"}"), "not 'A b'");
    refused(ONE("{\"name\": \"a\", \"type\": \"text\"}, {\"name\": \"a\", \"type\": \"text\"}"),
            "name of its own");
    refused(ONE("{\"name\": \"a\", \"type\": \"text\", \"clean\": \"soap\", \"reason\": \"r\"}"),
            "not 'soap'");
    refused(ONE("{\"name\": \"a\", \"type\": \"text\", \"clean\": \"city\"}"), "the reason");
    refused(ONE("{\"name\": \"a\", \"type\": \"integer\", \"clean\": \"city\", \"reason\": \"r\"}"),
            "must be a text");
    refused(TABLE("\"file\": \"f\", \"key\": [\"b\"], \"columns\": [{\"name\": \"a\", \"type\": "
                  "\"text\"}]"),
            "not 'b'");
    refused(TABLE("\"file\": \"f\", \"key\": [\"a\"], \"columns\": [{\"name\": \"a\", \"type\": "
                  "\"text\"}]"),
            "required columns");
    refused(TABLE(REST "\"partition\": {\"column\": \"a\", \"by\": \"day\"}, \"columns\": "
                       "[{\"name\": \"a\", \"type\": \"timestamp\"}]"),
            "not 'day'");
    refused(TABLE(REST "\"partition\": {\"column\": \"a\", \"by\": \"year\"}, \"columns\": "
                       "[{\"name\": \"a\", \"type\": \"timestamp\"}]"),
            "required timestamp");
    refused(TABLE(REST "\"references\": [{\"columns\": [\"a\"], \"table\": \"u\"}], \"columns\": "
                       "[{\"name\": \"a\", \"type\": \"text\"}]"),
            "not 'u'");
    refused(TABLE(REST "\"references\": [{\"columns\": [\"a\"], \"table\": \"t\"}], \"columns\": "
                       "[{\"name\": \"a\", \"type\": \"text\"}]"),
            "as many columns");
    refused(TABLE(REST "\"rules\": [{\"name\": \"r\"}], \"columns\": [{\"name\": \"a\", \"type\": "
                       "\"text\"}]"),
            "text as check");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_shop),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
