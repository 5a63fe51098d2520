/* Compensated summation (Neumaier's variant of Kahan's) over the small arrays of statistics,
 * in declared order. Sums over people are made elsewhere, exactly. Needs a compiler that
 * neither reassociates nor contracts (-ffp-contract=off). */
#ifndef RUNTIME_STATS_SUM_H
#define RUNTIME_STATS_SUM_H

#include <math.h>
#include <stddef.h>

typedef struct {
    double total;
    double carry;
} Sum;

static inline void sum_add(Sum *sum, double x) {
    double next = sum->total + x;
    if (isfinite(next))
        sum->carry +=
            fabs(sum->total) >= fabs(x) ? (sum->total - next) + x : (x - next) + sum->total;
    sum->total = next;
}

static inline double sum_value(const Sum *sum) {
    return sum->total + sum->carry;
}

static inline double sum_array(const double *values, size_t count) {
    Sum sum = {0, 0};
    for (size_t i = 0; i < count; i++) sum_add(&sum, values[i]);
    return sum_value(&sum);
}

#endif
