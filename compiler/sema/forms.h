/* What the files of calls share: calls.c (aggregates, lists), series.c (years and levels),
 * functions.c (the library's functions), related.c (who lies within whom). */
#ifndef COMPILER_SEMA_FORMS_H
#define COMPILER_SEMA_FORMS_H

#include "compiler/sema/sema.h"

const Phrase *call_label(const Compilation *c, const Expr *call, const char *label);
const Expr *call_label_value(const Compilation *c, const Expr *call, const char *label);
const Expr *call_argument(Compilation *c, const Scope *scope, const Expr *call,
                          uint32_t index); /* NULL: said */
bool call_labels_known(Compilation *c, const Scope *scope, const Expr *call,
                       const char *const *known);
/* Reads `a * b, c` into node->dims. */
bool phrase_dims(Compilation *c, const Scope *scope, const Table *table, const Phrase *phrase,
                 Node *dims);
Node *confidence_node(Compilation *c, const Scope *scope, const Expr *at, Span span);
Value *people_argument(Compilation *c, const Scope *scope, const Expr *expr, const Phrase *where);
Node *aggregate(Compilation *c, const Value *people, AggSort agg, Node *value, Span span);

/* functions.c */
Value *call_function(Compilation *c, const Scope *scope, Decl *fn, const Expr *call);

/* series.c */
Value *form_band(Compilation *c, const Scope *scope, const Expr *call);
Value *form_measured(Compilation *c, const Scope *scope, const Expr *call);
Value *form_breakdowns(Compilation *c, const Scope *scope, const Expr *call);
Value *form_reached(Compilation *c, const Scope *scope, const Expr *call);
Value *form_latest(Compilation *c, const Scope *scope, const Expr *call);
Value *form_trajectory(Compilation *c, const Scope *scope, const Expr *call);
/* The plan's deflator as an array over years; NULL after a message. */
Node *deflator_index(Compilation *c, const Scope *scope, Span span);
Node *deflator_at(Compilation *c, const Scope *scope, Node *index, int32_t year, Span span);
Node *deflator_over_horizon(Compilation *c, const Scope *scope, Node *index, Span span);

/* related.c */
bool people_within(const Node *part, const Node *whole);
void population_mismatch(Compilation *c, const Scope *scope, const Node *part, const Node *whole,
                         Span span);
bool references_end(Compilation *c, Decl *start, Atom clause);

#endif
