/* Statistical process control: XmR charts with the four rules of Making Data Count. Reads
 * points in order of time and never reorders, fills or smooths them. */
#ifndef RUNTIME_STATS_SPC_H
#define RUNTIME_STATS_SPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits rest on at least so many points when they are fixed. */
#define SPC_FIX_MIN 12
/* Groups shorter than this have limits on trial. */
#define SPC_TRIAL_BELOW 13

typedef enum { SPC_INCREASE_IS_GOOD, SPC_DECREASE_IS_GOOD, SPC_NEUTRAL } SpcPolarity;

typedef struct {
    SpcPolarity polarity;
    /* Leaves moving ranges above 3.267 times their mean out of the limits. NHSRplotthedots
     * does so by default, NHS England's Making Data Count spreadsheet does not: hence no
     * default here. */
    bool screen_outliers;
    size_t fix_after; /* limits from the first so many points of a group; 0: from all */
} SpcOptions;

typedef enum {
    SPC_COMMON_CAUSE,
    SPC_ABOVE_LIMIT,
    SPC_BELOW_LIMIT,
    SPC_TREND_UP, /* seven points, each above the one before */
    SPC_TREND_DOWN,
    SPC_TWO_OF_THREE_ABOVE, /* near the limit, on the same side */
    SPC_TWO_OF_THREE_BELOW,
    SPC_RUN_ABOVE, /* seven points on one side of the mean */
    SPC_RUN_BELOW
} SpcCause;

typedef enum {
    SPC_COMMON,
    SPC_IMPROVEMENT,
    SPC_CONCERN,
    SPC_NEUTRAL_HIGH,
    SPC_NEUTRAL_LOW
} SpcType;

typedef struct {
    double mean;
    double lower; /* NaN, as `upper`, where all moving ranges are 0 or there are none */
    double upper;
    SpcCause cause;
    SpcType type;
    int8_t side;  /* of the mean: -1, 0, 1 */
    bool outside; /* beyond a limit */
    bool near;    /* in the outer third between mean and limit */
    bool in_trend;
} SpcPoint;

/* Charts n points. `groups` (NULL: one) numbers the stretches between rebases; equal numbers
 * stand together. A NaN is missing: it counts towards nothing and breaks every run. Limits are
 * mean -+ 2.66 times the mean moving range of the group. The first rule that applies gives the
 * cause: outside the limits; trend of seven; two of three near a limit; seven on one side.
 * False where `fix_after` is neither 0 nor at least 12. */
bool spc_xmr(const double *values, const uint32_t *groups, size_t n, const SpcOptions *options,
             SpcPoint *points);

typedef enum { SPC_PASS, SPC_FAIL, SPC_INCONSISTENT, SPC_NO_ASSURANCE } SpcAssurance;

/* Whether the process will meet the target, by the limits of its last point; none for a
 * neutral polarity, without limits, or for a NaN target. */
SpcAssurance spc_assurance(const SpcPoint *last, double target, SpcPolarity polarity);

#endif
