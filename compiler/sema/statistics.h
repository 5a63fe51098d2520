/* What the statistics of the language share (statistics.c, comparisons.c, places.c, spread.c): reading
 * a call's arguments, labels and dimensions, and making the native call. All say what is wrong and
 * return NULL or false. */
#ifndef COMPILER_SEMA_STATISTICS_H
#define COMPILER_SEMA_STATISTICS_H

#include "compiler/sema/forms.h"

typedef struct {
    Compilation *c;
    const Scope *scope;
    const Expr *call;
} Form;

/* The argument of that place: a number that is not of one person. */
Node *form_argument(const Form *f, uint32_t index);
/* The same, an estimate. */
Node *form_estimate(const Form *f, uint32_t index);
/* The first argument, an estimate, with the 95% limits that gradients and trends take standard
 * errors from. */
Node *form_estimate_at_95(const Form *f);
/* Its first level of confidence; 95% where none is given. */
Node *form_confidence(const Form *f);
Node *form_number(const Form *f, int64_t value);
bool form_labels(const Form *f, const char *const *known);
bool form_across(const Form *f, Node *node); /* reads `across` into the node's dims */
bool form_one_dim(const Form *f, const Node *node);
bool form_ordered(const Form *f, const Node *node, Span span); /* its one dim, for a gradient */
/* Whether a second argument lines up with the first: dims and members. */
bool form_lines_up(const Form *f, Node *first, Node *second);

/* `using` one of the words: its place among them, 0 (the first) where nothing is said. `wanted` are
 * the words as a message names them. False: another word. */
bool form_word(const Form *f, const char *const *words, const char *wanted, int64_t *choice);
bool form_whole(const Form *f, const Expr *expr, int64_t least, int64_t most, int64_t *value);

Type form_estimate_type(Unit unit);
/* The call with its arguments; of an estimate also the further levels of `at`. */
Node *form_native(const Form *f, Native op, Type type, Node **args, uint32_t count);
/* Dims and labels of the arguments, less the node's dims unless it keeps them. */
void form_inherit(Node *node, bool keeps);

/* A value of several parts, each under its name. */
void form_add_part(const Form *f, Value *parts, const char *name, Node *node);

/* The native an estimate comes from, whatever it was asked for by. */
Native form_source(const Node *node);

/* Whether a denominator is person-time: said where it is not. */
bool person_time(Compilation *c, const Scope *scope, const Node *node, Span span);

#endif
