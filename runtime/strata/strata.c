/* Runs the plan: for each pass, workers pull morsels of rows, evaluate what the queries need a
 * batch at a time, and add to tallies of their own, which are put together at the end. A morsel
 * of events ends where a person ends, so that each person is counted by one worker. */
#include "runtime/strata/strata.h"

#include <math.h>
#include <stdatomic.h>

#include "runtime/base/memory.h"
#include "runtime/base/seconds.h"
#include "runtime/data/parallel.h"
#include "runtime/strata/answers.h"
#include "runtime/strata/ordered.h"
#include "runtime/strata/plan.h"
#include "runtime/strata/strips.h"
#include "runtime/strata/sums.h"
#include "runtime/strata/totals.h"

/* Fewer morsels than FEW_MORSELS are made smaller. */
enum { MORSEL = 32768, FEW_MORSELS = 16, DEFAULT_CELLS = 64000000 };
#define NO_CELL UINT32_MAX
#define PRIVATE_LIMIT ((uint64_t)2 << 30)

/* The cells of rows in a grouping that has tallies. */
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
    char *totals; /* as the layout says, */
    void *block;  /* in this; NULL until the worker has begun */
    Choices choices;
    uint32_t (*cells)[EXPR_BATCH + CELLS_AHEAD]; /* by joint */
    StripRows strips;
    SumRows sums;
    bool few; /* few rows passed of the batch before */
    Tally **tallies;         /* by cube and measure, of those that have one */
    int64_t *left_out_group; /* by cube that has tallies */
    CellVector *groupings;   /* by grouping */
    Hits *hits;              /* two: of a cube, and of a measure */
    bool failed;
} Worker;

typedef struct {
    const Pass *pass;
    Worker *workers;
    _Atomic uint64_t next;
    uint64_t morsels;
    Progress *progress;
} Run;

/* ---- Totals ------------------------------------------------------------------------------------ */

static uint8_t repr_of(const Pass *pass, uint32_t step) {
    return pass->program.steps.items[step].key.repr;
}

static void find_joint_cells(const Pass *pass, Worker *worker, uint32_t j, uint32_t count) {
    const Joint *joint = &pass->layout.joints.items[j];
    worker->machine.kernels->find_cells(joint->axes, joint->axis_count, worker->machine.vectors,
                                        joint->last, count, worker->cells[j]);
}

static const void *values_at(const Pass *pass, const Worker *worker, uint32_t step,
                             uint32_t first) {
    static const size_t sizes[] = {sizeof(uint8_t), sizeof(int32_t), sizeof(int64_t)};
    const char *values = worker->machine.vectors[step].values;
    return values + first * sizes[repr_of(pass, step)];
}

static void add_records(const Pass *pass, Worker *worker, const Total *total, PlaceList rows,
                        uint32_t first) {
    RecordField fields[RECORD_MEMBERS];
    for (uint32_t m = 0; m < total->member_count; m++) {
        const Total *member = &pass->layout.totals.items[total->members[m]];
        fields[m] = (RecordField){.word = member->place.word,
                                  .shift = member->place.shift,
                                  .top = member->place.top,
                                  .tops = member->kind == TOTAL_SUM};
        if (member->value == MODULE_NONE) continue;
        fields[m].values = values_at(pass, worker, member->value, first);
        fields[m].repr = repr_of(pass, member->value);
    }
    worker->machine.kernels->record(rows, worker->cells[total->joint] + first, fields,
                                    total->member_count,
                                    (Record *)(void *)(worker->totals + total->offset));
}

/* `first`: the row of the batch to which the first of a list without places belongs. */
static void add_rows(const Pass *pass, Worker *worker, const Total *total, PlaceList rows,
                     uint32_t first, const Batch *batch) {
    const Kernels *kernels = worker->machine.kernels;
    const Joint *joint = &pass->layout.joints.items[total->joint];
    const uint32_t *cells = worker->cells[total->joint] + first;
    void *to = worker->totals + total->offset;
    bool sums = total->value != MODULE_NONE;
    const void *values = sums ? values_at(pass, worker, total->value, first) : NULL;
    uint8_t repr = sums ? repr_of(pass, total->value) : REPR_BYTE;
    switch (total->kind) {
    case TOTAL_COUNT: kernels->count(rows, cells, to, joint->copy); break;
    case TOTAL_SUM: break;
    case TOTAL_RECORD: add_records(pass, worker, total, rows, first); break;
    case TOTAL_VISIT: kernels->visit(rows, cells, batch->people + first, to); break;
    case TOTAL_EVENT:
        kernels->sum_events(rows, cells, batch->people + first, values, repr, to);
        break;
    }
}

/* Of what neither runtime/strata/strips.c nor runtime/strata/sums.c adds; in slices, between which
 * what comes next is fetched. */
static void add_total(const Pass *pass, Worker *worker, const Total *total, const Batch *batch) {
    PlaceList rows = worker->choices.each[total->choice].rows;
    bool here = total->place.total == MODULE_NONE && total->strip == MODULE_NONE;
    if (!here || total->kind == TOTAL_SUM) return;
    for (uint32_t from = 0; from < rows.count; from += RECORD_ROWS) {
        uint32_t count = rows.count - from < RECORD_ROWS ? rows.count - from : RECORD_ROWS;
        if (rows.places)
            add_rows(pass, worker, total, (PlaceList){rows.places + from, count}, 0, batch);
        else
            add_rows(pass, worker, total, (PlaceList){NULL, count}, from, batch);
        fetch_tick(&worker->machine.fetch);
    }
}

/* ---- Tallies ----------------------------------------------------------------------------------- */

#define ADD_DIM(Type, Unsigned)                                     \
    for (uint32_t i = 0; i < count; i++) {                          \
        Unsigned code = (Unsigned)((const Type *)values)[i];        \
        bool inside = code < size;                                  \
        cells[i] = cells[i] * size + (inside ? (uint32_t)code : 0); \
        outside[i] |= !inside;                                      \
    }

/* Mixed radix: the last dimension varies fastest. */
static void add_dimension(const void *values, uint8_t repr, uint32_t count, uint32_t size,
                          uint32_t *restrict cells, uint8_t *restrict outside) {
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
        add_dimension(codes->values, repr, count, grouping->sizes[d], vector->cells, outside);
        for (uint32_t i = 0; codes->missing && i < count; i++)
            outside[i] |= codes->missing[i];
    }
    for (uint32_t i = 0; i < count; i++)
        any |= outside[i];
    vector->partial = any;
    for (uint32_t i = 0; any && i < count; i++)
        if (outside[i]) vector->cells[i] = NO_CELL;
}

static void find_hits(PlaceList rows, const CellVector *vector, Hits *hits) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < rows.count; k++) {
        uint16_t place = rows.places ? rows.places[k] : (uint16_t)k;
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

static void add_tallies(const Pass *pass, Worker *worker, uint32_t c, const Batch *batch) {
    const Cube *cube = &pass->cubes.items[c];
    PlaceList rows = worker->choices.each[cube->filter].rows;
    find_hits(rows, &worker->groupings[cube->grouping], &worker->hits[0]);
    worker->left_out_group[c] += rows.count - worker->hits[0].count;
    for (uint32_t m = 0; m < cube->measures.count; m++)
        if (cube->measures.items[m].count == MODULE_NONE)
            add_measure(pass, worker, &cube->measures.items[m], &worker->tallies[c][m],
                        batch->people);
}

/* ---- Batches ----------------------------------------------------------------------------------- */

/* What the next batch reads, which is of less than all columns where the one before had few rows
 * that pass. */
static void fetch_next(const Pass *pass, Worker *worker, uint64_t row) {
    const Layout *layout = &pass->layout;
    uint64_t left = row < pass->data->rows ? pass->data->rows - row : 0;
    if (worker->few)
        expr_fetch(&worker->machine, layout->filter_steps.items, layout->filter_steps.count, row,
                   left < EXPR_BATCH ? left : EXPR_BATCH);
    else
        expr_fetch(&worker->machine, worker->machine.every, pass->program.steps.count, row,
                   left < EXPR_BATCH ? left : EXPR_BATCH);
}

/* Filters first, for they may leave little to compute the rest for. */
static bool filter_batch(const Pass *pass, Worker *worker, uint64_t row, Batch *batch) {
    const Layout *layout = &pass->layout;
    ExprMachine *machine = &worker->machine;
    uint32_t count = batch->count;
    fetch_next(pass, worker, row + count);
    machine->kernels->run(machine, layout->filter_steps.items, layout->filter_steps.count, row,
                          count, NULL);
    choices_filter(pass, machine, batch, &worker->choices);
    worker->few = choices_keep_few(pass, machine, batch, &worker->choices);
    if (!worker->few)
        machine->kernels->run(machine, layout->further_steps.items, layout->further_steps.count,
                              row, count, NULL);
    else if (batch->count)
        machine->kernels->run(machine, layout->rest_steps.items, layout->rest_steps.count, row,
                              batch->count, worker->choices.kept);
    return batch->count > 0;
}

static void run_batch(const Pass *pass, Worker *worker, uint64_t row, uint32_t count) {
    const Layout *layout = &pass->layout;
    Batch batch = {count, pass->events ? pass->data->person + row : NULL};
    if (!filter_batch(pass, worker, row, &batch)) return;
    choices_mark(pass, &worker->machine, batch.count, &worker->choices);
    for (uint32_t j = 0; j < layout->joints.count; j++)
        find_joint_cells(pass, worker, j, batch.count);
    Located located = {.pass = pass,
                       .machine = &worker->machine,
                       .choices = &worker->choices,
                       .cells = worker->cells,
                       .count = batch.count,
                       .block = worker->totals};
    strips_add(&located, &worker->strips);
    sums_add(&located, &worker->sums);
    VEC_EACH (const Total, total, &layout->totals) add_total(pass, worker, total, &batch);
    for (uint32_t g = 0; layout->tallies && g < pass->groupings.count; g++)
        if (pass->groupings.items[g].tallies)
            find_cells(pass, &worker->machine, &pass->groupings.items[g], batch.count,
                       &worker->groupings[g]);
    for (uint32_t c = 0; layout->tallies && c < pass->cubes.count; c++)
        if (pass->cubes.items[c].tallies) add_tallies(pass, worker, c, &batch);
}

static bool has_tally(const Pass *pass, uint32_t cube, uint32_t measure) {
    return pass->cubes.items[cube].measures.items[measure].count == MODULE_NONE;
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

/* Of few rows a batch, so that no worker has much more to do than another. */
static uint64_t morsel_size(const Pass *pass) {
    return pass->data->rows < FEW_MORSELS * MORSEL ? EXPR_BATCH : MORSEL;
}

static void run_morsel(const Pass *pass, Worker *worker, uint64_t morsel) {
    uint64_t size = morsel_size(pass), from = morsel * size, to = from + size;
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
            if (has_tally(pass, c, m)) tally_end_person(&worker->tallies[c][m]);
}

static bool worker_tallies(const Pass *pass, Worker *worker) {
    worker->tallies = mem_alloc_array(pass->cubes.count, sizeof *worker->tallies);
    if (!worker->tallies) return false;
    for (uint32_t c = 0; c < pass->cubes.count; c++) {
        const Cube *cube = &pass->cubes.items[c];
        worker->tallies[c] = mem_alloc_array(cube->measures.count, sizeof **worker->tallies);
        if (!worker->tallies[c]) return false;
        for (uint32_t m = 0; m < cube->measures.count; m++)
            if (has_tally(pass, c, m) &&
                !tally_init(&worker->tallies[c][m], cube->measures.items[m].shape))
                return false;
    }
    return true;
}

static char *aligned(void *block) {
    uintptr_t past = (uintptr_t)block % LAYOUT_ALIGNMENT;
    return (char *)block + (past ? LAYOUT_ALIGNMENT - past : 0);
}

static bool worker_init(const Pass *pass, Worker *worker) {
    const Layout *layout = &pass->layout;
    worker->left_out_group = mem_alloc_array(pass->cubes.count, sizeof *worker->left_out_group);
    worker->cells = mem_alloc_array(layout->joints.count, sizeof *worker->cells);
    worker->block = mem_alloc(layout->size + LAYOUT_ALIGNMENT);
    if (worker->block) worker->totals = aligned(worker->block);
    worker->groupings = mem_alloc_array(layout->tallies ? pass->groupings.count : 1,
                                        sizeof *worker->groupings);
    worker->hits = mem_alloc_array(2, sizeof *worker->hits);
    return worker->left_out_group && choices_init(&worker->choices, layout) &&
           sums_init(&worker->sums, layout) && worker->cells && worker->block &&
           worker->groupings && worker->hits &&
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
    choices_free(&worker->choices);
    sums_free(&worker->sums);
    mem_free(worker->cells);
    mem_free(worker->block);
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
    for (; !worker->failed && morsel < run->morsels; morsel = atomic_fetch_add(&run->next, 1)) {
        run_morsel(run->pass, worker, morsel);
        progress_add(run->progress, 1);
    }
    if (worker->failed) return;
    totals_close(&run->pass->layout, worker->totals);
    strips_close(&run->pass->layout, worker->totals);
}

/* ---- Results ------------------------------------------------------------------------------------------ */

typedef struct {
    const Module *module;
    const StrataPlan *plan;
    Parallel *crew;
    uint32_t threads; /* of it */
    Arena *arena;
    StrataResult *result;
    Worker *workers; /* one a thread */
    const Pass *pass; /* whose workers they are */
    Progress *progress;
} Engine;

static void merge_tallies(const Pass *pass, Worker *into, const Worker *from) {
    for (uint32_t c = 0; c < pass->cubes.count; c++) {
        into->left_out_group[c] += from->left_out_group[c];
        for (uint32_t m = 0; m < pass->cubes.items[c].measures.count; m++)
            if (has_tally(pass, c, m)) tally_merge(&into->tallies[c][m], &from->tallies[c][m]);
    }
}

/* Everything into the totals and tallies of the first worker. False: there was not enough memory. */
static bool merge(Engine *engine, uint32_t count) {
    const Pass *pass = engine->pass;
    Worker *workers = engine->workers;
    bool done = !workers->failed;
    for (uint32_t w = 1; w < count && done; w++) {
        if (workers[w].failed) return false;
        if (!workers[w].tallies) continue;
        answers_merge(&pass->layout, workers->totals, workers[w].totals, engine->crew);
        merge_tallies(pass, workers, &workers[w]);
        worker_free(pass, &workers[w]);
    }
    for (uint32_t c = 0; c < pass->cubes.count && done; c++)
        for (uint32_t m = 0; m < pass->cubes.items[c].measures.count; m++)
            done &= !has_tally(pass, c, m) || !workers->tallies[c][m].failed;
    return done;
}

/* Bytes of what one worker counts in. */
static uint64_t table_bytes(const Pass *pass) {
    uint64_t size = 1 + pass->layout.size;
    for (uint32_t c = 0; c < pass->cubes.count; c++)
        for (uint32_t m = 0; m < pass->cubes.items[c].measures.count; m++)
            if (has_tally(pass, c, m)) size += tally_size(&pass->cubes.items[c].measures.items[m].shape);
    return size;
}

/* As many workers as there is work for, and no more than their tables leave room for. */
static uint32_t count_workers(const Pass *pass, uint32_t threads, uint64_t morsels) {
    uint64_t most = PRIVATE_LIMIT / table_bytes(pass);
    if (most > morsels) most = morsels;
    if (most > threads) most = threads;
    return most ? (uint32_t)most : 1;
}

static void engine_free(Engine *engine) {
    for (uint32_t w = 0; engine->pass && w < engine->threads; w++)
        worker_free(engine->pass, &engine->workers[w]);
    engine->pass = NULL;
}

static uint64_t morsels_of(const Pass *pass) {
    return (pass->data->rows + morsel_size(pass) - 1) / morsel_size(pass);
}

static StrataPass describe_pass(const Engine *engine, uint32_t p, uint32_t threads) {
    const Pass *pass = engine->plan->passes.items[p];
    StrataPass cost = {.table = pass->table,
                       .snapshot = pass->snapshot,
                       .threads = threads,
                       .rows = pass->data->rows,
                       .row_bytes = expr_row_bytes(&pass->program),
                       .table_bytes = table_bytes(pass)};
    for (uint32_t q = 0; q < engine->module->queries.count; q++)
        cost.queries += engine->plan->places[q].pass == p;
    return cost;
}

/* Of the cells of one query, where it shares none of them with another. */
static uint64_t answer_bytes(const Module *module, const StrataQuery *query) {
    uint64_t cells = 1, numbers = 2; /* rows and value */
    for (uint32_t d = 0; d < query->dim_count; d++)
        cells *= module->dims.items[query->dims[d]].member_count;
    if (module->tables.items[query->table].sort == TABLE_EVENTS) numbers++;
    if (query->agg == AGG_SUM) numbers += 2;
    return cells * numbers * sizeof(double);
}

static bool run_pass(Engine *engine, uint32_t p) {
    const Pass *pass = engine->pass = engine->plan->passes.items[p];
    StrataResult *result = engine->result;
    StrataPass *cost = &result->each_pass[p];
    Run run = {.pass = pass, .workers = engine->workers, .progress = engine->progress};
    run.morsels = morsels_of(pass);
    double begun = seconds_now();
    parallel_do(engine->crew, cost->threads, work, &run);
    cost->counting = seconds_now() - begun;
    if (!merge(engine, cost->threads)) return false;
    const Worker *all = engine->workers;
    Counted counted = {all->totals, all->tallies, all->left_out_group};
    answers_fill(engine->module, engine->plan, p, &counted, engine->crew, engine->arena,
                 result->cells);
    cost->answering = seconds_now() - begun - cost->counting;
    engine_free(engine);
    return true;
}

static ScpStatus run_passes(Engine *engine, Slice *error) {
    uint64_t morsels = 0;
    for (uint32_t p = 0; p < engine->plan->passes.count; p++)
        morsels += morsels_of(engine->plan->passes.items[p]);
    progress_begin(engine->progress, "counting", morsels);
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

/* What the passes will take, known before any of it is taken. */
static void describe_passes(Engine *engine) {
    StrataResult *result = engine->result;
    for (uint32_t p = 0; p < engine->plan->passes.count; p++) {
        const Pass *pass = engine->plan->passes.items[p];
        uint32_t workers = count_workers(pass, engine->threads, morsels_of(pass));
        StrataPass cost = describe_pass(engine, p, workers);
        result->rows_scanned += cost.rows;
        result->bytes_scanned += cost.rows * cost.row_bytes;
        result->each_pass[result->passes++] = cost;
    }
    for (uint32_t q = 0; q < engine->module->queries.count; q++)
        result->answer_bytes += answer_bytes(engine->module, &engine->module->queries.items[q]);
}

ScpStatus strata_run(const Module *module, const Dataset *data, const StrataOptions *options,
                     Arena *arena, StrataResult *result, Slice *error) {
    StrataPlan plan;
    double begun = seconds_now();
    uint32_t threads = parallel_size(data->crew);
    uint64_t most_cells = options->cell_limit ? options->cell_limit : DEFAULT_CELLS;
    *result = (StrataResult){0};
    progress_begin(data->progress, "laying out the counts", 0);
    ScpStatus status = strata_plan(module, data, most_cells, arena, &plan, error);
    if (status != SCP_OK) return status;
    result->cells_total = plan.cells;
    result->each_pass = ARENA_NEW_ARRAY(arena, StrataPass, plan.passes.count);
    Engine *engine = ARENA_NEW(arena, Engine);
    *engine = (Engine){.module = module,
                       .plan = &plan,
                       .crew = data->crew,
                       .threads = threads,
                       .workers = ARENA_NEW_ARRAY(arena, Worker, threads),
                       .arena = arena,
                       .result = result,
                       .progress = data->progress};
    describe_passes(engine);
    if (options->planned) options->planned(options->context, result);
    result->cells = ARENA_NEW_ARRAY(arena, StrataCells, module->queries.count);
    status = run_guarded(engine, error);
    progress_begin(data->progress, "putting values in order", 0);
    if (status == SCP_OK) status = collect_ordered(module, data, &plan, arena, result, error);
    result->seconds = seconds_now() - begun;
    return status;
}
