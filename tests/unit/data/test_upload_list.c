/* Folders and archives. */
#define _XOPEN_SOURCE 700
#include "base/base.h"

#include <cfngen/upload.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A folder of its own; what is in it is removed at the end. */
static char root[64];

static int make_root(void **state) {
    (void)state;
    strcpy(root, "/tmp/cfngen-list-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state) {
    (void)state;
    char *command = cfn__alloc(128);
    snprintf(command, 128, "rm -rf '%s'", root);
    int result = system(command);
    free(command);
    return result;
}

static const char *in_root(const char *name) {
    static char paths[4][512];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", root, name);
    return path;
}

static void write_file(const char *name, const char *text) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        mkdir(path, 0755);
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void expect_keys(const struct cfn_upload_list *list, const char *const *keys) {
    size_t count = 0;
    for (; keys[count]; count++) {
        assert_true(count < list->count);
        assert_string_equal(list->files[count].key, keys[count]);
    }
    assert_int_equal(list->count, count);
}

static void sources_and_nothing_else(void **state) {
    (void)state;
    static const char *const names[] = {"b.py",
                                        "a/z.py",
                                        "a/a b \xC3\xBC.sql",
                                        ".git/config",
                                        "__pycache__/b.pyc",
                                        "a/c.pyc",
                                        "a/.airflowignore",
                                        "target/x",
                                        "a/target/y",
                                        "a/.hidden",
                                        "a-file.yaml",
                                        "logs"};
    static const char *const keys[] = {"p/a-file.yaml",
                                       "p/a/.airflowignore",
                                       "p/a/a b \xC3\xBC.sql",
                                       "p/a/target/y",
                                       "p/a/z.py",
                                       "p/b.py",
                                       NULL};
    static const char *const skip[] = {"target", "logs", NULL};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        write_file(names[i], "x");
    struct cfn_upload_list list = {0};
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn_upload_add_folder(&list, root, "p/", skip, diags), 0);
    expect_keys(&list, keys);
    assert_string_equal(list.files[5].path, in_root("b.py"));
    cfn_upload_list_done(&list);
    assert_int_equal(cfn_upload_add_folder(&list, in_root("none"), "p/", NULL, diags), -1);
    assert_string_equal(cfn_diags_at(diags, 0)->code, "io.read");
    cfn_upload_list_done(&list);
    cfn_diags_free(diags);
}

static void links_within_are_followed(void **state) {
    (void)state;
    static const char *const keys[] = {"a/one.py", "b/one.py", "two.py", NULL};
    write_file("a/one.py", "x");
    assert_int_equal(symlink("a", in_root("b")), 0);
    assert_int_equal(symlink("a/one.py", in_root("two.py")), 0);
    struct cfn_upload_list list = {0};
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn_upload_add_folder(&list, root, "", NULL, diags), 0);
    expect_keys(&list, keys);
    cfn_upload_list_done(&list);
    cfn_diags_free(diags);
}

/* Each of many links leads back: no way is gone twice. */
static void links_in_a_circle_end(void **state) {
    (void)state;
    struct cfn_upload_list list = {0};
    struct cfn_diags *diags = cfn_diags_new();
    write_file("a/one.py", "x");
    write_file("b/two.py", "x");
    for (int i = 0; i < 8; i++) {
        char from[32], to[8];
        snprintf(from, sizeof from, i % 2 ? "a/x%d" : "b/y%d", i);
        snprintf(to, sizeof to, i % 2 ? "../b" : "../a");
        assert_int_equal(symlink(to, in_root(from)), 0);
    }
    assert_int_equal(cfn_upload_add_folder(&list, root, "", NULL, diags), -1);
    assert_int_equal(cfn_diags_count(diags), 32);
    assert_non_null(strstr(cfn_diags_at(diags, 0)->message, "leads back"));
    cfn_upload_list_done(&list);
    cfn_diags_free(diags);
}

/* All that is wrong is told in one pass. */
static void what_is_no_source_is_refused(void **state) {
    (void)state;
    static const char *const codes[] = {"upload.link", "upload.link", "upload.link",
                                        "upload.kind", "upload.name", "upload.name"};
    assert_int_equal(symlink("/etc/passwd", in_root("a1")), 0);
    assert_int_equal(symlink("nowhere", in_root("a2")), 0);
    mkdir(in_root("a3"), 0755);
    assert_int_equal(symlink("..", in_root("a3/up")), 0);
    assert_int_equal(mkfifo(in_root("a4"), 0600), 0);
    write_file("a5\xFF", "x");
    write_file("a6\n", "x");
    write_file("fine", "x");
    struct cfn_upload_list list = {0};
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn_upload_add_folder(&list, root, "", NULL, diags), -1);
    assert_int_equal(cfn_diags_count(diags), 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(cfn_diags_at(diags, i)->code, codes[i]);
    cfn_upload_list_done(&list);
    cfn_diags_free(diags);
}

static void keys_have_a_length(void **state) {
    (void)state;
    struct cfn_upload_list list = {0};
    struct cfn_diags *diags = cfn_diags_new();
    char prefix[1100];
    memset(prefix, 'p', sizeof prefix);
    write_file("abcd", "x");
    prefix[1020] = '\0';
    assert_int_equal(cfn_upload_add_folder(&list, root, prefix, NULL, diags), 0);
    prefix[1020] = 'p';
    prefix[1021] = '\0';
    assert_int_equal(cfn_upload_add_folder(&list, root, prefix, NULL, diags), -1);
    cfn_upload_list_done(&list);
    cfn_diags_free(diags);
}

/* Python, which reads archives by a code of its own, is asked what is in it. */
static void an_archive_is_one(void **state) {
    (void)state;
    static const char script[] =
        "python3 -c \"import sys, zipfile; z = zipfile.ZipFile('%s'); assert z.testzip() is None;"
        "assert z.namelist() == ['main.py', 'shop/__init__.py', 'shop/\xC3\xBC.py', 'empty.json'],"
        "z.namelist(); assert z.read('shop/\xC3\xBC.py') == b'value = 42\\n';"
        "sys.path.insert(0, '%s'); import shop.\xC3\xBC; assert shop.\xC3\xBC.value == 42\"";
    struct cfn_diags *diags = cfn_diags_new();
    write_file("spark/main.py", "import shop\n");
    write_file("spark/shop/__init__.py", "");
    write_file("spark/shop/\xC3\xBC.py", "value = 42\n");
    write_file("empty.json", "");
    struct cfn_upload_list first = {0}, second = {0};
    for (int i = 0; i < 2; i++)
        assert_int_equal(cfn_upload_add_zip(i ? &second : &first, in_root("spark"),
                                            in_root("empty.json"), "spark/modules.zip", diags),
                         0);
    assert_int_equal(first.files[0].size, second.files[0].size);
    assert_memory_equal(first.files[0].bytes, second.files[0].bytes, first.files[0].size);
    FILE *file = fopen(in_root("made.zip"), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(first.files[0].bytes, 1, first.files[0].size, file),
                     first.files[0].size);
    assert_int_equal(fclose(file), 0);
    char command[1024];
    snprintf(command, sizeof command, script, in_root("made.zip"), in_root("made.zip"));
    assert_int_equal(system(command), 0);
    cfn_upload_list_done(&first);
    cfn_upload_list_done(&second);
    cfn_diags_free(diags);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sources_and_nothing_else, make_root, remove_root),
        cmocka_unit_test_setup_teardown(links_within_are_followed, make_root, remove_root),
        cmocka_unit_test_setup_teardown(links_in_a_circle_end, make_root, remove_root),
        cmocka_unit_test_setup_teardown(what_is_no_source_is_refused, make_root, remove_root),
        cmocka_unit_test_setup_teardown(keys_have_a_length, make_root, remove_root),
        cmocka_unit_test_setup_teardown(an_archive_is_one, make_root, remove_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
