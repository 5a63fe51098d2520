/* The answers of a pass, from what its workers have counted: totals and tallies of all workers
 * together become the cells of queries. Nothing is counted here, and each number is rounded
 * once. */
#ifndef RUNTIME_STRATA_ANSWERS_H
#define RUNTIME_STRATA_ANSWERS_H

#include "runtime/data/parallel.h"
#include "runtime/strata/plan.h"
#include "runtime/strata/strata.h"

/* What has been counted: of the first worker, into whose all others' were put. */
typedef struct {
    const char *totals;
    Tally *const *tallies;         /* by cube and measure */
    const int64_t *left_out_group; /* by cube that has tallies */
} Counted;

/* Adds the totals of one worker to another's, on as many threads as that is worth. */
void answers_merge(const Layout *layout, char *into, const char *more, Parallel *crew);

/* Fills cells[q] for each query q that pass `p` of the plan answers. Queries over the same rows
 * share what is the same. */
void answers_fill(const Module *module, const StrataPlan *plan, uint32_t p, const Counted *counted,
                  Parallel *crew, Arena *arena, StrataCells *cells);

#endif
