/* Growing arrays in an arena: VEC(Type) declares one, the macros fill it. Old storage stays
 * in the arena, so pointers into a vector die at the next push; indices live on. */
#ifndef RUNTIME_BASE_VEC_H
#define RUNTIME_BASE_VEC_H

#include "runtime/base/arena.h"

#define VEC(Type)          \
    struct {               \
        Type *items;       \
        uint32_t count;    \
        uint32_t capacity; \
    }

/* Appends one value. */
#define VEC_PUSH(arena, vec, ...)                                                        \
    do {                                                                                 \
        if ((vec)->count == (vec)->capacity)                                             \
            (vec)->items =                                                               \
                vec_grow((arena), (vec)->items, &(vec)->capacity, sizeof *(vec)->items); \
        (vec)->items[(vec)->count++] = (__VA_ARGS__);                                    \
    } while (0)

/* Iterates with a pointer to each item; the vector must not grow meanwhile. */
#define VEC_EACH(Type, item, vec)                                                          \
    for (Type *item = (vec)->items, *item##_end = item ? item + (vec)->count : item;           \
         item < item##_end; item++)

void *vec_grow(Arena *arena, void *items, uint32_t *capacity, size_t item_size);

#endif
