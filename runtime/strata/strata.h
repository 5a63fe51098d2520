/* The stratification core: executes the queries of a module over columns, in one pass per
 * table for all of them, and gives exact counts and sums per cell. It never protects (that is
 * runtime/disclosure's) and never shows a row. Results are identical for any number of
 * threads and any order of rows. */
#ifndef RUNTIME_STRATA_STRATA_H
#define RUNTIME_STRATA_STRATA_H

#include "runtime/bytecode/module.h"
#include "runtime/data/dataset.h"

/* Cells of one query, row-major over its dims. */
typedef struct {
    uint32_t cell_count;
    int64_t *rows;   /* rows in the cell that passed (and had a value, where one is needed) */
    int64_t *people; /* distinct people behind them */
    double *value;   /* the aggregate in canonical units, rounded once from the exact sum */
    double *largest, *second; /* AGG_SUM: the two largest contributions of one person, by
                                 absolute value, canonical; else NULL */
    int64_t left_out_missing_group; /* rows that passed but had no value of a grouping */
    int64_t left_out_missing_value; /* rows without the value summed */
} StrataCells;

typedef struct {
    StrataCells *cells; /* one for each query, in order */
    /* for run --explain */
    uint64_t rows_scanned, bytes_scanned, cells_total;
    double seconds;
    uint32_t passes;
} StrataResult;

/* Runs all queries. `threads` 0: as many as the machine has. The result lives in `arena`.
 * SCP_LIMIT where the cells would pass `cell_limit` (0: 64 million). */
ScpStatus strata_run(const Module *module, const Dataset *data, uint32_t threads,
                     uint64_t cell_limit, Arena *arena, StrataResult *result, Slice *error);

#endif
