/* Crude rates, proportions and means with their limits. Takes counts as they come: it
 * neither knows nor asks whether they are exact or protected. */
#include "runtime/stats/rates.h"

#include <math.h>

#include "runtime/stats/intervals.h"
#include "runtime/stats/sum.h"

/* Why x over n can be no estimate at this confidence; ABSENT_NONE if it can. */
static AbsentReason ratio_refusal(double x, double n, double confidence) {
    if (isnan(x) || isnan(n)) return ABSENT_MISSING;
    bool usable = x >= 0 && isfinite(x) && n >= 0 && isfinite(n);
    if (!usable || !confidence_valid(confidence)) return ABSENT_NOT_CALCULABLE;
    return n > 0 ? ABSENT_NONE : ABSENT_NO_POPULATION;
}

Estimate estimate_of_count(double events, double denominator, double scale, CountLimits how,
                           double confidence) {
    AbsentReason refusal = ratio_refusal(events, denominator, confidence);
    Interval limits;
    EstimateMethod method;
    if (!refusal && !(scale >= 0 && isfinite(scale)))
        refusal = isnan(scale) ? ABSENT_MISSING : ABSENT_NOT_CALCULABLE;
    if (!refusal && !count_limits_by(how, events, confidence, &limits, &method))
        refusal = ABSENT_NOT_CALCULABLE;
    if (refusal) return estimate_absent(refusal, events, denominator);
    return (Estimate){events / denominator * scale,
                      limits.lower / denominator * scale,
                      limits.upper / denominator * scale,
                      events,
                      denominator,
                      ABSENT_NONE,
                      method};
}

Estimate estimate_rate(double events, double person_time, double confidence) {
    return estimate_of_count(events, person_time, 1, LIMITS_USUAL, confidence);
}

Estimate estimate_proportion(double part, double whole, double confidence) {
    AbsentReason refusal = ratio_refusal(part, whole, confidence);
    Interval limits;
    if (refusal) return estimate_absent(refusal, part, whole);
    if (!wilson_limits(part, whole, confidence, &limits))
        return estimate_absent(ABSENT_NOT_CALCULABLE, part, whole);
    return (Estimate){part / whole, limits.lower, limits.upper, part, whole, ABSENT_NONE, METHOD_WILSON};
}

/* A mean from its sum, count and standard deviation (NaN: none, and so no limits). */
static Estimate mean_with_limits(double n, double sum, double mean, double deviation,
                                 double confidence) {
    Interval limits;
    if (isnan(n) || isnan(sum)) return estimate_absent(ABSENT_MISSING, sum, n);
    if (n == 0) return estimate_absent(ABSENT_NO_POPULATION, sum, n);
    if (!(n > 0) || !confidence_valid(confidence) ||
        !mean_limits(mean, deviation, n, confidence, &limits))
        return estimate_absent(ABSENT_NOT_CALCULABLE, sum, n);
    return (Estimate){mean, limits.lower, limits.upper, sum, n, ABSENT_NONE, METHOD_STUDENT};
}

/* The sum of squared distances from the mean, corrected for the rounding of the mean. */
static double squares_about(const double *values, size_t count, double mean) {
    Sum squares = {0, 0}, drift = {0, 0};
    for (size_t i = 0; i < count; i++) {
        double distance = values[i] - mean;
        sum_add(&squares, distance * distance);
        sum_add(&drift, distance);
    }
    double total = sum_value(&drift);
    return sum_value(&squares) - total * total / (double)count;
}

double standard_deviation(const double *values, size_t count) {
    if (count < 2) return NAN;
    double mean = sum_array(values, count) / (double)count;
    return sqrt(squares_about(values, count, mean) / (double)(count - 1));
}

Estimate estimate_mean(const double *values, size_t count, double confidence) {
    double sum = sum_array(values, count);
    double deviation = standard_deviation(values, count);
    return mean_with_limits((double)count, sum, sum / (double)count, deviation, confidence);
}

/* n Q - S^2, exact where 128 bits hold it, else in extended precision. */
static long double scaled_variance(int64_t n, StatsInt128 sum, StatsInt128 squares) {
    StatsInt128 left, right, difference;
    if (!__builtin_mul_overflow((StatsInt128)n, squares, &left) &&
        !__builtin_mul_overflow(sum, sum, &right) &&
        !__builtin_sub_overflow(left, right, &difference))
        return (long double)difference;
    return (long double)n * (long double)squares - (long double)sum * (long double)sum;
}

/* s from n Q - S^2; NaN where there is none. */
static double deviation_of(long double scaled, long double n) {
    return n >= 2 && scaled >= 0 ? (double)sqrtl(scaled / n / (n - 1)) : NAN;
}

Estimate estimate_mean_of_integers(int64_t n, StatsInt128 sum, StatsInt128 squares,
                                   double confidence) {
    double mean = (double)((long double)sum / (long double)n);
    double deviation = deviation_of(scaled_variance(n, sum, squares), (long double)n);
    return mean_with_limits((double)n, (double)sum, mean, deviation, confidence);
}

Estimate estimate_mean_of_sums(double n, double sum, double squares, double confidence) {
    long double scaled = (long double)n * squares - (long double)sum * sum;
    return mean_with_limits(n, sum, sum / n, deviation_of(scaled, n), confidence);
}
