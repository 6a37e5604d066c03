/* Cycles among names: a walk in depth that keeps its own stack, since a chain may be as long as
 * there are names. */
#include "checker.h"

#include <stdlib.h>
#include <string.h>

enum colour { NEW, OPEN, DONE };

struct node {
    const char *name;
    size_t first, next; /* its edges in the sorted list: where they begin, which is next */
    enum colour colour;
};

struct walk {
    struct cfn__checker *checker;
    const char *section;
    struct cfn__edge *edges; /* in order of from */
    size_t edge_count;
    struct node *nodes; /* in order of name; only those that need something */
    size_t node_count;
    size_t *stack, depth;
};

void cfn__edge_add(struct cfn__edges *edges, const char *from, const char *to) {
    *CFN_PUSH(edges) = (struct cfn__edge){from, to};
}

static int by_names(const void *a, const void *b) {
    const struct cfn__edge *left = a, *right = b;
    int order = strcmp(left->from, right->from);
    return order ? order : strcmp(left->to, right->to);
}

static void make_nodes(struct walk *w) {
    for (size_t i = 0; i < w->edge_count; i++)
        if (i == 0 || strcmp(w->edges[i].from, w->edges[i - 1].from) != 0)
            w->nodes[w->node_count++] = (struct node){w->edges[i].from, i, i, NEW};
}

static int by_name(const void *name, const void *node) {
    return strcmp(name, ((const struct node *)node)->name);
}

static struct node *node_of(struct walk *w, const char *name) {
    return bsearch(name, w->nodes, w->node_count, sizeof *w->nodes, by_name);
}

/* The cycle is what lies on the stack from target to its top. */
static void tell_cycle(struct walk *w, const struct node *target) {
    struct cfn_text text = {0};
    size_t i = w->depth;
    while (&w->nodes[w->stack[i - 1]] != target)
        i--;
    for (; i <= w->depth; i++)
        cfn_text_printf(&text, "%s -> ", w->nodes[w->stack[i - 1]].name);
    struct cfn_path section = {.key = w->section}, path = {&section, target->name, 0};
    cfn__tell(w->checker, "reference.cycle", &path, "must not need itself: %s%s", text.data,
              target->name);
    cfn_text_done(&text);
}

static void push(struct walk *w, struct node *node) {
    node->colour = OPEN;
    w->stack[w->depth++] = (size_t)(node - w->nodes);
}

static void follow(struct walk *w, const char *name) {
    struct node *next = node_of(w, name);
    if (next && next->colour == OPEN)
        tell_cycle(w, next);
    else if (next && next->colour == NEW)
        push(w, next);
}

static void walk_from(struct walk *w, struct node *start) {
    push(w, start);
    while (w->depth > 0) {
        struct node *top = &w->nodes[w->stack[w->depth - 1]];
        if (top->next < w->edge_count && strcmp(w->edges[top->next].from, top->name) == 0) {
            size_t edge = top->next++;
            if (edge == top->first || strcmp(w->edges[edge].to, w->edges[edge - 1].to) != 0)
                follow(w, w->edges[edge].to);
        } else {
            top->colour = DONE;
            w->depth--;
        }
    }
}

void cfn__check_cycles(struct cfn__checker *c, const char *section,
                       const struct cfn__edges *edges) {
    if (edges->count == 0)
        return;
    struct walk w = {.checker = c, .section = section, .edge_count = edges->count};
    w.edges = cfn__alloc(edges->count * sizeof *w.edges);
    memcpy(w.edges, edges->items, edges->count * sizeof *w.edges);
    qsort(w.edges, w.edge_count, sizeof *w.edges, by_names);
    w.nodes = cfn__alloc(edges->count * sizeof *w.nodes);
    w.stack = cfn__alloc(edges->count * sizeof *w.stack);
    make_nodes(&w);
    for (size_t i = 0; i < w.node_count; i++)
        if (w.nodes[i].colour == NEW)
            walk_from(&w, &w.nodes[i]);
    free(w.edges);
    free(w.nodes);
    free(w.stack);
}
