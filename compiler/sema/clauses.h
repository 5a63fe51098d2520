/* What clauses.c offers to the rest of the checker and to lowering. */
#ifndef COMPILER_SEMA_CLAUSES_H
#define COMPILER_SEMA_CLAUSES_H

#include "compiler/sema/forms.h"

/* How the numbers of a declaration are shown: its clause of type `display`, or NULL. */
Value *clause_display(Compilation *c, const Decl *decl);

/* Nothing, where a value of that type is expected. */
Value *missing_of(Compilation *c, const Expr *type, Span span);

/* The default of a clause that is not written, or missing. */
Value *clause_fallback(Compilation *c, Decl *decl, const ClauseSpec *spec, Span span);

#endif
