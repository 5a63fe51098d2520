/* Direct standardisation by Dobson and Byar, indirect standardisation, standardised ratios.
 * Reference rates are given stratum by stratum; there is no lookup here, and so no mismatch
 * that could go unnoticed. */
#include "runtime/stats/standardise.h"

#include <math.h>

#include "runtime/stats/rates.h"
#include "runtime/stats/sum.h"

/* What one pass over the strata gathers. */
typedef struct {
    Sum events;
    Sum person_time;
    Sum weights;
    Sum rates;    /* w x/n */
    Sum variance; /* v (w/n)^2 */
    size_t left_out;
} DirectSums;

static bool usable(double x) {
    return x >= 0 && isfinite(x);
}

/* Adds stratum i; ABSENT_NONE, or why there can be no rate. */
static AbsentReason direct_add(DirectSums *sums, const DirectStrata *strata, size_t i) {
    double x = strata->events[i], n = strata->person_time[i], w = strata->weights[i];
    double v = strata->squares ? strata->squares[i] : x;
    if (isnan(x) || isnan(n) || isnan(w) || isnan(v)) return ABSENT_MISSING;
    if (!usable(x) || !usable(n) || !usable(w) || !usable(v)) return ABSENT_NOT_CALCULABLE;
    sum_add(&sums->events, x);
    sum_add(&sums->person_time, n);
    if (n == 0) {
        if (x > 0) return ABSENT_NOT_CALCULABLE;
        sums->left_out++;
        return ABSENT_NONE;
    }
    sum_add(&sums->weights, w);
    sum_add(&sums->rates, w * x / n);
    sum_add(&sums->variance, v * (w / n) * (w / n));
    return ABSENT_NONE;
}

static Estimate direct_finish(const DirectSums *sums, EstimateMethod method, double confidence) {
    double events = sum_value(&sums->events), weight = sum_value(&sums->weights);
    double person_time = sum_value(&sums->person_time);
    Interval byar;
    if (person_time == 0) return estimate_absent(ABSENT_NO_POPULATION, events, person_time);
    if (!(weight > 0) || !confidence_valid(confidence))
        return estimate_absent(ABSENT_NOT_CALCULABLE, events, person_time);
    if (events < COUNT_EXACT_BELOW) return estimate_absent(ABSENT_TOO_FEW, events, person_time);
    if (!byar_limits(events, confidence, &byar))
        return estimate_absent(ABSENT_NOT_CALCULABLE, events, person_time);
    double rate = sum_value(&sums->rates) / weight;
    double scale = sqrt(sum_value(&sums->variance) / (weight * weight) / events);
    return (Estimate){rate,
                      rate + scale * (byar.lower - events),
                      rate + scale * (byar.upper - events),
                      events,
                      person_time,
                      ABSENT_NONE,
                      method};
}

void estimate_dsr_levels(const DirectStrata *strata, const double *confidences, size_t count,
                         Estimate *estimates, size_t *left_out) {
    DirectSums sums = {.left_out = 0};
    AbsentReason reason = ABSENT_NONE;
    for (size_t i = 0; i < strata->count; i++)
        reason = absent_merge(reason, direct_add(&sums, strata, i));
    if (left_out) *left_out = sums.left_out;
    EstimateMethod method = strata->squares ? METHOD_DOBSON_RECURRENT : METHOD_DOBSON;
    for (size_t i = 0; i < count; i++)
        estimates[i] = reason ? estimate_absent(reason, sum_value(&sums.events),
                                                sum_value(&sums.person_time))
                              : direct_finish(&sums, method, confidences[i]);
}

Estimate estimate_dsr(const DirectStrata *strata, double confidence, size_t *left_out) {
    Estimate estimate;
    estimate_dsr_levels(strata, &confidence, 1, &estimate, left_out);
    return estimate;
}

AbsentReason expected_events(const IndirectStrata *strata, double *expected,
                             double *reference_rate) {
    Sum expect = {0, 0}, events = {0, 0}, person_time = {0, 0};
    AbsentReason reason = ABSENT_NONE;
    for (size_t i = 0; i < strata->count; i++) {
        double n = strata->person_time[i];
        double rx = strata->reference_events[i], rn = strata->reference_person_time[i];
        if (isnan(n) || isnan(rx) || isnan(rn))
            reason = absent_merge(reason, ABSENT_MISSING);
        else if (!usable(n) || !usable(rx) || !usable(rn) || (rn == 0 && (n > 0 || rx > 0)))
            reason = absent_merge(reason, ABSENT_NOT_CALCULABLE);
        sum_add(&expect, rn > 0 ? rx / rn * n : 0);
        sum_add(&events, rx);
        sum_add(&person_time, rn);
    }
    *expected = reason ? NAN : sum_value(&expect);
    *reference_rate = reason ? NAN : sum_value(&events) / sum_value(&person_time);
    return reason;
}

static Estimate indirect(const IndirectStrata *strata, double confidence, bool as_rate) {
    double expected, reference_rate;
    double observed = sum_array(strata->events, strata->count);
    AbsentReason reason = expected_events(strata, &expected, &reference_rate);
    bool nobody = sum_array(strata->person_time, strata->count) == 0;
    if (!reason && !(expected > 0)) reason = nobody ? ABSENT_NO_POPULATION : ABSENT_NOT_CALCULABLE;
    if (reason) return estimate_absent(reason, observed, expected);
    return estimate_of_count(observed, expected, as_rate ? reference_rate : 1, strata->limits,
                             confidence);
}

Estimate estimate_smr(const IndirectStrata *strata, double confidence) {
    return indirect(strata, confidence, false);
}

Estimate estimate_isr(const IndirectStrata *strata, double confidence) {
    return indirect(strata, confidence, true);
}

bool strata_too_small(const double *people, size_t count) {
    size_t small = 0;
    for (size_t i = 0; i < count; i++) small += people[i] <= 3;
    return small * 10 > count;
}
