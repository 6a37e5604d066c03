/* The shape of each function's argument. */
#include "checker.h"

#include <stdlib.h>
#include <string.h>

/* A list of least to most items: true when it is one. what says how it should look. */
static bool takes(struct cfn__checker *c, json_t *argument, size_t least, size_t most,
                  const char *what, const struct cfn_path *path) {
    size_t count = json_array_size(argument);
    if (json_is_array(argument) && count >= least && count <= most)
        return true;
    if (json_is_array(argument))
        cfn__tell(c, "function.shape", path, "must be %s, not a list of %zu", what, count);
    else if (!json_is_null(argument))
        cfn__tell(c, "function.shape", path, "must be %s, not %s", what,
                  cfn__described(c, argument));
    return false;
}

static struct cfn_path at(const struct cfn_path *path, size_t index) {
    return (struct cfn_path){path, NULL, index};
}

static void expect_item(struct cfn__checker *c, json_t *list, size_t index, unsigned gives,
                        const struct cfn_path *path) {
    struct cfn_path item = at(path, index);
    cfn__expect(c, json_array_get(list, index), gives, &item);
}

/* A list written down, each item a single value; or a function that gives one. */
static void expect_values(struct cfn__checker *c, json_t *list, size_t index,
                          const struct cfn_path *path) {
    struct cfn_path inside = at(path, index);
    json_t *values = json_array_get(list, index);
    if (!json_is_array(values))
        cfn__expect(c, values, CFN__GIVES_LIST, &inside);
    for (size_t i = 0; i < json_array_size(values); i++)
        expect_item(c, values, i, CFN__GIVES_SCALAR, &inside);
}

void cfn__check_ref(struct cfn__checker *c, const char *name, json_t *argument,
                    const struct cfn_path *path) {
    (void)name;
    if (json_is_string(argument))
        cfn__check_name(c, json_string_value(argument), "reference.ref", path);
    else if (c->extensions)
        cfn__walk(c, argument, path);
    else if (!json_is_null(argument))
        cfn__tell(c, "function.shape", path,
                  "must be the name of a parameter or a resource, not %s",
                  cfn__described(c, argument));
}

static void check_getatt_pair(struct cfn__checker *c, json_t *argument,
                              const struct cfn_path *path) {
    json_t *resource = json_array_get(argument, 0), *attribute = json_array_get(argument, 1);
    struct cfn_path first = at(path, 0), second = at(path, 1);
    if (json_is_string(resource))
        cfn__check_attribute(c, json_string_value(resource), json_string_value(attribute),
                             "reference.getatt", path);
    else if (c->extensions)
        cfn__walk(c, resource, &first);
    else
        cfn__tell(c, "function.shape", &first, "must be the name of a resource, not %s",
                  cfn__described(c, resource));
    if (!json_is_string(attribute))
        cfn__expect(c, attribute, CFN__GIVES_SCALAR, &second);
}

void cfn__check_getatt(struct cfn__checker *c, const char *name, json_t *argument,
                       const struct cfn_path *path) {
    (void)name;
    const char *text = json_string_value(argument), *dot = text ? strchr(text, '.') : NULL;
    if (dot) {
        char *resource = cfn_arena_copy(&c->arena, text, (size_t)(dot - text));
        cfn__check_attribute(c, resource, dot + 1, "reference.getatt", path);
    } else if (takes(c, argument, 2, 2, "a list of a resource's name and an attribute", path)) {
        check_getatt_pair(c, argument, path);
    }
}

bool cfn__check_if_frame(struct cfn__checker *c, json_t *argument, const struct cfn_path *path) {
    struct cfn_path first = at(path, 0);
    if (!takes(c, argument, 3, 3, "a list of a condition's name, a value and another", path))
        return false;
    cfn__check_condition_name(c, json_array_get(argument, 0), &first);
    return true;
}

void cfn__check_if(struct cfn__checker *c, const char *name, json_t *argument,
                   const struct cfn_path *path) {
    (void)name;
    if (!cfn__check_if_frame(c, argument, path))
        return;
    for (size_t i = 1; i <= 2; i++) {
        struct cfn_path branch = at(path, i);
        cfn__walk(c, json_array_get(argument, i), &branch);
    }
}

void cfn__check_join(struct cfn__checker *c, const char *name, json_t *argument,
                     const struct cfn_path *path) {
    (void)name;
    if (!takes(c, argument, 2, 2, "a list of a delimiter and a list of values", path))
        return;
    expect_item(c, argument, 0, CFN__GIVES_SCALAR, path);
    expect_values(c, argument, 1, path);
}

static void check_index(struct cfn__checker *c, json_t *argument, const struct cfn_path *path) {
    char room[32];
    double number;
    const char *text = cfn__scalar_text(json_array_get(argument, 0), room);
    json_t *list = json_array_get(argument, 1);
    struct cfn_path first = at(path, 0);
    if (!text)
        return;
    if (!cfn__number_of(text, &number))
        cfn__tell(c, "function.shape", &first, "must be the number of an item, not '%s'",
                  cfn__shown(c, text));
    else if (number < 0 || (json_is_array(list) && number >= (double)json_array_size(list)))
        cfn__tell(c, "function.shape", &first,
                  json_is_array(list)
                      ? "must be an item of the list, which has %zu from 0 on, not '%s'"
                      : "must be the number of an item, from %zu on, not '%s'",
                  json_array_size(list), text);
}

void cfn__check_select(struct cfn__checker *c, const char *name, json_t *argument,
                       const struct cfn_path *path) {
    (void)name;
    struct cfn_path second = at(path, 1);
    if (!takes(c, argument, 2, 2, "a list of an index and a list of values", path))
        return;
    expect_item(c, argument, 0, CFN__GIVES_SCALAR, path);
    check_index(c, argument, path);
    cfn__expect(c, json_array_get(argument, 1), CFN__GIVES_LIST, &second);
}

void cfn__check_split(struct cfn__checker *c, const char *name, json_t *argument,
                      const struct cfn_path *path) {
    (void)name;
    if (!takes(c, argument, 2, 2, "a list of a delimiter and a string", path))
        return;
    expect_item(c, argument, 0, CFN__GIVES_SCALAR, path);
    expect_item(c, argument, 1, CFN__GIVES_SCALAR, path);
}

void cfn__check_cidr(struct cfn__checker *c, const char *name, json_t *argument,
                     const struct cfn_path *path) {
    (void)name;
    struct cfn__call call;
    if (cfn__call_of(argument, &call)) {
        cfn__expect(c, argument, CFN__GIVES_LIST, path);
        return;
    }
    if (!takes(c, argument, 2, 3, "a list of a CIDR block, a count and the bits of each", path))
        return;
    for (size_t i = 0; i < json_array_size(argument); i++)
        expect_item(c, argument, i, CFN__GIVES_SCALAR, path);
}

static void check_single(struct cfn__checker *c, const char *name, json_t *argument,
                         const struct cfn_path *path) {
    (void)name;
    cfn__expect(c, argument, CFN__GIVES_SCALAR, path);
}

void cfn__check_base64(struct cfn__checker *c, const char *name, json_t *argument,
                       const struct cfn_path *path) {
    check_single(c, name, argument, path);
}

void cfn__check_azs(struct cfn__checker *c, const char *name, json_t *argument,
                    const struct cfn_path *path) {
    check_single(c, name, argument, path);
}

void cfn__check_import(struct cfn__checker *c, const char *name, json_t *argument,
                       const struct cfn_path *path) {
    check_single(c, name, argument, path);
}

void cfn__check_anything(struct cfn__checker *c, const char *name, json_t *argument,
                         const struct cfn_path *path) {
    (void)name;
    cfn__walk(c, argument, path);
}

void cfn__check_transform(struct cfn__checker *c, const char *name, json_t *argument,
                          const struct cfn_path *path) {
    (void)name;
    if (!json_is_object(argument) && !json_is_array(argument) && !json_is_null(argument))
        cfn__tell(c, "function.shape", path, "must be an object with a Name, not %s",
                  cfn__described(c, argument));
}

void cfn__check_equals(struct cfn__checker *c, const char *name, json_t *argument,
                       const struct cfn_path *path) {
    (void)name;
    if (!takes(c, argument, 2, 2, "a list of two values", path))
        return;
    for (size_t i = 0; i < 2; i++)
        expect_item(c, argument, i, CFN__GIVES_SCALAR, path);
}

static void check_conditions(struct cfn__checker *c, json_t *argument,
                             const struct cfn_path *path) {
    for (size_t i = 0; i < json_array_size(argument); i++) {
        struct cfn_path item = at(path, i);
        cfn__check_truth(c, json_array_get(argument, i), &item);
    }
}

void cfn__check_and_or(struct cfn__checker *c, const char *name, json_t *argument,
                       const struct cfn_path *path) {
    (void)name;
    if (takes(c, argument, 2, 10, "a list of 2 to 10 conditions", path))
        check_conditions(c, argument, path);
}

void cfn__check_not(struct cfn__checker *c, const char *name, json_t *argument,
                    const struct cfn_path *path) {
    (void)name;
    if (takes(c, argument, 1, 1, "a list of one condition", path))
        check_conditions(c, argument, path);
}
