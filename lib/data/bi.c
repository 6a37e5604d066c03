/* The course of it: databases, collections, cards, dashboards, each found by its name. */
#include "bi.h"

#include <cfngen/aws.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct course {
    const struct cfn_bi *bi;
    const json_t *definitions;
    struct cfn__bi_ids ids;
    json_t *collections; /* all that are there */
    json_t *items;       /* of collections that were looked into: number as text: list */
    bool is_new;         /* in a dry run: nothing can be asked */
    struct cfn_diags *diags;
};

static const char *text_of(const json_t *object, const char *name) {
    return cfn_output_text(object, name);
}

static const json_t *defined(const struct course *course, const char *what) {
    return json_object_get(course->definitions, what);
}

static void tell(const struct course *course, const char *what, const char *kind,
                 const json_t *object, const char *why) {
    if (course->bi->told)
        course->bi->told(course->bi->self, what, kind, text_of(object, "name"), why);
}

static json_t *ask(const struct course *course, const char *method, const char *path,
                   const json_t *body) {
    return cfn__bi_ask(course->bi, method, path, body, course->diags);
}

static CFN_PRINTF(4, 5) json_t *ask_at(const struct course *course, const char *method,
                                       const json_t *body, const char *format, ...) {
    struct cfn_text path = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&path, format, arguments);
    va_end(arguments);
    json_t *answer = ask(course, method, path.data, body);
    cfn_text_done(&path);
    return answer;
}

static json_int_t number_of(const json_t *object) {
    const json_t *id = json_object_get(object, "id");
    return json_is_integer(id) ? json_integer_value(id) : -1;
}

/* -- making one so ----------------------------------------------------------------------------- */

/* Creates or updates an object; its number goes into ids. there: what was found, or NULL. */
static int put(struct course *course, const char *kind, json_t *ids, const json_t *object,
               const json_t *there, const json_t *wanted) {
    char *differs = there ? cfn__bi_differs(kind, wanted, there) : NULL;
    json_int_t number = number_of(there);
    json_t *answer = NULL;
    const char *what = !there ? "create" : *differs ? "update" : "keep";
    tell(course, what, kind, object, differs ? differs : "");
    bool changes = strcmp(what, "keep") != 0 && !course->bi->dry_run;
    if (changes && there)
        answer = ask_at(course, "PUT", wanted, "/api/%s/%lld", kind, (long long)number);
    else if (changes)
        answer = ask_at(course, "POST", wanted, "/api/%s", kind);
    if (answer && !there)
        number = number_of(answer);
    if (answer && number < 0)
        cfn_fail(course->diags, "bi.answer", (struct cfn_place){0}, NULL,
                 "Metabase made the %s '%s' and does not tell its number", kind,
                 text_of(object, "name"));
    json_object_set_new(ids, text_of(object, "key"), json_integer(number));
    json_decref(answer);
    free(differs);
    return changes && (!answer || number < 0) ? -1 : 0;
}

/* -- the database ------------------------------------------------------------------------------ */

/* {data: [...]}, or a list in old versions. */
static json_t *find_database(const struct course *course, const char *name, json_t *all) {
    const json_t *list = json_is_array(all) ? all : json_object_get(all, "data");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(text_of(json_array_get(list, i), "name"), name) == 0)
            return ask_at(course, "GET", NULL, "/api/database/%lld",
                          (long long)number_of(json_array_get(list, i)));
    return json_null();
}

/* Its tables are looked for at once, not at the next hour. */
static int sync_database(struct course *course, const json_t *database) {
    json_int_t number = cfn__bi_id(course->ids.databases, text_of(database, "key"));
    json_t *answer =
        ask_at(course, "POST", NULL, "/api/database/%lld/sync_schema", (long long)number);
    json_decref(answer);
    return answer ? 0 : -1;
}

static int put_database(struct course *course) {
    const json_t *database = defined(course, "database");
    json_t *all = course->is_new ? json_null() : ask(course, "GET", "/api/database", NULL);
    json_t *there = all ? find_database(course, text_of(database, "name"), all) : NULL;
    bool is_there = json_is_object(there), secrets = !is_there || course->bi->set_password;
    json_decref(all);
    if (!there)
        return -1;
    json_t *compared = cfn__bi_database(course->bi, database, false, course->diags);
    char *differs =
        compared && is_there ? cfn__bi_differs("database", compared, there) : cfn__copy("");
    json_t *wanted = compared && (secrets || *differs) && !course->bi->dry_run
                         ? cfn__bi_database(course->bi, database, true, course->diags)
                         : json_incref(compared);
    int code = wanted ? put(course, "database", course->ids.databases, database,
                            is_there ? there : NULL, wanted)
                      : -1;
    if (code == 0 && !course->bi->dry_run && (!is_there || *differs || course->bi->set_password))
        code = sync_database(course, database);
    json_decref(compared);
    json_decref(wanted);
    json_decref(there);
    free(differs);
    return code;
}

/* -- collections ------------------------------------------------------------------------------- */

/* The number of the collection that one stands in: its location ends with it, "/11/12/"; 0: none.
 */
static json_int_t parent_of(const json_t *collection) {
    const char *location = text_of(collection, "location"), *last = NULL;
    for (const char *at = location; *at; at++)
        if (at[0] == '/' && at[1])
            last = at + 1;
    return last ? strtol(last, NULL, 10) : 0;
}

static json_t *find_collection(const struct course *course, const char *name, json_int_t parent) {
    for (size_t i = 0; i < json_array_size(course->collections); i++) {
        json_t *one = json_array_get(course->collections, i);
        if (json_is_integer(json_object_get(one, "id")) &&
            strcmp(text_of(one, "name"), name) == 0 && parent_of(one) == parent &&
            !json_is_true(json_object_get(one, "archived")) &&
            !json_is_integer(json_object_get(one, "personal_owner_id")))
            return one;
    }
    return NULL;
}

static int put_collections(struct course *course) {
    const json_t *list = defined(course, "collections");
    course->collections =
        course->is_new ? json_array() : ask(course, "GET", "/api/collection", NULL);
    int code = course->collections ? 0 : -1;
    for (size_t i = 0; i < json_array_size(list) && code == 0; i++) {
        const json_t *collection = json_array_get(list, i);
        json_t *wanted = cfn__bi_collection(collection, &course->ids);
        const json_t *parent = json_object_get(wanted, "parent_id");
        json_int_t number = json_is_null(parent) ? 0 : json_integer_value(parent);
        json_t *found = find_collection(course, text_of(collection, "name"), number);
        json_t *there = found ? json_copy(found) : NULL; /* which tells its parent another way */
        if (there)
            json_object_set_new(there, "parent_id", number ? json_integer(number) : json_null());
        code = put(course, "collection", course->ids.collections, collection, there, wanted);
        json_decref(there);
        json_decref(wanted);
    }
    return code;
}

/* -- cards and dashboards ---------------------------------------------------------------------- */

/* What stands in a collection; borrowed. NULL with a diagnostic. */
static const json_t *items_of(struct course *course, json_int_t collection) {
    char name[32];
    snprintf(name, sizeof name, "%lld", (long long)collection);
    const json_t *known = json_object_get(course->items, name);
    if (known)
        return known;
    json_t *items = json_array();
    for (size_t offset = 0;; offset = json_array_size(items)) {
        json_t *page = ask_at(course, "GET", NULL,
                              "/api/collection/%s/items?models=card&models=dashboard&limit=200&"
                              "offset=%zu",
                              name, offset);
        const json_t *data = json_object_get(page, "data");
        json_array_extend(items, (json_t *)(uintptr_t)data);
        size_t size = json_array_size(data);
        bool failed = !page;
        json_decref(page);
        if (failed) {
            json_decref(items);
            return NULL;
        }
        if (size < 200)
            break;
    }
    json_object_set_new(course->items, name, items);
    return items;
}

/* The object of that name there, whole; JSON null: there is none; NULL with a diagnostic. */
static json_t *find_item(struct course *course, const char *kind, const json_t *object) {
    json_int_t collection = cfn__bi_id(course->ids.collections, text_of(object, "collection"));
    if (course->is_new || collection < 0)
        return json_null();
    const json_t *items = items_of(course, collection);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        if (strcmp(text_of(item, "model"), kind) == 0 &&
            strcmp(text_of(item, "name"), text_of(object, "name")) == 0)
            return ask_at(course, "GET", NULL, "/api/%s/%lld", kind, (long long)number_of(item));
    }
    return items ? json_null() : NULL;
}

/* A dashboard is made empty, and filled by an update: cards are no part of its creation. */
static int fill(struct course *course, const json_t *dashboard, json_t *wanted) {
    json_int_t number = cfn__bi_id(course->ids.dashboards, text_of(dashboard, "key"));
    json_t *answer = ask_at(course, "PUT", wanted, "/api/dashboard/%lld", (long long)number);
    json_decref(answer);
    return answer ? 0 : -1;
}

static int put_dashboard(struct course *course, const json_t *dashboard, const json_t *there) {
    json_t *wanted = cfn__bi_dashboard(dashboard, defined(course, "cards"), &course->ids);
    json_t *first = json_copy(wanted);
    if (!there)
        json_object_del(first, "dashcards");
    int code = put(course, "dashboard", course->ids.dashboards, dashboard, there, first);
    if (code == 0 && !there && !course->bi->dry_run)
        code = fill(course, dashboard, wanted);
    json_decref(first);
    json_decref(wanted);
    return code;
}

static int put_card(struct course *course, const json_t *card, const json_t *there) {
    const char *database = text_of(defined(course, "database"), "key");
    json_t *wanted = cfn__bi_card(card, database, &course->ids);
    int code = put(course, "card", course->ids.cards, card, there, wanted);
    json_decref(wanted);
    return code;
}

static int put_all(struct course *course, const char *list, const char *kind,
                   int (*put_one)(struct course *course, const json_t *object,
                                  const json_t *there)) {
    const json_t *objects = defined(course, list);
    int code = 0;
    for (size_t i = 0; i < json_array_size(objects) && code == 0; i++) {
        const json_t *object = json_array_get(objects, i);
        json_t *there = find_item(course, kind, object);
        code = there ? put_one(course, object, json_is_null(there) ? NULL : there) : -1;
        json_decref(there);
    }
    return code;
}

int cfn_bi_provision(const struct cfn_bi *bi, const json_t *definitions, struct cfn_diags *diags) {
    struct course course = {.bi = bi,
                            .definitions = definitions,
                            .ids = {json_object(), json_object(), json_object(), json_object()},
                            .items = json_object(),
                            .diags = diags};
    bool is_new = false;
    int code = cfn__bi_enter(bi, &is_new, diags);
    course.is_new = is_new && bi->dry_run;
    if (code == 0)
        code = put_database(&course);
    if (code == 0)
        code = put_collections(&course);
    if (code == 0)
        code = put_all(&course, "cards", "card", put_card);
    if (code == 0)
        code = put_all(&course, "dashboards", "dashboard", put_dashboard);
    json_decref(course.ids.databases);
    json_decref(course.ids.collections);
    json_decref(course.ids.cards);
    json_decref(course.ids.dashboards);
    json_decref(course.collections);
    json_decref(course.items);
    return code;
}
