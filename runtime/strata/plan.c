/* Puts queries together that can be answered together. Queries and what they share are found in
 * order of declaration, so that equal modules make equal plans. */
#include "runtime/strata/plan.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    const Module *module;
    const Dataset *data;
    Arena *arena;
    StrataPlan *plan;
} Planner;

static uint32_t find_pass(Planner *planner, const StrataQuery *query) {
    StrataPlan *plan = planner->plan;
    for (uint32_t p = 0; p < plan->passes.count; p++)
        if (plan->passes.items[p]->table == query->table &&
            plan->passes.items[p]->snapshot == query->snapshot)
            return p;
    const ModuleTable *table = &planner->module->tables.items[query->table];
    Pass *pass = ARENA_NEW(planner->arena, Pass);
    pass->table = query->table;
    pass->snapshot = query->snapshot;
    pass->events = table->sort == TABLE_EVENTS;
    pass->data = &planner->data->tables[query->table].snapshots[query->snapshot];
    const TableData *people =
        pass->events ? &planner->data->tables[table->population].snapshots[query->snapshot]
                     : pass->data;
    expr_program_init(&pass->program, planner->arena, planner->module, pass->data, people,
                      &plan->rankings);
    VEC_PUSH(planner->arena, &plan->passes, pass);
    return plan->passes.count - 1;
}

static uint32_t find_filter(Planner *planner, Pass *pass, const StrataQuery *query) {
    uint32_t step = query->filter == MODULE_NONE
                        ? MODULE_NONE
                        : expr_add_truth(&pass->program, query->filter);
    for (uint32_t f = 0; f < pass->filters.count; f++)
        if (pass->filters.items[f] == step) return f;
    VEC_PUSH(planner->arena, &pass->filters, step);
    return pass->filters.count - 1;
}

static uint32_t find_grouping(Planner *planner, Pass *pass, const StrataQuery *query) {
    Grouping grouping;
    memset(&grouping, 0, sizeof grouping);
    grouping.dim_count = query->dim_count;
    grouping.cells = 1;
    grouping.joint = MODULE_NONE; /* and the rest 0, for groupings are compared as bytes */
    for (uint32_t d = 0; d < query->dim_count; d++) {
        grouping.sizes[d] = planner->module->dims.items[query->dims[d]].member_count;
        grouping.steps[d] = expr_add(&pass->program, query->groups[d]);
        grouping.cells *= grouping.sizes[d];
    }
    for (uint32_t g = 0; g < pass->groupings.count; g++)
        if (!memcmp(&pass->groupings.items[g], &grouping, sizeof grouping)) return g;
    VEC_PUSH(planner->arena, &pass->groupings, grouping);
    return pass->groupings.count - 1;
}

static uint32_t find_cube(Planner *planner, Pass *pass, const StrataQuery *query) {
    uint32_t filter = find_filter(planner, pass, query);
    uint32_t grouping = find_grouping(planner, pass, query);
    for (uint32_t c = 0; c < pass->cubes.count; c++)
        if (pass->cubes.items[c].filter == filter && pass->cubes.items[c].grouping == grouping)
            return c;
    VEC_PUSH(planner->arena, &pass->cubes, (Cube){.filter = filter, .grouping = grouping});
    return pass->cubes.count - 1;
}

/* Whether `rows` values as large as any of the step's add up within 63 bits. */
static bool sums_small(const ExprStep *step, uint64_t rows, bool squared) {
    const Int128 most = INT64_MAX;
    Int128 low = step->low, high = step->high;
    Int128 size = -low > high ? -low : high;
    if (squared && size > UINT32_MAX) return false;
    if (squared) size *= size;
    return size * (Int128)(rows ? rows : 1) <= most;
}

static SumKind sum_kind(const Pass *pass, uint32_t value, bool squared) {
    const ExprStep *step = &pass->program.steps.items[value];
    if (step->key.repr == REPR_REAL) return SUM_REAL;
    return sums_small(step, pass->data->rows, squared) ? SUM_SMALL : SUM_LARGE;
}

static uint32_t add_optional(Pass *pass, uint32_t node) {
    return node == MODULE_NONE ? MODULE_NONE : expr_add(&pass->program, node);
}

static uint32_t find_measure(Planner *planner, Pass *pass, Cube *cube, const StrataQuery *query) {
    uint32_t value = add_optional(pass, query->value), valued = add_optional(pass, query->valued);
    bool real = value != MODULE_NONE &&
                pass->program.steps.items[value].key.repr == REPR_REAL;
    Measure measure = {.value = value,
                       .valued = valued == value ? MODULE_NONE : valued,
                       .squares = real && query->agg == AGG_SUM_SQUARES};
    for (uint32_t m = 0; m < cube->measures.count; m++) {
        const Measure *other = &cube->measures.items[m];
        if (other->value == value && other->valued == measure.valued &&
            other->squares == measure.squares)
            return m;
    }
    measure.shape.cells = pass->groupings.items[cube->grouping].cells;
    measure.shape.events = pass->events;
    measure.shape.real = real;
    measure.first_query = (uint32_t)(query - planner->module->queries.items);
    VEC_PUSH(planner->arena, &cube->measures, measure);
    return cube->measures.count - 1;
}

/* A measure that answers a further query counts what that needs too. */
static void extend_shape(const Pass *pass, Measure *measure, AggSort agg) {
    switch (agg) {
    case AGG_ROWS:
    case AGG_PEOPLE: break;
    case AGG_SUM:
        measure->shape.sum = sum_kind(pass, measure->value, false);
        measure->shape.top = true;
        break;
    case AGG_SUM_SQUARES: measure->shape.square = sum_kind(pass, measure->value, true); break;
    case AGG_ORDERED: break;
    case AGG_SUM_SQUARED_EVENTS: measure->shape.squared_events = pass->events; break;
    }
}

static void place_query(Planner *planner, uint32_t q) {
    const StrataQuery *query = &planner->module->queries.items[q];
    QueryPlace *place = &planner->plan->places[q];
    place->pass = find_pass(planner, query);
    Pass *pass = planner->plan->passes.items[place->pass];
    place->cube = find_cube(planner, pass, query);
    Cube *cube = &pass->cubes.items[place->cube];
    place->measure = find_measure(planner, pass, cube, query);
    extend_shape(pass, &cube->measures.items[place->measure], query->agg);
}

/* Cells of a query; more than `most` is any number above it. */
static uint64_t count_cells(const Module *module, const StrataQuery *query, uint64_t most) {
    uint64_t cells = 1;
    for (uint32_t d = 0; d < query->dim_count; d++)
        if (!module->dims.items[query->dims[d]].member_count) return 0;
    for (uint32_t d = 0; d < query->dim_count && cells <= most; d++)
        cells *= module->dims.items[query->dims[d]].member_count;
    return cells;
}

static ScpStatus check_cells(const Module *module, uint64_t limit, Arena *arena, uint64_t *total,
                             Slice *error) {
    for (uint32_t q = 0; q < module->queries.count; q++) {
        const StrataQuery *query = &module->queries.items[q];
        *total += count_cells(module, query, limit);
        if (*total <= limit) continue;
        *error = arena_printf(arena,
                              "the breakdowns have more than %" PRIu64
                              " cells, the limit on cells, at `%.*s`",
                              limit, SLICE_FMT(query->text));
        return SCP_LIMIT;
    }
    return SCP_OK;
}

ScpStatus strata_plan(const Module *module, const Dataset *data, uint64_t cell_limit, Arena *arena,
                      StrataPlan *plan, Slice *error) {
    Planner planner = {module, data, arena, plan};
    *plan = (StrataPlan){.rankings.crew = data->crew};
    /* Indices of cells are 32 bits, the highest of which means none. */
    if (cell_limit >= UINT32_MAX) cell_limit = UINT32_MAX - 1;
    ScpStatus status = check_cells(module, cell_limit, arena, &plan->cells, error);
    if (status != SCP_OK) return status;
    plan->places = ARENA_NEW_ARRAY(arena, QueryPlace, module->queries.count);
    for (uint32_t q = 0; q < module->queries.count; q++) {
        plan->places[q].pass = MODULE_NONE;
        if (module->queries.items[q].agg != AGG_ORDERED) place_query(&planner, q);
    }
    for (uint32_t p = 0; p < plan->passes.count; p++) layout_pass(plan->passes.items[p], arena);
    return SCP_OK;
}
