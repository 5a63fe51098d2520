/* An arena: memory that is taken piece by piece and given back all at once. It never
 * frees a single piece and never returns NULL: exhaustion leaves to the boundary. */
#ifndef RUNTIME_BASE_ARENA_H
#define RUNTIME_BASE_ARENA_H

#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/memory.h"
#include "runtime/base/slice.h"

typedef struct ArenaBlock ArenaBlock;

typedef struct {
    ArenaBlock *blocks;
    char *next;
    char *end;
    size_t used;        /* bytes taken from the system */
    size_t limit;       /* 0: none */
    Boundary *boundary; /* never NULL */
} Arena;

void arena_init(Arena *arena, Boundary *boundary, size_t limit);
void arena_free(Arena *arena);

/* Zeroed memory with the strictest alignment. */
void *arena_alloc(Arena *arena, size_t size);
void *arena_alloc_array(Arena *arena, size_t count, size_t size);

/* The same, but what a large piece holds is anything: for what is filled as soon as it is had. */
void *arena_alloc_unset(Arena *arena, size_t count, size_t size);

/* As arena_alloc, but NULL rather than leaving: for who holds something to give back first.
 * Why is then noted at the arena's boundary. */
void *arena_try_alloc(Arena *arena, size_t size);

/* A copy ended by NUL, which is not counted in the length. */
Slice arena_copy(Arena *arena, Slice text);

/* printf into the arena; the result is NUL-terminated. Fractions are not for this: a host may
 * have set a locale, and number.h does not heed it. */
Slice arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
Slice arena_vprintf(Arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#define ARENA_NEW(arena, Type) ((Type *)arena_alloc((arena), sizeof(Type)))
#define ARENA_NEW_ARRAY(arena, Type, count) \
    ((Type *)arena_alloc_array((arena), (count), sizeof(Type)))
#define ARENA_NEW_UNSET(arena, Type, count) \
    ((Type *)arena_alloc_unset((arena), (count), sizeof(Type)))

#endif
