/* Amounts over financial years: the shapes in which plans state them. Each function gives one
 * year; years are by their first calendar year. What is posted is said at each. */
#ifndef RUNTIME_MONEY_SERIES_H
#define RUNTIME_MONEY_SERIES_H

#include "runtime/base/exact.h"

typedef struct {
    int64_t fy;
    Exact amount;
} SeriesPoint;

/* Whether the points are in ascending years, each once, and there is one. */
bool series_points_ascend(const SeriesPoint *points, uint32_t count);

/* Of ascending points. Nothing before the first, straight between two with each year posted,
 * constant from the last on. */
Exact series_ramp(Arena *arena, const SeriesPoint *points, uint32_t count, int64_t fy);

/* Nothing before the first; each amount until the next point. Not posted. */
Exact series_stepped(const SeriesPoint *points, uint32_t count, int64_t fy);

/* Nothing before `first`, then `amount` growing by `rate` a year. Not posted, so that growth
 * compounds on what was not rounded. */
Exact series_grow(Arena *arena, int64_t first, Exact amount, Exact rate, int64_t fy);

/* The straight line through ascending points. False outside them. Not posted. */
bool series_line(Arena *arena, const SeriesPoint *points, uint32_t count, int64_t fy,
                 Exact *value);

/* The geometric path from `baseline` to `target` in `steps`: baseline * (target/baseline)^(k/n);
 * NaN unless both are above zero. */
double series_geometric(double baseline, double target, uint32_t step, uint32_t steps);

/* ---- Levels of a funding shift: the annual amount moved in the year -------------------------
 * Not posted: a level in real terms is first restated in cash, then posted, once. */

/* In equal steps from `start` so that `end` has all of it, and all of it after. */
Exact shift_linear(Arena *arena, Exact total, int64_t start, int64_t end, int64_t fy);

/* All of it from `start` to `until`. */
Exact shift_step(Exact total, int64_t start, int64_t until, int64_t fy);

/* That share of an amount: of the total (a profile), or of the source's budget (a percentage). */
Exact shift_share(Arena *arena, Exact amount, Exact share);

/* ---- Where a measure stands against its plan ------------------------------------------------- */

typedef enum { TRACK_GREEN, TRACK_AMBER, TRACK_RED } TrackStatus;

/* How far `actual` is from `plan`, and by that its status: not adverse is green, adverse by at
 * most `tolerance` of the plan's size amber, else red. */
TrackStatus track_status(Arena *arena, Exact actual, Exact plan, bool lower_is_better,
                         Exact tolerance);

#endif
