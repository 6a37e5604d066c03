#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <base/base.h>

static void assert_text(const struct cfn_diag *diag, const char *expected) {
    char *text = cfn_diag_text(diag);
    assert_string_equal(text, expected);
    free(text);
}

static void failing_is_one_line(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_place place = {"platform.yaml", 7, 3};
    assert_int_equal(cfn_fail(diags, "config.type", place, "rds.storage_gb",
                              "must be an integer, not '%s'", "abc"),
                     -1);
    cfn_hint(diags, "such as %d", 20);
    assert_int_equal(cfn_warn(diags, "config.value", (struct cfn_place){0}, NULL, "is %s", "odd"),
                     0);
    assert_int_equal(cfn_diags_count(diags), 2);
    assert_int_equal(cfn_diags_errors(diags), 1);
    assert_text(cfn_diags_at(diags, 0), "platform.yaml:7:3: error: rds.storage_gb: must be an "
                                        "integer, not 'abc' (such as 20) [config.type]");
    assert_text(cfn_diags_at(diags, 1), "warning: is odd [config.value]");
    assert_null(cfn_diags_at(diags, 2));
    cfn_diags_free(diags);
}

static void texts_are_copied(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    char path[] = "a.b", file[] = "f.yaml", code[] = "x.y";
    cfn_fail(diags, code, (struct cfn_place){.file = file, .line = 1}, path, "wrong");
    memset(path, 'z', 3);
    memset(file, 'z', 3);
    memset(code, 'z', 3);
    assert_text(cfn_diags_at(diags, 0), "f.yaml:1: error: a.b: wrong [x.y]");
    cfn_diags_free(diags);
}

static void sorting_is_by_place_and_stable(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    const struct cfn_place places[] = {{"b", 1, 1}, {"a", 9, 1}, {"a", 2, 5},
                                       {"a", 2, 4}, {"a", 2, 4}, {0}};
    for (size_t i = 0; i < 6; i++)
        cfn_fail(diags, "c", places[i], NULL, "%zu", i);
    cfn_diags_sort(diags);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(cfn_diags_at(diags, i)->message[0], "534210"[i]);
    cfn_diags_free(diags);
}

static void the_flood_is_cut(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    for (int i = 0; i < 5000; i++)
        cfn_fail(diags, "c", (struct cfn_place){0}, NULL, "%d", i);
    cfn_hint(diags, "not for the last line");
    assert_int_equal(cfn_diags_count(diags), 1001);
    assert_int_equal(cfn_diags_errors(diags), 5000);
    assert_text(cfn_diags_at(diags, 1000),
                "error: more than 1000 diagnostics: the rest is not shown [diag.too-many]");
    cfn_diags_free(diags);
}

/* So that the sanitizer, too, answers a request that cannot be met with NULL. */
CFN_API const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

static void leave(unsigned long bytes) {
    _exit(bytes == (unsigned long)PTRDIFF_MAX ? 7 : 8);
}

static void out_of_memory_calls_the_hook(void **state) {
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        cfn_on_out_of_memory(leave);
        free(cfn__resize(NULL, (size_t)PTRDIFF_MAX));
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failing_is_one_line),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(sorting_is_by_place_and_stable),
        cmocka_unit_test(the_flood_is_cut),
        cmocka_unit_test(out_of_memory_calls_the_hook),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
