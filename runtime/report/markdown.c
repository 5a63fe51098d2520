/* The Markdown of texts and doc comments, as much of it as a plan needs. What is not
 * understood is text; a link goes to the web or to a mailbox or is text too. A heading becomes
 * a bold line, because the headings of the page are the report's. */
#include <string.h>

#include "runtime/report/html.h"

enum {
    NESTING_MAX = 4, /* bold in italics in a link; deeper is text */
    REACH_MAX = 2000 /* how far a mark looks for its partner, in bytes */
};

static void inline_text(Html *html, Slice text, int depth);

/* ---- Inline --------------------------------------------------------------------------------- */

static size_t find(Slice text, size_t from, const char *mark) {
    size_t length = strlen(mark);
    size_t end = text.length - from > REACH_MAX ? from + REACH_MAX : text.length;
    for (size_t i = from; i + length <= end; i++)
        if (!memcmp(text.data + i, mark, length)) return i;
    return text.length;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

/* Marked text is not empty and touches its marks: `2 * 3 * 4` is not in italics. */
static bool touches(Slice text, size_t from, size_t to) {
    return to < text.length && to > from && !is_blank(text.data[from]) &&
           !is_blank(text.data[to - 1]);
}

/* A word with underscores in it is not in italics. */
static bool stands_alone(Slice text, size_t from, size_t to) {
    bool before = from > 0 && is_word(text.data[from - 1]);
    bool after = to < text.length && is_word(text.data[to]);
    return !before && !after;
}

static size_t marked(Html *html, Slice text, size_t at, const char *mark, const char *tag,
                     int depth) {
    size_t length = strlen(mark);
    if (!slice_starts_with(slice_sub(text, at, text.length), slice_of(mark))) return 0;
    size_t from = at + length;
    size_t to = find(text, from, mark);
    if (!touches(text, from, to)) return 0;
    if (mark[0] == '_' && !stands_alone(text, at, to + length)) return 0;
    html_raw(html, "<");
    html_raw(html, tag);
    html_raw(html, ">");
    inline_text(html, slice_sub(text, from, to), depth + 1);
    html_raw(html, "</");
    html_raw(html, tag);
    html_raw(html, ">");
    return to + length - at;
}

static size_t code(Html *html, Slice text, size_t at) {
    size_t to = find(text, at + 1, "`");
    if (to >= text.length || to == at + 1) return 0;
    html_element(html, "code", slice_sub(text, at + 1, to));
    return to + 1 - at;
}

static bool safe_link(Slice url) {
    for (size_t i = 0; i < url.length; i++) {
        unsigned char c = (unsigned char)url.data[i];
        if (c <= ' ' || c == '"' || c == '<' || c == '>' || c == '`' || c >= 0x7f) return false;
    }
    return slice_starts_with(url, SLICE("https://")) || slice_starts_with(url, SLICE("http://")) ||
           slice_starts_with(url, SLICE("mailto:"));
}

static size_t link(Html *html, Slice text, size_t at, int depth) {
    size_t close = find(text, at + 1, "](");
    if (close >= text.length || close == at + 1) return 0;
    size_t to = find(text, close + 2, ")");
    if (to >= text.length) return 0;
    Slice url = slice_sub(text, close + 2, to);
    if (!safe_link(url)) return 0;
    html_raw(html, "<a href=\"");
    html_text(html, url);
    html_raw(html, "\">");
    inline_text(html, slice_sub(text, at + 1, close), depth + 1);
    html_raw(html, "</a>");
    return to + 1 - at;
}

/* The length of the marked text that begins at `at` and was written; 0: none does. */
static size_t inline_mark(Html *html, Slice text, size_t at, int depth) {
    if (depth > NESTING_MAX) return 0;
    size_t used = 0;
    switch (text.data[at]) {
    case '*':
        used = marked(html, text, at, "**", "strong", depth);
        return used ? used : marked(html, text, at, "*", "em", depth);
    case '_':
        used = marked(html, text, at, "__", "strong", depth);
        return used ? used : marked(html, text, at, "_", "em", depth);
    case '`': return code(html, text, at);
    case '[': return link(html, text, at, depth);
    default: return 0;
    }
}

static void inline_text(Html *html, Slice text, int depth) {
    size_t plain = 0;
    for (size_t at = 0; at < text.length;) {
        if (!strchr("*_`[", text.data[at]) || !text.data[at]) {
            at++;
            continue;
        }
        /* What stands before goes out first; it is lost on nobody if no mark follows. */
        html_text(html, slice_sub(text, plain, at));
        plain = at;
        size_t used = inline_mark(html, text, at, depth);
        at += used ? used : 1;
        if (used) plain = at;
    }
    html_text(html, slice_sub(text, plain, text.length));
}

void html_inline(Html *html, Slice text) {
    inline_text(html, text, 0);
}

/* ---- Blocks ---------------------------------------------------------------------------------- */

typedef enum { LINE_BLANK, LINE_TEXT, LINE_BULLET, LINE_NUMBER, LINE_HEADING } LineSort;

typedef struct {
    LineSort sort;
    Slice text; /* without its mark */
} Line;

static Line read_line(Slice text, size_t *at) {
    size_t end = *at;
    while (end < text.length && text.data[end] != '\n') end++;
    Slice line = slice_trim(slice_sub(text, *at, end));
    *at = end < text.length ? end + 1 : end;
    if (!line.length) return (Line){LINE_BLANK, line};
    size_t skip = 0;
    while (skip < line.length && line.data[skip] == '#') skip++;
    if (skip && skip < line.length && line.data[skip] == ' ')
        return (Line){LINE_HEADING, slice_trim(slice_sub(line, skip, line.length))};
    if (line.length > 2 && line.data[0] && strchr("-*+", line.data[0]) && line.data[1] == ' ')
        return (Line){LINE_BULLET, slice_sub(line, 2, line.length)};
    skip = 0;
    while (skip < line.length && line.data[skip] >= '0' && line.data[skip] <= '9') skip++;
    if (skip && skip + 2 < line.length && line.data[skip] == '.' && line.data[skip + 1] == ' ')
        return (Line){LINE_NUMBER, slice_sub(line, skip + 2, line.length)};
    return (Line){LINE_TEXT, line};
}

/* The block being gathered: lines of text of one sort, joined by blanks. */
typedef struct {
    Html *html;
    LineSort sort;
    Buffer text;
    LineSort list; /* the list that is open; LINE_BLANK: none */
} Blocks;

static void close_list(Blocks *b) {
    if (b->list == LINE_BULLET) html_raw(b->html, "</ul>\n");
    if (b->list == LINE_NUMBER) html_raw(b->html, "</ol>\n");
    b->list = LINE_BLANK;
}

static void open_list(Blocks *b, LineSort sort) {
    if (b->list == sort) return;
    close_list(b);
    html_raw(b->html, sort == LINE_BULLET ? "<ul>\n" : "<ol>\n");
    b->list = sort;
}

static void flush(Blocks *b) {
    if (b->sort == LINE_BLANK) return;
    bool in_list = b->sort == LINE_BULLET || b->sort == LINE_NUMBER;
    if (in_list)
        open_list(b, b->sort);
    else
        close_list(b);
    html_raw(b->html, in_list ? "<li>" : b->sort == LINE_HEADING ? "<p><strong>" : "<p>");
    html_inline(b->html, buffer_slice(&b->text));
    html_raw(b->html, in_list ? "</li>\n" : b->sort == LINE_HEADING ? "</strong></p>\n" : "</p>\n");
    buffer_clear(&b->text);
    b->sort = LINE_BLANK;
}

static void add_line(Blocks *b, Line line) {
    bool goes_on = line.sort == LINE_TEXT && b->sort != LINE_BLANK && b->sort != LINE_HEADING;
    if (!goes_on) flush(b);
    if (line.sort == LINE_BLANK) return;
    if (!goes_on)
        b->sort = line.sort;
    else
        buffer_add_char(&b->text, ' ');
    buffer_add(&b->text, line.text);
}

void html_markdown(Html *html, Slice text) {
    Blocks b = {.html = html, .sort = LINE_BLANK, .list = LINE_BLANK};
    buffer_init(&b.text, html->arena);
    for (size_t at = 0; at < text.length;) add_line(&b, read_line(text, &at));
    flush(&b);
    close_list(&b);
}
