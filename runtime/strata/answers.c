/* Makes cells of totals and tallies, in pieces of some thousand cells that threads pull: each
 * cell depends on nothing but what was counted in it, so that it does not matter who makes it. */
#include "runtime/strata/answers.h"

#include <stdatomic.h>

#include "runtime/strata/totals.h"

/* PIECE: cells of a piece; of a grouping with a map, which is never cut, at most so many. MANY:
 * cells that are worth more than one thread. */
enum { PIECE = JOINT_MOST, MANY = 16 * PIECE };

/* ---- Workers together -------------------------------------------------------------------------- */

typedef struct {
    const Layout *layout;
    char *into;
    const char *more;
    _Atomic uint64_t next; /* piece of a total, counted over all of them */
} Merging;

/* None of a total that lies in records. */
static uint32_t cells_of(const Layout *layout, uint32_t t) {
    const Total *total = &layout->totals.items[t];
    return total->place.total == MODULE_NONE ? layout->joints.items[total->joint].cells : 0;
}

static uint64_t pieces_of(uint32_t cells) {
    return ((uint64_t)cells + PIECE - 1) / PIECE;
}

static void merge_pieces(void *context, uint32_t worker) {
    (void)worker;
    Merging *merging = context;
    uint64_t wanted = atomic_fetch_add(&merging->next, 1), before = 0;
    for (uint32_t t = 0; t < merging->layout->totals.count; t++) {
        uint32_t cells = cells_of(merging->layout, t);
        for (; wanted < before + pieces_of(cells); wanted = atomic_fetch_add(&merging->next, 1)) {
            uint32_t from = (uint32_t)(wanted - before) * PIECE;
            uint32_t to = cells - from > PIECE ? from + PIECE : cells;
            totals_merge(merging->layout, t, from, to, merging->into, merging->more);
        }
        before += pieces_of(cells);
    }
}

void answers_merge(const Layout *layout, char *into, const char *more, Parallel *crew) {
    Merging merging = {.layout = layout, .into = into, .more = more};
    uint64_t cells = 0;
    for (uint32_t t = 0; t < layout->totals.count; t++) cells += cells_of(layout, t);
    parallel_do(crew, cells < MANY ? 1 : PARALLEL_MAX, merge_pieces, &merging);
}

/* ---- Cells ---------------------------------------------------------------------------------------- */

/* One query's, or a piece of it. */
typedef struct {
    const StrataQuery *query;
    const Measure *measure;
    const Tally *tally; /* NULL: from totals */
    RollUp roll;
    StrataCells *cells;
    bool counts; /* rows and people are filled too: no query before has the same */
    bool events;
} Filling;

typedef struct {
    VEC(Filling) pieces;
    uint64_t cells; /* of all pieces */
    _Atomic uint32_t next;
} Fillings;

static Scale scale_of(const StrataQuery *query, bool squared) {
    return (Scale){(uint64_t)query->scale_num, (uint64_t)query->scale_den, squared};
}

static double tally_value(const Filling *f, uint32_t cell) {
    const Tally *tally = f->tally;
    Scale scale = scale_of(f->query, false), squared = scale_of(f->query, true);
    int64_t rows = tally->rows[cell];
    switch (f->query->agg) {
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

static void fill_from_tally(const Filling *f) {
    const Tally *tally = f->tally;
    StrataCells *cells = f->cells;
    Scale scale = scale_of(f->query, false);
    for (uint32_t c = f->roll.from; c < f->roll.to; c++) {
        cells->rows[c] = tally->rows[c];
        cells->people[c] = tally->people ? tally->people[c] : tally->rows[c];
        cells->value[c] = tally_value(f, c);
    }
    for (uint32_t c = f->roll.from; cells->largest && c < f->roll.to; c++) {
        cells->largest[c] = tally_top(tally, c, 0, scale);
        cells->second[c] = tally_top(tally, c, 1, scale);
    }
}

static void fill_sums(const Filling *f) {
    TotalSum sums[PIECE];
    StrataCells *cells = f->cells;
    uint32_t from = f->roll.from, count = f->roll.to - from;
    Scaler scaler = wide_scaler(scale_of(f->query, false));
    totals_sums(&f->roll, f->measure->sum, sums);
    for (uint32_t c = 0; c < count; c++) {
        cells->value[from + c] = wide_scaled(&scaler, sums[c].sum);
        cells->largest[from + c] = wide_scaled(&scaler, (int64_t)sums[c].first);
        cells->second[from + c] = wide_scaled(&scaler, (int64_t)sums[c].second);
    }
}

static void fill_squares(const Filling *f) {
    uint64_t squares[PIECE];
    Scale scale = scale_of(f->query, true);
    totals_squares(&f->roll, f->measure->count, squares);
    for (uint32_t c = f->roll.from; c < f->roll.to; c++)
        f->cells->value[c] = wide_scale((Int128)squares[c - f->roll.from], scale);
}

/* A count as a value; of people without events, who have one row each, it is of rows always. */
static void fill_counts(const Filling *f) {
    int64_t room[PIECE], *counts = room;
    uint32_t from = f->roll.from;
    bool squared = f->query->agg == AGG_SUM_SQUARED_EVENTS;
    Scaler scaler = wide_scaler(scale_of(f->query, squared));
    if (f->events && f->query->agg == AGG_PEOPLE)
        totals_people(&f->roll, f->measure->count, counts);
    else if (f->counts)
        counts = f->cells->rows + from; /* filled just now */
    else
        totals_rows(&f->roll, f->measure->count, counts);
    wide_scale_all(&scaler, counts, f->roll.to - from, f->cells->value + from);
}

static void fill_from_totals(const Filling *f) {
    StrataCells *cells = f->cells;
    uint32_t from = f->roll.from;
    if (f->counts) totals_rows(&f->roll, f->measure->count, cells->rows + from);
    if (f->counts && f->events)
        totals_people(&f->roll, f->measure->count, cells->people + from);
    if (f->query->agg == AGG_SUM)
        fill_sums(f);
    else if (f->query->agg == AGG_SUM_SQUARED_EVENTS && f->events)
        fill_squares(f);
    else
        fill_counts(f);
}

static void fill_pieces(void *context, uint32_t worker) {
    (void)worker;
    Fillings *all = context;
    for (uint32_t i; (i = atomic_fetch_add(&all->next, 1)) < all->pieces.count;) {
        const Filling *f = &all->pieces.items[i];
        if (f->tally)
            fill_from_tally(f);
        else
            fill_from_totals(f);
    }
}

/* ---- What is to be filled ------------------------------------------------------------------------- */

/* Cells of the first query of the pass that counts the same rows by the same grouping; NULL:
 * none is before `q`. */
static const StrataCells *same_counts(const StrataPlan *plan, uint32_t q, const Cube *cube,
                                      const StrataCells *cells) {
    const QueryPlace *place = &plan->places[q];
    uint32_t count = cube->measures.items[place->measure].count;
    for (uint32_t m = 0; m < cube->measures.count; m++) {
        const Measure *other = &cube->measures.items[m];
        if (other->count == count && other->first_query < q) return &cells[other->first_query];
    }
    return NULL;
}

static void new_counts(Filling *f, Arena *arena) {
    StrataCells *cells = f->cells;
    f->counts = true;
    cells->rows = ARENA_NEW_UNSET(arena, int64_t, cells->cell_count);
    cells->people = f->events || f->tally ? ARENA_NEW_UNSET(arena, int64_t, cells->cell_count)
                                          : cells->rows;
}

static void new_values(Filling *f, Arena *arena) {
    StrataCells *cells = f->cells;
    cells->value = ARENA_NEW_UNSET(arena, double, cells->cell_count);
    if (f->query->agg != AGG_SUM) return;
    cells->largest = ARENA_NEW_UNSET(arena, double, cells->cell_count);
    cells->second = ARENA_NEW_UNSET(arena, double, cells->cell_count);
}

static void count_left_out(const Filling *f, const Cube *cube, StrataCells *cells) {
    TotalRows all = totals_all_rows(&f->roll, cube->base), counted = all;
    if (f->measure->count != cube->base) counted = totals_all_rows(&f->roll, f->measure->count);
    cells->left_out_missing_group = all.outside;
    cells->left_out_missing_value = all.inside - counted.inside;
}

static void push_pieces(Fillings *all, Filling f, Arena *arena) {
    uint32_t count = f.cells->cell_count, step = f.roll.map || !count ? count : PIECE;
    for (uint32_t from = 0; from < count; from += step) {
        f.roll.from = from;
        f.roll.to = count - from > step ? from + step : count;
        VEC_PUSH(arena, &all->pieces, f);
    }
    all->cells += count;
}

static void prepare(const StrataPlan *plan, uint32_t q, const StrataQuery *query,
                    const Counted *counted, Fillings *all, Arena *arena, StrataCells *cells) {
    const QueryPlace *place = &plan->places[q];
    const Pass *pass = plan->passes.items[place->pass];
    const Cube *cube = &pass->cubes.items[place->cube];
    const Grouping *grouping = &pass->groupings.items[cube->grouping];
    Filling f = {.query = query,
                 .measure = &cube->measures.items[place->measure],
                 .cells = &cells[q],
                 .events = pass->events};
    cells[q].cell_count = grouping->cells;
    f.roll = (RollUp){&pass->layout, counted->totals, grouping->map, grouping->cells, 0, 0};
    if (f.measure->count == MODULE_NONE) f.tally = &counted->tallies[place->cube][place->measure];
    const StrataCells *same = f.tally ? NULL : same_counts(plan, q, cube, cells);
    if (same) {
        cells[q].rows = same->rows;
        cells[q].people = same->people;
    } else {
        new_counts(&f, arena);
    }
    new_values(&f, arena);
    if (f.tally) {
        cells[q].left_out_missing_group = counted->left_out_group[place->cube];
        cells[q].left_out_missing_value = f.tally->left_out_value;
    } else {
        count_left_out(&f, cube, &cells[q]);
    }
    push_pieces(all, f, arena);
}

void answers_fill(const Module *module, const StrataPlan *plan, uint32_t p, const Counted *counted,
                  Parallel *crew, Arena *arena, StrataCells *cells) {
    Fillings all = {0};
    for (uint32_t q = 0; q < module->queries.count; q++)
        if (plan->places[q].pass == p)
            prepare(plan, q, &module->queries.items[q], counted, &all, arena, cells);
    parallel_do(crew, all.cells < MANY ? 1 : PARALLEL_MAX, fill_pieces, &all);
}
