#include <cfngen/graph.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A graph from "a b c;b c": before each semicolon a node, and after it what that needs. */
static struct cfn_graph *graph_of(const char *text) {
    struct cfn_graph *graph = cfn_graph_new();
    char copy[256], *rest = copy;
    snprintf(copy, sizeof copy, "%s", text);
    while (*rest) {
        char *line = rest;
        rest += strcspn(rest, ";");
        rest += *rest ? (*rest = '\0', 1) : 0;
        char *from = line;
        line += strcspn(line, " ");
        line += *line ? (*line = '\0', 1) : 0;
        cfn_graph_add(graph, from, NULL);
        while (*line) {
            char *to = line;
            line += strcspn(line, " ");
            line += *line ? (*line = '\0', 1) : 0;
            cfn_graph_need(graph, from, to, NULL);
        }
    }
    return graph;
}

static void assert_order(const char *text, const char *expected) {
    struct cfn_graph *graph = graph_of(text);
    struct cfn_diags *diags = cfn_diags_new();
    size_t order[16];
    char names[256] = "";
    assert_int_equal(cfn_graph_order(graph, order, diags), 0);
    for (size_t i = 0; i < cfn_graph_count(graph); i++) {
        strcat(names, i ? " " : "");
        strcat(names, cfn_graph_name(graph, order[i]));
    }
    assert_string_equal(names, expected);
    assert_int_equal(cfn_diags_count(diags), 0);
    cfn_diags_free(diags);
    cfn_graph_free(graph);
}

static void orders_by_need_then_by_addition(void **state) {
    (void)state;
    assert_order("", "");
    assert_order("a;b;c", "a b c");
    assert_order("a b;b c;c", "c b a");
    assert_order("z;a c;b;c z", "z c a b");
    assert_order("a b c;b d;c d;d;e", "d b c a e");
}

static void assert_cycle(const char *text, const char *cycle) {
    struct cfn_graph *graph = graph_of(text);
    struct cfn_diags *diags = cfn_diags_new();
    size_t order[16];
    assert_int_equal(cfn_graph_order(graph, order, diags), -1);
    assert_int_equal(cfn_diags_count(diags), 1);
    assert_string_equal(cfn_diags_at(diags, 0)->code, "graph.cycle");
    assert_non_null(strstr(cfn_diags_at(diags, 0)->message, cycle));
    for (int format = CFN_GRAPH_TEXT; format <= CFN_GRAPH_SVG; format++) {
        char *picture = cfn_graph_draw(graph, (enum cfn_graph_format)format);
        assert_true(strlen(picture) > 0);
        free(picture);
    }
    cfn_diags_free(diags);
    cfn_graph_free(graph);
}

static void tells_cycles(void **state) {
    (void)state;
    assert_cycle("a a", ": a -> a");
    assert_cycle("a b;b a", ": a -> b -> a");
    assert_cycle("x a;a b;b c d;c a;d", ": a -> b -> c -> a");
}

static void counts_nodes_and_edges_once(void **state) {
    (void)state;
    struct cfn_graph *graph = cfn_graph_new();
    size_t needs[4];
    assert_int_equal(cfn_graph_add(graph, "a", "first"), 0);
    assert_int_equal(cfn_graph_add(graph, "a", "second"), 0);
    cfn_graph_need(graph, "a", "b", "Key");
    cfn_graph_need(graph, "a", "b", "KeyArn");
    cfn_graph_need(graph, "a", "b", "Key");
    cfn_graph_need(graph, "a", "b", NULL);
    cfn_graph_need(graph, "a", "c", NULL);
    assert_int_equal(cfn_graph_count(graph), 3);
    assert_int_equal(cfn_graph_needs(graph, 0, needs, 4), 2);
    assert_int_equal(needs[0], 1);
    assert_int_equal(needs[1], 2);
    assert_int_equal(cfn_graph_needs(graph, 0, NULL, 0), 2);
    assert_int_equal(cfn_graph_needs(graph, 9, needs, 4), 0);
    assert_null(cfn_graph_name(graph, 3));
    char *text = cfn_graph_draw(graph, CFN_GRAPH_TEXT);
    assert_string_equal(text,
                        "step 1\n  b\n  c\n\nstep 2\n  a  first\n    b: Key, KeyArn\n    c\n");
    free(text);
    cfn_graph_free(graph);
}

static void needs_stand_in_the_order_of_nodes(void **state) {
    (void)state;
    struct cfn_graph *graph = graph_of("a;b;c;d;e c a d b");
    size_t needs[4];
    assert_int_equal(cfn_graph_needs(graph, 4, needs, 4), 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(needs[i], i);
    assert_int_equal(cfn_graph_needs(graph, 4, needs, 1), 4);
    cfn_graph_free(graph);
}

static void levels_are_longest_chains(void **state) {
    (void)state;
    struct cfn_graph *graph = graph_of("a b d;b c;c;d c;e a");
    const size_t expected[] = {2, 1, 1, 0, 3}; /* a b d c e, as they were met */
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(cfn_graph_level(graph, i), expected[i]);
    assert_int_equal(cfn_graph_level(graph, 5), 0);
    cfn_graph_free(graph);
}

static void assert_drawn(const char *text, enum cfn_graph_format format, const char *expected) {
    struct cfn_graph *graph = graph_of(text);
    char *picture = cfn_graph_draw(graph, format);
    assert_string_equal(picture, expected);
    free(picture);
    cfn_graph_free(graph);
}

static void leaves_out_edges_that_follow(void **state) {
    (void)state;
    assert_drawn("a b c d;b c;c d;d", CFN_GRAPH_MERMAID,
                 "flowchart LR\n    n0[\"a\"]\n    n1[\"b\"]\n    n2[\"c\"]\n    n3[\"d\"]\n"
                 "    n1 --> n0\n    n2 --> n1\n    n3 --> n2\n");
    assert_drawn("a b;b a", CFN_GRAPH_MERMAID,
                 "flowchart LR\n    n0[\"a\"]\n    n1[\"b\"]\n    n1 --> n0\n    n0 --> n1\n");
}

static void draws_nothing_of_nothing(void **state) {
    (void)state;
    assert_drawn("", CFN_GRAPH_TEXT, "");
    assert_drawn("", CFN_GRAPH_MERMAID, "flowchart LR\n");
    struct cfn_graph *graph = cfn_graph_new();
    char *svg = cfn_graph_draw(graph, CFN_GRAPH_SVG);
    assert_non_null(strstr(svg, "</svg>\n"));
    free(svg);
    cfn_graph_free(graph);
}

static void assert_has(struct cfn_graph *graph, enum cfn_graph_format format, const char *piece) {
    char *picture = cfn_graph_draw(graph, format);
    if (!strstr(picture, piece))
        fail_msg("no %s in:\n%s", piece, picture);
    free(picture);
}

static void escapes_what_each_format_reads(void **state) {
    (void)state;
    struct cfn_graph *graph = cfn_graph_new();
    cfn_graph_add(graph, "a\"<b>&#\\", "one\ntwo");
    assert_has(graph, CFN_GRAPH_TEXT, "  a\"<b>&#\\  one two\n");
    assert_has(graph, CFN_GRAPH_MERMAID, "[\"a#quot;#lt;b#gt;#amp;#35;\\<br/>one two\"]");
    assert_has(graph, CFN_GRAPH_DOT, "[label=\"a\\\"<b>&#\\\\\\none two\"]");
    assert_has(graph, CFN_GRAPH_SVG, ">a\"&lt;b&gt;&amp;#\\</text>");
    assert_has(graph, CFN_GRAPH_SVG, ">one two</text>");
    cfn_graph_free(graph);
    graph = cfn_graph_new();
    cfn_graph_add(graph, "k\xC3\xA4se\xFF", NULL);
    assert_has(graph, CFN_GRAPH_SVG, ">k\xC3\xA4se\xEF\xBF\xBD</text>");
    cfn_graph_free(graph);
}

static void breaks_long_lists_of_labels(void **state) {
    (void)state;
    struct cfn_graph *graph = cfn_graph_new();
    for (int i = 0; i < 40; i++) {
        char label[32];
        snprintf(label, sizeof label, "SomethingNumber%d", i);
        cfn_graph_need(graph, "from", "to", label);
    }
    char *text = cfn_graph_draw(graph, CFN_GRAPH_TEXT);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 0, 100);
    assert_non_null(strstr(text, "\n        SomethingNumber5,"));
    assert_non_null(strstr(text, " SomethingNumber39\n"));
    free(text);
    cfn_graph_free(graph);
}

/* The numbers of an attribute of every element of a class, in order. */
static size_t numbers_of(const char *svg, const char *class, const char *attribute, long *numbers) {
    size_t count = 0;
    char start[64], name[64];
    snprintf(start, sizeof start, " class=\"%s\"", class);
    snprintf(name, sizeof name, " %s=\"", attribute);
    for (const char *at = svg; (at = strstr(at, start)); at++)
        numbers[count++] = strtol(strstr(at, name) + strlen(name), NULL, 10);
    return count;
}

static void boxes_stand_apart_and_on_the_page(void **state) {
    (void)state;
    struct cfn_graph *graph =
        graph_of("a;b a;c a;d b c;e a c;f e d;g a;h f g b;i a;j h i c;k j a;l a;m l k");
    char *svg = cfn_graph_draw(graph, CFN_GRAPH_SVG);
    long x[16], y[16], width[16], height[16];
    size_t count = numbers_of(svg, "box", "x", x);
    assert_int_equal(count, 13);
    numbers_of(svg, "box", "y", y);
    numbers_of(svg, "box", "width", width);
    numbers_of(svg, "box", "height", height);
    long page_width = strtol(strstr(svg, "viewBox=\"0 0 ") + 13, NULL, 10);
    for (size_t i = 0; i < count; i++) {
        assert_true(x[i] > 0 && y[i] > 0 && x[i] + width[i] < page_width);
        for (size_t j = 0; j < i; j++)
            assert_true(x[i] + width[i] <= x[j] || x[j] + width[j] <= x[i] ||
                        y[i] + height[i] <= y[j] || y[j] + height[j] <= y[i]);
    }
    free(svg);
    cfn_graph_free(graph);
}

/* Edges that would cross when nodes stood as they were added: a chain that is added crosswise. */
static void edges_cross_only_where_they_must(void **state) {
    (void)state;
    struct cfn_graph *graph = graph_of("a;b;c;x c;y b;z a;p x;q y;r z;s p r");
    char *svg = cfn_graph_draw(graph, CFN_GRAPH_SVG);
    long y[16];
    assert_int_equal(numbers_of(svg, "box", "y", y), 10);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(y[i], y[5 - i]);     /* z beside a, y beside b, x beside c */
        assert_int_equal(y[3 + i], y[6 + i]); /* p beside x ... */
    }
    assert_true((y[6] < y[9]) == (y[9] < y[8])); /* s between p and r */
    free(svg);
    cfn_graph_free(graph);
}

static void breaks_long_notes(void **state) {
    (void)state;
    struct cfn_graph *graph = cfn_graph_new();
    cfn_graph_add(graph, "a", "a private network over three zones, its key, buckets and topic");
    char *svg = cfn_graph_draw(graph, CFN_GRAPH_SVG);
    long width[4], y[8];
    numbers_of(svg, "box", "width", width);
    assert_in_range(width[0], 150, 240);
    assert_true(numbers_of(svg, "note", "y", y) >= 2);
    assert_int_equal(y[1] - y[0], 16);
    free(svg);
    cfn_graph_free(graph);
}

static void large_graphs_are_ordered(void **state) {
    (void)state;
    enum { MANY = 400 };
    struct cfn_graph *graph = cfn_graph_new();
    struct cfn_diags *diags = cfn_diags_new();
    size_t order[MANY];
    for (int i = 0; i < MANY - 1; i++) {
        char from[16], to[16];
        snprintf(from, sizeof from, "n%d", i);
        snprintf(to, sizeof to, "n%d", i + 1);
        cfn_graph_need(graph, from, to, NULL);
    }
    assert_int_equal(cfn_graph_order(graph, order, diags), 0);
    assert_int_equal(order[0], MANY - 1);
    assert_int_equal(cfn_graph_level(graph, 0), MANY - 1);
    cfn_diags_free(diags);
    cfn_graph_free(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_by_need_then_by_addition),
        cmocka_unit_test(tells_cycles),
        cmocka_unit_test(counts_nodes_and_edges_once),
        cmocka_unit_test(needs_stand_in_the_order_of_nodes),
        cmocka_unit_test(levels_are_longest_chains),
        cmocka_unit_test(leaves_out_edges_that_follow),
        cmocka_unit_test(draws_nothing_of_nothing),
        cmocka_unit_test(escapes_what_each_format_reads),
        cmocka_unit_test(breaks_long_lists_of_labels),
        cmocka_unit_test(boxes_stand_apart_and_on_the_page),
        cmocka_unit_test(edges_cross_only_where_they_must),
        cmocka_unit_test(breaks_long_notes),
        cmocka_unit_test(large_graphs_are_ordered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
