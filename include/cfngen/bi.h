/*
 * A BI tool's dashboards from text in version control: Metabase, by way of its REST API.
 *
 * Definitions are one JSON object {database, collections, cards, dashboards}, whose objects refer
 * to one another by key; metabase/README.md describes them. A card's `query` is the text of its
 * SQL. A name within its collection finds an object in Metabase again; what is there and the same
 * is left alone, what differs is updated, what nobody defines is not touched.
 */
#ifndef CFNGEN_BI_H
#define CFNGEN_BI_H

#include <cfngen/web.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether definitions are whole: members, keys, references, variables of queries, the grid. Tells
 * all that is wrong. */
CFN_API int cfn_bi_check(const json_t *definitions, struct cfn_diags *diags);

/* Everything is borrowed. */
struct cfn_bi {
    struct cfn_web *web;
    const char *api_key;         /* or NULL: */
    const char *user, *password; /* of a person, who may also be the first one of a new Metabase */
    const char *site_name;       /* of a new one */
    bool dry_run;                /* asks, and changes nothing */
    bool set_password; /* of a database that is there: Metabase does not tell what it has */
    /* The value of a name that stands in a database's details: a new text that the library wipes
     * and frees; NULL: there is none. */
    char *(*value)(void *self, const char *name, bool secret);
    /* Told of each object, before it is changed: what is "create", "update" or "keep"; why names
     * members that differ, or is "". May be NULL. */
    void (*told)(void *self, const char *what, const char *kind, const char *name, const char *why);
    void *self;
};
/* 0, or -1 with a diagnostic. */
CFN_API int cfn_bi_provision(const struct cfn_bi *bi, const json_t *definitions,
                             struct cfn_diags *diags);

#ifdef __cplusplus
}
#endif

#endif
