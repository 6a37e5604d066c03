/* A map from texts to things: a list in the order of insertion, and slots that point into it. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

uint64_t cfn__sim_hash(const char *text, size_t size) {
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
    return cfn__sim_mix(hash);
}

uint64_t cfn__sim_mix(uint64_t number) {
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9u;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebu;
    return number ^ (number >> 31);
}

static size_t slot_of(const struct cfn__map *map, const char *key, uint64_t hash) {
    size_t slot = (size_t)hash & (map->slot_count - 1);
    while (map->slots[slot]) {
        const struct cfn__entry *entry = &map->items[map->slots[slot] - 1];
        if (entry->hash == hash && strcmp(entry->key, key) == 0)
            break;
        slot = (slot + 1) & (map->slot_count - 1);
    }
    return slot;
}

static struct cfn__entry *entry_of(const struct cfn__map *map, const char *key) {
    if (!map->count)
        return NULL;
    size_t index = map->slots[slot_of(map, key, cfn__sim_hash(key, strlen(key)))];
    return index ? &map->items[index - 1] : NULL;
}

void *cfn__map_get(const struct cfn__map *map, const char *key) {
    const struct cfn__entry *entry = entry_of(map, key);
    return entry ? entry->value : NULL;
}

static void widen(struct cfn__map *map) {
    free(map->slots);
    map->slot_count = map->slot_count ? map->slot_count * 2 : 16;
    map->slots = cfn__alloc(map->slot_count * sizeof *map->slots);
    for (size_t i = 0; i < map->count; i++)
        map->slots[slot_of(map, map->items[i].key, map->items[i].hash)] = i + 1;
}

void cfn__map_put(struct cfn__map *map, const char *key, void *value) {
    struct cfn__entry *entry = entry_of(map, key);
    if (!entry) {
        if ((map->count + 1) * 2 > map->slot_count)
            widen(map);
        uint64_t hash = cfn__sim_hash(key, strlen(key));
        size_t slot = slot_of(map, key, hash);
        entry = CFN_PUSH(map);
        entry->key = cfn__copy(key);
        entry->hash = hash;
        map->slots[slot] = map->count;
    }
    entry->value = value;
}

void cfn__map_remove(struct cfn__map *map, const char *key) {
    struct cfn__entry *entry = entry_of(map, key);
    if (entry)
        entry->value = NULL;
}

void cfn__map_done(struct cfn__map *map, void (*release)(void *value)) {
    for (size_t i = 0; i < map->count; i++) {
        if (release && map->items[i].value)
            release(map->items[i].value);
        free(map->items[i].key);
    }
    free(map->items);
    free(map->slots);
    *map = (struct cfn__map){0};
}
