/* Comparisons of two estimates: ratios and differences of risks and rates, from the counts
 * the estimates show. Adds no half to an empty cell: what a formula cannot give is not
 * calculable. */
#include <math.h>

#include "runtime/stats/risk.h"
#include "runtime/vm/natives.h"

static double numerator(const Lane *lane) {
    return lane->array->numerator[lane->at];
}
static double denominator(const Lane *lane) {
    return lane->array->denominator[lane->at];
}

static Estimate of_measure(const NativeCall *call, RiskMeasure measure, Interval limits, double x,
                           double n) {
    if (!isfinite(measure.value)) return estimate_absent(ABSENT_NOT_CALCULABLE, x, n);
    return (Estimate){.value = native_rounded(call, measure.value),
                      .lower = native_rounded(call, limits.lower),
                      .upper = native_rounded(call, limits.upper),
                      .numerator = x,
                      .denominator = n};
}

static Estimate rates(const NativeCall *call, double confidence) {
    const Lane *a = &call->lanes[0], *b = &call->lanes[1];
    RateComparison result;
    double x = numerator(a) + numerator(b), n = denominator(a) + denominator(b);
    if (!rate_compare(numerator(a), denominator(a), numerator(b), denominator(b), confidence,
                      &result))
        return estimate_absent(ABSENT_NOT_CALCULABLE, x, n);
    RiskMeasure measure =
        call->native == NATIVE_STATS_RATE_RATIO ? result.ratio : result.difference;
    return of_measure(call, measure, measure.limits, x, n);
}

static RiskTable table_of(const Lane *a, const Lane *b) {
    return (RiskTable){numerator(a), denominator(a) - numerator(a), numerator(b),
                       denominator(b) - numerator(b)};
}

static Estimate risks(const NativeCall *call, double confidence) {
    const Lane *a = &call->lanes[0], *b = &call->lanes[1];
    RiskTable table = table_of(a, b);
    RiskComparison result;
    double x = numerator(a) + numerator(b), n = denominator(a) + denominator(b);
    if (!risk_compare(&table, confidence, &result))
        return estimate_absent(ABSENT_NOT_CALCULABLE, x, n);
    if (call->native == NATIVE_STATS_RISK_RATIO)
        return of_measure(call, result.ratio, result.ratio.limits, x, n);
    if (call->native == NATIVE_STATS_ODDS_RATIO)
        return of_measure(call, result.odds_ratio, result.odds_ratio.limits, x, n);
    return of_measure(call, result.difference, result.difference_newcombe, x, n);
}

static AbsentReason pair(NativeCall *call, uint32_t i) {
    double confidence = native_number(call, 2);
    bool of_rates =
        call->native == NATIVE_STATS_RATE_RATIO || call->native == NATIVE_STATS_RATE_DIFFERENCE;
    Estimate estimate = of_rates ? rates(call, confidence) : risks(call, confidence);
    native_write_estimate(call, i, &estimate);
    return ABSENT_NONE;
}

/* The common odds ratio over the strata behind each cell; a stratum that is not shown makes it
 * absent. */
static bool common_odds(NativeCall *call) {
    RegType over = call->out->type;
    for (uint32_t i = 0; i < call->dims.count; i++)
        over.dims[over.dim_count++] = (uint16_t)call->dims.dims[i];
    uint64_t cells = regtype_cells(call->vm->module, &over);
    if (!vm_charge(call->vm, cells)) return false;
    uint32_t count = (uint32_t)(cells / call->out->count);
    RiskTable *strata = ARENA_NEW_ARRAY(call->vm->arena, RiskTable, count);
    Walk walk;
    walk_start(&walk, call->vm->module, &over, call->lanes, call->lane_count);
    for (uint32_t i = 0; i < call->out->count; i++) {
        AbsentReason reason = ABSENT_NONE;
        double x = 0, n = 0, confidence = native_number(call, 2);
        for (uint32_t k = 0; k < count; k++, walk_next(&walk)) {
            reason = absent_merge(reason, walk_absent(&walk));
            strata[k] = table_of(&call->lanes[0], &call->lanes[1]);
            x += strata[k].a + strata[k].c;
            n += strata[k].a + strata[k].b + strata[k].c + strata[k].d;
        }
        MantelHaenszel result;
        Estimate estimate = estimate_absent(reason ? reason : ABSENT_NOT_CALCULABLE, x, n);
        if (!reason && mantel_haenszel(strata, count, confidence, &result))
            estimate = of_measure(call, result.odds_ratio, result.odds_ratio.limits, x, n);
        native_write_estimate(call, i, &estimate);
    }
    return true;
}

/* Of what both show, so that it needs no rounding of its own; it has no counts. */
AbsentReason native_difference(NativeCall *call, uint32_t i) {
    double a = native_number(call, 0), b = native_number(call, 1);
    Interval limits =
        difference_limits(a, native_limits(&call->lanes[0]), b, native_limits(&call->lanes[1]));
    Estimate estimate = {.value = a - b,
                         .lower = limits.lower,
                         .upper = limits.upper,
                         .numerator = NAN,
                         .denominator = NAN};
    native_write_estimate(call, i, &estimate);
    return ABSENT_NONE;
}

bool native_risk(NativeCall *call) {
    return call->native == NATIVE_STATS_MANTEL_HAENSZEL ? common_odds(call)
                                                        : native_each(call, pair);
}
