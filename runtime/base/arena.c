/* Arenas: blocks from memory.h handed out piece by piece. Pieces are never freed singly and
 * an arena is never shared by two threads. */
#include "runtime/base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_BLOCK = 16 * 1024, LARGEST_BLOCK = 1024 * 1024, ALIGNMENT = alignof(max_align_t) };

struct ArenaBlock {
    ArenaBlock *before;
    size_t size;
    max_align_t data[];
};

void arena_init(Arena *arena, Boundary *boundary, size_t limit) {
    assert(boundary);
    *arena = (Arena){.limit = limit, .boundary = boundary};
}

void arena_free(Arena *arena) {
    ArenaBlock *block = arena->blocks;
    while (block) {
        ArenaBlock *before = block->before;
        mem_free(block);
        block = before;
    }
    *arena = (Arena){.limit = arena->limit, .boundary = arena->boundary};
}

static _Noreturn void leave_for_limit(const Arena *arena) {
    char message[sizeof arena->boundary->message];
    snprintf(message, sizeof message, "the limit of %zu KiB of memory was reached",
             arena->limit / 1024);
    boundary_leave(arena->boundary, SCP_LIMIT, message);
}

/* A block of at least `size` bytes of data; near the limit no more than that. */
static ArenaBlock *take_block(Arena *arena, size_t size, size_t wanted, bool unset) {
    size_t most = PTRDIFF_MAX - sizeof(ArenaBlock);
    if (arena->limit) {
        size_t left = arena->limit > arena->used ? arena->limit - arena->used : 0;
        most = left > sizeof(ArenaBlock) ? left - sizeof(ArenaBlock) : 0;
        if (size > most) leave_for_limit(arena);
    }
    size_t data = wanted > most ? size : wanted;
    ArenaBlock *block = data > most ? NULL
                        : unset     ? mem_realloc(NULL, sizeof *block + data)
                                    : mem_alloc(sizeof *block + data);
    if (!block) boundary_leave(arena->boundary, SCP_LIMIT, "there is not enough memory");
    block->size = data;
    arena->used += sizeof *block + data;
    return block;
}

/* A piece too large to share a block gets one of its own, put behind the current one, which
 * goes on being filled. */
static void *alloc_alone(Arena *arena, size_t size, bool unset) {
    ArenaBlock *block = take_block(arena, size, size, unset);
    if (arena->blocks) {
        block->before = arena->blocks->before;
        arena->blocks->before = block;
    } else {
        block->before = NULL;
        arena->blocks = block;
        arena->next = arena->end = (char *)block->data + size;
    }
    return block->data;
}

static void *alloc_from_new_block(Arena *arena, size_t size) {
    size_t wanted = arena->blocks ? arena->used : FIRST_BLOCK;
    if (wanted < FIRST_BLOCK) wanted = FIRST_BLOCK;
    if (wanted > LARGEST_BLOCK) wanted = LARGEST_BLOCK;
    if (size > wanted / 4) return alloc_alone(arena, size, false);
    wanted -= wanted % ALIGNMENT;
    ArenaBlock *block = take_block(arena, size, wanted, false);
    block->before = arena->blocks;
    arena->blocks = block;
    arena->next = (char *)block->data + size;
    arena->end = (char *)block->data + block->size;
    return block->data;
}

void *arena_alloc(Arena *arena, size_t size) {
    if (size > PTRDIFF_MAX - ALIGNMENT)
        boundary_leave(arena->boundary, SCP_LIMIT, "there is not enough memory");
    size_t rounded = size ? (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    if (rounded > (size_t)(arena->end - arena->next)) return alloc_from_new_block(arena, rounded);
    void *piece = arena->next;
    arena->next += rounded;
    return piece;
}

void *arena_alloc_array(Arena *arena, size_t count, size_t size) {
    if (size && count > PTRDIFF_MAX / size)
        boundary_leave(arena->boundary, SCP_LIMIT, "there is not enough memory");
    return arena_alloc(arena, count * size);
}

void *arena_alloc_unset(Arena *arena, size_t count, size_t size) {
    if (size && count > (PTRDIFF_MAX - ALIGNMENT) / size)
        boundary_leave(arena->boundary, SCP_LIMIT, "there is not enough memory");
    if (count * size < LARGEST_BLOCK / 4) return arena_alloc(arena, count * size);
    size_t rounded = (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return alloc_alone(arena, rounded, true);
}

void *arena_try_alloc(Arena *arena, size_t size) {
    Boundary here;
    Boundary *outer = arena->boundary;
    void *volatile piece = NULL; /* keeps its value across the jump */
    arena->boundary = &here;
    if (!setjmp(here.at)) piece = arena_alloc(arena, size);
    arena->boundary = outer;
    if (!piece) boundary_note(outer, here.status, here.message);
    return piece;
}

Slice arena_copy(Arena *arena, Slice text) {
    char *copy = arena_alloc(arena, text.length + 1);
    if (text.length) memcpy(copy, text.data, text.length);
    return (Slice){copy, text.length};
}

Slice arena_vprintf(Arena *arena, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) boundary_leave(arena->boundary, SCP_FAULT, "a message could not be written");
    char *text = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return (Slice){text, (size_t)length};
}

Slice arena_printf(Arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Slice text = arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return text;
}
