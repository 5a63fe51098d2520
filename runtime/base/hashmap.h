/* A map from 64-bit keys to 64-bit values in an arena (atoms, pointers, packed pairs), and
 * one from text to 64-bit values. Iteration is in order of insertion: never in hash order. */
#ifndef RUNTIME_BASE_HASHMAP_H
#define RUNTIME_BASE_HASHMAP_H

#include "runtime/base/arena.h"

typedef struct {
    uint64_t key;
    uint64_t value;
} HashEntry;

typedef struct {
    Arena *arena;
    HashEntry *entries; /* in order of insertion */
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots;
    uint32_t slot_mask;
} HashMap;

void hashmap_init(HashMap *map, Arena *arena);
void hashmap_put(HashMap *map, uint64_t key, uint64_t value); /* replaces */
bool hashmap_get(const HashMap *map, uint64_t key, uint64_t *value);

typedef struct {
    Slice key; /* NUL-terminated copy in the arena */
    uint64_t hash;
    uint64_t value;
} TextEntry;

typedef struct {
    Arena *arena;
    uint64_t seed;
    TextEntry *entries; /* in order of insertion */
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots;
    uint32_t slot_mask;
} TextMap;

/* `seed` scatters the table against crafted keys; it changes no result. */
void text_map_init(TextMap *map, Arena *arena, uint64_t seed);
void text_map_put(TextMap *map, Slice key, uint64_t value); /* replaces */
bool text_map_get(const TextMap *map, Slice key, uint64_t *value);

/* Keyed 64-bit hash of bytes (SipHash-1-3). */
uint64_t hash_bytes(Slice bytes, uint64_t seed);

#endif
