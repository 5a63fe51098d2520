/* What is said when something cannot stand where it stands: what was found, and what would
 * fit there, in the words of the plan. Never names a piece of the compiler, and never says
 * the same mistake twice. */
#include "compiler/syntax/build.h"
#include "grammar/scp.tab.h"

void message_too_deep(Parser *parser, Span span) {
    if (parser->too_deep) return;
    parser->too_deep = true;
    diag_add(parser->diags, DIAG_LIMIT_REACHED, span,
             "what is written here is nested too deeply: the limit is %d values within each other",
             (int)EXPR_HEIGHT);
}

void message_unexpected(Parser *parser, const int *expected, int count) {
    (void)expected;
    (void)count;
    diag_add(parser->diags, DIAG_SYNTAX_ERROR, parser->found->span, "%s cannot stand here",
             token_kind_text(parser->found->kind));
}
