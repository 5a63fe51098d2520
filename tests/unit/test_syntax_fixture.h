/* What the tests of the syntax share: a compilation of one text. */
#ifndef TESTS_UNIT_TEST_SYNTAX_FIXTURE_H
#define TESTS_UNIT_TEST_SYNTAX_FIXTURE_H

#include "tests/unit/test.h"

#include <stdlib.h>

#include "compiler/syntax/parse.h"
#include "runtime/base/buffer.h"

typedef struct {
    Boundary boundary;
    Arena arena;
    SourceMap sources;
    DiagBag diags;
    ParseContext context;
    File *file;
} Parsed;

static inline Parsed *parsed_new(size_t memory_limit) {
    Parsed *parsed = calloc(1, sizeof *parsed);
    assert_non_null(parsed);
    if (setjmp(parsed->boundary.at)) fail_msg("left to the boundary: %s", parsed->boundary.message);
    arena_init(&parsed->arena, &parsed->boundary, memory_limit);
    source_map_init(&parsed->sources, &parsed->arena);
    diag_bag_init(&parsed->diags, &parsed->arena);
    parsed->context = (ParseContext){.arena = &parsed->arena,
                                     .interner = interner_new(&parsed->arena, 1),
                                     .sources = &parsed->sources,
                                     .diags = &parsed->diags};
    return parsed;
}

static inline void parse_into(Parsed *parsed, Slice text) {
    uint32_t source = source_map_add(&parsed->sources, SLICE("plan.scp"), text, false);
    parsed->file = parse_file(&parsed->context, source);
    diag_bag_sort(&parsed->diags);
}

/* Parses `text`; freed with parsed_free. A boundary that is left fails the test. */
static inline Parsed *parse_slice(Slice text) {
    Parsed *parsed = parsed_new(0);
    if (setjmp(parsed->boundary.at)) fail_msg("left to the boundary: %s", parsed->boundary.message);
    parse_into(parsed, text);
    return parsed;
}

static inline Parsed *parse_text(const char *text) {
    return parse_slice(slice_of(text));
}

static inline void parsed_free(Parsed *parsed) {
    arena_free(&parsed->arena);
    free(parsed);
}

static inline void add_place(Buffer *out, const SourceMap *sources, Span span) {
    Position start = source_map_position(sources, span.start);
    Position end = source_map_position(sources, span.end);
    buffer_printf(out, "%u:%u", start.line, start.column);
    if (end.line != start.line)
        buffer_printf(out, "-%u:%u", end.line, end.column);
    else if (end.column != start.column)
        buffer_printf(out, "-%u", end.column);
}

static inline void add_edit(Buffer *out, const SourceMap *sources, const DiagEdit *edit) {
    add_place(out, sources, edit->span);
    buffer_add_text(out, " \"");
    for (size_t i = 0; i < edit->text.length; i++) {
        if (edit->text.data[i] == '\n')
            buffer_add_text(out, "\\n");
        else
            buffer_add_char(out, edit->text.data[i]);
    }
    buffer_add_text(out, "\"");
}

/* The diagnostics as text: place, name, message; then what is related and the mend. */
static inline Slice diags_text(Parsed *parsed) {
    Buffer out;
    buffer_init(&out, &parsed->arena);
    for (uint32_t i = 0; i < parsed->diags.items.count; i++) {
        const Diag *diag = parsed->diags.items.items[i];
        add_place(&out, &parsed->sources, diag->span);
        buffer_printf(&out, " %.*s: %.*s\n", SLICE_FMT(diag->name), SLICE_FMT(diag->message));
        VEC_EACH(DiagRelated, related, &diag->related) {
            buffer_add_text(&out, "    see ");
            add_place(&out, &parsed->sources, related->span);
            buffer_printf(&out, " %.*s\n", SLICE_FMT(related->message));
        }
        if (diag->edits.count)
            buffer_printf(&out, "    mend (%.*s):", SLICE_FMT(diag->fix_message));
        VEC_EACH(DiagEdit, edit, &diag->edits) {
            buffer_add_char(&out, ' ');
            add_edit(&out, &parsed->sources, edit);
        }
        if (diag->edits.count) buffer_add_char(&out, '\n');
    }
    return buffer_slice(&out);
}

static inline Slice tree_text(Parsed *parsed) {
    return tree_dump(&parsed->arena, parsed->context.interner, parsed->file);
}

static inline void assert_slice(Slice got, const char *want) {
    if (slice_equal(got, slice_of(want))) return;
    fprintf(stderr, "got\n%.*s\nexpected\n%s\n", SLICE_FMT(got), want);
    fail();
}

/* `text` parses without a word and its tree is `tree`. */
static inline void assert_tree(const char *text, const char *tree) {
    Parsed *parsed = parse_text(text);
    assert_slice(diags_text(parsed), "");
    assert_slice(tree_text(parsed), tree);
    parsed_free(parsed);
}

/* `text` gets exactly one diagnostic, of that name. */
static inline void assert_only(Slice text, const char *name) {
    Parsed *parsed = parse_slice(text);
    if (parsed->diags.items.count != 1 ||
        !slice_equal(parsed->diags.items.items[0]->name, slice_of(name)))
        fail_msg("expected one %s for\n%.*s\ngot\n%.*s", name, SLICE_FMT(text),
                 SLICE_FMT(diags_text(parsed)));
    parsed_free(parsed);
}

static inline int compare_edits(const void *a, const void *b) {
    const DiagEdit *left = a, *right = b;
    return (left->span.start > right->span.start) - (left->span.start < right->span.start);
}

/* The text with every mend applied; in memory of `parsed`. */
static inline Slice mended_text(Parsed *parsed) {
    DiagEdit edits[64];
    size_t count = 0;
    for (uint32_t i = 0; i < parsed->diags.items.count; i++)
        VEC_EACH(DiagEdit, edit, &parsed->diags.items.items[i]->edits)
    if (count < 64) edits[count++] = *edit;
    qsort(edits, count, sizeof edits[0], compare_edits);
    const Source *source = &parsed->sources.sources.items[0];
    Buffer out;
    buffer_init(&out, &parsed->arena);
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        buffer_add(&out, slice_sub(source->text, from, edits[i].span.start - source->base));
        buffer_add(&out, edits[i].text);
        from = edits[i].span.end - source->base;
    }
    buffer_add(&out, slice_sub(source->text, from, source->text.length));
    return buffer_slice(&out);
}

#endif
