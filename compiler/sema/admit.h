/* What admit.c (values against declared types), changes.c (changes and levels) and clauses.c
 * share. */
#ifndef COMPILER_SEMA_ADMIT_H
#define COMPILER_SEMA_ADMIT_H

#include "compiler/sema/clauses.h"

/* One value as written, on its way to be admitted. */
typedef struct {
    Compilation *c;
    const Scope *scope;
    Decl *decl;
    Clause *clause;
    const Expr *expr;
    bool deadline; /* it says by when: of a month the last day is meant */
} Admission;

/* The value as the type wants it; poison after a message. */
Value *admit(Admission *a, const Expr *type);
void admit_list(Compilation *c, const Scope *scope, Clause *clause, const Expr *type,
                const ExprList *exprs, ValueList *values);
Value *admit_fail(Admission *a, const char *wanted, const Value *got);
Value *admit_read(Admission *a);
/* A quantity of no one person; NULL where it is none: then *value says what it is instead. */
Node *admit_node(Admission *a, const char *wanted, Value **value);
bool type_is_call(const Compilation *c, const Expr *type, const char *name);
bool type_is_word(const Compilation *c, const Expr *type, const char *name);
/* Closed sets among the alternatives of a type: whether there is nothing else, whether one has
 * that word, and all their words as text. */
bool type_is_choice(const Compilation *c, const Expr *type);
bool type_takes_word(const Compilation *c, const Expr *type, Atom word);
Slice type_words(Compilation *c, const Expr *type, Nearest *nearest);

/* changes.c: `value(c)` and `change(c)` of a clause c. */
Value *admit_level(Admission *a, const Expr *call);
Value *admit_change(Admission *a, const Expr *call);
/* A number, or a series of them, in the unit of a measure: what is written without one takes it,
 * and its scale from how `decl` is shown. NULL where the unit is another: then not_fitting says
 * so. */
Node *fit_measure(Admission *a, Node *node, const Type *type, const Decl *decl);
Value *not_fitting(Admission *a, const Node *node, const Type *type);
/* The declaration that this one is `of`, by name; NULL. */
Decl *decl_of(Compilation *c, const Decl *decl);

/* actuals.c */
Value *admit_observations(Admission *a);
Value *admit_period(Admission *a);
/* What a file that is read at run holds; poison after a message. */
Value *actuals_of_file(Compilation *c, Decl *decl);

#endif
