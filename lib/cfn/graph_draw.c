/* Pictures of a graph that are lines of text: levels, Mermaid, Graphviz. Arrows point from what is
 * deployed first. */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_WIDTH = 100 };

/* Text in which some characters stand for others; control characters become spaces. */
struct escape {
    char character;
    const char *instead;
};

static void put_escaped(struct cfn_text *text, const char *piece, const struct escape *escapes) {
    for (; *piece; piece++) {
        const struct escape *escape = escapes;
        while (escape->instead && escape->character != *piece)
            escape++;
        if (escape->instead)
            cfn_text_put(text, escape->instead);
        else
            cfn_text_write(text, (unsigned char)*piece < ' ' || *piece == 0x7F ? " " : piece, 1);
    }
}

static const struct escape in_text[] = {{0}};
static const struct escape in_mermaid[] = {{'"', "#quot;"}, {'#', "#35;"},  {'<', "#lt;"},
                                           {'>', "#gt;"},   {'&', "#amp;"}, {0}};
static const struct escape in_dot[] = {{'"', "\\\""}, {'\\', "\\\\"}, {0}};

/* "    rds: KeyArn, VpcId", broken behind commas where the line is full. */
static void put_labels(struct cfn_text *text, const char *name, const char *labels) {
    cfn_text_put(text, "    ");
    put_escaped(text, name, in_text);
    size_t indent = 4 + cfn_utf8_count(name) + 2, column = indent;
    cfn_text_put(text, labels ? ": " : "\n");
    for (const char *end; labels; labels = end) {
        end = strstr(labels, ", ");
        size_t size = end ? (size_t)(end - labels) + 1 : strlen(labels);
        if (column > indent && column + 1 + size > LINE_WIDTH) {
            cfn_text_printf(text, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            cfn_text_put(text, " ");
            column++;
        }
        cfn_text_write(text, labels, size);
        column += size;
        if (!end)
            cfn_text_put(text, "\n");
        else
            end += 2;
    }
}

static void put_node(const struct cfn_graph *graph, size_t number, size_t name_width,
                     struct cfn_text *text) {
    const struct cfn__node *node = &graph->nodes.items[number];
    cfn_text_put(text, "  ");
    put_escaped(text, node->name, in_text);
    if (node->note) {
        cfn_text_printf(text, "%*s", (int)(name_width - cfn_utf8_count(node->name) + 2), "");
        put_escaped(text, node->note, in_text);
    }
    cfn_text_put(text, "\n");
    for (size_t i = 0; i < node->needs.count; i++) {
        const struct cfn__need *need = &node->needs.items[i];
        put_labels(text, graph->nodes.items[need->to].name, need->label);
    }
}

static void draw_level(const struct cfn_graph *graph, const size_t *levels, size_t level,
                       struct cfn_text *text) {
    size_t width = 0;
    for (size_t i = 0; i < graph->nodes.count; i++)
        if (cfn_utf8_count(graph->nodes.items[i].name) > width)
            width = cfn_utf8_count(graph->nodes.items[i].name);
    cfn_text_printf(text, "%sstep %zu\n", level ? "\n" : "", level + 1);
    for (size_t i = 0; i < graph->nodes.count; i++)
        if (levels[i] == level)
            put_node(graph, i, width, text);
}

static void draw_text(const struct cfn_graph *graph, struct cfn_text *text) {
    size_t *levels = cfn__graph_levels(graph), highest = 0;
    for (size_t i = 0; i < graph->nodes.count; i++)
        highest = levels[i] > highest ? levels[i] : highest;
    for (size_t level = 0; graph->nodes.count > 0 && level <= highest; level++)
        draw_level(graph, levels, level, text);
    free(levels);
}

static void put_edges(const struct cfn_graph *graph, const char *arrow, struct cfn_text *text) {
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t j = 0; j < graph->nodes.items[i].needs.count; j++)
            cfn_text_printf(text, "    n%zu %s n%zu\n", graph->nodes.items[i].needs.items[j].to,
                            arrow, i);
}

static void draw_mermaid(const struct cfn_graph *graph, struct cfn_text *text) {
    cfn_text_put(text, "flowchart LR\n");
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct cfn__node *node = &graph->nodes.items[i];
        cfn_text_printf(text, "    n%zu[\"", i);
        put_escaped(text, node->name, in_mermaid);
        if (node->note) {
            cfn_text_put(text, "<br/>");
            put_escaped(text, node->note, in_mermaid);
        }
        cfn_text_put(text, "\"]\n");
    }
    put_edges(graph, "-->", text);
}

static void draw_dot(const struct cfn_graph *graph, struct cfn_text *text) {
    cfn_text_put(text, "digraph deployment {\n"
                       "    rankdir=LR;\n"
                       "    node [shape=box, style=\"rounded,filled\", fillcolor=\"#eef2f7\", "
                       "color=\"#64748b\", fontname=\"Helvetica\"];\n"
                       "    edge [color=\"#64748b\"];\n");
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct cfn__node *node = &graph->nodes.items[i];
        cfn_text_printf(text, "    n%zu [label=\"", i);
        put_escaped(text, node->name, in_dot);
        if (node->note) {
            cfn_text_put(text, "\\n");
            put_escaped(text, node->note, in_dot);
        }
        cfn_text_put(text, "\"];\n");
    }
    put_edges(graph, "->", text);
    cfn_text_put(text, "}\n");
}

char *cfn_graph_draw(const struct cfn_graph *graph, enum cfn_graph_format format) {
    struct cfn_text text = {0};
    if (format == CFN_GRAPH_TEXT) {
        draw_text(graph, &text);
        return cfn_text_take(&text);
    }
    struct cfn_graph *reduced = cfn__graph_reduced(graph);
    if (format == CFN_GRAPH_MERMAID)
        draw_mermaid(reduced, &text);
    else if (format == CFN_GRAPH_DOT)
        draw_dot(reduced, &text);
    else
        cfn__graph_svg(reduced, &text);
    cfn_graph_free(reduced);
    return cfn_text_take(&text);
}
