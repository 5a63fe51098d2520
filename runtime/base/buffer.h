/* A growing text in an arena, which every writer fills. Old storage stays in the arena. */
#ifndef RUNTIME_BASE_BUFFER_H
#define RUNTIME_BASE_BUFFER_H

#include <string.h>

#include "runtime/base/arena.h"

typedef struct {
    Arena *arena;
    char *data; /* NULL until something is added */
    size_t length;
    size_t capacity;
} Buffer;

void buffer_init(Buffer *buffer, Arena *arena);
void buffer_add_repeated(Buffer *buffer, char c, size_t count);
void buffer_add_code_point(Buffer *buffer, uint32_t code); /* as UTF-8; no code point: U+FFFD */

/* Fractions are not for this (a host may have set a locale): see number.h. */
void buffer_printf(Buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What was added, followed by a NUL that is not counted; a view until the next change. */
Slice buffer_slice(const Buffer *buffer);

/* Forgets the content and keeps the storage. */
void buffer_clear(Buffer *buffer);

/* Makes room for `count` bytes more and the NUL behind them. */
void buffer_grow(Buffer *buffer, size_t count);

/* `count` bytes at the end, not yet counted, to be written by the caller, who then adds what
 * he used to `length`. */
static inline char *buffer_reserve(Buffer *buffer, size_t count) {
    if (buffer->capacity - buffer->length <= count) buffer_grow(buffer, count);
    return buffer->data + buffer->length;
}

/* Large outputs are made of a great many small pieces: these are worth having in place. */
static inline void buffer_add(Buffer *buffer, Slice text) {
    if (!text.length) return;
    memcpy(buffer_reserve(buffer, text.length), text.data, text.length);
    buffer->length += text.length;
    buffer->data[buffer->length] = '\0';
}

static inline void buffer_add_text(Buffer *buffer, const char *text) {
    buffer_add(buffer, slice_of(text));
}

static inline void buffer_add_char(Buffer *buffer, char c) {
    buffer_add(buffer, (Slice){&c, 1});
}

#endif
