/* Ascending order without qsort, whose ties are the library's choice: the same input gives the
 * same order everywhere. Long arrays are sorted by their digits where there is memory for it,
 * in place where there is none; the order is the same. */
#ifndef RUNTIME_STATS_SORT_H
#define RUNTIME_STATS_SORT_H

#include <stddef.h>

/* Sorts in place; no NaN among the values. */
void sort_values(double *values, size_t count);

/* The value that would stand at `rank` (from 0) if they were sorted: moves values about, those below
 * it before it and those above after. No NaN among them. */
double sort_select(double *values, size_t count, size_t rank);

/* Fills `order` with the positions 0..count-1 so that the keys ascend; equal keys keep their
 * order, NaN comes last. Keys that ascend already cost one look at each. */
void sort_positions(const double *keys, size_t count, size_t *order);

#endif
