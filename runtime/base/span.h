/* Places in source text. All sources of a compilation lie end to end in one space of byte
 * offsets, so a span of eight bytes names the file too; lines and columns (in code points,
 * from 1) are computed only when somebody prints them. */
#ifndef RUNTIME_BASE_SPAN_H
#define RUNTIME_BASE_SPAN_H

#include "runtime/base/arena.h"
#include "runtime/base/vec.h"

typedef struct {
    uint32_t start;
    uint32_t end; /* exclusive; offset 0 is nowhere: sources start at 1 */
} Span;

static inline bool span_within(Span inner, Span outer) {
    return outer.start <= inner.start && inner.end <= outer.end;
}

#define SPAN_NONE ((Span){0, 0})

static inline Span span_join(Span a, Span b) {
    if (!a.start) return b;
    if (!b.start) return a;
    return (Span){a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end};
}

typedef struct {
    Slice path;            /* as the user knows it; `<nhs.framework>` for an embedded library */
    Slice text;            /* followed by two NUL bytes that are not counted */
    uint32_t base;         /* offset of the first byte */
    bool library;          /* part of the standard library */
    uint32_t *line_starts; /* offsets within text; computed on first use */
    uint32_t line_count;
} Source;

typedef struct {
    Arena *arena;
    VEC(Source) sources; /* ascending base */
} SourceMap;

typedef struct {
    const Source *source; /* NULL: nowhere */
    uint32_t line;
    uint32_t column;
} Position;

void source_map_init(SourceMap *map, Arena *arena);
/* Copies path and text. Returns the index of the source. */
uint32_t source_map_add(SourceMap *map, Slice path, Slice text, bool library);
const Source *source_map_find(const SourceMap *map, uint32_t offset); /* NULL: nowhere */
Position source_map_position(const SourceMap *map, uint32_t offset);
Slice source_map_text(const SourceMap *map, Span span);
Slice source_line(const Source *source, uint32_t line); /* without its line end */

#endif
