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
    /* estimates: all four or none; protected or exact as the policy says */
    double *lower, *upper, *numerator, *denominator;
    /* aggregates straight from people: exact values beside the protected ones, which only
     * natives that the policy allows may read; NULL elsewhere */
    double *confidential;
    bool *too_few; /* aggregates: fewer than the policy's threshold, judged on exact counts */
} Array;

static inline AbsentReason array_absent(const Array *array, uint32_t cell) {
    return array->absent ? (AbsentReason)array->absent[cell] : ABSENT_NONE;
}

#endif
