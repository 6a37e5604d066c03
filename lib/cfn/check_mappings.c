#include "checker.h"

#include <string.h>

static void check_cell(struct cfn__checker *c, json_t *cell, const struct cfn_path *path) {
    size_t index;
    json_t *item;
    if (json_is_object(cell))
        cfn__tell(c, "mapping.shape", path, "must be a string or a list of strings, not an object");
    json_array_foreach(cell, index, item) {
        if (json_is_object(item) || json_is_array(item))
            cfn__tell(c, "mapping.shape", &(struct cfn_path){path, NULL, index},
                      "must be a string, not %s", cfn__described(c, item));
    }
}

/* Members of a map or of a row, each handed to check; a transform may stand in place of them. */
static void each(struct cfn__checker *c, json_t *object, const char *what,
                 void (*check)(struct cfn__checker *, json_t *, const struct cfn_path *),
                 const struct cfn_path *path) {
    const char *key;
    json_t *value;
    if (json_is_null(object))
        return;
    if (!json_is_object(object))
        cfn__tell(c, "mapping.shape", path, "must be an object of %s, not %s", what,
                  cfn__described(c, object));
    json_object_foreach(object, key, value) {
        if (!cfn_starts_with(key, "Fn::"))
            check(c, value, &(struct cfn_path){path, key, 0});
    }
}

static void check_row(struct cfn__checker *c, json_t *row, const struct cfn_path *path) {
    each(c, row, "values", check_cell, path);
}

static void check_map(struct cfn__checker *c, json_t *map, const struct cfn_path *path) {
    cfn__check_id(c, path->key, path);
    each(c, map, "objects", check_row, path);
}

void cfn__check_mappings(struct cfn__checker *c) {
    if (c->mappings)
        each(c, c->mappings, "mappings", check_map, &(struct cfn_path){.key = "Mappings"});
}
