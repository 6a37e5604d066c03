/* Files of AWS's in a folder of their own, and what is said of them. */
#ifndef CFN_TESTS_PROFILE_FIXTURE_H
#define CFN_TESTS_PROFILE_FIXTURE_H

#include "aws/files.h"
#include "aws/region.h"
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline char *told(const struct cfn_diags *diags) {
    struct cfn_text text = {0};
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        char *line = cfn_diag_text(cfn_diags_at(diags, i));
        cfn_text_printf(&text, "%s\n", line);
        free(line);
    }
    return cfn_text_take(&text);
}

/* Settings of two files without a file: the texts of the config and the credentials. */
static inline void files_of(struct cfn__settings *settings, const char *config,
                            const char *credentials) {
    struct cfn_diags *diags = cfn_diags_new();
    *settings = (struct cfn__settings){.profile = "default"};
    settings->variables = cfn__alloc(sizeof *settings->variables);
    assert_int_equal(
        cfn__ini_read(&settings->config, "config", cfn__copy(config), strlen(config), diags), 0);
    assert_int_equal(cfn__ini_read(&settings->credentials, "credentials", cfn__copy(credentials),
                                   strlen(credentials), diags),
                     0);
    cfn_diags_free(diags);
}

#endif
