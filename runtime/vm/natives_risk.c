/* Comparisons of two estimates: ratios, differences and tests of risks and rates, from the counts
 * the estimates show. Adds no half to an empty cell: what a formula cannot give is not
 * calculable. */
#include <math.h>

#include "runtime/stats/risk.h"
#include "runtime/stats/trend.h"
#include "runtime/vm/natives.h"

static double numerator(const Lane *lane) {
    return lane->array->numerator[lane->at];
}
static double denominator(const Lane *lane) {
    return lane->array->denominator[lane->at];
}

static Estimate of_measure(const NativeCall *call, RiskMeasure measure, Interval limits,
                           EstimateMethod method, double x, double n) {
    if (!isfinite(measure.value)) return estimate_absent(ABSENT_NOT_CALCULABLE, x, n);
    return (Estimate){.value = native_rounded(call, measure.value),
                      .lower = native_rounded(call, limits.lower),
                      .upper = native_rounded(call, limits.upper),
                      .numerator = x,
                      .denominator = n,
                      .method = method};
}

static Estimate rates(const NativeCall *call, double confidence) {
    const Lane *a = &call->lanes[0], *b = &call->lanes[1];
    RateComparison result;
    double x = numerator(a) + numerator(b), n = denominator(a) + denominator(b);
    if (!rate_compare(numerator(a), denominator(a), numerator(b), denominator(b), confidence,
                      &result))
        return estimate_absent(ABSENT_NOT_CALCULABLE, x, n);
    if (call->native == NATIVE_STATS_RATE_DIFFERENCE)
        return of_measure(call, result.difference, result.difference.limits, METHOD_WALD, x, n);
    if (native_number(call, 2) == 1)
        return of_measure(call, result.ratio, result.ratio_exact, METHOD_EXACT_BINOMIAL, x, n);
    return of_measure(call, result.ratio, result.ratio.limits, METHOD_LOG_WALD, x, n);
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
        return of_measure(call, result.ratio, result.ratio.limits, METHOD_LOG_WALD, x, n);
    if (call->native == NATIVE_STATS_ODDS_RATIO)
        return of_measure(call, result.odds_ratio, result.odds_ratio.limits, METHOD_WOOLF, x, n);
    if (native_number(call, 2) == 1)
        return of_measure(call, result.difference, result.difference.limits, METHOD_WALD, x, n);
    return of_measure(call, result.difference, result.difference_newcombe, METHOD_NEWCOMBE, x, n);
}

static AbsentReason pair(NativeCall *call, uint32_t i) {
    double confidence = native_number(call, 3);
    bool of_rates =
        call->native == NATIVE_STATS_RATE_RATIO || call->native == NATIVE_STATS_RATE_DIFFERENCE;
    Estimate estimate = of_rates ? rates(call, confidence) : risks(call, confidence);
    native_write_estimate(call, i, &estimate);
    return ABSENT_NONE;
}

/* ---- Strata ------------------------------------------------------------------------------------- */

/* The strata behind one cell of the result, and what they hold together. */
typedef struct {
    RiskTable *tables;
    uint32_t count;
    double x, n;
    AbsentReason reason; /* a stratum that is not shown makes the result absent */
} Strata;

static void read_strata(const NativeCall *call, Walk *walk, Strata *strata) {
    strata->reason = ABSENT_NONE;
    strata->x = strata->n = 0;
    for (uint32_t k = 0; k < strata->count; k++, walk_next(walk)) {
        strata->reason = absent_merge(strata->reason, walk_absent(walk));
        RiskTable table = strata->tables[k] = table_of(&call->lanes[0], &call->lanes[1]);
        strata->x += table.a + table.c;
        strata->n += table.a + table.b + table.c + table.d;
    }
}

static void write_common(NativeCall *call, uint32_t i, const Strata *strata) {
    bool of_risks = native_parameter(call, 2) == 1;
    MantelHaenszel result;
    AbsentReason reason = strata->reason ? strata->reason : ABSENT_NOT_CALCULABLE;
    Estimate estimate = estimate_absent(reason, strata->x, strata->n);
    if (!strata->reason &&
        mantel_haenszel(strata->tables, strata->count, native_parameter(call, 3), &result)) {
        RiskMeasure measure = of_risks ? result.risk_ratio : result.odds_ratio;
        estimate = of_measure(call, measure, measure.limits,
                              of_risks ? METHOD_MANTEL_HAENSZEL_RISK : METHOD_MANTEL_HAENSZEL_ODDS,
                              strata->x, strata->n);
    }
    native_write_estimate(call, i, &estimate);
}

static void set_part(NativeCall *call, uint32_t i, AbsentReason reason, double value) {
    if (!reason && isfinite(value))
        vm_set_real(call->vm, call->out, i, native_rounded(call, value));
    else
        array_set_absent(call->vm->arena, call->out, i, reason ? reason : ABSENT_NOT_CALCULABLE);
}

static void write_test(NativeCall *call, uint32_t i, const Strata *strata) {
    MantelHaenszel result = {.chi2 = NAN, .p = NAN};
    if (!strata->reason) mantel_haenszel(strata->tables, strata->count, 0.95, &result);
    set_part(call, i, strata->reason, native_parameter(call, 2) == 0 ? result.chi2 : result.p);
}

static bool over_strata(NativeCall *call, void (*each)(NativeCall *, uint32_t, const Strata *)) {
    RegType over = call->out->type;
    for (uint32_t i = 0; i < call->dims.count; i++)
        over.dims[over.dim_count++] = (uint16_t)call->dims.dims[i];
    uint64_t cells = regtype_cells(call->vm->module, &over);
    if (!vm_charge(call->vm, cells)) return false;
    Strata strata = {.count = (uint32_t)(cells / call->out->count)};
    strata.tables = ARENA_NEW_ARRAY(call->vm->arena, RiskTable, strata.count);
    Walk walk;
    walk_start(&walk, call->vm->module, &over, call->lanes, call->lane_count);
    for (uint32_t i = 0; i < call->out->count; i++) {
        read_strata(call, &walk, &strata);
        each(call, i, &strata);
    }
    return true;
}

/* ---- Tests -------------------------------------------------------------------------------------- */

static AbsentReason pearson(NativeCall *call, uint32_t i) {
    RiskTable table = table_of(&call->lanes[0], &call->lanes[1]);
    RiskComparison result;
    if (!risk_compare(&table, 0.95, &result)) return ABSENT_NOT_CALCULABLE;
    set_part(call, i, ABSENT_NONE, native_number(call, 2) == 0 ? result.chi2 : result.p);
    return ABSENT_NONE;
}

static bool trend_over_groups(NativeCall *call) {
    Along along;
    if (!along_start(call, &along)) return false;
    const Array *array = call->lanes[0].array;
    double *x = ARENA_NEW_ARRAY(call->vm->arena, double, along.members + 1);
    double *n = ARENA_NEW_ARRAY(call->vm->arena, double, along.members + 1);
    double asked = native_parameter(call, 1);
    for (uint32_t g = 0; g < along.groups; g++) {
        AbsentReason reason = ABSENT_NONE;
        for (uint32_t m = 0; m < along.members; m++) {
            uint32_t cell = along_cells(&along, g)[m];
            reason = absent_merge(reason, array_absent(array, cell));
            x[m] = array->numerator[cell];
            n[m] = array->denominator[cell];
        }
        ProportionTrend test = proportion_trend(x, n, along.members);
        double parts[] = {test.chi2_trend, test.p_trend, test.chi2_heterogeneity,
                          test.p_heterogeneity};
        set_part(call, g, reason, parts[asked >= 0 && asked < 4 ? (int)asked : 0]);
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
    switch (call->native) {
    case NATIVE_STATS_MANTEL_HAENSZEL: return over_strata(call, write_common);
    case NATIVE_STATS_STRATA_TEST: return over_strata(call, write_test);
    case NATIVE_STATS_RISK_TEST: return native_each(call, pearson);
    case NATIVE_STATS_TREND_TEST: return trend_over_groups(call);
    default: return native_each(call, pair);
    }
}
