/* The graph itself: nodes, needs, order, levels and reduction. Its pictures are drawn elsewhere. */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

struct cfn_graph *cfn_graph_new(void) {
    struct cfn_graph *graph = cfn__alloc(sizeof *graph);
    graph->numbers = json_object();
    return graph;
}

void cfn_graph_free(struct cfn_graph *graph) {
    if (!graph)
        return;
    for (size_t i = 0; i < graph->nodes.count; i++)
        free(graph->nodes.items[i].needs.items);
    free(graph->nodes.items);
    json_decref(graph->numbers);
    cfn_arena_done(&graph->arena);
    free(graph);
}

static const char *kept(struct cfn_graph *graph, const char *text) {
    return text ? cfn_arena_copy(&graph->arena, text, strlen(text)) : NULL;
}

size_t cfn_graph_add(struct cfn_graph *graph, const char *name, const char *note) {
    const json_t *known = json_object_get(graph->numbers, name);
    if (known)
        return (size_t)json_integer_value(known);
    size_t number = graph->nodes.count;
    json_object_set_new_nocheck(graph->numbers, name, json_integer((json_int_t)number));
    *CFN_PUSH(&graph->nodes) =
        (struct cfn__node){.name = kept(graph, name), .note = kept(graph, note)};
    return number;
}

/* Whether "A, B" has B among its parts. */
static bool has_label(const char *labels, const char *label) {
    size_t size = strlen(label);
    for (const char *at = labels; at; at = strstr(at, ", ")) {
        at += at == labels ? 0 : 2;
        if (strncmp(at, label, size) == 0 && (at[size] == '\0' || strncmp(at + size, ", ", 2) == 0))
            return true;
    }
    return false;
}

static void collect_label(struct cfn_graph *graph, struct cfn__need *need, const char *label) {
    if (!label)
        return;
    if (!need->label)
        need->label = kept(graph, label);
    else if (!has_label(need->label, label))
        need->label = cfn_arena_text(&graph->arena, "%s, %s", need->label, label);
}

/* The place of the need of target, made where there is none: needs stand in the order of their
 * nodes. */
static struct cfn__need *need_of(struct cfn__node *node, size_t target) {
    size_t at = 0;
    while (at < node->needs.count && node->needs.items[at].to < target)
        at++;
    if (at < node->needs.count && node->needs.items[at].to == target)
        return &node->needs.items[at];
    CFN_PUSH(&node->needs)->to = target;
    struct cfn__need *items = node->needs.items;
    for (size_t i = node->needs.count - 1; i > at; i--) {
        struct cfn__need later = items[i - 1];
        items[i - 1] = items[i];
        items[i] = later;
    }
    return &items[at];
}

void cfn_graph_need(struct cfn_graph *graph, const char *from, const char *to, const char *label) {
    size_t source = cfn_graph_add(graph, from, NULL), target = cfn_graph_add(graph, to, NULL);
    collect_label(graph, need_of(&graph->nodes.items[source], target), label);
}

size_t cfn_graph_count(const struct cfn_graph *graph) {
    return graph->nodes.count;
}

const char *cfn_graph_name(const struct cfn_graph *graph, size_t node) {
    return node < graph->nodes.count ? graph->nodes.items[node].name : NULL;
}

size_t cfn_graph_needs(const struct cfn_graph *graph, size_t node, size_t *needs, size_t room) {
    if (node >= graph->nodes.count)
        return 0;
    const struct cfn__node *all = &graph->nodes.items[node];
    for (size_t i = 0; i < all->needs.count && i < room; i++)
        needs[i] = all->needs.items[i].to;
    return all->needs.count;
}

/* The first need of node that is not placed, or the number of nodes. */
static size_t missing_need(const struct cfn_graph *graph, size_t node, const bool *placed) {
    const struct cfn__node *all = &graph->nodes.items[node];
    for (size_t i = 0; i < all->needs.count; i++)
        if (!placed[all->needs.items[i].to])
            return all->needs.items[i].to;
    return graph->nodes.count;
}

static size_t next_free(const struct cfn_graph *graph, const bool *placed) {
    size_t node = 0;
    while (node < graph->nodes.count &&
           (placed[node] || missing_need(graph, node, placed) < graph->nodes.count))
        node++;
    return node;
}

/* Places what can be placed; returns how many that are. */
static size_t place(const struct cfn_graph *graph, size_t *order, bool *placed) {
    size_t count = 0;
    for (size_t node; (node = next_free(graph, placed)) < graph->nodes.count;) {
        placed[node] = true;
        order[count++] = node;
    }
    return count;
}

/* Whatever is not placed needs something that is not placed either: following that must come round.
 */
static int tell_cycle(const struct cfn_graph *graph, const bool *placed, struct cfn_diags *diags) {
    size_t node = 0;
    while (placed[node])
        node++;
    bool *seen = cfn__alloc(graph->nodes.count * sizeof *seen);
    for (; !seen[node]; node = missing_need(graph, node, placed))
        seen[node] = true;
    free(seen);
    struct cfn_text path = {.ceiling = 4096};
    cfn_text_put(&path, graph->nodes.items[node].name);
    size_t at = node;
    do {
        at = missing_need(graph, at, placed);
        cfn_text_printf(&path, " -> %s", graph->nodes.items[at].name);
    } while (at != node);
    cfn_fail(diags, "graph.cycle", (struct cfn_place){0}, NULL,
             "must not need each other in a circle: %s", path.data);
    cfn_text_done(&path);
    return -1;
}

int cfn_graph_order(const struct cfn_graph *graph, size_t *order, struct cfn_diags *diags) {
    bool *placed = cfn__alloc(graph->nodes.count * sizeof *placed);
    int result = 0;
    if (place(graph, order, placed) < graph->nodes.count)
        result = tell_cycle(graph, placed, diags);
    free(placed);
    return result;
}

static size_t level_after(const struct cfn__node *node, const size_t *levels, const bool *placed) {
    size_t level = 0;
    for (size_t i = 0; i < node->needs.count; i++) {
        size_t to = node->needs.items[i].to;
        if (placed[to] && levels[to] >= level)
            level = levels[to] + 1;
    }
    return level;
}

size_t *cfn__graph_levels(const struct cfn_graph *graph) {
    size_t count = graph->nodes.count;
    size_t *levels = cfn__alloc(count * sizeof *levels), *order = cfn__alloc(count * sizeof *order);
    bool *placed = cfn__alloc(count * sizeof *placed);
    size_t done = place(graph, order, placed);
    for (size_t i = 0; i < done; i++)
        levels[order[i]] = level_after(&graph->nodes.items[order[i]], levels, placed);
    for (size_t i = 0; i < count; i++)
        if (!placed[i])
            levels[i] = level_after(&graph->nodes.items[i], levels, placed);
    free(placed);
    free(order);
    return levels;
}

size_t cfn_graph_level(const struct cfn_graph *graph, size_t node) {
    if (node >= graph->nodes.count)
        return 0;
    size_t *levels = cfn__graph_levels(graph), level = levels[node];
    free(levels);
    return level;
}

/* Marks all that is reached from node in one step or more. stack has room for every node. */
static void reach(const struct cfn_graph *graph, size_t node, bool *reached, size_t *stack) {
    size_t depth = 1;
    stack[0] = node;
    while (depth > 0) {
        const struct cfn__node *at = &graph->nodes.items[stack[--depth]];
        for (size_t i = 0; i < at->needs.count; i++) {
            size_t to = at->needs.items[i].to;
            if (reached[to])
                continue;
            reached[to] = true;
            stack[depth++] = to;
        }
    }
}

/* An edge follows from others when another need of its source leads to its target. In a cycle
 * everything follows from everything, so there all edges are kept. */
static void copy_needs(const struct cfn_graph *graph, size_t number, struct cfn_graph *reduced,
                       bool *reached, size_t *stack) {
    const struct cfn__node *node = &graph->nodes.items[number];
    memset(reached, 0, graph->nodes.count * sizeof *reached);
    for (size_t i = 0; i < node->needs.count; i++)
        reach(graph, node->needs.items[i].to, reached, stack);
    for (size_t i = 0; i < node->needs.count; i++)
        if (!reached[node->needs.items[i].to] || reached[number])
            cfn_graph_need(reduced, node->name, graph->nodes.items[node->needs.items[i].to].name,
                           node->needs.items[i].label);
}

struct cfn_graph *cfn__graph_reduced(const struct cfn_graph *graph) {
    struct cfn_graph *reduced = cfn_graph_new();
    size_t count = graph->nodes.count;
    bool *reached = cfn__alloc(count * sizeof *reached);
    size_t *stack = cfn__alloc(count * sizeof *stack);
    for (size_t i = 0; i < count; i++)
        cfn_graph_add(reduced, graph->nodes.items[i].name, graph->nodes.items[i].note);
    for (size_t i = 0; i < count; i++)
        copy_needs(graph, i, reduced, reached, stack);
    free(stack);
    free(reached);
    return reduced;
}
