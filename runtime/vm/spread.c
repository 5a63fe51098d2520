/* Statistics of how something is spread over people: quantiles, the Gini coefficient, the
 * concentration index. They are made of every value, so they are for internal use alone: under
 * a policy that protects, every cell is withheld. */
#include <math.h>

#include "runtime/stats/concentration.h"
#include "runtime/vm/machine.h"

typedef struct {
    const double *ranks, *values;
    size_t count;
    double parameter; /* a share for quantiles, a confidence for concentration; Gini: 1 corrected */
    double *fractional;
    size_t *order;
} Spread;

static Estimate plain(double value, size_t count) {
    if (!isfinite(value)) return estimate_absent(ABSENT_NOT_CALCULABLE, NAN, (double)count);
    return (Estimate){
        .value = value, .lower = NAN, .upper = NAN, .numerator = NAN, .denominator = (double)count};
}

/* The value at a share of the people in order, by linear interpolation between the two nearest
 * (type 7 of Hyndman and Fan 1996). */
static Estimate quantile(const Spread *s) {
    double p = s->parameter;
    if (!s->count || !(p >= 0 && p <= 1)) return plain(NAN, s->count);
    double at = (double)(s->count - 1) * p;
    size_t below = (size_t)at;
    double low = s->values[below], high = s->values[below + 1 < s->count ? below + 1 : below];
    return plain(low + (high - low) * (at - (double)below), s->count);
}

static Estimate gini(const Spread *s) {
    Gini result;
    bool made = gini_coefficient(s->values, NULL, s->count, s->order, &result);
    double value = s->parameter != 0 ? result.corrected : result.gini;
    return plain(made ? value : NAN, s->count);
}

static Estimate concentration(const Spread *s, ConcentrationForm form) {
    ConcentrationData data = {
        .outcomes = s->values, .ranks = s->ranks, .count = s->count, .ties_share = true};
    Concentration result;
    if (!concentration_index(&data, CONCENTRATION_REGRESSION, form, s->parameter, s->fractional,
                             s->order, &result))
        return plain(NAN, s->count);
    Estimate estimate = plain(result.value, s->count);
    estimate.lower = result.limits.lower;
    estimate.upper = result.limits.upper;
    return estimate;
}

static Estimate statistic(const Spread *s, uint32_t sort) {
    switch ((SpreadSort)sort) {
    case SPREAD_QUANTILE: return quantile(s);
    case SPREAD_GINI: return gini(s);
    case SPREAD_CONCENTRATION: return concentration(s, CONCENTRATION_RELATIVE);
    case SPREAD_CONCENTRATION_GENERALISED: return concentration(s, CONCENTRATION_GENERALISED);
    case SPREAD_CONCENTRATION_ERREYGERS: return concentration(s, CONCENTRATION_ERREYGERS);
    case SPREAD_CONCENTRATION_WAGSTAFF: return concentration(s, CONCENTRATION_WAGSTAFF);
    }
    return plain(NAN, 0);
}

static void write_cell(Vm *vm, Array *out, uint32_t cell, const Estimate *estimate) {
    out->denominator[cell] = estimate->denominator;
    if (estimate->reason) {
        array_set_absent(vm->arena, out, cell, estimate->reason);
        return;
    }
    vm_set_real(vm, out, cell, estimate->value);
    out->lower[cell] = estimate->lower;
    out->upper[cell] = estimate->upper;
}

static bool all_absent(Vm *vm, Array *out, AbsentReason reason) {
    for (uint32_t i = 0; i < out->count; i++) array_set_absent(vm->arena, out, i, reason);
    return true;
}

bool vm_spread(Vm *vm, const Instr *instr, Array *out) {
    const Array *parameter = &vm->registers[instr->c];
    if (!vm->options->strata) return all_absent(vm, out, ABSENT_NO_DATA);
    if (vm->options->policy != POLICY_EXACT_INTERNAL) return all_absent(vm, out, ABSENT_SUPPRESSED);
    if (array_absent(parameter, 0)) return all_absent(vm, out, array_absent(parameter, 0));
    const StrataCells *cells = &vm->options->strata->cells[instr->a];
    uint64_t all = cells->ordered_starts[cells->cell_count];
    if (!vm_charge(vm, all)) return false;
    Spread s = {.parameter = vm_number(parameter, 0)};
    s.fractional = ARENA_NEW_ARRAY(vm->arena, double, all + 1);
    s.order = ARENA_NEW_ARRAY(vm->arena, size_t, all + 1);
    for (uint32_t i = 0; i < out->count; i++) {
        uint64_t from = cells->ordered_starts[i];
        s.ranks = cells->ordered_ranks + from;
        s.values = cells->ordered_values + from;
        s.count = cells->ordered_starts[i + 1] - from;
        Estimate estimate = statistic(&s, instr->b);
        write_cell(vm, out, i, &estimate);
    }
    return true;
}
