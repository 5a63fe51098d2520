/* Growth of vectors: doubling, old storage left to the arena. */
#include "runtime/base/vec.h"

#include <string.h>

void *vec_grow(Arena *arena, void *items, uint32_t *capacity, size_t item_size) {
    if (*capacity > UINT32_MAX / 2)
        boundary_leave(arena->boundary, SCP_LIMIT, "a list grew beyond 2,147,483,648 entries");
    uint32_t larger = *capacity ? *capacity * 2 : 8;
    void *grown = arena_alloc_array(arena, larger, item_size);
    if (*capacity) memcpy(grown, items, *capacity * item_size);
    *capacity = larger;
    return grown;
}
