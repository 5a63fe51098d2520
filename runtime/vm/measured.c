/* Where published numbers enter: a file's columns as an array over its periods. They are nobody's
 * data, and stand as they were published; limits that the file does not give are made of its
 * counts. */
#include <math.h>

#include "runtime/stats/rates.h"
#include "runtime/vm/machine.h"

static const double CONFIDENCE = 0.95;

static double column_at(const MeasuredData *data, MeasuredRole role, uint32_t i) {
    return data->columns[role] ? data->columns[role][i] : NAN;
}

/* The value with its limits, as the file has them or its counts give them. */
static Estimate point_of(const ModuleMeasured *series, const MeasuredData *data, uint32_t i) {
    double x = column_at(data, MEASURED_NUMERATOR, i), n = column_at(data, MEASURED_DENOMINATOR, i);
    bool counted = !isnan(x) && !isnan(n);
    Estimate made = {.value = counted ? x / n : NAN, .lower = NAN, .upper = NAN};
    if (counted && series->limits == MEASURED_LIMITS_RATE) made = estimate_rate(x, n, CONFIDENCE);
    if (counted && series->limits == MEASURED_LIMITS_PROPORTION)
        made = estimate_proportion(x, n, CONFIDENCE);
    bool given = series->limits == MEASURED_LIMITS_GIVEN;
    return (Estimate){.value = data->columns[MEASURED_VALUE] ? column_at(data, MEASURED_VALUE, i)
                                                             : made.value,
                      .lower = given ? column_at(data, MEASURED_LOWER, i) : made.lower,
                      .upper = given ? column_at(data, MEASURED_UPPER, i) : made.upper,
                      .numerator = x,
                      .denominator = n};
}

static void fill_point(Vm *vm, const ModuleMeasured *series, const MeasuredData *data, Array *out,
                       uint32_t i) {
    Estimate point = point_of(series, data, i);
    if (isnan(point.value)) {
        array_set_absent(vm->arena, out, i, ABSENT_MISSING);
        return;
    }
    vm_set_real(vm, out, i, point.value);
    if (!out->lower) return;
    out->lower[i] = point.lower;
    out->upper[i] = point.upper;
    out->numerator[i] = point.numerator;
    out->denominator[i] = point.denominator;
}

bool vm_measured(Vm *vm, const Instr *instr, Array *out) {
    const ModuleMeasured *series = &vm->module->measured.items[instr->a];
    const MeasuredData *data = vm->options->measured ? &vm->options->measured[instr->a] : NULL;
    for (uint32_t i = 0; i < out->count; i++) {
        if (!data)
            array_set_absent(vm->arena, out, i, ABSENT_NO_DATA);
        else if (i >= data->known)
            array_set_absent(vm->arena, out, i, ABSENT_UNKNOWN);
        else
            fill_point(vm, series, data, out, i);
    }
    if (data && data->known < out->count) out->absent_note = SLICE("until it is measured");
    return true;
}
