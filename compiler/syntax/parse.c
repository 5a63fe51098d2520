/* The entry points: source in, tree out. Nothing is printed and nothing is decided here. */
#include "compiler/syntax/parse.h"

#include "compiler/syntax/build.h"
#include "grammar/scp.tab.h"

enum { DEFAULT_NESTING = 200 };

/* The parser's first piece says what is to be read. */
const Token *parser_next(Parser *parser) {
    static const Token plan_start = {.kind = T_PLAN_START, .span = {0, 0}};
    static const Token value_start = {.kind = T_VALUE_START, .span = {0, 0}};
    if (!parser->started) {
        parser->started = true;
        return parser->layout.one_expression ? &value_start : &plan_start;
    }
    parser->previous = parser->found;
    parser->found = layout_next(&parser->layout);
    return parser->found;
}

static void run(Parser *parser, ParseContext *context, uint32_t source, bool one_expression) {
    *parser = (Parser){.context = context, .arena = context->arena, .diags = context->diags};
    parser->real = intern(context->interner, SLICE("real"));
    parser->place = intern(context->interner, SLICE("place"));
    parser->places = intern(context->interner, SLICE("places"));
    scan_source(&parser->scan, context, source);
    uint32_t limit = context->nesting_limit ? context->nesting_limit : DEFAULT_NESTING;
    layout_init(&parser->layout, &parser->scan, limit);
    parser->layout.one_expression = one_expression;
    grammar_parse(parser);
}

File *parse_file(ParseContext *context, uint32_t source) {
    Parser *parser = ARENA_NEW(context->arena, Parser);
    run(parser, context, source, false);
    File *file = ARENA_NEW(context->arena, File);
    file->source = source;
    file->items = parser->items;
    return file;
}

Expr *parse_expression(ParseContext *context, uint32_t source) {
    Parser *parser = ARENA_NEW(context->arena, Parser);
    uint32_t before = diag_bag_count(context->diags, SEVERITY_ERROR);
    run(parser, context, source, true);
    bool good = diag_bag_count(context->diags, SEVERITY_ERROR) == before;
    return good ? parser->expression : NULL;
}
