/*
 * Proving that no row was lost or made up on the way: the control totals of every layer, side by
 * side.
 *
 * A layer states, for each table: `rows`; `sum(<column>)` of each numeric column; `checksum`, the
 * sum over the rows of the first 32 bits of the MD5 of a row's canonical text (see
 * cfn_column_is_checked). As JSON:
 *
 *     {"layer": "source", "totals": {"orders": {"rows": "99441", "checksum": "..."},
 *                                    "geolocation": {"rows": {"value": "1000135",
 *                                                             "quarantined": "28"}}}}
 *
 * Values are exact decimals as texts. What a layer comes to is its value and what it has put aside
 * (quarantined) together, so that layers before and behind a quarantine compare.
 */
#ifndef CFNGEN_RECONCILE_H
#define CFNGEN_RECONCILE_H

#include <cfngen/database.h>
#include <cfngen/tables.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The layer `source`: computed in the database, all tables as they were at one moment. A new
 * reference; NULL with a diagnostic. */
CFN_API json_t *cfn_totals_source(const struct cfn_tables *tables,
                                  const struct cfn_database *database, struct cfn_diags *diags);

/* The layers of a text: one of them, or a list. A new list; NULL with diagnostics. */
CFN_API json_t *cfn_totals_read(const char *text, size_t size, const char *file,
                                struct cfn_diags *diags);

/* The layers of rows with the members layer, table_name, measure, value and quarantined, as the
 * relation `reconciliation` of the warehouse has them (quarantined may be null). A new list; NULL
 * with a diagnostic. */
CFN_API json_t *cfn_totals_of_rows(const json_t *rows, struct cfn_diags *diags);

/* Compares a list of layers, in the order generated, files, source, bronze, silver, warehouse,
 * others. A new reference:
 *
 *     {equal, compared, layers: [names], measures: [{table, measure, equal, departs,
 *      values: [null or {value, quarantined, total}]}]}
 *
 * `departs` names the first layer that does not come to what the one before it came to; null where
 * there is none. A layer that does not state a measure is passed over, but one that does not state
 * the rows of a table is taken to have none. `equal` is null where a single layer states the
 * measure, and at the top where nothing is stated by two. NULL with a diagnostic: a layer is there
 * twice. */
CFN_API json_t *cfn_reconcile(const struct cfn_tables *tables, const json_t *layers,
                              struct cfn_diags *diags);

#ifdef __cplusplus
}
#endif

#endif
