/* The loops over rows, each compiled for several kinds of processor. All give the same bits; the
 * best that the processor at hand can run is chosen once a run. What a loop computes is said by
 * the plan: none knows a particular query. */
#ifndef RUNTIME_STRATA_KERNELS_H
#define RUNTIME_STRATA_KERNELS_H

#include "runtime/strata/expr.h"

typedef enum { LEVEL_PORTABLE, LEVEL_AVX2, LEVEL_AVX512, LEVEL_COUNT } KernelLevel;

/* Lists of places and cells have room for so many more than they hold; cells of rows so far ahead
 * may be fetched. */
enum { PLACES_SLACK = 32, CELLS_AHEAD = 32 };

/* Which rows of a batch a choice takes, as bits: row r is bit r % 64 of its word r / 64. Word w of
 * a choice lies at w * stride from its first, so that the words of several choices for the same
 * rows lie side by side; eight of them, from a multiple of eight on, are an octet. By row, the
 * bits of up to four octets are a mask; by cell, what they count a strip of as many lanes. */
enum {
    MASK_ROWS = 64,
    MASK_WORDS = EXPR_BATCH / MASK_ROWS,
    OCTET = 8,
    STRIP_OCTETS = 4,
    STRIP_MOST = UINT16_MAX /* rows before a lane could be full */
};

/* One axis of a joint breakdown: by what a code moves the index of the cell. */
typedef struct {
    uint32_t step, size, stride;
    uint32_t out; /* the move where there is no code, or none of the `size` */
    bool check;   /* whether that can be */
    uint8_t repr; /* of the codes: of whole numbers */
} Axis;

/* The sum of a cell, and the two largest sizes in it: values of at most 32 bits of people who
 * have one row each. */
typedef struct {
    int64_t sum;
    uint32_t first, second;
} SumCell;

/* Several totals of a cell whose rows are the same, side by side: what is far away is then waited
 * for once. A word is a sum, or two that never pass 32 bits without sign. */
enum { RECORD_WORDS = 2, RECORD_TOPS = 2, RECORD_ROWS = 128 };

typedef struct {
    uint64_t words[RECORD_WORDS];
    uint32_t first[RECORD_TOPS], second[RECORD_TOPS];
} Record;

/* What each row adds: its value (values NULL: 1) to a word from a bit on, 0 or 32; where `tops`,
 * its size is held against the largest of that number. Of the fields that do, the first has the
 * top 0. */
typedef struct {
    const void *values;
    uint8_t repr, word, shift, top;
    bool tops;
} RecordField;

/* Rows and people of a cell of events. `person` is who came last, plus 1, with
 * `streak` rows. */
typedef struct {
    uint64_t squares; /* of each person, the square of his rows in the cell */
    uint32_t rows, people, person, streak;
} VisitCell;

/* The same with what is summed; `now`: of the person who came last, who is not among the two
 * largest yet. */
typedef struct {
    VisitCell visits;
    int64_t sum, now;
    uint64_t first, second;
} EventCell;

/* Rows by their place in a batch: `places` has `count`, or is NULL: the first `count` rows. */
typedef struct {
    const uint16_t *places;
    uint32_t count;
} PlaceList;

typedef struct Kernels {
    const char *name;
    /* Evaluates steps, in order, for `count` rows from `row`: those at `places`, or all. */
    void (*run)(ExprMachine *machine, const uint32_t *steps, uint32_t step_count, uint64_t row,
                uint32_t count, const uint16_t *places);
    /* Words of the first `count` rows where `truth` is 1, `missing` is 0 and `within` has bits
     * (NULL: everywhere); loops read whole words of rows. */
    void (*mark)(const uint8_t *truth, const uint8_t *missing, const uint64_t *within,
                 uint32_t stride, uint32_t count, uint64_t *words);
    /* The places of the bits; how many. */
    uint32_t (*select)(const uint64_t *words, uint32_t stride, uint32_t count, uint16_t *places);
    /* Words of the first `count` rows where the value is not 0, one after the other. */
    void (*mark_nonzero)(const void *values, uint8_t repr, uint32_t count, uint64_t *words);
    /* The places of the bits that are in words one after the other too. */
    uint32_t (*select_both)(const uint64_t *words, uint32_t stride, const uint64_t *others,
                            uint32_t count, uint16_t *places);
    /* Masks by row of octets, each said by its first choice; whole words of rows. */
    void (*turn)(const uint64_t *words, uint32_t stride, const uint32_t *octets,
                 uint32_t octet_count, uint32_t count, uint32_t *masks);
    /* Adds 1 for each bit of a row's mask, to strips of 8, 16 or 32 lanes that lie on a multiple
     * of their size; those of a cell are at cell + k * copy for k < 4. */
    void (*count_masks)(const uint32_t *masks, const uint32_t *cells, uint32_t count,
                        uint32_t lanes, uint32_t copy, uint16_t *strips);
    /* Adds the bits of an octet's choices, to a counter each. */
    void (*count_octet)(const uint64_t *words, uint32_t stride, uint32_t count, uint32_t *counts);
    /* The cells of rows: the moves of all axes together, `last` at most. `vectors` are by step;
     * loops may run on to the next multiple of EXPR_LANES. */
    void (*find_cells)(const Axis *axes, uint32_t axis_count, const ExprVector *vectors,
                       uint32_t last, uint32_t count, uint32_t *cells);
    /* Adds 1 a row; the counters of a cell are at cell + k * copy for k < 4. */
    void (*count)(PlaceList rows, const uint32_t *cells, uint32_t *counters, uint32_t copy);
    /* `few`: the cells are few, so that each has many rows. */
    void (*sum)(PlaceList rows, const uint32_t *cells, const void *values, uint8_t repr, bool few,
                SumCell *sums);
    /* The same rows to two joints, whose cells are few. */
    void (*sum_twice)(PlaceList rows, const uint32_t *cells, const uint32_t *others,
                      const void *values, uint8_t repr, SumCell *sums, SumCell *other_sums);
    /* At most RECORD_ROWS rows. */
    void (*record)(PlaceList rows, const uint32_t *cells, const RecordField *fields,
                   uint32_t field_count, Record *records);
    void (*visit)(PlaceList rows, const uint32_t *cells, const uint32_t *people,
                  VisitCell *visits);
    void (*sum_events)(PlaceList rows, const uint32_t *cells, const uint32_t *people,
                       const void *values, uint8_t repr, EventCell *sums);
} Kernels;

/* NULL where the processor cannot run them. */
const Kernels *kernels_at(KernelLevel level);

const Kernels *kernels_best(void);

#endif
