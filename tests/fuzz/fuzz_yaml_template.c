/* Any text as a template. What can be read must be the same after it was written as YAML and read
 * again. */
#include <cfngen/check.h>
#include <cfngen/template.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1 << 20 };

static json_t *read_copy(const uint8_t *data, size_t size) {
    struct cfn_diags *diags = cfn_diags_new();
    char *text = malloc(size ? size : 1); /* without a NUL at its end */
    if (!text)
        abort();
    memcpy(text, data, size);
    json_t *value = cfn_template_read("fuzz", text, size, diags);
    if ((value == NULL) != (cfn_diags_errors(diags) > 0))
        abort();
    free(text);
    cfn_diags_free(diags);
    return value;
}

static void check_return(const json_t *value) {
    char *text = cfn_render(value, CFN_FORMAT_YAML);
    size_t size = text ? strlen(text) : 0;
    if (!text)
        abort();
    json_t *again = size <= LARGEST ? read_copy((const uint8_t *)text, size) : NULL;
    if (size <= LARGEST && !json_equal(value, again))
        abort();
    json_decref(again);
    free(text);
}

static void check_diags(const uint8_t *data, size_t size) {
    struct cfn_diags *diags = cfn_diags_new();
    int result = cfn_check_text("fuzz", (const char *)data, size, diags);
    if ((result != 0) != (cfn_diags_errors(diags) > 0))
        abort();
    for (size_t i = 0; i < cfn_diags_count(diags); i++)
        free(cfn_diag_text(cfn_diags_at(diags, i)));
    cfn_diags_free(diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_diags(data, size);
    json_t *value = read_copy(data, size);
    if (value)
        check_return(value);
    json_decref(value);
    return 0;
}
