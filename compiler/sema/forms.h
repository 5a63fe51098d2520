/* What the files of calls share: arguments.c, aggregates.c, lists.c, series.c (years and levels),
 * bands.c, prices.c, functions.c and natives.c (the library's functions), related.c (who lies
 * within whom). Each form of forms.def is a function here, in the file of its subject. */
#ifndef COMPILER_SEMA_FORMS_H
#define COMPILER_SEMA_FORMS_H

#include "compiler/sema/sema.h"
#include "runtime/bytecode/natives.h"

const Phrase *call_label(const Compilation *c, const Expr *call, const char *label);
const Expr *call_label_value(const Compilation *c, const Expr *call, const char *label);
const Expr *call_argument(Compilation *c, const Scope *scope, const Expr *call,
                          uint32_t index); /* NULL: said */
bool call_labels_known(Compilation *c, const Scope *scope, const Expr *call,
                       const char *const *known);
/* The table a measure counts; NULL where it counts none. */
const Table *measured_table(const Node *node);
/* Reads `a * b, c` into node->dims. */
bool phrase_dims(Compilation *c, const Scope *scope, const Table *table, const Phrase *phrase,
                 Node *dims);
Node *confidence_node(Compilation *c, const Scope *scope, const Expr *at, Span span);
/* Adds the levels after the first to an estimate's node: `at 95%, 99.8%`. */
bool confidence_further(Compilation *c, const Scope *scope, const Phrase *at, Node *node);
/* Whether a label that means no level of confidence has one value: said where not. */
bool at_one_value(Compilation *c, const Scope *scope, const Expr *call);
Value *people_argument(Compilation *c, const Scope *scope, const Expr *expr, const Phrase *where);
Node *aggregate(Compilation *c, const Value *people, AggSort agg, Node *value, Span span);

/* A native call whose type inherits from its arguments. */
Node *call_node(Compilation *c, Native native, Type type, Span span, Node **args, uint32_t count);
/* Whether an amount is of one year alone, `year` or NULL; said where it is not. */
bool one_year_amount(Compilation *c, const Scope *scope, const Node *node, const Value *year,
                     Span span);
/* Whether the year is none of the plan's: then that is said. */
bool outside_horizon(Compilation *c, const Scope *scope, int64_t year, Span span);
/* Over the members of a dimension, one node each. */
Node *stack(Compilation *c, uint16_t dim, Node **members, uint32_t count, Type type, Span span);

/* The forms: poison after a message. */
#define FORM(form, name, prose) \
    Value *form_##form(Compilation *c, const Scope *scope, const Expr *call);
#include "compiler/sema/forms.def"
#undef FORM

/* series.c: the measure at a financial year, 0 the usual one; the year of an `at`, where it is
 * stated and known: 0 where not, false after a message. */
Node *measure_at(Compilation *c, Node *measure, int64_t year, Span span);
bool year_of(Compilation *c, const Scope *scope, const Expr *at, int64_t *year);

/* statistics.c: each part of the measure by those dimensions against the whole; NULL where it has no
 * limits to compare by. */
Node *parts_against_whole(Compilation *c, Node *measure, const Value *crossing);

/* aggregates.c */
Value *reduce_along(Compilation *c, const Scope *scope, const Expr *call, Opcode op);

/* lists.c */
Value *list_of(Compilation *c, const Scope *scope, const Expr *expr); /* items; or poison */
Value *list_sum(Compilation *c, const Scope *scope, const Expr *call);
/* How many items: of `counted`, or those that `for` goes through. */
Value *list_count(Compilation *c, const Scope *scope, const Expr *call, Value *counted);

/* functions.c, natives.c */
Value *call_function(Compilation *c, const Scope *scope, Decl *fn, const Expr *call);
Value *call_native(Compilation *c, const Scope *scope, Decl *fn, const Expr *call);

/* prices.c: the plan's deflator as an array over years; NULL after a message. */
Node *deflator_index(Compilation *c, const Scope *scope, Span span);
Node *deflator_at(Compilation *c, const Scope *scope, Node *index, int32_t year, Span span);
/* Whether the plan says at which year's prices real amounts are; said once where not. */
bool prices_known(Compilation *c, const Scope *scope, Span span);
Node *deflator_over_horizon(Compilation *c, const Scope *scope, Node *index, Span span);

/* statistics.c: `using exact` or `byar`: 0 neither, 1, 2. */
bool count_limits_word(Compilation *c, const Scope *scope, const Expr *call, int64_t *limits);

/* places.c: what spread.c makes over people, over the members of a dimension (`across`) */
typedef struct {
    int form;   /* relative, generalised, erreygers, wagstaff */
    int method; /* regression, convenient, direct */
    bool method_said;
} ConcentrationWords;
Value *groups_of_members(Compilation *c, const Scope *scope, const Expr *call, uint32_t groups,
                         bool highest_first);
Value *gini_of_members(Compilation *c, const Scope *scope, const Expr *call, bool corrected);
Value *lorenz_of_members(Compilation *c, const Scope *scope, const Expr *call);
Value *concentration_of_members(Compilation *c, const Scope *scope, const Expr *call,
                                ConcentrationWords words);

/* related.c */
bool people_within(const Node *part, const Node *whole);
void population_mismatch(Compilation *c, const Scope *scope, const Node *part, const Node *whole,
                         Span span);
bool references_end(Compilation *c, Decl *start, Atom clause);

#endif
