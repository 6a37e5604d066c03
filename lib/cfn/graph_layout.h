/*
 * Where the boxes and edges of a picture stand. Whole numbers only, so that it is the same
 * everywhere.
 */
#ifndef CFN_CFN_GRAPH_LAYOUT_H
#define CFN_CFN_GRAPH_LAYOUT_H

#include "graph.h"

/* A cell is a node's box or, where an edge passes a level, a bend. The first are the boxes of the
 * graph's nodes, in their order; bends follow. */
struct cfn__cell {
    bool is_bend;
    size_t level;
    long x, y; /* of the left edge, of the middle */
    long width, height;
};

/* An edge from the box of what is needed over its bends to the box of what needs it, left to right.
 */
struct cfn__route {
    size_t from, to;
    size_t first_bend, bends;
    long port; /* y where it enters its last box */
    const char *label;
};

struct cfn__layout {
    CFN_ARRAY(struct cfn__cell) cells;
    CFN_ARRAY(struct cfn__route) routes;
    size_t levels;
    long width, height;
};

/* sizes: width and height of each node's box; the rest is found. */
struct cfn__size {
    long width, height;
};
struct cfn__layout cfn__graph_layout(const struct cfn_graph *graph, const struct cfn__size *sizes);
void cfn__layout_done(struct cfn__layout *layout);

/* The cells along a route: step 0 is its first box, step bends + 1 its last. */
size_t cfn__route_cell(const struct cfn__route *route, size_t step);

/* What is at work between ordering and placing. */
struct cfn__link {
    size_t left, right; /* cells of neighbouring levels: a part of a route */
};
struct cfn__layering {
    struct cfn__layout *layout;
    CFN_ARRAY(struct cfn__link) links;
    size_t **levels; /* cells of each level, in order */
    size_t *counts;
    long *place; /* of each cell: its rank in its level, and later its height */
};

/* The mean place, times CFN__SCALE, of a cell's neighbours on some sides, or its own where it has
 * none there. */
enum { CFN__LEFT = 1, CFN__RIGHT = 2, CFN__SCALE = 64 };
long cfn__wanted_place(const struct cfn__layering *l, size_t cell, unsigned sides);

void cfn__place_cells(struct cfn__layering *l);

#endif
