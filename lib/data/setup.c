/* The plan: what lacks, in the order in which it must be made. */
#include "setup.h"

#include "aws/digest.h"
#include "aws/files.h"

#include <stdlib.h>
#include <string.h>

struct plan {
    const struct cfn_warehouse_setup *setup;
    const json_t *state; /* or NULL */
    json_t *statements;
    json_t *made; /* users that the plan makes already */
    struct cfn_diags *diags;
    bool wrong;
};

enum { ALONE = 1, TOGETHER = 0 };

/* Consumes sql and shown, which may be NULL. */
static void add_shown(struct plan *plan, bool alone, const char *why, char *sql, char *shown) {
    json_t *statement = json_pack("{s:s, s:s, s:s, s:b}", "sql", sql, "shown", shown ? shown : sql,
                                  "why", why, "alone", (int)alone);
    json_array_append_new(plan->statements, statement);
    free(sql);
    free(shown);
}

static CFN_PRINTF(4, 5) void add(struct plan *plan, bool alone, const char *why, const char *format,
                                 ...) {
    struct cfn_text sql = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&sql, format, arguments);
    va_end(arguments);
    add_shown(plan, alone, why, cfn_text_take(&sql), NULL);
}

static const json_t *there(const struct plan *plan, const char *what) {
    return json_object_get(plan->state, what);
}

/* -- the lake ---------------------------------------------------------------------------------- */

/* Whether the schema that is there is the one that is meant; told where not. */
static bool is_meant(struct plan *plan, const struct cfn_warehouse_layer *layer,
                     const json_t *found) {
    const char *database = cfn_output_text(found, "database"),
               *role = cfn_output_text(found, "role");
    bool same = strcmp(database, layer->catalog_database) == 0 &&
                (!*role || strcmp(role, plan->setup->role_arn) == 0);
    if (same || plan->setup->replace)
        return same;
    cfn_fail(plan->diags, "warehouse.schema", (struct cfn_place){0}, NULL,
             "the schema %s is there, but reads the catalog's database '%s' by the role '%s'",
             layer->schema, database, role);
    cfn_hint(plan->diags, "--replace drops the schema, which deletes no data, and makes it again");
    plan->wrong = true;
    return true;
}

static void add_layer(struct plan *plan, const struct cfn_warehouse_layer *layer) {
    const json_t *found = json_object_get(there(plan, "layers"), layer->schema);
    char *schema = cfn_sql_name(layer->schema), *database = cfn_sql_text(layer->catalog_database),
         *region = cfn_sql_text(plan->setup->region), *role = cfn_sql_text(plan->setup->role_arn);
    bool stays = found && is_meant(plan, layer, found);
    if (found && !stays)
        add(plan, ALONE, "it points elsewhere", "drop schema %s", schema);
    if (!stays)
        add(plan, ALONE, "reads the lake where it is",
            "create external schema if not exists %s from data catalog database %s region %s "
            "iam_role %s",
            schema, database, region, role);
    free(schema);
    free(database);
    free(region);
    free(role);
}

/* Rights on what is external are not given in a transaction. */
static void grant_layer(struct plan *plan, const struct cfn_warehouse_layer *layer) {
    char *schema = cfn_sql_name(layer->schema), *writer = cfn_sql_name(plan->setup->writer);
    add(plan, ALONE, "dbt reads it", "grant usage on schema %s to role %s", schema, writer);
    free(schema);
    free(writer);
}

/* -- roles and rights -------------------------------------------------------------------------- */

static void add_role(struct plan *plan, const char *name, const char *why) {
    char *role = cfn_sql_name(name);
    if (!cfn__has_text(there(plan, "roles"), name))
        add(plan, TOGETHER, why, "create role %s", role);
    free(role);
}

/* "for tables in schema" also means tables that do not exist yet, whoever makes them. */
static void add_schema(struct plan *plan, const char *name, bool read) {
    char *schema = cfn_sql_name(name), *writer = cfn_sql_name(plan->setup->writer),
         *reader = cfn_sql_name(plan->setup->reader);
    add(plan, TOGETHER, "what dbt builds stands there", "create schema if not exists %s", schema);
    add(plan, TOGETHER, "dbt builds there", "grant usage, create on schema %s to role %s", schema,
        writer);
    add(plan, TOGETHER, "also of tables to come", "grant all for tables in schema %s to role %s",
        schema, writer);
    if (read) {
        add(plan, TOGETHER, "dashboards read it", "grant usage on schema %s to role %s", schema,
            reader);
        add(plan, TOGETHER, "also of tables to come",
            "grant select for tables in schema %s to role %s", schema, reader);
    }
    free(schema);
    free(writer);
    free(reader);
}

static void add_roles(struct plan *plan) {
    const struct cfn_warehouse_setup *setup = plan->setup;
    char *database = cfn_sql_name(setup->database), *writer = cfn_sql_name(setup->writer);
    add_role(plan, setup->writer, "of who builds the marts");
    add_role(plan, setup->reader, "of who reads them");
    for (size_t i = 0; i < setup->schemas.count; i++)
        add_schema(plan, setup->schemas.items[i], i == 0);
    add(plan, TOGETHER, "queries of the lake need it", "grant temporary on database %s to role %s",
        database, writer);
    free(database);
    free(writer);
}

/* -- users ------------------------------------------------------------------------------------- */

/* The digest that Redshift keeps: of the password and the user's name behind it. The clear text
 * never leaves this machine. */
static char *password_of(struct plan *plan) {
    const struct cfn_warehouse_setup *setup = plan->setup;
    struct cfn_text both = {0}, sql = {0};
    char hex[33] = "";
    cfn_text_printf(&both, "%s%s", setup->login_password, setup->login);
    if (!cfn__md5(both.data, both.size, hex)) {
        cfn_fail(plan->diags, "warehouse.digest", (struct cfn_place){0}, NULL,
                 "this machine's OpenSSL makes no MD5 digest, which the password needs");
        plan->wrong = true;
    }
    cfn_text_printf(&sql, "password 'md5%s'", hex);
    cfn__wipe(both.data, both.size);
    cfn_text_done(&both);
    return cfn_text_take(&sql);
}

/* Without a password the statement is for eyes alone; the warehouse would refuse it. */
static void add_login(struct plan *plan) {
    const struct cfn_warehouse_setup *setup = plan->setup;
    bool is_there = cfn__has_text(there(plan, "users"), setup->login);
    if (is_there && !setup->set_password)
        return;
    char *user = cfn_sql_name(setup->login);
    char *password = setup->login_password ? password_of(plan) : cfn__copy("password 'md5...'");
    struct cfn_text sql = {0}, shown = {0};
    const char *verb = is_there ? "alter" : "create";
    cfn_text_printf(&sql, "%s user %s %s", verb, user, password);
    cfn_text_printf(&shown, "%s user %s password 'md5...'", verb, user);
    add_shown(plan, TOGETHER, "dashboards log in as it", cfn_text_take(&sql),
              cfn_text_take(&shown));
    free(user);
    free(password);
}

static bool is_granted(const struct plan *plan, const char *user, const char *role) {
    const json_t *grants = there(plan, "grants");
    for (size_t i = 0; i < json_array_size(grants); i++)
        if (strcmp(cfn_output_text(json_array_get(grants, i), "0"), user) == 0 &&
            strcmp(cfn_output_text(json_array_get(grants, i), "1"), role) == 0)
            return true;
    return false;
}

static void add_user(void *self, const char *name, const char *role_name) {
    struct plan *plan = self;
    char *user = cfn_sql_name(name), *role = cfn_sql_name(role_name);
    bool is_login = cfn_same(name, plan->setup->login);
    if (!is_login && !cfn__has_text(there(plan, "users"), name) &&
        !cfn__has_text(plan->made, name)) {
        add(plan, TOGETHER, "logs in by IAM alone", "create user %s password disable", user);
        json_array_append_new(plan->made, json_string(name));
    }
    if (!is_granted(plan, name, role_name))
        add(plan, TOGETHER, "its rights", "grant role %s to %s", role, user);
    free(user);
    free(role);
}

json_t *cfn_warehouse_plan(const struct cfn_warehouse_setup *setup, const json_t *state,
                           struct cfn_diags *diags) {
    struct plan plan = {setup, state, json_array(), json_array(), diags, false};
    for (size_t i = 0; i < setup->layer_count; i++)
        add_layer(&plan, &setup->layers[i]);
    add_roles(&plan);
    if (setup->login)
        add_login(&plan);
    cfn__setup_users(setup, add_user, &plan);
    for (size_t i = 0; i < setup->layer_count; i++)
        grant_layer(&plan, &setup->layers[i]);
    json_decref(plan.made);
    if (!plan.wrong)
        return plan.statements;
    json_decref(plan.statements);
    return NULL;
}
