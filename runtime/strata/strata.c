/* Runs the plan: for each pass, workers pull morsels of rows, evaluate what the queries need a
 * batch at a time, and add to tallies of their own, which are put together at the end. A morsel
 * of events ends where a person ends, so that each person is counted by one worker. */
#include "runtime/strata/strata.h"

#include <math.h>
#include <stdatomic.h>
#include <time.h>

#include "runtime/base/memory.h"
#include "runtime/data/parallel.h"
#include "runtime/strata/ordered.h"
#include "runtime/strata/plan.h"

enum { MORSEL = 16384, DEFAULT_CELLS = 64000000 };
#define NO_CELL UINT32_MAX
#define PRIVATE_LIMIT ((uint64_t)2 << 30)

typedef struct {
    uint16_t places[EXPR_BATCH];
    uint32_t count;
} Selection;

typedef struct {
    uint32_t cells[EXPR_BATCH];
    bool partial; /* some rows are in no cell */
} CellVector;

/* Rows of a batch with the cells they are in. */
typedef struct {
    uint16_t places[EXPR_BATCH];
    uint32_t cells[EXPR_BATCH];
    TallyValue values[EXPR_BATCH];
    uint32_t count;
} Hits;

typedef struct {
    ExprMachine machine;
    Tally **tallies; /* by cube and measure; NULL until the worker has begun */
    int64_t *left_out_group; /* by cube */
    Selection *selections;   /* by filter */
    CellVector *groupings;   /* by grouping */
    Hits *hits;              /* two: of a cube, and of a measure */
    bool failed;
} Worker;

typedef struct {
    const Pass *pass;
    Worker *workers;
    _Atomic uint64_t next;
    uint64_t morsels;
} Run;

/* ---- Batches --------------------------------------------------------------------------------------- */

/* The rows for which the filter is true, and, of events, whose person is in the snapshot. */
static void select_rows(const ExprVector *truth, const uint32_t *person, uint32_t count,
                        Selection *selection) {
    uint8_t pass[EXPR_BATCH];
    memset(pass, 1, sizeof pass);
    if (truth) memcpy(pass, truth->values, sizeof pass);
    if (truth && truth->missing)
        for (uint32_t i = 0; i < EXPR_BATCH; i++)
            pass[i] &= truth->missing[i] ^ 1;
    for (uint32_t i = 0; person && i < count; i++)
        pass[i] &= person[i] != DATA_NO_PERSON;
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        selection->places[n] = (uint16_t)i;
        n += pass[i];
    }
    selection->count = n;
}

#define ADD_DIM(Type, Unsigned)                                     \
    for (uint32_t i = 0; i < EXPR_BATCH; i++) {                     \
        Unsigned code = (Unsigned)((const Type *)values)[i];        \
        bool inside = code < size;                                  \
        cells[i] = cells[i] * size + (inside ? (uint32_t)code : 0); \
        outside[i] |= !inside;                                      \
    }

/* Mixed radix: the last dimension varies fastest. */
static void add_dimension(const void *values, uint8_t repr, uint32_t size, uint32_t *restrict cells,
                          uint8_t *restrict outside) {
    switch (repr) {
    case REPR_BYTE: ADD_DIM(uint8_t, uint32_t); break;
    case REPR_INT: ADD_DIM(int32_t, uint32_t); break;
    default: ADD_DIM(int64_t, uint64_t); break;
    }
}

static void find_cells(const Pass *pass, const ExprMachine *machine, const Grouping *grouping,
                       uint32_t count, CellVector *vector) {
    uint8_t outside[EXPR_BATCH] = {0}, any = 0;
    memset(vector->cells, 0, sizeof vector->cells);
    for (uint32_t d = 0; d < grouping->dim_count; d++) {
        const ExprVector *codes = &machine->vectors[grouping->steps[d]];
        uint8_t repr = pass->program.steps.items[grouping->steps[d]].key.repr;
        add_dimension(codes->values, repr, grouping->sizes[d], vector->cells, outside);
        for (uint32_t i = 0; codes->missing && i < EXPR_BATCH; i++)
            outside[i] |= codes->missing[i];
    }
    for (uint32_t i = 0; i < count; i++)
        any |= outside[i];
    vector->partial = any;
    for (uint32_t i = 0; any && i < count; i++)
        if (outside[i]) vector->cells[i] = NO_CELL;
}

static void find_hits(const Selection *selection, const CellVector *vector, Hits *hits) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < selection->count; k++) {
        uint16_t place = selection->places[k];
        hits->places[n] = place;
        hits->cells[n] = vector->cells[place];
        n += vector->cells[place] != NO_CELL;
    }
    hits->count = n;
}

/* Those of the hits whose value is there. */
static void keep_valued(const Hits *from, const uint8_t *missing, Hits *to) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < from->count; k++) {
        uint16_t place = from->places[k];
        uint32_t cell = from->cells[k];
        to->places[n] = place;
        to->cells[n] = cell;
        n += !missing[place];
    }
    to->count = n;
}

static void take_values(const Pass *pass, const ExprMachine *machine, uint32_t value, Hits *hits) {
    uint8_t repr = pass->program.steps.items[value].key.repr;
    const void *values = machine->vectors[value].values;
    if (repr == REPR_REAL) {
        for (uint32_t k = 0; k < hits->count; k++)
            hits->values[k].real = ((const double *)values)[hits->places[k]];
        return;
    }
    for (uint32_t k = 0; k < hits->count; k++)
        hits->values[k].whole = expr_whole(values, repr, hits->places[k]);
}

/* A double whose square is none cannot be summed as one: it is left out. */
static void drop_huge(const Hits *from, Hits *to) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < from->count; k++) {
        double value = from->values[k].real;
        to->places[n] = from->places[k];
        to->cells[n] = from->cells[k];
        to->values[n].real = value;
        n += isfinite(value * value);
    }
    to->count = n;
}

static void add_measure(const Pass *pass, Worker *worker, const Measure *measure, Tally *tally,
                        const uint32_t *people) {
    const ExprVector *vectors = worker->machine.vectors;
    Hits *hits = &worker->hits[0], *valued = &worker->hits[1];
    const uint32_t steps[] = {measure->valued, measure->value};
    uint32_t all = hits->count;
    for (int i = 0; i < 2; i++) {
        if (steps[i] == MODULE_NONE || !vectors[steps[i]].missing) continue;
        keep_valued(hits, vectors[steps[i]].missing, valued);
        hits = valued;
    }
    bool values = measure->value != MODULE_NONE;
    if (values) take_values(pass, &worker->machine, measure->value, hits);
    if (tally->shape.square == SUM_REAL) {
        drop_huge(hits, valued);
        hits = valued;
    }
    tally->left_out_value += all - hits->count;
    tally_add(tally, hits->cells, hits->count, values ? hits->values : NULL, people, hits->places);
}

static void run_batch(const Pass *pass, Worker *worker, uint64_t row, uint32_t count) {
    const uint32_t *people = pass->events ? pass->data->person + row : NULL;
    expr_run(&worker->machine, row, count);
    for (uint32_t f = 0; f < pass->filters.count; f++) {
        uint32_t step = pass->filters.items[f];
        select_rows(step == MODULE_NONE ? NULL : &worker->machine.vectors[step],
                    pass->data->unmatched ? people : NULL, count, &worker->selections[f]);
    }
    for (uint32_t g = 0; g < pass->groupings.count; g++)
        find_cells(pass, &worker->machine, &pass->groupings.items[g], count,
                   &worker->groupings[g]);
    for (uint32_t c = 0; c < pass->cubes.count; c++) {
        const Cube *cube = &pass->cubes.items[c];
        const Selection *selection = &worker->selections[cube->filter];
        find_hits(selection, &worker->groupings[cube->grouping], &worker->hits[0]);
        worker->left_out_group[c] += selection->count - worker->hits[0].count;
        for (uint32_t m = 0; m < cube->measures.count; m++)
            add_measure(pass, worker, &cube->measures.items[m], &worker->tallies[c][m], people);
    }
}

/* ---- Morsels ---------------------------------------------------------------------------------------- */

/* The first row from `row` on that is not of the person of the row before it. The rows of one
 * person lie together, so that the end of a long run can be found by halving. */
static uint64_t next_person(const TableData *data, uint64_t row) {
    if (!row || row >= data->rows || data->person[row - 1] == DATA_NO_PERSON) return row;
    uint32_t person = data->person[row - 1];
    uint64_t step = 1, low = row - 1; /* a row of the person */
    while (low + step < data->rows && data->person[low + step] == person) {
        low += step;
        step *= 2;
    }
    uint64_t high = low + step < data->rows ? low + step : data->rows;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (data->person[middle] == person)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void run_morsel(const Pass *pass, Worker *worker, uint64_t morsel) {
    uint64_t from = morsel * MORSEL, to = from + MORSEL;
    if (pass->events) {
        from = next_person(pass->data, from);
        to = next_person(pass->data, to);
    }
    if (to > pass->data->rows) to = pass->data->rows;
    for (uint64_t row = from; row < to; row += EXPR_BATCH) {
        uint64_t left = to - row;
        run_batch(pass, worker, row, left < EXPR_BATCH ? (uint32_t)left : EXPR_BATCH);
    }
    for (uint32_t c = 0; pass->events && c < pass->cubes.count; c++)
        for (uint32_t m = 0; m < pass->cubes.items[c].measures.count; m++)
            tally_end_person(&worker->tallies[c][m]);
}

static bool worker_tallies(const Pass *pass, Worker *worker) {
    worker->tallies = mem_alloc_array(pass->cubes.count, sizeof *worker->tallies);
    if (!worker->tallies) return false;
    for (uint32_t c = 0; c < pass->cubes.count; c++) {
        const Cube *cube = &pass->cubes.items[c];
        worker->tallies[c] = mem_alloc_array(cube->measures.count, sizeof **worker->tallies);
        if (!worker->tallies[c]) return false;
        for (uint32_t m = 0; m < cube->measures.count; m++)
            if (!tally_init(&worker->tallies[c][m], cube->measures.items[m].shape)) return false;
    }
    return true;
}

static bool worker_init(const Pass *pass, Worker *worker) {
    worker->left_out_group = mem_alloc_array(pass->cubes.count, sizeof *worker->left_out_group);
    worker->selections = mem_alloc_array(pass->filters.count, sizeof *worker->selections);
    worker->groupings = mem_alloc_array(pass->groupings.count, sizeof *worker->groupings);
    worker->hits = mem_alloc_array(2, sizeof *worker->hits);
    return worker->left_out_group && worker->selections && worker->groupings && worker->hits &&
           expr_machine_init(&worker->machine, &pass->program) && worker_tallies(pass, worker);
}

static void worker_free(const Pass *pass, Worker *worker) {
    for (uint32_t c = 0; worker->tallies && c < pass->cubes.count; c++) {
        for (uint32_t m = 0; worker->tallies[c] && m < pass->cubes.items[c].measures.count; m++)
            tally_free(&worker->tallies[c][m]);
        mem_free(worker->tallies[c]);
    }
    mem_free(worker->tallies);
    mem_free(worker->left_out_group);
    mem_free(worker->selections);
    mem_free(worker->groupings);
    mem_free(worker->hits);
    expr_machine_free(&worker->machine);
    *worker = (Worker){0};
}

static void work(void *context, uint32_t number) {
    Run *run = context;
    Worker *worker = &run->workers[number];
    uint64_t morsel = atomic_fetch_add(&run->next, 1);
    if (number && morsel >= run->morsels) return;
    worker->failed = !worker_init(run->pass, worker);
    for (; !worker->failed && morsel < run->morsels; morsel = atomic_fetch_add(&run->next, 1))
        run_morsel(run->pass, worker, morsel);
}

/* ---- Results ------------------------------------------------------------------------------------------ */

/* Everything into the tallies of the first worker. False: there was not enough memory. */
static bool merge(const Pass *pass, Worker *workers, uint32_t count) {
    bool done = !workers->failed;
    for (uint32_t w = 1; w < count && done; w++) {
        if (workers[w].failed) return false;
        if (!workers[w].tallies) continue;
        for (uint32_t c = 0; c < pass->cubes.count; c++) {
            workers->left_out_group[c] += workers[w].left_out_group[c];
            for (uint32_t m = 0; m < pass->cubes.items[c].measures.count; m++)
                tally_merge(&workers->tallies[c][m], &workers[w].tallies[c][m]);
        }
        worker_free(pass, &workers[w]);
    }
    for (uint32_t c = 0; c < pass->cubes.count && done; c++)
        for (uint32_t m = 0; m < pass->cubes.items[c].measures.count; m++)
            done &= !workers->tallies[c][m].failed;
    return done;
}

static double cell_value(const Tally *tally, const StrataQuery *query, uint32_t cell) {
    Scale scale = {(uint64_t)query->scale_num, (uint64_t)query->scale_den, false};
    Scale squared = {scale.num, scale.den, true};
    int64_t rows = tally->rows[cell];
    switch (query->agg) {
    case AGG_ROWS: return wide_scale(rows, scale);
    case AGG_PEOPLE: return wide_scale(tally->people ? tally->people[cell] : rows, scale);
    case AGG_SUM: return tally_sum(tally, cell, scale);
    case AGG_SUM_SQUARES: return tally_square(tally, cell, squared);
    case AGG_SUM_SQUARED_EVENTS:
        return wide_scale(tally->squared_events ? (Int128)tally->squared_events[cell] : rows,
                          squared);
    case AGG_ORDERED: break; /* runtime/strata/ordered.c's */
    }
    return 0;
}

static void fill_answer(const Worker *worker, const QueryPlace *place, const StrataQuery *query,
                        Arena *arena, StrataCells *cells) {
    const Tally *tally = &worker->tallies[place->cube][place->measure];
    uint32_t count = cells->cell_count = tally->shape.cells;
    cells->rows = ARENA_NEW_ARRAY(arena, int64_t, count);
    cells->people = ARENA_NEW_ARRAY(arena, int64_t, count);
    cells->value = ARENA_NEW_ARRAY(arena, double, count);
    for (uint32_t c = 0; c < count; c++) {
        cells->rows[c] = tally->rows[c];
        cells->people[c] = tally->people ? tally->people[c] : tally->rows[c];
        cells->value[c] = cell_value(tally, query, c);
    }
    cells->left_out_missing_group = worker->left_out_group[place->cube];
    cells->left_out_missing_value = tally->left_out_value;
    if (query->agg != AGG_SUM) return;
    Scale scale = {(uint64_t)query->scale_num, (uint64_t)query->scale_den, false};
    cells->largest = ARENA_NEW_ARRAY(arena, double, count);
    cells->second = ARENA_NEW_ARRAY(arena, double, count);
    for (uint32_t c = 0; c < count; c++) {
        cells->largest[c] = tally_top(tally, c, 0, scale);
        cells->second[c] = tally_top(tally, c, 1, scale);
    }
}

/* As many workers as there is work for, and no more than their tallies leave room for. */
static uint32_t count_workers(const Pass *pass, uint32_t threads, uint64_t morsels) {
    uint64_t size = 1;
    for (uint32_t c = 0; c < pass->cubes.count; c++)
        for (uint32_t m = 0; m < pass->cubes.items[c].measures.count; m++)
            size += tally_size(&pass->cubes.items[c].measures.items[m].shape);
    uint64_t most = PRIVATE_LIMIT / size;
    if (most > morsels) most = morsels;
    if (most > threads) most = threads;
    return most ? (uint32_t)most : 1;
}

typedef struct {
    const Module *module;
    const StrataPlan *plan;
    uint32_t threads;
    Arena *arena;
    StrataResult *result;
    Worker workers[PARALLEL_MAX];
    const Pass *pass; /* whose workers they are */
} Engine;

static void engine_free(Engine *engine) {
    for (uint32_t w = 0; engine->pass && w < PARALLEL_MAX; w++)
        worker_free(engine->pass, &engine->workers[w]);
    engine->pass = NULL;
}

static bool run_pass(Engine *engine, uint32_t p) {
    const Pass *pass = engine->pass = engine->plan->passes.items[p];
    Run run = {.pass = pass, .workers = engine->workers};
    run.morsels = (pass->data->rows + MORSEL - 1) / MORSEL;
    uint32_t count = count_workers(pass, engine->threads, run.morsels);
    parallel_run(count, work, &run);
    if (!merge(pass, engine->workers, count)) return false;
    for (uint32_t q = 0; q < engine->module->queries.count; q++)
        if (engine->plan->places[q].pass == p)
            fill_answer(engine->workers, &engine->plan->places[q],
                        &engine->module->queries.items[q], engine->arena,
                        &engine->result->cells[q]);
    engine->result->rows_scanned += pass->data->rows;
    engine->result->bytes_scanned += pass->data->rows * expr_row_bytes(&pass->program);
    engine->result->passes++;
    engine_free(engine);
    return true;
}

static ScpStatus run_passes(Engine *engine, Slice *error) {
    for (uint32_t p = 0; p < engine->plan->passes.count; p++) {
        if (run_pass(engine, p)) continue;
        *error = SLICE("there is not enough memory for the tables of counts");
        return SCP_LIMIT;
    }
    return SCP_OK;
}

/* A boundary of its own, so that nothing is lost when the arena is exhausted. */
static ScpStatus run_guarded(Engine *engine, Slice *error) {
    Boundary *outer = engine->arena->boundary, boundary;
    engine->arena->boundary = &boundary;
    if (setjmp(boundary.at)) {
        engine->arena->boundary = outer;
        engine_free(engine);
        boundary_leave(outer, boundary.status, boundary.message);
    }
    ScpStatus status = run_passes(engine, error);
    engine->arena->boundary = outer;
    engine_free(engine);
    return status;
}

static ScpStatus collect_ordered(const Module *module, const Dataset *data, StrataPlan *plan,
                                 Arena *arena, StrataResult *result, Slice *error) {
    for (uint32_t q = 0; q < module->queries.count; q++) {
        const StrataQuery *query = &module->queries.items[q];
        if (query->agg != AGG_ORDERED) continue;
        StrataCells *cells = &result->cells[q];
        if (ordered_collect(module, query, data, &plan->rankings, arena, cells)) continue;
        *error = SLICE("there is not enough memory to put values in order");
        return SCP_LIMIT;
    }
    return SCP_OK;
}

static double seconds_now(void) {
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

ScpStatus strata_run(const Module *module, const Dataset *data, uint32_t threads,
                     uint64_t cell_limit, Arena *arena, StrataResult *result, Slice *error) {
    StrataPlan plan;
    double begun = seconds_now();
    *result = (StrataResult){0};
    ScpStatus status = strata_plan(module, data, cell_limit ? cell_limit : DEFAULT_CELLS, arena,
                                   &plan, error);
    if (status != SCP_OK) return status;
    result->cells = ARENA_NEW_ARRAY(arena, StrataCells, module->queries.count);
    result->cells_total = plan.cells;
    Engine *engine = ARENA_NEW(arena, Engine);
    *engine = (Engine){.module = module,
                       .plan = &plan,
                       .threads = parallel_threads(threads),
                       .arena = arena,
                       .result = result};
    status = run_guarded(engine, error);
    if (status == SCP_OK) status = collect_ordered(module, data, &plan, arena, result, error);
    result->seconds = seconds_now() - begun;
    return status;
}
