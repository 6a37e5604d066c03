/*
 * The parts of a BI tool's provisioning: what Metabase is sent (bi_make.c), whether it has it
 * already (bi_same.c), signing in (bi_enter.c), and the course of it all (bi.c).
 */
#ifndef CFN_DATA_BI_H
#define CFN_DATA_BI_H

#include "base/base.h"

#include <cfngen/bi.h>

/* The number that Metabase has given an object: by kind and key. -1: it is not there yet, as in a
 * dry run. */
struct cfn__bi_ids {
    json_t *databases, *collections, *cards, *dashboards; /* key: number */
};
json_int_t cfn__bi_id(const json_t *ids, const char *key);

/* Bodies of requests; new references. */
json_t *cfn__bi_collection(const json_t *collection, const struct cfn__bi_ids *ids);
json_t *cfn__bi_card(const json_t *card, const char *database, const struct cfn__bi_ids *ids);
json_t *cfn__bi_dashboard(const json_t *dashboard, const json_t *cards,
                          const struct cfn__bi_ids *ids);
/* details are resolved; NULL with a diagnostic. */
json_t *cfn__bi_database(const struct cfn_bi *bi, const json_t *database, bool with_secrets,
                         struct cfn_diags *diags);

/* What differs of an object that is there, as "name, display"; "" where nothing does. free() it.
 * What Metabase adds of its own is no difference. */
char *cfn__bi_differs(const char *kind, const json_t *wanted, const json_t *there);

/* Signs in; a new Metabase is set up first. *is_new: it would be, in a dry run. */
int cfn__bi_enter(const struct cfn_bi *bi, bool *is_new, struct cfn_diags *diags);

/* One request whose refusal is a mistake; the answer is a new reference, NULL with a diagnostic. */
json_t *cfn__bi_ask(const struct cfn_bi *bi, const char *method, const char *path,
                    const json_t *body, struct cfn_diags *diags);

#endif
