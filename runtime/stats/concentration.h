/* How unequally something is spread: the concentration index (by rank of something else, such
 * as deprivation), the Gini coefficient and the Lorenz curve. Over people these stay inside
 * until they are computed from protected bands; over places they are like any statistic. */
#ifndef RUNTIME_STATS_CONCENTRATION_H
#define RUNTIME_STATS_CONCENTRATION_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/stats/intervals.h"

typedef enum {
    CONCENTRATION_DIRECT,     /* C = 2 sum w (y - mu) R / mu; the one for grouped data */
    CONCENTRATION_REGRESSION, /* C = 2 V B/(A + B/2), y = A + B R, delta-method variance */
    CONCENTRATION_CONVENIENT  /* the slope of 2 V y/mu on R, and its variance */
} ConcentrationMethod;

typedef enum {
    CONCENTRATION_RELATIVE,    /* C */
    CONCENTRATION_GENERALISED, /* C mu */
    CONCENTRATION_ERREYGERS,   /* 4 mu C / (max - min), for bounded outcomes */
    CONCENTRATION_WAGSTAFF     /* C / (1 - mu), for outcomes of 0 and 1 */
} ConcentrationForm;

typedef struct {
    const double *outcomes;
    const double *ranks;   /* what people are ranked by, ascending */
    const double *weights; /* NULL: all 1 */
    size_t count;
    bool ties_share; /* tied rows share the middle rank; else they follow in order given */
} ConcentrationData;

typedef struct {
    double value;
    double variance;
    Interval limits;
} Concentration;

/* With R the weighted fractional mid-rank and w normalised. The regressions (Kakwani, Wagstaff
 * and van Doorslaer 1997; O'Donnell and others 2008) correct by (n - 1)/n; under unequal
 * weights they are not the direct value. The direct variance is Kakwani's; for grouped data it
 * averages over rows without their weights, as rineq does, and is wide. Normal limits.
 * `fractional` and `order` are scratch of count elements. False, all NaN, for fewer than three
 * rows, a NaN, weights that do not sum above zero, a mean of zero, or a confidence outside
 * [0.90, 1). */
bool concentration_index(const ConcentrationData *data, ConcentrationMethod method,
                         ConcentrationForm form, double confidence, double *fractional,
                         size_t *order, Concentration *result);

typedef struct {
    double gini;      /* (2 sum i x_(i)/sum x - (n + 1))/n */
    double corrected; /* the same over n - 1 instead of n */
    double trapezium; /* 1 - sum dp (L_i + L_(i-1)); the weighted coefficient */
    double hoover;    /* sum |x - mean| / (2 sum x): the Robin Hood share */
} Gini;

/* Of `count` values >= 0 with weights (NULL: all 1; then the first two are defined, else NaN).
 * `order` is scratch. False, all NaN, for no values, NaN, negatives or nothing to share. */
bool gini_coefficient(const double *values, const double *weights, size_t count, size_t *order,
                      Gini *result);

/* The Lorenz curve: count + 1 points from (0, 0) to (1, 1), cumulative share of people and of
 * the total in ascending order of value. Fills `order` too. */
void lorenz_curve(const double *values, const double *weights, size_t count, size_t *order,
                  double *people, double *share);

#endif
