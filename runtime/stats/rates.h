/* Crude statistics: rate, proportion, mean. Values and limits are per one unit of the
 * denominator; a multiplier is the reader's affair. Suppresses nothing and rounds nothing:
 * the counts that come in are already protected. */
#ifndef RUNTIME_STATS_RATES_H
#define RUNTIME_STATS_RATES_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/stats/intervals.h"

__extension__ typedef __int128 StatsInt128;

/* In all: a NaN count makes the estimate missing; counts that are negative or infinite, a
 * denominator below zero, or a confidence outside [0.90, 1) make it not calculable; a denominator of
 * zero is no population. The counts are kept in every case. */

/* Events over person-time, with exact limits below ten events and Byar's from ten up. */
Estimate estimate_rate(double events, double person_time, double confidence);

/* Anything that is a count of events over something certain, times `scale`: the limits are those of
 * the count, over the same and times the same. Nothing to divide by is no population. */
Estimate estimate_of_count(double events, double denominator, double scale, CountLimits how,
                           double confidence);

/* Part over whole with Wilson's limits. More in the part than in the whole is not
 * calculable. */
Estimate estimate_proportion(double part, double whole, double confidence);

/* The mean of `count` values, in two passes so that a large common offset costs no digits,
 * with Student's limits (NaN for a single value). The numerator is the sum, the denominator
 * the number of values. A NaN among the values makes the mean missing. */
Estimate estimate_mean(const double *values, size_t count, double confidence);

/* The standard deviation (n - 1 below) in two passes; NaN for fewer than two values. */
double standard_deviation(const double *values, size_t count);

/* The mean of n values of which only exact sums are known. The variance is
 * (n Q - S^2) / (n (n - 1)), formed without rounding while it fits 128 bits. */
Estimate estimate_mean_of_integers(int64_t n, StatsInt128 sum, StatsInt128 squares,
                                   double confidence);

/* The same from sums that are rounded (protected, or of reals). Where rounding has made the
 * variance negative the mean stands without limits. */
Estimate estimate_mean_of_sums(double n, double sum, double squares, double confidence);

#endif
