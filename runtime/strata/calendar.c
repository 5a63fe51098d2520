/* Years, quarters, months and weeks of a day. Knows no clock. */
#include "runtime/strata/calendar.h"

#include "runtime/base/date.h"
#include "runtime/bytecode/module.h"

static int64_t week_of(int64_t days) { return days / 7 - (days % 7 < 0); }

bool calendar_code(unsigned op, int64_t day, int64_t value, int64_t *code) {
    if (!date_in_range(day)) return false;
    int32_t date = (int32_t)day;
    CivilDate civil;
    switch (op) {
    case ROW_YEAR: return !__builtin_sub_overflow((int64_t)financial_year_of(date), value, code);
    case ROW_QUARTER: {
        int64_t quarter = (int64_t)financial_year_of(date) * 4 + financial_quarter_of(date) - 1;
        return !__builtin_sub_overflow(quarter, value, code);
    }
    case ROW_MONTH:
        civil = date_to_civil(date);
        return !__builtin_sub_overflow((int64_t)civil.year * 12 + civil.month - 1, value, code);
    case ROW_WEEK:
        if (__builtin_sub_overflow(day, value, code)) return false;
        *code = week_of(*code);
        return true;
    default: return false;
    }
}
