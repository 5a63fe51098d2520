/* Series over financial years, exact. Knows no horizon and no budget: it gives the year it is
 * asked for. */
#include "runtime/money/series.h"

#include <math.h>

#include "runtime/money/round.h"

bool series_points_ascend(const SeriesPoint *points, uint32_t count) {
    for (uint32_t i = 1; i < count; i++)
        if (points[i - 1].fy >= points[i].fy) return false;
    return count > 0;
}

/* Points at or before the year. */
static uint32_t points_begun(const SeriesPoint *points, uint32_t count, int64_t fy) {
    uint32_t begun = 0;
    while (begun < count && points[begun].fy <= fy) begun++;
    return begun;
}

/* from + (to - from) * step / steps */
static Exact between(Arena *arena, Exact from, Exact to, int64_t step, int64_t steps) {
    Exact share = exact_from_ratio(arena, step, steps);
    return exact_add(arena, from, exact_mul(arena, exact_sub(arena, to, from), share));
}

static Exact on_line(Arena *arena, const SeriesPoint *from, const SeriesPoint *to, int64_t fy) {
    return between(arena, from->amount, to->amount, fy - from->fy, to->fy - from->fy);
}

Exact series_ramp(Arena *arena, const SeriesPoint *points, uint32_t count, int64_t fy) {
    uint32_t begun = points_begun(points, count, fy);
    if (!begun) return EXACT_ZERO;
    const SeriesPoint *last = &points[begun - 1];
    if (begun == count || last->fy == fy) return money_post(arena, last->amount);
    return money_post(arena, on_line(arena, last, last + 1, fy));
}

Exact series_stepped(const SeriesPoint *points, uint32_t count, int64_t fy) {
    uint32_t begun = points_begun(points, count, fy);
    return begun ? points[begun - 1].amount : EXACT_ZERO;
}

Exact series_grow(Arena *arena, int64_t first, Exact amount, Exact rate, int64_t fy) {
    if (fy < first) return EXACT_ZERO;
    Exact factor = exact_add(arena, exact_from_int(1), rate);
    return exact_mul(arena, amount, exact_pow(arena, factor, (int)(fy - first)));
}

bool series_line(Arena *arena, const SeriesPoint *points, uint32_t count, int64_t fy,
                 Exact *value) {
    uint32_t begun = points_begun(points, count, fy);
    if (!begun || (begun == count && points[count - 1].fy != fy)) return false;
    const SeriesPoint *last = &points[begun - 1];
    *value = last->fy == fy ? last->amount : on_line(arena, last, last + 1, fy);
    return true;
}

double series_geometric(double baseline, double target, uint32_t step, uint32_t steps) {
    if (!(baseline > 0) || !(target > 0) || !steps) return NAN;
    if (step == 0) return baseline;
    if (step == steps) return target;
    return baseline * pow(target / baseline, (double)step / (double)steps);
}

Exact shift_linear(Arena *arena, Exact total, int64_t start, int64_t end, int64_t fy) {
    int64_t years = end - start + 1, step = fy - start + 1;
    if (step <= 0 || years <= 0) return EXACT_ZERO;
    return between(arena, EXACT_ZERO, total, step < years ? step : years, years);
}

Exact shift_step(Exact total, int64_t start, int64_t until, int64_t fy) {
    return fy >= start && fy <= until ? total : EXACT_ZERO;
}

Exact shift_share(Arena *arena, Exact amount, Exact share) {
    return exact_mul(arena, amount, share);
}

TrackStatus track_status(Arena *arena, Exact actual, Exact plan, bool lower_is_better,
                         Exact tolerance) {
    Exact adverse = lower_is_better ? exact_sub(arena, actual, plan)
                                    : exact_sub(arena, plan, actual);
    if (exact_sign(adverse) <= 0) return TRACK_GREEN;
    Exact allowed = exact_mul(arena, tolerance, exact_abs(arena, plan));
    return exact_compare(adverse, allowed) <= 0 ? TRACK_AMBER : TRACK_RED;
}
