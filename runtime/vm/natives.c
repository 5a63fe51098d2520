/* Calls: lining up the arguments of a native and handing it to its family. Every native of the
 * table has its row here; the compiler complains of one that has not. */
#include "runtime/vm/natives.h"

bool native_each(NativeCall *call, NativeCell *each) {
    Array *out = call->out;
    Walk walk;
    walk_start(&walk, call->vm->module, &out->type, call->lanes, call->lane_count);
    for (uint32_t i = 0; i < out->count; i++, walk_next(&walk)) {
        AbsentReason reason = walk_absent(&walk);
        if (!reason) reason = each(call, i);
        if (reason) array_set_absent(call->vm->arena, out, i, reason);
        if (call->vm->error.length) return false;
    }
    return true;
}

double native_number(const NativeCall *call, uint32_t lane) {
    return vm_number(call->lanes[lane].array, call->lanes[lane].at);
}

Exact native_exact(const NativeCall *call, uint32_t lane) {
    const Lane *at = &call->lanes[lane];
    if (at->array->type.elem == ELEM_EXACT) return at->array->as.exact[at->at];
    return exact_from_double(call->vm->arena, at->array->as.real[at->at]);
}

int64_t native_integer(const NativeCall *call, uint32_t lane) {
    return call->lanes[lane].array->as.integer[call->lanes[lane].at];
}

Slice native_text(const NativeCall *call, uint32_t lane) {
    return call->lanes[lane].array->as.text[call->lanes[lane].at];
}

Interval native_limits(const Lane *lane) {
    return (Interval){lane->array->lower[lane->at], lane->array->upper[lane->at]};
}

bool native_whole(const NativeCall *call, uint32_t lane, int64_t *whole) {
    enum { MOST = 10 * 1000 * 1000 }; /* past every date there is */
    bool fits = exact_to_int64(native_exact(call, lane), whole);
    return fits && *whole >= -MOST && *whole <= MOST;
}

bool native_write(NativeCall *call, uint32_t i, Exact value) {
    if (call->out->type.elem == ELEM_EXACT) return vm_set_exact(call->vm, call->out, i, value);
    vm_set_real(call->vm, call->out, i, exact_to_double(value));
    return true;
}

static bool dispatch(NativeCall *call) {
    switch (call->native) {
    case NATIVE_STATS_RATE:
    case NATIVE_STATS_COUNT:
    case NATIVE_STATS_PROPORTION:
    case NATIVE_STATS_MEAN:
    case NATIVE_STATS_DSR:
    case NATIVE_STATS_DSR_RECURRENT:
        return native_stats(call);
    case NATIVE_STATS_ISR:
    case NATIVE_STATS_SMR:
        return native_stats(call);
    case NATIVE_STATS_SII:
    case NATIVE_STATS_RII:
        return native_inequality(call);
    case NATIVE_STATS_LIFE_EXPECTANCY:
    case NATIVE_STATS_LIFE_EXPECTANCY_AT:
        return native_life_expectancy(call);
    case NATIVE_STATS_TREND:
    case NATIVE_STATS_TREND_REASON:
    case NATIVE_STATS_TREND_JUDGED:
        return native_trend(call);
    case NATIVE_STATS_COMPARED:
    case NATIVE_STATS_FUNNEL_AVERAGE:
    case NATIVE_STATS_FUNNEL_SIZE:
    case NATIVE_STATS_FUNNEL_LIMIT:
        return native_funnel(call);
    case NATIVE_STATS_BENCHMARK:
        return native_each(call, native_benchmark);
    case NATIVE_STATS_QUANTILE_GROUP:
    case NATIVE_STATS_CONCENTRATION:
    case NATIVE_STATS_GINI:
    case NATIVE_STATS_LORENZ:
        return native_members(call);
    case NATIVE_STATS_RISK_RATIO:
    case NATIVE_STATS_RISK_DIFFERENCE:
    case NATIVE_STATS_ODDS_RATIO:
    case NATIVE_STATS_RATE_RATIO:
    case NATIVE_STATS_RATE_DIFFERENCE:
    case NATIVE_STATS_MANTEL_HAENSZEL:
    case NATIVE_STATS_RISK_TEST:
    case NATIVE_STATS_STRATA_TEST:
    case NATIVE_STATS_TREND_TEST:
        return native_risk(call);
    case NATIVE_SPC_MEAN:
    case NATIVE_SPC_LOWER:
    case NATIVE_SPC_UPPER:
    case NATIVE_SPC_SIGNAL:
    case NATIVE_SPC_VARIATION:
    case NATIVE_SPC_ASSURANCE:
        return native_spc(call);
    case NATIVE_STATS_DIFFERENCE:
        return native_each(call, native_difference);
    case NATIVE_STATS_AGAINST:
        return native_each(call, native_against);
    case NATIVE_SERIES_LATEST:
    case NATIVE_SERIES_LAST_DAY:
    case NATIVE_SERIES_PLANNED:
        return native_measured(call);
    case NATIVE_STATS_SIGNIFICANT:
        return native_each(call, native_significant);
    case NATIVE_MONEY_RAMP:
    case NATIVE_MONEY_GROW:
    case NATIVE_MONEY_STEPPED:
    case NATIVE_PLAN_TRAJECTORY:
        return native_series(call);
    case NATIVE_MONEY_POSTED:
        return native_posted(call);
    case NATIVE_MONEY_CHANGE:
        return native_change(call);
    case NATIVE_MONEY_NPV:
        return native_npv(call);
    case NATIVE_TEXT_MATCHES:
        return native_each(call, native_matches);
    case NATIVE_TEXT_PLACEHOLDER:
        return native_each(call, native_placeholder);
    case NATIVE_DATE_ADD:
        return native_each(call, native_date_add);
    case NATIVE_DATE_DAYS:
        return native_each(call, native_date_days);
    case NATIVE_DATE_YEAR:
        return native_each(call, native_date_year);
    case NATIVE_DATE_START:
        return native_each(call, native_date_start);
    case NATIVE_DATE_END:
        return native_each(call, native_date_end);
    case NATIVE_DATE_WORKING_DAYS:
        return native_each(call, native_working_days);
    case NATIVE_YEAR_ADD:
        return native_each(call, native_year_add);
    case NATIVE_YEAR_NUMBER:
        return native_each(call, native_year_number);
    case NATIVE_COUNT:
        break;
    }
    return vm_refuse(call->vm, "a native that this machine lacks");
}

bool vm_call(Vm *vm, const Instr *instr, Array *out) {
    InstrArgs args = instr_arguments(vm->module, instr);
    NativeCall call = {.vm = vm,
                       .native = (Native)instr->a,
                       .lanes = ARENA_NEW_ARRAY(vm->arena, Lane, args.count),
                       .lane_count = args.count,
                       .dims = instr_call_dims(vm->module, instr),
                       .out = out};
    uint64_t cells = (uint64_t)out->count * args.count;
    for (uint32_t i = 0; i < args.count; i++) {
        call.lanes[i].array = &vm->registers[args.registers[i]];
        cells += call.lanes[i].array->count;
    }
    return vm_charge(vm, cells) && dispatch(&call);
}
