/* What a series that was measured says as a whole: how far it goes, how its last year stands, and
 * what was planned for then. Points after the last one that is there are still to come. Says
 * nothing of a series that has other dimensions than its periods. */
#include <math.h>

#include "runtime/base/date.h"
#include "runtime/bytecode/period.h"
#include "runtime/stats/sum.h"
#include "runtime/vm/natives.h"

typedef struct {
    const Array *array;
    const ModuleDim *dim;
    uint32_t first, count; /* the points of the last year, to the last one measured */
} LastYear;

/* The last year of the series; the reason why there is none. */
static AbsentReason last_year(const NativeCall *call, uint32_t lane, LastYear *last) {
    const Array *array = call->lanes[lane].array;
    *last = (LastYear){.array = array};
    if (array->type.dim_count != 1) return ABSENT_NOT_CALCULABLE;
    last->dim = &call->vm->module->dims.items[array->type.dims[0]];
    if (!dim_is_time(last->dim)) return ABSENT_NOT_CALCULABLE;
    AbsentReason reason = ABSENT_NONE;
    uint32_t end = array->count, most = periods_in_year(last->dim->sort);
    while (end && array_absent(array, end - 1)) {
        AbsentReason absent = array_absent(array, --end);
        if (absent != ABSENT_UNKNOWN) reason = absent_merge(reason, absent);
    }
    if (!end) return reason ? reason : ABSENT_UNKNOWN;
    last->count = end < most ? end : most;
    last->first = end - last->count;
    return ABSENT_NONE;
}

/* Whether the values are what their counts give: then the counts are added up. */
static bool counts_give_value(const Array *array, uint32_t cell) {
    if (!array->numerator || !(array->denominator[cell] > 0)) return false;
    double ratio = array->numerator[cell] / array->denominator[cell];
    return fabs(ratio - array->as.real[cell]) <= 1e-9 * fabs(ratio);
}

static double mean_of_year(const LastYear *last) {
    Sum values = {0, 0}, x = {0, 0}, n = {0, 0};
    uint32_t present = 0;
    bool counted = true;
    for (uint32_t i = last->first; i < last->first + last->count; i++) {
        if (array_absent(last->array, i)) continue;
        present++;
        sum_add(&values, vm_number(last->array, i));
        counted = counted && counts_give_value(last->array, i);
        if (!counted) continue;
        sum_add(&x, last->array->numerator[i]);
        sum_add(&n, last->array->denominator[i]);
    }
    return counted ? sum_value(&x) / sum_value(&n) : sum_value(&values) / (double)present;
}

/* The financial year in which most of the last measured year lies: that of its middle day. */
static bool year_of_middle(const LastYear *last, int *year) {
    int32_t from, to, unused;
    if (!period_days(last->dim, last->first, &from, &unused) ||
        !period_days(last->dim, last->first + last->count - 1, &unused, &to))
        return false;
    *year = financial_year_of(from + (to - from) / 2);
    return true;
}

/* The level of that year of the first register, which has one for each of some years. */
static AbsentReason planned(const NativeCall *call, const LastYear *last, double *level) {
    const Array *levels = call->lanes[0].array;
    int year;
    if (levels->type.dim_count != 1) return ABSENT_NOT_CALCULABLE;
    const ModuleDim *years = &call->vm->module->dims.items[levels->type.dims[0]];
    if (years->sort != DIM_YEAR || !year_of_middle(last, &year)) return ABSENT_NOT_CALCULABLE;
    int64_t member = (int64_t)year - years->first;
    if (member < 0 || member >= years->member_count) return ABSENT_MISSING;
    AbsentReason reason = array_absent(levels, (uint32_t)member);
    if (!reason) *level = vm_number(levels, (uint32_t)member);
    return reason == ABSENT_OUTSIDE_HORIZON ? ABSENT_MISSING : reason;
}

static AbsentReason measure_cell(NativeCall *call) {
    LastYear last;
    bool asks_plan = call->native == NATIVE_SERIES_PLANNED;
    AbsentReason reason = last_year(call, asks_plan ? 1 : 0, &last);
    double level = NAN;
    int32_t from, to;
    if (reason) return reason;
    switch (call->native) {
    case NATIVE_SERIES_LAST_DAY:
        if (!period_days(last.dim, last.first + last.count - 1, &from, &to))
            return ABSENT_NOT_CALCULABLE;
        call->out->as.integer[0] = to;
        return ABSENT_NONE;
    case NATIVE_SERIES_PLANNED: reason = planned(call, &last, &level); break;
    default: {
        const Array *factor = call->lanes[1].array;
        if (array_absent(factor, 0)) return array_absent(factor, 0);
        level = mean_of_year(&last) * vm_number(factor, 0);
    }
    }
    if (!reason) vm_set_real(call->vm, call->out, 0, level);
    return reason;
}

bool native_measured(NativeCall *call) {
    bool single = call->out->count == 1;
    AbsentReason reason = single ? measure_cell(call) : ABSENT_NOT_CALCULABLE;
    for (uint32_t i = 0; reason && i < call->out->count; i++)
        array_set_absent(call->vm->arena, call->out, i, reason);
    return true;
}
