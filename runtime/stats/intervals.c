/* Byar's, exact, Wilson's and Student's limits. Exact below ten events, Byar's from there.
 * Never makes an interval for a suppressed count: such a count does not come here. */
#include "runtime/stats/intervals.h"

#include <math.h>

#include "runtime/stats/special.h"

bool confidence_valid(double confidence) {
    return confidence >= 0.9 && confidence < 1;
}

double confidence_z(double confidence) {
    return normal_quantile(confidence + (1 - confidence) / 2);
}

/* Starts every function of this file: no limits yet, and whether there can be any. */
static bool limits_begin(double confidence, bool in_domain, Interval *limits) {
    *limits = (Interval){NAN, NAN};
    return in_domain && confidence >= 0.9 && confidence <= 1;
}

/* x (1 - 1/(9x) + z/(3 sqrt x))^3; NaN where the cube is negative or x is 0. */
static double byar_side(double x, double z) {
    double root = 1 - 1 / (9 * x) + z / (3 * sqrt(x));
    return x > 0 && root >= 0 ? x * root * root * root : NAN;
}

bool byar_limits(double count, double confidence, Interval *limits) {
    if (!limits_begin(confidence, count >= 0 && isfinite(count), limits)) return false;
    double z = confidence_z(confidence);
    *limits = (Interval){byar_side(count, -z), byar_side(count + 1, z)};
    return true;
}

bool exact_poisson_limits(double count, double confidence, Interval *limits) {
    if (!limits_begin(confidence, count >= 0 && isfinite(count), limits)) return false;
    double tail = (1 - confidence) / 2;
    limits->lower = chi_square_quantile(tail, 2 * count) / 2;
    limits->upper = chi_square_quantile(confidence + tail, 2 * count + 2) / 2;
    return true;
}

bool count_limits(double count, double confidence, Interval *limits) {
    EstimateMethod method;
    return count_limits_by(LIMITS_USUAL, count, confidence, limits, &method);
}

bool count_limits_by(CountLimits how, double count, double confidence, Interval *limits,
                     EstimateMethod *method) {
    bool exact = how == LIMITS_EXACT || (how == LIMITS_USUAL && count < COUNT_EXACT_BELOW);
    *method = exact ? METHOD_EXACT : METHOD_BYAR;
    return exact ? exact_poisson_limits(count, confidence, limits)
                 : byar_limits(count, confidence, limits);
}

bool wilson_limits(double count, double total, double confidence, Interval *limits) {
    bool in_domain = total > 0 && isfinite(total) && count >= 0 && count <= total;
    if (!limits_begin(confidence, in_domain, limits)) return false;
    double z = confidence_z(confidence);
    if (isinf(z)) {
        *limits = (Interval){0, 1};
        return true;
    }
    double square = z * z;
    double spread = z * sqrt(square + 4 * count * (1 - count / total));
    limits->lower = (2 * count + square - spread) / (2 * (total + square));
    limits->upper = (2 * count + square + spread) / (2 * (total + square));
    return true;
}

bool mean_limits(double mean, double deviation, double n, double confidence, Interval *limits) {
    if (!limits_begin(confidence, isfinite(mean) && n >= 1, limits)) return false;
    if (n < 2) return true;
    double t = fabs(t_quantile((1 - confidence) / 2, n - 1));
    double half = t * deviation / sqrt(n);
    *limits = (Interval){mean - half, mean + half};
    return true;
}

bool normal_limits(double value, double error, double confidence, Interval *limits) {
    if (!limits_begin(confidence, isfinite(value) && error >= 0, limits)) return false;
    double half = confidence_z(confidence) * error;
    *limits = (Interval){value - half, value + half};
    return true;
}
