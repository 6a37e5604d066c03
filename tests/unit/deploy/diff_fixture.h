/* Two templates compared, the result as text: one line a change, one a property, one of why. */
#ifndef DIFF_FIXTURE_H
#define DIFF_FIXTURE_H

#include <base/base.h>
#include <cfngen/check.h>
#include <cfngen/diff.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline json_t *read_yaml(const char *text) {
    struct cfn_diags *diags = cfn_diags_new();
    json_t *body = cfn_template_read("t", text, strlen(text), diags);
    for (size_t i = 0; !body && i < cfn_diags_count(diags); i++)
        print_error("%s\n", cfn_diags_at(diags, i)->message);
    assert_non_null(body);
    cfn_diags_free(diags);
    return body;
}

static inline const char *replacement_text(enum cfn_replacement replacement) {
    return replacement == CFN_REPLACES      ? " replaces"
           : replacement == CFN_MAY_REPLACE ? " may replace"
                                            : "";
}

static inline void put_dangers(struct cfn_text *text, unsigned dangers) {
    for (unsigned bit = 1; bit <= CFN_UNPROTECTS; bit *= 2)
        if (dangers & bit)
            cfn_text_printf(text, " !%s", cfn_danger_name((enum cfn_danger)bit));
}

static inline void put_value(struct cfn_text *text, const json_t *value) {
    char *dump = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS) : NULL;
    cfn_text_put(text, dump ? dump : "nothing");
    free(dump);
}

static inline void put_property(struct cfn_text *text, const struct cfn_property_change *property) {
    cfn_text_printf(text, "  %s", property->path);
    if (strcmp(property->path, property->path_before) != 0)
        cfn_text_printf(text, " (%s)", property->path_before);
    if (*property->why) {
        cfn_text_printf(text, ": %s", property->why);
    } else {
        cfn_text_put(text, ": ");
        put_value(text, property->before);
        cfn_text_put(text, " -> ");
        put_value(text, property->after);
    }
    cfn_text_put(text, replacement_text(property->replacement));
    put_dangers(text, property->dangers);
    cfn_text_put(text, "\n");
}

static inline char *diff_text(const struct cfn_diff *diff) {
    struct cfn_text text = {0};
    for (size_t i = 0; i < cfn_diff_count(diff); i++) {
        const struct cfn_change *change = cfn_diff_at(diff, i);
        cfn_text_printf(&text, "%c %s.%s%s", "+~-"[change->action], change -> section,
                        change -> logical_id, replacement_text(change->replacement));
        put_dangers(&text, change->dangers);
        cfn_text_put(&text, "\n");
        for (size_t j = 0; j < change->property_count; j++)
            put_property(&text, &change->properties[j]);
        if (*change->why)
            cfn_text_printf(&text, "  * %s\n", change->why);
    }
    return cfn_text_take(&text);
}

/* One side written in YAML: {body, parameters, tags}, all but the body optional. */
struct written {
    const char *body, *parameters, *tags;
};

static inline char *compared(const struct written *before, const struct written *after) {
    const struct written *written[] = {before, after};
    json_t *parts[6] = {NULL};
    struct cfn_side sides[2];
    for (size_t i = 0; i < 2; i++) {
        parts[3 * i] = written[i]->body ? read_yaml(written[i]->body) : NULL;
        parts[3 * i + 1] = written[i]->parameters ? read_yaml(written[i]->parameters) : NULL;
        parts[3 * i + 2] = written[i]->tags ? read_yaml(written[i]->tags) : NULL;
        sides[i] = (struct cfn_side){
            .body = parts[3 * i], .parameters = parts[3 * i + 1], .tags = parts[3 * i + 2]};
    }
    struct cfn_diff *diff = cfn_diff_new(&sides[0], &sides[1]);
    char *text = diff_text(diff);
    cfn_diff_free(diff);
    for (size_t i = 0; i < 6; i++)
        json_decref(parts[i]);
    return text;
}

static inline void assert_compared(struct written before, struct written after,
                                   const char *expected) {
    char *text = compared(&before, &after);
    assert_string_equal(text, expected);
    free(text);
}

/* Two bodies. */
static inline void assert_diff(const char *before, const char *after, const char *expected) {
    assert_compared((struct written){.body = before}, (struct written){.body = after}, expected);
}

/* The resource X, by what stands in it. */
static inline void assert_resource(const char *before, const char *after, const char *expected) {
    struct cfn_text bodies[2] = {{0}, {0}};
    cfn_text_printf(&bodies[0], "Resources: {X: {%s}}\n", before);
    cfn_text_printf(&bodies[1], "Resources: {X: {%s}}\n", after);
    assert_diff(bodies[0].data, bodies[1].data, expected);
    cfn_text_done(&bodies[0]);
    cfn_text_done(&bodies[1]);
}

#endif
