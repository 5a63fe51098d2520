/* Sources in one space of offsets, and lines and columns for those who print them. Never
 * decides what a line end is for the grammar: here LF ends a line and CR LF is one end. */
#include "runtime/base/span.h"

#include <assert.h>
#include <string.h>

static const Slice byte_order_mark = {"\xEF\xBB\xBF", 3};

void source_map_init(SourceMap *map, Arena *arena) {
    *map = (SourceMap){.arena = arena};
}

/* Each source owns one offset more than it has bytes: the place of its end. */
static uint64_t end_of_sources(const SourceMap *map) {
    if (!map->sources.count) return 1;
    const Source *last = &map->sources.items[map->sources.count - 1];
    return (uint64_t)last->base + last->text.length + 1;
}

uint32_t source_map_add(SourceMap *map, Slice path, Slice text, bool library) {
    uint64_t base = end_of_sources(map);
    if (text.length >= UINT32_MAX || base + text.length >= UINT32_MAX)
        boundary_leave(map->arena->boundary, SCP_LIMIT,
                       "all files of the plan together are over the limit of 4 GiB");
    char *copy = arena_alloc(map->arena, text.length + 2);
    if (text.length) memcpy(copy, text.data, text.length);
    Source source = {.path = arena_copy(map->arena, path),
                     .text = {copy, text.length},
                     .base = (uint32_t)base,
                     .library = library};
    VEC_PUSH(map->arena, &map->sources, source);
    return map->sources.count - 1;
}

static Source *find_source(const SourceMap *map, uint32_t offset) {
    uint32_t low = 0, high = map->sources.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (map->sources.items[middle].base <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low) return NULL;
    Source *source = &map->sources.items[low - 1];
    return offset - source->base <= source->text.length ? source : NULL;
}

const Source *source_map_find(const SourceMap *map, uint32_t offset) {
    return find_source(map, offset);
}

static uint32_t count_lines(Slice text) {
    uint32_t lines = 1;
    for (size_t i = 0; i < text.length; i++) lines += text.data[i] == '\n';
    return lines;
}

static void find_lines(Arena *arena, Source *source) {
    uint32_t count = count_lines(source->text);
    uint32_t *starts = ARENA_NEW_ARRAY(arena, uint32_t, count);
    uint32_t line = 1;
    for (size_t i = 0; i < source->text.length; i++)
        if (source->text.data[i] == '\n') starts[line++] = (uint32_t)(i + 1);
    /* A byte-order mark is no column. */
    if (slice_starts_with(source->text, byte_order_mark)) starts[0] = 3;
    source->line_starts = starts;
    source->line_count = count;
}

/* The last line that starts at or before `at`. */
static uint32_t line_at(const Source *source, uint32_t at) {
    uint32_t low = 1, high = source->line_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (source->line_starts[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

Position source_map_position(const SourceMap *map, uint32_t offset) {
    Source *source = find_source(map, offset);
    if (!source) return (Position){NULL, 0, 0};
    if (!source->line_starts) find_lines(map->arena, source);
    uint32_t at = offset - source->base;
    uint32_t line = line_at(source, at);
    uint32_t column = 1;
    for (uint32_t i = source->line_starts[line - 1]; i < at; i++)
        column += ((unsigned char)source->text.data[i] & 0xC0) != 0x80;
    return (Position){source, line, column};
}

Slice source_map_text(const SourceMap *map, Span span) {
    const Source *source = source_map_find(map, span.start);
    if (!source || span.end < span.start) return SLICE("");
    return slice_sub(source->text, span.start - source->base, span.end - source->base);
}

/* Where `line` starts, by reading on from the top; the length of the text past the end. */
static size_t line_start(const Source *source, uint32_t line) {
    if (source->line_starts && line <= source->line_count) return source->line_starts[line - 1];
    Slice text = source->text;
    size_t at = slice_starts_with(text, byte_order_mark) ? 3 : 0;
    for (; line > 1 && at < text.length; line--) {
        const char *end = memchr(text.data + at, '\n', text.length - at);
        at = end ? (size_t)(end - text.data) + 1 : text.length;
    }
    return at;
}

Slice source_line(const Source *source, uint32_t line) {
    assert(line >= 1);
    size_t start = line_start(source, line), end = start;
    const char *newline = start < source->text.length
                              ? memchr(source->text.data + start, '\n', source->text.length - start)
                              : NULL;
    end = newline ? (size_t)(newline - source->text.data) : source->text.length;
    if (newline && end > start && source->text.data[end - 1] == '\r') end--;
    return slice_sub(source->text, start, end);
}
