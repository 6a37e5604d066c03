/*
 * From order to pixels. Heights are found by isotonic regression, which puts every cell as near to
 * its neighbours as order and distance allow.
 */
#include "graph_layout.h"

#include <stdlib.h>

enum {
    SWEEPS = 41, /* the last goes from left to right, so that chains are straight at their end */
    LAST_SWEEPS = 24,
    BOX_GAP = 22,
    BEND_GAP = 14,
    LEVEL_GAP = 76,
    MARGIN = 36,
    HEAD = 34,
    PORT_GAP = 12
};

static long distance(const struct cfn__layering *l, size_t above, size_t below) {
    const struct cfn__cell *a = &l->layout->cells.items[above], *b = &l->layout->cells.items[below];
    return (a->height + b->height) / 2 + (a->is_bend || b->is_bend ? BEND_GAP : BOX_GAP);
}

/* A run of cells that touch and move together, in the regression: the sum of what they want and how
 * many they are. */
struct run {
    long sum, weight;
    size_t cells;
};

/* Pool adjacent violators: runs that would pass each other become one, which stands where its cells
 * want on average. A bend weighs more than a box, so that long edges are straight. */
static void place_level(struct cfn__layering *l, size_t level, unsigned sides) {
    size_t *cells = l->levels[level], count = l->counts[level], runs = 0;
    struct run *run = cfn__alloc(count * sizeof *run);
    long offset = 0;
    for (size_t i = 0; i < count; i++) {
        offset += i ? distance(l, cells[i - 1], cells[i]) : 0;
        long weight = l->layout->cells.items[cells[i]].is_bend ? 4 : 1;
        long want = cfn__wanted_place(l, cells[i], sides) / CFN__SCALE - offset;
        run[runs++] = (struct run){want * weight, weight, 1};
        for (; runs > 1 &&
               run[runs - 2].sum * run[runs - 1].weight > run[runs - 1].sum * run[runs - 2].weight;
             runs--) {
            run[runs - 2].sum += run[runs - 1].sum;
            run[runs - 2].weight += run[runs - 1].weight;
            run[runs - 2].cells += run[runs - 1].cells;
        }
    }
    offset = 0;
    for (size_t i = 0, r = 0, left = runs ? run[0].cells : 0; i < count; i++, left--) {
        offset += i ? distance(l, cells[i - 1], cells[i]) : 0;
        if (left == 0)
            left = run[++r].cells;
        l->place[cells[i]] = run[r].sum / run[r].weight + offset;
    }
    free(run);
}

static void place_rows(struct cfn__layering *l) {
    size_t levels = l->layout->levels, cells = l->layout->cells.count;
    for (size_t i = 0; i < cells; i++)
        l->place[i] *= CFN__SCALE;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        unsigned side = sweep % 2 ? CFN__RIGHT : CFN__LEFT;
        for (size_t i = 0; i < levels; i++)
            place_level(l, sweep % 2 ? levels - 1 - i : i,
                        sweep < SWEEPS - LAST_SWEEPS ? side : CFN__LEFT | CFN__RIGHT);
    }
    long top = 0, bottom = 0;
    for (size_t i = 0; i < cells; i++) {
        struct cfn__cell *cell = &l->layout->cells.items[i];
        cell->y = l->place[i];
        top = i == 0 || cell->y - cell->height / 2 < top ? cell->y - cell->height / 2 : top;
    }
    for (size_t i = 0; i < cells; i++) {
        struct cfn__cell *cell = &l->layout->cells.items[i];
        cell->y += MARGIN + HEAD - top;
        bottom = cell->y + cell->height / 2 > bottom ? cell->y + cell->height / 2 : bottom;
    }
    l->layout->height = bottom + MARGIN;
}

static void place_columns(struct cfn__layering *l) {
    long x = MARGIN;
    for (size_t level = 0; level < l->layout->levels; level++) {
        long width = 0;
        for (size_t i = 0; i < l->counts[level]; i++) {
            const struct cfn__cell *cell = &l->layout->cells.items[l->levels[level][i]];
            width = cell->width > width ? cell->width : width;
        }
        for (size_t i = 0; i < l->counts[level]; i++) {
            struct cfn__cell *cell = &l->layout->cells.items[l->levels[level][i]];
            cell->x = x;
            cell->width = width;
        }
        x += width + LEVEL_GAP;
    }
    l->layout->width = x - (l->layout->levels ? LEVEL_GAP : 0) + MARGIN;
}

/* Edges that enter one box do so below each other, in the order of where they come from. */
static void place_ports(struct cfn__layout *layout) {
    for (size_t i = 0; i < layout->routes.count; i++) {
        struct cfn__route *route = &layout->routes.items[i];
        long rank = 0, count = 0, y = layout->cells.items[cfn__route_cell(route, route->bends)].y;
        for (size_t j = 0; j < layout->routes.count; j++) {
            const struct cfn__route *other = &layout->routes.items[j];
            if (other->to != route->to)
                continue;
            long y_of_other = layout->cells.items[cfn__route_cell(other, other->bends)].y;
            rank += y_of_other < y || (y_of_other == y && j < i);
            count++;
        }
        const struct cfn__cell *box = &layout->cells.items[route->to];
        long step = (box->height - 12) / count;
        step = step > PORT_GAP ? PORT_GAP : step;
        route->port = box->y + step * (2 * rank - count + 1) / 2;
    }
}

void cfn__place_cells(struct cfn__layering *l) {
    place_rows(l);
    place_columns(l);
    place_ports(l->layout);
}
