/* What the files of expressions share: elaborate.c (operators, lists, indices), literals.c,
 * names.c, members.c, compare.c. */
#ifndef COMPILER_SEMA_EXPRESSIONS_H
#define COMPILER_SEMA_EXPRESSIONS_H

#include "compiler/sema/admit.h"

/* literals.c */
Node *number_literal(Compilation *c, const Scope *scope, const Expr *expr);
Value *unit_literal(Compilation *c, const Scope *scope, const Expr *expr);
Value *text_literal(Compilation *c, const Scope *scope, const Expr *expr);

/* names.c: NULL where nothing of that name is known, before any message. */
Value *name_known(Compilation *c, const Scope *scope, Atom name, Span span);
Value *name_value(Compilation *c, const Scope *scope, const Expr *expr);
/* A column of that table, said to be its: `visits.age`. */
Value *name_column(Compilation *c, const Scope *scope, const Table *table, Atom name, Span span);
/* The file whose words an expression of this scope uses. */
uint32_t scope_file(const Compilation *c, const Scope *scope);

/* elaborate.c: every expression is entered and left; false where a limit is reached, and said. */
bool elaborate_enter(Compilation *c, const Scope *scope, const Expr *expr);
void elaborate_leave(Compilation *c);

/* A condition as a value; one that is decided has no place of its own. */
Value *truth_value(Compilation *c, Truth truth, Node *open, Span span);

/* compare.c: conditions, decided here where they can be; where not, TRUTH_OPEN and a node. */
Truth compare(Compilation *c, const Scope *scope, const Expr *expr, Node **open);
Truth compare_in(Compilation *c, const Scope *scope, const Expr *expr, Node **open);
Truth compare_is(Compilation *c, const Scope *scope, const Expr *expr, Node **open);
/* The member of a dimension that a bare word, a text or a number names; NULL after a message. */
Node *member_node(Compilation *c, const Scope *scope, uint16_t dim, const Expr *expr);
Truth truth_of(bool holds);
Truth truth_not(Truth truth);
Truth truth_open(Node *node, Node **open); /* of a condition's node; NULL is poison */
/* Both by `and` or `or`: an open side is a node. */
Truth truth_join(Compilation *c, const Scope *scope, Operator op, Truth left, Node *left_open,
                 Truth right, Node *right_open, Span span, Node **open);
Node *truth_node(Compilation *c, Truth truth, Node *open, Span span);

#endif
