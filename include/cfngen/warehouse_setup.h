/*
 * What the warehouse needs before dbt can build in it: external schemas over the lake's catalog,
 * schemas for the marts, two roles and their users. All of it is SQL, for which CloudFormation has
 * no resource types.
 *
 * A plan is made of what is there and what shall be; carried out twice, it changes nothing the
 * second time. Rights that are granted again stay as they are, so all of them are always granted.
 *
 *     json_t *state = cfn_warehouse_state(transport, &warehouse, &setup, diags);
 *     json_t *plan = cfn_warehouse_plan(&setup, state, diags);
 *     cfn_warehouse_apply(transport, &warehouse, plan, &progress, diags);
 *     json_t *checks = cfn_warehouse_verify(transport, &warehouse, &setup, diags);
 */
#ifndef CFNGEN_WAREHOUSE_SETUP_H
#define CFNGEN_WAREHOUSE_SETUP_H

#include <cfngen/config.h>
#include <cfngen/warehouse.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A layer of the lake: its schema in the warehouse, and its database in the Glue catalog. */
struct cfn_warehouse_layer {
    const char *schema, *catalog_database;
};

/* Everything is borrowed. */
struct cfn_warehouse_setup {
    const struct cfn_warehouse_layer *layers;
    size_t layer_count;
    const char *region, *role_arn; /* of the catalog; by which the warehouse reads the lake */
    const char *database;          /* of the warehouse */
    struct cfn_texts schemas;      /* the writer's; the first is also read by the reader */
    const char *writer, *reader;   /* names of the roles */
    struct cfn_texts writers,
        readers;                /* users that get them. One that is not there is made without
                                   a password: "IAMR:<role>" and "IAM:<user>" log in by IAM */
    const char *login;          /* a reader with a password, or NULL */
    const char *login_password; /* never sent: its digest is; NULL: as for a plan that is shown */
    bool set_password;          /* also of a login that is there */
    bool replace; /* an external schema that points elsewhere is dropped (which deletes no data) and
                     made again; else that is an error */
};

/* {layers: {schema: {database, role}}, roles: [..], users: [..], grants: [[user, role]]}, of what
 * the setup names; a new reference. */
CFN_API json_t *cfn_warehouse_state(const struct cfn_transport *transport,
                                    const struct cfn_warehouse *warehouse,
                                    const struct cfn_warehouse_setup *setup,
                                    struct cfn_diags *diags);

/* [{sql, shown, why, alone}]: shown is the statement for people's eyes, where no digest of a
 * password stands; alone is what Redshift does not do in a transaction. state NULL: nothing is
 * there. A new reference; NULL with a diagnostic. */
CFN_API json_t *cfn_warehouse_plan(const struct cfn_warehouse_setup *setup, const json_t *state,
                                   struct cfn_diags *diags);

/* Carries it out: what may be together is one transaction. `done` is told of each statement, after
 * it. 0, or -1 with a diagnostic. */
struct cfn_warehouse_progress {
    void (*done)(void *self, const json_t *statement);
    void *self;
};
CFN_API int cfn_warehouse_apply(const struct cfn_transport *transport,
                                const struct cfn_warehouse *warehouse, const json_t *plan,
                                const struct cfn_warehouse_progress *progress,
                                struct cfn_diags *diags);

/* Looks from outside whether it stands: [{check, good, found}], a new reference. A layer's tables
 * are listed by way of its role and the catalog, so that a right that lacks there is found now. */
CFN_API json_t *cfn_warehouse_verify(const struct cfn_transport *transport,
                                     const struct cfn_warehouse *warehouse,
                                     const struct cfn_warehouse_setup *setup,
                                     struct cfn_diags *diags);

#ifdef __cplusplus
}
#endif

#endif
