/* The totals of one worker: arrays by cell of a joint breakdown, as runtime/strata/layout.h laid
 * them out, and how they are put together and rolled up to the cells of a query. */
#ifndef RUNTIME_STRATA_TOTALS_H
#define RUNTIME_STRATA_TOTALS_H

#include "runtime/strata/layout.h"

/* To be done with a worker's block before anything else: the counters of one cell become one. */
void totals_close(const Layout *layout, char *block);

/* Adds cells `from` to `to` of a total of one worker's block to another's. */
void totals_merge(const Layout *layout, uint32_t total, uint32_t from, uint32_t to, char *into,
                  const char *more);

/* Cells `from` to `to` of a grouping, `cells` in all, of which a total is asked for. Where there
 * is a map (runtime/strata/plan.h), all of them. */
typedef struct {
    const Layout *layout;
    const char *block;
    const uint32_t *map;
    uint32_t cells, from, to;
} RollUp;

/* Rows, from rows[0] on. */
void totals_rows(const RollUp *roll, uint32_t total, int64_t *rows);

/* Rows in any cell of the grouping, whichever are asked for, and in none. */
typedef struct {
    int64_t inside, outside;
} TotalRows;

TotalRows totals_all_rows(const RollUp *roll, uint32_t total);

/* Distinct people of a total of events, and of each the square of his rows. */
void totals_people(const RollUp *roll, uint32_t total, int64_t *people);
void totals_squares(const RollUp *roll, uint32_t total, uint64_t *squares);

/* Sums, and the two largest sizes of one person. */
typedef struct {
    int64_t sum;
    uint64_t first, second;
} TotalSum;

void totals_sums(const RollUp *roll, uint32_t total, TotalSum *sums);

#endif
