/* A table of mistakes, each with the text that is told of it. */
#ifndef CFN_TESTS_CONFIG_MISTAKES_H
#define CFN_TESTS_CONFIG_MISTAKES_H

#include "fixture.h"

struct mistake {
    const char *name;
    struct given given;
    bool loads; /* only warnings */
    const char *told;
};

static inline void check_all(const struct mistake *mistakes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct loaded l = load(mistakes[i].given);
        char *text = told(l.diags);
        if (strcmp(text, mistakes[i].told) != 0)
            print_error("%s:\n%sinstead of:\n%s", mistakes[i].name, text, mistakes[i].told);
        assert_string_equal(text, mistakes[i].told);
        assert_int_equal(l.config != NULL, mistakes[i].loads);
        free(text);
        unload(&l);
    }
}

#define CHECK_ALL(table) check_all(table, sizeof(table) / sizeof *(table))

#endif
