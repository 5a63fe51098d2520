/* Money over financial years. Computes exactly and gives reals only where a number among the
 * arguments is one; the arithmetic itself is runtime/money's. */
#include "runtime/money/discount.h"
#include "runtime/money/round.h"
#include "runtime/money/series.h"
#include "runtime/vm/natives.h"

/* ---- Series: points, or a beginning and growth ----------------------------------------------- */

/* The year of cell i of the result: the call's dimension comes last and varies fastest. */
static int64_t year_of(const NativeCall *call, uint32_t i) {
    const ModuleDim *dim = &call->vm->module->dims.items[call->dims.dims[0]];
    return dim->first + (int64_t)(i % dim->member_count);
}

static AbsentReason written(NativeCall *call, uint32_t i, Exact value) {
    native_write(call, i, value);
    return array_absent(call->out, i);
}

static AbsentReason grow_cell(NativeCall *call, uint32_t i) {
    Exact value = series_grow(call->vm->arena, native_integer(call, 0), native_exact(call, 1),
                              native_exact(call, 2), year_of(call, i));
    return written(call, i, value);
}

static AbsentReason points_cell(NativeCall *call, uint32_t i) {
    Arena *arena = call->vm->arena;
    uint32_t count = call->lane_count / 2;
    SeriesPoint *points = ARENA_NEW_ARRAY(arena, SeriesPoint, count);
    for (uint32_t k = 0; k < count; k++)
        points[k] = (SeriesPoint){native_integer(call, 2 * k), native_exact(call, 2 * k + 1)};
    if (!series_points_ascend(points, count)) return ABSENT_NOT_CALCULABLE;
    Exact value = EXACT_ZERO;
    int64_t fy = year_of(call, i);
    if (call->native == NATIVE_MONEY_RAMP)
        value = series_ramp(arena, points, count, fy);
    else if (call->native == NATIVE_MONEY_STEPPED)
        value = series_stepped(points, count, fy);
    else if (!series_line(arena, points, count, fy, &value))
        return ABSENT_MISSING;
    return written(call, i, value);
}

bool native_series(NativeCall *call) {
    return native_each(call, call->native == NATIVE_MONEY_GROW ? grow_cell : points_cell);
}

/* ---- Cell by cell, and along years ----------------------------------------------------------- */

static AbsentReason posted_cell(NativeCall *call, uint32_t i) {
    return written(call, i, money_post(call->vm->arena, native_exact(call, 0)));
}

bool native_posted(NativeCall *call) { return native_each(call, posted_cell); }

static bool write_change(NativeCall *call, const Array *a, uint32_t cell, uint32_t before) {
    Vm *vm = call->vm;
    AbsentReason reason = absent_merge(array_absent(a, cell), array_absent(a, before));
    if (reason)
        array_set_absent(vm->arena, call->out, cell, reason);
    else if (a->type.elem == ELEM_REAL)
        vm_set_real(vm, call->out, cell, a->as.real[cell] - a->as.real[before]);
    else
        return vm_set_exact(vm, call->out, cell,
                            exact_sub(vm->arena, a->as.exact[cell], a->as.exact[before]));
    return true;
}

bool native_change(NativeCall *call) {
    const Array *a = call->lanes[0].array;
    Axis axis = axis_of(call->vm->module, &a->type, (uint16_t)call->dims.dims[0]);
    for (uint32_t i = 0; i < a->count; i++) {
        bool first = i / axis.inner % axis.size == 0;
        if (first)
            array_set_absent(call->vm->arena, call->out, i, ABSENT_MISSING);
        else if (!write_change(call, a, i, i - axis.inner))
            return false;
    }
    return true;
}

/* ---- Present value --------------------------------------------------------------------------- */

typedef struct {
    uint32_t count;
    double *reals;
    Exact *exacts;
    AbsentReason reason;
} Flows;

/* Reads the flows of one cell; the walk is over the result's dims and then the years. */
static void read_flows(NativeCall *call, Walk *walk, Flows *flows) {
    flows->reason = ABSENT_NONE;
    for (uint32_t k = 0; k < flows->count; k++, walk_next(walk)) {
        AbsentReason reason = walk_absent(walk);
        flows->reason = absent_merge(flows->reason, reason);
        if (reason) continue;
        if (call->out->type.elem == ELEM_REAL)
            flows->reals[k] = native_number(call, 0);
        else
            flows->exacts[k] = native_exact(call, 0);
    }
}

bool native_npv(NativeCall *call) {
    Arena *arena = call->vm->arena;
    uint16_t years = (uint16_t)call->dims.dims[0];
    RegType over = call->out->type;
    over.dims[over.dim_count++] = years;
    Flows flows = {.count = call->vm->module->dims.items[years].member_count};
    if (!vm_charge(call->vm, (uint64_t)call->out->count * flows.count)) return false;
    flows.reals = ARENA_NEW_ARRAY(arena, double, flows.count);
    flows.exacts = ARENA_NEW_ARRAY(arena, Exact, flows.count);
    Walk walk;
    walk_start(&walk, call->vm->module, &over, call->lanes, call->lane_count);
    for (uint32_t i = 0; i < call->out->count; i++) {
        Lane rate = call->lanes[1];
        read_flows(call, &walk, &flows);
        if (flows.reason)
            array_set_absent(arena, call->out, i, flows.reason);
        else if (call->out->type.elem == ELEM_REAL)
            vm_set_real(call->vm, call->out, i,
                        discount_value_real(flows.reals, flows.count,
                                            vm_number(rate.array, rate.at)));
        else if (!vm_set_exact(call->vm, call->out, i,
                               discount_value(arena, flows.exacts, flows.count,
                                              rate.array->as.exact[rate.at])))
            return false;
    }
    return true;
}
