/* The one value of the language at run time: a labelled array, an element type over named
 * dimensions held as flat vectors. A scalar has no dimensions. */
#ifndef RUNTIME_VM_ARRAY_H
#define RUNTIME_VM_ARRAY_H

#include "runtime/bytecode/module.h"
#include "runtime/stats/estimate.h"

typedef struct {
    RegType type;
    uint32_t count; /* cells: the product of the dims' member counts */
    union {
        double *real;
        Exact *exact;
        int64_t *integer; /* bool, date, year, code */
        Slice *text;
    } as;
    uint8_t *absent; /* AbsentReason of each cell; NULL: every cell is present */
    Slice absent_note; /* "until 2027-06-30: first linked extract" where one constant said so */
    /* estimates: all five or none; protected or exact as the policy says */
    double *lower, *upper, *numerator, *denominator;
    uint8_t *method; /* EstimateMethod of each cell of an estimate, also of absent ones */
    /* aggregates straight from people: exact values beside the protected ones, and the people
     * behind each, which only natives that the policy allows may read; both or neither. They
     * outlive: times or over an open operand (scaled alike), the sum or difference of two
     * aggregates (of people the more), SUM along a dimension (cells are taken to be of
     * different people), INDEX and STACK. Everything else drops them. */
    double *confidential;
    double *people;
    bool *too_few; /* STRATA only: fewer than the policy's threshold for statistics, judged on
                      exact counts under `hes`, on protected ones under the others */
} Array;

/* An array of the type with every cell present and zero (or empty); an estimate's limits and
 * counts are NaN. Its count must fit: the verifier's affair. */
Array array_new(Arena *arena, const Module *module, RegType type);

/* Makes room for confidential values and people, NaN at first. */
void array_keep_confidential(Arena *arena, Array *array);

/* Makes the cell absent for that reason; its values become NaN, zero or empty. */
void array_set_absent(Arena *arena, Array *array, uint32_t cell, AbsentReason reason);

/* Copies one cell of an array of the same element type, with what `to` has room for. */
void array_copy_cell(Arena *arena, Array *to, uint32_t cell, const Array *from, uint32_t at);

static inline AbsentReason array_absent(const Array *array, uint32_t cell) {
    return array->absent ? (AbsentReason)array->absent[cell] : ABSENT_NONE;
}

#endif
