/* The slope and the relative index of inequality over 5 to 100 ordered groups, such as
 * deprivation quintiles. Groups come in their declared order: order is never read off a
 * label, so that "10" cannot slip in between "1" and "2". Refuses fewer groups, more, and
 * groups without a value. */
#ifndef RUNTIME_STATS_INEQUALITY_H
#define RUNTIME_STATS_INEQUALITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/stats/estimate.h"
#include "runtime/stats/intervals.h"

#define INEQUALITY_GROUPS_MIN 5
#define INEQUALITY_GROUPS_MAX 100

/* The scale on which a standard error is normal: f is the identity, the logarithm, the logit. */
typedef enum { SCALE_NORMAL, SCALE_RATE, SCALE_PROPORTION } InequalityScale;

typedef struct {
    InequalityScale scale;
    bool transform;    /* regress f(y) and transform back, instead of y */
    double multiplier; /* 1, or 100 for percent; negative turns the direction */
} InequalityModel;

/* Groups in their order, the first the one the slope starts from. Borrowed. */
typedef struct {
    const double *values;
    const double *populations;
    const double *errors; /* standard errors of f(value); NULL: no limits */
    size_t count;
} Gradient;

/* The weighted regression of value on the midpoint of the cumulative population share. */
typedef struct {
    size_t count;
    double modelled[INEQUALITY_GROUPS_MAX];         /* f(value) */
    double errors[INEQUALITY_GROUPS_MAX];           /* of f(value); NaN: none */
    double slope_weight[INEQUALITY_GROUPS_MAX];     /* slope = sum of weight * value */
    double intercept_weight[INEQUALITY_GROUPS_MAX]; /* the value where the population begins */
    double slope;
    double intercept;
} InequalityFit;

/* Both indices. SII is the difference between the far and the near end of the population on
 * the fitted line, times the multiplier; RII the ratio of the ends, far over near, inverted
 * under a negative multiplier. `intercept` is the near end times |multiplier|. */
typedef struct {
    Estimate sii;
    Estimate rii;
    double intercept;
} Inequality;

/* The standard error of f(value) from 95% limits: (f(upper) - f(lower)) / (2 * 1.96). */
double inequality_error(InequalityScale scale, double lower, double upper);

/* Weighted least squares (Mackenbach and Kunst 1997; PHE's SII guidance): a_i the population
 * shares, b_i their cumulative midpoints, S_k = sum a b^k, D = S0 S2 - S1^2; the slope is
 * sum a (S0 b - S1) y / D, the intercept sum a (S2 - S1 b) y / D.
 * ABSENT_NONE, or why there is no fit: ABSENT_MISSING for a NaN value or population,
 * ABSENT_NO_POPULATION for a group of nobody, ABSENT_NOT_CALCULABLE for a number of groups outside
 * 5..100, a population below zero or a value that f cannot take where f is needed. */
AbsentReason inequality_fit(const Gradient *gradient, const InequalityModel *model,
                            InequalityFit *fit);

/* Indices with analytic limits. Untransformed, the SII's are slope -+ z sqrt(sum c^2 s^2) with
 * c the weights of the slope and s the standard errors of the values (by the delta method on
 * a rate's or proportion's scale); the RII's follow by the delta method on its logarithm.
 * Transformed, the limits of the slope turn about the middle of the line and are transformed
 * back. NaN limits without standard errors. The fit has succeeded. */
Inequality inequality_estimate(const InequalityFit *fit, const InequalityModel *model,
                               double confidence);

/* A source of random numbers in (0, 1), the next `count` of them: the shares whose normal quantiles
 * are the deviates. */
typedef void (*ShareSource)(void *state, double *shares, size_t count);

/* Simulates the fit `repetitions` times: one deviate a group and repetition, none where the
 * standard error is 0. Both arrays have `repetitions` elements: the SII and RII as the multiplier
 * makes them or, under `transform`, the slope in `sii` and nothing in `rii` (which may then be
 * NULL). The fit has standard errors. Drawing and what is made of the
 * numbers is shared among `threads` (0: as many as the machine has): the source is asked by one at a
 * time, in order, and nothing depends on how many there are. */
void inequality_simulate(const InequalityFit *fit, const InequalityModel *model,
                         ShareSource source, void *state, size_t repetitions, uint32_t threads,
                         double *sii, double *rii);

/* The limits in simulated draws: elements round(R (1 - p)) and round(R p), p = c + (1 - c)/2,
 * counted from 1 in ascending order, into which the arrays are brought as far as that needs. False for a confidence outside [0.90, 1) or too few draws. */
bool inequality_simulated_limits(const InequalityFit *fit, const InequalityModel *model,
                                 double *sii, double *rii, size_t repetitions,
                                 double confidence, Interval *sii_limits, Interval *rii_limits);

/* How far limits simulated again lie from the first ones: the mean absolute difference of the
 * limits `others` from `first`. */
double inequality_reliability(Interval first, const Interval *others, size_t count);

#endif
