/* Growing text. The byte after the content is always NUL. */
#include "runtime/base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/utf8.h"

enum { FIRST_CAPACITY = 128 };

void buffer_init(Buffer *buffer, Arena *arena) {
    *buffer = (Buffer){.arena = arena};
}

void buffer_grow(Buffer *buffer, size_t count) {
    if (count > PTRDIFF_MAX / 2 || buffer->length > PTRDIFF_MAX / 4)
        boundary_leave(buffer->arena->boundary, SCP_LIMIT, "there is not enough memory");
    size_t capacity = buffer->capacity ? buffer->capacity * 2 : FIRST_CAPACITY;
    if (capacity <= buffer->length + count) capacity = buffer->length + count + 1;
    char *data = arena_alloc(buffer->arena, capacity);
    if (buffer->length) memcpy(data, buffer->data, buffer->length);
    buffer->data = data;
    buffer->capacity = capacity;
}

static void finish(Buffer *buffer, size_t added) {
    buffer->length += added;
    buffer->data[buffer->length] = '\0';
}

void buffer_add_repeated(Buffer *buffer, char c, size_t count) {
    if (!count) return;
    memset(buffer_reserve(buffer, count), c, count);
    finish(buffer, count);
}

void buffer_add_code_point(Buffer *buffer, uint32_t code) {
    char bytes[4];
    size_t length = utf8_encode(code, bytes);
    if (!length) length = utf8_encode(UTF8_REPLACEMENT, bytes);
    buffer_add(buffer, (Slice){bytes, length});
}

void buffer_printf(Buffer *buffer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        boundary_leave(buffer->arena->boundary, SCP_FAULT, "a text could not be written");
    char *at = buffer_reserve(buffer, (size_t)length);
    va_start(arguments, format);
    vsnprintf(at, (size_t)length + 1, format, arguments);
    va_end(arguments);
    finish(buffer, (size_t)length);
}

Slice buffer_slice(const Buffer *buffer) {
    return buffer->data ? (Slice){buffer->data, buffer->length} : SLICE("");
}

void buffer_clear(Buffer *buffer) {
    buffer->length = 0;
    if (buffer->data) buffer->data[0] = '\0';
}
