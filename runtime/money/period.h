/* How much of a financial year a period covers. Dates are days since 1970-01-01, inclusive. */
#ifndef RUNTIME_MONEY_PERIOD_H
#define RUNTIME_MONEY_PERIOD_H

#include "runtime/base/exact.h"

/* Days of the period in the year over the days of that year (365 or 366). */
Exact period_share_by_days(Arena *arena, int32_t start, int32_t end, int fy);

/* Whole calendar months of the year that lie wholly inside the period, over 12. */
Exact period_share_by_months(Arena *arena, int32_t start, int32_t end, int fy);

#endif
