/* Civil dates and day numbers. The arithmetic counts years from 1 March, so that the leap day
 * is the last of its year, in cycles of 400 years, which all have 146,097 days. */
#include "runtime/base/date.h"

#include <assert.h>

enum {
    CYCLE_YEARS = 400,
    CYCLE_DAYS = 146097,
    MARCH_0000 = -719468, /* 0000-03-01, from where cycles are counted */
};

static const char *const month_names[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December",
};

bool date_is_leap_year(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int date_days_in_month(int year, int month) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    return lengths[month - 1] + (month == 2 && date_is_leap_year(year));
}

bool date_valid(int year, int month, int day) {
    return year >= DATE_FIRST_YEAR && year <= DATE_LAST_YEAR && month >= 1 && month <= 12 &&
           day >= 1 && day <= date_days_in_month(year, month);
}

bool date_in_range(int64_t days) {
    return days >= DATE_FIRST && days <= DATE_LAST;
}

/* Days from 1 March to the first of the month `months` later: 31 30 31 30 31, repeated. */
static int days_before_month(int months) {
    return (153 * months + 2) / 5;
}

int32_t date_from_civil(int year, int month, int day) {
    assert(date_valid(year, month, day));
    int from_march = (month + 9) % 12;
    int y = year - (month <= 2);
    int cycle = y / CYCLE_YEARS, in_cycle = y % CYCLE_YEARS;
    int day_of_cycle =
        in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + days_before_month(from_march) + day - 1;
    return MARCH_0000 + cycle * CYCLE_DAYS + day_of_cycle;
}

CivilDate date_to_civil(int32_t days) {
    assert(date_in_range(days));
    int since = days - MARCH_0000;
    int cycle = since / CYCLE_DAYS, d = since % CYCLE_DAYS;
    /* Take out the leap days before d: one in 1,461 days, but not in 36,524, but in 146,097. */
    int y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
    int day_of_year = d - (365 * y + y / 4 - y / 100);
    int from_march = (5 * day_of_year + 2) / 153;
    int month = from_march < 10 ? from_march + 3 : from_march - 9;
    return (CivilDate){
        .year = cycle * CYCLE_YEARS + y + (month <= 2),
        .month = month,
        .day = day_of_year - days_before_month(from_march) + 1,
    };
}

/* 0001-01-01 is a Monday. */
int date_weekday(int32_t days) {
    assert(date_in_range(days));
    return (days - DATE_FIRST) % 7 + 1;
}

int32_t date_monday_of(int32_t days) {
    return days - (date_weekday(days) - 1);
}

/* `count` digits as a number; -1 where one is none. */
static int read_digits(const char *text, int count) {
    int number = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

bool date_parse_iso(Slice text, int32_t *days) {
    if (text.length != 10 || text.data[4] != '-' || text.data[7] != '-') return false;
    int year = read_digits(text.data, 4);
    int month = read_digits(text.data + 5, 2);
    int day = read_digits(text.data + 8, 2);
    if (!date_valid(year, month, day)) return false;
    *days = date_from_civil(year, month, day);
    return true;
}

Slice date_format_iso(Arena *arena, int32_t days) {
    CivilDate date = date_to_civil(days);
    return arena_printf(arena, "%04d-%02d-%02d", date.year, date.month, date.day);
}

Slice date_format_long(Arena *arena, int32_t days) {
    CivilDate date = date_to_civil(days);
    return arena_printf(arena, "%d %s %d", date.day, month_name(date.month), date.year);
}

int month_number(int year, int month) {
    assert(date_valid(year, month, 1));
    return (year - 1) * 12 + month - 1;
}

int month_of(int32_t days) {
    CivilDate date = date_to_civil(days);
    return month_number(date.year, date.month);
}

int32_t month_start(int month_index) {
    return date_from_civil(month_index / 12 + 1, month_index % 12 + 1, 1);
}

int32_t month_end(int month_index) {
    int year = month_index / 12 + 1, month = month_index % 12 + 1;
    return date_from_civil(year, month, date_days_in_month(year, month));
}

bool month_parse_iso(Slice text, int *month_index) {
    if (text.length != 7 || text.data[4] != '-') return false;
    int year = read_digits(text.data, 4), month = read_digits(text.data + 5, 2);
    if (!date_valid(year, month, 1)) return false;
    *month_index = month_number(year, month);
    return true;
}

Slice month_format_iso(Arena *arena, int month_index) {
    return arena_printf(arena, "%04d-%02d", month_index / 12 + 1, month_index % 12 + 1);
}

Slice month_format_long(Arena *arena, int month_index) {
    return arena_printf(arena, "%s %d", month_name(month_index % 12 + 1), month_index / 12 + 1);
}

const char *month_name(int month) {
    assert(month >= 1 && month <= 12);
    return month_names[month - 1];
}

bool date_add_months(int32_t days, int months, int32_t *result) {
    CivilDate date = date_to_civil(days);
    int64_t index = (int64_t)month_number(date.year, date.month) + months;
    if (index < 0 || index > month_number(DATE_LAST_YEAR, 12)) return false;
    int year = (int)index / 12 + 1, month = (int)index % 12 + 1;
    int most = date_days_in_month(year, month);
    *result = date_from_civil(year, month, date.day < most ? date.day : most);
    return true;
}

int quarter_of(int32_t days) {
    return month_of(days) / 3;
}
int32_t quarter_start(int quarter_index) {
    return month_start(quarter_index * 3);
}
int32_t quarter_end(int quarter_index) {
    return month_end(quarter_index * 3 + 2);
}

int financial_year_of(int32_t days) {
    CivilDate date = date_to_civil(days);
    return date.year - (date.month < 4);
}

int32_t financial_year_start(int fy) {
    return date_from_civil(fy, 4, 1);
}
int32_t financial_year_end(int fy) {
    return date_from_civil(fy + 1, 3, 31);
}
int financial_quarter_of(int32_t days) {
    return (month_of(days) / 3 + 3) % 4 + 1;
}

int financial_quarter_index(int fy, int quarter) {
    assert(quarter >= 1 && quarter <= 4);
    return (fy - 1) * 4 + quarter;
}

Slice financial_year_format(Arena *arena, int fy) {
    return arena_printf(arena, "FY%04d/%02d", fy, (fy + 1) % 100);
}

Slice financial_year_format_short(Arena *arena, int fy) {
    return arena_printf(arena, "%04d/%02d", fy, (fy + 1) % 100);
}

Slice financial_quarter_format(Arena *arena, int fy, int quarter) {
    assert(quarter >= 1 && quarter <= 4);
    return arena_printf(arena, "FY%04d/%02dQ%d", fy, (fy + 1) % 100, quarter);
}

bool financial_year_parse(Slice text, int *fy) {
    if (slice_starts_with(text, SLICE("FY"))) text = slice_sub(text, 2, text.length);
    if (text.length != 7 || text.data[4] != '/') return false;
    int year = read_digits(text.data, 4), next = read_digits(text.data + 5, 2);
    if (year < DATE_FIRST_YEAR || next != (year + 1) % 100) return false;
    *fy = year;
    return true;
}
