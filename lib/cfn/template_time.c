/* The time of a whole template: its longest chain of resources that wait for one another. */
#include "evaluate.h"

#include <stdlib.h>
#include <string.h>

/* What CloudFormation itself takes to begin and to end. */
enum { STACK_OVERHEAD = 5000 };

struct edge {
    size_t from, to; /* to waits for from */
};

/* Each resource is looked at when all that it waits for has been: a circle is never reached. */
struct chain {
    json_t *numbers; /* id -> number */
    CFN_ARRAY(struct edge) edges;
    size_t count, current; /* resources; the one whose needs are being found */
    int64_t *own, *ended;  /* how long each takes; when it ends at the earliest */
    size_t *waits;         /* for how many it still waits */
};

static void found_need(void *self, const char *name, size_t size) {
    struct chain *chain = self;
    char room[CFN__ID_ROOM];
    const json_t *number = json_object_get(chain->numbers, cfn__id_text(name, size, room));
    size_t from = number ? (size_t)json_integer_value(number) : chain->current;
    if (from == chain->current)
        return;
    *CFN_PUSH(&chain->edges) = (struct edge){from, chain->current};
    chain->waits[chain->current]++;
}

/* What is kept when its stack goes takes no time to delete. */
static int64_t time_of(json_t *resource, enum cfn_operation operation) {
    const char *type = json_string_value(json_object_get(resource, "Type"));
    const char *policy = json_string_value(json_object_get(resource, "DeletionPolicy"));
    if (operation == CFN_DELETES && policy && cfn_starts_with(policy, "Retain") &&
        strcmp(policy, "RetainExceptOnCreate") != 0)
        return 0;
    return type ? cfn_typical_time(type, operation, json_object_get(resource, "Properties")) : 0;
}

static int by_from(const void *a, const void *b) {
    const struct edge *left = a, *right = b;
    return (left->from > right->from) - (left->from < right->from);
}

static size_t first_edge(const struct chain *chain, size_t from) {
    size_t low = 0, high = chain->edges.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (chain->edges.items[middle].from < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The one at `from` has ended: those that wait for it may begin, and are put into the queue when
 * it was the last. */
static void end(struct chain *chain, size_t from, size_t *queue, size_t *queued) {
    for (size_t i = first_edge(chain, from);
         i < chain->edges.count && chain->edges.items[i].from == from; i++) {
        size_t to = chain->edges.items[i].to;
        int64_t ends = chain->ended[from] + chain->own[to];
        if (ends > chain->ended[to])
            chain->ended[to] = ends;
        if (--chain->waits[to] == 0)
            queue[(*queued)++] = to;
    }
}

static int64_t longest(struct chain *chain) {
    size_t *queue = cfn__alloc(chain->count * sizeof *queue), queued = 0;
    int64_t longest = 0;
    for (size_t i = 0; i < chain->count; i++) {
        chain->ended[i] = chain->own[i];
        if (chain->waits[i] == 0)
            queue[queued++] = i;
    }
    for (size_t i = 0; i < queued; i++) {
        end(chain, queue[i], queue, &queued);
        if (chain->ended[queue[i]] > longest)
            longest = chain->ended[queue[i]];
    }
    free(queue);
    return longest;
}

static void fill(struct chain *chain, json_t *resources, enum cfn_operation operation) {
    const struct cfn__names names = {.found = found_need, .self = chain};
    const char *id;
    json_t *resource;
    json_object_foreach(resources, id, resource) {
        json_object_set_new_nocheck(chain->numbers, id, json_integer((json_int_t)chain->count++));
    }
    chain->own = cfn__alloc(chain->count * sizeof *chain->own);
    chain->ended = cfn__alloc(chain->count * sizeof *chain->ended);
    chain->waits = cfn__alloc(chain->count * sizeof *chain->waits);
    json_object_foreach(resources, id, resource) {
        chain->own[chain->current] = time_of(resource, operation);
        cfn__names_needed(&names, resource);
        chain->current++;
    }
    if (chain->edges.count > 0)
        qsort(chain->edges.items, chain->edges.count, sizeof *chain->edges.items, by_from);
}

/* Deletions go the other way round, along the same chains. */
int64_t cfn_template_time(const json_t *body, enum cfn_operation operation) {
    struct chain chain = {.numbers = cfn_map_of(NULL, 0)};
    fill(&chain, json_object_get(body, "Resources"), operation);
    int64_t result = longest(&chain) + STACK_OVERHEAD;
    json_decref(chain.numbers);
    free(chain.edges.items);
    free(chain.own);
    free(chain.ended);
    free(chain.waits);
    return result;
}
