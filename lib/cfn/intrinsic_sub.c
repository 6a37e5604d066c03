/* Fn::Sub: the names in its text. */
#include "checker.h"

#include <string.h>

static const char legal[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:&";

/* A name as the text writes it, blanks around it left out. */
static const char *name_in(struct cfn__checker *c, const char *start, const char *end) {
    while (start < end && *start == ' ')
        start++;
    while (end > start && end[-1] == ' ')
        end--;
    return cfn_arena_copy(&c->arena, start, (size_t)(end - start));
}

static void check_variable(struct cfn__checker *c, const char *name, json_t *variables,
                           const struct cfn_path *path) {
    const char *dot = strchr(name, '.');
    if (*name == '\0' || json_object_get(variables, name) || cfn__is_unfinished(variables))
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
    for (const char *open = strstr(text, "${"); open; open = strstr(open, "${")) {
        const char *close = strchr(open, '}'), *inner = strstr(open + 2, "${");
        if (!close)
            return;
        if (inner && inner < close) { /* the shell's ${a:-${B}}: B is what is meant */
            open = inner;
            continue;
        }
        if (open[2] != '!')
            check_variable(c, name_in(c, open + 2, close), variables, path);
        open = close;
    }
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
