/* Dates and financial years. What would leave the calendar is not calculable; there is no
 * clock. */
#include "runtime/base/date.h"
#include "runtime/vm/natives.h"

static AbsentReason write_date(NativeCall *call, uint32_t i, int64_t days) {
    if (!date_in_range(days)) return ABSENT_NOT_CALCULABLE;
    call->out->as.integer[i] = days;
    return ABSENT_NONE;
}

static AbsentReason write_year(NativeCall *call, uint32_t i, int64_t fy) {
    if (fy < DATE_FIRST_YEAR || fy >= DATE_LAST_YEAR) return ABSENT_NOT_CALCULABLE;
    call->out->as.integer[i] = fy;
    return ABSENT_NONE;
}

AbsentReason native_date_add(NativeCall *call, uint32_t i) {
    int64_t days;
    if (!native_whole(call, 1, &days)) return ABSENT_NOT_CALCULABLE;
    return write_date(call, i, native_integer(call, 0) + days);
}

AbsentReason native_date_days(NativeCall *call, uint32_t i) {
    call->out->as.exact[i] = exact_from_int(native_integer(call, 0) - native_integer(call, 1));
    return ABSENT_NONE;
}

AbsentReason native_date_year(NativeCall *call, uint32_t i) {
    return write_year(call, i, financial_year_of((int32_t)native_integer(call, 0)));
}

AbsentReason native_date_start(NativeCall *call, uint32_t i) {
    return write_date(call, i, financial_year_start((int)native_integer(call, 0)));
}

AbsentReason native_date_end(NativeCall *call, uint32_t i) {
    return write_date(call, i, financial_year_end((int)native_integer(call, 0)));
}

AbsentReason native_year_add(NativeCall *call, uint32_t i) {
    int64_t years;
    if (!native_whole(call, 1, &years)) return ABSENT_NOT_CALCULABLE;
    return write_year(call, i, native_integer(call, 0) + years);
}

AbsentReason native_year_number(NativeCall *call, uint32_t i) {
    call->out->as.exact[i] = exact_from_int(native_integer(call, 0));
    return ABSENT_NONE;
}

/* ---- Working days ---------------------------------------------------------------------------- */

enum { FIRST_HOLIDAY = 2, SATURDAY = 6 };

/* Working days among the days after `from` up to and including `to`, holidays left aside. */
static int64_t weekdays_between(int32_t from, int32_t to) {
    int32_t base = date_monday_of(from), days_from = from - base + 1, days_to = to - base + 1;
    int64_t until_from = days_from / 7 * 5 + (days_from % 7 < 5 ? days_from % 7 : 5);
    int64_t until_to = (int64_t)(days_to / 7) * 5 + (days_to % 7 < 5 ? days_to % 7 : 5);
    return until_to - until_from;
}

/* Whether the holiday falls on a weekday and is the first of the arguments that names it. */
static bool counts_as_holiday(const NativeCall *call, uint32_t lane) {
    int64_t day = native_integer(call, lane);
    for (uint32_t k = FIRST_HOLIDAY; k < lane; k++)
        if (native_integer(call, k) == day) return false;
    return date_weekday((int32_t)day) < SATURDAY;
}

/* Holidays that take a working day away from those after `from` up to `to`. */
static int64_t holidays_between(const NativeCall *call, int32_t from, int32_t to) {
    int64_t count = 0;
    for (uint32_t k = FIRST_HOLIDAY; k < call->lane_count; k++) {
        int64_t day = native_integer(call, k);
        if (day > from && day <= to && counts_as_holiday(call, k)) count++;
    }
    return count;
}

/* The first day by which so many working days have passed: found by halving, as the number
 * that have passed never falls from one day to the next. */
AbsentReason native_working_days(NativeCall *call, uint32_t i) {
    int64_t wanted;
    int32_t from = (int32_t)native_integer(call, 1);
    uint64_t holidays = call->lane_count;
    if (!vm_charge(call->vm, 22 * holidays * holidays)) return ABSENT_NONE;
    if (!native_whole(call, 0, &wanted) || wanted < 0) return ABSENT_NOT_CALCULABLE;
    int64_t low = from, high = DATE_LAST;
    while (wanted && low < high) {
        int32_t middle = (int32_t)(low + (high - low) / 2);
        int64_t passed = weekdays_between(from, middle) - holidays_between(call, from, middle);
        if (passed >= wanted)
            high = middle;
        else
            low = middle + 1;
    }
    if (low == DATE_LAST && wanted) return ABSENT_NOT_CALCULABLE;
    return write_date(call, i, low);
}
