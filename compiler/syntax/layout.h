/* Between scanner and parser: says where items end, keeps brackets in pairs, joins `not in`,
 * turns a word after a number into its unit. The parser never sees an open bracket: what is
 * missing is reported where it was opened, and stood in for. */
#ifndef COMPILER_SYNTAX_LAYOUT_H
#define COMPILER_SYNTAX_LAYOUT_H

#include "compiler/syntax/scan.h"

typedef struct {
    const Token *token; /* the bracket */
    const Token *item;  /* first word of the item it stands in; NULL: none */
} Bracket;

typedef struct {
    Scan *scan;
    uint32_t next;        /* index of the next piece */
    uint32_t last_kind;   /* of what was handed out last; an item's end to begin with */
    const Token *last;    /* the last real piece handed out; NULL: none yet */
    const Token *item;    /* first word of the item we are in */
    uint32_t item_column; /* where it stands, UINT32_MAX where it is not first on its line */
    VEC(Bracket) open;
    const Token *reported; /* piece at which an open bracket was reported last */
    Diag *failure;         /* what the parser reported in this item; NULL: nothing */
    bool one_expression;   /* line ends mean nothing */
    bool end_now;          /* an item's end is due */
    bool too_deep;         /* reported */
    bool fill;             /* an unreadable value stands for what was too deep */
    uint32_t limit;
} Layout;

void layout_init(Layout *layout, Scan *scan, uint32_t nesting_limit);

/* Where braces do not come out even: marks what is missing or too many. */
void layout_balance(Scan *scan);

/* The next piece; the end of the file again and again. */
const Token *layout_next(Layout *layout);

/* The parser found that a new item begins at `token`: what was open is given up, an item's end
 * comes next, then the token anew. */
void layout_restart(Layout *layout, const Token *token);

/* Whether a round or square bracket is open, and which. */
const Token *layout_open_bracket(const Layout *layout);

/* Column from 0, in bytes. Costs the length of the line before it. */
uint32_t layout_column(const Layout *layout, const Token *token);

#endif
