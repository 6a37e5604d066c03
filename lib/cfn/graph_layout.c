/*
 * Which box and bend stands where in its level: layered, left to right, after Sugiyama. Edges that
 * pass a level get a bend there, and sweeps of barycentres over the levels make crossings few.
 */
#include "graph_layout.h"

#include <stdlib.h>
#include <string.h>

enum { SWEEPS = 12 };

static size_t add_bend(struct cfn__layering *l, size_t level) {
    size_t bend = l->layout->cells.count;
    *CFN_PUSH(&l->layout->cells) = (struct cfn__cell){.is_bend = true, .level = level};
    return bend;
}

static void add_link(struct cfn__layering *l, size_t left, size_t right) {
    *CFN_PUSH(&l->links) = (struct cfn__link){left, right};
}

static void add_route(struct cfn__layering *l, size_t from, size_t to, const char *label) {
    size_t first = l->layout->cells.items[from].level, last = l->layout->cells.items[to].level;
    struct cfn__route *route = CFN_PUSH(&l->layout->routes);
    *route = (struct cfn__route){.from = from, .to = to, .label = label};
    route->first_bend = l->layout->cells.count;
    for (size_t level = first + 1; level < last; level++, route->bends++) {
        size_t bend = add_bend(l, level);
        add_link(l, route->bends ? bend - 1 : from, bend);
    }
    if (last > first)
        add_link(l, route->bends ? l->layout->cells.count - 1 : from, to);
}

static void add_cells(struct cfn__layering *l, const struct cfn_graph *graph,
                      const struct cfn__size *sizes) {
    size_t *levels = cfn__graph_levels(graph);
    for (size_t i = 0; i < graph->nodes.count; i++) {
        *CFN_PUSH(&l->layout->cells) = (struct cfn__cell){
            .level = levels[i], .width = sizes[i].width, .height = sizes[i].height};
        if (levels[i] + 1 > l->layout->levels)
            l->layout->levels = levels[i] + 1;
    }
    free(levels);
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t j = 0; j < graph->nodes.items[i].needs.count; j++) {
            const struct cfn__need *need = &graph->nodes.items[i].needs.items[j];
            add_route(l, need->to, i, need->label);
        }
}

static void fill_levels(struct cfn__layering *l) {
    size_t cells = l->layout->cells.count;
    l->levels = cfn__alloc(l->layout->levels * sizeof *l->levels);
    l->counts = cfn__alloc(l->layout->levels * sizeof *l->counts);
    l->place = cfn__alloc(cells * sizeof *l->place);
    for (size_t i = 0; i < l->layout->levels; i++)
        l->levels[i] = cfn__alloc(cells * sizeof **l->levels);
    for (size_t i = 0; i < cells; i++) {
        size_t level = l->layout->cells.items[i].level;
        l->place[i] = (long)l->counts[level];
        l->levels[level][l->counts[level]++] = i;
    }
}

long cfn__wanted_place(const struct cfn__layering *l, size_t cell, unsigned sides) {
    long sum = 0, count = 0;
    for (size_t i = 0; i < l->links.count; i++) {
        const struct cfn__link *link = &l->links.items[i];
        if ((sides & CFN__LEFT) && link->right == cell) {
            sum += l->place[link->left] * CFN__SCALE;
            count++;
        }
        if ((sides & CFN__RIGHT) && link->left == cell) {
            sum += l->place[link->right] * CFN__SCALE;
            count++;
        }
    }
    return count ? sum / count : l->place[cell] * CFN__SCALE;
}

static void sort_level(struct cfn__layering *l, size_t level, unsigned sides) {
    size_t *cells = l->levels[level], count = l->counts[level];
    long *keys = cfn__alloc(count * sizeof *keys);
    for (size_t i = 0; i < count; i++) {
        size_t moving = cells[i], j = i;
        long key = cfn__wanted_place(l, moving, sides);
        for (; j > 0 && keys[j - 1] > key; j--) {
            keys[j] = keys[j - 1];
            cells[j] = cells[j - 1];
        }
        keys[j] = key;
        cells[j] = moving;
    }
    for (size_t i = 0; i < count; i++)
        l->place[cells[i]] = (long)i;
    free(keys);
}

static size_t crossings(const struct cfn__layering *l) {
    size_t count = 0;
    for (size_t i = 0; i < l->links.count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct cfn__link *a = &l->links.items[i], *b = &l->links.items[j];
            if (l->layout->cells.items[a->left].level != l->layout->cells.items[b->left].level)
                continue;
            long left = l->place[a->left] - l->place[b->left];
            long right = l->place[a->right] - l->place[b->right];
            count += (left < 0 && right > 0) || (left > 0 && right < 0);
        }
    return count;
}

static void restore_order(struct cfn__layering *l, const long *best) {
    for (size_t i = 0; i < l->layout->cells.count; i++) {
        l->place[i] = best[i];
        l->levels[l->layout->cells.items[i].level][best[i]] = i;
    }
}

static void order_cells(struct cfn__layering *l) {
    size_t size = l->layout->cells.count * sizeof *l->place, levels = l->layout->levels;
    long *best = cfn__alloc(size);
    size_t least = crossings(l);
    memcpy(best, l->place, size);
    for (int sweep = 0; sweep < SWEEPS && least > 0; sweep++) {
        for (size_t i = 0; i < levels; i++)
            sort_level(l, sweep % 2 ? levels - 1 - i : i, sweep % 2 ? CFN__RIGHT : CFN__LEFT);
        size_t now = crossings(l);
        if (now >= least)
            continue;
        least = now;
        memcpy(best, l->place, size);
    }
    restore_order(l, best);
    free(best);
}

static void layering_done(struct cfn__layering *l) {
    for (size_t i = 0; i < l->layout->levels; i++)
        free(l->levels[i]);
    free(l->levels);
    free(l->counts);
    free(l->place);
    free(l->links.items);
}

struct cfn__layout cfn__graph_layout(const struct cfn_graph *graph, const struct cfn__size *sizes) {
    struct cfn__layout layout = {0};
    struct cfn__layering l = {.layout = &layout};
    add_cells(&l, graph, sizes);
    fill_levels(&l);
    order_cells(&l);
    cfn__place_cells(&l);
    layering_done(&l);
    return layout;
}

void cfn__layout_done(struct cfn__layout *layout) {
    free(layout->cells.items);
    free(layout->routes.items);
    *layout = (struct cfn__layout){0};
}

size_t cfn__route_cell(const struct cfn__route *route, size_t step) {
    if (step == 0)
        return route->from;
    return step <= route->bends ? route->first_bend + step - 1 : route->to;
}
