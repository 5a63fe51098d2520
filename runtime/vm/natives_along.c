/* Statistics along one dimension: inequality over ordered groups, life tables over ages, trend and
 * process control over time. All are made of what the
 * estimates they are given show: under a policy that protects, of protected numbers. */
#include <math.h>

#include "runtime/stats/inequality.h"
#include "runtime/stats/life_table.h"
#include "runtime/stats/r_random.h"
#include "runtime/stats/spc.h"
#include "runtime/stats/special.h"
#include "runtime/stats/sum.h"
#include "runtime/stats/trend.h"
#include "runtime/vm/natives.h"

/* ---- Walking along a dimension ----------------------------------------------------------------- */

bool along_start(NativeCall *call, Along *along) {
    const Array *first = call->lanes[0].array;
    Axis axis = axis_of(call->vm->module, &first->type, (uint16_t)call->dims.dims[0]);
    along->call = call;
    along->members = axis.size;
    along->groups = axis.outer * axis.inner;
    along->cells = ARENA_NEW_ARRAY(call->vm->arena, uint32_t, first->count + 1);
    uint32_t n = 0;
    for (uint32_t o = 0; o < axis.outer; o++) {
        for (uint32_t i = 0; i < axis.inner; i++) {
            for (uint32_t m = 0; m < axis.size; m++)
                along->cells[n++] = (o * axis.size + m) * axis.inner + i;
        }
    }
    /* a parameter is the same for all cells: no other register has dims that the first lacks */
    uint32_t out = call->out->count;
    bool fits = out == along->groups || out == first->count || call->dims.count == 2;
    return fits || vm_refuse(call->vm, "a statistic along a dimension of its first argument");
}

const uint32_t *along_cells(const Along *along, uint32_t group) {
    return along->cells + (size_t)group * along->members;
}

double native_parameter(const NativeCall *call, uint32_t lane) {
    const Array *array = call->lanes[lane].array;
    return array_absent(array, 0) ? NAN : vm_number(array, 0);
}

void native_set_text(NativeCall *call, uint32_t cell, const char *text) {
    call->out->as.text[cell] = slice_of(text);
}

/* ---- Inequality -------------------------------------------------------------------------------- */

typedef struct {
    InequalityModel model;
    double confidence;
    double *values, *populations, *errors;
    size_t repetitions;
    uint64_t seed;
    int generator; /* 0 analytic limits, 1 the program's numbers, 2 R's */
    double *draws_sii, *draws_rii;
    RRandom random;
} Gradients;

static void r_shares(void *state, double *shares, size_t count) {
    r_random_shares(state, shares, count);
}

/* One generator of the program, SplitMix64: the same for every number of threads and every
 * machine. */
static void own_shares(void *state, double *shares, size_t count) {
    uint64_t *word = state;
    for (size_t i = 0; i < count; i++) {
        uint64_t z = (*word += UINT64_C(0x9E3779B97F4A7C15));
        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        z ^= z >> 31;
        shares[i] = ((double)(z >> 11) + 0.5) / 9007199254740992.0;
    }
}

static AbsentReason read_gradient(const Along *along, uint32_t group, Gradients *g) {
    const Array *array = along->call->lanes[0].array;
    const uint32_t *cells = along_cells(along, group);
    AbsentReason reason = ABSENT_NONE;
    for (uint32_t m = 0; m < along->members; m++) {
        reason = absent_merge(reason, array_absent(array, cells[m]));
        g->values[m] = array->as.real[cells[m]];
        g->populations[m] = array->denominator[cells[m]];
        g->errors[m] =
            inequality_error(g->model.scale, array->lower[cells[m]], array->upper[cells[m]]);
    }
    return reason;
}

static void simulate_limits(Gradients *g, const InequalityFit *fit, Inequality *result) {
    Interval sii, rii;
    bool own = g->generator == 1;
    inequality_simulate(fit, &g->model, own ? own_shares : r_shares,
                        own ? (void *)&g->seed : (void *)&g->random, g->repetitions, 0, g->draws_sii,
                        g->draws_rii);
    if (!inequality_simulated_limits(fit, &g->model, g->draws_sii, g->draws_rii, g->repetitions,
                                     g->confidence, &sii, &rii))
        return;
    result->sii.lower = sii.lower;
    result->sii.upper = sii.upper;
    result->rii.lower = rii.lower;
    result->rii.upper = rii.upper;
    result->sii.method = result->rii.method = METHOD_SLOPE_SIMULATED;
}

/* What all groups were made of together, as they show it. */
static void counts_behind(const Along *along, uint32_t group, double *x, double *n) {
    const Array *array = along->call->lanes[0].array;
    const uint32_t *cells = along_cells(along, group);
    Sum part = {0, 0}, whole = {0, 0};
    for (uint32_t m = 0; m < along->members; m++) {
        sum_add(&part, array->numerator[cells[m]]);
        sum_add(&whole, array->denominator[cells[m]]);
    }
    *x = sum_value(&part);
    *n = sum_value(&whole);
}

static Estimate inequality_of(const Along *along, uint32_t group, Gradients *g) {
    AbsentReason reason = read_gradient(along, group, g);
    double x = NAN, n = NAN;
    counts_behind(along, group, &x, &n);
    if (reason) return estimate_absent(reason, x, n);
    Gradient gradient = {g->values, g->populations, g->errors, along->members};
    InequalityFit fit;
    reason = inequality_fit(&gradient, &g->model, &fit);
    if (reason) return estimate_absent(reason, x, n);
    Inequality result = inequality_estimate(&fit, &g->model, g->confidence);
    if (g->generator) simulate_limits(g, &fit, &result);
    Estimate estimate = along->call->native == NATIVE_STATS_SII ? result.sii : result.rii;
    estimate.numerator = x;
    estimate.denominator = n;
    return estimate;
}

static uint64_t seed_of(double seed) {
    return seed >= 0 && seed <= INT32_MAX ? (uint64_t)seed : 0;
}

static bool read_gradients(const Along *along, Gradients *g) {
    const NativeCall *call = along->call;
    Arena *arena = call->vm->arena;
    double scale = native_parameter(call, 1), repetitions = native_parameter(call, 4);
    double generator = native_parameter(call, 6);
    g->confidence = native_parameter(call, 7);
    g->model = (InequalityModel){.scale = scale == 1   ? SCALE_RATE
                                          : scale == 2 ? SCALE_PROPORTION
                                                       : SCALE_NORMAL,
                                 .transform = native_parameter(call, 2) != 0,
                                 .multiplier = native_parameter(call, 3) != 0 ? -1 : 1};
    g->generator = generator == 2 ? 2 : generator == 1;
    g->seed = seed_of(native_parameter(call, 5));
    g->values = ARENA_NEW_ARRAY(arena, double, along->members);
    g->populations = ARENA_NEW_ARRAY(arena, double, along->members);
    g->errors = ARENA_NEW_ARRAY(arena, double, along->members);
    if (!g->generator) return true;
    g->repetitions = repetitions >= 1 && repetitions <= 1e9 ? (size_t)repetitions : 1;
    if (!vm_charge(call->vm, (uint64_t)g->repetitions * along->members * along->groups))
        return false;
    g->draws_sii = ARENA_NEW_ARRAY(arena, double, g->repetitions);
    g->draws_rii = ARENA_NEW_ARRAY(arena, double, g->repetitions);
    if (g->generator == 2) r_random_seed(&g->random, (int32_t)g->seed);
    return true;
}

bool native_inequality(NativeCall *call) {
    Along along;
    Gradients *g = ARENA_NEW(call->vm->arena, Gradients);
    if (!along_start(call, &along)) return false;
    if (along.members < INEQUALITY_GROUPS_MIN || along.members > INEQUALITY_GROUPS_MAX)
        return vm_refuse(call->vm, "inequality over 5 to 100 groups");
    if (!read_gradients(&along, g)) return false;
    for (uint32_t i = 0; i < along.groups; i++) {
        Estimate estimate = inequality_of(&along, i, g);
        estimate.value = native_rounded(call, estimate.value);
        estimate.lower = native_rounded(call, estimate.lower);
        estimate.upper = native_rounded(call, estimate.upper);
        native_write_estimate(call, i, &estimate);
    }
    return true;
}

/* ---- Life expectancy --------------------------------------------------------------------------- */

static double life_count(const NativeCall *call, const Lane *lane, AbsentReason *reason) {
    const Array *array = lane->array;
    bool exact = policy_reads_exact_counts(call->vm->options->policy) && array->confidential;
    AbsentReason absent = array_absent(array, lane->at);
    if (exact && (!absent || absent == ABSENT_SUPPRESSED) &&
        isfinite(array->confidential[lane->at]))
        return array->confidential[lane->at];
    *reason = absent_merge(*reason, absent);
    return absent ? NAN : vm_number(array, lane->at);
}

static Estimate published_life(const NativeCall *call, Estimate estimate) {
    if (call->vm->options->policy == POLICY_EXACT_INTERNAL || estimate.reason) return estimate;
    if (policy_too_few(call->vm->options->policy, estimate.numerator))
        return estimate_absent(ABSENT_TOO_FEW, NAN, NAN);
    estimate.value = native_rounded(call, estimate.value);
    estimate.lower = native_rounded(call, estimate.lower);
    estimate.upper = native_rounded(call, estimate.upper);
    estimate.numerator =
        protect_people(call->vm->options->policy, llround(estimate.numerator)).value;
    estimate.denominator =
        protect_people(call->vm->options->policy, llround(estimate.denominator)).value;
    return estimate;
}

bool native_life_expectancy(NativeCall *call) {
    bool each = call->native == NATIVE_STATS_LIFE_EXPECTANCY_AT;
    RegType over = call->out->type;
    uint16_t dim = (uint16_t)call->dims.dims[0];
    if (each) regtype_remove_dim(&over, dim);
    over.dims[over.dim_count++] = dim;
    Axis axis = axis_of(call->vm->module, &over, dim);
    if (axis.size != LIFE_TABLE_BANDS || call->dims.count != 1)
        return vm_refuse(call->vm, "a life table over the twenty bands 0, 1-4, 5-9 … 90+");
    Axis result = each ? axis_of(call->vm->module, &call->out->type, dim) : (Axis){1, 1, 1};
    Walk walk;
    walk_start(&walk, call->vm->module, &over, call->lanes, call->lane_count);
    double confidence = native_parameter(call, 2);
    for (uint32_t g = 0; g < axis.outer; g++) {
        double deaths[LIFE_TABLE_BANDS], population[LIFE_TABLE_BANDS];
        LifeTableRow rows[LIFE_TABLE_BANDS];
        AbsentReason reason = ABSENT_NONE;
        for (int b = 0; b < LIFE_TABLE_BANDS; b++, walk_next(&walk)) {
            deaths[b] = life_count(call, &call->lanes[0], &reason);
            population[b] = life_count(call, &call->lanes[1], &reason);
        }
        if (!reason) reason = life_table(deaths, population, rows);
        for (uint32_t b = 0; b < (each ? LIFE_TABLE_BANDS : 1u); b++) {
            Estimate estimate =
                reason ? estimate_absent(reason, NAN, NAN)
                       : published_life(call, estimate_life_expectancy(&rows[b], confidence));
            uint32_t cell =
                each ? (g / result.inner * axis.size + b) * result.inner + g % result.inner : g;
            native_write_estimate(call, cell, &estimate);
        }
    }
    return true;
}

/* ---- Trend -------------------------------------------------------------------------------------- */

typedef struct {
    double value, lower, upper; /* NaN: there is none */
    double x, n;
} TrendPoint;

static const char *trend_text(const Trend *trend) {
    switch (trend->direction) {
    case TREND_INCREASING: return "increasing";
    case TREND_DECREASING: return "decreasing";
    case TREND_NO_CHANGE: return "no significant change";
    case TREND_NOT_CALCULABLE: break;
    }
    return "cannot be calculated";
}

static const char *trend_reason_text(TrendReason reason) {
    switch (reason) {
    case TREND_BECAUSE_SIGNIFICANT: return "the change over the last five points is significant";
    case TREND_BECAUSE_OUTLIER: return "without one of the last five points it turns round";
    case TREND_BECAUSE_NOT_SIGNIFICANT: return "what the last five points show could be chance";
    case TREND_BECAUSE_TOO_FEW_POINTS: return "there are fewer than five points";
    case TREND_BECAUSE_MISSING_VALUE: return "one of the last five points is missing";
    case TREND_BECAUSE_MISSING_LIMIT: return "not all of the last five points have confidence limits";
    }
    return "";
}

static const char *trend_judged_text(const Trend *trend, double good) {
    bool moved = trend->direction == TREND_INCREASING || trend->direction == TREND_DECREASING;
    if (!moved || good == 0) return trend_text(trend);
    return (trend->direction == TREND_INCREASING) == (good > 0) ? "getting better"
                                                                : "getting worse";
}

/* Members to the last one about which something is known: what follows it is still to come. */
static uint32_t known_members(const Along *along, uint32_t group) {
    const Array *array = along->call->lanes[0].array;
    const uint32_t *cells = along_cells(along, group);
    uint32_t count = along->members;
    while (count && array_absent(array, cells[count - 1]) == ABSENT_UNKNOWN) count--;
    return count;
}

/* One of the last points. Limits and counts are there where the values are estimates. */
static void trend_point(const Array *array, uint32_t cell, bool absent, TrendPoint *point) {
    bool estimate = !absent && array->lower;
    *point = (TrendPoint){.value = absent ? NAN : vm_number(array, cell),
                          .lower = estimate ? array->lower[cell] : NAN,
                          .upper = estimate ? array->upper[cell] : NAN,
                          .x = estimate ? array->numerator[cell] : NAN,
                          .n = estimate ? array->denominator[cell] : NAN};
}

/* A proportion whose counts are not known is judged by its limits, like any other value. */
static Trend trend_of(const TrendPoint *points, uint32_t count, bool proportion) {
    double times[TREND_POINTS], value[TREND_POINTS], lower[TREND_POINTS], upper[TREND_POINTS];
    double x[TREND_POINTS], n[TREND_POINTS];
    bool counted = proportion;
    for (uint32_t i = 0; i < count; i++) {
        bool lacks = isnan(points[i].x) || isnan(points[i].n);
        counted = counted && (isnan(points[i].value) || !lacks);
        times[i] = i;
        value[i] = points[i].value;
        lower[i] = points[i].lower;
        upper[i] = points[i].upper;
        x[i] = points[i].x;
        n[i] = points[i].n;
    }
    return counted ? trend_of_proportions(times, x, n, count)
                   : trend_of_values(times, value, lower, upper, count);
}

/* A point that the data lack makes the trend one that cannot be calculated; one that is withheld
 * makes it absent for that reason. */
static void trend_group(const Along *along, uint32_t group, bool proportion) {
    NativeCall *call = along->call;
    const Array *array = call->lanes[0].array;
    TrendPoint points[TREND_POINTS];
    uint32_t known = known_members(along, group);
    uint32_t count = known < TREND_POINTS ? known : TREND_POINTS;
    AbsentReason reason = known ? ABSENT_NONE : ABSENT_UNKNOWN;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t cell = along_cells(along, group)[known - count + i];
        AbsentReason absent = array_absent(array, cell);
        if (absent != ABSENT_MISSING) reason = absent_merge(reason, absent);
        trend_point(array, cell, absent != ABSENT_NONE, &points[i]);
    }
    Trend trend = trend_of(points, count, proportion);
    if (reason)
        array_set_absent(call->vm->arena, call->out, group, reason);
    else if (call->native == NATIVE_STATS_TREND_REASON)
        native_set_text(call, group, trend_reason_text(trend.reason));
    else if (call->native == NATIVE_STATS_TREND_JUDGED)
        native_set_text(call, group, trend_judged_text(&trend, native_parameter(call, 2)));
    else
        native_set_text(call, group, trend_text(&trend));
}

bool native_trend(NativeCall *call) {
    Along along;
    if (!along_start(call, &along)) return false;
    bool proportion = native_parameter(call, 1) == 0;
    for (uint32_t g = 0; g < along.groups; g++) trend_group(&along, g, proportion);
    return true;
}

/* ---- Process control --------------------------------------------------------------------------- */

static const char *cause_text(SpcCause cause) {
    switch (cause) {
    case SPC_COMMON_CAUSE: return "common cause";
    case SPC_ABOVE_LIMIT: return "above the upper limit";
    case SPC_BELOW_LIMIT: return "below the lower limit";
    case SPC_TREND_UP: return "trend of seven, increasing";
    case SPC_TREND_DOWN: return "trend of seven, decreasing";
    case SPC_TWO_OF_THREE_ABOVE: return "two of three near the upper limit";
    case SPC_TWO_OF_THREE_BELOW: return "two of three near the lower limit";
    case SPC_RUN_ABOVE: return "seven above the mean";
    case SPC_RUN_BELOW: return "seven below the mean";
    }
    return "";
}

static const char *variation_text(SpcType type) {
    switch (type) {
    case SPC_COMMON: return "common cause";
    case SPC_IMPROVEMENT: return "improvement";
    case SPC_CONCERN: return "concern";
    case SPC_NEUTRAL_HIGH: return "high";
    case SPC_NEUTRAL_LOW: return "low";
    }
    return "";
}

static const char *assurance_text(SpcAssurance assurance) {
    switch (assurance) {
    case SPC_PASS: return "will pass";
    case SPC_FAIL: return "will fail";
    case SPC_INCONSISTENT: return "may pass or fail";
    case SPC_NO_ASSURANCE: break;
    }
    return "not judged";
}

static void set_limit(NativeCall *call, uint32_t cell, double value) {
    if (isnan(value))
        array_set_absent(call->vm->arena, call->out, cell, ABSENT_NOT_CALCULABLE);
    else
        vm_set_real(call->vm, call->out, cell, value);
}

static void write_point(NativeCall *call, uint32_t cell, const SpcPoint *point) {
    switch (call->native) {
    case NATIVE_SPC_MEAN: set_limit(call, cell, point->mean); return;
    case NATIVE_SPC_LOWER: set_limit(call, cell, point->lower); return;
    case NATIVE_SPC_UPPER: set_limit(call, cell, point->upper); return;
    case NATIVE_SPC_SIGNAL: native_set_text(call, cell, cause_text(point->cause)); return;
    default: native_set_text(call, cell, variation_text(point->type)); return;
    }
}

/* What all groups of a chart share. */
typedef struct {
    SpcOptions options;
    double *values;
    uint32_t *stretches; /* the number of the stretch each point lies in */
    SpcPoint *points;
} Chart;

/* Stretches begin at the points from which limits are made anew. */
static void read_stretches(const Along *along, Chart *chart) {
    const NativeCall *call = along->call;
    uint32_t stretch = 0, lane = 5;
    for (uint32_t m = 0; m < along->members; m++) {
        while (lane < call->lane_count && native_parameter(call, lane) <= m) {
            lane++;
            stretch++;
        }
        chart->stretches[m] = stretch;
    }
}

/* The target where the walk over the groups is. */
static double target_at(const NativeCall *call) {
    const Lane *lane = &call->lanes[4];
    return array_absent(lane->array, lane->at) ? NAN : vm_number(lane->array, lane->at);
}

static void chart_group(const Along *along, uint32_t group, double target, Chart *chart) {
    NativeCall *call = along->call;
    const Array *array = call->lanes[0].array;
    const uint32_t *cells = along_cells(along, group);
    const SpcPoint *points = chart->points;
    for (uint32_t m = 0; m < along->members; m++)
        chart->values[m] = array_absent(array, cells[m]) ? NAN : vm_number(array, cells[m]);
    bool charted = spc_xmr(chart->values, chart->stretches, along->members, &chart->options,
                           chart->points);
    if (call->native == NATIVE_SPC_ASSURANCE) {
        uint32_t known = known_members(along, group);
        AbsentReason last = known ? array_absent(array, cells[known - 1]) : ABSENT_UNKNOWN;
        SpcAssurance assurance = charted && known ? spc_assurance(&points[known - 1], target,
                                                         chart->options.polarity)
                                         : SPC_NO_ASSURANCE;
        if (last && last != ABSENT_MISSING)
            array_set_absent(call->vm->arena, call->out, group, last);
        else
            native_set_text(call, group, assurance_text(assurance));
        return;
    }
    for (uint32_t m = 0; m < along->members; m++) {
        AbsentReason reason = charted ? array_absent(array, cells[m]) : ABSENT_NOT_CALCULABLE;
        if (reason)
            array_set_absent(call->vm->arena, call->out, cells[m], reason);
        else
            write_point(call, cells[m], &points[m]);
    }
}

bool native_spc(NativeCall *call) {
    Along along;
    if (!along_start(call, &along)) return false;
    Arena *arena = call->vm->arena;
    double polarity = native_parameter(call, 3), fixed = native_parameter(call, 2);
    Chart chart = {.options = {.polarity = polarity > 0   ? SPC_INCREASE_IS_GOOD
                                           : polarity < 0 ? SPC_DECREASE_IS_GOOD
                                                          : SPC_NEUTRAL,
                               .screen_outliers = native_parameter(call, 1) != 0,
                               .fix_after = fixed >= 0 && fixed <= 1e9 ? (size_t)fixed : 1},
                   .values = ARENA_NEW_ARRAY(arena, double, along.members + 1),
                   .stretches = ARENA_NEW_ARRAY(arena, uint32_t, along.members + 1),
                   .points = ARENA_NEW_ARRAY(arena, SpcPoint, along.members + 1)};
    read_stretches(&along, &chart);
    bool judges = call->native == NATIVE_SPC_ASSURANCE;
    Walk walk;
    if (judges)
        walk_start(&walk, call->vm->module, &call->out->type, call->lanes, call->lane_count);
    for (uint32_t g = 0; g < along.groups; g++) {
        double target = judges ? target_at(call) : NAN;
        chart_group(&along, g, target, &chart);
        if (judges) walk_next(&walk);
    }
    return true;
}
