/* Quoting source lines. A mark becomes one piece on a line (two where it spans lines); pieces
 * of a line that do not overlap share a row of underlines, the others get rows of their own. */
#include "compiler/review/excerpt.h"

#include <string.h>

#include "runtime/base/utf8.h"
#include "runtime/report/table.h"

enum {
    LINE_LIMIT = 240, /* bytes of a line that are shown */
    LINE_BEFORE = 60, /* of them before what is underlined */
    TAB_COLUMNS = 4,
};

/* ---- Colour ------------------------------------------------------------------------------ */

static const char *const escapes[] = {
    [PAINT_NONE] = "",           [PAINT_ERROR] = "\033[1;31m", [PAINT_WARNING] = "\033[1;33m",
    [PAINT_NOTE] = "\033[1;36m", [PAINT_GUTTER] = "\033[34m",  [PAINT_RELATED] = "\033[36m",
    [PAINT_HELP] = "\033[1;32m", [PAINT_STRONG] = "\033[1m",
};

static void paint_begin(Buffer *out, bool colour, Paint paint) {
    if (colour) buffer_add_text(out, escapes[paint]);
}

static void paint_end(Buffer *out, bool colour, Paint paint) {
    if (colour && paint != PAINT_NONE) buffer_add_text(out, "\033[0m");
}

void paint_text(Buffer *out, bool colour, Paint paint, Slice text) {
    paint_begin(out, colour, paint);
    plain_text(out, text);
    paint_end(out, colour, paint);
}

/* ---- A line as it is shown --------------------------------------------------------------- */

/* The part of a line that is shown, and the column at which each of its bytes stands. */
typedef struct {
    size_t from, to;   /* bytes of the line */
    uint32_t *columns; /* of from, from + 1, …, to */
    Slice text;        /* as shown, with … where it is cut */
} ShownLine;

static bool inside_character(Slice line, size_t at) {
    return at < line.length && ((unsigned char)line.data[at] & 0xC0) == 0x80;
}

/* Which bytes are shown of a line of which byte `wanted` must be. */
static void choose_window(Slice line, size_t wanted, ShownLine *shown) {
    shown->from = 0;
    shown->to = line.length;
    if (line.length <= LINE_LIMIT) return;
    if (wanted > LINE_BEFORE) shown->from = wanted - LINE_BEFORE;
    while (shown->from > 0 && inside_character(line, shown->from)) shown->from--;
    if (shown->from + LINE_LIMIT < line.length) shown->to = shown->from + LINE_LIMIT;
    while (inside_character(line, shown->to)) shown->to++;
}

static void add_character(Buffer *text, Slice character) {
    if (slice_equal(character, SLICE("\t")))
        buffer_add_repeated(text, ' ', TAB_COLUMNS);
    else
        plain_text(text, character);
}

static ShownLine show_line(Arena *arena, Slice line, size_t wanted) {
    ShownLine shown;
    choose_window(line, wanted, &shown);
    shown.columns = ARENA_NEW_ARRAY(arena, uint32_t, shown.to - shown.from + 1);
    Buffer text;
    buffer_init(&text, arena);
    if (shown.from > 0) buffer_add_text(&text, "…");
    uint32_t column = shown.from > 0 ? 1 : 0;
    for (size_t at = shown.from; at < shown.to;) {
        uint32_t code;
        size_t size = utf8_decode_lossy(line, at, &code);
        size_t before = text.length;
        add_character(&text, slice_sub(line, at, at + size));
        for (size_t i = 0; i < size && at + i < shown.to; i++)
            shown.columns[at + i - shown.from] = column;
        column += (uint32_t)utf8_count((Slice){text.data + before, text.length - before});
        at += size;
    }
    shown.columns[shown.to - shown.from] = column;
    if (shown.to < line.length) buffer_add_text(&text, "…");
    shown.text = buffer_slice(&text);
    return shown;
}

static uint32_t shown_column(const ShownLine *shown, size_t at) {
    if (at < shown->from) at = shown->from;
    if (at > shown->to) at = shown->to;
    return shown->columns[at - shown->from];
}

/* ---- Marks on lines ---------------------------------------------------------------------- */

/* What is underlined on one line: bytes first, then columns. */
typedef struct {
    uint32_t line;
    size_t from, to;
    uint32_t left, right; /* columns, right exclusive; never empty */
    int row;
    bool primary;
    Slice label;
} Piece;

typedef VEC(Piece) Pieces;

static size_t offset_in_line(const Source *source, Slice line, uint32_t offset) {
    return (size_t)(source->text.data + (offset - source->base) - line.data);
}

static size_t first_non_blank(Slice line) {
    size_t at = 0;
    while (at < line.length && (line.data[at] == ' ' || line.data[at] == '\t')) at++;
    return at;
}

/* By line and place; what comes later stays later. */
static void insert_piece(Arena *arena, Pieces *pieces, Piece piece) {
    VEC_PUSH(arena, pieces, piece);
    uint32_t at = pieces->count - 1;
    while (at > 0) {
        const Piece *before = &pieces->items[at - 1];
        bool later =
            before->line > piece.line || (before->line == piece.line && before->from > piece.from);
        if (!later) break;
        pieces->items[at] = *before;
        at--;
    }
    pieces->items[at] = piece;
}

static void add_mark(const Excerpt *excerpt, const Source *source, Pieces *pieces,
                     const Mark *mark) {
    Arena *arena = excerpt->out->arena;
    uint32_t end = mark->span.end > mark->span.start ? mark->span.end : mark->span.start;
    Position first = source_map_position(excerpt->sources, mark->span.start);
    /* Where a span ends with a line end, what is meant ends on the line before. */
    Position last = source_map_position(excerpt->sources, end > mark->span.start ? end - 1 : end);
    Slice line = source_line(source, first.line);
    Piece piece = {.line = first.line, .primary = mark->primary, .label = mark->label};
    piece.from = offset_in_line(source, line, mark->span.start);
    if (first.line == last.line) {
        piece.to = offset_in_line(source, line, end);
        insert_piece(arena, pieces, piece);
        return;
    }
    piece.to = line.length;
    piece.label = SLICE("");
    insert_piece(arena, pieces, piece);
    line = source_line(source, last.line);
    piece.line = last.line;
    piece.from = first_non_blank(line);
    piece.to = offset_in_line(source, line, end);
    piece.label = mark->label;
    insert_piece(arena, pieces, piece);
}

/* ---- Rows of underlines ------------------------------------------------------------------ */

static bool same_place(const Piece *a, const Piece *b) {
    return a->left == b->left && a->right == b->right;
}

/* Whether the piece may stand in a row: apart from all in it by a column, or exactly where one of
 * them is. */
static bool fits_row(const Piece *pieces, uint32_t count, const Piece *piece, int row) {
    for (uint32_t i = 0; i < count; i++) {
        const Piece *other = &pieces[i];
        if (other == piece || other->row != row) continue;
        if (same_place(other, piece)) continue;
        if (piece->left <= other->right && other->left <= piece->right) return false;
    }
    return true;
}

/* The primary mark stands directly under its line, the others as near as they fit. */
static int assign_rows(Piece *pieces, uint32_t count) {
    int rows = 0;
    for (uint32_t i = 0; i < count; i++) pieces[i].row = -1;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < count; i++) {
            Piece *piece = &pieces[i];
            if (piece->primary != (pass == 0)) continue;
            int row = 0;
            while (!fits_row(pieces, count, piece, row)) row++;
            piece->row = row;
            if (row + 1 > rows) rows = row + 1;
        }
    return rows;
}

static void find_columns(const ShownLine *shown, Piece *piece) {
    piece->left = shown_column(shown, piece->from);
    piece->right = shown_column(shown, piece->to);
    if (piece->right <= piece->left) piece->right = piece->left + 1;
}

static Paint paint_of(const Excerpt *excerpt, const Piece *piece) {
    return piece->primary ? excerpt->primary : PAINT_RELATED;
}

static void gutter(const Excerpt *excerpt, uint32_t line) {
    Slice number = line ? arena_printf(excerpt->out->arena, "%*u", excerpt->gutter, (unsigned)line)
                        : arena_printf(excerpt->out->arena, "%*s", excerpt->gutter, "");
    paint_text(excerpt->out, excerpt->colour, PAINT_GUTTER, number);
    buffer_add_char(excerpt->out, ' ');
    paint_text(excerpt->out, excerpt->colour, PAINT_GUTTER, SLICE("│"));
}

static void underline(const Excerpt *excerpt, const Piece *piece) {
    Buffer bar;
    buffer_init(&bar, excerpt->out->arena);
    for (uint32_t i = piece->left; i < piece->right; i++)
        buffer_add_text(&bar, piece->primary ? "^" : "─");
    paint_text(excerpt->out, excerpt->colour, paint_of(excerpt, piece), buffer_slice(&bar));
}

/* The underlines of one row. Returns the last, or count. */
static uint32_t print_underlines(const Excerpt *excerpt, const Piece *pieces, uint32_t count,
                                 int row) {
    uint32_t column = 0, last = count;
    gutter(excerpt, 0);
    buffer_add_char(excerpt->out, ' ');
    for (uint32_t i = 0; i < count; i++) {
        const Piece *piece = &pieces[i];
        if (piece->row != row || (last < count && same_place(piece, &pieces[last]))) continue;
        buffer_add_repeated(excerpt->out, ' ', piece->left - column);
        underline(excerpt, piece);
        column = piece->right;
        last = i;
    }
    return last;
}

static void add_label(const Excerpt *excerpt, const Piece *piece) {
    paint_text(excerpt->out, excerpt->colour, paint_of(excerpt, piece), piece->label);
    buffer_add_char(excerpt->out, '\n');
}

static void print_label(const Excerpt *excerpt, const Piece *piece, uint32_t column) {
    gutter(excerpt, 0);
    buffer_add_repeated(excerpt->out, ' ', column + 1);
    add_label(excerpt, piece);
}

/* What is said of the last underline stands beside it and below; of the others, below them. */
static void print_row(const Excerpt *excerpt, const Piece *pieces, uint32_t count, int row) {
    uint32_t last = print_underlines(excerpt, pieces, count, row);
    bool beside = false;
    for (uint32_t i = 0; i < count; i++) {
        const Piece *piece = &pieces[i];
        if (piece->row != row || !piece->label.length || !same_place(piece, &pieces[last]))
            continue;
        if (beside) {
            print_label(excerpt, piece, piece->right + 1);
            continue;
        }
        buffer_add_char(excerpt->out, ' ');
        add_label(excerpt, piece);
        beside = true;
    }
    if (!beside) buffer_add_char(excerpt->out, '\n');
    for (uint32_t i = count; i-- > 0;) {
        const Piece *piece = &pieces[i];
        if (piece->row != row || !piece->label.length || same_place(piece, &pieces[last])) continue;
        print_label(excerpt, piece, piece->left);
    }
}

static void print_shown(const Excerpt *excerpt, uint32_t line, Slice shown) {
    gutter(excerpt, line);
    if (shown.length) buffer_add_char(excerpt->out, ' ');
    buffer_add(excerpt->out, shown);
    buffer_add_char(excerpt->out, '\n');
}

void excerpt_line(const Excerpt *excerpt, uint32_t line, Slice text, size_t wanted) {
    print_shown(excerpt, line, show_line(excerpt->out->arena, text, wanted).text);
}

/* One line and the pieces on it. */
static void print_line(const Excerpt *excerpt, const Source *source, Piece *pieces,
                       uint32_t count) {
    Slice line = source_line(source, pieces[0].line);
    ShownLine shown = show_line(excerpt->out->arena, line, pieces[0].from);
    for (uint32_t i = 0; i < count; i++) find_columns(&shown, &pieces[i]);
    int rows = assign_rows(pieces, count);
    print_shown(excerpt, pieces[0].line, shown.text);
    for (int row = 0; row < rows; row++) print_row(excerpt, pieces, count, row);
}

void excerpt_marks(const Excerpt *excerpt, const Source *source, const Marks *marks) {
    Pieces pieces = {0};
    VEC_EACH(const Mark, mark, marks) add_mark(excerpt, source, &pieces, mark);
    for (uint32_t i = 0; i < pieces.count;) {
        uint32_t end = i + 1;
        while (end < pieces.count && pieces.items[end].line == pieces.items[i].line) end++;
        print_line(excerpt, source, pieces.items + i, end - i);
        i = end;
    }
}

int excerpt_digits(const SourceMap *sources, uint32_t offset) {
    int digits = 1;
    for (uint32_t line = source_map_position(sources, offset).line; line >= 10; line /= 10)
        digits++;
    return digits;
}
