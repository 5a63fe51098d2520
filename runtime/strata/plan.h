/* What the queries of a module come to: passes over tables, in each the filters, groupings and
 * cubes (a filter with a grouping) that its queries share, in each cube the measures. Reads no
 * rows. */
#ifndef RUNTIME_STRATA_PLAN_H
#define RUNTIME_STRATA_PLAN_H

#include "runtime/strata/layout.h"
#include "runtime/strata/ranking.h"
#include "runtime/strata/tally.h"

/* Rows that count: those whose values are there. Steps, or MODULE_NONE. */
typedef struct {
    uint32_t value;
    uint32_t valued;
    bool squares; /* of doubles: one too large for that does not count */
    TallyShape shape;
    uint32_t first_query; /* of those it answers */
    uint32_t count, sum; /* the totals that hold it, MODULE_NONE where there is none; without a
                            count it has a tally */
} Measure;

typedef struct Grouping {
    uint8_t dim_count;
    uint32_t sizes[MODULE_MAX_DIMS];
    uint32_t steps[MODULE_MAX_DIMS]; /* the code of each dimension */
    uint32_t cells;
    uint32_t joint; /* MODULE_NONE: only tallies use it */
    uint32_t *map;  /* by cell of the joint, the cell here, or UINT32_MAX where a row is in none;
                       NULL: they are the same, but for the last of the joint */
    bool tallies;   /* some tally uses it */
} Grouping;

typedef struct {
    uint32_t filter;   /* of the pass */
    uint32_t grouping; /* of the pass */
    uint32_t base;     /* the total of all its rows, whatever they hold; MODULE_NONE */
    bool tallies;      /* some measure has one */
    VEC(Measure) measures;
} Cube;

typedef struct Pass {
    uint32_t table, snapshot;
    const TableData *data;
    bool events;
    ExprProgram program;
    VEC(uint32_t) filters; /* steps of truth, or MODULE_NONE: every row */
    VEC(Grouping) groupings;
    VEC(Cube) cubes;
    Layout layout;
} Pass;

/* Where a query's answer is made; pass MODULE_NONE: of an ordered query, in no pass. */
typedef struct {
    uint32_t pass, cube, measure;
} QueryPlace;

typedef struct {
    VEC(Pass *) passes;
    QueryPlace *places; /* by query */
    uint64_t cells;     /* of all queries */
    RankingSet rankings;
} StrataPlan;

/* Makes rankings too. SCP_LIMIT where the queries have more than `cell_limit` cells; *error then
 * says which. */
ScpStatus strata_plan(const Module *module, const Dataset *data, uint64_t cell_limit, Arena *arena,
                      StrataPlan *plan, Slice *error);

#endif
