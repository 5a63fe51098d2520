/* Applying the edits of a fix to the text of their source, and showing what changed. */
#include "compiler/review/fix.h"

enum { LINES_SHOWN = 6 };

typedef struct {
    const DiagEdit **items; /* by place */
    uint32_t count;
} SortedEdits;

/* Insertions at one place stay in the order in which they were given. */
static SortedEdits sort_edits(Arena *arena, const Diag *diag) {
    SortedEdits sorted = {ARENA_NEW_ARRAY(arena, const DiagEdit *, diag->edits.count + 1), 0};
    VEC_EACH(const DiagEdit, edit, &diag->edits) {
        uint32_t at = sorted.count++;
        for (; at > 0 && sorted.items[at - 1]->span.start > edit->span.start; at--)
            sorted.items[at] = sorted.items[at - 1];
        sorted.items[at] = edit;
    }
    return sorted;
}

static bool lies_in(const Source *source, Span span) {
    return span.start >= source->base && span.end >= span.start &&
           span.end - source->base <= source->text.length;
}

/* The one source all edits lie in; NULL where they cannot be applied. */
static const Source *source_of_edits(const SourceMap *sources, const SortedEdits *edits) {
    if (!edits->count) return NULL;
    const Source *source = source_map_find(sources, edits->items[0]->span.start);
    if (!source || source->library) return NULL;
    uint32_t end = 0;
    for (uint32_t i = 0; i < edits->count; i++) {
        Span span = edits->items[i]->span;
        if (!lies_in(source, span) || span.start < end) return NULL;
        end = span.end;
    }
    return source;
}

/* The lines that the edits touch, and those between. */
typedef struct {
    Slice before, after;
    uint32_t first_line;
} Region;

static size_t line_start(Slice text, size_t at) {
    while (at > 0 && text.data[at - 1] != '\n') at--;
    return at;
}

static size_t line_end(Slice text, size_t at) {
    while (at < text.length && text.data[at] != '\n') at++;
    return at;
}

static Region apply_edits(const Excerpt *excerpt, const Source *source, const SortedEdits *edits) {
    Span first = edits->items[0]->span, last = edits->items[edits->count - 1]->span;
    size_t from = line_start(source->text, first.start - source->base);
    size_t to = line_end(source->text, last.end - source->base);
    Buffer text;
    buffer_init(&text, excerpt->out->arena);
    size_t at = from;
    for (uint32_t i = 0; i < edits->count; i++) {
        Span span = edits->items[i]->span;
        buffer_add(&text, slice_sub(source->text, at, span.start - source->base));
        buffer_add(&text, edits->items[i]->text);
        at = span.end - source->base;
    }
    buffer_add(&text, slice_sub(source->text, at, to));
    return (Region){slice_sub(source->text, from, to), buffer_slice(&text),
                    source_map_position(excerpt->sources, first.start).line};
}

static uint32_t count_line_ends(Slice text) {
    uint32_t count = 0;
    for (size_t i = 0; i < text.length; i++) count += text.data[i] == '\n';
    return count;
}

/* Where the new text and the old begin to differ. */
static size_t common_start(Slice a, Slice b) {
    size_t at = 0;
    while (at < a.length && at < b.length && a.data[at] == b.data[at]) at++;
    return at;
}

/* Prints the lines first … last, counted from the region's first, which is 0. */
static void print_lines(const Excerpt *excerpt, const Region *region, uint32_t first,
                        uint32_t last) {
    Source after = {.text = region->after};
    size_t changed = common_start(region->before, region->after);
    for (uint32_t line = first; line <= last && line - first < LINES_SHOWN; line++) {
        Slice text = source_line(&after, line + 1);
        if (slice_ends_with(text, SLICE("\r"))) text.length--; /* the region ends before its LF */
        size_t start = (size_t)(text.data - region->after.data);
        excerpt_line(excerpt, region->first_line + line, text,
                     changed > start ? changed - start : 0);
    }
}

/* From one edit to the next untouched lines are left out. */
void fix_print(const Excerpt *excerpt, const Diag *diag) {
    SortedEdits edits = sort_edits(excerpt->out->arena, diag);
    const Source *source = source_of_edits(excerpt->sources, &edits);
    if (!source) return;
    Region region = apply_edits(excerpt, source, &edits);
    uint32_t next = 0; /* first line not yet shown */
    uint32_t added = 0, removed = 0;
    for (uint32_t i = 0; i < edits.count; i++) {
        Span span = edits.items[i]->span;
        uint32_t line = source_map_position(excerpt->sources, span.start).line;
        uint32_t first = line - region.first_line + added - removed;
        uint32_t last = first + count_line_ends(edits.items[i]->text);
        if (first < next) first = next;
        if (first <= last) print_lines(excerpt, &region, first, last);
        if (last + 1 > next) next = last + 1;
        added += count_line_ends(edits.items[i]->text);
        removed += count_line_ends(source_map_text(excerpt->sources, span));
    }
}
