/* Statistics of counts over people. Which counts are read is the policy's decision
 * (runtime/disclosure): crude values and their limits are made of protected counts;
 * standardised rates and their limits of exact ones where the policy lets them be read, and are
 * then withheld under ten events and rounded; under `midpoint6` everything is made of protected
 * counts. The counts an estimate shows are protected always. */
#include <math.h>

#include "runtime/stats/rates.h"
#include "runtime/stats/standardise.h"
#include "runtime/vm/natives.h"

/* ---- Reading counts -------------------------------------------------------------------------- */

static bool reads_exact(const NativeCall *call) {
    return policy_reads_exact_counts(call->vm->options->policy);
}

/* Whether the lane's cell holds an exact value that the policy lets a statistic read. */
static bool has_exact(const NativeCall *call, const Lane *lane) {
    AbsentReason reason = array_absent(lane->array, lane->at);
    return reads_exact(call) && lane->array->confidential &&
           (!reason || reason == ABSENT_SUPPRESSED) &&
           isfinite(lane->array->confidential[lane->at]);
}

static AbsentReason exact_absent(const NativeCall *call, const Lane *lane) {
    return has_exact(call, lane) ? ABSENT_NONE : array_absent(lane->array, lane->at);
}

static double exact_count(const NativeCall *call, const Lane *lane) {
    return has_exact(call, lane) ? lane->array->confidential[lane->at]
                                 : vm_number(lane->array, lane->at);
}

/* The protected count of a lane; NaN where it is not shown. */
static double shown_count(const Lane *lane) {
    return array_absent(lane->array, lane->at) ? NAN : vm_number(lane->array, lane->at);
}

/* ---- Writing estimates ----------------------------------------------------------------------- */

void native_write_estimate(NativeCall *call, uint32_t i, const Estimate *estimate) {
    Array *out = call->out;
    out->numerator[i] = estimate->numerator;
    out->denominator[i] = estimate->denominator;
    out->method[i] = (uint8_t)estimate->method;
    if (estimate->reason) {
        array_set_absent(call->vm->arena, out, i, estimate->reason);
        return;
    }
    vm_set_real(call->vm, out, i, estimate->value);
    out->lower[i] = estimate->lower;
    out->upper[i] = estimate->upper;
}

double native_rounded(const NativeCall *call, double value) {
    return isfinite(value) ? policy_round_statistic(call->vm->options->policy, value) : value;
}

/* ---- Crude: rate, proportion, mean ----------------------------------------------------------- */

/* Whose limits a count has: a parameter of the call, the one before its confidence. */
static CountLimits limits_asked(const NativeCall *call) {
    double asked = native_parameter(call, call->lane_count - 2);
    return asked == 1 ? LIMITS_EXACT : asked == 2 ? LIMITS_BYAR : LIMITS_USUAL;
}

static Estimate crude_of(const NativeCall *call, double events, double whole, double confidence) {
    if (call->native == NATIVE_STATS_PROPORTION)
        return estimate_proportion(events, whole, confidence);
    return estimate_of_count(events, whole, 1, limits_asked(call), confidence);
}

/* A count by itself: over one. */
static Estimate counted(const NativeCall *call) {
    const Lane *events = &call->lanes[0], *level = &call->lanes[2];
    AbsentReason reason = array_absent(events->array, events->at);
    reason = absent_merge(reason, array_absent(level->array, level->at));
    if (reason) return estimate_absent(reason, shown_count(events), 1);
    return crude_of(call, shown_count(events), 1, vm_number(level->array, level->at));
}

static Estimate crude(const NativeCall *call) {
    const Lane *events = &call->lanes[0], *whole = &call->lanes[1];
    const Lane *level = &call->lanes[call->lane_count - 1];
    AbsentReason reason = array_absent(events->array, events->at);
    reason = absent_merge(reason, array_absent(whole->array, whole->at));
    reason = absent_merge(reason, array_absent(level->array, level->at));
    if (reason) return estimate_absent(reason, shown_count(events), shown_count(whole));
    double confidence = vm_number(level->array, level->at);
    /* the limits too: those of exact counts would give the counts away */
    return crude_of(call, shown_count(events), shown_count(whole), confidence);
}

/* Limits of a mean lie about the mean shown, as far from it as those of the exact one from
 * theirs: squares rounded to three figures would leave no width worth the name, and a width
 * gives no count away. Withheld where the statistic is. */
static void set_width(const NativeCall *call, const Estimate *exact, double count,
                      Estimate *shown) {
    bool known = !policy_too_few(call->vm->options->policy, count) && !exact->reason;
    double half = known ? native_rounded(call, (exact->upper - exact->lower) / 2) : NAN;
    shown->lower = shown->value - half;
    shown->upper = shown->value + half;
}

static Estimate mean(const NativeCall *call) {
    const Lane *sum = &call->lanes[0], *squares = &call->lanes[1], *people = &call->lanes[2];
    const Lane *level = &call->lanes[3];
    AbsentReason reason = array_absent(sum->array, sum->at);
    reason = absent_merge(reason, array_absent(people->array, people->at));
    reason = absent_merge(reason, array_absent(level->array, level->at));
    if (reason) return estimate_absent(reason, shown_count(sum), shown_count(people));
    double confidence = vm_number(level->array, level->at);
    Estimate shown = estimate_mean_of_sums(shown_count(people), shown_count(sum),
                                           shown_count(squares), confidence);
    bool exact_there = has_exact(call, sum) && has_exact(call, squares) && has_exact(call, people);
    if (shown.reason || !exact_there) return shown;
    double count = exact_count(call, people);
    Estimate exact = estimate_mean_of_sums(count, exact_count(call, sum),
                                           exact_count(call, squares), confidence);
    set_width(call, &exact, count, &shown);
    return shown;
}

static bool crude_or_mean(NativeCall *call) {
    Walk walk;
    walk_start(&walk, call->vm->module, &call->out->type, call->lanes, call->lane_count);
    for (uint32_t i = 0; i < call->out->count; i++, walk_next(&walk)) {
        Estimate estimate = call->native == NATIVE_STATS_MEAN    ? mean(call)
                            : call->native == NATIVE_STATS_COUNT ? counted(call)
                                                                 : crude(call);
        native_write_estimate(call, i, &estimate);
    }
    return true;
}

/* ---- Directly standardised ------------------------------------------------------------------- */

/* The strata behind one cell of the result, and what is known of the people in them. */
typedef struct {
    const Lane *events, *squares, *person_time, *weights, *level; /* squares may be NULL */
    const Lane *reference_events, *reference_time; /* indirectly standardised; else NULL */
    uint32_t count;
    double *x, *v, *n, *w; /* indirectly: v reference events, w reference person-time */
    double *people;        /* in each stratum, as the policy shows them */
    double event_people;   /* people behind all events, exact */
    double total_people;   /* in all strata, exact */
    double confidence;
    AbsentReason reason;
} Strata;

static void name_lanes(const NativeCall *call, Strata *strata) {
    bool recurrent = call->native == NATIVE_STATS_DSR_RECURRENT;
    const Lane *lane = call->lanes;
    strata->events = lane++;
    strata->squares = recurrent ? lane++ : NULL;
    strata->person_time = lane++;
    bool indirect = call->native == NATIVE_STATS_ISR || call->native == NATIVE_STATS_SMR;
    strata->reference_events = indirect ? lane++ : NULL;
    strata->reference_time = indirect ? lane : NULL;
    strata->weights = lane;
    strata->level = &call->lanes[call->lane_count - 1];
}

static double people_behind(const Lane *lane) {
    return lane->array->people ? lane->array->people[lane->at] : NAN;
}

static double read_count(const NativeCall *call, Strata *strata, const Lane *lane) {
    AbsentReason reason = exact_absent(call, lane);
    strata->reason = absent_merge(strata->reason, reason);
    return reason ? NAN : exact_count(call, lane);
}

static void read_stratum(const NativeCall *call, Strata *strata, uint32_t k) {
    strata->x[k] = read_count(call, strata, strata->events);
    strata->n[k] = read_count(call, strata, strata->person_time);
    strata->w[k] = read_count(call, strata, strata->weights);
    if (strata->squares) strata->v[k] = read_count(call, strata, strata->squares);
    if (strata->reference_events) strata->v[k] = read_count(call, strata, strata->reference_events);
    double people = people_behind(strata->person_time);
    strata->event_people += people_behind(strata->events);
    strata->total_people += people;
    strata->people[k] =
        isfinite(people) ? protect_people(call->vm->options->policy, (int64_t)people).value : NAN;
}

/* Reads the strata of one cell: the walk is over the dims of the result and then the call's, so
 * that they follow one another. */
static void read_strata(const NativeCall *call, Walk *walk, Strata *strata) {
    strata->reason = array_absent(strata->level->array, strata->level->at);
    strata->confidence = strata->reason ? NAN : vm_number(strata->level->array, strata->level->at);
    strata->event_people = strata->total_people = 0;
    for (uint32_t k = 0; k < strata->count; k++, walk_next(walk)) read_stratum(call, strata, k);
}

/* Within what counts of people can be: others are made up, and not protected as counts. */
static bool is_count(double value) {
    return value >= 0 && value <= 1e15;
}

/* The total of all events, protected as a total. Where it is withheld so is the rate. */
static void protect_numerator(const NativeCall *call, const Strata *strata, Estimate *estimate) {
    double total = estimate->numerator, people = strata->event_people;
    Protected shown = {NAN, true};
    if (is_count(total))
        shown = protect_events(call->vm->options->policy, llround(total),
                               llround(is_count(people) ? people : total));
    estimate->numerator = shown.suppressed ? NAN : shown.value;
    if (shown.suppressed) estimate->reason = absent_merge(ABSENT_SUPPRESSED, estimate->reason);
}

/* All person-time: the people, protected, times the length of their period. */
static void protect_denominator(const NativeCall *call, const Strata *strata, Estimate *estimate) {
    double people = strata->total_people;
    Protected shown = {NAN, true};
    if (is_count(people)) shown = protect_people(call->vm->options->policy, llround(people));
    double length = people > 0 ? estimate->denominator / people : 0;
    estimate->denominator = shown.suppressed ? NAN : shown.value * length;
    if (shown.suppressed) estimate->reason = absent_merge(ABSENT_SUPPRESSED, estimate->reason);
}

/* An estimate made of exact counts as it may be shown. */
static void protect_estimate(const NativeCall *call, const Strata *strata, Estimate *estimate) {
    bool events = strata->events->array->confidential;
    bool time = strata->person_time->array->confidential;
    if (!reads_exact(call) || (!events && !time) || isnan(estimate->numerator)) return;
    if (events) protect_numerator(call, strata, estimate);
    if (time) protect_denominator(call, strata, estimate);
    if (estimate->reason) {
        *estimate = estimate_absent(estimate->reason, estimate->numerator, estimate->denominator);
        return;
    }
    estimate->value = native_rounded(call, estimate->value);
    estimate->lower = native_rounded(call, estimate->lower);
    estimate->upper = native_rounded(call, estimate->upper);
}

/* Observed against the events expected at the reference rates. Its denominator is expected
 * events, a made-up number that is not protected as people are. */
static Estimate indirectly_standardised(const NativeCall *call, const Strata *strata) {
    IndirectStrata indirect = {strata->x, strata->n,     strata->v,
                               strata->w, strata->count, limits_asked(call)};
    if (strata->reason) return estimate_absent(strata->reason, NAN, NAN);
    Estimate estimate = call->native == NATIVE_STATS_SMR
                            ? estimate_smr(&indirect, strata->confidence)
                            : estimate_isr(&indirect, strata->confidence);
    if (!reads_exact(call) || !strata->events->array->confidential || isnan(estimate.numerator))
        return estimate;
    bool few = policy_too_few(call->vm->options->policy, estimate.numerator);
    if (few) estimate.reason = absent_merge(ABSENT_TOO_FEW, estimate.reason);
    protect_numerator(call, strata, &estimate);
    estimate.denominator = native_rounded(call, estimate.denominator);
    if (estimate.reason)
        return estimate_absent(estimate.reason, estimate.numerator, estimate.denominator);
    estimate.value = native_rounded(call, estimate.value);
    estimate.lower = native_rounded(call, estimate.lower);
    estimate.upper = native_rounded(call, estimate.upper);
    return estimate;
}

static Estimate standardised(const NativeCall *call, const Strata *strata) {
    if (strata->reference_events) return indirectly_standardised(call, strata);
    DirectStrata direct = {strata->x, strata->n, strata->w, strata->squares ? strata->v : NULL,
                           strata->count};
    size_t left_out = 0;
    if (strata->reason) return estimate_absent(strata->reason, NAN, NAN);
    Estimate estimate = estimate_dsr(&direct, strata->confidence, &left_out);
    if (left_out)
        vm_note(call->vm, "strata-left-out",
                "strata without people were left out and the other weights rescaled");
    if (!reads_exact(call) && strata_too_small(strata->people, strata->count))
        vm_note(call->vm, "strata-too-small",
                "over a tenth of the strata hold three people or fewer: protection moves the rate");
    protect_estimate(call, strata, &estimate);
    return estimate;
}

static RegType strata_type(const NativeCall *call) {
    RegType over = call->out->type;
    for (uint32_t i = 0; i < call->dims.count; i++)
        over.dims[over.dim_count++] = (uint16_t)call->dims.dims[i];
    return over;
}

static bool standardise(NativeCall *call) {
    Arena *arena = call->vm->arena;
    RegType over = strata_type(call);
    uint64_t cells = regtype_cells(call->vm->module, &over);
    if (!vm_charge(call->vm, cells)) return false;
    Strata strata = {.count = (uint32_t)(cells / call->out->count)};
    name_lanes(call, &strata);
    strata.x = ARENA_NEW_ARRAY(arena, double, strata.count);
    strata.v = ARENA_NEW_ARRAY(arena, double, strata.count);
    strata.n = ARENA_NEW_ARRAY(arena, double, strata.count);
    strata.w = ARENA_NEW_ARRAY(arena, double, strata.count);
    strata.people = ARENA_NEW_ARRAY(arena, double, strata.count);
    Walk walk;
    walk_start(&walk, call->vm->module, &over, call->lanes, call->lane_count);
    for (uint32_t i = 0; i < call->out->count; i++) {
        read_strata(call, &walk, &strata);
        Estimate estimate = standardised(call, &strata);
        native_write_estimate(call, i, &estimate);
    }
    return true;
}

bool native_stats(NativeCall *call) {
    bool crude_value = call->native == NATIVE_STATS_RATE ||
                       call->native == NATIVE_STATS_PROPORTION ||
                       call->native == NATIVE_STATS_COUNT || call->native == NATIVE_STATS_MEAN;
    return crude_value ? crude_or_mean(call) : standardise(call);
}

AbsentReason native_significant(NativeCall *call, uint32_t i) {
    const Lane *a = &call->lanes[0], *b = &call->lanes[1];
    double a_lower = a->array->lower[a->at], a_upper = a->array->upper[a->at];
    double b_lower = b->array->lower[b->at], b_upper = b->array->upper[b->at];
    bool limits = isfinite(a_lower) && isfinite(a_upper) && isfinite(b_lower) && isfinite(b_upper);
    if (!limits) return ABSENT_NOT_CALCULABLE;
    call->out->as.integer[i] = a_upper < b_lower || b_upper < a_lower;
    return ABSENT_NONE;
}
