/*
 * The deployment graph: which stack waits for which, as it follows from the imports that are really
 * there.
 */
#ifndef CFNGEN_GRAPH_H
#define CFNGEN_GRAPH_H

#include <cfngen/diag.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cfn_graph;

CFN_API struct cfn_graph *cfn_graph_new(void);
CFN_API void cfn_graph_free(struct cfn_graph *graph);

/* Adds a node; a name that is there is kept as it was. note may be NULL. Texts are copied. Returns
 * its number. */
CFN_API size_t cfn_graph_add(struct cfn_graph *graph, const char *name, const char *note);

/* from needs to: to is deployed first. Both are added when they are not there; a repeated edge
 * counts once. label (what is needed) may be NULL; labels of a repeated edge are collected. */
CFN_API void cfn_graph_need(struct cfn_graph *graph, const char *from, const char *to,
                            const char *label);

/* Puts every node after what it needs and, among those that are free, in the order in which they
 * were added. order has room for cfn_graph_count() numbers. 0, or -1 with the cycle told ("a -> b
 * -> a"). */
CFN_API int cfn_graph_order(const struct cfn_graph *graph, size_t *order, struct cfn_diags *diags);

CFN_API size_t cfn_graph_count(const struct cfn_graph *graph);
CFN_API const char *cfn_graph_name(const struct cfn_graph *graph, size_t node);

/* Nodes that `node` needs, in the order in which they were added: writes up to room numbers,
 * returns how many there are. */
CFN_API size_t cfn_graph_needs(const struct cfn_graph *graph, size_t node, size_t *needs,
                               size_t room);

/* The length of the longest chain of needs below a node: 0 for one that needs nothing. The graph
 * has no cycle. */
CFN_API size_t cfn_graph_level(const struct cfn_graph *graph, size_t node);

enum cfn_graph_format { CFN_GRAPH_TEXT, CFN_GRAPH_MERMAID, CFN_GRAPH_DOT, CFN_GRAPH_SVG };

/* The text lists the nodes by level, each with all it needs; the pictures leave out edges that
 * follow from others, and their arrows lead from what is deployed first. The caller frees it with
 * free(). */
CFN_API char *cfn_graph_draw(const struct cfn_graph *graph, enum cfn_graph_format format);

#ifdef __cplusplus
}
#endif

#endif
