/* Dates as day numbers: days since 1970-01-01 in the proleptic Gregorian calendar, years 1 to
 * 9999; and the financial year, 1 April to 31 March, named by the year it starts in. Knows no
 * clock, no time zone and no locale. Functions that take a day assert that it lies in range. */
#ifndef RUNTIME_BASE_DATE_H
#define RUNTIME_BASE_DATE_H

#include "runtime/base/arena.h"

enum {
    DATE_FIRST = -719162, /* 0001-01-01 */
    DATE_LAST = 2932896,  /* 9999-12-31 */
    DATE_FIRST_YEAR = 1,
    DATE_LAST_YEAR = 9999,
};

typedef struct {
    int year;  /* 1 .. 9999 */
    int month; /* 1 .. 12 */
    int day;   /* 1 .. 31 */
} CivilDate;

bool date_valid(int year, int month, int day);
bool date_in_range(int64_t days);
int32_t date_from_civil(int year, int month, int day); /* of a valid date */
CivilDate date_to_civil(int32_t days);
bool date_is_leap_year(int year);
int date_days_in_month(int year, int month);

/* 1 Monday .. 7 Sunday; and the Monday on or before (DATE_FIRST is one). */
int date_weekday(int32_t days);
int32_t date_monday_of(int32_t days);

/* `2026-09-30`, exactly. False, leaving *days, where the text is no such date. */
bool date_parse_iso(Slice text, int32_t *days);
Slice date_format_iso(Arena *arena, int32_t days);
Slice date_format_long(Arena *arena, int32_t days); /* 6 August 2018 */

/* Months are numbered from January of year 1, which is 0; quarters alike. Quarters of the
 * calendar and of the financial year begin on the same days. */
int month_of(int32_t days);
int month_number(int year, int month);
int32_t month_start(int month_index);
int32_t month_end(int month_index);                 /* its last day */
bool month_parse_iso(Slice text, int *month_index); /* `2026-09` */
Slice month_format_iso(Arena *arena, int month_index);
Slice month_format_long(Arena *arena, int month_index); /* August 2018 */
const char *month_name(int month);                      /* 1 .. 12 */

/* The same day `months` later, or the last of that month where it has none. False where it
 * would leave the calendar. */
bool date_add_months(int32_t days, int months, int32_t *result);

int quarter_of(int32_t days);
int32_t quarter_start(int quarter_index);
int32_t quarter_end(int quarter_index);

/* A financial year is the calendar year it starts in: 2026 is FY2026/27. That of the days
 * before 0001-04-01 is 0, which starts before the calendar. */
int financial_year_of(int32_t days);
int32_t financial_year_start(int fy);                    /* 1 April, fy 1 .. 9999 */
int32_t financial_year_end(int fy);                      /* 31 March, fy 0 .. 9998 */
int financial_quarter_of(int32_t days);                  /* 1 (April to June) .. 4 */
int financial_quarter_index(int fy, int quarter);        /* for quarter_start and quarter_end */
Slice financial_year_format(Arena *arena, int fy);       /* FY2026/27 */
Slice financial_year_format_short(Arena *arena, int fy); /* 2026/27 */
Slice financial_quarter_format(Arena *arena, int fy, int quarter); /* FY2026/27Q1 */

/* `FY2026/27` or `2026/27`; false unless the second half follows the first. */
bool financial_year_parse(Slice text, int *fy);

#endif
