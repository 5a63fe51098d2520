/* Statistics of how members of a dimension lie to each other: groups of equal size, concentration
 * over groups in order, the Gini coefficient and the Lorenz curve of places. Made of what is shown,
 * with a policy of protected numbers; over people see spread.c. */
#include <math.h>

#include "runtime/stats/concentration.h"
#include "runtime/stats/quantiles.h"
#include "runtime/vm/natives.h"

typedef struct {
    double *values, *weights, *ranks, *people, *shares;
    int32_t *groups;
    size_t *order;
    AbsentReason reason; /* of any member */
    Lane *lanes;         /* of the second register, lined up with the first */
} Members;

static Members members_of(const Along *along) {
    Arena *arena = along->call->vm->arena;
    uint32_t room = along->members + 1;
    return (Members){.values = ARENA_NEW_ARRAY(arena, double, room),
                     .weights = ARENA_NEW_ARRAY(arena, double, room),
                     .ranks = ARENA_NEW_ARRAY(arena, double, room),
                     .people = ARENA_NEW_ARRAY(arena, double, room),
                     .shares = ARENA_NEW_ARRAY(arena, double, room),
                     .groups = ARENA_NEW_ARRAY(arena, int32_t, room),
                     .order = ARENA_NEW_ARRAY(arena, size_t, room)};
}

/* The weight of every cell of the first register, from the second, which may repeat along dims it
 * lacks; absent ones are NaN and say why. */
static double *weights_of(NativeCall *call, AbsentReason *reasons) {
    const Array *first = call->lanes[0].array;
    double *weights = ARENA_NEW_ARRAY(call->vm->arena, double, first->count + 1);
    Walk walk;
    walk_start(&walk, call->vm->module, &first->type, call->lanes, 2);
    for (uint32_t i = 0; i < first->count; i++, walk_next(&walk)) {
        const Lane *lane = &call->lanes[1];
        reasons[i] = array_absent(lane->array, lane->at);
        weights[i] = reasons[i] ? NAN : vm_number(lane->array, lane->at);
    }
    return weights;
}

static void set_or_absent(NativeCall *call, uint32_t cell, double value, AbsentReason reason) {
    if (!reason && isfinite(value))
        vm_set_real(call->vm, call->out, cell, value);
    else
        array_set_absent(call->vm->arena, call->out, cell,
                         reason ? reason : ABSENT_NOT_CALCULABLE);
}

/* ---- Groups of equal size ------------------------------------------------------------------------ */

static void group_members(const Along *along, uint32_t group, Members *m) {
    NativeCall *call = along->call;
    const Array *array = call->lanes[0].array;
    const uint32_t *cells = along_cells(along, group);
    double asked = native_parameter(call, 1);
    int groups = asked >= 1 && asked <= QUANTILE_GROUPS_MAX ? (int)asked : 1;
    for (uint32_t i = 0; i < along->members; i++)
        m->values[i] = array_absent(array, cells[i]) ? NAN : vm_number(array, cells[i]);
    bool made = quantile_groups(m->values, along->members, groups, native_parameter(call, 2) != 0,
                                m->groups, m->order);
    for (uint32_t i = 0; i < along->members; i++) {
        AbsentReason reason = array_absent(array, cells[i]);
        set_or_absent(call, cells[i], made ? m->groups[i] : NAN,
                      reason ? reason : made ? ABSENT_NONE : ABSENT_TOO_FEW);
    }
}

/* ---- Concentration over groups ------------------------------------------------------------------- */

/* What turns the generalised index into the form, for a share whose bounds are 0 and 1: the bounds
 * of what is counted, not of the groups that happen to be there. */
static double of_share(ConcentrationForm form, double mean) {
    return form == CONCENTRATION_ERREYGERS ? 4 : 1 / (mean * (1 - mean));
}

static Estimate concentration_of(const Along *along, uint32_t group, Members *m) {
    NativeCall *call = along->call;
    const Array *array = call->lanes[0].array;
    const uint32_t *cells = along_cells(along, group);
    static const ConcentrationMethod methods[] = {CONCENTRATION_DIRECT, CONCENTRATION_REGRESSION,
                                                  CONCENTRATION_CONVENIENT};
    static const EstimateMethod names[] = {METHOD_CONCENTRATION_DIRECT,
                                           METHOD_CONCENTRATION_REGRESSION,
                                           METHOD_CONCENTRATION_CONVENIENT};
    double x = 0, n = 0, mean = 0, asked = native_parameter(call, 1);
    int method = asked >= 0 && asked < 3 ? (int)asked : 0;
    double wanted = native_parameter(call, 2);
    ConcentrationForm form = wanted >= 0 && wanted < 4 ? (ConcentrationForm)wanted : 0;
    AbsentReason reason = ABSENT_NONE;
    for (uint32_t i = 0; i < along->members; i++) {
        reason = absent_merge(reason, array_absent(array, cells[i]));
        m->values[i] = array->as.real[cells[i]];
        m->weights[i] = array->denominator[cells[i]];
        m->ranks[i] = i;
        x += array->numerator[cells[i]];
        n += m->weights[i];
        mean += m->values[i] * m->weights[i];
    }
    mean /= n;
    if (reason) return estimate_absent(reason, x, n);
    bool bounded = form == CONCENTRATION_ERREYGERS || form == CONCENTRATION_WAGSTAFF;
    ConcentrationData data = {m->values, m->ranks, m->weights, along->members, true};
    Concentration result;
    if (!concentration_index(&data, methods[method], bounded ? CONCENTRATION_GENERALISED : form,
                             native_parameter(call, 3), m->people, m->order, &result))
        return estimate_absent(ABSENT_NOT_CALCULABLE, x, n);
    double factor = bounded ? of_share(form, mean) : 1;
    if (!isfinite(factor)) return estimate_absent(ABSENT_NOT_CALCULABLE, x, n);
    return (Estimate){native_rounded(call, result.value * factor),
                      native_rounded(call, result.limits.lower * factor),
                      native_rounded(call, result.limits.upper * factor),
                      x,
                      n,
                      ABSENT_NONE,
                      names[method]};
}

/* ---- Gini and Lorenz ------------------------------------------------------------------------------ */

/* Amounts and people of the members as amount a person and weight. */
static void read_shares(const Along *along, uint32_t group, const double *people,
                        const AbsentReason *reasons, Members *m) {
    const Array *array = along->call->lanes[0].array;
    const uint32_t *cells = along_cells(along, group);
    m->reason = ABSENT_NONE;
    for (uint32_t i = 0; i < along->members; i++) {
        AbsentReason reason = absent_merge(array_absent(array, cells[i]), reasons[cells[i]]);
        m->reason = absent_merge(m->reason, reason);
        m->weights[i] = people[cells[i]];
        m->values[i] = reason ? NAN : vm_number(array, cells[i]);
        bool empty = m->weights[i] == 0 && m->values[i] == 0; /* counts for nothing */
        m->ranks[i] = empty ? 0 : m->values[i] / m->weights[i];
    }
}

static bool equal_weights(const Members *m, uint32_t count) {
    for (uint32_t i = 1; i < count; i++)
        if (m->weights[i] != m->weights[0]) return false;
    return true;
}

static Estimate gini_of(const Along *along, Members *m) {
    double people = 0, amount = 0;
    Gini result;
    for (uint32_t i = 0; i < along->members; i++) people += m->weights[i], amount += m->values[i];
    if (m->reason) return estimate_absent(m->reason, amount, people);
    bool alike = equal_weights(m, along->members);
    if (!gini_coefficient(m->ranks, alike ? NULL : m->weights, along->members, m->order, &result))
        return estimate_absent(ABSENT_NOT_CALCULABLE, amount, people);
    double value = !alike                                  ? result.trapezium
                   : native_parameter(along->call, 2) != 0 ? result.corrected
                                                           : result.gini;
    if (!isfinite(value)) return estimate_absent(ABSENT_NOT_CALCULABLE, amount, people);
    return (Estimate){native_rounded(along->call, value), NAN, NAN, amount, people, ABSENT_NONE,
                      METHOD_GINI};
}

static void write_curve(const Along *along, uint32_t group, Members *m) {
    NativeCall *call = along->call;
    const uint32_t *cells = along_cells(along, group);
    bool of_people = native_parameter(call, 2) == 0;
    if (!m->reason)
        lorenz_curve(m->ranks, m->weights, along->members, m->order, m->people, m->shares);
    for (uint32_t i = 0; i < along->members; i++) {
        uint32_t cell = cells[m->reason ? i : m->order[i]];
        double share = of_people ? m->people[i + 1] : m->shares[i + 1];
        set_or_absent(call, cell, share, m->reason);
    }
}

bool native_members(NativeCall *call) {
    Along along;
    if (!along_start(call, &along)) return false;
    Members m = members_of(&along);
    bool shares = call->native == NATIVE_STATS_GINI || call->native == NATIVE_STATS_LORENZ;
    uint32_t cells = call->lanes[0].array->count;
    AbsentReason *reasons = ARENA_NEW_ARRAY(call->vm->arena, AbsentReason, cells + 1);
    double *people = shares ? weights_of(call, reasons) : NULL;
    for (uint32_t g = 0; g < along.groups; g++) {
        if (shares) read_shares(&along, g, people, reasons, &m);
        if (call->native == NATIVE_STATS_QUANTILE_GROUP) group_members(&along, g, &m);
        if (call->native == NATIVE_STATS_LORENZ) write_curve(&along, g, &m);
        if (call->native != NATIVE_STATS_GINI && call->native != NATIVE_STATS_CONCENTRATION)
            continue;
        Estimate estimate = call->native == NATIVE_STATS_GINI ? gini_of(&along, &m)
                                                              : concentration_of(&along, g, &m);
        native_write_estimate(call, g, &estimate);
    }
    return true;
}
