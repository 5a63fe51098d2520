/* What the files of expressions share: elaborate.c (operators, lists, indices), literals.c,
 * names.c, members.c, compare.c. */
#ifndef COMPILER_SEMA_EXPRESSIONS_H
#define COMPILER_SEMA_EXPRESSIONS_H

#include "compiler/sema/clauses.h"

/* A clause read as its value: nothing, one, or a list. */
Value *value_strip(Compilation *c, Value *value);

/* literals.c */
Node *number_literal(Compilation *c, const Expr *expr);
Value *unit_literal(Compilation *c, const Scope *scope, const Expr *expr);
Value *text_literal(Compilation *c, const Scope *scope, const Expr *expr);

/* names.c: NULL where nothing of that name is known, before any message. */
Value *name_known(Compilation *c, const Scope *scope, Atom name, Span span);
Value *name_value(Compilation *c, const Scope *scope, const Expr *expr);
Value *name_column(Compilation *c, const Scope *scope, const Table *rows, Atom name, Span span);
/* Declared at the top of that file. */
Decl *name_in_file(const Compilation *c, uint32_t file, Atom name);

/* compare.c */
Node *compare(Compilation *c, const Scope *scope, const Expr *expr);
Node *compare_in(Compilation *c, const Scope *scope, const Expr *expr);
Node *compare_is(Compilation *c, const Scope *scope, const Expr *expr);

#endif
