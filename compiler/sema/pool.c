/* Items of equal content, found by hash. */
#include "compiler/sema/pool.h"

void pool_init(Pool *pool, Arena *arena) {
    *pool = (Pool){0};
    hashmap_init(&pool->latest, arena);
}

uint32_t pool_first(const Pool *pool, uint64_t hash) {
    uint64_t item;
    return hashmap_get(&pool->latest, hash, &item) ? (uint32_t)item : POOL_END;
}

uint32_t pool_older(const Pool *pool, uint32_t item) {
    return pool->older.items[item];
}

void pool_add(Pool *pool, uint64_t hash) {
    uint32_t item = pool->older.count;
    VEC_PUSH(pool->latest.arena, &pool->older, pool_first(pool, hash));
    hashmap_put(&pool->latest, hash, item);
}

/* The finaliser of SplitMix64 over both. */
uint64_t pool_mix(uint64_t hash, uint64_t more) {
    uint64_t x = (hash ^ more) + UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}
