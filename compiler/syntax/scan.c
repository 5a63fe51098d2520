/* Words, texts, comments and wrong marks. Never decides where an item ends, and never stops:
 * whatever the bytes are, the end of the file is reached. */
#include "compiler/syntax/scan.h"

#include <assert.h>
#include <string.h>

#include "grammar/scp.tab.h"
#include "runtime/base/buffer.h"
#include "runtime/base/utf8.h"

Span scan_span(const Scan *scan, size_t at, size_t length) {
    uint32_t start = scan->base + (uint32_t)at;
    return (Span){start, start + (uint32_t)length};
}

static Slice scan_text(const Scan *scan, size_t at, size_t length) {
    return slice_sub(scan->text, at, at + length);
}

bool token_is_value(int kind) {
    switch (kind) {
    case T_WORD:
    case T_UNIT:
    case T_NUMBER:
    case T_PERCENT:
    case T_POINTS:
    case T_MONEY:
    case T_DATE:
    case T_STRING:
    case T_UNREADABLE:
    case T_TRUE:
    case T_FALSE:
    case T_MISSING: return true;
    default: return false;
    }
}

bool token_can_end(int kind) {
    return token_is_value(kind) || kind == T_TEXT_CLOSE || kind == T_ROUND_CLOSE ||
           kind == T_SQUARE_CLOSE || kind == T_BLOCK_CLOSE;
}

bool token_takes_unit(int kind) {
    return kind == T_NUMBER || kind == T_PERCENT || kind == T_POINTS || kind == T_MONEY ||
           kind == T_UNREADABLE;
}

/* ---- pieces ---- */

static int last_kind(const Scan *scan) {
    return scan->tokens.count ? scan->tokens.items[scan->tokens.count - 1].kind : T_END;
}

static uint32_t take_doc(Scan *scan);

Token *scan_push(Scan *scan, int kind, size_t at, size_t length) {
    Token token = {.kind = (int16_t)kind,
                   .flags = scan->next_flags,
                   .doc = take_doc(scan),
                   .span = scan_span(scan, at, length)};
    scan->next_flags = 0;
    scan->line_ends = 0;
    VEC_PUSH(scan->arena, &scan->tokens, token);
    return &scan->tokens.items[scan->tokens.count - 1];
}

Expr *scan_push_value(Scan *scan, int kind, ExprKind expr_kind, size_t at, size_t length) {
    Token *token = scan_push(scan, kind, at, length);
    Expr *value = ARENA_NEW(scan->arena, Expr);
    value->kind = expr_kind;
    value->span = token->span;
    token->as.value = value;
    return value;
}

void scan_push_unreadable(Scan *scan, size_t at, size_t length) {
    scan_push_value(scan, T_UNREADABLE, EXPR_POISON, at, length);
}

static void push_inserted(Scan *scan, int kind, size_t at) {
    scan->next_flags |= TOKEN_INSERTED;
    scan_push(scan, kind, at, 0);
}

/* ---- space and comments ---- */

void scan_space(Scan *scan) {
    scan->next_flags |= TOKEN_SPACED;
}

/* One edit for each of its lines, which begin with the two marks. */
static void mend_doc(Scan *scan, Diag *diag, Span span) {
    bool line_start = true;
    for (uint32_t at = span.start; at + 1 < span.end; at++) {
        char c = scan->text.data[at - scan->base];
        if (line_start && c == '#' && scan->text.data[at + 1 - scan->base] == '#')
            diag_fix(scan->diags, diag, (Span){at + 1, at + 2}, SLICE(""),
                     "make it an ordinary comment");
        line_start = c == '\n' || (line_start && (c == ' ' || c == '\t'));
    }
}

void scan_report_doc(Scan *scan, uint32_t number) {
    const DocComment *doc = &scan->docs.items[number - 1];
    Diag *diag = diag_add(scan->diags, DIAG_SYNTAX_ERROR, doc->span,
                          "this `##` comment describes nothing: directly below it must begin the "
                          "item it describes");
    mend_doc(scan, diag, doc->span);
}

static void report_lone_doc(Scan *scan) {
    scan->doc_open = false;
    scan_report_doc(scan, scan->docs.count);
}

void scan_line_end(Scan *scan) {
    scan->next_flags |= TOKEN_FIRST;
    if (++scan->line_ends < 2) return;
    scan->next_flags |= TOKEN_BLANK;
    if (scan->doc_open) report_lone_doc(scan);
}

void scan_comment(Scan *scan) {
    scan->line_ends = 0;
}

/* One line after another joins the comment that waits for its item. */
static void add_doc_line(Scan *scan, Slice line, Span span) {
    if (slice_ends_with(line, SLICE("\r"))) line.length--;
    if (slice_starts_with(line, SLICE(" "))) line = slice_sub(line, 1, line.length);
    if (!scan->doc_open) {
        VEC_PUSH(scan->arena, &scan->docs, (DocComment){.span = span});
        buffer_init(&scan->doc_lines, scan->arena);
    } else {
        buffer_add_char(&scan->doc_lines, '\n');
    }
    scan->doc_open = true;
    buffer_add(&scan->doc_lines, line);
    DocComment *doc = &scan->docs.items[scan->docs.count - 1];
    doc->span = span_join(doc->span, span);
}

/* The number of the comment that belongs to what comes now; 0: none. */
static uint32_t take_doc(Scan *scan) {
    if (!scan->doc_open) return 0;
    scan->doc_open = false;
    scan->docs.items[scan->docs.count - 1].text = buffer_slice(&scan->doc_lines);
    return scan->docs.count;
}

void scan_doc_comment(Scan *scan, size_t at, size_t length) {
    Span span = scan_span(scan, at, length);
    scan->line_ends = 0;
    if (!(scan->next_flags & TOKEN_FIRST)) {
        Diag *diag = diag_add(scan->diags, DIAG_SYNTAX_ERROR, span,
                              "a `##` comment stands on a line of its own, directly above the item "
                              "it describes; after something else write `#`");
        diag_fix(scan->diags, diag, (Span){span.start, span.start + 2}, SLICE("#"),
                 "make it an ordinary comment");
        return;
    }
    add_doc_line(scan, scan_text(scan, at + 2, length - 2), span);
}

/* ---- words ---- */

void scan_word(Scan *scan, size_t at, size_t length) {
    Atom word = intern(scan->context->interner, scan_text(scan, at, length));
    uint64_t kind = T_WORD;
    if (last_kind(scan) != T_DOT) hashmap_get(&scan->keywords, word, &kind);
    scan_push(scan, (int)kind, at, length)->as.word = word;
}

void scan_foreign_word(Scan *scan, size_t at, size_t length) {
    Slice text = scan_text(scan, at, length);
    diag_add(scan->diags, DIAG_SYNTAX_ERROR, scan_span(scan, at, length),
             "`%.*s` is not a word that can be used here: words are made of the letters a to z, "
             "digits and `_`; other letters stand only in texts between quotes",
             SLICE_FMT(text));
    scan_push(scan, T_WORD, at, length)->as.word = intern(scan->context->interner, text);
}

/* ---- texts on one line ---- */

static void report_escape(Scan *scan, size_t at, size_t length, const char *what) {
    Span span = scan_span(scan, at, length);
    Diag *diag = diag_add(scan->diags, DIAG_BAD_LITERAL, span,
                          "`%.*s` %s: after `\\` may stand `\"`, `\\`, `n`, `t` or `u{…}`",
                          SLICE_FMT(scan_text(scan, at, length)), what);
    diag_fix(scan->diags, diag, (Span){span.start, span.start}, SLICE("\\"),
             "write `\\\\` for a backslash");
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* `\u{1F600}` at `at`; returns its length. */
static size_t read_code_point(Scan *scan, size_t at, size_t end, Buffer *out) {
    const char *text = scan->text.data;
    size_t i = at + 2;
    uint32_t code = 0;
    size_t digits = 0;
    bool braced = i < end && text[i] == '{';
    if (braced)
        for (i++; i < end && hex_digit(text[i]) >= 0; i++, digits++)
            if (code <= 0x10FFFF) code = code * 16 + (uint32_t)hex_digit(text[i]);
    braced = braced && digits && i < end && text[i] == '}';
    char bytes[4];
    size_t length = braced ? i + 1 - at : 2;
    if (braced && code && utf8_encode(code, bytes))
        buffer_add_code_point(out, code);
    else
        report_escape(scan, at, length, braced ? "is no character" : "is unfinished");
    return length;
}

/* The escape at `at`, a backslash; returns its length. */
static size_t read_escape(Scan *scan, size_t at, size_t end, Buffer *out) {
    switch (scan->text.data[at + 1]) {
    case '"': buffer_add_char(out, '"'); return 2;
    case '\\': buffer_add_char(out, '\\'); return 2;
    case 'n': buffer_add_char(out, '\n'); return 2;
    case 't': buffer_add_char(out, '\t'); return 2;
    case 'u': return read_code_point(scan, at, end, out);
    default: {
        uint32_t code;
        size_t size = utf8_decode(scan->text, at + 1, &code);
        report_escape(scan, at, 1 + (size ? size : 1), "means nothing");
        return 1 + (size ? size : 1);
    }
    }
}

/* A word, or the first byte of a pound. */
static bool starts_value(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '\xC2';
}

/* `{count(older)}`, and not the `{2}` of a pattern nor the `\u{E9}` of a character. */
static bool is_value_in_braces(Slice text, size_t open) {
    size_t next = open + 1;
    while (next < text.length && text.data[next] == ' ') next++;
    bool escape = open >= 2 && text.data[open - 1] == 'u' && text.data[open - 2] == '\\';
    return text.data[open] == '{' && !escape && next < text.length &&
           starts_value(text.data[next]) &&
           memchr(text.data + next, '}', text.length - next);
}

/* Braces where they are printed as they are, though somebody will have meant a value. */
static void warn_of_braces(Scan *scan, size_t at, size_t length) {
    Slice text = slice_sub(scan->text, at, at + length);
    for (size_t open = 0; open < length; open++) {
        if (!is_value_in_braces(text, open)) continue;
        const char *close = memchr(text.data + open, '}', length - open);
        size_t braced = (size_t)(close + 1 - text.data) - open;
        diag_add(scan->diags, DIAG_BRACE_IN_TEXT, scan_span(scan, at + open, braced),
                 "in a text of one line braces are printed as they are: a value is printed in a "
                 "text between three quotes, `\"\"\"…\"\"\"`");
        return;
    }
}

static void push_string(Scan *scan, size_t at, size_t length, Slice content) {
    warn_of_braces(scan, at, length);
    scan_push_value(scan, T_STRING, EXPR_STRING, at, length)->text = content;
}

static size_t trim_end(Slice text) {
    size_t length = text.length;
    while (length && (text.data[length - 1] == ' ' || text.data[length - 1] == '\t')) length--;
    return length;
}

/* Where a curly quote closes what a straight one opened; 0: nowhere. */
static size_t find_curly_close(Slice text) {
    int open = 0;
    for (size_t i = 1; i + 3 <= text.length; i++) {
        if (memcmp(text.data + i, "\xE2\x80\x9C", 3) == 0) open++;
        if (memcmp(text.data + i, "\xE2\x80\x9D", 3) == 0 && open-- == 0) return i;
    }
    return 0;
}

static size_t mixed_string(Scan *scan, size_t at, Slice text, size_t curly) {
    Diag *diag = diag_add(scan->diags, DIAG_BAD_LITERAL, scan_span(scan, at, curly + 3),
                          "this text begins with a straight quote and ends with a curly one");
    diag_fix(scan->diags, diag, scan_span(scan, at + curly, 3), SLICE("\""),
             "write a straight quote");
    push_string(scan, at, curly + 3, slice_sub(text, 1, curly));
    return curly + 3;
}

size_t scan_string(Scan *scan, size_t at, size_t length) {
    size_t curly = find_curly_close(scan_text(scan, at, length));
    if (curly) return mixed_string(scan, at, scan_text(scan, at, length), curly);
    Buffer out;
    buffer_init(&out, scan->arena);
    size_t end = at + length - 1;
    for (size_t i = at + 1; i < end;) {
        if (scan->text.data[i] == '\\')
            i += read_escape(scan, i, end, &out);
        else
            buffer_add_char(&out, scan->text.data[i++]);
    }
    push_string(scan, at, length, buffer_slice(&out));
    return length;
}

/* A `{` at the end of the line opens the block of the item, whatever the title lacks. */
static size_t without_block(Slice text) {
    size_t length = trim_end(text);
    if (length < 2 || text.data[length - 1] != '{') return length;
    char before = text.data[length - 2];
    return before == ' ' || before == '\t' ? trim_end(slice_sub(text, 0, length - 1)) : length;
}

enum { LONGEST_TEXT_MEANT = 4096 };

/* The next `"` that stands alone on its line, where the text that begins at `at` was to end; 0
 * where none follows soon. */
static size_t lone_quote_after(const Scan *scan, size_t at) {
    size_t last = at + LONGEST_TEXT_MEANT;
    if (last > scan->text.length) last = scan->text.length;
    for (size_t line = at; line < last; line++) {
        if (scan->text.data[line] != '\n') continue;
        size_t first = line + 1, end;
        while (first < last && (scan->text.data[first] == ' ' || scan->text.data[first] == '\t'))
            first++;
        for (end = first; end < last && scan->text.data[end] != '\n';) end++;
        if (slice_equal(slice_trim(slice_sub(scan->text, first, end)), SLICE("\""))) return first;
    }
    return 0;
}

/* A text of several lines between single `"`: both ends are mended at once. */
static void mend_lines_in_quotes(Scan *scan, Diag *diag, size_t at) {
    static const char *const how = "begin and end it with three quotes";
    diag_fix(scan->diags, diag, scan_span(scan, at, 1), SLICE("\"\"\""), "%s", how);
    scan->closing_quote = lone_quote_after(scan, at);
    if (scan->closing_quote)
        diag_fix(scan->diags, diag, scan_span(scan, scan->closing_quote, 1), SLICE("\"\"\""), "%s",
                 how);
}

size_t scan_open_string(Scan *scan, size_t at, size_t length) {
    Slice text = scan_text(scan, at, length);
    size_t curly = find_curly_close(text);
    if (curly) return mixed_string(scan, at, text, curly);
    size_t taken = without_block(text);
    if (scan->closing_quote == at && at) { /* said where the text began */
        push_string(scan, at, taken, SLICE(""));
        return taken;
    }
    bool alone = taken == 1; /* nothing stands behind it: a text of several lines was meant */
    Diag *diag =
        diag_add(scan->diags, DIAG_BAD_LITERAL, scan_span(scan, at, taken),
                 alone ? "a text between `\"` ends on its line; one of several lines begins and "
                         "ends with three quotes, `\"\"\"`"
                       : "this text is not closed: a `\"` is missing at its end, on the same line");
    if (alone)
        mend_lines_in_quotes(scan, diag, at);
    else
        diag_fix(scan->diags, diag, scan_span(scan, at + taken, 0), SLICE("\""), "close it here");
    push_string(scan, at, taken, slice_sub(text, 1, taken));
    return taken;
}

/* Texts in curly or single quotes: it is clear what was meant. */
void scan_curly_string(Scan *scan, size_t at, size_t length) {
    Slice text = scan_text(scan, at, length);
    size_t first = text.data[0] == '\'' ? 1 : 3;
    size_t last = text.data[length - 1] == '\'' || text.data[length - 1] == '"' ? 1 : 3;
    Diag *diag =
        diag_add(scan->diags, DIAG_BAD_LITERAL, scan_span(scan, at, length),
                 first == 1 ? "texts stand between double quotes"
                            : "curly quotes, as a word processor makes them: texts stand between "
                              "straight double quotes");
    const char *mend = "write straight double quotes";
    diag_fix(scan->diags, diag, scan_span(scan, at, first), SLICE("\""), "%s", mend);
    diag_fix(scan->diags, diag, scan_span(scan, at + length - last, last), SLICE("\""), "%s", mend);
    push_string(scan, at, length, slice_sub(text, first, length - last));
}

/* ---- marks that are not of this language ---- */

static bool is_dash(Slice text) {
    return text.length == 3 &&
           (memcmp(text.data, "\xE2\x80", 2) == 0 || memcmp(text.data, "\xE2\x88\x92", 3) == 0) &&
           memcmp(text.data, "\xE2\x80\xA6", 3) != 0;
}

void scan_wrong_mark(Scan *scan, size_t at, size_t length, int kind, const char *right) {
    Slice text = scan_text(scan, at, length);
    if (is_dash(text) && last_kind(scan) == T_DATE) { /* FY2026/27–FY2030/31 */
        kind = T_RANGE;
        right = "..";
    }
    Span span = scan_span(scan, at, length);
    Diag *diag = diag_add(scan->diags, DIAG_SYNTAX_ERROR, span, "`%.*s` is written `%.*s` here",
                          SLICE_FMT(text), SLICE_FMT(slice_trim(slice_of(right))));
    diag_fix(scan->diags, diag, span, slice_of(right), "write `%.*s`",
             SLICE_FMT(slice_trim(slice_of(right))));
    scan_push(scan, kind, at, length)->as.word = ATOM_NONE;
}

/* The rest of the line is what was meant: a comment. */
void scan_wrong_comment(Scan *scan, size_t at, size_t length) {
    (void)length;
    Span span = scan_span(scan, at, 2);
    Diag *diag = diag_add(scan->diags, DIAG_SYNTAX_ERROR, span, "a comment begins with `#`");
    diag_fix(scan->diags, diag, span, SLICE("#"), "write `#`");
    scan_space(scan);
}

static bool has_width(Slice text) {
    return memcmp(text.data, "\xE2\x80\x8B", 3) != 0 && memcmp(text.data, "\xEF\xBB\xBF", 3) != 0;
}

void scan_wrong_space(Scan *scan, size_t at, size_t length) {
    Span span = scan_span(scan, at, length);
    bool wide = length < 3 || has_width(scan_text(scan, at, length));
    Diag *diag =
        diag_add(scan->diags, DIAG_SYNTAX_ERROR, span,
                 wide ? "a non-breaking space or its like, as a word processor makes it; "
                        "an ordinary space belongs here"
                      : "an invisible character, as pasting from another program leaves it");
    diag_fix(scan->diags, diag, span, wide ? SLICE(" ") : SLICE(""),
             wide ? "write an ordinary space" : "remove it");
    scan_space(scan);
}

static const char *explain_character(uint32_t code) {
    switch (code) {
    case 0xA3: return "stands directly before an amount, as in `£1_250`";
    case '%': return "stands directly after a number, as in `12%`";
    case '$':
    case 0x20AC: return "is not a currency of the plan: amounts are in pounds, as in `£1_250`";
    case '\'':
    case 0x2018:
    case 0x2019: return "does not belong here: texts stand between double quotes";
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F: return "is a curly quote: texts stand between straight double quotes, `\"…\"`";
    case '"': return "opens no text";
    case '{': return "cannot stand within `{ }` in a text; for a plain brace write `\\{`";
    case '\\': return "has a meaning only within texts";
    case '?': return "is not part of the language: what is not known yet is `unknown until …`";
    case 0x2022:
    case 0xB7: return "is a bullet: a list is written with commas, or one item a line";
    default: return "is not part of the language";
    }
}

static bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}

static bool is_of_name(char c) {
    return is_capital(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

enum { LONGEST_NAME = 80 };

/* `St Mary's` around its apostrophe: words with capitals, as names of places have them. False
 * where none stands there. */
static bool name_around(const Scan *scan, size_t at, size_t length, size_t *from, size_t *to) {
    size_t least = at > LONGEST_NAME ? at - LONGEST_NAME : 0;
    Slice text = slice_sub(scan->text, 0, at + length + LONGEST_NAME < scan->text.length
                                              ? at + length + LONGEST_NAME
                                              : scan->text.length);
    size_t begin = at, end = at + length, word;
    while (begin > least && is_of_name(text.data[begin - 1])) begin--;
    if (begin == at || !is_capital(text.data[begin])) return false;
    while (end < text.length && is_of_name(text.data[end])) end++;
    for (word = begin; word > least + 1 && text.data[word - 1] == ' ';) {
        size_t before = word - 1;
        while (before > least && is_of_name(text.data[before - 1])) before--;
        if (before == word - 1 || !is_capital(text.data[before])) break;
        begin = word = before;
    }
    while (end + 1 < text.length && text.data[end] == ' ' && is_capital(text.data[end + 1]))
        for (end++; end < text.length && is_of_name(text.data[end]);) end++;
    *from = begin;
    *to = end;
    return true;
}

static bool report_apostrophe(Scan *scan, uint32_t code, size_t at, size_t length) {
    size_t from, to;
    if ((code != '\'' && code != 0x2019) || !name_around(scan, at, length, &from, &to)) return false;
    Span span = scan_span(scan, from, to - from);
    Slice name = scan_text(scan, from, to - from);
    Diag *diag = diag_add(scan->diags, DIAG_SYNTAX_ERROR, span,
                          "a name with an apostrophe stands between double quotes");
    diag_fix(scan->diags, diag, span,
             arena_printf(scan->arena, "\"%.*s\"", SLICE_FMT(name)), "write `\"%.*s\"`",
             SLICE_FMT(name));
    return true;
}

void scan_unknown(Scan *scan, size_t at, size_t length) {
    uint32_t code;
    scan->next_flags |= TOKEN_DOUBTFUL;
    if (!utf8_decode(scan->text, at, &code) || !code) return;
    Span span = scan_span(scan, at, length);
    if (code == '\r') {
        Diag *diag = diag_add(scan->diags, DIAG_SYNTAX_ERROR, span,
                              "a carriage return alone does not end a line");
        diag_fix(scan->diags, diag, span, SLICE("\n"), "begin a new line");
        scan_line_end(scan);
        return;
    }
    if (code < 0x20 || code == 0x7F) {
        Diag *diag = diag_add(scan->diags, DIAG_SYNTAX_ERROR, span,
                              "an invisible control character (U+%04X)", (unsigned)code);
        diag_fix(scan->diags, diag, span, SLICE(""), "remove it");
        return;
    }
    if (report_apostrophe(scan, code, at, length)) return;
    Slice why = slice_of(explain_character(code));
    diag_add(scan->diags, DIAG_SYNTAX_ERROR, span, "`%.*s` %.*s",
             SLICE_FMT(scan_text(scan, at, length)), SLICE_FMT(why));
}

void scan_malformed(Scan *scan, size_t at, size_t length) {
    Token *last = scan->tokens.count ? &scan->tokens.items[scan->tokens.count - 1] : NULL;
    Span span = scan_span(scan, at, length);
    if (last && last->kind == T_UNREADABLE && last->span.end == span.start) {
        last->span.end = span.end;
        last->as.value->span.end = span.end;
        return;
    }
    scan_push_unreadable(scan, at, length);
}

/* ---- texts over several lines ---- */

/* Whether three quotes within `{ }` begin a text of their own, which is closed on its line. */
static bool begins_inner_text(const Scan *scan, size_t at) {
    if (token_can_end(last_kind(scan)) || scan->text_depth >= SCAN_TEXT_DEPTH) return false;
    Slice rest = slice_sub(scan->text, at + 3, scan->text.length);
    for (size_t i = 0; i + 3 <= rest.length && rest.data[i] != '\n'; i++)
        if (memcmp(rest.data + i, "\"\"\"", 3) == 0) return true;
    return false;
}

/* What was read since the `{` was prose: forgets it and what was said about it. */
static void give_up_hole(Scan *scan, size_t at) {
    const ScanMark *hole = &scan->hole_opened[scan->text_depth];
    scan->tokens.count = hole->tokens;
    if (scan->diags->items.count > hole->diags) scan->diags->items.count = hole->diags;
    scan->doc_open = false;
    Diag *diag = diag_add(scan->diags, DIAG_SYNTAX_ERROR, hole->span,
                          "this `{` is not closed with `}` before the text ends; between them "
                          "stands a value that is printed, and a plain brace is `\\{`");
    diag_fix(scan->diags, diag, hole->span, SLICE("\\{"), "make it a plain brace");
    scan_push_unreadable(scan, at, 0);
    push_inserted(scan, T_HOLE_CLOSE, at);
}

size_t scan_open_text(Scan *scan, size_t at) {
    if (scan->text_depth && !begins_inner_text(scan, at)) {
        give_up_hole(scan, at);
        return 0;
    }
    scan->text_opened[++scan->text_depth] = scan_span(scan, at, 3);
    scan_push(scan, T_TEXT_OPEN, at, 3);
    return 3;
}

void scan_text_part(Scan *scan, size_t at, size_t length) {
    Token *last = &scan->tokens.items[scan->tokens.count - 1];
    if (last->kind == T_TEXT_PART)
        last->span.end += (uint32_t)length;
    else
        scan_push(scan, T_TEXT_PART, at, length);
}

/* Of four or five quotes the last three close the text. */
void scan_close_text(Scan *scan, size_t at, size_t length) {
    if (length > 3) scan_text_part(scan, at, length - 3);
    scan_push(scan, T_TEXT_CLOSE, at + length - 3, 3);
    scan->text_depth--;
}

void scan_open_hole(Scan *scan, size_t at) {
    scan_push(scan, T_HOLE_OPEN, at, 1);
    scan->hole_opened[scan->text_depth] =
        (ScanMark){scan_span(scan, at, 1), scan->tokens.count, scan->diags->items.count};
}

bool scan_close_brace(Scan *scan, size_t at) {
    scan_push(scan, scan->text_depth ? T_HOLE_CLOSE : T_BLOCK_CLOSE, at, 1);
    return scan->text_depth > 0;
}

enum { MOST_MISTAKES = 1000 };

bool scan_is_full(const Scan *scan) {
    return scan->diags->items.count >= scan->first_diag + MOST_MISTAKES;
}

void scan_give_up(Scan *scan) {
    scan->cut_short = true;
    scan->doc_open = false;
    scan_push(scan, T_FILE_END, scan->text.length, 0);
}

static bool is_word_character(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* Whether the line on which a text is closed holds one word before the quotes, as the line
 * has on which a text is opened. */
static bool closed_by_opening(const Scan *scan, Span close) {
    const char *text = scan->text.data;
    size_t quotes = close.start - scan->base, at = quotes;
    while (at && is_blank(text[at - 1])) at--;
    size_t word_end = at;
    while (at && is_word_character(text[at - 1])) at--;
    size_t word = at;
    while (at && is_blank(text[at - 1])) at--;
    return word_end < quotes && word < word_end && at && text[at - 1] == '\n';
}

/* A text without its closing quotes ends where the next one begins, and from there on text is
 * taken for plan and plan for text. If it began at `index`, forgets all that came of it. */
static void forget_since(Scan *scan, uint32_t index) {
    Span open = scan->tokens.items[index].span;
    scan->tokens.count = index + 1;
    scan->text_opened[1] = open;
    uint32_t kept = scan->first_diag;
    for (uint32_t i = kept; i < scan->diags->items.count; i++)
        if (scan->diags->items.items[i]->span.start < open.start)
            scan->diags->items.items[kept++] = scan->diags->items.items[i];
    if (kept < scan->diags->items.count) scan->diags->items.count = kept;
}

static void find_open_text(Scan *scan) {
    uint32_t open = 0;
    for (uint32_t i = 0; i < scan->tokens.count; i++) {
        const Token *token = &scan->tokens.items[i];
        if (token->kind == T_TEXT_OPEN) open = i;
        if (token->kind != T_TEXT_CLOSE || !closed_by_opening(scan, token->span)) continue;
        forget_since(scan, open);
        return;
    }
}

static void report_open_text(Scan *scan) {
    if (scan->text_depth == 1) find_open_text(scan);
    Diag *diag = diag_add(scan->diags, DIAG_BAD_LITERAL, scan->text_opened[scan->text_depth],
                          "this text is not closed: three quotes `\"\"\"` are missing at its end");
    diag->label = SLICE("opened here");
}

void scan_end(Scan *scan, bool in_text) {
    size_t at = scan->text.length;
    if (scan->doc_open) report_lone_doc(scan);
    if (scan->text_depth) {
        scan->cut_short = true;
        if (in_text) report_open_text(scan);
        while (scan->text_depth) {
            if (!in_text) give_up_hole(scan, at);
            push_inserted(scan, T_TEXT_CLOSE, at);
            scan->text_depth--;
            in_text = false;
        }
    }
    scan->next_flags |= TOKEN_FIRST;
    scan_push(scan, T_FILE_END, at, 0);
}

/* ---- the file ---- */

bool text_is_name(Slice text) {
    for (int kind = T_ACROSS; token_is_reserved(kind); kind++)
        if (slice_equal(text, slice_of(token_kind_text(kind)))) return false;
    for (size_t i = 0; i < text.length; i++)
        if (!is_word_character(text.data[i]) && (text.data[i] < 'A' || text.data[i] > 'Z'))
            return false;
    return text.length && (text.data[0] < '0' || text.data[0] > '9');
}

static void init_keywords(Scan *scan) {
    hashmap_init(&scan->keywords, scan->arena);
    for (int kind = T_ACROSS; token_is_reserved(kind); kind++) {
        Atom word = intern(scan->context->interner, slice_of(token_kind_text(kind)));
        hashmap_put(&scan->keywords, word, (uint64_t)kind);
    }
}

/* What a byte that is not UTF-8 most likely was, in the character set of Windows. */
static const char *windows_character(unsigned char byte) {
    switch (byte) {
    case 0x91:
    case 0x92: return "'";
    case 0x93:
    case 0x94: return "\"";
    case 0x96:
    case 0x97: return "-";
    case 0xA0: return " ";
    case 0xA3: return "£";
    default: return NULL;
    }
}

static void report_malformed(Scan *scan, size_t at, size_t length) {
    unsigned char byte = (unsigned char)scan->text.data[at];
    const char *meant = length == 1 ? windows_character(byte) : NULL;
    Span span = scan_span(scan, at, length);
    Diag *diag;
    if (!byte)
        diag = diag_add(scan->diags, DIAG_INVALID_UTF8, span, "a NUL byte, which is not text");
    else
        diag = diag_add(scan->diags, DIAG_INVALID_UTF8, span,
                        "the byte 0x%02X is not UTF-8 here%s: save the file as UTF-8", byte,
                        meant ? ", but as Windows writes it" : "");
    if (meant)
        diag_fix(scan->diags, diag, span, slice_of(meant), "write `%s`", meant);
    else
        diag_fix(scan->diags, diag, span, SLICE(""), "remove it");
}

/* How many bytes at `at` are well-formed text; 0 for NUL and for what is malformed. */
static size_t sound_bytes(const Scan *scan, size_t at) {
    uint32_t code = (unsigned char)scan->text.data[at];
    if (code < 0x80) return code != 0;
    return utf8_decode(scan->text, at, &code);
}

/* NUL bytes and malformed bytes, one report for each run of either. */
static void check_encoding(Scan *scan) {
    const char *data = scan->text.data;
    for (size_t at = 0; at < scan->text.length && !scan_is_full(scan);) {
        size_t size = sound_bytes(scan, at), end = at + 1;
        if (!size) {
            while (end < scan->text.length && !sound_bytes(scan, end) && !data[end] == !data[at])
                end++;
            report_malformed(scan, at, end - at);
        }
        at = size ? at + size : end;
    }
}

/* A file in the two-byte encoding of some editors is one mistake, not thousands. */
static bool is_utf16(Slice text) {
    return slice_starts_with(text, SLICE("\xFF\xFE")) || slice_starts_with(text, SLICE("\xFE\xFF"));
}

void scan_source(Scan *scan, ParseContext *context, uint32_t source) {
    const Source *from = &context->sources->sources.items[source];
    size_t skip = slice_starts_with(from->text, SLICE("\xEF\xBB\xBF")) ? 3 : 0;
    *scan = (Scan){.context = context,
                   .arena = context->arena,
                   .diags = context->diags,
                   .text = slice_sub(from->text, skip, from->text.length),
                   .base = from->base + (uint32_t)skip,
                   .first_diag = context->diags->items.count,
                   .next_flags = TOKEN_FIRST};
    init_keywords(scan);
    if (is_utf16(scan->text)) {
        diag_add(scan->diags, DIAG_INVALID_UTF8, scan_span(scan, 0, 2),
                 "the file is encoded as UTF-16: save it as UTF-8");
        scan_end(scan, false);
        return;
    }
    check_encoding(scan);
    scan_run(scan);
}
