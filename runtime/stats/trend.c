/* Trend markers over the last five points, and chi-square for trend. */
#include "runtime/stats/trend.h"

#include <math.h>
#include <stdbool.h>

#include "runtime/stats/special.h"
#include "runtime/stats/sum.h"

/* The last points with a weight each; leaving one out is a weight of 0. */
typedef struct {
    double time[TREND_POINTS];
    double value[TREND_POINTS];
    double weight[TREND_POINTS];
} Window;

static double centre_of(const double *times, size_t count) {
    return sum_array(times, count) / (double)count;
}

/* The weighted least squares slope, and S1 Stt - St^2 over S1. */
static double window_slope(const Window *window, double *spread) {
    Sum s1 = {0, 0}, st = {0, 0}, sy = {0, 0}, sxx = {0, 0}, sxy = {0, 0};
    for (int i = 0; i < TREND_POINTS; i++) {
        sum_add(&s1, window->weight[i]);
        sum_add(&st, window->weight[i] * window->time[i]);
        sum_add(&sy, window->weight[i] * window->value[i]);
    }
    double time = sum_value(&st) / sum_value(&s1), value = sum_value(&sy) / sum_value(&s1);
    for (int i = 0; i < TREND_POINTS; i++) {
        double t = window->time[i] - time;
        sum_add(&sxx, window->weight[i] * t * t);
        sum_add(&sxy, window->weight[i] * t * (window->value[i] - value));
    }
    if (spread) *spread = sum_value(&sxx);
    return sum_value(&sxy) / sum_value(&sxx);
}

static int sign(double x) {
    return (x > 0) - (x < 0);
}

/* Whether the slope keeps its sign whichever single point is left out. */
static bool sign_is_robust(const Window *window, double slope) {
    for (int i = 0; i < TREND_POINTS; i++) {
        Window without = *window;
        without.weight[i] = 0;
        if (sign(window_slope(&without, NULL)) != sign(slope)) return false;
    }
    return true;
}

static Trend trend_refused(TrendReason reason) {
    return (Trend){TREND_NOT_CALCULABLE, reason, NAN, NAN};
}

static Trend trend_judged(const Window *window, double slope, double chi2) {
    Trend trend = {TREND_NO_CHANGE, TREND_BECAUSE_NOT_SIGNIFICANT, slope, chi2};
    if (isnan(slope) || isnan(chi2)) return trend_refused(TREND_BECAUSE_MISSING_VALUE);
    if (!(chi2 > chi_square_quantile(0.998, 1))) return trend;
    if (!sign_is_robust(window, slope)) {
        trend.reason = TREND_BECAUSE_OUTLIER;
        return trend;
    }
    trend.direction = slope > 0 ? TREND_INCREASING : TREND_DECREASING;
    trend.reason = TREND_BECAUSE_SIGNIFICANT;
    return trend;
}

static bool any_nan(const double *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (isnan(values[i])) return true;
    return false;
}

Trend trend_of_values(const double *times, const double *values, const double *lower,
                      const double *upper, size_t count) {
    if (count < TREND_POINTS) return trend_refused(TREND_BECAUSE_TOO_FEW_POINTS);
    size_t from = count - TREND_POINTS;
    if (any_nan(values + from, TREND_POINTS)) return trend_refused(TREND_BECAUSE_MISSING_VALUE);
    if (any_nan(lower + from, TREND_POINTS) || any_nan(upper + from, TREND_POINTS))
        return trend_refused(TREND_BECAUSE_MISSING_LIMIT);
    double centre = centre_of(times + from, TREND_POINTS), z = normal_quantile(0.975), spread;
    Window window;
    for (size_t i = 0; i < TREND_POINTS; i++) {
        double sigma = (upper[from + i] - lower[from + i]) / (2 * z);
        window.time[i] = times[from + i] - centre;
        window.value[i] = values[from + i];
        window.weight[i] = 1 / (sigma * sigma);
    }
    double slope = window_slope(&window, &spread);
    return trend_judged(&window, slope, slope * slope * spread);
}

/* N (N sum(xt) - sum x sum(nt))^2 / (X (N - X) (N sum(nt^2) - (sum nt)^2)). */
static double trend_chi2(const double *times, const double *x, const double *n, size_t count) {
    double all = sum_array(n, count), events = sum_array(x, count);
    Sum mean = {0, 0}, cross = {0, 0}, square = {0, 0};
    for (size_t i = 0; i < count; i++) sum_add(&mean, n[i] * times[i]);
    double centre = sum_value(&mean) / all, share = events / all;
    for (size_t i = 0; i < count; i++) {
        double t = times[i] - centre;
        sum_add(&cross, t * (x[i] - n[i] * share));
        sum_add(&square, n[i] * t * t);
    }
    double slope = sum_value(&cross);
    return slope * slope / (share * (1 - share) * sum_value(&square));
}

Trend trend_of_proportions(const double *times, const double *x, const double *n, size_t count) {
    if (count < TREND_POINTS) return trend_refused(TREND_BECAUSE_TOO_FEW_POINTS);
    size_t from = count - TREND_POINTS;
    if (any_nan(x + from, TREND_POINTS) || any_nan(n + from, TREND_POINTS))
        return trend_refused(TREND_BECAUSE_MISSING_VALUE);
    double centre = centre_of(times + from, TREND_POINTS);
    Window window;
    for (size_t i = 0; i < TREND_POINTS; i++) {
        double share = x[from + i] / n[from + i];
        window.time[i] = times[from + i] - centre;
        window.value[i] = share > 0 && share < 1 ? log(share / (1 - share)) : NAN;
        window.weight[i] = 1;
    }
    double chi2 = trend_chi2(window.time, x + from, n + from, TREND_POINTS);
    return trend_judged(&window, window_slope(&window, NULL), chi2);
}

/* Pearson's chi-square of events and non-events over the groups. */
static double heterogeneity_chi2(const double *x, const double *n, size_t count) {
    double share = sum_array(x, count) / sum_array(n, count);
    Sum sum = {0, 0};
    for (size_t i = 0; i < count; i++) {
        double distance = x[i] - n[i] * share;
        sum_add(&sum, distance * distance / (n[i] * share * (1 - share)));
    }
    return sum_value(&sum);
}

ProportionTrend proportion_trend(const double *x, const double *n, size_t count) {
    Sum square = {0, 0}, cross = {0, 0}, mean = {0, 0};
    double all = sum_array(n, count), share = sum_array(x, count) / all;
    for (size_t i = 0; i < count; i++) sum_add(&mean, n[i] * (double)(i + 1));
    double centre = sum_value(&mean) / all;
    for (size_t i = 0; i < count; i++) {
        double score = (double)(i + 1) - centre;
        sum_add(&cross, score * (x[i] - n[i] * share));
        sum_add(&square, n[i] * score * score);
    }
    double slope = sum_value(&cross), df = (double)count - 1;
    ProportionTrend test = {.chi2_trend =
                                slope * slope / (share * (1 - share) * sum_value(&square)),
                            .chi2_heterogeneity = heterogeneity_chi2(x, n, count),
                            .df_heterogeneity = df};
    test.p_trend = chi_square_upper(test.chi2_trend, 1);
    test.p_heterogeneity = chi_square_upper(test.chi2_heterogeneity, df);
    return test;
}
