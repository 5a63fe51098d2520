/* Comparisons of risks and rates between two groups: risk ratio, odds ratio, differences, and
 * the Mantel-Haenszel estimates over strata. Adds no half to an empty cell: what a formula
 * cannot give is NaN. */
#ifndef RUNTIME_STATS_RISK_H
#define RUNTIME_STATS_RISK_H

#include <stddef.h>

#include "runtime/stats/intervals.h"

/* Exposed with (a) and without (b) the outcome, unexposed with (c) and without (d). */
typedef struct {
    double a;
    double b;
    double c;
    double d;
} RiskTable;

typedef struct {
    double value;
    Interval limits;
} RiskMeasure;

typedef struct {
    double exposed;               /* a/(a+b) */
    double unexposed;             /* c/(c+d) */
    RiskMeasure ratio;            /* log limits, 1/a - 1/n1 + 1/c - 1/n0 (Katz 1978) */
    RiskMeasure odds_ratio;       /* log limits, 1/a + 1/b + 1/c + 1/d (Woolf 1955) */
    RiskMeasure difference;       /* Wald's limits */
    Interval difference_newcombe; /* from Wilson's limits (Newcombe 1998, method 10) */
    double chi2;                  /* Pearson's, without correction */
    double p;
} RiskComparison;

/* False for a confidence outside [0.90, 1) or a row without people; all NaN then. */
bool risk_compare(const RiskTable *table, double confidence, RiskComparison *comparison);

/* Limits of the difference a - b of two independent estimates, from the limits of each: the
 * square-and-add method, MOVER (Zou and Donner, Stat Med 2008; 27: 1693). For two proportions with
 * Wilson's limits it is Newcombe's method 10. NaN where a limit is. */
Interval difference_limits(double a, Interval of_a, double b, Interval of_b);

typedef struct {
    double rate1;
    double rate0;
    RiskMeasure ratio;    /* log limits, 1/a + 1/b */
    Interval ratio_exact; /* of a among a + b events, by Clopper and Pearson */
    RiskMeasure difference;
} RateComparison;

/* `events1` in `time1` person-years against `events0` in `time0`. False for a confidence
 * outside [0.90, 1), negative events or no time. */
bool rate_compare(double events1, double time1, double events0, double time0, double confidence,
                  RateComparison *comparison);

typedef struct {
    RiskMeasure odds_ratio; /* limits of Robins, Breslow and Greenland (1986) */
    RiskMeasure risk_ratio; /* limits of Greenland and Robins (1985) */
    double chi2;            /* Cochran-Mantel-Haenszel, without correction */
    double p;
} MantelHaenszel;

/* Over strata; those with nobody add nothing. */
bool mantel_haenszel(const RiskTable *strata, size_t count, double confidence,
                     MantelHaenszel *result);

#endif
