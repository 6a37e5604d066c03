/* Templates that are odd and right: not a word about any of them. */
#include "check_fixture.h"

#include <dirent.h>

static char *content_of(const char *path) {
    struct cfn_text text = {0};
    char piece[4096];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t size; (size = fread(piece, 1, sizeof piece, file)) > 0;)
        cfn_text_write(&text, piece, size);
    fclose(file);
    return cfn_text_take(&text);
}

static void valid_templates_are_not_told(void **state) {
    (void)state;
    const char folder[] = "tests/unit/cfn/valid";
    DIR *files = opendir(folder);
    assert_non_null(files);
    int count = 0;
    for (const struct dirent *file; (file = readdir(files));) {
        char path[512];
        if (file->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, file->d_name);
        char *text = content_of(path), *lines = told(text);
        if (*lines)
            print_error("%s\n", path);
        assert_string_equal(lines, "");
        free(lines);
        free(text);
        count++;
    }
    closedir(files);
    assert_true(count >= 14);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(valid_templates_are_not_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
