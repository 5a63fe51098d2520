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
    double *largest, *second; /* AGG_SUM: the two largest contributions of one person, their
                                 absolute values, canonical (0 where there is no such person);
                                 else NULL */
    uint64_t *ordered_starts; /* AGG_ORDERED: where the values of each cell begin, and the end */
    double *ordered_ranks, *ordered_values; /* in order; canonical; never leave the machine */
    int64_t left_out_missing_group; /* rows that passed but had no value of a grouping, or one
                                       that is no member of its dimension */
    int64_t left_out_missing_value; /* of the others, rows without the value summed or valued */
} StrataCells;

/* What one pass cost: for run --explain. */
typedef struct {
    uint32_t table, snapshot;
    uint32_t queries, threads; /* answered by it; that it ran on */
    uint64_t rows;
    uint64_t row_bytes;   /* read of each row */
    uint64_t table_bytes; /* of the counts of one thread, known before any row is read */
    double counting, answering; /* seconds: over the rows, and from counts to cells */
} StrataPass;

typedef struct {
    StrataCells *cells; /* one for each query, in order */
    /* for run --explain */
    StrataPass *each_pass; /* `passes` */
    uint64_t rows_scanned, bytes_scanned, cells_total;
    uint64_t answer_bytes; /* of the cells, at most */
    double seconds;
    uint32_t passes;
} StrataResult;

typedef struct {
    uint64_t cell_limit; /* 0: 64 million */
    /* Told what will be read and how much memory the counts will take, passes without their times
     * and no cells, before any of that memory is used; NULL: nobody asks. */
    void (*planned)(void *context, const StrataResult *plan);
    void *context;
} StrataOptions;

/* Runs all queries of a verified module over data loaded for it, on the data's threads. Events
 * whose person is not in the query's snapshot count nowhere, not as left out either. Integer
 * arithmetic that passes 64 bits and real arithmetic that leaves the doubles give missing. The
 * squares of doubles are rounded each, their sum is exact; a double whose square is none is without
 * the value summed. The result lives in `arena`. SCP_LIMIT with `error` where the cells would pass
 * the limit, or where memory ended. */
ScpStatus strata_run(const Module *module, const Dataset *data, const StrataOptions *options,
                     Arena *arena, StrataResult *result, Slice *error);

#endif
