/* Time: a heap of what is going to happen, and the clock that it moves. */
#include "sim.h"

static bool is_before(const struct cfn__happening *a, const struct cfn__happening *b) {
    return a->time != b->time ? a->time < b->time : a->order < b->order;
}

void cfn__heap_put(struct cfn__heap *heap, struct cfn__happening happening) {
    *CFN_PUSH(heap) = happening;
    size_t at = heap->count - 1;
    while (at > 0 && is_before(&happening, &heap->items[(at - 1) / 2])) {
        heap->items[at] = heap->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap->items[at] = happening;
}

struct cfn__happening cfn__heap_take(struct cfn__heap *heap) {
    struct cfn__happening first = heap->items[0], last = heap->items[--heap->count];
    size_t at = 0;
    for (;;) {
        size_t child = at * 2 + 1;
        if (child + 1 < heap->count && is_before(&heap->items[child + 1], &heap->items[child]))
            child++;
        if (child >= heap->count || !is_before(&heap->items[child], &last))
            break;
        heap->items[at] = heap->items[child];
        at = child;
    }
    heap->items[at] = last;
    return first;
}

void cfn__sim_at(struct cfn_sim *sim, int64_t time, cfn__happens *run, void *subject, size_t step,
                 unsigned ticket) {
    struct cfn__happening happening = {.time = time > sim->now ? time : sim->now,
                                       .order = ++sim->orders,
                                       .run = run,
                                       .subject = subject,
                                       .step = step,
                                       .ticket = ticket};
    cfn__heap_put(&sim->heap, happening);
}

bool cfn__sim_next(struct cfn_sim *sim, int64_t until) {
    if (!sim->heap.count || sim->heap.items[0].time > until)
        return false;
    struct cfn__happening happening = cfn__heap_take(&sim->heap);
    if (happening.time > sim->now)
        sim->now = happening.time;
    happening.run(sim, &happening);
    return true;
}

void cfn__sim_pass(struct cfn_sim *sim, int64_t until) {
    while (cfn__sim_next(sim, until))
        continue;
    if (until > sim->now)
        sim->now = until;
}

void cfn_sim_advance(struct cfn_sim *sim, int64_t until) {
    cfn__sim_pass(sim, until);
}

int64_t cfn_sim_now(const struct cfn_sim *sim) {
    return sim->now;
}
