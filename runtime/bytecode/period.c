/* Periods as days: years and quarters are of the financial year, months of the calendar, weeks
 * begin on Monday. `first` of a dimension counts quarters and months from those of the year 0. */
#include "runtime/bytecode/period.h"

#include <assert.h>

#include "runtime/base/date.h"

bool dim_is_time(const ModuleDim *dim) {
    return dim->sort >= DIM_YEAR && dim->sort <= DIM_WEEK;
}

uint32_t periods_in_year(DimSort sort) {
    switch (sort) {
    case DIM_MONTH: return 12;
    case DIM_QUARTER: return 4;
    case DIM_WEEK: return 52;
    default: return 1;
    }
}

static bool within(int64_t at, int periods) {
    return at >= (int64_t)periods * DATE_FIRST_YEAR && at < (int64_t)periods * DATE_LAST_YEAR;
}

bool period_days(const ModuleDim *dim, uint32_t member, int32_t *first, int32_t *last) {
    int64_t at = (int64_t)dim->first + member;
    int index;
    if (!dim_is_time(dim)) return false;
    if (dim->sort == DIM_WEEK) {
        at = dim->first + (int64_t)7 * member;
        if (!date_in_range(at) || !date_in_range(at + 6)) return false;
        *first = (int32_t)at;
        *last = (int32_t)at + 6;
        return true;
    }
    if (!within(at, (int)periods_in_year(dim->sort))) return false;
    switch (dim->sort) {
    case DIM_MONTH:
        index = month_number((int)at / 12, (int)at % 12 + 1);
        *first = month_start(index);
        *last = month_end(index);
        return true;
    case DIM_QUARTER:
        index = financial_quarter_index((int)at / 4, (int)at % 4 + 1);
        *first = quarter_start(index);
        *last = quarter_end(index);
        return true;
    default:
        *first = financial_year_start((int)at);
        *last = financial_year_end((int)at);
        return true;
    }
}

int32_t period_first_day(const ModuleDim *dim, uint32_t member) {
    int32_t first, last;
    bool known = period_days(dim, member, &first, &last);
    assert(known && "a dimension made of periods of the calendar");
    return known ? first : 0;
}
