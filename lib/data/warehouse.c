/* Statements and what becomes of them: submitted, looked at until they end, their rows fetched. */
#include "warehouse.h"

#include "ask.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_LOOK_MS = 100, SLOWEST_LOOK_MS = 2000, USUAL_TIMEOUT_MS = 3600 * 1000 };

/* One submission: of a statement or of several. */
struct submission {
    const struct cfn_transport *transport;
    const struct cfn_warehouse *warehouse;
    const struct cfn_sql *sql; /* for places; of the first */
    json_t *described;         /* the last look, or NULL */
    struct cfn_diags *diags;
};

/* -- submitting -------------------------------------------------------------------------------- */

static void put_text(json_t *input, const char *name, const char *text) {
    if (text && *text)
        json_object_set_new(input, name, json_string(text));
}

/* `what` is all that the call does, for its token: a statement that stands in a script twice is
 * carried out twice. */
static json_t *input_for(const struct submission *submission, const char *what) {
    const struct cfn_warehouse *warehouse = submission->warehouse;
    const struct cfn_sql *sql = submission->sql;
    int64_t now = submission->transport->now(submission->transport->self);
    char token[65];
    json_t *input = json_object();
    cfn__data_token(what, warehouse->run, now + (sql ? (int64_t)sql->place.line << 42 : 0), token);
    put_text(input, warehouse->workgroup ? "WorkgroupName" : "ClusterIdentifier",
             warehouse->workgroup ? warehouse->workgroup : warehouse->cluster);
    put_text(input, "Database", warehouse->database);
    put_text(input, "SecretArn", warehouse->secret);
    if (!warehouse->secret)
        put_text(input, "DbUser", warehouse->user);
    put_text(input, "ClientToken", token);
    return input;
}

/* The id of what was submitted; NULL with a diagnostic. Consumes the input. */
static char *submit(const struct submission *submission, const char *action, json_t *input) {
    json_t *output =
        cfn__data_ask(submission->transport, "redshift-data", action, input, submission->diags);
    char *id = output ? cfn__copy(cfn_output_text(output, "Id")) : NULL;
    json_decref(output);
    return id;
}

/* -- failing ----------------------------------------------------------------------------------- */

/* The database counts characters of the statement, from 1: "Position: 42". */
static struct cfn_place place_of(const struct cfn_sql *sql, const char *error) {
    const char *position = strstr(error, "Position: ");
    struct cfn_place place = sql ? sql->place : (struct cfn_place){0};
    long left = position ? strtol(position + strlen("Position: "), NULL, 10) - 1 : 0;
    if (!place.line || left <= 0)
        return place;
    for (size_t i = 0; i < sql->size && left > 0; left--) {
        place.column++;
        if (sql->text[i] == '\n') {
            place.line++;
            place.column = 1;
        }
        size_t size = cfn_utf8_length(sql->text + i, sql->size - i);
        i += size ? size : 1;
    }
    return place;
}

static const char *advice_for(const char *error) {
    static const struct {
        const char *says, *advice;
    } rows[] = {
        {"permission denied", "the user lacks a right: 'cfngen warehouse' grants those of the "
                              "platform, with the administrator's secret"},
        {"password authentication failed",
         "the secret's password is not the user's: has it been rotated by hand?"},
        {"EntityNotFoundException",
         "the catalog has no such database: 'cfngen deploy --stack glue'"},
        {"is not authorized to assume IAM Role",
         "the role must be attached to the warehouse: 'cfngen deploy --stack redshift'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strstr(error, rows[i].says))
            return rows[i].advice;
    return NULL;
}

/* One line of what the database says, without its own "ERROR:" and position. */
static char *line_of(const char *error) {
    struct cfn_text line = {0};
    const char *from = cfn_starts_with(error, "ERROR: ") ? error + strlen("ERROR: ") : error;
    const char *position = strstr(from, "Position: ");
    size_t size = position && position > from ? (size_t)(position - from) : strlen(from);
    while (size > 0 && strchr(" \r\n\t;.", from[size - 1]))
        size--;
    for (size_t i = 0; i < size; i++)
        cfn_text_write(&line, from[i] == '\n' || from[i] == '\r' ? " " : from + i, 1);
    return cfn_text_take(&line);
}

static int fail_statement(const struct submission *submission, const struct cfn_sql *sql,
                          const char *status, const char *error) {
    char *line = line_of(error);
    const char *advice = advice_for(error);
    cfn_fail(submission->diags, "warehouse.failed", place_of(sql, error), NULL, "%s: %s",
             strcmp(status, "ABORTED") == 0 ? "the statement was cancelled"
                                            : "the database refuses the statement",
             *line ? line : "without a word");
    if (advice)
        cfn_hint(submission->diags, "%s", advice);
    free(line);
    return -1;
}

/* Of several statements, the one that failed says why. */
static int fail_by_parts(const struct submission *submission) {
    const json_t *parts = cfn_output_list(submission->described, "SubStatements");
    for (size_t i = 0; i < json_array_size(parts); i++) {
        const json_t *part = json_array_get(parts, i);
        const char *error = cfn_output_text(part, "Error");
        if (!*error)
            continue;
        char *line = line_of(error);
        cfn_fail(submission->diags, "warehouse.failed", (struct cfn_place){0}, NULL,
                 "the database refuses statement %zu of %zu, so that none of them is carried out: "
                 "%s: '%.200s'",
                 i + 1, json_array_size(parts), line, cfn_output_text(part, "QueryString"));
        if (advice_for(error))
            cfn_hint(submission->diags, "%s", advice_for(error));
        free(line);
        return -1;
    }
    return fail_statement(submission, submission->sql,
                          cfn_output_text(submission->described, "Status"),
                          cfn_output_text(submission->described, "Error"));
}

/* -- following --------------------------------------------------------------------------------- */

/* What runs and is not awaited any more is cancelled; whether that can be done is no matter. */
static int give_up(const struct submission *submission, const char *id, bool stopped) {
    struct cfn_diags *unheard = cfn_diags_new();
    const struct cfn_sql *sql = submission->sql;
    json_decref(cfn__data_ask(submission->transport, "redshift-data", "CancelStatement",
                              json_pack("{s:s}", "Id", id), unheard));
    cfn_diags_free(unheard);
    return cfn_fail(submission->diags, stopped ? "warehouse.stopped" : "warehouse.timeout",
                    sql ? sql->place : (struct cfn_place){0}, NULL,
                    stopped ? "the statement was cancelled, as asked"
                            : "the statement took too long and was cancelled");
}

/* Until it has ended: 0 where it is done. */
static int follow(struct submission *submission, const char *id) {
    const struct cfn_transport *transport = submission->transport;
    const struct cfn_warehouse *warehouse = submission->warehouse;
    struct cfn__poll poll = {FIRST_LOOK_MS, SLOWEST_LOOK_MS};
    int64_t end = transport->now(transport->self) +
                  (warehouse->timeout > 0 ? warehouse->timeout : USUAL_TIMEOUT_MS);
    for (;;) {
        json_decref(submission->described);
        submission->described = cfn__data_ask(transport, "redshift-data", "DescribeStatement",
                                              json_pack("{s:s}", "Id", id), submission->diags);
        if (!submission->described)
            return -1;
        const char *status = cfn_output_text(submission->described, "Status");
        if (strcmp(status, "FINISHED") == 0)
            return 0;
        if (strcmp(status, "FAILED") == 0 || strcmp(status, "ABORTED") == 0)
            return fail_by_parts(submission);
        bool stopped = warehouse->stop && warehouse->stop(warehouse->self);
        if (stopped || transport->now(transport->self) >= end)
            return give_up(submission, id, stopped);
        cfn__poll_pause(&poll, transport);
    }
}

/* -- for others -------------------------------------------------------------------------------- */

json_t *cfn_warehouse_execute(const struct cfn_transport *transport,
                              const struct cfn_warehouse *warehouse, const struct cfn_sql *sql,
                              struct cfn_diags *diags) {
    struct submission submission = {transport, warehouse, sql, NULL, diags};
    char *text = cfn__alloc(sql->size + 1);
    memcpy(text, sql->text, sql->size);
    json_t *input = input_for(&submission, text), *result = NULL;
    json_t *statement = json_string(text);
    free(text);
    if (!statement) {
        json_decref(input);
        cfn_fail(diags, "warehouse.text", sql->place, NULL, "must be UTF-8");
        return NULL;
    }
    json_object_set_new(input, "Sql", statement);
    char *id = submit(&submission, "ExecuteStatement", input);
    if (id && follow(&submission, id) == 0)
        result = cfn__warehouse_result(transport, id, submission.described, diags);
    json_decref(submission.described);
    free(id);
    return result;
}

json_t *cfn_warehouse_query(const struct cfn_transport *transport,
                            const struct cfn_warehouse *warehouse, const char *sql,
                            struct cfn_diags *diags) {
    const struct cfn_sql statement = CFN_SQL(sql);
    json_t *result = cfn_warehouse_execute(transport, warehouse, &statement, diags);
    if (!result)
        return NULL;
    json_t *rows = json_array();
    const json_t *columns = json_object_get(result, "columns"),
                 *records = json_object_get(result, "rows");
    for (size_t i = 0; i < json_array_size(records); i++) {
        json_t *row = json_object();
        for (size_t c = 0; c < json_array_size(columns); c++)
            json_object_set(row, cfn_output_text(json_array_get(columns, c), "name"),
                            json_array_get(json_array_get(records, i), c));
        json_array_append_new(rows, row);
    }
    json_decref(result);
    return rows;
}

int cfn_warehouse_transact(const struct cfn_transport *transport,
                           const struct cfn_warehouse *warehouse, const char *const *sqls,
                           size_t count, struct cfn_diags *diags) {
    struct submission submission = {transport, warehouse, NULL, NULL, diags};
    struct cfn_text all = {0};
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        cfn_text_put(&all, sqls[i]);
        json_array_append_new(list, json_string(sqls[i]));
    }
    json_t *input = input_for(&submission, all.data ? all.data : "");
    json_object_set_new(input, "Sqls", list);
    cfn_text_done(&all);
    char *id = submit(&submission, "BatchExecuteStatement", input);
    int code = id ? follow(&submission, id) : -1;
    json_decref(submission.described);
    free(id);
    return code;
}
