/* Braces that do not come out even. One forgotten `}` moves everything after it into the wrong
 * block; so where there is one too few or too many, the indentation says which. Looks at
 * nothing while the braces are even, and never moves a brace on the indentation's word alone. */
#include "compiler/syntax/layout.h"

#include "grammar/scp.tab.h"

typedef struct {
    Token *open;
    uint32_t indent; /* of the line on which its item begins */
    bool flat;       /* what it holds is not indented, which therefore tells nothing */
} OpenBlock;

typedef struct {
    Scan *scan;
    VEC(OpenBlock) open;
    uint32_t indent;  /* of the item we are in */
    uint32_t missing; /* closers, as far as they are not yet found */
    uint32_t extra;
} Balance;

static void count_braces(Balance *balance) {
    for (uint32_t i = 0; i < balance->scan->tokens.count; i++) {
        int kind = balance->scan->tokens.items[i].kind;
        balance->missing += kind == T_BLOCK_OPEN;
        balance->extra += kind == T_BLOCK_CLOSE;
    }
    uint32_t pairs = balance->missing < balance->extra ? balance->missing : balance->extra;
    balance->missing -= pairs;
    balance->extra -= pairs;
}

/* Of the first piece on a line. */
static uint32_t column_of(const Scan *scan, const Token *token) {
    uint32_t at = token->span.start - scan->base, column = 0;
    while (at > column && scan->text.data[at - column - 1] != '\n') column++;
    return column;
}

static OpenBlock *innermost(Balance *balance) {
    return balance->open.count ? &balance->open.items[balance->open.count - 1] : NULL;
}

static void report_missing(Balance *balance, const Token *before, const OpenBlock *block) {
    DiagBag *diags = balance->scan->diags;
    Diag *diag = diag_add(diags, DIAG_SYNTAX_ERROR, block->open->span,
                          "this `{` is not closed: a `}` is missing");
    uint32_t end = before[-1].span.end; /* the `{` at least comes before */
    diag_relate(diags, diag, (Span){end, end}, "missing here, as the indentation has it");
    Slice closer = arena_printf(balance->scan->arena, "\n%*s}", (int)block->indent, "");
    diag_fix(diags, diag, (Span){end, end}, closer, "close it with `}`");
}

/* `token` begins a line at `column`: blocks that are indented as far as that have ended. */
static void close_before(Balance *balance, Token *token, uint32_t column, bool closer) {
    while (balance->missing) {
        const OpenBlock *block = innermost(balance);
        if (!block || block->flat || block->indent < column + closer) return;
        if (token->closers == UINT8_MAX) return;
        report_missing(balance, token, block);
        token->closers++;
        balance->missing--;
        balance->open.count--;
    }
}

static bool some_block_at(const Balance *balance, uint32_t indent) {
    for (uint32_t i = balance->open.count; i > 0; i--)
        if (balance->open.items[i - 1].indent == indent) return true;
    return false;
}

static void drop_extra(Balance *balance, Token *token) {
    DiagBag *diags = balance->scan->diags;
    Diag *diag =
        diag_add(diags, DIAG_SYNTAX_ERROR, token->span,
                 "this `}` closes nothing: no block that is indented like it is open, so it "
                 "is one too many, or its `{` is missing");
    if (token > balance->scan->tokens.items && token[-1].kind == T_BLOCK_CLOSE)
        diag_fix(diags, diag, token->span, SLICE(""), "remove it");
    token->flags |= TOKEN_DROPPED;
    balance->extra--;
}

static void look_at_closer(Balance *balance, Token *token) {
    const OpenBlock *block = innermost(balance);
    if (token->flags & TOKEN_FIRST) {
        uint32_t column = column_of(balance->scan, token);
        if (some_block_at(balance, column)) close_before(balance, token, column, true);
        block = innermost(balance);
        if (balance->extra && block && !block->flat && column > block->indent) {
            drop_extra(balance, token);
            return;
        }
    }
    if (balance->open.count) balance->open.count--;
}

/* A word that begins a line begins an item, unless the line above cannot end there. */
static void look_at_word(Balance *balance, Token *token, int before) {
    if (!(token->flags & TOKEN_FIRST)) return;
    uint32_t column = column_of(balance->scan, token);
    OpenBlock *block = innermost(balance);
    if (before == T_BLOCK_OPEN && block && column <= block->indent) block->flat = true;
    if (token_can_end(before)) close_before(balance, token, column, false);
    if (before == T_BLOCK_OPEN || token_can_end(before)) balance->indent = column;
}

/* A second `{` directly after the first is the one too many. */
static void look_at_opener(Balance *balance, Token *token, int before) {
    Scan *scan = balance->scan;
    if (before != T_BLOCK_OPEN || !balance->missing || token == scan->tokens.items) {
        VEC_PUSH(scan->arena, &balance->open, (OpenBlock){token, balance->indent, false});
        return;
    }
    Diag *diag = diag_add(scan->diags, DIAG_SYNTAX_ERROR, token->span,
                          "this `{` opens a block that belongs to nothing: one is open already");
    diag_fix(scan->diags, diag, token->span, SLICE(""), "remove it");
    token->flags |= TOKEN_DROPPED;
    balance->missing--;
}

void layout_balance(Scan *scan) {
    Balance balance = {.scan = scan};
    count_braces(&balance);
    if (scan->cut_short || (!balance.missing && !balance.extra)) return;
    int before = T_BLOCK_OPEN;
    for (uint32_t i = 0; i < scan->tokens.count && !scan_is_full(scan); i++) {
        Token *token = &scan->tokens.items[i];
        if (token->kind == T_WORD) look_at_word(&balance, token, before);
        if (token->kind == T_BLOCK_OPEN) look_at_opener(&balance, token, before);
        if (token->kind == T_BLOCK_CLOSE) look_at_closer(&balance, token);
        before = token->kind;
    }
}
