/* How the measures of a pass are counted: which breakdowns are counted as one joint breakdown
 * and rolled up, which rows each needs, and which totals (arrays by cell) hold what several
 * measures share. What has no total (doubles, very large values, squares) is left to the
 * tallies of runtime/strata/tally.h. Reads no rows. */
#ifndef RUNTIME_STRATA_LAYOUT_H
#define RUNTIME_STRATA_LAYOUT_H

#include "runtime/base/vec.h"
#include "runtime/strata/kernels.h"

/* JOINT_MOST: the cells of a joint of several groupings. ALIGNMENT: of a worker's block, and of
 * each total in it. */
enum { JOINT_MOST = 4096, JOINT_AXES = 16, CHOICE_STEPS = 2, LAYOUT_ALIGNMENT = 64 };

/* A breakdown by every axis of one grouping or several. The cell of a row is the sum of its
 * moves, but `last` at most, which of one grouping is the cell of all rows outside any axis. */
typedef struct {
    Axis axes[JOINT_AXES];
    uint32_t axis_count, cells, last;
    uint32_t groupings; /* that it answers */
    uint32_t copy;      /* cells between the four counters of one; 0: it has but one */
} Joint;

/* Rows that pass a filter and have the values of some steps (MODULE_NONE: no more). */
typedef struct {
    uint32_t filter, steps[CHOICE_STEPS];
    bool listed; /* its rows are wanted one by one */
} Choice;

/* COUNT and SUM for people, who have one row each; VISIT and EVENT count the people too. RECORD
 * holds several of the first two. */
typedef enum { TOTAL_COUNT, TOTAL_SUM, TOTAL_RECORD, TOTAL_VISIT, TOTAL_EVENT } TotalKind;

/* A count and two sums fill the words of a record at most. */
enum { RECORD_MEMBERS = RECORD_TOPS + 1 };

/* Where in records (runtime/strata/kernels.h) a total lies. */
typedef struct {
    uint32_t total; /* of the records; MODULE_NONE: it lies by itself */
    uint8_t word, shift, top;
    bool half; /* of a word */
} RecordPlace;

typedef struct {
    TotalKind kind;
    uint32_t choice, joint, value; /* value: a step, of SUM and EVENT */
    size_t offset, size;           /* bytes, in the block of a worker; of the records it lies in */
    uint32_t strip, lane;          /* COUNT: where it is counted; strip MODULE_NONE: by itself */
    RecordPlace place;
    uint32_t members[RECORD_MEMBERS], member_count; /* RECORD */
} Total;

/* Counts of a joint side by side: runtime/strata/strips.h. */
typedef struct {
    uint32_t joint, lanes;
    uint32_t octets[STRIP_OCTETS], octet_count; /* each said by its first choice */
    size_t narrow, wide;                        /* in the block of a worker */
} Strip;

/* The sums of one choice and value, in all joints: runtime/strata/sums.h. */
typedef struct {
    uint32_t choice, value; /* value: among those summed */
    VEC(uint32_t) totals;
} Summing;

typedef struct {
    VEC(Joint) joints;
    VEC(Choice) choices; /* first one for each filter, of all rows that pass it */
    VEC(Total) totals;
    VEC(Strip) strips;
    VEC(Summing) summings;
    VEC(uint32_t) summed; /* steps */
    size_t size;         /* of a worker's block */
    bool unfiltered;     /* some filter passes every row */
    bool tallies;        /* some measure has a tally */
    VEC(uint32_t) filter_steps; /* what the filters need */
    VEC(uint32_t) rest_steps;   /* what all else needs */
    VEC(uint32_t) further_steps; /* of those, the ones no filter needs */
} Layout;

struct Pass;

void layout_pass(struct Pass *pass, Arena *arena);

#endif
