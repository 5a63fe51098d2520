/* Text to tree: scanner, layout filter and parser in one call. Every syntax error of the
 * file is reported; what could be read around them is returned. */
#ifndef COMPILER_SYNTAX_PARSE_H
#define COMPILER_SYNTAX_PARSE_H

#include "compiler/syntax/tree.h"
#include "runtime/base/diag.h"

typedef struct {
    Arena *arena;
    Interner *interner;
    SourceMap *sources;
    DiagBag *diags;
    uint32_t nesting_limit; /* 0: 200 */
} ParseContext;

/* Parses the source of that index. Never NULL; items that could not be read at all are left
 * out, those with an error inside are marked broken. */
File *parse_file(ParseContext *context, uint32_t source);

/* Parses one expression (for `scpc eval`); what follows it after labels, as in `count(older) by
 * place`, makes it a group. NULL where it has an error, which is reported. */
Expr *parse_expression(ParseContext *context, uint32_t source);

/* The tree as indented text, for golden tests. */
Slice tree_dump(Arena *arena, const Interner *interner, const File *file);

#endif
