/* Money: nothing is made or lost, and each shape of series is what its header says. */
#include "tests/unit/test_base_fixture.h"

#include "runtime/base/date.h"
#include "runtime/money/allocate.h"
#include "runtime/money/discount.h"
#include "runtime/money/period.h"
#include "runtime/money/price_base.h"
#include "runtime/money/round.h"
#include "runtime/money/series.h"

static Exact number(Arena *arena, const char *text) {
    Exact value = EXACT_ZERO;
    if (!exact_parse(arena, slice_of(text), &value)) fail_msg("%s", text);
    return value;
}

#define assert_number(got, want) assert_slice(exact_format_shortest(arena, (got)), (want))

ARENA_TEST(payment_and_clawback_are_equal) {
    assert_number(money_post(arena, number(arena, "1.005")), "1.01");
    assert_number(money_post(arena, number(arena, "-1.005")), "-1.01");
    assert_number(money_post(arena, number(arena, "2/3")), "0.67");
    assert_number(money_in_pounds(arena, number(arena, "150"), MONEY_PENCE), "1.5");
    assert_number(money_in_pounds(arena, number(arena, "2.75"), MONEY_MILLIONS), "2750000");
}

ARENA_TEST(parts_always_sum_to_the_total) {
    uint64_t random = 5;
    for (int round = 0; round < 300; round++) {
        enum { MOST = 12 };
        Exact weights[MOST], parts[MOST], sum = EXACT_ZERO;
        uint32_t count = 1 + (uint32_t)(test_random(&random) % MOST);
        int64_t pence = (int64_t)(test_random(&random) % 2000001) - 1000000;
        Exact total = exact_from_ratio(arena, pence, 100);
        for (uint32_t i = 0; i < count; i++)
            weights[i] = exact_from_ratio(arena, (int64_t)(test_random(&random) % 1000) + (i == 0),
                                          1 + (int64_t)(test_random(&random) % 97));
        assert_true(money_allocate(arena, total, weights, count, parts));
        for (uint32_t i = 0; i < count; i++) {
            assert_true(exact_equal(parts[i], money_post(arena, parts[i])));
            assert_true(exact_sign(parts[i]) * exact_sign(total) >= 0);
            sum = exact_add(arena, sum, parts[i]);
        }
        assert_true(exact_equal(sum, total));
    }
}

ARENA_TEST(pennies_left_over_go_to_the_largest_remainders_and_then_the_earlier) {
    Exact weights[] = {exact_from_int(1), exact_from_int(1), exact_from_int(1)}, parts[3];
    assert_true(money_allocate(arena, number(arena, "0.02"), weights, 3, parts));
    assert_number(parts[0], "0.01");
    assert_number(parts[1], "0.01");
    assert_number(parts[2], "0");
    Exact uneven[] = {number(arena, "0.1"), number(arena, "0.3"), number(arena, "0.6")};
    assert_true(money_allocate(arena, number(arena, "0.01"), uneven, 3, parts));
    assert_number(parts[2], "0.01");
}

ARENA_TEST(weights_that_cannot_split_are_refused) {
    Exact parts[2], zero[] = {EXACT_ZERO, EXACT_ZERO};
    Exact negative[] = {exact_from_int(2), exact_from_int(-1)};
    assert_false(money_allocate(arena, exact_from_int(5), zero, 2, parts));
    assert_false(money_allocate(arena, exact_from_int(5), negative, 2, parts));
    assert_false(money_allocate(arena, exact_from_int(5), zero, 0, parts));
    assert_false(money_allocate(arena, exact_from_ratio(arena, 1, 0), zero, 2, parts));
}

ARENA_TEST(shares_are_exact) {
    Exact whole[] = {number(arena, "0.4"), number(arena, "0.3"), number(arena, "0.2"),
                     number(arena, "0.1")};
    Exact thirds[] = {number(arena, "0.3333"), number(arena, "0.3333"), number(arena, "0.3333")};
    assert_int_equal(money_shares_against_one(arena, whole, 4), 0);
    assert_int_equal(money_shares_against_one(arena, thirds, 3), -1);
}

ARENA_TEST(a_period_is_a_share_of_each_year_it_touches) {
    int32_t start = date_from_civil(2026, 10, 1), end = date_from_civil(2028, 3, 31);
    assert_number(period_share_by_days(arena, start, end, 2026), "182/365");
    assert_number(period_share_by_days(arena, start, end, 2027), "1");
    assert_number(period_share_by_days(arena, start, end, 2028), "0");
    assert_number(period_share_by_days(arena, start, end, 2025), "0");
    assert_number(period_share_by_months(arena, start, end, 2026), "0.5");
    start = date_from_civil(2026, 10, 2);
    assert_number(period_share_by_months(arena, start, end, 2026), "5/12");
}

ARENA_TEST(series_have_their_shapes) {
    SeriesPoint points[] = {{2026, number(arena, "1")}, {2029, number(arena, "2")}};
    Exact value;
    assert_number(series_ramp(arena, points, 2, 2025), "0");
    assert_number(series_ramp(arena, points, 2, 2027), "1.33");
    assert_number(series_ramp(arena, points, 2, 2035), "2");
    assert_number(series_stepped(points, 2, 2028), "1");
    assert_number(series_stepped(points, 2, 2025), "0");
    assert_true(series_line(arena, points, 2, 2027, &value));
    assert_number(value, "4/3");
    assert_false(series_line(arena, points, 2, 2025, &value));
    assert_false(series_line(arena, points, 2, 2030, &value));
    assert_true(series_line(arena, points, 1, 2026, &value));
    assert_number(series_grow(arena, 2026, exact_from_int(100), number(arena, "0.1"), 2028), "121");
    assert_number(series_grow(arena, 2026, exact_from_int(100), number(arena, "0.1"), 2025), "0");
    assert_close(series_geometric(80, 40, 1, 5), 69.64404506368993, 1e-14);
    assert_true(isnan(series_geometric(0, 40, 1, 5)));
}

PLAIN_TEST(points_ascend_or_are_none) {
    SeriesPoint twice[] = {{2026, EXACT_ZERO}, {2026, EXACT_ZERO}};
    assert_true(series_points_ascend(twice, 1));
    assert_false(series_points_ascend(twice, 2));
    assert_false(series_points_ascend(twice, 0));
}

ARENA_TEST(shift_levels_reach_all_of_it) {
    Exact total = exact_from_int(30);
    assert_number(shift_linear(arena, total, 2026, 2030, 2025), "0");
    assert_number(shift_linear(arena, total, 2026, 2030, 2026), "6");
    assert_number(shift_linear(arena, total, 2026, 2030, 2030), "30");
    assert_number(shift_linear(arena, total, 2026, 2030, 2040), "30");
    assert_number(shift_step(total, 2027, 2028, 2028), "30");
    assert_number(shift_step(total, 2027, 2028, 2029), "0");
    assert_number(shift_share(arena, total, number(arena, "0.55")), "16.5");
}

ARENA_TEST(adverse_within_tolerance_is_amber) {
    Exact plan = exact_from_int(400), tolerance = number(arena, "0.02");
    assert_int_equal(track_status(arena, exact_from_int(400), plan, true, tolerance), TRACK_GREEN);
    assert_int_equal(track_status(arena, exact_from_int(408), plan, true, tolerance), TRACK_AMBER);
    assert_int_equal(track_status(arena, exact_from_int(409), plan, true, tolerance), TRACK_RED);
    assert_int_equal(track_status(arena, exact_from_int(392), plan, false, tolerance), TRACK_AMBER);
    assert_int_equal(track_status(arena, exact_from_int(409), plan, false, tolerance), TRACK_GREEN);
}

ARENA_TEST(later_years_are_worth_less) {
    Exact rates[] = {number(arena, "0.1"), number(arena, "0.25")}, factors[3];
    Exact flows[] = {exact_from_int(100), exact_from_int(110), exact_from_int(121)};
    const double reals[] = {100, 110, 121};
    discount_factors(arena, rates, 3, factors);
    assert_number(factors[0], "1");
    assert_number(factors[1], "10/11");
    assert_number(factors[2], "8/11");
    assert_number(discount_value(arena, flows, 3, number(arena, "0.1")), "300");
    assert_close(discount_value_real(reals, 3, 0.1), 300, 1e-15);
    assert_true(isnan(discount_value_real(reals, 3, -1)));
    assert_true(exact_overflowed(discount_value(arena, flows, 3, exact_from_int(-1))));
}

ARENA_TEST(price_bases_convert_there_and_back) {
    Exact year = number(arena, "104.1"), base = number(arena, "102.2"), cash = exact_from_int(1000);
    Exact real = price_to_real(arena, cash, year, base);
    assert_number(real, "1022000/1041");
    assert_number(price_to_cash(arena, real, year, base), "1000");
    assert_number(price_growth(arena, exact_from_int(50), exact_from_int(51)), "0.02");
    assert_true(exact_overflowed(price_to_real(arena, cash, EXACT_ZERO, base)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payment_and_clawback_are_equal),
        cmocka_unit_test(parts_always_sum_to_the_total),
        cmocka_unit_test(pennies_left_over_go_to_the_largest_remainders_and_then_the_earlier),
        cmocka_unit_test(weights_that_cannot_split_are_refused),
        cmocka_unit_test(shares_are_exact),
        cmocka_unit_test(a_period_is_a_share_of_each_year_it_touches),
        cmocka_unit_test(series_have_their_shapes),
        cmocka_unit_test(points_ascend_or_are_none),
        cmocka_unit_test(shift_levels_reach_all_of_it),
        cmocka_unit_test(adverse_within_tolerance_is_amber),
        cmocka_unit_test(later_years_are_worth_less),
        cmocka_unit_test(price_bases_convert_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
