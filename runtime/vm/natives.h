/* Inside the virtual machine: a call of a native, and the natives by family. */
#ifndef RUNTIME_VM_NATIVES_H
#define RUNTIME_VM_NATIVES_H

#include "runtime/bytecode/natives.h"
#include "runtime/stats/intervals.h"
#include "runtime/vm/machine.h"
#include "runtime/vm/pattern.h"

typedef struct {
    Vm *vm;
    Native native;
    Lane *lanes; /* one for each register argument */
    uint32_t lane_count;
    InstrDims dims;
    Array *out;
    Slice pattern_text; /* of the pattern compiled last; NULL where it was refused */
    Pattern *pattern;
} NativeCall;

/* Computes one cell of the result from the cells at which the lanes are, all present. Gives
 * the reason why there is none, or ABSENT_NONE after writing cell `i`. */
typedef AbsentReason NativeCell(NativeCall *call, uint32_t i);

/* Runs `each` for every cell of the result over its dims, absent where an argument is. */
bool native_each(NativeCall *call, NativeCell *each);

/* The cell a lane is at. */
double native_number(const NativeCall *call, uint32_t lane);
Exact native_exact(const NativeCall *call, uint32_t lane); /* of a real: the binary number */
int64_t native_integer(const NativeCall *call, uint32_t lane);
Slice native_text(const NativeCall *call, uint32_t lane);

/* The limits of the estimate a lane is at. */
Interval native_limits(const Lane *lane);

/* A whole number of days or years from an exact argument; false: it is none, or too large. */
bool native_whole(const NativeCall *call, uint32_t lane, int64_t *whole);

/* Writes a number as what the result is held as. */
bool native_write(NativeCall *call, uint32_t i, Exact value);

bool native_stats(NativeCall *call); /* stats.* but stats.significant */
bool native_inequality(NativeCall *call);       /* stats.sii, stats.rii */
bool native_life_expectancy(NativeCall *call);  /* stats.life_expectancy, …_at */
bool native_trend(NativeCall *call);            /* stats.trend */
bool native_funnel(NativeCall *call);           /* stats.compared, stats.funnel_* */
bool native_members(NativeCall *call); /* stats.quantile_group concentration gini lorenz */
bool native_risk(NativeCall *call);    /* ratios, differences and tests of two estimates */
bool native_spc(NativeCall *call);              /* spc.* */

/* A walk along the call's first dim: every cell of the rest of the first register's dims, and for
 * each the members of that dim. */
typedef struct {
    NativeCall *call;
    uint32_t members;
    uint32_t groups;
    uint32_t *cells; /* of the first register, in order of the members, a group after another */
} Along;

bool along_start(NativeCall *call, Along *along);
const uint32_t *along_cells(const Along *along, uint32_t group);

/* An open parameter of the call: the same for every cell; NaN where it is absent. */
double native_parameter(const NativeCall *call, uint32_t lane);

void native_set_text(NativeCall *call, uint32_t cell, const char *text);

/* Writes an estimate into cell `i`, absent with its reason. */
void native_write_estimate(NativeCall *call, uint32_t i, const Estimate *estimate);

/* Rounds a published statistic as the policy asks; what is not finite stays. */
double native_rounded(const NativeCall *call, double value);

AbsentReason native_benchmark(NativeCall *call, uint32_t i);
AbsentReason native_significant(NativeCall *call, uint32_t i);
AbsentReason native_difference(NativeCall *call, uint32_t i);
AbsentReason native_against(NativeCall *call, uint32_t i);

bool native_measured(NativeCall *call); /* series.* */

bool native_series(NativeCall *call); /* money.ramp grow stepped, plan.trajectory */
bool native_posted(NativeCall *call);
bool native_change(NativeCall *call);
bool native_npv(NativeCall *call);

AbsentReason native_matches(NativeCall *call, uint32_t i);
AbsentReason native_placeholder(NativeCall *call, uint32_t i);

AbsentReason native_date_add(NativeCall *call, uint32_t i);
AbsentReason native_date_days(NativeCall *call, uint32_t i);
AbsentReason native_date_year(NativeCall *call, uint32_t i);
AbsentReason native_date_start(NativeCall *call, uint32_t i);
AbsentReason native_date_end(NativeCall *call, uint32_t i);
AbsentReason native_working_days(NativeCall *call, uint32_t i);
AbsentReason native_year_add(NativeCall *call, uint32_t i);
AbsentReason native_year_number(NativeCall *call, uint32_t i);

#endif
