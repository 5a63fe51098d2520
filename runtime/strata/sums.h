/* Sums by cell of joint breakdowns, of people who have one row each. Rows whose value is 0, which
 * most are of what is rare, are passed over; those that are left of a choice and a value are
 * listed once, whatever the number of joints. */
#ifndef RUNTIME_STRATA_SUMS_H
#define RUNTIME_STRATA_SUMS_H

#include "runtime/strata/choices.h"

/* Finds what the sums of a layout share. */
void sums_lay_out(Layout *layout, Arena *arena);

/* What a worker needs besides its block. */
typedef struct {
    uint64_t (*nonzero)[MASK_WORDS]; /* by value: the rows where it is not 0 */
    uint16_t places[EXPR_BATCH + PLACES_SLACK];
} SumRows;

bool sums_init(SumRows *rows, const Layout *layout); /* false: no memory */
void sums_free(SumRows *rows);

void sums_add(const Located *batch, SumRows *rows);

#endif
