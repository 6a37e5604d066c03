/*
 * A platform from a few lines of YAML, synthesized: what the tests of the stacks stand on.
 */
#ifndef PLATFORM_FIXTURE_H
#define PLATFORM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cfngen/cfngen.h>

#define MINIMAL "project: shop\nenvironment: dev\nregion: eu-west-1\n"

struct fixture {
    struct cfn_stack_set *set;
    struct cfn_diags *diags;
    struct cfn_platform *platform; /* NULL when loading failed */
    struct cfn_assembly *assembly; /* NULL when loading or synthesis failed */
};

static inline struct fixture fixture_of(const char *yaml) {
    struct fixture f = {.set = cfn_stack_set_new(), .diags = cfn_diags_new()};
    struct cfn_config_source source = {.name = "platform.yaml", .text = yaml, .size = strlen(yaml)};
    f.platform = cfn_platform_load(f.set, &source, "2026-11-23", f.diags);
    if (f.platform)
        f.assembly = cfn_platform_synth(f.platform, f.diags);
    return f;
}

static inline void fixture_print(const struct fixture *f) {
    for (size_t i = 0; i < cfn_diags_count(f->diags); i++) {
        char *text = cfn_diag_text(cfn_diags_at(f->diags, i));
        print_message("%s\n", text);
        free(text);
    }
}

/* A platform that must synthesize without an error; MINIMAL stands before the lines. */
static inline struct fixture fixture_good(const char *lines) {
    char *yaml = malloc(strlen(MINIMAL) + strlen(lines) + 1);
    strcpy(yaml, MINIMAL);
    strcat(yaml, lines);
    struct fixture f = fixture_of(yaml);
    free(yaml);
    if (!f.assembly)
        fixture_print(&f);
    assert_non_null(f.assembly);
    return f;
}

/* The number of diagnostics whose text (cfn_diag_text) contains `part`. */
static inline size_t fixture_told(const struct fixture *f, const char *part) {
    size_t count = 0;
    for (size_t i = 0; i < cfn_diags_count(f->diags); i++) {
        char *text = cfn_diag_text(cfn_diags_at(f->diags, i));
        count += strstr(text, part) != NULL;
        free(text);
    }
    return count;
}

/* Asserts that MINIMAL and the lines are refused with a diagnostic that contains `part`. */
static inline void fixture_refused(const char *lines, const char *part) {
    char *yaml = malloc(strlen(MINIMAL) + strlen(lines) + 1);
    strcpy(yaml, MINIMAL);
    strcat(yaml, lines);
    struct fixture f = fixture_of(yaml);
    free(yaml);
    if (f.assembly || fixture_told(&f, part) != 1)
        fixture_print(&f);
    assert_null(f.assembly);
    assert_int_equal(fixture_told(&f, part), 1);
    cfn_assembly_free(f.assembly);
    cfn_platform_free(f.platform);
    cfn_stack_set_free(f.set);
    cfn_diags_free(f.diags);
}

static inline void fixture_done(struct fixture *f) {
    cfn_assembly_free(f->assembly);
    cfn_platform_free(f->platform);
    cfn_stack_set_free(f->set);
    cfn_diags_free(f->diags);
}

/* The body of a stack; NULL when it is not there. */
static inline const json_t *stack_body(const struct fixture *f, const char *stack) {
    const struct cfn_assembled *found = cfn_assembly_find(f->assembly, stack);
    return found ? found->body : NULL;
}

/* The properties of a resource; NULL when there is no such resource. */
static inline json_t *properties_of(const struct fixture *f, const char *stack, const char *id) {
    json_t *resources = json_object_get(stack_body(f, stack), "Resources");
    return json_object_get(json_object_get(resources, id), "Properties");
}

/* The value at a path of keys and indices separated by slashes: "Tags/0/Key"; NULL when it is not
 * there. */
static inline json_t *value_at(const json_t *value, const char *path) {
    char copy[512];
    assert_true(strlen(path) < sizeof copy);
    strcpy(copy, path);
    json_t *at = json_incref((json_t *)(uintptr_t)value);
    json_decref(at);
    for (char *step = strtok(copy, "/"); step && at; step = strtok(NULL, "/"))
        at = json_is_array(at) ? json_array_get(at, strtoul(step, NULL, 10))
                               : json_object_get(at, step);
    return at;
}

/* What stands at a path: a text, a number, true. */
static inline void is_text(const json_t *value, const char *path, const char *expected) {
    const char *text = json_string_value(value_at(value, path));
    if (!text)
        print_message("no text at %s\n", path);
    assert_non_null(text);
    assert_string_equal(text, expected);
}

static inline void is_number(const json_t *value, const char *path, long long expected) {
    assert_true(json_is_integer(value_at(value, path)));
    assert_int_equal(json_integer_value(value_at(value, path)), expected);
}

static inline bool is_on(const json_t *value, const char *path) {
    assert_true(json_is_boolean(value_at(value, path)));
    return json_is_true(value_at(value, path));
}

/* Whether a value's compact JSON text contains `part`. */
static inline bool contains(const json_t *value, const char *part) {
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    bool found = text && strstr(text, part);
    free(text);
    return found;
}

#endif
