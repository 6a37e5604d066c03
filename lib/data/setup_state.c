/* What of a setup is in the warehouse already. */
#include "setup.h"

#include <stdlib.h>

bool cfn__has_text(const json_t *list, const char *text) {
    for (size_t i = 0; i < json_array_size(list); i++)
        if (cfn_same(json_string_value(json_array_get(list, i)), text))
            return true;
    return false;
}

void cfn__put_texts(struct cfn_text *sql, const char *const *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char *text = cfn_sql_text(items[i]);
        cfn_text_printf(sql, "%s%s", i ? ", " : "", text);
        free(text);
    }
    if (count == 0)
        cfn_text_put(sql, "''");
}

void cfn__setup_users(const struct cfn_warehouse_setup *setup, cfn__setup_user *each, void *self) {
    for (size_t i = 0; i < setup->writers.count; i++)
        each(self, setup->writers.items[i], setup->writer);
    for (size_t i = 0; i < setup->readers.count; i++)
        each(self, setup->readers.items[i], setup->reader);
    if (setup->login)
        each(self, setup->login, setup->reader);
}

/* -- questions --------------------------------------------------------------------------------- */

/* The rows of "<question> (<texts>)"; NULL with a diagnostic. */
static json_t *ask(const struct cfn_transport *transport, const struct cfn_warehouse *warehouse,
                   const char *question, const char *const *items, size_t count,
                   struct cfn_diags *diags) {
    struct cfn_text sql = {0};
    cfn_text_printf(&sql, "%s (", question);
    cfn__put_texts(&sql, items, count);
    cfn_text_put(&sql, ")");
    json_t *rows = cfn_warehouse_query(transport, warehouse, sql.data, diags);
    cfn_text_done(&sql);
    return rows;
}

/* Rows of one column as a list of texts; consumes the rows. */
static json_t *texts_of(json_t *rows, const char *column) {
    json_t *texts = rows ? json_array() : NULL;
    for (size_t i = 0; i < json_array_size(rows); i++)
        json_array_append_new(texts, json_string(cfn_output_text(json_array_get(rows, i), column)));
    json_decref(rows);
    return texts;
}

/* esoptions is JSON: {"IAM_ROLE":"arn:..."}. */
static json_t *layer_of(const json_t *row) {
    json_t *options = json_loads(cfn_output_text(row, "esoptions"), 0, NULL);
    json_t *layer = json_pack("{s:s, s:s}", "database", cfn_output_text(row, "databasename"),
                              "role", cfn_output_text(options, "IAM_ROLE"));
    json_decref(options);
    return layer;
}

static json_t *read_layers(const struct cfn_transport *transport,
                           const struct cfn_warehouse *warehouse,
                           const struct cfn_warehouse_setup *setup, struct cfn_diags *diags) {
    const char **names = cfn__alloc((setup->layer_count + 1) * sizeof *names);
    for (size_t i = 0; i < setup->layer_count; i++)
        names[i] = setup->layers[i].schema;
    json_t *rows = ask(transport, warehouse,
                       "select schemaname, databasename, esoptions from svv_external_schemas "
                       "where schemaname in",
                       names, setup->layer_count, diags);
    json_t *layers = rows ? json_object() : NULL;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        json_object_set_new(layers, cfn_output_text(row, "schemaname"), layer_of(row));
    }
    json_decref(rows);
    free(names);
    return layers;
}

struct names {
    const char **items;
    size_t count;
};

static void take_name(void *self, const char *user, const char *role) {
    struct names *names = self;
    (void)role;
    names->items[names->count++] = user;
}

static json_t *read_users(const struct cfn_transport *transport,
                          const struct cfn_warehouse *warehouse,
                          const struct cfn_warehouse_setup *setup, const char *question,
                          struct cfn_diags *diags) {
    size_t most = setup->writers.count + setup->readers.count + 1;
    struct names names = {cfn__alloc(most * sizeof *names.items), 0};
    cfn__setup_users(setup, take_name, &names);
    json_t *rows = ask(transport, warehouse, question, names.items, names.count, diags);
    free(names.items);
    return rows;
}

/* Pairs of user and role. */
static json_t *read_grants(const struct cfn_transport *transport,
                           const struct cfn_warehouse *warehouse,
                           const struct cfn_warehouse_setup *setup, struct cfn_diags *diags) {
    json_t *rows = read_users(transport, warehouse, setup,
                              "select user_name, role_name from svv_user_grants "
                              "where user_name in",
                              diags);
    json_t *grants = rows ? json_array() : NULL;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        json_array_append_new(grants, json_pack("[ss]", cfn_output_text(row, "user_name"),
                                                cfn_output_text(row, "role_name")));
    }
    json_decref(rows);
    return grants;
}

json_t *cfn_warehouse_state(const struct cfn_transport *transport,
                            const struct cfn_warehouse *warehouse,
                            const struct cfn_warehouse_setup *setup, struct cfn_diags *diags) {
    const char *const roles[] = {setup->writer, setup->reader};
    json_t *layers = read_layers(transport, warehouse, setup, diags);
    json_t *there =
        layers
            ? texts_of(ask(transport, warehouse,
                           "select role_name from svv_roles where role_name in", roles, 2, diags),
                       "role_name")
            : NULL;
    json_t *users =
        there ? texts_of(read_users(transport, warehouse, setup,
                                    "select usename from pg_user where usename in", diags),
                         "usename")
              : NULL;
    json_t *grants = users ? read_grants(transport, warehouse, setup, diags) : NULL;
    if (grants)
        return json_pack("{s:o, s:o, s:o, s:o}", "layers", layers, "roles", there, "users", users,
                         "grants", grants);
    json_decref(layers);
    json_decref(there);
    json_decref(users);
    return NULL;
}
