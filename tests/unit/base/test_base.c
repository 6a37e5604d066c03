#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <base/base.h>

static void arena_keeps_what_it_gave(void **state) {
    (void)state;
    struct cfn_arena arena = {0};
    char *texts[2000];
    for (int i = 0; i < 2000; i++)
        texts[i] = cfn_arena_text(&arena, "text %d %0*d", i, i % 90, 0);
    for (int i = 0; i < 2000; i++)
        assert_int_equal(atoi(texts[i] + 5), i);
    char *large = cfn_arena_take(&arena, 5 << 20);
    assert_int_equal(large[(5 << 20) - 1], 0);
    large[(5 << 20) - 1] = 1;
    double *number = cfn_arena_take(&arena, sizeof *number);
    assert_int_equal((uintptr_t)number % _Alignof(max_align_t), 0);
    assert_string_equal(cfn_arena_copy(&arena, "abcdef", 3), "abc");
    cfn_arena_done(&arena);
    assert_null(arena.blocks);
}

static void text_grows_to_its_ceiling(void **state) {
    (void)state;
    struct cfn_text text = {.ceiling = 1000};
    for (int i = 0; i < 100; i++)
        cfn_text_printf(&text, "%s", "0123456789");
    assert_false(text.full);
    assert_int_equal(text.size, 1000);
    cfn_text_put(&text, "x");
    assert_true(text.full);
    assert_int_equal(strlen(text.data), 1000);
    cfn_text_put(&text, "");
    assert_true(text.full);
    char *taken = cfn_text_take(&text);
    assert_int_equal(strlen(taken), 1000);
    free(taken);
    taken = cfn_text_take(&text);
    assert_string_equal(taken, "");
    free(taken);
}

/* A ceiling holds although the room behind it is larger, however the text is written. */
static void printing_respects_the_ceiling(void **state) {
    (void)state;
    struct cfn_text text = {.ceiling = 10};
    cfn_text_printf(&text, "%s", "12345678");
    cfn_text_printf(&text, "%d", 90);
    assert_string_equal(text.data, "1234567890");
    assert_false(text.full);
    cfn_text_printf(&text, "%s", "");
    assert_false(text.full);
    cfn_text_printf(&text, "%d", 1);
    assert_true(text.full);
    assert_string_equal(text.data, "1234567890");
    cfn_text_done(&text);
    for (int i = 0; i < 300; i++)
        cfn_text_printf(&text, "%d%*d", i % 10, i, 7);
    assert_int_equal(text.size, strlen(text.data));
    assert_int_equal(text.size, 301 + 299 * 300 / 2);
    cfn_text_done(&text);
}

static void arrays_grow_and_are_zeroed(void **state) {
    (void)state;
    CFN_ARRAY(struct {
        int number;
        char *text;
    })
    array = {0};
    for (int i = 0; i < 1000; i++) {
        assert_null(CFN_PUSH(&array)->text);
        array.items[i].number = i;
        array.items[i].text = (char *)&array;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(array.items[i].number, i);
    free(array.items);
}

static void utf8_is_judged_strictly(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t length;
    } cases[] = {
        {"a", 1},
        {"\xC3\xA3", 2},
        {"\xE2\x82\xAC", 3},
        {"\xF0\x9F\x98\x80", 4},
        {"\xC0\x80", 0},         /* overlong NUL */
        {"\xE0\x80\xAF", 0},     /* overlong slash */
        {"\xED\xA0\x80", 0},     /* surrogate */
        {"\xF4\x90\x80\x80", 0}, /* beyond U+10FFFF */
        {"\xE2\x82", 0},         /* cut off */
        {"\xE2\x28\xA1", 0},
        {"\xFF", 0},
        {"\x80", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(cfn_utf8_length(cases[i].text, strlen(cases[i].text)), cases[i].length);
    assert_int_equal(cfn_utf8_length("", 0), 0);
    assert_int_equal(cfn_utf8_count("s\xC3\xA3o \xF0\x9F\x98\x80"), 5);
}

static void distance_counts_edits_and_swaps(void **state) {
    (void)state;
    assert_int_equal(cfn_distance("storage", "storage", 3), 0);
    assert_int_equal(cfn_distance("storag", "storage", 3), 1);
    assert_int_equal(cfn_distance("stroage", "storage", 3), 1);
    assert_int_equal(cfn_distance("sotrgae", "storage", 3), 2);
    assert_int_equal(cfn_distance("", "abc", 5), 3);
    assert_int_equal(cfn_distance("abc", "xyz", 5), 3);
    assert_int_equal(cfn_distance("abc", "abcdefgh", 2), 3);
    char longer[200];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(cfn_distance(longer, longer, 2), 3);
}

static void prefixes_and_suffixes(void **state) {
    (void)state;
    assert_true(cfn_starts_with("cn-north-1", "cn-"));
    assert_false(cfn_starts_with("c", "cn-"));
    assert_true(cfn_ends_with("a.json", ".json"));
    assert_false(cfn_ends_with("json", ".json"));
    assert_true(cfn_same(NULL, NULL));
    assert_false(cfn_same(NULL, "a"));
    assert_true(cfn_same("a", "a"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_keeps_what_it_gave),
        cmocka_unit_test(text_grows_to_its_ceiling),
        cmocka_unit_test(printing_respects_the_ceiling),
        cmocka_unit_test(arrays_grow_and_are_zeroed),
        cmocka_unit_test(utf8_is_judged_strictly),
        cmocka_unit_test(distance_counts_edits_and_swaps),
        cmocka_unit_test(prefixes_and_suffixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
