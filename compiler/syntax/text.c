/* Texts between triple quotes: the indentation their lines have in common is layout of the
 * plan and not of the text, so it goes; `\{` becomes a brace. What is Markdown stays as it is. */
#include <assert.h>
#include <string.h>

#include "compiler/syntax/build.h"
#include "grammar/scp.tab.h"
#include "runtime/base/buffer.h"

Expr *build_text(Parser *parser, const Token *open) {
    Expr *text = ARENA_NEW(parser->arena, Expr);
    text->kind = EXPR_TEXT;
    text->span = open->span;
    text->height = 1;
    return text;
}

void build_text_literal(Parser *parser, Expr *text, const Token *part) {
    TextPart literal = {.literal = source_map_text(parser->context->sources, part->span),
                        .span = part->span};
    VEC_PUSH(parser->arena, &text->parts, literal);
}

static bool is_format(const Parser *parser, Atom word) {
    static const char *const formats[] = {"percent", "pounds", "millions", "whole"};
    Slice text = atom_text(parser->context->interner, word);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (slice_equal(text, slice_of(formats[i]))) return true;
    return false;
}

static void refuse_format(Parser *parser, const Token *format) {
    diag_add(
        parser->diags, DIAG_SYNTAX_ERROR, format->span,
        "`%.*s` is no format: after `as` stands `percent`, `pounds`, `millions`, `whole`, or a "
        "number of `places`",
        SLICE_FMT(atom_text(parser->context->interner, format->as.word)));
}

enum { MOST_PLACES = 9 };

static void read_places(Parser *parser, TextPart *part, const Token *format, const Token *count) {
    Decimal number = count->as.value->number;
    if (format->as.word != parser->places && format->as.word != parser->place) {
        refuse_format(parser, format);
    } else if (number.power || number.mantissa > MOST_PLACES) {
        diag_add(parser->diags, DIAG_SYNTAX_ERROR, count->span,
                 "a value is printed with 0 to %d decimal places", MOST_PLACES);
    } else {
        part->format = parser->places;
        part->places = (int32_t)number.mantissa;
    }
}

void build_text_hole(Parser *parser, Expr *text, const Token *open, Expr *value,
                     const Token *format, const Token *count, const Token *close) {
    TextPart part = {.value = value, .span = span_join(open->span, close->span)};
    if (count)
        read_places(parser, &part, format, count);
    else if (format && is_format(parser, format->as.word))
        part.format = format->as.word;
    else if (format)
        refuse_format(parser, format);
    VEC_PUSH(parser->arena, &text->parts, part);
    if (value->height >= text->height) text->height = value->height + 1;
}

/* ---- indentation ---- */

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static size_t blanks_at(Slice text, size_t at) {
    size_t end = at;
    while (end < text.length && is_blank(text.data[end])) end++;
    return end - at;
}

static bool line_ends_at(Slice text, size_t at) {
    if (at < text.length && text.data[at] == '\r') at++;
    return at < text.length && text.data[at] == '\n';
}

typedef struct {
    Slice prefix;
    bool known;
} Indentation;

static void narrow(Indentation *common, Slice blanks) {
    if (!common->known) {
        *common = (Indentation){blanks, true};
        return;
    }
    size_t same = 0;
    while (same < blanks.length && same < common->prefix.length &&
           blanks.data[same] == common->prefix.data[same])
        same++;
    common->prefix.length = same;
}

/* Lines that begin within a literal count, unless they are blank; the last of the text may be
 * the blanks before the closing quotes, which are no line. */
static void narrow_by_literal(Indentation *common, Slice literal, bool is_last) {
    for (size_t i = 0; i < literal.length; i++) {
        if (literal.data[i] != '\n') continue;
        size_t blanks = blanks_at(literal, i + 1), after = i + 1 + blanks;
        if (line_ends_at(literal, after) || (is_last && after == literal.length)) continue;
        narrow(common, slice_sub(literal, i + 1, after));
    }
}

static Slice find_indentation(const Expr *text) {
    Indentation common = {SLICE(""), false};
    for (uint32_t i = 0; i < text->parts.count; i++)
        if (!text->parts.items[i].value)
            narrow_by_literal(&common, text->parts.items[i].literal, i + 1 == text->parts.count);
    return common.prefix;
}

/* ---- rewriting ---- */

/* Adds the character at `at`, which is no line end, and returns how many bytes it took. */
static size_t add_character(Buffer *out, Slice literal, size_t at) {
    if (literal.data[at] == '\\' && at + 1 < literal.length && literal.data[at + 1] == '{') {
        buffer_add_char(out, '{');
        return 2;
    }
    buffer_add_char(out, literal.data[at]);
    return 1;
}

/* After a line end: skips the indentation, or all blanks of a blank line. */
static size_t skip_indentation(Slice literal, size_t at, size_t indent) {
    size_t blanks = blanks_at(literal, at);
    if (line_ends_at(literal, at + blanks) || blanks < indent) return at + blanks;
    return at + indent;
}

static Slice rewrite(Arena *arena, Slice literal, size_t indent) {
    Buffer out;
    buffer_init(&out, arena);
    for (size_t i = 0; i < literal.length;) {
        if (line_ends_at(literal, i)) {
            i += literal.data[i] == '\r' ? 2 : 1;
            buffer_add_char(&out, '\n');
            i = skip_indentation(literal, i, indent);
        } else {
            i += add_character(&out, literal, i);
        }
    }
    return buffer_slice(&out);
}

/* Blanks directly after the opening quotes are no part of the text; nor is the line end after
 * them, which stays here so that the line it begins loses its indentation. */
static Slice without_first_line(Slice literal) {
    size_t blanks = blanks_at(literal, 0);
    return slice_sub(literal, blanks + (literal.data[blanks] == '\r' ? 1 : 0), literal.length);
}

/* Nor are the line end and the blanks directly before the closing quotes. */
static Slice without_last_line(Slice literal) {
    size_t length = literal.length;
    while (length && is_blank(literal.data[length - 1])) length--;
    if (!length || literal.data[length - 1] != '\n') return literal;
    length--;
    if (length && literal.data[length - 1] == '\r') length--;
    return slice_sub(literal, 0, length);
}

static Slice without_leading_end(Slice text) {
    return slice_starts_with(text, SLICE("\n")) ? slice_sub(text, 1, text.length) : text;
}

static void rewrite_literal(Parser *parser, Expr *text, uint32_t index, size_t indent) {
    TextPart *part = &text->parts.items[index];
    Slice literal = part->literal;
    bool on_next_line = index == 0 && line_ends_at(literal, blanks_at(literal, 0));
    if (on_next_line) literal = without_first_line(literal);
    if (index + 1 == text->parts.count) literal = without_last_line(literal);
    literal = rewrite(parser->arena, literal, indent);
    part->literal = on_next_line ? without_leading_end(literal) : literal;
}

static void drop_empty(Expr *text) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < text->parts.count; i++)
        if (text->parts.items[i].value || text->parts.items[i].literal.length)
            text->parts.items[kept++] = text->parts.items[i];
    text->parts.count = kept;
}

Expr *build_text_end(Parser *parser, Expr *text, const Token *close) {
    size_t indent = find_indentation(text).length;
    for (uint32_t i = 0; i < text->parts.count; i++)
        if (!text->parts.items[i].value) rewrite_literal(parser, text, i, indent);
    drop_empty(text);
    text->span = span_join(text->span, close->span);
    return text;
}
