/* What operators.c (what an operator makes of two values) and agree.c (whether they may meet)
 * share. */
#ifndef COMPILER_SEMA_OPERATORS_H
#define COMPILER_SEMA_OPERATORS_H

#include "compiler/sema/sema.h"

/* One use of an operator. */
typedef struct {
    Compilation *c;
    const Scope *scope;
    Operator op;
    Span span;  /* of the whole expression: where its value comes from */
    Span at;    /* of the operator itself: where messages point */
    Slice year; /* of an amount in a list: `[FY2027/28]`, which restated amounts are taken at */
    Span left, right; /* of its sides, as used here: a value may have been made elsewhere */
} Operation;

bool node_is_absent(const Node *node);
bool node_is_exact(const Node *node); /* a number known without data */

/* Members of shared dimensions are the same, and there are not too many dimensions. */
bool dims_agree(const Operation *o, const Node *a, const Node *b);

/* Quantities that may be added, compared or stand for each other. */
bool units_agree(const Operation *o, const Node *a, const Node *b, const char *doing);
bool prices_agree(const Operation *o, const Node *a, const Node *b);

/* Says that values of these types cannot be `doing`; `advice` may be empty. Gives NULL. */
Node *wrong_types(const Operation *o, const Node *a, const Node *b, const char *doing,
                  const char *advice);

/* A column compared with a number outside the range it declares: never true, or always. */
bool range_agrees(const Operation *o, const Node *a, const Node *b);

#endif
