/* What a statement gave: all pages of its rows. */
#include "warehouse.h"

#include "ask.h"

#include <stdlib.h>
#include <string.h>

static json_t *value_of(const json_t *field) {
    static const char *const kinds[] = {"stringValue", "longValue", "doubleValue", "booleanValue",
                                        "blobValue"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        json_t *value = json_object_get(field, kinds[i]);
        if (value && !json_is_null(value))
            return json_incref(value);
    }
    return json_null();
}

static json_t *row_of(const json_t *record) {
    json_t *row = json_array();
    for (size_t i = 0; i < json_array_size(record); i++)
        json_array_append_new(row, value_of(json_array_get(record, i)));
    return row;
}

static json_t *columns_of(const json_t *metadata) {
    json_t *columns = json_array();
    for (size_t i = 0; i < json_array_size(metadata); i++) {
        const json_t *column = json_array_get(metadata, i);
        const char *label = cfn_output_text(column, "label");
        json_array_append_new(columns, json_pack("{s:s, s:s}", "name",
                                                 *label ? label : cfn_output_text(column, "name"),
                                                 "type", cfn_output_text(column, "typeName")));
    }
    return columns;
}

/* All pages of a result, into columns and rows. */
static int fetch(const struct cfn_transport *transport, const char *id, json_t *result,
                 struct cfn_diags *diags) {
    json_t *rows = json_array();
    json_object_set_new(result, "rows", rows);
    for (char *next = cfn__copy(""); next;) {
        json_t *input = json_pack("{s:s}", "Id", id);
        if (*next)
            json_object_set_new(input, "NextToken", json_string(next));
        free(next);
        json_t *page =
            cfn__data_ask(transport, "redshift-data", "GetStatementResult", input, diags);
        if (!page)
            return -1;
        const json_t *records = cfn_output_list(page, "Records");
        for (size_t i = 0; i < json_array_size(records); i++)
            json_array_append_new(rows, row_of(json_array_get(records, i)));
        if (!json_object_get(result, "columns"))
            json_object_set_new(result, "columns",
                                columns_of(cfn_output_list(page, "ColumnMetadata")));
        const char *token = cfn_output_text(page, "NextToken");
        next = *token ? cfn__copy(token) : NULL;
        json_decref(page);
    }
    return 0;
}

json_t *cfn__warehouse_result(const struct cfn_transport *transport, const char *id,
                              const json_t *described, struct cfn_diags *diags) {
    const json_t *affected = json_object_get(described, "ResultRows");
    json_int_t nanoseconds = json_integer_value(json_object_get(described, "Duration"));
    json_t *result =
        json_pack("{s:s, s:I, s:I}", "id", id, "affected",
                  json_is_integer(affected) ? json_integer_value(affected) : (json_int_t)-1,
                  "milliseconds", nanoseconds > 0 ? nanoseconds / 1000000 : (json_int_t)0);
    if (json_is_true(json_object_get(described, "HasResultSet")) &&
        fetch(transport, id, result, diags)) {
        json_decref(result);
        return NULL;
    }
    return result;
}
