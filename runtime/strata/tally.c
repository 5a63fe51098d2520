/* Adds rows to cells. Nothing is rounded and nothing depends on order but the rows of one
 * person, which must come together: he is counted when they end. */
#include "runtime/strata/tally.h"

#include <math.h>
#include <stdlib.h>

#include "runtime/base/memory.h"

enum { FEW_ROWS = 24 };

uint64_t tally_size(const TallyShape *shape) {
    uint64_t bytes = sizeof(uint32_t);
    if (shape->events) bytes += sizeof(uint32_t);
    if (shape->squared_events) bytes += sizeof(uint64_t);
    if (shape->sum != SUM_NONE)
        bytes += shape->sum == SUM_SMALL ? 8 : shape->sum == SUM_LARGE ? 16 : 48;
    if (shape->square != SUM_NONE)
        bytes += shape->square == SUM_SMALL ? 8 : shape->square == SUM_LARGE ? 32 : 48;
    if (shape->top) bytes += shape->real ? 16 : 32;
    return bytes * shape->cells;
}

/* `wanted` cells of `size` bytes, if they are wanted at all. */
static void *cells_of(Tally *tally, bool wanted, size_t size) {
    if (!wanted) return NULL;
    void *cells = mem_alloc_array(tally->shape.cells, size);
    if (!cells) tally->failed = true;
    return cells;
}

bool tally_init(Tally *tally, TallyShape shape) {
    *tally = (Tally){.shape = shape, .person = UINT32_MAX};
    tally->rows = cells_of(tally, true, sizeof *tally->rows);
    tally->people = cells_of(tally, shape.events, sizeof *tally->people);
    tally->squared_events =
        cells_of(tally, shape.squared_events, sizeof *tally->squared_events);
    tally->small = cells_of(tally, shape.sum == SUM_SMALL, sizeof *tally->small);
    tally->large = cells_of(tally, shape.sum == SUM_LARGE, sizeof *tally->large);
    tally->square_small = cells_of(tally, shape.square == SUM_SMALL, sizeof *tally->square_small);
    tally->square_low = cells_of(tally, shape.square == SUM_LARGE, sizeof *tally->square_low);
    tally->square_high = cells_of(tally, shape.square == SUM_LARGE, sizeof *tally->square_high);
    tally->top_whole = cells_of(tally, shape.top && !shape.real, 2 * sizeof *tally->top_whole);
    tally->top_real = cells_of(tally, shape.top && shape.real, 2 * sizeof *tally->top_real);
    if (tally->failed) tally_free(tally);
    return tally->rows != NULL;
}

void tally_free(Tally *tally) {
    mem_free(tally->rows);
    mem_free(tally->people);
    mem_free(tally->squared_events);
    mem_free(tally->small);
    mem_free(tally->large);
    mem_free(tally->square_small);
    mem_free(tally->square_low);
    mem_free(tally->square_high);
    mem_free(tally->top_whole);
    mem_free(tally->top_real);
    mem_free(tally->pending);
    for (int b = 0; b < WIDE_BINS; b++) {
        mem_free(tally->bins[b]);
        mem_free(tally->square_bins[b]);
    }
    *tally = (Tally){0};
}

/* ---- Values ------------------------------------------------------------------------------------ */

static void add_to_bin(Tally *tally, Int128 *bins[WIDE_BINS], uint32_t cell, double value) {
    WideTerm term = wide_term(value);
    if (!bins[term.bin])
        bins[term.bin] = cells_of(tally, true, sizeof *bins[term.bin]);
    if (bins[term.bin]) bins[term.bin][cell] += term.addend;
}

static void add_sums(Tally *tally, const uint32_t *cells, uint32_t count,
                     const TallyValue *values) {
    switch (tally->shape.sum) {
    case SUM_NONE: break;
    case SUM_SMALL:
        for (uint32_t i = 0; i < count; i++)
            tally->small[cells[i]] += values[i].whole;
        break;
    case SUM_LARGE:
        for (uint32_t i = 0; i < count; i++)
            tally->large[cells[i]] += values[i].whole;
        break;
    case SUM_REAL:
        for (uint32_t i = 0; i < count; i++)
            add_to_bin(tally, tally->bins, cells[i], values[i].real);
        break;
    }
}

static Uint128 size_of(Int128 value) {
    return value < 0 ? 0 - (Uint128)value : (Uint128)value;
}

static void add_squares(Tally *tally, const uint32_t *cells, uint32_t count,
                        const TallyValue *values) {
    switch (tally->shape.square) {
    case SUM_NONE: break;
    case SUM_SMALL:
        for (uint32_t i = 0; i < count; i++)
            tally->square_small[cells[i]] += values[i].whole * values[i].whole;
        break;
    case SUM_LARGE:
        for (uint32_t i = 0; i < count; i++) {
            Uint128 size = size_of(values[i].whole), square = size * size;
            tally->square_low[cells[i]] += (uint64_t)square;
            tally->square_high[cells[i]] += (uint64_t)(square >> 64);
        }
        break;
    case SUM_REAL:
        for (uint32_t i = 0; i < count; i++)
            add_to_bin(tally, tally->square_bins, cells[i], values[i].real * values[i].real);
        break;
    }
}

static void note_whole(Uint128 top[2], Uint128 size) {
    if (size > top[0]) {
        top[1] = top[0];
        top[0] = size;
    } else if (size > top[1]) {
        top[1] = size;
    }
}

static void note_real(double top[2], double size) {
    if (size > top[0]) {
        top[1] = top[0];
        top[0] = size;
    } else if (size > top[1]) {
        top[1] = size;
    }
}

/* Where every row is a person, every value is a contribution. */
static void add_tops(Tally *tally, const uint32_t *cells, uint32_t count,
                     const TallyValue *values) {
    for (uint32_t i = 0; i < count; i++) {
        if (tally->shape.real)
            note_real(&tally->top_real[2 * (size_t)cells[i]], fabs(values[i].real));
        else
            note_whole(&tally->top_whole[2 * (size_t)cells[i]], size_of(values[i].whole));
    }
}

/* ---- People who recur ---------------------------------------------------------------------------- */

/* The exact sum of one person's doubles, rounded once. */
static double sum_real(const PersonRow *rows, uint32_t count) {
    if (count == 1) return rows->value.real;
    Int128 bins[WIDE_BINS] = {0};
    for (uint32_t i = 0; i < count; i++) {
        WideTerm term = wide_term(rows[i].value.real);
        bins[term.bin] += term.addend;
    }
    return wide_scale_bins(bins, (Scale){1, 1, false});
}

/* All rows of one person in one cell. */
static inline void close_cell(Tally *tally, const PersonRow *rows, uint32_t count) {
    uint32_t cell = rows->cell;
    tally->people[cell]++;
    if (tally->squared_events) tally->squared_events[cell] += (uint64_t)count * count;
    if (!tally->shape.top) return;
    if (tally->shape.real) {
        note_real(&tally->top_real[2 * (size_t)cell], fabs(sum_real(rows, count)));
        return;
    }
    Int128 sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += rows[i].value.whole;
    note_whole(&tally->top_whole[2 * (size_t)cell], size_of(sum));
}

static int by_cell(const void *left, const void *right) {
    uint32_t a = ((const PersonRow *)left)->cell, b = ((const PersonRow *)right)->cell;
    return (a > b) - (a < b);
}

/* By cell; the order within a cell does not matter. Most people have a few rows. */
static void sort_rows(PersonRow *rows, uint32_t count) {
    if (count > FEW_ROWS) {
        qsort(rows, count, sizeof *rows, by_cell);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        PersonRow row = rows[i];
        uint32_t k = i;
        for (; k && rows[k - 1].cell > row.cell; k--)
            rows[k] = rows[k - 1];
        rows[k] = row;
    }
}

void tally_end_person(Tally *tally) {
    PersonRow *rows = tally->pending;
    uint32_t count = tally->pending_count;
    if (!count) return;
    sort_rows(rows, count);
    for (uint32_t from = 0, to = 0; from < count; from = to) {
        while (to < count && rows[to].cell == rows[from].cell)
            to++;
        close_cell(tally, rows + from, to - from);
    }
    tally->pending_count = 0;
    tally->person = UINT32_MAX;
}

static bool make_pending(Tally *tally) {
    uint32_t capacity = tally->pending_capacity ? tally->pending_capacity * 2 : 64;
    PersonRow *larger = mem_realloc(tally->pending, capacity * sizeof *larger);
    if (!larger) {
        tally->failed = true;
        return false;
    }
    tally->pending = larger;
    tally->pending_capacity = capacity;
    return true;
}

static void add_people(Tally *tally, const uint32_t *cells, uint32_t count,
                       const TallyValue *values, const uint32_t *people, const uint16_t *places) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t person = people[places ? places[i] : i];
        if (person != tally->person) {
            tally_end_person(tally);
            tally->person = person;
        }
        if (tally->pending_count == tally->pending_capacity && !make_pending(tally)) return;
        PersonRow *row = &tally->pending[tally->pending_count++];
        row->cell = cells[i];
        row->value.whole = 0;
        if (values) row->value = values[i];
    }
}

void tally_add(Tally *tally, const uint32_t *cells, uint32_t count, const TallyValue *values,
               const uint32_t *people, const uint16_t *places) {
    for (uint32_t i = 0; i < count; i++)
        tally->rows[cells[i]]++;
    if (values) {
        add_sums(tally, cells, count, values);
        add_squares(tally, cells, count, values);
    }
    if (tally->shape.events)
        add_people(tally, cells, count, values, people, places);
    else if (tally->shape.top)
        add_tops(tally, cells, count, values);
}

/* ---- Together --------------------------------------------------------------------------------------- */

static void merge_bins(Tally *into, Int128 *bins[WIDE_BINS], Int128 *const from[WIDE_BINS]) {
    for (int b = 0; b < WIDE_BINS; b++) {
        if (!from[b]) continue;
        if (!bins[b]) bins[b] = cells_of(into, true, sizeof *bins[b]);
        for (uint32_t c = 0; bins[b] && c < into->shape.cells; c++)
            bins[b][c] += from[b][c];
    }
}

static void merge_cell(Tally *into, const Tally *from, uint32_t c) {
    into->rows[c] += from->rows[c];
    if (into->people) into->people[c] += from->people[c];
    if (into->squared_events) into->squared_events[c] += from->squared_events[c];
    if (into->small) into->small[c] += from->small[c];
    if (into->large) into->large[c] += from->large[c];
    if (into->square_small) into->square_small[c] += from->square_small[c];
    if (into->square_low) into->square_low[c] += from->square_low[c];
    if (into->square_high) into->square_high[c] += from->square_high[c];
    for (size_t k = 2 * (size_t)c; k < 2 * (size_t)c + 2; k++) {
        if (into->top_whole) note_whole(&into->top_whole[2 * (size_t)c], from->top_whole[k]);
        if (into->top_real) note_real(&into->top_real[2 * (size_t)c], from->top_real[k]);
    }
}

void tally_merge(Tally *into, const Tally *from) {
    for (uint32_t c = 0; c < into->shape.cells; c++)
        merge_cell(into, from, c);
    merge_bins(into, into->bins, from->bins);
    merge_bins(into, into->square_bins, from->square_bins);
    into->left_out_value += from->left_out_value;
    into->failed |= from->failed;
}

static double scale_bins(Int128 *const bins[WIDE_BINS], uint32_t cell, Scale scale) {
    Int128 sum[WIDE_BINS];
    for (int b = 0; b < WIDE_BINS; b++)
        sum[b] = bins[b] ? bins[b][cell] : 0;
    return wide_scale_bins(sum, scale);
}

double tally_sum(const Tally *tally, uint32_t cell, Scale scale) {
    switch (tally->shape.sum) {
    case SUM_SMALL: return wide_scale(tally->small[cell], scale);
    case SUM_LARGE: return wide_scale(tally->large[cell], scale);
    case SUM_REAL: return scale_bins(tally->bins, cell, scale);
    case SUM_NONE: break;
    }
    return 0;
}

double tally_square(const Tally *tally, uint32_t cell, Scale scale) {
    switch (tally->shape.square) {
    case SUM_SMALL: return wide_scale(tally->square_small[cell], scale);
    case SUM_LARGE:
        return wide_scale_split(tally->square_high[cell], tally->square_low[cell], scale);
    case SUM_REAL: return scale_bins(tally->square_bins, cell, scale);
    case SUM_NONE: break;
    }
    return 0;
}

double tally_top(const Tally *tally, uint32_t cell, unsigned rank, Scale scale) {
    size_t at = 2 * (size_t)cell + rank;
    if (!tally->shape.real) return wide_scale((Int128)tally->top_whole[at], scale);
    Int128 bins[WIDE_BINS] = {0};
    WideTerm term = wide_term(tally->top_real[at]);
    bins[term.bin] = term.addend;
    return wide_scale_bins(bins, scale);
}
