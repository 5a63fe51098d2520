/* Places against each other: the average, where each lies against it by the limits of a funnel, and
 * the curves to draw. Made of what the estimates show: under a policy that protects, of protected
 * numbers. A place that shows nothing is left out of the average, and absent for its own reason. */
#include <math.h>

#include "runtime/stats/funnel.h"
#include "runtime/vm/natives.h"

/* What is asked of the curves: the sizes they are drawn for; each limit; where on the axis each has
 * that limit, which of rates and ratios is another place for each. */
enum { SIZE, LOWER_95, UPPER_95, LOWER_998, UPPER_998, AT_LOWER_95, PARTS = AT_LOWER_95 + 4 };

static const char *significance_text(FunnelSignificance significance) {
    switch (significance) {
    case FUNNEL_LOW_999: return "lower (99.8%)";
    case FUNNEL_LOW_975: return "lower (95%)";
    case FUNNEL_HIGH_999: return "higher (99.8%)";
    case FUNNEL_HIGH_975: return "higher (95%)";
    case FUNNEL_NOT_SIGNIFICANT: return "similar";
    case FUNNEL_NOT_APPLICABLE: break;
    }
    return "not compared";
}

static FunnelKind kind_of(const NativeCall *call) {
    static const FunnelKind kinds[] = {FUNNEL_PROPORTION, FUNNEL_RATIO, FUNNEL_RATE_CRUDE,
                                       FUNNEL_RATE_DSR};
    double asked = native_parameter(call, 1);
    return kinds[asked >= 0 && asked < 4 ? (int)asked : 0];
}

typedef struct {
    double *x, *n, *rates;
    uint32_t *cells; /* of the first register */
    uint32_t count;
    FunnelKind kind;
    FunnelPlaces all;
    double average;
} Places;

static void read_places(const Along *along, uint32_t group, Places *places) {
    const Array *array = along->call->lanes[0].array;
    bool rate = places->kind == FUNNEL_RATE_CRUDE || places->kind == FUNNEL_RATE_DSR;
    places->count = 0;
    for (uint32_t m = 0; m < along->members; m++) {
        uint32_t cell = along_cells(along, group)[m];
        if (array_absent(array, cell)) continue;
        places->x[places->count] = array->numerator[cell];
        places->n[places->count] = array->denominator[cell];
        places->rates[places->count] = array->as.real[cell];
        places->cells[places->count++] = cell;
    }
    places->all = (FunnelPlaces){places->x, places->n, rate ? places->rates : NULL, places->count,
                                 1};
    places->average = funnel_average(places->kind, &places->all);
}

static void set_number(NativeCall *call, uint32_t cell, double value) {
    if (isfinite(value))
        vm_set_real(call->vm, call->out, cell, value);
    else
        array_set_absent(call->vm->arena, call->out, cell, ABSENT_NOT_CALCULABLE);
}

/* The reason of each place that has one; the others are written by `each`. */
static void write_places(const Along *along, uint32_t group, Places *places,
                         void (*each)(NativeCall *, const Places *, uint32_t)) {
    NativeCall *call = along->call;
    const Array *array = call->lanes[0].array;
    for (uint32_t m = 0; m < along->members; m++) {
        uint32_t cell = along_cells(along, group)[m];
        AbsentReason reason = array_absent(array, cell);
        if (reason) array_set_absent(call->vm->arena, call->out, cell, reason);
    }
    for (uint32_t i = 0; i < places->count; i++) each(call, places, i);
}

static void write_significance(NativeCall *call, const Places *places, uint32_t i) {
    if (isnan(places->average))
        array_set_absent(call->vm->arena, call->out, places->cells[i], ABSENT_NOT_CALCULABLE);
    else
        native_set_text(call, places->cells[i],
                        significance_text(funnel_significance(places->kind, &places->all, i,
                                                              places->average)));
}

/* The axis: people of a proportion, expected events of a ratio, of a rate the person-time in which
 * its events make that rate. */
static void write_size(NativeCall *call, const Places *places, uint32_t i) {
    set_number(call, places->cells[i], funnel_denominator(places->kind, &places->all, i));
}

/* A point of a curve. Limits of rates and ratios are made from observed events: so many lie on the
 * limit where so many are expected, which is a place on the axis and a ratio, or a rate. */
static double point_of(const Places *places, double size, int part) {
    int limit = part >= AT_LOWER_95 ? part - AT_LOWER_95 : part - LOWER_95;
    double tail = limit >= LOWER_998 - LOWER_95 ? 0.001 : 0.025;
    bool lower = limit % 2 == 0, on_axis = part >= AT_LOWER_95;
    if (part == SIZE) return size;
    if (places->kind == FUNNEL_PROPORTION) {
        Interval limits = funnel_proportion_limits(size, places->average, tail);
        return on_axis ? size : lower ? limits.lower : limits.upper;
    }
    Interval counts = funnel_expected_counts(size, tail);
    double expected = lower ? counts.lower : counts.upper;
    if (places->kind == FUNNEL_RATIO) return on_axis ? expected : size / expected;
    double person_time = expected / places->average;
    return on_axis ? person_time : size / person_time;
}

/* The first hundred points of the call's second dim. */
static bool write_curve(NativeCall *call, uint32_t group, uint32_t points, const Places *places) {
    double sizes[FUNNEL_POINTS];
    double asked = native_parameter(call, 2);
    int part = asked >= SIZE && asked < PARTS ? (int)asked : SIZE;
    bool drawn = isfinite(places->average) && funnel_sizes(places->kind, &places->all, 1, sizes);
    if (!vm_charge(call->vm, (uint64_t)FUNNEL_POINTS * 1000)) return false;
    for (uint32_t p = 0; p < points; p++) {
        bool there = drawn && p < FUNNEL_POINTS;
        set_number(call, group * points + p, there ? point_of(places, sizes[p], part) : NAN);
    }
    return true;
}

bool native_funnel(NativeCall *call) {
    Along along;
    if (!along_start(call, &along)) return false;
    bool curve = call->native == NATIVE_STATS_FUNNEL_LIMIT;
    uint32_t points = along.groups ? call->out->count / along.groups : 0;
    Places places = {.x = ARENA_NEW_ARRAY(call->vm->arena, double, along.members + 1),
                     .n = ARENA_NEW_ARRAY(call->vm->arena, double, along.members + 1),
                     .rates = ARENA_NEW_ARRAY(call->vm->arena, double, along.members + 1),
                     .cells = ARENA_NEW_ARRAY(call->vm->arena, uint32_t, along.members + 1),
                     .kind = kind_of(call)};
    for (uint32_t g = 0; g < along.groups; g++) {
        read_places(&along, g, &places);
        if (call->native == NATIVE_STATS_FUNNEL_AVERAGE) set_number(call, g, places.average);
        if (call->native == NATIVE_STATS_COMPARED)
            write_places(&along, g, &places, write_significance);
        if (call->native == NATIVE_STATS_FUNNEL_SIZE) write_places(&along, g, &places, write_size);
        if (curve && !write_curve(call, g, points, &places)) return false;
    }
    return true;
}

/* ---- Against the whole -------------------------------------------------------------------------- */

/* One with the whole's own counts is the whole, and nothing is compared with itself. */
static bool is_whole(const Lane *part, const Lane *whole) {
    return part->array->numerator[part->at] == whole->array->numerator[whole->at] &&
           part->array->denominator[part->at] == whole->array->denominator[whole->at];
}

/* What the part is compared by is what it shows: under a policy that protects, protected counts,
 * and limits as they would be printed. */
AbsentReason native_against(NativeCall *call, uint32_t i) {
    const Lane *part = &call->lanes[0], *outer = &call->lanes[1], *whole = &call->lanes[2];
    double kind = native_number(call, 3);
    double x = part->array->numerator[part->at], n = part->array->denominator[part->at];
    double average = whole->array->numerator[whole->at] / whole->array->denominator[whole->at];
    FunnelSignificance significance;
    if (is_whole(part, whole))
        significance = FUNNEL_NOT_APPLICABLE;
    else if (kind == 2)
        significance = limits_significance(native_limits(part), native_limits(outer),
                                           vm_number(whole->array, whole->at));
    else
        significance = funnel_part_significance(kind == 0 ? FUNNEL_PROPORTION : FUNNEL_RATIO, x, n,
                                                average);
    native_set_text(call, i, significance_text(significance));
    return ABSENT_NONE;
}

/* ---- Against a benchmark ------------------------------------------------------------------------ */

/* By the limits of the estimate alone: they lie below, above, or around the benchmark, which is
 * taken as certain. In a good direction below and above are better and worse. */
AbsentReason native_benchmark(NativeCall *call, uint32_t i) {
    const Lane *lane = &call->lanes[0];
    double lower = lane->array->lower[lane->at], upper = lane->array->upper[lane->at];
    double benchmark = native_number(call, 1), good = native_number(call, 2);
    if (!isfinite(lower) || !isfinite(upper)) return ABSENT_NOT_CALCULABLE;
    int side = upper < benchmark ? -1 : lower > benchmark;
    static const char *const plain[] = {"lower", "similar", "higher"};
    static const char *const judged[] = {"worse", "similar", "better"};
    if (good == 0)
        native_set_text(call, i, plain[side + 1]);
    else
        native_set_text(call, i, judged[(good > 0 ? side : -side) + 1]);
    return ABSENT_NONE;
}
