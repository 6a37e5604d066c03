/* A template of a test, in a world that answers for two resources, an export and a parameter. */
#ifndef EVALUATE_FIXTURE_H
#define EVALUATE_FIXTURE_H

#include <base/base.h>
#include <cfngen/check.h>
#include <cfngen/evaluate.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline cfn_value world_ref(void *self, const char *id) {
    (void)self;
    return strcmp(id, "Lost") == 0 ? NULL : cfn_fmt("id-of-%s", id);
}

static inline cfn_value world_attribute(void *self, const char *id, const char *attribute) {
    (void)self;
    if (strcmp(attribute, "Ports") == 0)
        return cfn_list(cfn_int(1), cfn_int(2));
    return strcmp(attribute, "None") == 0 ? NULL : cfn_fmt("%s of %s", attribute, id);
}

static inline cfn_value world_import(void *self, const char *name) {
    (void)self;
    return strcmp(name, "shop-vpc") == 0 ? cfn_str("vpc-1") : NULL;
}

static inline cfn_value world_output(void *self, const json_t *arguments) {
    (void)self;
    const char *name = json_string_value(json_object_get(arguments, "OutputName"));
    return strcmp(name, "Url") == 0 ? cfn_str("https://x") : NULL;
}

static inline cfn_value world_parameter(void *self, const char *type, const char *name) {
    (void)self;
    (void)type;
    return strcmp(name, "/ami") == 0 ? cfn_str("ami-1,ami-2") : NULL;
}

static const struct cfn_world test_world = {
    .account = "123456789012",
    .region = "eu-west-1",
    .partition = "aws",
    .url_suffix = "amazonaws.com",
    .stack_name = "shop",
    .stack_id = "arn:stack/shop",
    .ref = world_ref,
    .attribute = world_attribute,
    .import = world_import,
    .output = world_output,
    .parameter = world_parameter,
};

static inline json_t *read_yaml(const char *text) {
    struct cfn_diags *diags = cfn_diags_new();
    json_t *body = cfn_template_read("t", text, strlen(text), diags);
    assert_non_null(body);
    cfn_diags_free(diags);
    return body;
}

/* The diagnostics, one line each. */
static inline char *told(const struct cfn_diags *diags) {
    struct cfn_text text = {0};
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        char *line = cfn_diag_text(cfn_diags_at(diags, i));
        cfn_text_printf(&text, "%s%s", i > 0 ? "\n" : "", line + strlen("error: "));
        free(line);
    }
    return cfn_text_take(&text);
}

/* The value of the output "O" of a template as JSON, or what is told; the caller frees it. */
static inline char *output_of(const char *text, const char *parameters) {
    struct cfn_diags *diags = cfn_diags_new();
    json_t *body = read_yaml(text), *given = parameters ? json_loads(parameters, 0, NULL) : NULL;
    struct cfn_evaluation *e = cfn_evaluation_new(body, given, &test_world, diags);
    json_t *output = json_object_get(json_object_get(body, "Outputs"), "O");
    cfn_value value = e ? cfn_evaluate(e, output, "Outputs.O", diags) : NULL;
    char *shown = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : told(diags);
    assert_int_equal(value == NULL, cfn_diags_errors(diags) > 0);
    json_decref(value);
    cfn_evaluation_free(e);
    json_decref(given);
    json_decref(body);
    cfn_diags_free(diags);
    return shown;
}

static inline void assert_output(const char *text, const char *parameters, const char *expected) {
    char *shown = output_of(text, parameters);
    assert_string_equal(shown, expected);
    free(shown);
}

#endif
