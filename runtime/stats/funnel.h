/* Funnel plots: control limits around an average for every size of place, and where a place
 * lies. Proportions by Wilson's limits turned round, rates and ratios by Poisson's. Draws
 * nothing. */
#ifndef RUNTIME_STATS_FUNNEL_H
#define RUNTIME_STATS_FUNNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/stats/intervals.h"

#define FUNNEL_POINTS 100

/* Poisson funnels are drawn up to so many events. */
#define FUNNEL_EVENTS_MAX 1e9

typedef enum { FUNNEL_PROPORTION, FUNNEL_RATIO, FUNNEL_RATE_CRUDE, FUNNEL_RATE_DSR } FunnelKind;

/* Places: for a proportion x of n, for a ratio observed and expected, for a rate events,
 * population and the rate per `multiplier`. Borrowed. */
typedef struct {
    const double *numerators;
    const double *denominators;
    const double *rates; /* NULL but for rates */
    size_t count;
    double multiplier; /* of the rates given */
} FunnelPlaces;

/* The denominator that a rate rests on: multiplier * events / rate. Without events the
 * population for a crude rate; NaN for a standardised one, which has none. */
double funnel_denominator(FunnelKind kind, const FunnelPlaces *places, size_t i);

/* What all places together have: sum of numerators over sum of denominators (of the derived
 * ones, for rates). NaN where there is none. */
double funnel_average(FunnelKind kind, const FunnelPlaces *places);

/* The 100 sizes at which limits are drawn, evenly spaced in proportion: populations for a
 * proportion, observed events for ratios and rates (over `years`). False without places. */
bool funnel_sizes(FunnelKind kind, const FunnelPlaces *places, double years,
                  double sizes[FUNNEL_POINTS]);

/* The proportions whose Wilson limit at size n is the average p: the funnel at `tail` on each
 * side, as shares clipped to 0..1. */
Interval funnel_proportion_limits(double n, double p, double tail);

/* The expected counts for which `events` observed lie exactly at `tail` below (lower: so many
 * or fewer have that probability) and above. Solved by the bisection that the reference
 * publishes, to 1e-7 of v in mean = (1 + x) v / (1 - v), so that charts agree: exact gamma
 * quantiles differ in the sixth figure, in the fourth for a single event. NaN outside
 * 0..FUNNEL_EVENTS_MAX. */
Interval funnel_expected_counts(double events, double tail);

typedef enum {
    FUNNEL_NOT_SIGNIFICANT,
    FUNNEL_LOW_999,
    FUNNEL_LOW_975,
    FUNNEL_HIGH_999,
    FUNNEL_HIGH_975,
    FUNNEL_NOT_APPLICABLE /* a standardised rate of fewer than ten events */
} FunnelSignificance;

/* Where a part of x out of n lies against the whole it belongs to, whose share, rate or ratio is
 * `average`: a share by the funnel at its size, a count by its own limits against what the whole
 * would lead one to expect of it. */
FunnelSignificance funnel_part_significance(FunnelKind kind, double x, double n, double average);

/* An estimate's limits at 95% and at 99.8% against a value that does not lie between them:
 * strictly, as in a benchmark comparison. Limits that are not there: not applicable. */
FunnelSignificance limits_significance(Interval inner, Interval outer, double average);

/* Where place i lies against the average: a proportion against the funnel at its size, a rate
 * or ratio by the limits of its observed count over the expected. */
FunnelSignificance funnel_significance(FunnelKind kind, const FunnelPlaces *places, size_t i,
                                       double average);

#endif
