/* Counts and sums by cell: what one worker has seen so far, exactly, so that workers' tallies
 * add up to the same whatever each of them saw. A cell is an index; what it means is the
 * plan's affair. */
#ifndef RUNTIME_STRATA_TALLY_H
#define RUNTIME_STRATA_TALLY_H

#include "runtime/strata/wide.h"

/* How a sum is held. SMALL: 64 bits, which it is known not to pass. LARGE: 128 bits, or 128 for
 * the low and 128 for the high words of squares. REAL: bins by exponent. */
typedef enum { SUM_NONE, SUM_SMALL, SUM_LARGE, SUM_REAL } SumKind;

/* What is counted besides rows. */
typedef struct {
    uint32_t cells;
    bool events;         /* a person may have several rows, which then come one after another */
    bool real;           /* values are doubles */
    bool top;            /* the two largest contributions of one person */
    bool squared_events; /* of each person, the square of his rows in the cell */
    SumKind sum, square;
} TallyShape;

typedef union {
    int64_t whole;
    double real;
} TallyValue;

typedef struct {
    uint32_t cell;
    TallyValue value;
} PersonRow;

/* Arrays by cell; NULL where the shape does not ask for them. */
typedef struct {
    TallyShape shape;
    uint32_t *rows;
    uint32_t *people; /* events only: elsewhere people are rows */
    uint64_t *squared_events;
    int64_t *small, *square_small;
    Int128 *large, *square_low, *square_high;
    Int128 *bins[WIDE_BINS], *square_bins[WIDE_BINS]; /* each made when it is first needed */
    Uint128 *top_whole; /* largest, second; of each cell */
    double *top_real;
    int64_t left_out_value;
    bool failed; /* no memory */
    /* events: the rows of the person at hand */
    uint32_t person;
    PersonRow *pending;
    uint32_t pending_count, pending_capacity;
} Tally;

/* Bytes a tally of this shape takes, bins for doubles taken as three. */
uint64_t tally_size(const TallyShape *shape);

bool tally_init(Tally *tally, TallyShape shape); /* false: no memory */
void tally_free(Tally *tally);

/* Adds `count` rows by cell. `values` is NULL where the shape needs none. `people` says for
 * events who each row belongs to, by the row's place: people[places[i]]; places NULL: i. */
void tally_add(Tally *tally, const uint32_t *cells, uint32_t count, const TallyValue *values,
               const uint32_t *people, const uint16_t *places);

/* The rows to come are somebody else's. */
void tally_end_person(Tally *tally);

void tally_merge(Tally *into, const Tally *from);

/* Of one cell, rounded once. */
double tally_sum(const Tally *tally, uint32_t cell, Scale scale);
double tally_square(const Tally *tally, uint32_t cell, Scale scale);
double tally_top(const Tally *tally, uint32_t cell, unsigned rank, Scale scale); /* 0, 1 */

#endif
