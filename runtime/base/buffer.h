/* A growing text in an arena, which every writer fills. Old storage stays in the arena. */
#ifndef RUNTIME_BASE_BUFFER_H
#define RUNTIME_BASE_BUFFER_H

#include "runtime/base/arena.h"

typedef struct {
    Arena *arena;
    char *data; /* NULL until something is added */
    size_t length;
    size_t capacity;
} Buffer;

void buffer_init(Buffer *buffer, Arena *arena);
void buffer_add(Buffer *buffer, Slice text);
void buffer_add_text(Buffer *buffer, const char *text);
void buffer_add_char(Buffer *buffer, char c);
void buffer_add_repeated(Buffer *buffer, char c, size_t count);
void buffer_add_code_point(Buffer *buffer, uint32_t code); /* as UTF-8; no code point: U+FFFD */

/* Fractions are not for this (a host may have set a locale): see number.h. */
void buffer_printf(Buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What was added, followed by a NUL that is not counted; a view until the next change. */
Slice buffer_slice(const Buffer *buffer);

/* Forgets the content and keeps the storage. */
void buffer_clear(Buffer *buffer);

/* `count` bytes at the end, not yet counted, to be written by the caller, who then adds what
 * he used to `length`. */
char *buffer_reserve(Buffer *buffer, size_t count);

#endif
