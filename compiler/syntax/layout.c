/* Where items end, and brackets in pairs. It looks at one piece and the one before it, never
 * at what the item means. */
#include "compiler/syntax/layout.h"

#include <assert.h>

#include "grammar/scp.tab.h"
#include "runtime/base/buffer.h"

void layout_init(Layout *layout, Scan *scan, uint32_t nesting_limit) {
    *layout = (Layout){.scan = scan, .last_kind = T_END, .limit = nesting_limit};
    layout_balance(scan);
}

static Arena *arena_of(const Layout *layout) {
    return layout->scan->arena;
}

static Token *peek(const Layout *layout, uint32_t ahead) {
    uint32_t last = layout->scan->tokens.count - 1;
    uint32_t index = layout->next + ahead;
    return &layout->scan->tokens.items[index < last ? index : last];
}

static const Bracket *top(const Layout *layout) {
    return layout->open.count ? &layout->open.items[layout->open.count - 1] : NULL;
}

static bool in_block(const Layout *layout) {
    return !layout->open.count || top(layout)->token->kind == T_BLOCK_OPEN;
}

const Token *layout_open_bracket(const Layout *layout) {
    return in_block(layout) ? NULL : top(layout)->token;
}

static bool is_opener(int kind) {
    return kind == T_BLOCK_OPEN || kind == T_ROUND_OPEN || kind == T_SQUARE_OPEN ||
           kind == T_HOLE_OPEN;
}

static bool is_closer(int kind) {
    return kind == T_BLOCK_CLOSE || kind == T_ROUND_CLOSE || kind == T_SQUARE_CLOSE ||
           kind == T_HOLE_CLOSE;
}

static int closer_of(int opener) {
    switch (opener) {
    case T_BLOCK_OPEN: return T_BLOCK_CLOSE;
    case T_ROUND_OPEN: return T_ROUND_CLOSE;
    case T_SQUARE_OPEN: return T_SQUARE_CLOSE;
    default: return T_HOLE_CLOSE;
    }
}

static const char *mark_of(int kind) {
    switch (kind) {
    case T_BLOCK_OPEN:
    case T_HOLE_OPEN: return "{";
    case T_BLOCK_CLOSE:
    case T_HOLE_CLOSE: return "}";
    case T_ROUND_OPEN: return "(";
    case T_ROUND_CLOSE: return ")";
    case T_SQUARE_OPEN: return "[";
    default: return "]";
    }
}

/* ---- columns ---- */

uint32_t layout_column(const Layout *layout, const Token *token) {
    uint32_t at = token->span.start - layout->scan->base, column = 0;
    while (at > column && layout->scan->text.data[at - column - 1] != '\n') column++;
    return column;
}

/* ---- handing out ---- */

static Token *insert(Layout *layout, int kind, Span span) {
    Token *token = ARENA_NEW(arena_of(layout), Token);
    token->kind = (int16_t)kind;
    token->flags = TOKEN_INSERTED;
    token->span = span;
    layout->last_kind = (uint32_t)kind;
    return token;
}

static Span after_last(const Layout *layout) {
    uint32_t end = layout->last ? layout->last->span.end : layout->scan->base;
    return (Span){end, end};
}

static const Token *insert_end(Layout *layout) {
    layout->end_now = false;
    Token *end = insert(layout, T_END, after_last(layout));
    end->flags |= peek(layout, 0)->flags & TOKEN_DOUBTFUL;
    return end;
}

static const Token *insert_unreadable(Layout *layout) {
    Token *token = insert(layout, T_UNREADABLE, after_last(layout));
    token->as.value = ARENA_NEW(arena_of(layout), Expr);
    token->as.value->span = token->span;
    return token;
}

static bool at_item_start(const Layout *layout) {
    return layout->last_kind == T_END || layout->last_kind == T_BLOCK_OPEN;
}

/* ---- brackets that are not closed ---- */

/* The closers that what is open in this item lacks, innermost first. */
static Slice missing_closers(const Layout *layout) {
    Buffer closers;
    buffer_init(&closers, arena_of(layout));
    for (uint32_t i = layout->open.count; i > 0; i--) {
        int kind = layout->open.items[i - 1].token->kind;
        if (kind == T_BLOCK_OPEN || kind == T_HOLE_OPEN) break;
        buffer_add_text(&closers, mark_of(closer_of(kind)));
    }
    return buffer_slice(&closers);
}

/* A text without its closing quote may well have taken the bracket with it. */
static bool has_unclosed_text(const Layout *layout, const Token *from) {
    const DiagBag *diags = layout->scan->diags;
    for (uint32_t i = diags->items.count; i > 0; i--) {
        const Diag *diag = diags->items.items[i - 1];
        if (diag->span.start > from->span.start && diag->span.end <= after_last(layout).end &&
            slice_equal(diag->name, SLICE("bad-literal")))
            return true;
    }
    return false;
}

/* What the parser made of the open bracket follows from it. */
static void retract_failure(Layout *layout, const Token *open) {
    DiagBag *diags = layout->scan->diags;
    if (!layout->failure || layout->failure->span.start < open->span.start) return;
    for (uint32_t i = diags->items.count; i > 0; i--) {
        if (diags->items.items[i - 1] != layout->failure) continue;
        diags->items.count--;
        for (uint32_t j = i - 1; j < diags->items.count; j++)
            diags->items.items[j] = diags->items.items[j + 1];
        break;
    }
    layout->failure = NULL;
}

static void report_open(Layout *layout, const Token *at) {
    if (layout->reported == at) return;
    layout->reported = at;
    const Token *open = top(layout)->token;
    if (layout->scan->cut_short && at->kind == T_FILE_END) return;
    if (has_unclosed_text(layout, open)) return;
    retract_failure(layout, open);
    DiagBag *diags = layout->scan->diags;
    Diag *diag =
        diag_add(diags, DIAG_SYNTAX_ERROR, open->span, "this `%s` is not closed: a `%s` is missing",
                 mark_of(open->kind), mark_of(closer_of(open->kind)));
    diag_relate(diags, diag, after_last(layout), "missing here, at the latest");
    Slice closers = missing_closers(layout);
    diag_fix(diags, diag, after_last(layout), closers, "close it with `%.*s`", SLICE_FMT(closers));
}

static const Token *close_missing(Layout *layout, const Token *at) {
    report_open(layout, at);
    int kind = closer_of(top(layout)->token->kind);
    layout->open.count--;
    return insert(layout, kind, after_last(layout));
}

/* Whether a closer of that kind belongs to a bracket further out in the same item. */
static bool closes_outer(const Layout *layout, int kind) {
    for (uint32_t i = layout->open.count; i > 0; i--) {
        int open = layout->open.items[i - 1].token->kind;
        if (closer_of(open) == kind) return true;
        if (open == T_BLOCK_OPEN || open == T_HOLE_OPEN) return kind == T_BLOCK_CLOSE;
    }
    return kind == T_BLOCK_CLOSE;
}

/* Within brackets two values never stand side by side. Where the second begins a line no
 * further in than the item, it is the next item, and the bracket was forgotten. */
static bool begins_next_item(const Layout *layout, const Token *token, int before) {
    if (token->kind != T_WORD || !(token->flags & TOKEN_FIRST) || !layout->item) return false;
    if (!token_can_end(before)) return false;
    if (token->doc || token->flags & TOKEN_BLANK) return true;
    return layout_column(layout, token) <= layout->item_column;
}

static bool ends_brackets(const Layout *layout, const Token *token) {
    if (layout->one_expression) return token->kind == T_FILE_END;
    if (top(layout)->token->kind == T_HOLE_OPEN) return false;
    if (token->closers) return true;
    switch (token->kind) {
    case T_FILE_END:
    case T_BLOCK_OPEN:
    case T_SEMICOLON: return true;
    case T_WORD: return begins_next_item(layout, token, (int)layout->last_kind);
    default: return false;
    }
}

enum { LOOK_AHEAD = 200 };

/* Whether the bracket that is open is closed further on in the item. */
static bool closed_further_on(const Layout *layout) {
    int wanted = closer_of(top(layout)->token->kind), depth = 0;
    for (uint32_t ahead = 1; ahead < LOOK_AHEAD; ahead++) {
        const Token *token = peek(layout, ahead);
        if (depth == 0 && token->kind == wanted) return true;
        if (token->kind == T_BLOCK_OPEN || token->kind == T_FILE_END) return false;
        if (begins_next_item(layout, token, token[-1].kind)) return false;
        depth += is_opener(token->kind) - is_closer(token->kind);
        if (depth < 0) return false;
    }
    return false;
}

static const Token *mistaken_closer(Layout *layout, const Token *token) {
    const Token *open = top(layout)->token;
    const char *right = mark_of(closer_of(open->kind));
    DiagBag *diags = layout->scan->diags;
    Diag *diag =
        diag_add(diags, DIAG_SYNTAX_ERROR, token->span, "`%s` cannot close the `%s`: `%s` does",
                 mark_of(token->kind), mark_of(open->kind), right);
    diag_relate(diags, diag, open->span, "opened here");
    diag_fix(diags, diag, token->span, slice_of(right), "write `%s`", right);
    layout->open.count--;
    layout->next++;
    layout->last = token;
    return insert(layout, closer_of(open->kind), token->span);
}

/* Says nothing where the parser has lost its way in this item. */
static void report_stray(Layout *layout, const Token *token) {
    peek(layout, 1)->flags |= TOKEN_DOUBTFUL;
    if (layout->failure) return;
    DiagBag *diags = layout->scan->diags;
    bool brace = token->kind == T_BLOCK_CLOSE;
    Diag *diag = diag_add(diags, DIAG_SYNTAX_ERROR, token->span,
                          brace ? "this `%s` closes nothing: it is one too many, or its `{` is "
                                  "missing"
                                : "this `%s` closes nothing",
                          mark_of(token->kind));
    bool after_another = layout->last && layout->last->kind == T_BLOCK_CLOSE;
    if (!brace || after_another) diag_fix(diags, diag, token->span, SLICE(""), "remove it");
}

/* ---- blocks ---- */

static void leave_block(Layout *layout) {
    layout->item = top(layout)->item;
    layout->item_column = UINT32_MAX; /* it takes nothing more */
    layout->open.count--;
}

static const Token *close_block_at_end(Layout *layout, const Token *at) {
    if (!layout->scan->cut_short && layout->reported != at) {
        DiagBag *diags = layout->scan->diags;
        Diag *diag = diag_add(diags, DIAG_SYNTAX_ERROR, top(layout)->token->span,
                              "this `{` is not closed: a `}` is missing before the file ends");
        if (layout->open.count == 1)
            diag_fix(diags, diag, after_last(layout), SLICE("\n}"), "add a `}` at the end");
        layout->reported = at;
    }
    leave_block(layout);
    return insert(layout, T_BLOCK_CLOSE, after_last(layout));
}

/* A `}` is missing before `token`, as its indentation told (balance.c). */
static const Token *close_block_before(Layout *layout, Token *token) {
    token->closers--;
    leave_block(layout);
    return insert(layout, T_BLOCK_CLOSE, after_last(layout));
}

/* ---- depth ---- */

/* Passes over everything up to the closer of what was just opened. */
static void skip_to_closer(Layout *layout) {
    uint32_t depth = 1;
    for (;; layout->next++) {
        int kind = peek(layout, 0)->kind;
        if (kind == T_FILE_END) return;
        if (is_opener(kind)) depth++;
        if (is_closer(kind) && --depth == 0) return;
    }
}

static void open_bracket(Layout *layout, const Token *token) {
    VEC_PUSH(arena_of(layout), &layout->open, (Bracket){token, layout->item});
    if (layout->open.count <= layout->limit) return;
    if (!layout->too_deep)
        diag_add(layout->scan->diags, DIAG_LIMIT_REACHED, token->span,
                 "more than %u brackets lie within each other here, which is the limit",
                 (unsigned)layout->limit);
    layout->too_deep = true;
    layout->fill = token->kind != T_BLOCK_OPEN;
    skip_to_closer(layout);
}

/* ---- the pieces ---- */

static void leave_bracket(Layout *layout) {
    assert(layout->open.count);
    layout->open.count--;
}

static const Token *join_not_in(Layout *layout, const Token *token) {
    Token *joined = ARENA_NEW(arena_of(layout), Token);
    *joined = *token;
    joined->kind = T_NOT_IN;
    joined->span.end = peek(layout, 1)->span.end;
    layout->next += 2;
    layout->last = joined;
    layout->last_kind = T_NOT_IN;
    return joined;
}

/* The column is kept because a line can be as long as the file. */
static void begin_item(Layout *layout, const Token *token) {
    layout->item = token;
    layout->failure = NULL;
    bool first = token->flags & TOKEN_FIRST;
    layout->item_column = first ? layout_column(layout, token) : UINT32_MAX;
}

static const Token *hand_out(Layout *layout, Token *token) {
    if (token->kind == T_NOT && peek(layout, 1)->kind == T_IN) return join_not_in(layout, token);
    bool same_line = !(token->flags & TOKEN_FIRST);
    if (token->kind == T_WORD && same_line && token_takes_unit((int)layout->last_kind))
        token->kind = T_UNIT;
    if (at_item_start(layout)) begin_item(layout, token);
    layout->last = token;
    layout->last_kind = (uint32_t)token->kind;
    if (token->kind != T_FILE_END) layout->next++;
    if (is_opener(token->kind))
        open_bracket(layout, token);
    else if (token->kind == T_BLOCK_CLOSE)
        leave_block(layout);
    else if (is_closer(token->kind))
        leave_bracket(layout);
    return token;
}

static void report_doc(Layout *layout, Token *token) {
    scan_report_doc(layout->scan, token->doc);
    token->doc = 0;
}

/* Whether the item before ends in front of `token`, which stands outside brackets. */
static bool ends_item(const Layout *layout, const Token *token) {
    if (at_item_start(layout)) return false;
    if (token->kind == T_BLOCK_CLOSE || token->kind == T_FILE_END || token->kind == T_SEMICOLON)
        return true;
    if (layout->last_kind == T_BLOCK_CLOSE || layout->end_now || token->closers) return true;
    if (!(token->flags & TOKEN_FIRST)) return false;
    if (token->flags & TOKEN_BLANK || token->doc) return true;
    return token->kind == T_WORD && token_can_end((int)layout->last_kind);
}

/* A new item after a block on the same line. */
static void check_after_block(Layout *layout, const Token *token) {
    if (layout->last_kind != T_BLOCK_CLOSE || token->flags & TOKEN_FIRST || token->kind != T_WORD)
        return;
    Diag *diag = diag_add(layout->scan->diags, DIAG_SYNTAX_ERROR, token->span,
                          "an item ends with its `}`: `%.*s` begins a new one and belongs on a new "
                          "line",
                          SLICE_FMT(atom_text(layout->scan->context->interner, token->as.word)));
    diag_fix(layout->scan->diags, diag, (Span){token->span.start, token->span.start}, SLICE("\n"),
             "begin a new line");
}

static const Token *next_in_block(Layout *layout, Token *token) {
    if (layout->one_expression && token->kind != T_FILE_END) return hand_out(layout, token);
    if (ends_item(layout, token)) {
        check_after_block(layout, token);
        return insert_end(layout);
    }
    if (token->closers && layout->open.count) return close_block_before(layout, token);
    if (token->doc && (token->kind != T_WORD || !at_item_start(layout))) report_doc(layout, token);
    if (token->kind == T_FILE_END && layout->open.count) return close_block_at_end(layout, token);
    return hand_out(layout, token);
}

static const Token *next_in_brackets(Layout *layout, Token *token) {
    if (ends_brackets(layout, token)) return close_missing(layout, token);
    if (token->doc) report_doc(layout, token);
    if (!is_closer(token->kind) || token->kind == closer_of(top(layout)->token->kind))
        return hand_out(layout, token);
    if (closes_outer(layout, token->kind)) return close_missing(layout, token);
    return mistaken_closer(layout, token);
}

/* Within brackets: a closer that closes nothing, while the right one comes further on. The
 * `}` of a value in a text always comes. */
static bool is_stray_within(const Layout *layout, const Token *token) {
    int open = top(layout)->token->kind;
    if (!is_closer(token->kind) || token->kind == closer_of(open)) return false;
    if (open == T_HOLE_OPEN) return true;
    return !closes_outer(layout, token->kind) && closed_further_on(layout);
}

/* Whether `token` is passed over: a closer that closes nothing, a `;` after an end. */
static bool passes_over(Layout *layout, const Token *token) {
    if (token->flags & TOKEN_DROPPED) return true;
    if (!in_block(layout)) {
        bool stray_within = is_stray_within(layout, token);
        if (stray_within) report_stray(layout, token);
        return stray_within;
    }
    if (token->kind == T_SEMICOLON && !layout->one_expression) return at_item_start(layout);
    bool stray = is_closer(token->kind) && !(token->kind == T_BLOCK_CLOSE && layout->open.count);
    if (!stray) return false;
    if (token->kind == T_BLOCK_CLOSE && !at_item_start(layout) && !layout->one_expression)
        return false; /* first the end of the item */
    report_stray(layout, token);
    return true;
}

const Token *layout_next(Layout *layout) {
    Scan *scan = layout->scan;
    if (layout->fill) {
        layout->fill = false;
        return insert_unreadable(layout);
    }
    Token *token = peek(layout, 0);
    while (!layout->end_now && !scan_is_full(scan) && passes_over(layout, token)) {
        layout->next++;
        token = peek(layout, 0);
    }
    if (scan_is_full(scan)) return &scan->tokens.items[scan->tokens.count - 1];
    return in_block(layout) ? next_in_block(layout, token) : next_in_brackets(layout, token);
}

void layout_restart(Layout *layout, const Token *token) {
    while (!in_block(layout)) layout->open.count--;
    layout->next = (uint32_t)(token - layout->scan->tokens.items);
    layout->end_now = true;
    layout->last_kind = T_WORD;
}
