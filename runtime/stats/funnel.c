/* Funnel limits and positions as PHE's tools draw them. */
#include "runtime/stats/funnel.h"

#include <math.h>

#include "runtime/stats/special.h"
#include "runtime/stats/sum.h"

static const double TAIL_2S = 0.025, TAIL_3S = 0.001;

static bool is_rate(FunnelKind kind) {
    return kind == FUNNEL_RATE_CRUDE || kind == FUNNEL_RATE_DSR;
}

double funnel_denominator(FunnelKind kind, const FunnelPlaces *places, size_t i) {
    if (!is_rate(kind)) return places->denominators[i];
    if (places->numerators[i] > 0)
        return places->multiplier * places->numerators[i] / places->rates[i];
    return kind == FUNNEL_RATE_CRUDE ? places->denominators[i] : NAN;
}

double funnel_average(FunnelKind kind, const FunnelPlaces *places) {
    Sum numerators = {0, 0}, denominators = {0, 0};
    for (size_t i = 0; i < places->count; i++) {
        double denominator = funnel_denominator(kind, places, i);
        if (isnan(denominator)) continue;
        sum_add(&numerators, places->numerators[i]);
        sum_add(&denominators, denominator);
    }
    return sum_value(&numerators) / sum_value(&denominators);
}

/* Rounds to `figures` significant figures, down or up as `rounding` does. */
static double to_figures(double x, int figures, double (*rounding)(double)) {
    if (x == 0) return 0;
    double unit = pow(10, floor(log10(fabs(x))) - figures + 1);
    return rounding(x / unit) * unit;
}

/* From the smallest to the largest denominator, with some room; from 0 where that is near. */
static bool funnel_axis(FunnelKind kind, const FunnelPlaces *places, double years, Interval *axis) {
    double low = INFINITY, high = 0;
    for (size_t i = 0; i < places->count; i++) {
        double size = funnel_denominator(kind, places, i) / years;
        low = fmin(low, size);
        high = fmax(high, size);
    }
    if (!(high > 0) || isinf(high)) return false;
    axis->lower = high > 2 * low ? 0 : to_figures(0.95 * low, 1, floor);
    axis->upper = to_figures(1.05 * high, 2, ceil);
    return true;
}

bool funnel_sizes(FunnelKind kind, const FunnelPlaces *places, double years,
                  double sizes[FUNNEL_POINTS]) {
    Interval axis;
    if (!funnel_axis(kind, places, is_rate(kind) ? years : 1, &axis)) return false;
    if (is_rate(kind)) {
        double events_per_person = funnel_average(kind, places) * years;
        axis.lower = floor(axis.lower * events_per_person);
        axis.upper = ceil(axis.upper * events_per_person);
    }
    double steps = kind == FUNNEL_RATIO ? FUNNEL_POINTS + 1 : FUNNEL_POINTS;
    sizes[0] = fmax(1, axis.lower);
    for (int j = 1; j < FUNNEL_POINTS; j++) {
        double before = sizes[j - 1], growth = pow(axis.upper / before, 1 / (steps - j));
        sizes[j] = fmax(nearbyint(growth * before), before + 1);
    }
    return true;
}

Interval funnel_proportion_limits(double n, double p, double tail) {
    double z = normal_quantile(1 - tail), square = z * z;
    double centre = p * (n / square + 1), scale = 1 / square + 1 / n;
    double inner = 64 * scale * p * (n * (p * (n / square + 2) - 1) + square * (p - 1));
    double spread = sqrt(64 * centre * centre - inner) / 8;
    return (Interval){fmax(0, (centre - spread) / scale / n),
                      fmin(1, (centre + spread) / scale / n)};
}

/* The Poisson probability of `from` to `to` events: terms relative to that of the mode, summed
 * both ways from there. Above the mean the series ends where a term falls to 1e-10 of the sum:
 * that is how the reference cuts it, and the bisection feels the difference in its last steps. */
static double poisson_share(double mean, double from, double to) {
    double mode = floor(mean), all = 0, part = 0, term = 1;
    for (double k = mode; k >= 0 && term > all * 1e-20; k--) {
        all += term;
        if (k >= from && k <= to) part += term;
        term *= k / mean;
    }
    term = mean / (mode + 1);
    for (double k = mode + 1; term > all * 1e-10; k++) {
        all += term;
        if (k >= from && k <= to) part += term;
        term *= mean / (k + 1);
    }
    return part / all;
}

/* Whether under this mean the count lies in less (lower), or more, than the wanted tail. */
static bool beyond(double events, double mean, double tail, bool lower) {
    return lower ? poisson_share(mean, 0, events) < tail
                 : poisson_share(mean, events, INFINITY) > tail;
}

static double bisected_mean(double events, double tail, bool lower) {
    double v = 0.5;
    for (double step = 0.5; step > 1e-7;) {
        step /= 2;
        v += beyond(events, (1 + events) * v / (1 - v), tail, lower) ? -step : step;
    }
    return (1 + events) * v / (1 - v);
}

Interval funnel_expected_counts(double events, double tail) {
    if (!(events >= 0 && events <= FUNNEL_EVENTS_MAX)) return (Interval){NAN, NAN};
    return (Interval){bisected_mean(events, tail, true), bisected_mean(events, tail, false)};
}

/* Places x of n against the funnel at n; low is tested first. */
static FunnelSignificance proportion_significance(double x, double n, double average) {
    Interval inner = funnel_proportion_limits(n, average, TAIL_2S);
    Interval outer = funnel_proportion_limits(n, average, TAIL_3S);
    double share = x / n;
    if (share < outer.lower) return FUNNEL_LOW_999;
    if (share < inner.lower) return FUNNEL_LOW_975;
    if (share > outer.upper) return FUNNEL_HIGH_999;
    return share > inner.upper ? FUNNEL_HIGH_975 : FUNNEL_NOT_SIGNIFICANT;
}

/* The limits of the observed count against what was expected; high is tested first. */
static FunnelSignificance count_significance(double observed, double expected) {
    Interval inner, outer;
    if (!count_limits(observed, 1 - 2 * TAIL_2S, &inner) ||
        !count_limits(observed, 1 - 2 * TAIL_3S, &outer))
        return FUNNEL_NOT_APPLICABLE;
    if (outer.lower > expected) return FUNNEL_HIGH_999;
    if (inner.lower > expected) return FUNNEL_HIGH_975;
    if (outer.upper < expected) return FUNNEL_LOW_999;
    return inner.upper < expected ? FUNNEL_LOW_975 : FUNNEL_NOT_SIGNIFICANT;
}

FunnelSignificance funnel_part_significance(FunnelKind kind, double x, double n, double average) {
    if (!(n > 0) || !isfinite(x) || !isfinite(average)) return FUNNEL_NOT_APPLICABLE;
    if (kind == FUNNEL_PROPORTION) return proportion_significance(x, n, average);
    return count_significance(x, average * n);
}

FunnelSignificance limits_significance(Interval inner, Interval outer, double average) {
    if (!isfinite(inner.lower) || !isfinite(inner.upper) || !isfinite(average))
        return FUNNEL_NOT_APPLICABLE;
    if (outer.lower > average) return FUNNEL_HIGH_999;
    if (inner.lower > average) return FUNNEL_HIGH_975;
    if (outer.upper < average) return FUNNEL_LOW_999;
    return inner.upper < average ? FUNNEL_LOW_975 : FUNNEL_NOT_SIGNIFICANT;
}

FunnelSignificance funnel_significance(FunnelKind kind, const FunnelPlaces *places, size_t i,
                                       double average) {
    double x = places->numerators[i], n = funnel_denominator(kind, places, i);
    switch (kind) {
    case FUNNEL_PROPORTION: return proportion_significance(x, n, average);
    case FUNNEL_RATIO: return count_significance(x, n);
    case FUNNEL_RATE_DSR:
        if (x < COUNT_EXACT_BELOW) return FUNNEL_NOT_APPLICABLE;
        return count_significance(x, average * n);
    case FUNNEL_RATE_CRUDE: break;
    }
    return count_significance(x, average * n);
}
