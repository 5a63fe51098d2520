/* Statistics of how something is spread over people: quantiles, the Gini coefficient, the
 * Lorenz curve, the concentration index. They are made of every value, so they are for internal use alone: under
 * a policy that protects, every cell is withheld. */
#include <math.h>

#include "runtime/stats/concentration.h"
#include "runtime/stats/sort.h"
#include "runtime/stats/sum.h"
#include "runtime/vm/machine.h"

typedef struct {
    const double *ranks, *values;
    size_t count;
    double parameter; /* a share for quantiles, a confidence for concentration; Gini: 1 corrected */
    double *fractional;
    size_t *order;
} Spread;

static Estimate plain(double value, size_t count, EstimateMethod method) {
    AbsentReason reason = count ? ABSENT_NOT_CALCULABLE : ABSENT_NO_POPULATION;
    if (!isfinite(value)) return estimate_absent(reason, NAN, (double)count);
    return (Estimate){value, NAN, NAN, NAN, (double)count, ABSENT_NONE, method};
}

/* The value at a share of the people in order, by linear interpolation between the two nearest
 * (type 7 of Hyndman and Fan 1996). */
static Estimate quantile(const Spread *s) {
    double p = s->parameter;
    if (!s->count || !(p >= 0 && p <= 1)) return plain(NAN, s->count, METHOD_QUANTILE);
    double at = (double)(s->count - 1) * p;
    size_t below = (size_t)at;
    double low = s->values[below], high = s->values[below + 1 < s->count ? below + 1 : below];
    return plain(low + (high - low) * (at - (double)below), s->count, METHOD_QUANTILE);
}

static Estimate gini(const Spread *s) {
    Gini result;
    bool made = gini_coefficient(s->values, NULL, s->count, s->order, &result);
    double value = s->parameter != 0 ? result.corrected : result.gini;
    return plain(made ? value : NAN, s->count, METHOD_GINI);
}

/* The share of the total that the lowest share of the people has, between the points of the curve by
 * a straight line. */
static Estimate lorenz(const Spread *s) {
    double p = s->parameter * (double)s->count;
    Sum below = {0, 0}, total = {0, 0};
    if (!(p >= 0 && p <= (double)s->count)) return plain(NAN, s->count, METHOD_LORENZ);
    sort_positions(s->values, s->count, s->order);
    for (size_t i = 0; i < s->count; i++) {
        double value = s->values[s->order[i]];
        if (value < 0) return plain(NAN, s->count, METHOD_LORENZ);
        sum_add(&total, value);
        sum_add(&below, value * fmax(0, fmin(1, p - (double)i)));
    }
    return plain(sum_value(&below) / sum_value(&total), s->count, METHOD_LORENZ);
}

/* Sorts of the index: the four forms by each of three methods. */
static Estimate concentration(const Spread *s, uint32_t sort) {
    static const ConcentrationMethod methods[] = {CONCENTRATION_REGRESSION,
                                                  CONCENTRATION_CONVENIENT, CONCENTRATION_DIRECT};
    static const EstimateMethod names[] = {METHOD_CONCENTRATION_REGRESSION,
                                           METHOD_CONCENTRATION_CONVENIENT,
                                           METHOD_CONCENTRATION_DIRECT};
    uint32_t method = (sort - SPREAD_CONCENTRATION) / 4, form = (sort - SPREAD_CONCENTRATION) % 4;
    ConcentrationData data = {
        .outcomes = s->values, .ranks = s->ranks, .count = s->count, .ties_share = true};
    Concentration result;
    if (!concentration_index(&data, methods[method], (ConcentrationForm)form, s->parameter,
                             s->fractional, s->order, &result))
        return plain(NAN, s->count, names[method]);
    Estimate estimate = plain(result.value, s->count, names[method]);
    estimate.lower = result.limits.lower;
    estimate.upper = result.limits.upper;
    return estimate;
}

static Estimate statistic(const Spread *s, uint32_t sort) {
    if (sort == SPREAD_QUANTILE) return quantile(s);
    if (sort == SPREAD_GINI) return gini(s);
    return sort == SPREAD_LORENZ ? lorenz(s) : concentration(s, sort);
}

static void write_cell(Vm *vm, Array *out, uint32_t cell, const Estimate *estimate) {
    out->denominator[cell] = estimate->denominator;
    out->method[cell] = (uint8_t)estimate->method;
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
