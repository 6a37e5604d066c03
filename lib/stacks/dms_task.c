#include "dms_task.h"

#include <string.h>

const struct cfn_text_format dms_table_format = {
    .name = "table",
    .must_be = "a schema and a table, such as ecommerce.orders or ecommerce.%",
    .pattern = "^[A-Za-z0-9_%$-]+\\.[A-Za-z0-9_%$-]+$",
};

static cfn_value selection(size_t number, const char *schema, const char *table,
                           const char *action) {
    return cfn_map({"rule-type", cfn_str("selection")}, {"rule-id", cfn_fmt("%zu", number)},
                   {"rule-name", cfn_fmt("%s-%zu", action, number)},
                   {"object-locator",
                    cfn_map({"schema-name", cfn_str(schema)}, {"table-name", cfn_str(table)})},
                   {"rule-action", cfn_str(action)});
}

static cfn_value append_selections(const struct cfn_scope *scope, cfn_value rules,
                                   const struct cfn_texts *tables, const char *action) {
    for (size_t i = 0; i < tables->count; i++) {
        const char *table = strchr(tables->items[i], '.') + 1;
        int schema = (int)(table - tables->items[i] - 1);
        rules = cfn_append(rules, selection(json_array_size(rules) + 1,
                                            cfn_text_of(scope, "%.*s", schema, tables->items[i]),
                                            table, action));
    }
    return rules;
}

/* Heartbeats and exceptions of DMS itself lie in whatever schema its user may write to. */
cfn_value dms_table_mappings(const struct cfn_scope *scope, const struct cfn_texts *tables,
                             const struct cfn_texts *exclude) {
    cfn_value rules = append_selections(scope, cfn_list_of(NULL, 0), tables, "include");
    rules = append_selections(scope, rules, exclude, "exclude");
    rules = cfn_append(rules, selection(json_array_size(rules) + 1, "%", "awsdms_%", "exclude"));
    return cfn_map({"rules", rules});
}

/* Without LOB support DMS drops text columns altogether; S3 takes no full LOBs. A longer value
 * stops the task rather than being cut (FailTasksOnLobTruncation of the source). BatchApply may
 * lose data on S3. */
static cfn_value target_metadata(long lob_max_kb) {
    return cfn_map({"SupportLobs", cfn_bool(true)}, {"FullLobMode", cfn_bool(false)},
                   {"LimitedSizeLobMode", cfn_bool(true)}, {"LobMaxSize", cfn_int(lob_max_kb)},
                   {"BatchApplyEnabled", cfn_bool(false)});
}

/* A reload begins with an empty folder: rows deleted while nothing was captured would stay for
 * ever. */
static cfn_value full_load(void) {
    return cfn_map({"TargetTablePrepMode", cfn_str("DROP_AND_CREATE")},
                   {"StopTaskCachedChangesApplied", cfn_bool(false)},
                   {"StopTaskCachedChangesNotApplied", cfn_bool(false)},
                   {"MaxFullLoadSubTasks", cfn_int(8)},
                   {"TransactionConsistencyTimeout", cfn_int(600)}, {"CommitRate", cfn_int(10000)});
}

/* DMS would rather log and go on; a row that is missing from the lake is found by nobody. */
static cfn_value error_behavior(void) {
    return cfn_map({"DataErrorPolicy", cfn_str("STOP_TASK")},
                   {"DataTruncationErrorPolicy", cfn_str("STOP_TASK")},
                   {"TableErrorPolicy", cfn_str("STOP_TASK")},
                   {"ApplyErrorInsertPolicy", cfn_str("STOP_TASK")},
                   {"ApplyErrorUpdatePolicy", cfn_str("STOP_TASK")},
                   {"ApplyErrorDeletePolicy", cfn_str("STOP_TASK")},
                   {"FailOnTransactionConsistencyBreached", cfn_bool(true)},
                   {"FailOnNoTablesCaptured", cfn_bool(true)},
                   {"RecoverableErrorCount", cfn_int(-1)}, {"RecoverableErrorInterval", cfn_int(5)},
                   {"RecoverableErrorThrottling", cfn_bool(true)},
                   {"RecoverableErrorThrottlingMax", cfn_int(1800)});
}

static cfn_value logging(void) {
    static const char *const components[] = {"TASK_MANAGER", "SOURCE_UNLOAD", "SOURCE_CAPTURE",
                                             "TARGET_LOAD", "TARGET_APPLY"};
    cfn_value list = cfn_list_of(NULL, 0);
    for (size_t i = 0; i < sizeof components / sizeof *components; i++)
        list = cfn_append(list, cfn_map({"Id", cfn_str(components[i])},
                                        {"Severity", cfn_str("LOGGER_SEVERITY_DEFAULT")}));
    return cfn_map({"EnableLogging", cfn_bool(true)}, {"LogComponents", list});
}

/* The control tables would be awsdms_* folders beside the data. What was dropped or emptied at the
 * source stays in the lake, which is its history. */
cfn_value dms_task_settings(long lob_max_kb, bool validation) {
    return cfn_map(
        {"TargetMetadata", target_metadata(lob_max_kb)}, {"FullLoadSettings", full_load()},
        {"Logging", logging()},
        {"ControlTablesSettings", cfn_map({"HistoryTableEnabled", cfn_bool(false)},
                                          {"SuspendedTablesTableEnabled", cfn_bool(false)},
                                          {"StatusTableEnabled", cfn_bool(false)})},
        {"ChangeProcessingDdlHandlingPolicy",
         cfn_map({"HandleSourceTableDropped", cfn_bool(false)},
                 {"HandleSourceTableTruncated", cfn_bool(false)},
                 {"HandleSourceTableAltered", cfn_bool(true)})},
        {"ErrorBehavior", error_behavior()},
        {"ValidationSettings", cfn_map({"EnableValidation", cfn_bool(validation)})});
}
