/* Fn::Sub: the names in its text. */
#include "checker.h"

#include <string.h>

static const char legal[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:&";

/* Blanks around a name are left out. */
static void trim(struct cfn__variable *variable) {
    const char *end = variable->name + variable->size;
    while (variable->name < end && *variable->name == ' ')
        variable->name++;
    while (end > variable->name && end[-1] == ' ')
        end--;
    variable->size = (size_t)(end - variable->name);
}

bool cfn__sub_next(const char *text, struct cfn__variable *variable) {
    for (const char *open = strstr(text, "${"); open; open = strstr(open, "${")) {
        const char *close = strchr(open, '}'), *inner = strstr(open + 2, "${");
        if (!close)
            return false;
        if (inner && inner < close) { /* the shell's ${a:-${B}}: B is what is meant */
            open = inner;
            continue;
        }
        bool literal = open[2] == '!';
        const char *name = open + (literal ? 3 : 2);
        *variable = (struct cfn__variable){open, close + 1, name, (size_t)(close - name), literal};
        if (!literal)
            trim(variable);
        if (literal || variable->size > 0)
            return true;
        open = close;
    }
    return false;
}

static void check_variable(struct cfn__checker *c, const char *name, json_t *variables,
                           const struct cfn_path *path) {
    const char *dot = strchr(name, '.');
    if (json_object_get(variables, name) || cfn__is_unfinished(variables))
        return;
    if (name[strspn(name, legal)] != '\0') {
        cfn__tell(c, "reference.sub", path,
                  "must be a name, or ${!...} for what stands as it is: ${%s}",
                  cfn__shown(c, name));
    } else if (dot) {
        const char *resource = cfn_arena_copy(&c->arena, name, (size_t)(dot - name));
        if (c->where == CFN__IN_CONDITIONS)
            cfn__check_name(c, resource, "reference.sub", path);
        else
            cfn__check_attribute(c, resource, dot + 1, "reference.sub", path);
    } else {
        cfn__check_name(c, name, "reference.sub", path);
    }
}

static void check_text(struct cfn__checker *c, const char *text, json_t *variables,
                       const struct cfn_path *path) {
    struct cfn__variable at;
    for (; cfn__sub_next(text, &at); text = at.end)
        if (!at.literal)
            check_variable(c, cfn_arena_copy(&c->arena, at.name, at.size), variables, path);
}

static bool is_pair(json_t *argument) {
    return json_array_size(argument) == 2 && json_is_string(json_array_get(argument, 0)) &&
           json_is_object(json_array_get(argument, 1));
}

void cfn__check_sub(struct cfn__checker *c, const char *name, json_t *argument,
                    const struct cfn_path *path) {
    (void)name;
    struct cfn_path first = {path, NULL, 0}, second = {path, NULL, 1};
    const char *key;
    json_t *variables = json_array_get(argument, 1), *value;
    if (json_is_string(argument)) {
        check_text(c, json_string_value(argument), NULL, path);
    } else if (is_pair(argument)) {
        check_text(c, json_string_value(json_array_get(argument, 0)), variables, &first);
        json_object_foreach(variables, key, value) {
            cfn__expect(c, value, CFN__GIVES_SCALAR, &(struct cfn_path){&second, key, 0});
        }
    } else if (cfn__is_unfinished(argument)) {
        cfn__walk(c, argument, path);
    } else if (!json_is_null(argument)) {
        cfn__tell(c, "function.shape", path,
                  "must be a string, or a list of a string and an object of variables, not %s",
                  cfn__described(c, argument));
    }
}
