/* Gathers the values of a query cell by cell and puts them in one order that no number of
 * threads and no order of rows can change: by rank, then by value. */
#include "runtime/strata/ordered.h"

#include "runtime/base/memory.h"
#include "runtime/base/radix.h"

typedef struct {
    uint32_t cell;
    double rank, value;
} Item;

typedef struct {
    const StrataQuery *query;
    const uint32_t *person; /* events: whose; NULL: people themselves */
    ExprProgram program;
    ExprMachine machine;
    uint32_t filter, value, rank, steps[MODULE_MAX_DIMS], sizes[MODULE_MAX_DIMS];
    Item *items;
    RadixItem *order, *scratch; /* positions in items, as they are sorted */
    uint64_t count;
    StrataCells *cells;
} Collection;

static bool is_missing(const Collection *c, uint32_t step, uint32_t i) {
    const uint8_t *missing = c->machine.vectors[step].missing;
    return missing && missing[i];
}

static double number_at(const Collection *c, uint32_t step, uint32_t i) {
    uint8_t repr = c->program.steps.items[step].key.repr;
    const void *values = c->machine.vectors[step].values;
    return repr == REPR_REAL ? ((const double *)values)[i] : (double)expr_whole(values, repr, i);
}

/* The cell of a row; false where a grouping has no value. */
static bool cell_of(const Collection *c, uint32_t i, uint32_t *cell) {
    *cell = 0;
    for (unsigned d = 0; d < c->query->dim_count; d++) {
        if (is_missing(c, c->steps[d], i)) return false;
        const ExprVector *codes = &c->machine.vectors[c->steps[d]];
        int64_t code = expr_whole(codes->values, c->program.steps.items[c->steps[d]].key.repr, i);
        if (code < 0 || code >= c->sizes[d]) return false;
        *cell = *cell * c->sizes[d] + (uint32_t)code;
    }
    return true;
}

static void collect_row(Collection *c, uint32_t i) {
    uint32_t cell;
    if (c->filter != MODULE_NONE && (is_missing(c, c->filter, i) ||
                                     !((const uint8_t *)c->machine.vectors[c->filter].values)[i]))
        return;
    if (!cell_of(c, i, &cell)) {
        c->cells->left_out_missing_group++;
        return;
    }
    if (is_missing(c, c->value, i) || (c->rank != MODULE_NONE && is_missing(c, c->rank, i))) {
        c->cells->left_out_missing_value++;
        return;
    }
    double scale = (double)c->query->scale_num,
           value = number_at(c, c->value, i) * scale / (double)c->query->scale_den;
    double rank = c->rank == MODULE_NONE ? value : number_at(c, c->rank, i);
    c->items[c->count++] = (Item){cell, rank, value};
}

static void add_steps(Collection *c, const Module *module) {
    const StrataQuery *query = c->query;
    c->filter =
        query->filter == MODULE_NONE ? MODULE_NONE : expr_add_truth(&c->program, query->filter);
    c->value = expr_add(&c->program, query->value);
    c->rank = query->rank == MODULE_NONE ? MODULE_NONE : expr_add(&c->program, query->rank);
    for (unsigned d = 0; d < query->dim_count; d++) {
        c->steps[d] = expr_add(&c->program, query->groups[d]);
        c->sizes[d] = module->dims.items[query->dims[d]].member_count;
    }
}

/* ---- Order ------------------------------------------------------------------------------------ */

typedef uint64_t KeyOf(const Item *item);

static uint64_t value_key(const Item *item) {
    return radix_key_of_real(item->value);
}
static uint64_t rank_key(const Item *item) {
    return radix_key_of_real(item->rank);
}
static uint64_t cell_key(const Item *item) {
    return item->cell;
}

static void sort_by(Collection *c, KeyOf *key_of) {
    for (uint64_t i = 0; i < c->count; i++) c->order[i].key = key_of(&c->items[c->order[i].at]);
    radix_sort(c->order, c->scratch, c->count);
}

/* The least important first: each sort keeps the order of those before it. */
static void sort_items(Collection *c) {
    for (uint64_t i = 0; i < c->count; i++) c->order[i].at = i;
    sort_by(c, value_key);
    if (c->rank != MODULE_NONE) sort_by(c, rank_key);
    if (c->cells->cell_count > 1) sort_by(c, cell_key);
}

static void keep_items(const Collection *c, Arena *arena) {
    StrataCells *cells = c->cells;
    cells->rows = ARENA_NEW_ARRAY(arena, int64_t, cells->cell_count);
    cells->people = cells->rows;
    cells->value = ARENA_NEW_ARRAY(arena, double, cells->cell_count);
    cells->ordered_starts = ARENA_NEW_ARRAY(arena, uint64_t, cells->cell_count + 1);
    cells->ordered_ranks = ARENA_NEW_ARRAY(arena, double, c->count + 1);
    cells->ordered_values = ARENA_NEW_ARRAY(arena, double, c->count + 1);
    uint64_t at = 0;
    for (uint32_t cell = 0; cell < cells->cell_count; cell++) {
        cells->ordered_starts[cell] = at;
        for (; at < c->count; at++) {
            const Item *item = &c->items[c->order[at].at];
            if (item->cell != cell) break;
            cells->ordered_ranks[at] = item->rank;
            cells->ordered_values[at] = item->value;
        }
        cells->rows[cell] = (int64_t)(at - cells->ordered_starts[cell]);
        cells->value[cell] = (double)cells->rows[cell];
    }
    cells->ordered_starts[cells->cell_count] = at;
}

/* ---- All of it -------------------------------------------------------------------------------- */

static void collection_free(Collection *c) {
    expr_machine_free(&c->machine);
    mem_free(c->items);
    mem_free(c->order);
}

static bool collection_init(Collection *c, uint64_t rows) {
    c->items = mem_alloc_array(rows + 1, sizeof *c->items);
    c->order = mem_alloc_array(rows + 1, 2 * sizeof *c->order);
    if (c->order) c->scratch = c->order + rows;
    return c->items && c->order && expr_machine_init(&c->machine, &c->program);
}

static void collect_rows(Collection *c, uint64_t rows) {
    for (uint64_t row = 0; row < rows; row += EXPR_BATCH) {
        uint64_t left = rows - row;
        uint32_t count = left < EXPR_BATCH ? (uint32_t)left : EXPR_BATCH;
        expr_run(&c->machine, row, count);
        for (uint32_t i = 0; i < count; i++)
            if (!c->person || c->person[row + i] != DATA_NO_PERSON) collect_row(c, i);
    }
}

/* A boundary of its own, so that nothing is lost when the arena is exhausted. */
static bool run_guarded(Collection *c, uint64_t rows, Arena *arena) {
    Boundary *outer = arena->boundary, boundary;
    arena->boundary = &boundary;
    if (setjmp(boundary.at)) {
        arena->boundary = outer;
        collection_free(c);
        boundary_leave(outer, boundary.status, boundary.message);
    }
    bool ready = collection_init(c, rows);
    if (ready) {
        collect_rows(c, rows);
        sort_items(c);
        keep_items(c, arena);
    }
    arena->boundary = outer;
    collection_free(c);
    return ready;
}

bool ordered_collect(const Module *module, const StrataQuery *query, const Dataset *data,
                     RankingSet *rankings, Arena *arena, StrataCells *cells) {
    const TableData *table = &data->tables[query->table].snapshots[query->snapshot];
    const ModuleTable *declared = &module->tables.items[query->table];
    bool events = declared->sort == TABLE_EVENTS;
    const TableData *people =
        events ? &data->tables[declared->population].snapshots[query->snapshot] : table;
    Collection *c = ARENA_NEW(arena, Collection);
    *c = (Collection){.query = query, .cells = cells, .person = events ? table->person : NULL};
    cells->cell_count = 1;
    for (unsigned d = 0; d < query->dim_count; d++)
        cells->cell_count *= module->dims.items[query->dims[d]].member_count;
    expr_program_init(&c->program, arena, module, table, people, rankings);
    add_steps(c, module);
    return run_guarded(c, table->rows, arena);
}
