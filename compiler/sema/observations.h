/* What observations.c, actuals.c and statistics.c share: series by period. */
#ifndef COMPILER_SEMA_OBSERVATIONS_H
#define COMPILER_SEMA_OBSERVATIONS_H

#include "compiler/sema/forms.h"

/* A period as it is written, by its first day: a month, a quarter, a financial year, or the Monday
 * of a week. False for everything else. */
bool expr_period(const Expr *expr, DimSort *sort, int32_t *first);

/* Which dimension of a value is one of time: an index; -1: none. */
int series_dim(const Compilation *c, const Type *type);

#endif
