/* What is said when something cannot stand where it stands: what was found, and what would
 * fit there, in the words of somebody who writes plans. Never blames a piece that only follows
 * from a mistake already reported. */
#include "compiler/syntax/build.h"
#include "grammar/scp.tab.h"
#include "runtime/base/buffer.h"
#include "runtime/base/utf8.h"

void message_too_deep(Parser *parser, Span span) {
    if (parser->too_deep) return;
    parser->too_deep = true;
    diag_add(parser->diags, DIAG_LIMIT_REACHED, span,
             "what is written here lies too deeply within itself: a value is made of others at "
             "most %d deep",
             (int)EXPR_HEIGHT);
}

/* The mistake that is being looked at. */
typedef struct {
    Parser *parser;
    DiagBag *diags;
    const Token *found;
    const Token *previous; /* NULL: nothing comes before */
    const Token *bracket;  /* `(`, `[` or `{` of a text that is open; NULL: none */
    const int *expected;
    int count;
} Mistake;

static bool expects(const Mistake *m, int kind) {
    for (int i = 0; i < m->count; i++)
        if (m->expected[i] == kind) return true;
    return false;
}

static bool expects_value(const Mistake *m) {
    return expects(m, T_WORD) && expects(m, T_NUMBER) && expects(m, T_STRING);
}

static int kind_of(const Token *token) {
    return token ? token->kind : T_END;
}

static bool is_first(const Token *token) {
    return token->flags & TOKEN_FIRST;
}

static Span after(const Token *token) {
    return (Span){token->span.end, token->span.end};
}

/* ---- words for what stands in the plan ---- */

enum { MOST_QUOTED = 40 };

/* What was written, shortened to fit into a sentence. */
static Slice quote(const Mistake *m, Span span) {
    Slice text = source_map_text(m->parser->context->sources, span);
    size_t length = 0;
    for (int count = 0; length < text.length && text.data[length] != '\n'; count++) {
        if (count == MOST_QUOTED)
            return arena_printf(m->parser->arena, "%.*s…", SLICE_FMT(slice_sub(text, 0, length)));
        uint32_t code;
        length += utf8_decode_lossy(text, length, &code);
    }
    return slice_sub(text, 0, length);
}

static Slice item_word(const Mistake *m) {
    const Token *item = m->parser->layout.item;
    return item ? quote(m, item->span) : SLICE("");
}

static bool ends_line(int kind) {
    return kind == T_END || kind == T_FILE_END || kind == T_BLOCK_OPEN;
}

static bool closes(int kind) {
    return kind == T_ROUND_CLOSE || kind == T_SQUARE_CLOSE || kind == T_HOLE_CLOSE;
}

static bool is_comparison(int kind) {
    return kind >= T_EQ && kind <= T_GE;
}

/* Marks and words that stand between two values. */
static bool stands_between(int kind) {
    return is_comparison(kind) || kind == T_STAR || kind == T_SLASH || kind == T_CARET ||
           kind == T_RANGE || kind == T_AND || kind == T_OR || kind == T_IN || kind == T_NOT_IN ||
           kind == T_IS || kind == T_PLUS || kind == T_MINUS || kind == T_PER;
}

static bool begins_value(int kind) {
    return token_is_value(kind) || kind == T_TEXT_OPEN || kind == T_IF || kind == T_NOT ||
           kind == T_ROUND_OPEN || kind == T_SQUARE_OPEN;
}

/* ---- what would fit, from the parser's table ---- */

static void add_choice(Buffer *out, int *count, const char *text) {
    if (*count) buffer_add_text(out, ", ");
    buffer_add_text(out, text);
    (*count)++;
}

/* `as` alone introduces the format of a value in a text. */
static bool expects_any_label(const Mistake *m) {
    return expects(m, T_BY);
}

static Slice what_fits(const Mistake *m) {
    static const struct {
        int kind;
        const char *text;
    } single[] = {
        {T_THEN, "`then`"},
        {T_ELSE, "`else`"},
        {T_ROUND_CLOSE, "`)`"},
        {T_SQUARE_CLOSE, "`]`"},
        {T_HOLE_CLOSE, "`}`"},
        {T_COMMA, "`,`"},
        {T_EQUALS, "`=`"},
        {T_BLOCK_OPEN, "`{`"},
        {T_PLUS, "a sign such as `+`"},
        {T_END, "the end of the line"},
    };
    Buffer out;
    int count = 0;
    buffer_init(&out, m->parser->arena);
    if (expects_value(m)) {
        add_choice(&out, &count, "a value");
        return buffer_slice(&out);
    }
    if (expects(m, T_WORD)) add_choice(&out, &count, "a word");
    if (expects_any_label(m)) add_choice(&out, &count, "a label such as `by` or `of`");
    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++)
        if (expects(m, single[i].kind)) add_choice(&out, &count, single[i].text);
    return buffer_slice(&out);
}

static void report_plainly(const Mistake *m) {
    Slice fits = what_fits(m);
    Slice found = quote(m, m->found->span);
    if (ends_line(m->found->kind))
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->previous ? after(m->previous) : m->found->span,
                 "something is missing at the end here; what would fit: %.*s", SLICE_FMT(fits));
    else
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "`%.*s` cannot stand here; what would fit: %.*s", SLICE_FMT(found),
                 SLICE_FMT(fits));
}

/* ---- nothing new ---- */

/* Whether an earlier report already accounts for this. */
static bool is_consequence(const Mistake *m) {
    const Token *found = m->found, *previous = m->previous;
    if (found->flags & TOKEN_DOUBTFUL || found->kind == T_UNREADABLE) return true;
    if (found->flags & TOKEN_INSERTED && found->kind != T_END) return true;
    const Scan *scan = &m->parser->scan;
    if (scan->cut_short && found->span.start >= scan->text_opened[1].start) return true;
    if (!previous) return false;
    if (previous->flags & TOKEN_INSERTED && previous->kind != T_END) return true;
    return previous->flags & TOKEN_DOUBTFUL || previous->kind == T_UNREADABLE;
}

/* ---- where an item should begin ---- */

static bool at_item_start(const Mistake *m) {
    int kind = kind_of(m->previous);
    return !m->parser->layout.one_expression && (kind == T_END || kind == T_BLOCK_OPEN);
}

static const Item *item_before(const Mistake *m) {
    const Token *end = m->previous;
    return end && end->kind == T_END && m->parser->last_item ? m->parser->last_item : NULL;
}

static void report_stray_label(const Mistake *m) {
    const Item *before = item_before(m);
    Slice label = quote(m, m->found->span);
    Diag *diag =
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "`%.*s` introduces an argument and cannot start a clause", SLICE_FMT(label));
    if (!before || before->span.end > m->found->span.start) return;
    Slice word = atom_text(m->parser->context->interner, before->word);
    diag_relate(m->diags, diag, before->word_span,
                before->has_block ? "`%.*s` ended with its block, before which its arguments stand"
                : m->found->flags & TOKEN_BLANK ? "`%.*s` ended at the blank line between"
                                                : "`%.*s` ended before it",
                SLICE_FMT(word));
}

static bool report_item_start(const Mistake *m) {
    if (!at_item_start(m)) return false;
    int kind = m->found->kind;
    Slice found = quote(m, m->found->span);
    if (token_is_label(kind))
        report_stray_label(m);
    else if (token_is_reserved(kind))
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "`%.*s` is a reserved word and cannot start an item", SLICE_FMT(found));
    else
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "an item starts with a word, such as a kind or the name of a clause, and not with "
                 "`%.*s`",
                 SLICE_FMT(found));
    return true;
}

/* ---- a value is missing ---- */

static void report_trailing_comma(const Mistake *m) {
    Diag *diag = diag_add(m->diags, DIAG_SYNTAX_ERROR, m->previous->span,
                          "after this `,` another value must follow, and none does");
    diag_fix(m->diags, diag, m->previous->span, SLICE(""), "remove the comma");
}

static void report_empty_brackets(const Mistake *m) {
    Span span = span_join(m->previous->span, m->found->span);
    if (m->previous->kind == T_HOLE_OPEN) {
        Diag *diag = diag_add(m->diags, DIAG_SYNTAX_ERROR, span,
                              "`{ }` in a text holds a value that is printed, and here it holds "
                              "none; a plain brace is `\\{`");
        diag_fix(m->diags, diag, m->previous->span, SLICE("\\{"), "make it a plain brace");
        return;
    }
    diag_add(m->diags, DIAG_SYNTAX_ERROR, span,
             m->previous->kind == T_SQUARE_OPEN ? "a list holds at least one value, and this one "
                                                  "is empty"
                                                : "these parentheses hold no value");
}

static bool opens(int kind) {
    return kind == T_ROUND_OPEN || kind == T_SQUARE_OPEN || kind == T_HOLE_OPEN;
}

/* The end of a line, of a bracket, or something that cannot begin a value, where one must. */
static void report_missing_value(const Mistake *m) {
    Slice before = quote(m, m->previous->span);
    int kind = m->previous->kind;
    if (kind == T_COMMA)
        report_trailing_comma(m);
    else if (opens(kind) && closes(m->found->kind))
        report_empty_brackets(m);
    else if (token_is_label(kind))
        diag_add(m->diags, DIAG_SYNTAX_ERROR, after(m->previous),
                 "`%.*s` introduces a value, and none follows it", SLICE_FMT(before));
    else
        diag_add(m->diags, DIAG_SYNTAX_ERROR, after(m->previous), "a value is missing after `%.*s`",
                 SLICE_FMT(before));
}

/* A label where a value belongs, or a mark where only a label stands before it: often a
 * reserved word that was meant as a name. */
static bool report_reserved_name(const Mistake *m) {
    const Token *word = m->previous;
    int found = m->found->kind;
    if (!word || !token_is_reserved(word->kind) || m->bracket) return false;
    if (found != T_EQUALS && found != T_COLON) return false;
    diag_add(m->diags, DIAG_SYNTAX_ERROR, word->span,
             token_is_label(word->kind)
                 ? "`%.*s` is a reserved word: it introduces a value and cannot be a name"
                 : "`%.*s` is a reserved word and cannot be a name",
             SLICE_FMT(quote(m, word->span)));
    return true;
}

/* `column in : date`: what follows shows that the word was meant as a name. */
static bool meant_as_name(const Mistake *m) {
    if (!token_is_reserved(m->found->kind) || m->found->kind == T_NOT_IN) return false;
    int next = m->found[1].kind;
    return next == T_COLON || next == T_EQUALS || next == T_STRING || next == T_BLOCK_OPEN;
}

static bool touches(const Token *a, const Token *b) {
    return a->span.end == b->span.start;
}

static bool calls(const Token *word, const Token *next) {
    return next->kind == T_ROUND_OPEN && touches(word, next);
}

static void report_no_left_side(const Mistake *m) {
    Slice found = quote(m, m->found->span);
    int kind = m->found->kind;
    const Token *before = m->previous;
    bool after_item_word = before && before == m->parser->layout.item;
    if (after_item_word && meant_as_name(m))
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "`%.*s` is a reserved word and cannot be a name", SLICE_FMT(found));
    else if (kind == T_IN && after_item_word)
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "`in` asks whether a value is one of several, and there is none on its left; what "
                 "belongs to `%.*s` is introduced by a label such as `as`, `of` or `at`",
                 SLICE_FMT(item_word(m)));
    else if (is_comparison(kind) || kind == T_IN || kind == T_NOT_IN || kind == T_IS)
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "`%.*s` compares two values, and there is none on its left: say what is compared",
                 SLICE_FMT(found));
    else
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "`%.*s` stands between two values, and there is none on its left",
                 SLICE_FMT(found));
}

static void report_label_for_value(const Mistake *m) {
    Slice found = quote(m, m->found->span), before = quote(m, m->previous->span);
    const Token *next = m->found + 1;
    if (token_is_label(m->found->kind) && (next->kind == T_DOT || calls(m->found, next))) {
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "`%.*s` is a reserved word: it introduces a value and cannot be a name",
                 SLICE_FMT(found));
        return;
    }
    diag_add(m->diags, DIAG_SYNTAX_ERROR, after(m->previous),
             "a value is missing between `%.*s` and `%.*s`", SLICE_FMT(before), SLICE_FMT(found));
}

static bool report_no_value(const Mistake *m) {
    int kind = m->found->kind;
    if (!m->previous || !expects_value(m) || token_can_end(m->previous->kind)) {
        bool after_word = m->previous && m->previous == m->parser->layout.item;
        if (!after_word || !stands_between(kind) || !expects_value(m)) return false;
        report_no_left_side(m);
        return true;
    }
    if (report_reserved_name(m)) return true;
    if (ends_line(kind) || closes(kind))
        report_missing_value(m);
    else if (stands_between(kind))
        report_no_left_side(m);
    else if (kind == T_COMMA || kind == T_COLON || kind == T_EQUALS || token_is_label(kind))
        report_label_for_value(m);
    else
        return false;
    return true;
}

static bool report_no_word(const Mistake *m) {
    if (kind_of(m->previous) != T_DOT || !expects(m, T_WORD)) return false;
    diag_add(m->diags, DIAG_SYNTAX_ERROR, after(m->previous), "a word is missing after `.`");
    return true;
}

/* ---- two values side by side ---- */

/* `previous` began a line after one that could not end: it was meant to start a new item, and
 * the line above has something too many. Returns the piece at the end of that line. */
static const Token *dangling(const Mistake *m) {
    const Token *word = m->previous;
    const Layout *layout = &m->parser->layout;
    if (!word || word->kind != T_WORD || !is_first(word) || word == layout->item || !layout->item)
        return NULL;
    if (m->bracket && layout_column(layout, word) > layout->item_column) return NULL;
    const Token *above = word - 1;
    return token_can_end(above->kind) || kind_of(m->bracket) == T_HOLE_OPEN ? NULL : above;
}

/* Within brackets it is their closer that the line above lacks. */
static void report_open_bracket(const Mistake *m, const Token *above) {
    Diag *diag = diag_add(m->diags, DIAG_SYNTAX_ERROR, m->bracket->span,
                          "this `%.*s` is not closed: a `%s` is missing",
                          SLICE_FMT(quote(m, m->bracket->span)),
                          m->bracket->kind == T_ROUND_OPEN ? ")" : "]");
    diag_relate(m->diags, diag, after(above), "missing here, at the latest");
}

static bool report_dangling(const Mistake *m) {
    const Token *above = dangling(m);
    if (!above) return false;
    if (m->bracket) {
        report_open_bracket(m, above);
        layout_restart(&m->parser->layout, m->previous);
        return true;
    }
    Slice mark = quote(m, above->span), word = quote(m, m->previous->span);
    Span span = above->kind == T_COMMA ? above->span : after(above);
    Diag *diag =
        diag_add(m->diags, DIAG_SYNTAX_ERROR, span,
                 "a value is missing after `%.*s`: `%.*s`, which begins the next line, was "
                 "read as that value",
                 SLICE_FMT(mark), SLICE_FMT(word));
    diag_relate(m->diags, diag, m->previous->span, "read as part of the line above");
    if (above->kind == T_COMMA)
        diag_fix(m->diags, diag, above->span, SLICE(""), "remove the comma");
    layout_restart(&m->parser->layout, m->previous);
    return true;
}

/* `sub-outcome fewer_falls`: a word with a hyphen is read as a subtraction. */
static bool report_hyphen(const Mistake *m) {
    const Token *right = m->previous;
    const Scan *scan = &m->parser->scan;
    if (right->kind != T_WORD || right < scan->tokens.items + 2) return false;
    const Token *hyphen = right - 1, *left = right - 2;
    if (hyphen->kind != T_MINUS || !touches(left, hyphen) || !touches(hyphen, right)) return false;
    if (left->kind != T_WORD) return false;
    Span span = span_join(left->span, right->span);
    Diag *diag = diag_add(m->diags, DIAG_SYNTAX_ERROR, span,
                          "`%.*s` is read as a subtraction: within a word stands `_`",
                          SLICE_FMT(quote(m, span)));
    diag_fix(m->diags, diag, hyphen->span, SLICE("_"), "write `_`");
    return true;
}

static void suggest_comma(const Mistake *m, Diag *diag) {
    if (expects(m, T_COMMA))
        diag_fix(m->diags, diag, after(m->previous), SLICE(","), "separate them with a comma");
}

static void report_line_continued(const Mistake *m) {
    Slice found = quote(m, m->found->span), word = item_word(m);
    Diag *diag =
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "an item starts with a word, so the line that begins with `%.*s` was read "
                 "as part of `%.*s` above",
                 SLICE_FMT(found), SLICE_FMT(word));
    diag_relate(m->diags, diag, m->parser->layout.item->span, "it began here");
}

static void report_comma_missing(const Mistake *m) {
    Diag *diag = diag_add(m->diags, DIAG_SYNTAX_ERROR, after(m->previous),
                          "a `,` is missing at the end of this line, before `%.*s`",
                          SLICE_FMT(quote(m, m->found->span)));
    suggest_comma(m, diag);
}

static void report_after_title(const Mistake *m) {
    diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
             "`%.*s` follows the title directly: after a title may stand a label such as `of` or "
             "`by`, `=`, `:` or a block `{ … }`",
             SLICE_FMT(quote(m, m->found->span)));
}

/* `AND`: a reserved word in capitals, read as a name or as a unit. */
static const Token *shouted(const Mistake *m, const char **word) {
    static const struct {
        const char *capitals, *word;
    } words[] = {{"AND", "and"}, {"OR", "or"},       {"NOT", "not"}, {"IN", "in"},
                 {"IS", "is"},   {"WHERE", "where"}, {"BY", "by"},   {"OF", "of"}};
    const Token *candidates[] = {m->found, m->previous};
    for (int c = 0; c < 2; c++) {
        int kind = candidates[c]->kind;
        Slice text = quote(m, candidates[c]->span);
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if ((kind != T_WORD && kind != T_UNIT) || !slice_equal(text, slice_of(words[i].capitals)))
                continue;
            *word = words[i].word;
            return candidates[c];
        }
    }
    return NULL;
}

static bool report_capitals(const Mistake *m) {
    const char *word;
    const Token *token = shouted(m, &word);
    if (!token) return false;
    Diag *diag =
        diag_add(m->diags, DIAG_SYNTAX_ERROR, token->span,
                 "`%.*s` was read as a name: words of the language are written small, `%s`",
                 SLICE_FMT(quote(m, token->span)), word);
    diag_fix(m->diags, diag, token->span, slice_of(word), "write `%s`", word);
    return true;
}

/* `[FY2026/27 £60k]`: a year and what is said of it. */
static bool report_key(const Mistake *m) {
    if (m->previous->kind != T_DATE || !m->bracket || !expects(m, T_COLON)) return false;
    if (m->found->kind == T_DATE) return false;
    Slice key = quote(m, m->previous->span), value = quote(m, m->found->span);
    Diag *diag = diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                          "`%.*s` stands directly after `%.*s`: between a year and its value "
                          "stands `:`",
                          SLICE_FMT(value), SLICE_FMT(key));
    diag_fix(m->diags, diag, after(m->previous), SLICE(":"), "write `%.*s: %.*s`", SLICE_FMT(key),
             SLICE_FMT(value));
    return true;
}

/* `intention falls service "Falls"`: several words where a name stands, and then its title. */
static bool report_name_of_words(const Mistake *m) {
    const Token *item = m->parser->layout.item, *last = m->found;
    if (m->bracket || m->previous != item + 1 || m->previous->kind != T_WORD) return false;
    while (last->kind == T_WORD && !is_first(last)) last++;
    if (last == m->found || last->kind != T_STRING || is_first(last)) return false;
    Span span = span_join(m->previous->span, last[-1].span);
    Slice written = source_map_text(m->parser->context->sources, span);
    Buffer name;
    buffer_init(&name, m->parser->arena);
    for (size_t i = 0; i < written.length; i++) {
        bool space = written.data[i] == ' ' || written.data[i] == '\t';
        bool again = space && i && (written.data[i - 1] == ' ' || written.data[i - 1] == '\t');
        if (!again) buffer_add_char(&name, space ? '_' : written.data[i]);
    }
    Slice one = buffer_slice(&name);
    Diag *diag = diag_add(m->diags, DIAG_SYNTAX_ERROR, span,
                          "a name is one word: within it stands `_` where a space would");
    diag_fix(m->diags, diag, span, one, "write `%.*s`", SLICE_FMT(one));
    return true;
}

static const Token *last_word(const Token *word) {
    while (word[1].kind == T_WORD && !(word[1].flags & (TOKEN_FIRST | TOKEN_DOUBTFUL))) word++;
    return word;
}

/* `St Mary's`: said where the apostrophe stands. */
static bool goes_on_to_apostrophe(const Mistake *m) {
    if (m->found->kind != T_WORD) return false;
    const Token *last = last_word(m->found);
    Span between = {last->span.end, last[1].span.start};
    Slice text = source_map_text(m->parser->context->sources, between);
    return last[1].flags & TOKEN_DOUBTFUL &&
           (slice_equal(text, SLICE("'")) || slice_equal(text, SLICE("\u2019")));
}

/* `place == St Mary`: a member whose name has several words. */
static bool report_member_of_words(const Mistake *m) {
    const Token *before = m->previous;
    bool compared = before > m->parser->scan.tokens.items && is_comparison(before[-1].kind);
    if (!compared || before->kind != T_WORD || m->found->kind != T_WORD) return false;
    const Token *last = last_word(m->found);
    Span span = span_join(before->span, last->span);
    Slice text = arena_printf(m->parser->arena, "\"%.*s\"", SLICE_FMT(quote(m, span)));
    Diag *diag = diag_add(m->diags, DIAG_SYNTAX_ERROR, span,
                          "`%.*s` and what follows were read as two values: a name of several "
                          "words stands in quotes",
                          SLICE_FMT(quote(m, before->span)));
    diag_fix(m->diags, diag, span, text, "write `%.*s`", SLICE_FMT(text));
    return true;
}

/* `baseline measured FY2025/26`. */
static bool report_year_without_label(const Mistake *m) {
    if (m->found->kind != T_DATE || m->previous->kind != T_WORD || !expects_any_label(m)) return false;
    Slice before = quote(m, m->previous->span), found = quote(m, m->found->span);
    Diag *diag = diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                          "`%.*s` stands directly after `%.*s`: before a date or a year stands "
                          "what it is, such as `at` or `by`",
                          SLICE_FMT(found), SLICE_FMT(before));
    if (slice_equal(before, SLICE("measured")))
        diag_fix(m->diags, diag, after(m->previous), SLICE(" at"), "write `measured at %.*s`",
                 SLICE_FMT(found));
    return true;
}

/* `£1m a year`. */
static bool report_each_year(const Mistake *m) {
    const Token *first = m->parser->scan.tokens.items;
    Slice before = quote(m, m->previous->span), found = quote(m, m->found->span);
    bool year = slice_equal(found, SLICE("year")) || slice_equal(found, SLICE("annum"));
    bool each = slice_equal(before, SLICE("a")) || slice_equal(before, SLICE("each"));
    bool money = m->previous > first && m->previous[-1].kind == T_MONEY;
    if (!year || !each || !money) return false;
    Slice amount = quote(m, m->previous[-1].span);
    diag_add(m->diags, DIAG_SYNTAX_ERROR, span_join(m->previous[-1].span, m->found->span),
             "an amount of every year is written `stepped(FY2026/27: %.*s)`, with the first of "
             "them",
             SLICE_FMT(amount));
    return true;
}

/* `owner Director of Public Health at …`: words for readers without their quotes. */
static bool report_words_without_quotes(const Mistake *m) {
    const Token *item = m->parser->layout.item;
    if (!item || m->bracket || m->previous <= item + 1 || item[1].kind != T_WORD) return false;
    Slice first = quote(m, item[1].span);
    bool capital = first.length && first.data[0] >= 'A' && first.data[0] <= 'Z';
    if (!capital || !token_is_label(item[2].kind) || m->found->kind != T_WORD) return false;
    Span span = span_join(item[1].span, last_word(m->found)->span);
    Slice text = arena_printf(m->parser->arena, "\"%.*s\"", SLICE_FMT(quote(m, span)));
    Diag *diag = diag_add(m->diags, DIAG_SYNTAX_ERROR, span,
                          "words for readers stand between double quotes");
    diag_fix(m->diags, diag, span, text, "write `%.*s`", SLICE_FMT(text));
    return true;
}

/* `at NHS Saltmarsh ICB`: a title where a name belongs. */
static bool report_title_for_name(const Mistake *m) {
    const Token *first = m->parser->scan.tokens.items, *before = m->previous;
    Slice text = quote(m, before->span);
    bool labelled = before > first && token_is_label(before[-1].kind);
    bool capital = text.length && text.data[0] >= 'A' && text.data[0] <= 'Z';
    if (!labelled || !capital || before->kind != T_WORD || m->found->kind != T_WORD) return false;
    const Token *last = last_word(m->found);
    diag_add(m->diags, DIAG_SYNTAX_ERROR, span_join(before->span, last->span),
             "`%.*s` is how a reader would say it: after `%.*s` stands the one-word name with "
             "which it is declared",
             SLICE_FMT(quote(m, span_join(before->span, last->span))),
             SLICE_FMT(quote(m, before[-1].span)));
    return true;
}

/* Within brackets there are no clauses, and neither are amounts the beginning of one. */
static bool is_surely_list(const Mistake *m) {
    return m->bracket || (m->found->kind != T_WORD && m->found->kind != T_STRING &&
                          m->found->kind != T_TEXT_OPEN && m->previous->kind != T_WORD);
}

static void report_neighbours(const Mistake *m) {
    if (goes_on_to_apostrophe(m) || report_capitals(m) || report_key(m) || report_name_of_words(m) ||
        report_member_of_words(m) || report_year_without_label(m) || report_each_year(m) ||
        report_words_without_quotes(m) || report_title_for_name(m))
        return;
    Slice found = quote(m, m->found->span), before = quote(m, m->previous->span);
    bool list = is_surely_list(m);
    Diag *diag =
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "`%.*s` stands directly after `%.*s`, with nothing to say how they belong "
                 "together: a comma lists values, a label such as `by`, `of` or `at` "
                 "introduces one%s",
                 SLICE_FMT(found), SLICE_FMT(before),
                 list ? "" : ", `;` or a new line begins another clause, and `_` joins words to one");
    if (list) suggest_comma(m, diag);
}

/* Whether what stands before is a declared name and its title. */
static bool after_title(const Mistake *m) {
    return m->previous->kind == T_STRING && !expects(m, T_COMMA) && expects(m, T_BLOCK_OPEN);
}

static bool report_side_by_side(const Mistake *m) {
    if (!m->previous || !token_can_end(m->previous->kind) || !begins_value(m->found->kind))
        return false;
    if (expects(m, T_THEN) || expects(m, T_ELSE)) return false;
    if (report_hyphen(m)) return true;
    if (m->bracket && is_first(m->found))
        report_comma_missing(m);
    else if (is_first(m->found) && m->parser->layout.item)
        report_line_continued(m);
    else if (after_title(m))
        report_after_title(m);
    else
        report_neighbours(m);
    return true;
}

/* ---- marks that stand elsewhere ---- */

static bool report_if(const Mistake *m) {
    const char *word = expects(m, T_THEN) ? "then" : expects(m, T_ELSE) ? "else" : NULL;
    if (word) {
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->previous ? after(m->previous) : m->found->span,
                 "`%s` is missing: a choice is written `if … then … else …`", word);
        return true;
    }
    if (m->found->kind != T_THEN && m->found->kind != T_ELSE) return false;
    diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
             "`%.*s` belongs to a choice, `if … then … else …`, and no `if` stands before it",
             SLICE_FMT(quote(m, m->found->span)));
    return true;
}

static bool report_equals(const Mistake *m) {
    if (m->found->kind != T_EQUALS) return false;
    Diag *diag;
    if (m->bracket) {
        diag = diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                        "`=` gives a declared name its value; two values are compared with `==`");
        diag_fix(m->diags, diag, m->found->span, SLICE("=="), "compare with `==`");
    } else {
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "`=` stands once in an item, after the name it gives a value to; two values are "
                 "compared with `==`");
    }
    return true;
}

static bool report_label_in_list(const Mistake *m) {
    if (!token_is_label(m->found->kind) || !m->bracket) return false;
    Slice found = quote(m, m->found->span);
    const char *place = m->bracket->kind == T_HOLE_OPEN     ? "between the braces of a text"
                        : m->bracket->kind == T_SQUARE_OPEN ? "between square brackets"
                                                            : "here";
    diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
             "`%.*s` introduces an argument of a clause or a function, and cannot stand %s",
             SLICE_FMT(found), place);
    return true;
}

/* `after(a, b)`: a label, and a value in parentheses. */
static bool report_reserved_function(const Mistake *m) {
    if (kind_of(m->bracket) != T_ROUND_OPEN || m->bracket == m->parser->scan.tokens.items)
        return false;
    const Token *word = m->bracket - 1;
    if (!token_is_label(word->kind) || !touches(word, m->bracket)) return false;
    diag_add(
        m->diags, DIAG_SYNTAX_ERROR, word->span,
        "`%.*s` is a reserved word: it introduces a value and cannot be the name of a function",
        SLICE_FMT(quote(m, word->span)));
    return true;
}

static bool report_comma(const Mistake *m) {
    if (m->found->kind != T_COMMA) return false;
    if (report_reserved_function(m)) return true;
    if (kind_of(m->bracket) == T_ROUND_OPEN)
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "parentheses hold one value: a list stands between square brackets, `[a, b]`");
    else if (m->bracket)
        return false;
    else
        diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
                 "no list can stand here, so a `,` cannot follow");
    return true;
}

static bool report_colon(const Mistake *m) {
    if (m->found->kind != T_COLON) return false;
    diag_add(m->diags, DIAG_SYNTAX_ERROR, m->found->span,
             m->bracket ? "`:` stands between a key and its value in a list or among arguments, "
                          "once for each value"
                        : "`:` stands once in an item, between what is declared and its type");
    return true;
}

static bool report_after_hole(const Mistake *m) {
    if (kind_of(m->previous) != T_AS || expects_value(m)) return false;
    diag_add(m->diags, DIAG_SYNTAX_ERROR, after(m->previous),
             "after `as` stands `percent`, `pounds`, `millions`, `whole`, or a number of `places`");
    return true;
}

/* From the particular to the general. */
static void report(const Mistake *m) {
    if (report_item_start(m) || report_dangling(m) || report_no_word(m) || report_after_hole(m) ||
        report_no_value(m) || report_side_by_side(m) || report_if(m) || report_equals(m) ||
        report_label_in_list(m) || report_comma(m) || report_colon(m))
        return;
    report_plainly(m);
}

void message_unexpected(Parser *parser, const int *expected, int count) {
    Mistake mistake = {.parser = parser,
                       .diags = parser->diags,
                       .found = parser->found,
                       .previous = parser->previous,
                       .bracket = layout_open_bracket(&parser->layout),
                       .expected = expected,
                       .count = count};
    const Mistake *m = &mistake;
    if (is_consequence(m)) return;
    uint32_t before = parser->diags->items.count;
    report(m);
    if (parser->diags->items.count > before)
        parser->layout.failure = parser->diags->items.items[before];
}
