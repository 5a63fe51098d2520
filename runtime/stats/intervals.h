/* Limits of counts, proportions and means. Mathematics only: whether anyone may see them is
 * decided elsewhere. Never widens or clamps a limit that a formula does not give: a limit
 * that does not exist is NaN. */
#ifndef RUNTIME_STATS_INTERVALS_H
#define RUNTIME_STATS_INTERVALS_H

#include <stdbool.h>

#include "runtime/stats/estimate.h"

typedef struct {
    double lower;
    double upper;
} Interval;

/* Counts below this have exact limits, from it up Byar's; rates standardised directly need
 * as many events. */
#define COUNT_EXACT_BELOW 10

/* The levels a plan may ask for: 0.90 <= c < 1; the language reports any other as
 * `out-of-range`. The functions below also take c = 1, where limits degenerate. */
bool confidence_valid(double confidence);

/* The two-sided normal multiplier z = Phi^-1(c + (1 - c)/2). */
double confidence_z(double confidence);

/* Each function below fills `limits` and returns true; it returns false and leaves NaN for a
 * confidence outside [0.90, 1] or arguments outside the domain it names. */

/* Byar's limits of a Poisson count x >= 0 (Breslow and Day 1987, volume II, eq. 2.10):
 * x (1 - 1/(9x) - z/(3 sqrt x))^3 and the same with x + 1 and + z above. The lower limit is
 * NaN where the cube is negative and at 0. */
bool byar_limits(double count, double confidence, Interval *limits);

/* Exact limits of a Poisson count x >= 0 (Garwood 1936): half the chi-square quantiles at
 * (1-c)/2 with 2x degrees of freedom and at c + (1-c)/2 with 2x + 2. x may be fractional. */
bool exact_poisson_limits(double count, double confidence, Interval *limits);

/* Exact below ten, Byar's from ten up: the rule of the public health profiles. */
bool count_limits(double count, double confidence, Interval *limits);

/* Whose limits a count has. */
typedef enum { LIMITS_USUAL, LIMITS_EXACT, LIMITS_BYAR } CountLimits;

/* The limits that are asked for, and whose they are. */
bool count_limits_by(CountLimits how, double count, double confidence, Interval *limits,
                     EstimateMethod *method);

/* Wilson's score limits of the proportion x/n, 0 <= x <= n, n > 0 (Wilson 1927):
 * (2x + z^2 -+ z sqrt(z^2 + 4x(1 - x/n))) / (2(n + z^2)). */
bool wilson_limits(double count, double total, double confidence, Interval *limits);

/* Student's limits of a mean of n values with standard deviation s: mean -+ t s/sqrt(n) with
 * n - 1 degrees of freedom. NaN limits, and true, for n < 2: one value has no spread. */
bool mean_limits(double mean, double deviation, double n, double confidence, Interval *limits);

/* Limits of any estimate with a standard error, from the normal distribution. */
bool normal_limits(double value, double error, double confidence, Interval *limits);

#endif
