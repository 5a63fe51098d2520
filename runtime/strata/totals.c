/* Puts totals together. Everything here is a sum of whole numbers or a largest, so that the order
 * in which it is done cannot show. */
#include "runtime/strata/totals.h"

static const Total *total_at(const RollUp *roll, uint32_t total) {
    return &roll->layout->totals.items[total];
}

static uint32_t cells_of(const Layout *layout, const Total *total) {
    return layout->joints.items[total->joint].cells;
}

static inline void note_size(uint64_t size, uint64_t *first, uint64_t *second) {
    if (size > *first) {
        *second = *first;
        *first = size;
    } else if (size > *second) {
        *second = size;
    }
}

/* ---- Workers ------------------------------------------------------------------------------------- */

/* The four counters of one cell together, which are left 0. */
static uint32_t take_copies(uint32_t *counts, uint32_t copy) {
    uint32_t sum = 0;
    for (uint32_t k = 1; k < 4; k++) {
        sum += counts[k * (size_t)copy];
        counts[k * (size_t)copy] = 0;
    }
    return sum;
}

void totals_close(const Layout *layout, char *block, const bool *inverse) {
    VEC_EACH (const Total, total, &layout->totals) {
        const Joint *joint = &layout->joints.items[total->joint];
        uint32_t *counts = (uint32_t *)(block + total->offset);
        if (total->kind != TOTAL_COUNT || !joint->copy) continue;
        for (uint32_t c = 0; c < joint->cells; c++) counts[c] += take_copies(counts + c, joint->copy);
    }
    VEC_EACH (const Total, other, &layout->totals) {
        if (other->whole == MODULE_NONE || !inverse[other->choice]) continue;
        uint32_t *counts = (uint32_t *)(block + other->offset);
        const uint32_t *whole =
            (const uint32_t *)(block + layout->totals.items[other->whole].offset);
        for (uint32_t c = 0; c < cells_of(layout, other); c++) counts[c] = whole[c] - counts[c];
    }
}

static void merge_counts(uint32_t *into, const uint32_t *from, uint32_t cells) {
    for (uint32_t c = 0; c < cells; c++) into[c] += from[c];
}

static void merge_sums(SumCell *into, const SumCell *from, uint32_t cells) {
    for (uint32_t c = 0; c < cells; c++) {
        uint64_t first = into[c].first, second = into[c].second;
        note_size(from[c].first, &first, &second);
        note_size(from[c].second, &first, &second);
        into[c] = (SumCell){into[c].sum + from[c].sum, (uint32_t)first, (uint32_t)second};
    }
}

static void merge_visit(VisitCell *into, const VisitCell *from) {
    into->squares += from->squares;
    into->rows += from->rows;
    into->people += from->people;
}

/* What the last person came to is held against the two largest. */
static void close_event(EventCell *cell) {
    note_size((uint64_t)(cell->now < 0 ? -cell->now : cell->now), &cell->first, &cell->second);
    cell->now = 0;
}

static void merge_events(EventCell *into, const EventCell *from, uint32_t cells) {
    for (uint32_t c = 0; c < cells; c++) {
        EventCell other = from[c];
        close_event(&into[c]);
        close_event(&other);
        merge_visit(&into[c].visits, &other.visits);
        into[c].sum += other.sum;
        note_size(other.first, &into[c].first, &into[c].second);
        note_size(other.second, &into[c].first, &into[c].second);
    }
}

static void merge_visits(VisitCell *into, const VisitCell *from, uint32_t cells) {
    for (uint32_t c = 0; c < cells; c++) merge_visit(&into[c], &from[c]);
}

void totals_merge(const Layout *layout, char *into, const char *from) {
    VEC_EACH (const Total, total, &layout->totals) {
        void *to = into + total->offset;
        const void *more = from + total->offset;
        uint32_t cells = cells_of(layout, total);
        switch (total->kind) {
        case TOTAL_COUNT: merge_counts(to, more, cells); break;
        case TOTAL_SUM: merge_sums(to, more, cells); break;
        case TOTAL_VISIT: merge_visits(to, more, cells); break;
        case TOTAL_EVENT: merge_events(to, more, cells); break;
        }
    }
}

/* ---- Cells of a query -------------------------------------------------------------------------- */

static inline const VisitCell *visit_at(const Total *total, const void *cells, uint32_t cell) {
    return total->kind == TOTAL_VISIT ? &((const VisitCell *)cells)[cell]
                                      : &((const EventCell *)cells)[cell].visits;
}

static inline uint32_t target(const RollUp *roll, uint32_t cell) {
    return roll->map ? roll->map[cell] : cell;
}

static inline uint32_t rows_at(const Total *total, const void *cells, uint32_t cell) {
    return total->kind == TOTAL_COUNT ? ((const uint32_t *)cells)[cell]
                                      : visit_at(total, cells, cell)->rows;
}

int64_t totals_rows(const RollUp *roll, uint32_t index, int64_t *rows) {
    const Total *total = total_at(roll, index);
    const void *from = roll->block + total->offset;
    int64_t outside = 0;
    for (uint32_t c = 0; c < cells_of(roll->layout, total); c++) {
        uint32_t to = target(roll, c), count = rows_at(total, from, c);
        if (to < roll->cells)
            rows[to] += count;
        else
            outside += count;
    }
    return outside;
}

void totals_people(const RollUp *roll, uint32_t index, int64_t *people) {
    const Total *total = total_at(roll, index);
    for (uint32_t c = 0; c < roll->cells; c++)
        people[c] = visit_at(total, roll->block + total->offset, c)->people;
}

void totals_squares(const RollUp *roll, uint32_t index, uint64_t *squares) {
    const Total *total = total_at(roll, index);
    for (uint32_t c = 0; c < roll->cells; c++)
        squares[c] = visit_at(total, roll->block + total->offset, c)->squares;
}

void totals_sums(const RollUp *roll, uint32_t index, TotalSum *sums) {
    const Total *total = total_at(roll, index);
    const void *from = roll->block + total->offset;
    for (uint32_t c = 0; c < cells_of(roll->layout, total); c++) {
        uint32_t to = target(roll, c);
        if (to >= roll->cells) continue;
        if (total->kind == TOTAL_SUM) {
            const SumCell *cell = &((const SumCell *)from)[c];
            sums[to].sum += cell->sum;
            note_size(cell->first, &sums[to].first, &sums[to].second);
            note_size(cell->second, &sums[to].first, &sums[to].second);
        } else {
            EventCell cell = ((const EventCell *)from)[c];
            close_event(&cell);
            sums[to] = (TotalSum){cell.sum, cell.first, cell.second};
        }
    }
}
