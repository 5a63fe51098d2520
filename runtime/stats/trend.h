/* Recent trends, as the public health profiles mark them, and the test for trend across
 * ordered groups. Says that something changed, never why. */
#ifndef RUNTIME_STATS_TREND_H
#define RUNTIME_STATS_TREND_H

#include <stddef.h>

/* Trends are judged on the last so many points. */
#define TREND_POINTS 5

typedef enum {
    TREND_INCREASING,
    TREND_DECREASING,
    TREND_NO_CHANGE,
    TREND_NOT_CALCULABLE
} TrendDirection;

typedef enum {
    TREND_BECAUSE_SIGNIFICANT,
    TREND_BECAUSE_OUTLIER, /* leaving out one point turns the sign */
    TREND_BECAUSE_NOT_SIGNIFICANT,
    TREND_BECAUSE_TOO_FEW_POINTS,
    TREND_BECAUSE_MISSING_VALUE,
    TREND_BECAUSE_MISSING_LIMIT
} TrendReason;

typedef struct {
    TrendDirection direction;
    TrendReason reason;
    double slope; /* per unit of time; of a proportion on the logit scale; NaN: none */
    double chi2;  /* one degree of freedom; significant above its 99.8% point, 9.5495 */
} Trend;

/* Of values with 95% limits, in order of time: regression weighted by 1/sigma^2 with sigma =
 * (upper - lower)/(2 * 1.96); chi2 = slope^2 (S1 Stt - St^2)/S1. Times are centred first, for
 * calendar years would cost ten digits. */
Trend trend_of_values(const double *times, const double *values, const double *lower,
                      const double *upper, size_t count);

/* Of proportions x/n: the chi-square for trend; the slope is that of the logits. */
Trend trend_of_proportions(const double *times, const double *x, const double *n, size_t count);

/* The Cochran-Armitage test for a linear trend of x/n over groups scored 1, 2, ..., and the
 * test that the groups differ at all. NaN throughout where there is no variation to test. */
typedef struct {
    double chi2_trend;
    double p_trend;
    double chi2_heterogeneity;
    double df_heterogeneity;
    double p_heterogeneity;
} ProportionTrend;

ProportionTrend proportion_trend(const double *x, const double *n, size_t count);

#endif
