/* The formats of diagnostics. */
#include "compiler/review/render.h"

#include "compiler/review/excerpt.h"
#include "compiler/review/explain.h"
#include "compiler/review/fix.h"
#include "runtime/report/table.h"

const char *severity_text(Severity severity) {
    switch (severity) {
    case SEVERITY_NOTE: return "note";
    case SEVERITY_WARNING: return "warning";
    case SEVERITY_ERROR: return "error";
    }
    return "";
}

static Paint severity_paint(Severity severity) {
    switch (severity) {
    case SEVERITY_NOTE: return PAINT_NOTE;
    case SEVERITY_WARNING: return PAINT_WARNING;
    case SEVERITY_ERROR: return PAINT_ERROR;
    }
    return PAINT_NONE;
}

/* ---- For people -------------------------------------------------------------------------- */

/* A message is a sentence; where a plan's own text brings line ends, they become blanks. */
static void add_sentence(Buffer *out, bool colour, Paint paint, Slice text) {
    Buffer line;
    buffer_init(&line, out->arena);
    for (size_t i = 0; i < text.length; i++) {
        bool blank = text.data[i] == '\n' || text.data[i] == '\r' || text.data[i] == '\t';
        buffer_add_char(&line, blank ? ' ' : text.data[i]);
    }
    paint_text(out, colour, paint, buffer_slice(&line));
}

static void print_headline(const Diag *diag, bool colour, Buffer *out) {
    Paint paint = severity_paint(diag->severity);
    Slice head =
        arena_printf(out->arena, "%s[%.*s]", severity_text(diag->severity), SLICE_FMT(diag->name));
    paint_text(out, colour, paint, head);
    buffer_add_text(out, ": ");
    add_sentence(out, colour, PAINT_STRONG, diag->message);
    buffer_add_char(out, '\n');
}

/* `┌─ plan.scp:41:22  Funding shift: From bed to home` */
static void print_place(const Excerpt *excerpt, uint32_t offset, Slice path) {
    Buffer *out = excerpt->out;
    Position position = source_map_position(excerpt->sources, offset);
    buffer_add_repeated(out, ' ', (size_t)excerpt->gutter);
    paint_text(out, excerpt->colour, PAINT_GUTTER, SLICE("┌─ "));
    plain_text(out, position.source->path);
    buffer_printf(out, ":%u:%u", (unsigned)position.line, (unsigned)position.column);
    if (path.length) {
        buffer_add_text(out, "  ");
        plain_text(out, path);
    }
    buffer_add_char(out, '\n');
}

static int widest_line_number(const SourceMap *sources, const Diag *diag) {
    int width = excerpt_digits(sources, diag->span.end);
    VEC_EACH(const DiagRelated, related, &diag->related) {
        int digits = excerpt_digits(sources, related->span.end);
        if (digits > width) width = digits;
    }
    return width;
}

static const Source *source_of(const SourceMap *sources, Span span) {
    return span.start ? source_map_find(sources, span.start) : NULL;
}

/* The related places in `source` that have not been shown yet; marks them as shown. */
static void gather_marks(const Excerpt *excerpt, const Diag *diag, const Source *source,
                         bool *shown, Marks *marks) {
    for (uint32_t i = 0; i < diag->related.count; i++) {
        const DiagRelated *related = &diag->related.items[i];
        if (shown[i] || source_of(excerpt->sources, related->span) != source) continue;
        shown[i] = true;
        Mark mark = {.span = related->span, .label = related->message};
        VEC_PUSH(excerpt->out->arena, marks, mark);
    }
}

static void print_primary(const Excerpt *excerpt, const Diag *diag, bool *shown) {
    const Source *source = source_of(excerpt->sources, diag->span);
    if (!source) return;
    Marks marks = {0};
    Mark mark = {.span = diag->span, .label = diag->label, .primary = true};
    VEC_PUSH(excerpt->out->arena, &marks, mark);
    gather_marks(excerpt, diag, source, shown, &marks);
    print_place(excerpt, diag->span.start, diag->path);
    if (source->text.length) excerpt_marks(excerpt, source, &marks);
}

/* What is related in other files, a block a file; what has no place, as notes. */
static void print_related(const Excerpt *excerpt, const Diag *diag, bool *shown) {
    for (uint32_t i = 0; i < diag->related.count; i++) {
        const DiagRelated *related = &diag->related.items[i];
        if (shown[i]) continue;
        const Source *source = source_of(excerpt->sources, related->span);
        if (!source) {
            paint_text(excerpt->out, excerpt->colour, PAINT_NOTE, SLICE("note"));
            buffer_add_text(excerpt->out, ": ");
            add_sentence(excerpt->out, excerpt->colour, PAINT_NONE, related->message);
            buffer_add_char(excerpt->out, '\n');
            continue;
        }
        Marks marks = {0};
        gather_marks(excerpt, diag, source, shown, &marks);
        print_place(excerpt, related->span.start, SLICE(""));
        excerpt_marks(excerpt, source, &marks);
    }
}

static void print_help(const Excerpt *excerpt, const Diag *diag) {
    if (!diag->fix_message.length) return;
    paint_text(excerpt->out, excerpt->colour, PAINT_HELP, SLICE("help"));
    buffer_add_text(excerpt->out, ": ");
    add_sentence(excerpt->out, excerpt->colour, PAINT_NONE, diag->fix_message);
    buffer_add_char(excerpt->out, '\n');
    fix_print(excerpt, diag);
}

void render_human(const SourceMap *sources, const Diag *diag, bool colour, Buffer *out) {
    Excerpt excerpt = {.sources = sources,
                       .out = out,
                       .colour = colour,
                       .primary = severity_paint(diag->severity),
                       .gutter = widest_line_number(sources, diag)};
    bool *shown = ARENA_NEW_ARRAY(out->arena, bool, diag->related.count + 1);
    print_headline(diag, colour, out);
    print_primary(&excerpt, diag, shown);
    print_related(&excerpt, diag, shown);
    print_help(&excerpt, diag);
    if (explain_knows(diag->name))
        buffer_printf(out, "explain: scpc explain %.*s\n", SLICE_FMT(diag->name));
    buffer_add_char(out, '\n');
}

/* ---- One line ---------------------------------------------------------------------------- */

void render_short(const SourceMap *sources, const Diag *diag, Buffer *out) {
    Position position = source_map_position(sources, diag->span.start);
    if (position.source) {
        plain_text(out, position.source->path);
        buffer_printf(out, ":%u:%u: ", (unsigned)position.line, (unsigned)position.column);
    }
    buffer_printf(out, "%s[%.*s]: ", severity_text(diag->severity), SLICE_FMT(diag->name));
    add_sentence(out, false, PAINT_NONE, diag->message);
    buffer_add_char(out, '\n');
}

/* ---- JSON -------------------------------------------------------------------------------- */

static void json_member_int(JsonWriter *json, Slice key, uint32_t value) {
    json_key(json, key);
    json_int(json, value);
}

static void json_member_text(JsonWriter *json, Slice key, Slice value) {
    json_key(json, key);
    json_string(json, value);
}

/* Members file … end_column; nowhere is no file and line 0. */
static void json_place(const SourceMap *sources, Span span, JsonWriter *json) {
    Position start = source_map_position(sources, span.start);
    Position end = source_map_position(sources, span.end > span.start ? span.end : span.start);
    json_member_text(json, SLICE("file"), start.source ? start.source->path : SLICE(""));
    json_member_int(json, SLICE("line"), start.line);
    json_member_int(json, SLICE("column"), start.column);
    json_member_int(json, SLICE("end_line"), end.line);
    json_member_int(json, SLICE("end_column"), end.column);
}

/* The heading path as a list: its parts stand between ` > `. */
static void json_path(Slice path, JsonWriter *json) {
    json_key(json, SLICE("path"));
    json_begin_array(json);
    size_t from = 0;
    for (size_t at = 0; path.length && at <= path.length; at++) {
        bool ends =
            at == path.length || slice_starts_with(slice_sub(path, at, path.length), SLICE(" > "));
        if (!ends) continue;
        json_string(json, slice_sub(path, from, at));
        from = at + 3;
    }
    json_end_array(json);
}

static void json_related(const SourceMap *sources, const Diag *diag, JsonWriter *json) {
    json_key(json, SLICE("related"));
    json_begin_array(json);
    VEC_EACH(const DiagRelated, related, &diag->related) {
        json_begin_object(json);
        json_member_text(json, SLICE("message"), related->message);
        json_place(sources, related->span, json);
        json_end_object(json);
    }
    json_end_array(json);
}

static void json_fix(const SourceMap *sources, const Diag *diag, JsonWriter *json) {
    json_key(json, SLICE("fix"));
    if (!diag->fix_message.length) {
        json_null(json);
        return;
    }
    json_begin_object(json);
    json_member_text(json, SLICE("message"), diag->fix_message);
    json_key(json, SLICE("edits"));
    json_begin_array(json);
    VEC_EACH(const DiagEdit, edit, &diag->edits) {
        json_begin_object(json);
        json_place(sources, edit->span, json);
        json_member_text(json, SLICE("text"), edit->text);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

void render_json(const SourceMap *sources, const Diag *diag, JsonWriter *json) {
    json_begin_object(json);
    json_member_text(json, SLICE("name"), diag->name);
    json_member_text(json, SLICE("severity"), slice_of(severity_text(diag->severity)));
    json_member_text(json, SLICE("message"), diag->message);
    json_place(sources, diag->span, json);
    json_path(diag->path, json);
    json_related(sources, diag, json);
    json_fix(sources, diag, json);
    json_end_object(json);
}

void render_json_begin(JsonWriter *json, Buffer *out) {
    json_begin(json, out, 0);
    json_begin_object(json);
    json_key(json, SLICE("diagnostics"));
    json_begin_array(json);
}

void render_json_end(JsonWriter *json, const DiagTally *tally) {
    json_end_array(json);
    json_member_int(json, SLICE("errors"), tally->errors);
    json_member_int(json, SLICE("warnings"), tally->warnings);
    json_member_int(json, SLICE("allowed"), tally->allowed);
    json_end_object(json);
    buffer_add_char(json->out, '\n');
}

/* ---- Counting ---------------------------------------------------------------------------- */

void diag_tally_add(DiagTally *tally, const Diag *diag) {
    if (diag->allowed_because.length) {
        tally->allowed++;
        return;
    }
    switch (diag->severity) {
    case SEVERITY_NOTE: tally->notes++; break;
    case SEVERITY_WARNING: tally->warnings++; break;
    case SEVERITY_ERROR: tally->errors++; break;
    }
}

static void print_count(Buffer *out, size_t start, uint32_t count, const char *one,
                        const char *many) {
    if (!count) return;
    if (out->length > start) buffer_add_text(out, ", ");
    buffer_printf(out, "%u %s", (unsigned)count, count == 1 ? one : many);
}

void diag_tally_print(const DiagTally *tally, Buffer *out) {
    size_t start = out->length;
    print_count(out, start, tally->errors, "error", "errors");
    print_count(out, start, tally->warnings, "warning", "warnings");
    print_count(out, start, tally->notes, "note", "notes");
    print_count(out, start, tally->allowed, "allowed", "allowed");
    if (out->length == start) buffer_add_text(out, "nothing wrong");
}
