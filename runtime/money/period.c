/* Shares of financial years. Rounds nothing. */
#include "runtime/money/period.h"

#include "runtime/base/date.h"

Exact period_share_by_days(Arena *arena, int32_t start, int32_t end, int fy) {
    int32_t first = financial_year_start(fy), last = financial_year_end(fy);
    int32_t from = start > first ? start : first, to = end < last ? end : last;
    return exact_from_ratio(arena, to < from ? 0 : to - from + 1, last - first + 1);
}

Exact period_share_by_months(Arena *arena, int32_t start, int32_t end, int fy) {
    int april = month_of(financial_year_start(fy)), months = 0;
    for (int month = april; month < april + 12; month++)
        months += month_start(month) >= start && month_end(month) <= end;
    return exact_from_ratio(arena, months, 12);
}
