/*
 * Shared by the files of the graph.
 */
#ifndef CFN_CFN_GRAPH_H
#define CFN_CFN_GRAPH_H

#include <base/base.h>
#include <cfngen/graph.h>
#include <jansson.h>

struct cfn__need {
    size_t to;
    const char *label; /* what is needed, "A, B"; or NULL */
};

struct cfn__node {
    const char *name, *note; /* note: or NULL */
    CFN_ARRAY(struct cfn__need) needs;
};

struct cfn_graph {
    struct cfn_arena arena;
    json_t *numbers; /* name -> number */
    CFN_ARRAY(struct cfn__node) nodes;
};

/* The level of every node, as cfn_graph_level; free() it. Nodes of a cycle stand behind what they
 * need outside of it. */
size_t *cfn__graph_levels(const struct cfn_graph *graph);

/* The same graph without the edges that follow from others. */
struct cfn_graph *cfn__graph_reduced(const struct cfn_graph *graph);

/* Draws a graph that is reduced already. */
void cfn__graph_svg(const struct cfn_graph *graph, struct cfn_text *text);

#endif
