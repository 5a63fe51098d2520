/* XmR charts (Wheeler; NHS England, Making Data Count). Signals never reach across a rebase. */
#include "runtime/stats/spc.h"

#include <math.h>

#include "runtime/stats/sum.h"

enum { RUN_LENGTH = 7 };

/* The points between two rebases. */
typedef struct {
    const double *values;
    SpcPoint *points;
    size_t count;
} Stretch;

static double mean_of_present(const double *values, size_t count) {
    Sum sum = {0, 0};
    size_t present = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i])) continue;
        sum_add(&sum, values[i]);
        present++;
    }
    return sum_value(&sum) / (double)present;
}

/* Whether all points that are there are one value: then that is the mean, to the last place. */
static bool is_constant(const double *values, size_t count, double *value) {
    *value = NAN;
    for (size_t i = 0; i < count; i++) {
        if (isnan(*value)) *value = values[i];
        if (!isnan(values[i]) && values[i] != *value) return false;
    }
    return true;
}

/* The mean of the moving ranges below `ceiling`; NaN where there are none. */
static double mean_moving_range(const double *values, size_t count, double ceiling) {
    Sum sum = {0, 0};
    size_t present = 0;
    for (size_t i = 1; i < count; i++) {
        double range = fabs(values[i] - values[i - 1]);
        if (!(range < ceiling)) continue; /* NaN beside a missing point */
        sum_add(&sum, range);
        present++;
    }
    return sum_value(&sum) / (double)present;
}

static void set_limits(const Stretch *stretch, const SpcOptions *options) {
    size_t used = options->fix_after && options->fix_after < stretch->count ? options->fix_after
                                                                            : stretch->count;
    double mean;
    if (!is_constant(stretch->values, used, &mean)) mean = mean_of_present(stretch->values, used);
    double range = mean_moving_range(stretch->values, used, INFINITY);
    if (options->screen_outliers) range = mean_moving_range(stretch->values, used, 3.267 * range);
    if (range == 0) range = NAN; /* what never moves has no limits to stay within */
    double reach = 2.66 * range, third = reach * 2 / 3;
    for (size_t i = 0; i < stretch->count; i++) {
        double y = stretch->values[i];
        SpcPoint *point = &stretch->points[i];
        *point = (SpcPoint){.mean = mean, .lower = mean - reach, .upper = mean + reach};
        point->side = (int8_t)((y > mean) - (y < mean));
        point->outside = y > point->upper || y < point->lower;
        point->near = !point->outside && (y > mean + third || y < mean - third);
    }
}

/* The direction of the step into point i: 1 up, -1 down, 0 none. */
static int step_into(const Stretch *stretch, size_t i) {
    if (i == 0) return 0;
    double y = stretch->values[i], before = stretch->values[i - 1];
    return (y > before) - (y < before);
}

/* Marks every point of seven that rise, or fall, one after the other. */
static void mark_trends(const Stretch *stretch) {
    size_t steps = 0;
    int direction = 0;
    for (size_t i = 1; i < stretch->count; i++) {
        int step = step_into(stretch, i);
        steps = step != 0 && step == direction ? steps + 1 : step != 0;
        direction = step;
        for (size_t k = 0; steps >= RUN_LENGTH - 1 && k < RUN_LENGTH; k++)
            stretch->points[i - k].in_trend = true;
    }
}

/* Where a trend begins or two meet, the step out of the point tells the direction. */
static SpcCause trend_cause(const Stretch *stretch, size_t i) {
    int direction = step_into(stretch, i);
    if (i + 1 < stretch->count && stretch->points[i + 1].in_trend) {
        int out = step_into(stretch, i + 1);
        if (out != 0) direction = out;
    }
    return direction > 0 ? SPC_TREND_UP : SPC_TREND_DOWN;
}

/* Whether points first .. first + length - 1 exist and lie on point i's side of the mean. */
static bool same_side(const Stretch *stretch, size_t i, size_t first, size_t length) {
    if (first + length > stretch->count || stretch->points[i].side == 0) return false;
    for (size_t k = first; k < first + length; k++)
        if (stretch->points[k].side != stretch->points[i].side) return false;
    return true;
}

/* Whether point i, near a limit, is one of two such among three on its side. */
static bool in_two_of_three(const Stretch *stretch, size_t i) {
    if (!stretch->points[i].near) return false;
    for (size_t back = 0; back < 3 && back <= i; back++) {
        size_t first = i - back, close = 0;
        if (!same_side(stretch, i, first, 3)) continue;
        for (size_t k = first; k < first + 3; k++) close += stretch->points[k].near;
        if (close >= 2) return true;
    }
    return false;
}

static bool in_run(const Stretch *stretch, size_t i) {
    for (size_t back = 0; back < RUN_LENGTH && back <= i; back++)
        if (same_side(stretch, i, i - back, RUN_LENGTH)) return true;
    return false;
}

static SpcCause cause_of(const Stretch *stretch, size_t i) {
    const SpcPoint *point = &stretch->points[i];
    bool above = point->side > 0;
    if (point->outside) return above ? SPC_ABOVE_LIMIT : SPC_BELOW_LIMIT;
    if (isnan(point->lower)) return SPC_COMMON_CAUSE;
    if (point->in_trend) return trend_cause(stretch, i);
    if (in_two_of_three(stretch, i)) return above ? SPC_TWO_OF_THREE_ABOVE : SPC_TWO_OF_THREE_BELOW;
    if (in_run(stretch, i)) return above ? SPC_RUN_ABOVE : SPC_RUN_BELOW;
    return SPC_COMMON_CAUSE;
}

static bool is_high(SpcCause cause) {
    return cause == SPC_ABOVE_LIMIT || cause == SPC_TREND_UP || cause == SPC_TWO_OF_THREE_ABOVE ||
           cause == SPC_RUN_ABOVE;
}

static SpcType type_of(SpcCause cause, SpcPolarity polarity) {
    if (cause == SPC_COMMON_CAUSE) return SPC_COMMON;
    bool high = is_high(cause);
    if (polarity == SPC_NEUTRAL) return high ? SPC_NEUTRAL_HIGH : SPC_NEUTRAL_LOW;
    return high == (polarity == SPC_INCREASE_IS_GOOD) ? SPC_IMPROVEMENT : SPC_CONCERN;
}

static void chart_stretch(const Stretch *stretch, const SpcOptions *options) {
    set_limits(stretch, options);
    mark_trends(stretch);
    for (size_t i = 0; i < stretch->count; i++) {
        SpcPoint *point = &stretch->points[i];
        point->cause = cause_of(stretch, i);
        point->type = type_of(point->cause, options->polarity);
    }
}

bool spc_xmr(const double *values, const uint32_t *groups, size_t n, const SpcOptions *options,
             SpcPoint *points) {
    if (options->fix_after > 0 && options->fix_after < SPC_FIX_MIN) return false;
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && (!groups || groups[end] == groups[first]);) end++;
        Stretch stretch = {values + first, points + first, end - first};
        chart_stretch(&stretch, options);
    }
    return true;
}

SpcAssurance spc_assurance(const SpcPoint *last, double target, SpcPolarity polarity) {
    if (polarity == SPC_NEUTRAL || isnan(target) || isnan(last->upper)) return SPC_NO_ASSURANCE;
    bool increase = polarity == SPC_INCREASE_IS_GOOD;
    if (target > last->upper) return increase ? SPC_FAIL : SPC_PASS;
    if (target < last->lower) return increase ? SPC_PASS : SPC_FAIL;
    return SPC_INCONSISTENT;
}
