/* Maps with open addressing over an array of entries in order of insertion, and the keyed
 * hash. Nothing is ever removed, so there are no tombstones. */
#include "runtime/base/hashmap.h"

#include <string.h>

/* SipHash-1-3 (Aumasson and Bernstein, 2012), the key made of one 64-bit seed. */
typedef struct {
    uint64_t v[4];
} SipState;

static uint64_t rotate_left(uint64_t x, int by) {
    return x << by | x >> (64 - by);
}

static void sip_round(SipState *s) {
    uint64_t *v = s->v;
    v[0] += v[1], v[1] = rotate_left(v[1], 13) ^ v[0], v[0] = rotate_left(v[0], 32);
    v[2] += v[3], v[3] = rotate_left(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = rotate_left(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = rotate_left(v[1], 17) ^ v[2], v[2] = rotate_left(v[2], 32);
}

static void sip_word(SipState *s, uint64_t word) {
    s->v[3] ^= word;
    sip_round(s);
    s->v[0] ^= word;
}

static uint64_t load_little_endian(const char *bytes, size_t count) {
    uint64_t word = 0;
    for (size_t i = 0; i < count; i++) word |= (uint64_t)(unsigned char)bytes[i] << 8 * i;
    return word;
}

uint64_t hash_bytes(Slice bytes, uint64_t seed) {
    uint64_t second = rotate_left(seed, 29) ^ 0x9e3779b97f4a7c15u;
    SipState s = {{seed ^ 0x736f6d6570736575u, second ^ 0x646f72616e646f6du,
                   seed ^ 0x6c7967656e657261u, second ^ 0x7465646279746573u}};
    size_t whole = bytes.length / 8 * 8;
    for (size_t at = 0; at < whole; at += 8) sip_word(&s, load_little_endian(bytes.data + at, 8));
    uint64_t last = (uint64_t)bytes.length << 56;
    if (whole < bytes.length) last |= load_little_endian(bytes.data + whole, bytes.length - whole);
    sip_word(&s, last);
    s.v[2] ^= 0xff;
    for (int i = 0; i < 3; i++) sip_round(&s);
    return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}

/* The finaliser of SplitMix64: every bit of the key reaches every bit of the result. */
static uint64_t mix(uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

enum { FEWEST_ENTRIES = 8 };

/* Room for twice the entries; there are always at least twice as many slots as entries, so a
 * search always meets an empty one. A slot holds the number of its entry + 1. */
static uint32_t larger_capacity(Arena *arena, uint32_t capacity) {
    if (capacity > UINT32_MAX / 8)
        boundary_leave(arena->boundary, SCP_LIMIT, "a map grew beyond 536,870,911 entries");
    return capacity ? capacity * 2 : FEWEST_ENTRIES;
}

static void place_in_slots(uint32_t *slots, uint32_t mask, uint64_t hash, uint32_t number) {
    uint32_t slot = (uint32_t)hash & mask;
    while (slots[slot]) slot = (slot + 1) & mask;
    slots[slot] = number;
}

void hashmap_init(HashMap *map, Arena *arena) {
    *map = (HashMap){.arena = arena};
}

static HashEntry *hashmap_find(const HashMap *map, uint64_t key) {
    if (!map->slots) return NULL;
    uint32_t slot = (uint32_t)mix(key) & map->slot_mask;
    for (; map->slots[slot]; slot = (slot + 1) & map->slot_mask) {
        HashEntry *entry = &map->entries[map->slots[slot] - 1];
        if (entry->key == key) return entry;
    }
    return NULL;
}

static void hashmap_grow(HashMap *map) {
    uint32_t capacity = larger_capacity(map->arena, map->capacity);
    HashEntry *entries = ARENA_NEW_ARRAY(map->arena, HashEntry, capacity);
    uint32_t *slots = ARENA_NEW_ARRAY(map->arena, uint32_t, (size_t)capacity * 2);
    uint32_t mask = capacity * 2 - 1;
    for (uint32_t i = 0; i < map->count; i++) {
        entries[i] = map->entries[i];
        place_in_slots(slots, mask, mix(entries[i].key), i + 1);
    }
    map->entries = entries;
    map->capacity = capacity;
    map->slots = slots;
    map->slot_mask = mask;
}

void hashmap_put(HashMap *map, uint64_t key, uint64_t value) {
    HashEntry *entry = hashmap_find(map, key);
    if (entry) {
        entry->value = value;
        return;
    }
    if (map->count == map->capacity) hashmap_grow(map);
    map->entries[map->count++] = (HashEntry){key, value};
    place_in_slots(map->slots, map->slot_mask, mix(key), map->count);
}

bool hashmap_get(const HashMap *map, uint64_t key, uint64_t *value) {
    const HashEntry *entry = hashmap_find(map, key);
    if (entry) *value = entry->value;
    return entry != NULL;
}

void text_map_init(TextMap *map, Arena *arena, uint64_t seed) {
    *map = (TextMap){.arena = arena, .seed = seed};
}

static TextEntry *text_map_find(const TextMap *map, Slice key, uint64_t hash) {
    if (!map->slots) return NULL;
    uint32_t slot = (uint32_t)hash & map->slot_mask;
    for (; map->slots[slot]; slot = (slot + 1) & map->slot_mask) {
        TextEntry *entry = &map->entries[map->slots[slot] - 1];
        if (entry->hash == hash && slice_equal(entry->key, key)) return entry;
    }
    return NULL;
}

static void text_map_grow(TextMap *map) {
    uint32_t capacity = larger_capacity(map->arena, map->capacity);
    TextEntry *entries = ARENA_NEW_ARRAY(map->arena, TextEntry, capacity);
    uint32_t *slots = ARENA_NEW_ARRAY(map->arena, uint32_t, (size_t)capacity * 2);
    uint32_t mask = capacity * 2 - 1;
    for (uint32_t i = 0; i < map->count; i++) {
        entries[i] = map->entries[i];
        place_in_slots(slots, mask, entries[i].hash, i + 1);
    }
    map->entries = entries;
    map->capacity = capacity;
    map->slots = slots;
    map->slot_mask = mask;
}

void text_map_put(TextMap *map, Slice key, uint64_t value) {
    uint64_t hash = hash_bytes(key, map->seed);
    TextEntry *entry = text_map_find(map, key, hash);
    if (entry) {
        entry->value = value;
        return;
    }
    if (map->count == map->capacity) text_map_grow(map);
    map->entries[map->count++] = (TextEntry){arena_copy(map->arena, key), hash, value};
    place_in_slots(map->slots, map->slot_mask, hash, map->count);
}

bool text_map_get(const TextMap *map, Slice key, uint64_t *value) {
    const TextEntry *entry = text_map_find(map, key, hash_bytes(key, map->seed));
    if (entry) *value = entry->value;
    return entry != NULL;
}
