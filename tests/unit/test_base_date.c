/* Dates, months, quarters and financial years over the whole calendar. */
#include "tests/unit/test_base_fixture.h"

#include "runtime/base/date.h"

PLAIN_TEST(every_day_of_the_calendar_is_next_to_the_one_before) {
    int year = 1, month = 1, day = 1, weekday = 1;
    for (int32_t days = DATE_FIRST; days <= DATE_LAST; days++) {
        CivilDate date = date_to_civil(days);
        bool same = date.year == year && date.month == month && date.day == day;
        if (!same || date_from_civil(year, month, day) != days || date_weekday(days) != weekday)
            fail_msg("day %d is not %d-%d-%d, weekday %d", days, year, month, day, weekday);
        weekday = weekday % 7 + 1;
        if (++day <= date_days_in_month(year, month)) continue;
        day = 1;
        if (++month <= 12) continue;
        month = 1;
        year++;
    }
    assert_int_equal(year, 10000);
}

PLAIN_TEST(well_known_days_have_their_numbers) {
    assert_int_equal(date_from_civil(1970, 1, 1), 0);
    assert_int_equal(date_from_civil(2000, 2, 29), 11016);
    assert_int_equal(date_from_civil(2026, 3, 31), 20543);
    assert_int_equal(date_from_civil(1, 1, 1), DATE_FIRST);
    assert_int_equal(date_from_civil(9999, 12, 31), DATE_LAST);
    assert_int_equal(date_weekday(0), 4);
    assert_int_equal(date_monday_of(0), -3);
    assert_int_equal(date_monday_of(DATE_FIRST), DATE_FIRST);
    assert_int_equal(date_monday_of(date_from_civil(2026, 11, 1)), date_from_civil(2026, 10, 26));
}

PLAIN_TEST(days_not_in_the_calendar_are_refused) {
    assert_true(date_valid(2024, 2, 29));
    assert_false(date_valid(2023, 2, 29));
    assert_false(date_valid(1900, 2, 29));
    assert_true(date_valid(2000, 2, 29));
    assert_false(date_valid(0, 1, 1));
    assert_false(date_valid(10000, 1, 1));
    assert_false(date_valid(2026, 0, 1));
    assert_false(date_valid(2026, 13, 1));
    assert_false(date_valid(2026, 4, 31));
    assert_false(date_valid(2026, 4, 0));
    assert_false(date_in_range((int64_t)DATE_LAST + 1));
    assert_false(date_in_range((int64_t)DATE_FIRST - 1));
}

PLAIN_TEST(only_whole_iso_dates_are_read) {
    int32_t days = 77;
    assert_true(date_parse_iso(SLICE("2026-09-30"), &days));
    assert_int_equal(days, date_from_civil(2026, 9, 30));
    const char *wrong[] = {"",           "2026-9-30",  "2026-09-31",  "2026/09/30", " 2026-09-3",
                           "2026-09-3a", "02026-09-3", "2026-09-300", "2026--9-30", "+026-09-30"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(date_parse_iso(slice_of(wrong[i]), &days));
    assert_int_equal(days, date_from_civil(2026, 9, 30));
}

ARENA_TEST(dates_are_written_as_they_are_read) {
    assert_slice(date_format_iso(arena, date_from_civil(2018, 8, 6)), "2018-08-06");
    assert_slice(date_format_iso(arena, DATE_FIRST), "0001-01-01");
    assert_slice(date_format_long(arena, date_from_civil(2018, 8, 6)), "6 August 2018");
    for (int32_t days = DATE_FIRST; days <= DATE_LAST; days += 9973) {
        int32_t back = 0;
        assert_true(date_parse_iso(date_format_iso(arena, days), &back));
        assert_int_equal(back, days);
    }
}

ARENA_TEST(months_and_quarters_tile_the_calendar) {
    int32_t next = DATE_FIRST;
    for (int month = 0; month <= month_number(9999, 12); month++) {
        assert_int_equal(month_start(month), next);
        assert_int_equal(month_of(next), month);
        assert_int_equal(month_of(month_end(month)), month);
        next = month_end(month) + 1;
    }
    assert_int_equal(next, DATE_LAST + 1);
    next = DATE_FIRST;
    for (int quarter = 0; quarter < 9999 * 4; quarter++) {
        assert_int_equal(quarter_start(quarter), next);
        assert_int_equal(quarter_of(quarter_end(quarter)), quarter);
        next = quarter_end(quarter) + 1;
    }
    assert_int_equal(next, DATE_LAST + 1);
    int month = 0;
    assert_true(month_parse_iso(SLICE("2026-09"), &month));
    assert_int_equal(month, month_number(2026, 9));
    assert_slice(month_format_iso(arena, month), "2026-09");
    assert_slice(month_format_long(arena, month), "September 2026");
    assert_false(month_parse_iso(SLICE("2026-13"), &month));
    assert_false(month_parse_iso(SLICE("2026-9"), &month));
}

PLAIN_TEST(added_months_stay_within_the_month) {
    int32_t day = 0;
    assert_true(date_add_months(date_from_civil(2024, 1, 31), 1, &day));
    assert_int_equal(day, date_from_civil(2024, 2, 29));
    assert_true(date_add_months(date_from_civil(2024, 2, 29), -12, &day));
    assert_int_equal(day, date_from_civil(2023, 2, 28));
    assert_true(date_add_months(date_from_civil(2026, 11, 1), 3, &day));
    assert_int_equal(day, date_from_civil(2027, 2, 1));
    assert_false(date_add_months(DATE_LAST, 1, &day));
    assert_false(date_add_months(DATE_FIRST, -1, &day));
    assert_false(date_add_months(0, INT32_MAX, &day));
}

PLAIN_TEST(financial_years_run_from_april_to_march) {
    assert_int_equal(financial_year_of(date_from_civil(2026, 3, 31)), 2025);
    assert_int_equal(financial_year_of(date_from_civil(2026, 4, 1)), 2026);
    assert_int_equal(financial_year_start(2026), date_from_civil(2026, 4, 1));
    assert_int_equal(financial_year_end(2026), date_from_civil(2027, 3, 31));
    for (int fy = 1; fy < 9998; fy++)
        assert_int_equal(financial_year_end(fy) + 1, financial_year_start(fy + 1));
    assert_int_equal(financial_quarter_of(date_from_civil(2026, 4, 1)), 1);
    assert_int_equal(financial_quarter_of(date_from_civil(2026, 12, 31)), 3);
    assert_int_equal(financial_quarter_of(date_from_civil(2027, 3, 31)), 4);
    for (int quarter = 1; quarter <= 4; quarter++) {
        int index = financial_quarter_index(2026, quarter);
        assert_int_equal(financial_quarter_of(quarter_start(index)), quarter);
        assert_int_equal(financial_year_of(quarter_end(index)), 2026);
    }
    assert_int_equal(quarter_start(financial_quarter_index(2026, 4)), date_from_civil(2027, 1, 1));
}

ARENA_TEST(financial_years_are_two_consecutive_halves) {
    assert_slice(financial_year_format(arena, 2026), "FY2026/27");
    assert_slice(financial_year_format_short(arena, 1999), "1999/00");
    assert_slice(financial_quarter_format(arena, 2026, 1), "FY2026/27Q1");
    int fy = 0;
    assert_true(financial_year_parse(SLICE("FY2026/27"), &fy) && fy == 2026);
    assert_true(financial_year_parse(SLICE("1999/00"), &fy) && fy == 1999);
    const char *wrong[] = {"FY2026/28", "FY26/27", "2026-27", "FY2026/2027", "FY", "fy2026/27",
                           "0000/01",   "2026/2",  ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(financial_year_parse(slice_of(wrong[i]), &fy));
    assert_int_equal(fy, 1999);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_the_calendar_is_next_to_the_one_before),
        cmocka_unit_test(well_known_days_have_their_numbers),
        cmocka_unit_test(days_not_in_the_calendar_are_refused),
        cmocka_unit_test(only_whole_iso_dates_are_read),
        cmocka_unit_test(dates_are_written_as_they_are_read),
        cmocka_unit_test(months_and_quarters_tile_the_calendar),
        cmocka_unit_test(added_months_stay_within_the_month),
        cmocka_unit_test(financial_years_run_from_april_to_march),
        cmocka_unit_test(financial_years_are_two_consecutive_halves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
