/* Discounting: what amounts of later years are worth in the first. */
#ifndef RUNTIME_MONEY_DISCOUNT_H
#define RUNTIME_MONEY_DISCOUNT_H

#include "runtime/base/exact.h"

/* f[0] = 1 and f[n] = f[n-1] / (1 + rates[n-1]): declining rates compound year by year. A rate
 * of -1 makes the factors from there on overflowed. */
void discount_factors(Arena *arena, const Exact *rates, uint32_t count, Exact *factors);

/* The present value of flows of consecutive years at one rate, the first undiscounted. */
Exact discount_value(Arena *arena, const Exact *flows, uint32_t count, Exact rate);

/* The same of reals; NaN at a rate of -1. */
double discount_value_real(const double *flows, uint32_t count, double rate);

#endif
