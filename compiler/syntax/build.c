/* The actions of the grammar. They put together what was written and where, and check only
 * what is a matter of form: comparisons that chain, and depth. */
#include "compiler/syntax/build.h"

#include "grammar/scp.tab.h"

/* ---- values ---- */

static uint32_t height_of(const Expr *expr) {
    return expr ? expr->height : 0;
}

/* Cuts what has become too deep, so that nobody who walks the tree needs to count. */
static Expr *limit_height(Parser *parser, Expr *expr) {
    if (expr->height <= EXPR_HEIGHT) return expr;
    message_too_deep(parser, expr->span);
    return build_poison(parser, expr->span);
}

static Expr *new_expr(Parser *parser, ExprKind kind, Span span) {
    Expr *expr = ARENA_NEW(parser->arena, Expr);
    expr->kind = kind;
    expr->span = span;
    expr->height = 1;
    return expr;
}

static void adopt(Expr *parent, const Expr *child) {
    if (height_of(child) >= parent->height) parent->height = height_of(child) + 1;
}

Expr *build_poison(Parser *parser, Span span) {
    return new_expr(parser, EXPR_POISON, span);
}

Expr *build_value(Parser *parser, const Token *token) {
    (void)parser;
    token->as.value->height = 1;
    return token->as.value;
}

/* `real` after an amount of money says at which prices it is; any other word is a unit. */
Expr *build_unit(Parser *parser, const Token *value, const Token *unit) {
    Expr *left = build_value(parser, value);
    Span span = span_join(value->span, unit->span);
    if (left->kind == EXPR_MONEY && unit->as.word == parser->real) {
        left->real = true;
        left->word_span = unit->span;
        left->span = span;
        return left;
    }
    Expr *expr = new_expr(parser, EXPR_UNIT, span);
    expr->left = left;
    expr->number = left->number;
    expr->atom = unit->as.word;
    expr->word_span = unit->span;
    adopt(expr, left);
    return expr;
}

Expr *build_word(Parser *parser, const Token *token) {
    Expr *expr = new_expr(parser, EXPR_WORD, token->span);
    expr->atom = token->as.word;
    expr->word_span = token->span;
    return expr;
}

Expr *build_bool(Parser *parser, const Token *token, bool truth) {
    Expr *expr = new_expr(parser, EXPR_BOOL, token->span);
    expr->truth = truth;
    return expr;
}

Expr *build_missing(Parser *parser, const Token *token) {
    return new_expr(parser, EXPR_MISSING, token->span);
}

Expr *build_unary(Parser *parser, Operator op, const Token *token, Expr *operand) {
    Expr *expr = new_expr(parser, EXPR_UNARY, span_join(token->span, operand->span));
    expr->op = op;
    expr->word_span = token->span;
    expr->left = operand;
    adopt(expr, operand);
    return limit_height(parser, expr);
}

static Expr *new_binary(Parser *parser, Operator op, Expr *left, Span word, Expr *right) {
    Expr *expr = new_expr(parser, EXPR_BINARY, span_join(left->span, right->span));
    expr->op = op;
    expr->word_span = word;
    expr->left = left;
    expr->right = right;
    adopt(expr, left);
    adopt(expr, right);
    return limit_height(parser, expr);
}

Expr *build_binary(Parser *parser, Operator op, Expr *left, const Token *token, Expr *right) {
    return new_binary(parser, op, left, token->span, right);
}

static bool is_comparison(const Expr *expr) {
    return expr->kind == EXPR_BINARY && expr->op >= OP_EQ && expr->op <= OP_IS_NOT;
}

static Expr *refuse_chain(Parser *parser, const Expr *left, Span word, const Expr *right) {
    Span whole = span_join(left->span, right->span);
    SourceMap *sources = parser->context->sources;
    Slice middle = source_map_text(sources, left->right->span);
    Diag *diag = diag_add(parser->diags, DIAG_SYNTAX_ERROR, word,
                          "comparisons do not chain: `%.*s` already ends one, so `%.*s` must begin "
                          "another, joined with `and`",
                          SLICE_FMT(middle), SLICE_FMT(source_map_text(sources, word)));
    diag_fix(parser->diags, diag, (Span){word.start, word.start},
             arena_printf(parser->arena, "and %.*s ", SLICE_FMT(middle)),
             "write two comparisons joined with `and`");
    return build_poison(parser, whole);
}

static Expr *refuse_range(Parser *parser, const Expr *left, Span word, const Expr *right) {
    diag_add(parser->diags, DIAG_SYNTAX_ERROR, word,
             "a range has two ends: `..` cannot follow another `..`");
    return build_poison(parser, span_join(left->span, right->span));
}

Expr *build_comparison(Parser *parser, Operator op, Expr *left, Span word, Expr *right) {
    if (op == OP_RANGE && left->kind == EXPR_BINARY && left->op == OP_RANGE)
        return refuse_range(parser, left, word, right);
    if (op != OP_RANGE && is_comparison(left)) return refuse_chain(parser, left, word, right);
    return new_binary(parser, op, left, word, right);
}

Expr *build_if(Parser *parser, const Token *word, Expr *condition, Expr *then, Expr *other) {
    Expr *expr = new_expr(parser, EXPR_IF, span_join(word->span, other->span));
    expr->word_span = word->span;
    expr->left = condition;
    expr->right = then;
    expr->other = other;
    adopt(expr, condition);
    adopt(expr, then);
    adopt(expr, other);
    return limit_height(parser, expr);
}

Expr *build_member(Parser *parser, Expr *left, const Token *word) {
    Expr *expr = new_expr(parser, EXPR_MEMBER, span_join(left->span, word->span));
    expr->left = left;
    expr->atom = word->as.word;
    expr->word_span = word->span;
    adopt(expr, left);
    return limit_height(parser, expr);
}

/* ---- brackets ---- */

/* A bracket whose closer had to be stood in for holds nobody knows what. */
static Expr *close_bracket(Parser *parser, Expr *expr, ExprKind kind, Span start,
                           const Token *close) {
    Span span = span_join(start, close->span);
    if (close->flags & TOKEN_INSERTED) return build_poison(parser, span);
    expr->kind = kind;
    expr->span = span;
    return limit_height(parser, expr);
}

Expr *build_call(Parser *parser, Expr *left, Expr *arguments, const Token *close) {
    arguments->left = left;
    adopt(arguments, left);
    return close_bracket(parser, arguments, EXPR_CALL, left->span, close);
}

Expr *build_index(Parser *parser, Expr *left, Expr *entries, const Token *close) {
    entries->left = left;
    adopt(entries, left);
    return close_bracket(parser, entries, EXPR_INDEX, left->span, close);
}

Expr *build_list(Parser *parser, const Token *open, Expr *entries, const Token *close) {
    return close_bracket(parser, entries, EXPR_LIST, open->span, close);
}

static void adopt_phrase(Expr *parent, const Phrase *phrase) {
    for (uint32_t i = 0; i < phrase->values.count; i++) adopt(parent, phrase->values.items[i]);
}

static Expr *new_group(Parser *parser, Span span, Expr *value, PhraseList phrases) {
    Expr *expr = new_expr(parser, EXPR_GROUP, span);
    expr->left = value;
    expr->phrases = phrases;
    adopt(expr, value);
    VEC_EACH(Phrase, phrase, &phrases) adopt_phrase(expr, phrase);
    return expr;
}

Expr *build_group(Parser *parser, const Token *open, Expr *value, PhraseList phrases,
                  const Token *close) {
    Expr *expr = new_group(parser, open->span, value, phrases);
    return close_bracket(parser, expr, EXPR_GROUP, open->span, close);
}

Expr *build_asked(Parser *parser, Expr *value, PhraseList phrases) {
    return limit_height(parser, new_group(parser, value->span, value, phrases));
}

Expr *build_arguments(Parser *parser) {
    return new_expr(parser, EXPR_LIST, SPAN_NONE);
}

Expr *build_add_entry(Parser *parser, Expr *arguments, Entry entry) {
    VEC_PUSH(parser->arena, &arguments->entries, entry);
    if (entry.key) adopt(arguments, entry.key);
    adopt(arguments, entry.value);
    return arguments;
}

Expr *build_add_phrase(Parser *parser, Expr *arguments, Phrase *phrase) {
    VEC_PUSH(parser->arena, &arguments->phrases, *phrase);
    adopt_phrase(arguments, phrase);
    return arguments;
}

Phrase *build_phrase(Parser *parser, const Token *label, ExprList values) {
    Phrase *phrase = ARENA_NEW(parser->arena, Phrase);
    phrase->label = label->as.word;
    phrase->label_span = label->span;
    phrase->span = span_join(label->span, values.items[values.count - 1]->span);
    phrase->values = values;
    return phrase;
}

/* ---- items ---- */

Item *build_item(Parser *parser, const Token *word) {
    Item *item = ARENA_NEW(parser->arena, Item);
    item->word = word->as.word;
    item->word_span = item->span = item->head_span = word->span;
    if (word->doc) item->doc = parser->scan.docs.items[word->doc - 1].text;
    return item;
}

void build_title(Parser *parser, Item *item, const Token *name, const Token *title) {
    VEC_PUSH(parser->arena, &item->values, build_word(parser, name));
    item->title = build_value(parser, title);
}

Item *build_broken(Item *item) {
    item->broken = true;
    return item;
}

/* Pieces of the file lie side by side, so those after `word` are what its head begins with. */
Item *build_broken_head(Parser *parser, const Token *word) {
    Item *item = build_broken(build_item(parser, word));
    if (word[1].kind != T_WORD) return item;
    if (word[2].kind == T_STRING)
        build_title(parser, item, &word[1], &word[2]);
    else
        VEC_PUSH(parser->arena, &item->values, build_word(parser, &word[1]));
    return item;
}

Block *build_block(Parser *parser, const Token *open, ItemList items, const Token *close) {
    Block *block = ARENA_NEW(parser->arena, Block);
    *block = (Block){open, close, items};
    return block;
}

/* Whoever asks what the block lacks must know that something in it could not be read. */
static void attach_block(Parser *parser, Item *item, const Block *block) {
    if (parser->lost.start > block->open->span.start) item->broken = true;
    parser->lost = SPAN_NONE;
    item->has_block = true;
    item->block = block->items;
    item->span.end = block->close->span.end;
    if (block->close->flags & TOKEN_INSERTED) item->broken = true;
}

Item *build_item_end(Parser *parser, Item *item, Block *block, Span end) {
    parser->last_item = item;
    item->span.end = item->head_span.end = end.end;
    if (!block) return item;
    item->head_span.end = block->open->span.start;
    attach_block(parser, item, block);
    return item;
}

/* Keeps the outermost list as it grows, in case the parser has to stop before its end. */
void build_add_item(Parser *parser, ItemList *items, Item *item) {
    VEC_PUSH(parser->arena, items, item);
    if (!parser->layout.open.count) parser->items = *items;
}

void build_stray_block(Parser *parser, ItemList *items, Block *block) {
    Item *before = items->count ? items->items[items->count - 1] : NULL;
    Span span = block->open->span;
    if (!before || before->has_block) {
        diag_add(parser->diags, DIAG_SYNTAX_ERROR, span,
                 "this `{` opens a block that belongs to nothing: a block follows the item it is "
                 "of, as in `kpi falls_rate \"Falls\" { … }`");
        return;
    }
    Slice word = atom_text(parser->context->interner, before->word);
    Diag *diag = diag_add(parser->diags, DIAG_SYNTAX_ERROR, span,
                          "this `{` opens a block that belongs to nothing: the blank line above "
                          "ended `%.*s`",
                          SLICE_FMT(word));
    diag_fix(parser->diags, diag, (Span){before->span.end, span.start}, SLICE(" "),
             "put it behind `%.*s`", SLICE_FMT(word));
    attach_block(parser, before, block);
}
