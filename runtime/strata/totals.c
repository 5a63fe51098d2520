/* Puts totals together. Everything here is a sum of whole numbers or a largest, so that the order
 * in which it is done cannot show. */
#include "runtime/strata/totals.h"

#include <string.h>

/* Cells whose rows are taken at once. */
enum { SOME = 256 };

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

void totals_close(const Layout *layout, char *block) {
    VEC_EACH (const Total, total, &layout->totals) {
        const Joint *joint = &layout->joints.items[total->joint];
        uint32_t *counts = (uint32_t *)(block + total->offset);
        if (total->kind != TOTAL_COUNT || !joint->copy) continue;
        for (uint32_t c = 0; c < joint->cells; c++) counts[c] += take_copies(counts + c, joint->copy);
    }
}

static void merge_counts(uint32_t *restrict into, const uint32_t *restrict more, uint32_t count) {
    for (uint32_t c = 0; c < count; c++) into[c] += more[c];
}

/* The two largest of two and two. Without a branch: which side has them cannot be guessed. */
static inline void merge_sizes(uint32_t *first, uint32_t *second, uint32_t other_first,
                               uint32_t other_second) {
    uint32_t less = *first < other_first ? *first : other_first;
    uint32_t next = *second < other_second ? other_second : *second;
    *first = *first < other_first ? other_first : *first;
    *second = less < next ? next : less;
}

static void merge_sums(SumCell *into, const SumCell *more, uint32_t count) {
    for (uint32_t c = 0; c < count; c++) {
        into[c].sum += more[c].sum;
        merge_sizes(&into[c].first, &into[c].second, more[c].first, more[c].second);
    }
}

static void merge_records(Record *into, const Record *more, uint32_t count) {
    for (uint32_t c = 0; c < count; c++) {
        for (int w = 0; w < RECORD_WORDS; w++) into[c].words[w] += more[c].words[w];
        for (int t = 0; t < RECORD_TOPS; t++)
            merge_sizes(&into[c].first[t], &into[c].second[t], more[c].first[t],
                        more[c].second[t]);
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

static void merge_events(EventCell *into, const EventCell *more, uint32_t count) {
    for (uint32_t c = 0; c < count; c++) {
        EventCell other = more[c];
        close_event(&into[c]);
        close_event(&other);
        merge_visit(&into[c].visits, &other.visits);
        into[c].sum += other.sum;
        note_size(other.first, &into[c].first, &into[c].second);
        note_size(other.second, &into[c].first, &into[c].second);
    }
}

static void merge_visits(VisitCell *into, const VisitCell *more, uint32_t count) {
    for (uint32_t c = 0; c < count; c++) merge_visit(&into[c], &more[c]);
}

#define MERGE(Cell, merge) \
    merge((Cell *)to_cells + from, (const Cell *)more_cells + from, to - from)

void totals_merge(const Layout *layout, uint32_t index, uint32_t from, uint32_t to, char *into,
                  const char *more) {
    const Total *total = &layout->totals.items[index];
    void *to_cells = into + total->offset;
    const void *more_cells = more + total->offset;
    switch (total->kind) {
    case TOTAL_COUNT: MERGE(uint32_t, merge_counts); break;
    case TOTAL_SUM: MERGE(SumCell, merge_sums); break;
    case TOTAL_RECORD: MERGE(Record, merge_records); break;
    case TOTAL_VISIT: MERGE(VisitCell, merge_visits); break;
    case TOTAL_EVENT: MERGE(EventCell, merge_events); break;
    }
}

/* ---- Cells of a query -------------------------------------------------------------------------- */

static inline const VisitCell *visit_at(const Total *total, const void *cells, uint32_t cell) {
    return total->kind == TOTAL_VISIT ? &((const VisitCell *)cells)[cell]
                                      : &((const EventCell *)cells)[cell].visits;
}

/* What of a record is the total's. */
static inline int64_t word_of(const Total *total, const Record *record) {
    uint64_t word = record->words[total->place.word];
    return total->place.half ? (uint32_t)(word >> total->place.shift) : (int64_t)word;
}

/* One loop for each kind of cell, so that it is not asked of every cell what it is. */
static void take_rows(const Total *total, const void *cells, uint32_t from, uint32_t to,
                      int64_t *rows) {
    uint32_t count = to - from;
    if (total->place.total != MODULE_NONE) {
        const Record *records = (const Record *)cells + from;
        for (uint32_t c = 0; c < count; c++) rows[c] = word_of(total, &records[c]);
    } else if (total->kind == TOTAL_COUNT) {
        const uint32_t *counts = (const uint32_t *)cells + from;
        for (uint32_t c = 0; c < count; c++) rows[c] = counts[c];
    } else {
        for (uint32_t c = 0; c < count; c++) rows[c] = visit_at(total, cells, from + c)->rows;
    }
}

/* Cells of the joint are those of the grouping, or many of them lead to one. */
static void roll_rows(const RollUp *roll, const uint32_t *counts, uint32_t joint_cells,
                      int64_t *rows) {
    memset(rows, 0, roll->cells * sizeof *rows);
    for (uint32_t c = 0; c < joint_cells; c++)
        if (roll->map[c] < roll->cells) rows[roll->map[c]] += counts[c];
}

void totals_rows(const RollUp *roll, uint32_t index, int64_t *rows) {
    const Total *total = total_at(roll, index);
    const void *cells = roll->block + total->offset;
    if (roll->map)
        roll_rows(roll, cells, cells_of(roll->layout, total), rows);
    else
        take_rows(total, cells, roll->from, roll->to, rows);
}

static int64_t sum_rows(const Total *total, const void *cells, uint32_t from, uint32_t to) {
    int64_t rows[SOME], sum = 0;
    for (uint32_t next; from < to; from = next) {
        next = to - from > SOME ? from + SOME : to;
        take_rows(total, cells, from, next, rows);
        for (uint32_t c = 0; c < next - from; c++) sum += rows[c];
    }
    return sum;
}

TotalRows totals_all_rows(const RollUp *roll, uint32_t index) {
    const Total *total = total_at(roll, index);
    const void *cells = roll->block + total->offset;
    uint32_t count = cells_of(roll->layout, total);
    if (!roll->map)
        return (TotalRows){sum_rows(total, cells, 0, roll->cells),
                           sum_rows(total, cells, roll->cells, count)};
    TotalRows rows = {0};
    for (uint32_t c = 0; c < count; c++)
        *(roll->map[c] < roll->cells ? &rows.inside : &rows.outside) +=
            ((const uint32_t *)cells)[c];
    return rows;
}

void totals_people(const RollUp *roll, uint32_t index, int64_t *people) {
    const Total *total = total_at(roll, index);
    for (uint32_t c = roll->from; c < roll->to; c++)
        people[c - roll->from] = visit_at(total, roll->block + total->offset, c)->people;
}

void totals_squares(const RollUp *roll, uint32_t index, uint64_t *squares) {
    const Total *total = total_at(roll, index);
    for (uint32_t c = roll->from; c < roll->to; c++)
        squares[c - roll->from] = visit_at(total, roll->block + total->offset, c)->squares;
}

static void roll_sums(const RollUp *roll, const SumCell *from, uint32_t joint_cells,
                      TotalSum *sums) {
    memset(sums, 0, roll->cells * sizeof *sums);
    for (uint32_t c = 0; c < joint_cells; c++) {
        if (roll->map[c] >= roll->cells) continue;
        TotalSum *to = &sums[roll->map[c]];
        to->sum += from[c].sum;
        note_size(from[c].first, &to->first, &to->second);
        note_size(from[c].second, &to->first, &to->second);
    }
}

static inline TotalSum sum_at(const Total *total, const void *cells, uint32_t cell) {
    if (total->place.total != MODULE_NONE) {
        const Record *record = &((const Record *)cells)[cell];
        uint8_t top = total->place.top;
        return (TotalSum){word_of(total, record), record->first[top], record->second[top]};
    }
    if (total->kind == TOTAL_SUM) {
        const SumCell *sum = &((const SumCell *)cells)[cell];
        return (TotalSum){sum->sum, sum->first, sum->second};
    }
    EventCell events = ((const EventCell *)cells)[cell];
    close_event(&events);
    return (TotalSum){events.sum, events.first, events.second};
}

void totals_sums(const RollUp *roll, uint32_t index, TotalSum *sums) {
    const Total *total = total_at(roll, index);
    const void *cells = roll->block + total->offset;
    if (roll->map) {
        roll_sums(roll, cells, cells_of(roll->layout, total), sums);
        return;
    }
    for (uint32_t c = roll->from; c < roll->to; c++) sums[c - roll->from] = sum_at(total, cells, c);
}
