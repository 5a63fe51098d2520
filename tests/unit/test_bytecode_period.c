/* Members of dimensions of time as days of the calendar. */
#include "runtime/bytecode/period.h"

#include "runtime/base/date.h"
#include "tests/unit/test.h"

static void expect_days(DimSort sort, int32_t first, uint32_t member, int32_t from, int32_t to) {
    ModuleDim dim = {.sort = sort, .first = first, .member_count = member + 1};
    int32_t begins, ends;
    assert_true(period_days(&dim, member, &begins, &ends));
    assert_int_equal(begins, from);
    assert_int_equal(ends, to);
    assert_int_equal(period_first_day(&dim, member), from);
}

static void a_period_has_the_days_of_the_calendar(void **state) {
    (void)state;
    expect_days(DIM_YEAR, 2026, 1, date_from_civil(2027, 4, 1), date_from_civil(2028, 3, 31));
    expect_days(DIM_QUARTER, 2026 * 4, 3, date_from_civil(2027, 1, 1), date_from_civil(2027, 3, 31));
    expect_days(DIM_MONTH, 2027 * 12 + 11, 2, date_from_civil(2028, 2, 1),
                date_from_civil(2028, 2, 29));
    int32_t monday = date_from_civil(2026, 4, 6);
    expect_days(DIM_WEEK, monday, 52, monday + 364, monday + 370);
}

static void periods_follow_each_other_without_a_gap(void **state) {
    (void)state;
    static const DimSort sorts[] = {DIM_YEAR, DIM_QUARTER, DIM_MONTH, DIM_WEEK};
    for (int s = 0; s < 4; s++) {
        int32_t first = sorts[s] == DIM_WEEK ? date_from_civil(2026, 4, 6)
                                             : 2026 * (int32_t)periods_in_year(sorts[s]);
        ModuleDim dim = {.sort = sorts[s], .first = first, .member_count = 200};
        int32_t before = 0, from, to;
        for (uint32_t member = 0; member < 200; member++, before = to) {
            assert_true(period_days(&dim, member, &from, &to));
            if (member) assert_int_equal(from, before + 1);
            assert_true(from <= to);
        }
    }
}

static void what_is_no_time_or_outside_the_calendar_has_no_days(void **state) {
    (void)state;
    int32_t from, to;
    ModuleDim places = {.sort = DIM_GEOGRAPHY, .member_count = 3};
    assert_false(period_days(&places, 0, &from, &to));
    static const DimSort sorts[] = {DIM_YEAR, DIM_QUARTER, DIM_MONTH, DIM_WEEK};
    for (int s = 0; s < 4; s++) {
        ModuleDim late = {.sort = sorts[s], .first = INT32_MAX, .member_count = 2};
        ModuleDim early = {.sort = sorts[s], .first = INT32_MIN, .member_count = 2};
        assert_false(period_days(&late, 1, &from, &to));
        assert_false(period_days(&early, 0, &from, &to));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_period_has_the_days_of_the_calendar),
        cmocka_unit_test(periods_follow_each_other_without_a_gap),
        cmocka_unit_test(what_is_no_time_or_outside_the_calendar_has_no_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
