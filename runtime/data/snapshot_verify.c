/* Whether the arrays of snapshots are what was written, and each value one that its column may
 * hold: after this nothing in them can lead whoever reads them astray. Only what is going to be
 * read is looked at, each array once, by blocks on several threads. */
#include "runtime/data/snapshot.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "runtime/bytecode/instr.h"
#include "runtime/data/checksum.h"
#include "runtime/data/parallel.h"
#include "runtime/data/problem.h"

typedef enum { FOUND_DAMAGE = 1, FOUND_VALUE = 2, FOUND_RANGE = 4 } Finding;

typedef enum { TASK_COLUMN, TASK_JOIN } TaskSort;

/* One column, or the join of events to one day of their population. */
typedef struct {
    TaskSort sort;
    SnapshotUse *use;
    uint32_t column;
    Column *held; /* TASK_COLUMN */
    uint64_t first; /* number of its first block among all */
    uint64_t blocks;
    atomic_int found;
    _Atomic uint64_t missing; /* rows without a value, or without a person */
} Task;

typedef struct {
    Task *tasks;
    uint32_t count;
    uint64_t blocks;
    _Atomic uint64_t next;
    Progress *progress;
} Verification;

/* ---- One block ------------------------------------------------------------------------------ */

static const char *bytes_of(const Task *task, const SnapshotArray *array) {
    return task->use->snapshot->arrays + array->offset;
}

static bool sum_agrees(const Task *task, const SnapshotArray *array, uint64_t block_size,
                       uint64_t block) {
    uint64_t from = block * block_size, left = array->length - from, want;
    memcpy(&want, array->checks + block * 8, sizeof want);
    return checksum_of(bytes_of(task, array) + from, left < block_size ? left : block_size) == want;
}

#define LIMITS(Type)                            \
    for (uint64_t i = 0; i < rows; i++) {       \
        Type value = ((const Type *)values)[i]; \
        low = value < low ? value : low;        \
        high = value > high ? value : high;     \
    }                                           \
    *least = low;                               \
    *most = high

static void limits_1(const void *values, uint64_t rows, int64_t *least, int64_t *most) {
    uint8_t low = UINT8_MAX, high = 0;
    LIMITS(uint8_t);
}

static void limits_2(const void *values, uint64_t rows, int64_t *least, int64_t *most) {
    uint16_t low = UINT16_MAX, high = 0;
    LIMITS(uint16_t);
}

static void limits_4(const void *values, uint64_t rows, int64_t *least, int64_t *most) {
    int32_t low = INT32_MAX, high = INT32_MIN;
    LIMITS(int32_t);
}

static void limits_8(const void *values, uint64_t rows, int64_t *least, int64_t *most) {
    int64_t low = INT64_MAX, high = INT64_MIN;
    LIMITS(int64_t);
}

static uint64_t count_bits(const uint8_t *bits, uint64_t rows) {
    uint64_t count = 0;
    for (uint64_t byte = 0; byte < bits_size(rows); byte++) {
        unsigned here = bits[byte];
        if (rows - byte * 8 < 8) here &= (1u << (rows - byte * 8)) - 1;
        count += (uint64_t)__builtin_popcount(here);
    }
    return count;
}

static void limits_of_bits(const void *values, uint64_t rows, int64_t *least, int64_t *most) {
    uint64_t ones = count_bits(values, rows);
    *least = ones == rows;
    *most = ones > 0;
}

/* A missing value is held as 0, which may lie outside the bounds of the others. */
static bool whole_sound(const SnapshotColumn *column, const void *values, uint64_t rows) {
    int64_t least = 0, most = 0, low = column->low, high = column->high;
    switch (column->width) {
    case 0: limits_of_bits(values, rows, &least, &most); break;
    case 1: limits_1(values, rows, &least, &most); break;
    case 2: limits_2(values, rows, &least, &most); break;
    case 4: limits_4(values, rows, &least, &most); break;
    case 8: limits_8(values, rows, &least, &most); break;
    }
    if (column->missing_count && low > 0) low = 0;
    if (column->missing_count && high < 0) high = 0;
    return least >= low && most <= high;
}

static Finding check_reals(const Task *task, uint64_t from, uint64_t to) {
    const ModuleColumn *declared = &task->use->table->columns.items[task->column];
    const double *values = task->held->values;
    int found = 0;
    for (uint64_t row = from; row < to; row++) {
        if (!isfinite(values[row])) found |= FOUND_VALUE;
        bool outside = values[row] < (double)declared->low || values[row] > (double)declared->high;
        if (declared->has_range && outside && !column_misses(task->held, row)) found |= FOUND_RANGE;
    }
    return (Finding)found;
}

static int check_column_block(Task *task, uint64_t block) {
    const SnapshotColumn *column = task->use->columns[task->column];
    uint64_t rows = task->use->part->rows, from = block * SNAPSHOT_ROWS;
    uint64_t to = from + SNAPSHOT_ROWS < rows ? from + SNAPSHOT_ROWS : rows;
    uint8_t width = (uint8_t)column->width;
    if (!sum_agrees(task, &column->values, snapshot_block(width), block)) return FOUND_DAMAGE;
    if (column->missing_count) {
        if (!sum_agrees(task, &column->missing, snapshot_block(0), block)) return FOUND_DAMAGE;
        atomic_fetch_add(&task->missing,
                         count_bits(task->held->missing + bits_size(from), to - from));
    }
    if (column->sort == COLUMN_REAL) return (int)check_reals(task, from, to);
    const char *values = (const char *)task->held->values + values_size(from, width);
    return whole_sound(column, values, to - from) ? 0 : FOUND_VALUE;
}

/* ---- Joins ---------------------------------------------------------------------------------- */

/* Where a row stands in the order of people: by the first day that knows him. */
static uint64_t place_of(const Task *task, uint64_t row) {
    const SnapshotPart *part = task->use->part;
    for (uint32_t j = 0; j < part->joins.count; j++) {
        const void *rows = bytes_of(task, &part->joins.items[j].rows);
        uint32_t person = ((const uint32_t *)rows)[row];
        if (person != DATA_NO_PERSON) return (uint64_t)j << 32 | person;
    }
    return UINT64_MAX;
}

static bool ascending(const uint32_t *rows, uint64_t from, uint64_t to) {
    bool sound = true;
    for (uint64_t row = from ? from : 1; row < to; row++) sound &= rows[row - 1] <= rows[row];
    return sound;
}

/* The rows of one person must lie side by side: whoever counts people relies on it. Of one day the
 * rows of nobody come last, for that is the largest number. */
static bool in_order(const Task *task, uint64_t from, uint64_t to) {
    const SnapshotArray *only = &task->use->part->joins.items[0].rows;
    if (task->use->part->joins.count == 1)
        return ascending((const void *)bytes_of(task, only), from, to);
    uint64_t last = from ? place_of(task, from - 1) : 0;
    for (uint64_t row = from; row < to; row++) {
        uint64_t place = place_of(task, row);
        if (place < last) return false;
        last = place;
    }
    return true;
}

static int check_join_block(Task *task, uint64_t block) {
    const SnapshotPart *part = task->use->part;
    const SnapshotJoin *join = &part->joins.items[task->use->join];
    uint64_t people = task->use->snapshot->directory.parts.items[join->part].rows;
    uint64_t from = block * SNAPSHOT_ROWS, unmatched = 0;
    uint64_t to = from + SNAPSHOT_ROWS < part->rows ? from + SNAPSHOT_ROWS : part->rows;
    if (!sum_agrees(task, &join->rows, snapshot_block(4), block)) return FOUND_DAMAGE;
    const uint32_t *rows = (const void *)bytes_of(task, &join->rows);
    bool sound = true;
    for (uint64_t row = from; row < to; row++) {
        unmatched += rows[row] == DATA_NO_PERSON;
        sound &= rows[row] == DATA_NO_PERSON || rows[row] < people;
    }
    atomic_fetch_add(&task->missing, unmatched);
    return sound && in_order(task, from, to) ? 0 : FOUND_VALUE;
}

/* ---- All blocks ----------------------------------------------------------------------------- */

static void verify_blocks(void *context, uint32_t worker) {
    (void)worker;
    Verification *all = context;
    for (uint64_t at; (at = atomic_fetch_add(&all->next, 1)) < all->blocks;) {
        uint32_t t = 0;
        while (all->tasks[t].first + all->tasks[t].blocks <= at) t++;
        Task *task = &all->tasks[t];
        uint64_t block = at - task->first;
        int found = task->sort == TASK_COLUMN ? check_column_block(task, block)
                                              : check_join_block(task, block);
        if (found) atomic_fetch_or(&task->found, found);
        progress_add(all->progress, 1);
    }
}

static uint64_t wanted_missing(const Task *task) {
    return task->sort == TASK_COLUMN ? task->use->columns[task->column]->missing_count
                                     : task->use->part->joins.items[task->use->join].unmatched;
}

static bool report_task(Task *task, Arena *arena, DataReport *report) {
    int found = atomic_load(&task->found);
    if (!found && atomic_load(&task->missing) != wanted_missing(task)) found = FOUND_VALUE;
    if (!found) return true;
    bool damage = found & FOUND_DAMAGE, range = found == FOUND_RANGE;
    Slice name = task->sort == TASK_COLUMN ? task->use->table->columns.items[task->column].name
                                           : SLICE("");
    Slice message =
        damage  ? SLICE("what lies in the snapshot is not what was written")
        : range ? SLICE("it holds values outside the range the plan declares")
                : SLICE("the snapshot holds a value that cannot be one");
    if (task->sort == TASK_JOIN)
        message = damage ? SLICE("the join of events to people is not what was written")
                         : SLICE("the join of events to people cannot be one");
    DiagName diag = range ? DIAG_SNAPSHOT_MISMATCH : DIAG_SNAPSHOT_DAMAGED;
    data_report_add(report, arena,
                    (DataProblem){diag, task->use->snapshot->file, 0, 0, name, message});
    return false;
}

/* ---- What is going to be read --------------------------------------------------------------- */

typedef struct {
    const Module *module;
    Dataset *dataset;
    Arena *arena;
    VEC(Task) tasks;
    uint64_t blocks;
    uint8_t *seen;   /* row nodes the query looked at reads */
    uint8_t *ranked; /* rankings it reads */
} Gathering;

static void add_task(Gathering *g, Task *task) {
    task->first = g->blocks;
    task->blocks = (task->use->part->rows + SNAPSHOT_ROWS - 1) / SNAPSHOT_ROWS;
    g->blocks += task->blocks;
    VEC_PUSH(g->arena, &g->tasks, *task);
}

/* A column is unverified until its task is made: no other is made for it. */
static void want_column(Gathering *g, const TableData *data, uint32_t column) {
    if (!data->stored || !data->columns[column].unverified) return;
    Task task = {.sort = TASK_COLUMN, .use = data->stored, .column = column,
                 .held = &data->columns[column]};
    data->columns[column].unverified = false;
    add_task(g, &task);
}

static void want_join(Gathering *g, const TableData *data) {
    if (!data->stored || !data->person || data->stored->joined) return;
    Task task = {.sort = TASK_JOIN, .use = data->stored};
    data->stored->joined = true;
    add_task(g, &task);
}

static TableData *table_data(const Gathering *g, uint32_t table, uint32_t day) {
    return &g->dataset->tables[table].snapshots[day];
}

static void want_node(Gathering *g, uint32_t node) {
    if (node != MODULE_NONE) g->seen[node] = 1;
}

/* What an operand is, by opcode: a column or a row table is none. */
static void want_operands(Gathering *g, uint32_t table, uint32_t day, const RowNode *node) {
    uint32_t people = g->module->tables.items[table].population;
    const uint32_t operands[] = {node->a, node->b, node->c};
    if (node->op == ROW_COLUMN) want_column(g, table_data(g, table, day), node->a);
    if (node->op == ROW_PERSON_COLUMN)
        want_column(g, table_data(g, people == MODULE_NONE ? table : people, day), node->a);
    if (node->op == ROW_RANKED) g->ranked[node->c] |= 1;
    for (unsigned i = 0; i < row_operands((RowOp)node->op); i++) want_node(g, operands[i]);
}

/* Nodes read nodes below them: one way down meets all. */
static void want_seen(Gathering *g, uint32_t table, uint32_t day) {
    for (uint32_t node = g->module->rows.count; node-- > 0;) {
        if (g->seen[node]) want_operands(g, table, day, &g->module->rows.items[node]);
        g->seen[node] = 0;
    }
}

/* Rankings are made from nodes of their own, which may ask for further rankings. */
static void want_rankings(Gathering *g, uint32_t day) {
    enum { ASKED = 1, DONE };
    uint32_t count = g->module->rankings.count;
    for (uint32_t r = 0; r < count; r++) {
        if (g->ranked[r] != ASKED) continue;
        const RowRanking *ranking = &g->module->rankings.items[r];
        g->ranked[r] |= DONE;
        want_node(g, ranking->value);
        want_node(g, ranking->stratum);
        want_seen(g, ranking->table, day);
        r = UINT32_MAX; /* from the first again */
    }
    memset(g->ranked, 0, count);
}

static void want_query(Gathering *g, const StrataQuery *query) {
    want_join(g, table_data(g, query->table, query->snapshot));
    for (uint8_t d = 0; d < query->dim_count; d++) want_node(g, query->groups[d]);
    want_node(g, query->filter);
    want_node(g, query->value);
    want_node(g, query->rank);
    want_node(g, query->valued);
    want_seen(g, query->table, query->snapshot);
    want_rankings(g, query->snapshot);
}

static void want_everything(Gathering *g) {
    for (uint32_t t = 0; t < g->dataset->table_count; t++)
        for (uint32_t s = 0; s < g->dataset->tables[t].snapshot_count; s++) {
            TableData *data = table_data(g, t, s);
            want_join(g, data);
            for (uint32_t c = 0; c < data->column_count; c++) want_column(g, data, c);
        }
}

ScpStatus dataset_verify(const Module *module, Dataset *dataset, bool all, uint32_t threads,
                         Arena *arena, DataReport *report) {
    if (!dataset->snapshots) return SCP_OK;
    Gathering g = {.module = module, .dataset = dataset, .arena = arena};
    g.seen = arena_alloc(arena, module->rows.count + 1);
    g.ranked = arena_alloc(arena, module->rankings.count + 1);
    if (all) want_everything(&g);
    for (uint32_t q = 0; q < module->queries.count && !all; q++)
        want_query(&g, &module->queries.items[q]);
    Verification verification = {.tasks = g.tasks.items, .count = g.tasks.count,
                                 .blocks = g.blocks, .progress = dataset->progress};
    progress_begin(dataset->progress, "verifying the snapshot", g.blocks);
    parallel_run(parallel_threads(threads), verify_blocks, &verification);
    bool sound = true;
    VEC_EACH(Task, task, &g.tasks) sound &= report_task(task, arena, report);
    return sound ? SCP_OK : SCP_DATA;
}
