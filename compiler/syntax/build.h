/* What the parser is made of besides its table: its state, and the functions with which the
 * grammar's actions build the tree. They never fail; depth and memory have their limits. */
#ifndef COMPILER_SYNTAX_BUILD_H
#define COMPILER_SYNTAX_BUILD_H

#include "compiler/syntax/layout.h"

typedef struct Parser {
    ParseContext *context;
    Arena *arena;
    DiagBag *diags;
    Scan scan;
    Layout layout;
    const Token *found;    /* the piece handed out last */
    const Token *previous; /* the one before; NULL: none */
    bool started;
    bool too_deep;         /* reported */
    bool stopped;          /* the parser gave up */
    Span lost;             /* the last thing that should have been an item and could not be read */
    const Item *last_item; /* that ended; NULL: none yet */
    ItemList items;
    Expr *expression;
    Atom real, place, places;
} Parser;

Expr *build_value(Parser *parser, const Token *token);
Expr *build_unit(Parser *parser, const Token *value, const Token *unit);
Expr *build_word(Parser *parser, const Token *token);
Expr *build_bool(Parser *parser, const Token *token, bool truth);
Expr *build_missing(Parser *parser, const Token *token);
Expr *build_poison(Parser *parser, Span span);
Expr *build_unary(Parser *parser, Operator op, const Token *token, Expr *operand);
Expr *build_binary(Parser *parser, Operator op, Expr *left, const Token *token, Expr *right);
/* As build_binary, for what does not chain: `a < b < c` is an error. */
Expr *build_comparison(Parser *parser, Operator op, Expr *left, Span word, Expr *right);
Expr *build_if(Parser *parser, const Token *word, Expr *condition, Expr *then, Expr *other);
Expr *build_member(Parser *parser, Expr *left, const Token *word);
Expr *build_call(Parser *parser, Expr *left, Expr *arguments, const Token *close);
Expr *build_index(Parser *parser, Expr *left, Expr *entries, const Token *close);
Expr *build_list(Parser *parser, const Token *open, Expr *entries, const Token *close);
Expr *build_group(Parser *parser, const Token *open, Expr *value, PhraseList phrases,
                  const Token *close);
/* As build_group, for what stands by itself without parentheses. */
Expr *build_asked(Parser *parser, Expr *value, PhraseList phrases);

/* Entries and arguments grow in an expression that becomes a list, a call or an index. */
Expr *build_arguments(Parser *parser);
Expr *build_add_entry(Parser *parser, Expr *arguments, Entry entry);
Expr *build_add_phrase(Parser *parser, Expr *arguments, Phrase *phrase);
Phrase *build_phrase(Parser *parser, const Token *label, ExprList values);

Expr *build_text(Parser *parser, const Token *open);
void build_text_literal(Parser *parser, Expr *text, const Token *part);
void build_text_hole(Parser *parser, Expr *text, const Token *open, Expr *value,
                     const Token *format, const Token *count, const Token *close);
/* Removes the indentation and resolves the escapes. */
Expr *build_text_end(Parser *parser, Expr *text, const Token *close);

Item *build_item(Parser *parser, const Token *word);
void build_title(Parser *parser, Item *item, const Token *name, const Token *title);
/* An error lies in the item before its block. */
Item *build_broken(Item *item);
/* An error lies in the head: saves the name and the title that may stand there, so that those
 * who use the name are not blamed. */
Item *build_broken_head(Parser *parser, const Token *word);
Block *build_block(Parser *parser, const Token *open, ItemList items, const Token *close);
/* `block` NULL: the item has none. */
Item *build_item_end(Parser *parser, Item *item, Block *block, Span end);
void build_add_item(Parser *parser, ItemList *items, Item *item);
/* A block that no item stands before, as after a blank line. */
void build_stray_block(Parser *parser, ItemList *items, Block *block);

/* ---- errors (messages.c) ---- */

/* The next piece, which becomes `parser->found`. */
const Token *parser_next(Parser *parser);

enum { EXPECTED_MAX = 96 };

/* Reports that `parser->found` cannot stand where it stands; `expected` are the kinds that
 * could. */
void message_unexpected(Parser *parser, const int *expected, int count);
void message_too_deep(Parser *parser, Span span);

/* ---- the generated parser (grammar/scp.y) ---- */

int grammar_parse(Parser *parser);

#endif
