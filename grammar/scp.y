/* The grammar of the plan language: items, labels, values. The one place where reserved words
 * are declared, and the words in which messages speak of every piece. It has no conflict as
 * IELR(1) and keeps none. What a word means is not its business: that is data (stdlib).
 *
 * Recovery: after a mistake the parser goes on at the end of the item or at the start of its
 * block, never at a bracket. Which end that is, layout.c has said. */

%require "3.8"
%define api.pure full
%define api.prefix {grammar_}
%define api.token.prefix {T_}
%define api.token.raw
%define api.value.type union
%define api.location.type {Span}
%define lr.type ielr
%define parse.error custom
%define parse.lac full
%expect 0

%param {struct Parser *parser}

%code requires {
#include "compiler/syntax/scan.h"

struct Parser;
}

%code {
#include "compiler/syntax/build.h"

/* The stack never grows: what is deeper is over the limit, and no memory is held that leaving
 * to the boundary would lose. */
#define YYINITDEPTH 6000
#define YYMAXDEPTH 6000
#define YYMALLOC mem_alloc
#define YYFREE mem_free

/* A rule without pieces lies where the piece before it ends. */
#define YYLLOC_DEFAULT(current, rhs, n)                                    \
    ((current) = (n) ? (Span){YYRHSLOC(rhs, 1).start, YYRHSLOC(rhs, n).end} \
                     : (Span){YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end})

static int grammar_lex(GRAMMAR_STYPE *value, Span *span, Parser *parser);
static void grammar_error(const Span *span, Parser *parser, const char *message);
}

%token <const Token *>
  FILE_END 0     "the end of the file"
  END            "the end of the item"
  PLAN_START     "the start of a plan"
  VALUE_START    "the start of a value"
  WORD           "a word"
  UNIT           "a unit"
  NUMBER         "a number"
  PERCENT        "a percentage"
  POINTS         "percentage points"
  MONEY          "an amount of money"
  DATE           "a date"
  STRING         "a text in quotes"
  UNREADABLE     "an unreadable value"
  TEXT_OPEN      "a text in triple quotes"
  TEXT_PART      "text"
  TEXT_CLOSE     "the closing triple quotes"
  HOLE_OPEN      "{ in a text"
  HOLE_CLOSE     "the } of a value in a text"
  BLOCK_OPEN     "{"
  BLOCK_CLOSE    "}"
  ROUND_OPEN     "("
  ROUND_CLOSE    ")"
  SQUARE_OPEN    "["
  SQUARE_CLOSE   "]"
  COMMA          ","
  COLON          ":"
  EQUALS         "="
  SEMICOLON      ";"
  DOT            "."
  RANGE          ".."
  EQ             "=="
  NE             "!="
  LT             "<"
  LE             "<="
  GT             ">"
  GE             ">="
  PLUS           "+"
  MINUS          "-"
  STAR           "*"
  SLASH          "/"
  CARET          "^"
  NOT_IN         "not in"

/* Labels, first to last, and the other reserved words: nothing else is reserved. The scanner
 * reads these lists. */
%token <const Token *>
  ACROSS "across" AFTER "after" AGAINST "against" AS "as" AT "at" BECAUSE "because"
  BEFORE "before" BETWEEN "between" BY "by" EVERY "every" FOR "for" FROM "from" INTO "into"
  OF "of" ON "on" OVER "over" REACHING "reaching" TO "to" UNDER "under" UNTIL "until"
  USING "using" WHEN "when" WHERE "where" WITH "with" WITHIN "within"
%token <const Token *>
  AND "and" OR "or" NOT "not" IN "in" IS "is" PER "per" IF "if" THEN "then" ELSE "else"
  TRUE "true" FALSE "false" MISSING "missing"

%type <ItemList> items
%type <Item *> item opening front typed valued
%type <Block *> block ending
%type <ExprList> exprs
%type <Expr *> asked expr postfix primary entries arguments text
%type <Entry> entry
%type <Phrase *> phrase
%type <PhraseList> phrases
%type <const Token *> label number block_start

/* Loosest first. */
%precedence "else"
%left "or"
%left "and"
%precedence "not"
%left "==" "!=" "<" "<=" ">" ">=" "in" "not in" "is"
%left ".."
%left "+" "-"
%left "*" "/" "per"
%precedence PREFIX
%right "^"

%%

start
  : PLAN_START items          { parser->items = $items; }
  | VALUE_START asked         { parser->expression = $asked; }
  | VALUE_START asked END     { parser->expression = $asked; }
  | VALUE_START error         { parser->expression = NULL; }
  ;

/* One value by itself, with the labels it would have in parentheses. */
asked
  : expr
  | expr phrases              { $$ = build_asked(parser, $1, $2); }
  ;

/* ---- items ---- */

items
  : %empty                    { $$ = (ItemList){0}; }
  | items item                { build_add_item(parser, &$1, $item); $$ = $1; }
  | items error ending        { $$ = $1; parser->lost = @2; }
  | items block END           { build_stray_block(parser, &$1, $2); $$ = $1; }
  ;

/* The forms with `error` keep what was read before the mistake. What ends them stands in the
 * same rule: else the parser would reduce before it has found the end, and lose the item. */
item
  : opening ending            { $$ = build_item_end(parser, $1, $2, @2); }
  | WORD error ending
    {
        $$ = build_item_end(parser, build_broken_head(parser, $1), $3, @3);
    }
  | front error ending        { $$ = build_item_end(parser, build_broken($1), $3, @3); }
  | typed error ending        { $$ = build_item_end(parser, build_broken($1), $3, @3); }
  | valued error ending       { $$ = build_item_end(parser, build_broken($1), $3, @3); }
  ;

ending
  : END                       { $$ = NULL; yyerrok; }
  | block END                 { $$ = $1; yyerrok; }
  ;

block
  : block_start items BLOCK_CLOSE
                              { $$ = build_block(parser, $1, $2, $3); }
  ;

block_start
  : BLOCK_OPEN                { $$ = $1; yyerrok; }
  ;

opening
  : WORD                      { $$ = build_item(parser, $1); }
  | front
  | typed
  | valued
  ;

front
  : WORD[word] exprs
    {
        $$ = build_item(parser, $word);
        $$->values = $exprs;
    }
  | WORD[word] WORD[name] STRING
    {
        $$ = build_item(parser, $word);
        build_title(parser, $$, $name, $STRING);
    }
  | WORD phrase
    {
        $$ = build_item(parser, $WORD);
        VEC_PUSH(parser->arena, &$$->phrases, *$phrase);
    }
  | front phrase
    {
        $$ = $1;
        VEC_PUSH(parser->arena, &$$->phrases, *$phrase);
    }
  ;

typed
  : WORD ":" expr             { $$ = build_item(parser, $WORD); $$->type = $expr; }
  | front ":" expr            { $$ = $1; $$->type = $expr; }
  | typed phrase
    {
        $$ = $1;
        VEC_PUSH(parser->arena, &$$->type_phrases, *$phrase);
    }
  ;

valued
  : WORD "=" expr             { $$ = build_item(parser, $WORD); $$->value = $expr; }
  | front "=" expr            { $$ = $1; $$->value = $expr; }
  | typed "=" expr            { $$ = $1; $$->value = $expr; }
  | valued phrase
    {
        $$ = $1;
        VEC_PUSH(parser->arena, &$$->value_phrases, *$phrase);
    }
  ;

/* ---- labels and what they introduce ---- */

phrases
  : phrase                    { $$ = (PhraseList){0}; VEC_PUSH(parser->arena, &$$, *$1); }
  | phrases phrase            { $$ = $1; VEC_PUSH(parser->arena, &$$, *$2); }
  ;

phrase
  : label exprs               { $$ = build_phrase(parser, $label, $exprs); }
  ;

label
  : "across" | "after" | "against" | "as" | "at" | "because" | "before" | "between" | "by"
  | "every" | "for" | "from" | "into" | "of" | "on" | "over" | "reaching" | "to" | "under"
  | "until" | "using" | "when" | "where" | "with" | "within"
  ;

/* ---- values ---- */

exprs
  : expr                      { $$ = (ExprList){0}; VEC_PUSH(parser->arena, &$$, $1); }
  | exprs "," expr            { $$ = $1; VEC_PUSH(parser->arena, &$$, $3); }
  ;

expr
  : postfix
  | "if" expr "then" expr "else" expr
                              { $$ = build_if(parser, $1, $2, $4, $6); }
  | expr "or" expr            { $$ = build_binary(parser, OP_OR, $1, $2, $3); }
  | expr "and" expr           { $$ = build_binary(parser, OP_AND, $1, $2, $3); }
  | "not" expr                { $$ = build_unary(parser, OP_NOT, $1, $2); }
  | expr "==" expr            { $$ = build_comparison(parser, OP_EQ, $1, @2, $3); }
  | expr "!=" expr            { $$ = build_comparison(parser, OP_NE, $1, @2, $3); }
  | expr "<" expr             { $$ = build_comparison(parser, OP_LT, $1, @2, $3); }
  | expr "<=" expr            { $$ = build_comparison(parser, OP_LE, $1, @2, $3); }
  | expr ">" expr             { $$ = build_comparison(parser, OP_GT, $1, @2, $3); }
  | expr ">=" expr            { $$ = build_comparison(parser, OP_GE, $1, @2, $3); }
  | expr "in" expr            { $$ = build_comparison(parser, OP_IN, $1, @2, $3); }
  | expr "not in" expr        { $$ = build_comparison(parser, OP_NOT_IN, $1, @2, $3); }
  | expr "is" postfix         { $$ = build_comparison(parser, OP_IS, $1, @2, $3); }
  | expr "is" "not" postfix
    {
        $$ = build_comparison(parser, OP_IS_NOT, $1, span_join(@2, @3), $4);
    }
  | expr ".." expr            { $$ = build_comparison(parser, OP_RANGE, $1, @2, $3); }
  | expr "+" expr             { $$ = build_binary(parser, OP_ADD, $1, $2, $3); }
  | expr "-" expr             { $$ = build_binary(parser, OP_SUB, $1, $2, $3); }
  | expr "*" expr             { $$ = build_binary(parser, OP_MUL, $1, $2, $3); }
  | expr "/" expr             { $$ = build_binary(parser, OP_DIV, $1, $2, $3); }
  | expr "per" expr           { $$ = build_binary(parser, OP_PER, $1, $2, $3); }
  | "-" expr %prec PREFIX     { $$ = build_unary(parser, OP_NEG, $1, $2); }
  | "+" expr %prec PREFIX     { $$ = build_unary(parser, OP_POS, $1, $2); }
  | "per" expr %prec PREFIX   { $$ = build_unary(parser, OP_PER_PREFIX, $1, $2); }
  | expr "^" expr             { $$ = build_binary(parser, OP_POW, $1, $2, $3); }
  ;

postfix
  : primary
  | postfix "." WORD          { $$ = build_member(parser, $1, $3); }
  | postfix "(" ")"           { $$ = build_call(parser, $1, build_arguments(parser), $3); }
  | postfix "(" arguments ")" { $$ = build_call(parser, $1, $3, $4); }
  | postfix "[" exprs "]"
    {
        Expr *entries = build_arguments(parser);
        for (uint32_t i = 0; i < $exprs.count; i++)
            build_add_entry(parser, entries, (Entry){NULL, $exprs.items[i]});
        $$ = build_index(parser, $1, entries, $4);
    }
  ;

arguments
  : entries
  | phrase                    { $$ = build_add_phrase(parser, build_arguments(parser), $1); }
  | arguments phrase          { $$ = build_add_phrase(parser, $1, $2); }
  ;

entries
  : entry                     { $$ = build_add_entry(parser, build_arguments(parser), $1); }
  | entries "," entry         { $$ = build_add_entry(parser, $1, $3); }
  ;

entry
  : expr                      { $$ = (Entry){NULL, $1}; }
  | expr ":" expr             { $$ = (Entry){$1, $3}; }
  ;

primary
  : WORD                      { $$ = build_word(parser, $1); }
  | number                    { $$ = build_value(parser, $1); }
  | number UNIT               { $$ = build_unit(parser, $1, $2); }
  | DATE                      { $$ = build_value(parser, $1); }
  | STRING                    { $$ = build_value(parser, $1); }
  | "true"                    { $$ = build_bool(parser, $1, true); }
  | "false"                   { $$ = build_bool(parser, $1, false); }
  | "missing"                 { $$ = build_missing(parser, $1); }
  | "(" expr ")"              { $$ = build_group(parser, $1, $2, (PhraseList){0}, $3); }
  | "(" expr phrases ")"      { $$ = build_group(parser, $1, $2, $3, $4); }
  | "[" entries "]"           { $$ = build_list(parser, $1, $2, $3); }
  | "[" entries "," "]"       { $$ = build_list(parser, $1, $2, $4); }
  | text TEXT_CLOSE           { $$ = build_text_end(parser, $1, $2); }
  ;

number
  : NUMBER | PERCENT | POINTS | MONEY | UNREADABLE
  ;

/* ---- texts and the values in them ---- */

text
  : TEXT_OPEN                 { $$ = build_text(parser, $1); }
  | text TEXT_PART            { $$ = $1; build_text_literal(parser, $1, $2); }
  | text HOLE_OPEN expr HOLE_CLOSE
    {
        $$ = $1;
        build_text_hole(parser, $1, $2, $3, NULL, NULL, $4);
    }
  | text HOLE_OPEN expr "as" WORD HOLE_CLOSE
    {
        $$ = $1;
        build_text_hole(parser, $1, $2, $3, $5, NULL, $6);
    }
  | text HOLE_OPEN expr "as" NUMBER UNIT HOLE_CLOSE
    {
        $$ = $1;
        build_text_hole(parser, $1, $2, $3, $6, $5, $7);
    }
  | text HOLE_OPEN error HOLE_CLOSE
    {
        $$ = $1;
        build_text_hole(parser, $1, $2, build_poison(parser, @3), NULL, NULL, $4);
        parser->layout.failure = NULL;
        yyerrok;
    }
  ;

%%

static int grammar_lex(GRAMMAR_STYPE *value, Span *span, Parser *parser) {
    const Token *token = parser_next(parser);
    value->T_WORD = token;
    *span = token->span;
    return token->kind;
}

/* Asks the table what could stand here, and leaves the words to messages.c. */
static int yyreport_syntax_error(const yypcontext_t *context, Parser *parser) {
    yysymbol_kind_t kinds[EXPECTED_MAX];
    int expected[EXPECTED_MAX];
    int count = yypcontext_expected_tokens(context, kinds, EXPECTED_MAX);
    for (int i = 0; i < count; i++) expected[i] = (int)kinds[i];
    message_unexpected(parser, expected, count > 0 ? count : 0);
    return 0;
}

/* Called for the depth of the stack alone: mistakes go through yyreport_syntax_error. */
static void grammar_error(const Span *span, Parser *parser, const char *message) {
    (void)message;
    message_too_deep(parser, *span);
    parser->stopped = true;
}

bool token_is_label(int kind) { return kind >= T_ACROSS && kind <= T_WITHIN; }

bool token_is_reserved(int kind) { return kind >= T_ACROSS && kind <= T_MISSING; }

const char *token_kind_text(int kind) { return yysymbol_name((yysymbol_kind_t)kind); }
