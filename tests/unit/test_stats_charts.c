/* Funnels, control charts, trends and comparisons of risks. */
#include "tests/unit/test.h"

#include "runtime/stats/funnel.h"
#include "runtime/stats/risk.h"
#include "runtime/stats/spc.h"
#include "runtime/stats/special.h"
#include "runtime/stats/trend.h"

static void funnel_limits_are_where_wilson_meets_the_average(void **state) {
    (void)state;
    const double tails[] = {0.025, 0.001};
    for (int t = 0; t < 2; t++)
        for (double n = 50; n < 1e5; n *= 3) {
            Interval funnel = funnel_proportion_limits(n, 0.3, tails[t]), wilson;
            assert_true(wilson_limits(funnel.lower * n, n, 1 - 2 * tails[t], &wilson));
            assert_close(wilson.upper, 0.3, 1e-10);
            assert_true(wilson_limits(funnel.upper * n, n, 1 - 2 * tails[t], &wilson));
            assert_close(wilson.lower, 0.3, 1e-10);
        }
}

static void funnel_counts_are_near_exact_poisson_limits(void **state) {
    (void)state;
    for (double x = 1; x < 3000; x *= 2.7) {
        double events = floor(x);
        Interval counts = funnel_expected_counts(events, 0.025), exact;
        assert_true(exact_poisson_limits(events, 0.95, &exact));
        assert_close(counts.lower, exact.upper, 1e-5);
        assert_close(counts.upper, exact.lower, 1e-5);
    }
    assert_true(isnan(funnel_expected_counts(1e300, 0.025).lower));
    assert_true(isnan(funnel_expected_counts(-1, 0.025).lower));
}

static void funnel_sizes_rise_from_one_to_the_largest(void **state) {
    (void)state;
    const double x[3] = {10, 200, 3000}, n[3] = {50, 900, 20000};
    FunnelPlaces places = {x, n, NULL, 3, 1};
    double sizes[FUNNEL_POINTS];
    assert_true(funnel_sizes(FUNNEL_PROPORTION, &places, 1, sizes));
    assert_close(sizes[0], 1, 0);
    for (int i = 1; i < FUNNEL_POINTS; i++) assert_true(sizes[i] > sizes[i - 1]);
    assert_close(sizes[FUNNEL_POINTS - 1], 21000, 0);
    places.count = 0;
    assert_false(funnel_sizes(FUNNEL_PROPORTION, &places, 1, sizes));
}

static void standardised_rates_of_few_events_have_no_place_in_a_funnel(void **state) {
    (void)state;
    const double x[3] = {9, 100, 0}, n[3] = {100, 1000, 50}, rate[3] = {9000, 10000, NAN};
    FunnelPlaces places = {x, n, rate, 3, 100000};
    assert_close(funnel_average(FUNNEL_RATE_DSR, &places), 109.0 / 1100, 1e-14);
    assert_int_equal(funnel_significance(FUNNEL_RATE_DSR, &places, 0, 0.1), FUNNEL_NOT_APPLICABLE);
    assert_int_equal(funnel_significance(FUNNEL_RATE_DSR, &places, 1, 0.1), FUNNEL_NOT_SIGNIFICANT);
    assert_int_equal(funnel_significance(FUNNEL_RATE_DSR, &places, 1, 0.2), FUNNEL_LOW_999);
    assert_int_equal(funnel_significance(FUNNEL_RATE_CRUDE, &places, 1, 0.05), FUNNEL_HIGH_999);
}

enum { POINTS = 24 };

static const SpcOptions PLAIN = {SPC_INCREASE_IS_GOOD, false, 0};

/* A series that wobbles around ten and signals nothing. */
static void wobble(double *values, size_t n) {
    static const double steps[8] = {10.2, 9.9, 10.1, 9.8, 10.0, 10.3, 9.7, 10.1};
    for (size_t i = 0; i < n; i++) values[i] = steps[i % 8];
}

static void a_quiet_process_signals_nothing(void **state) {
    (void)state;
    double values[POINTS];
    SpcPoint points[POINTS];
    wobble(values, POINTS);
    assert_true(spc_xmr(values, NULL, POINTS, &PLAIN, points));
    for (int i = 0; i < POINTS; i++) assert_int_equal(points[i].cause, SPC_COMMON_CAUSE);
}

static void a_point_beyond_a_limit_is_outside(void **state) {
    (void)state;
    double values[POINTS];
    SpcPoint points[POINTS];
    wobble(values, POINTS);
    values[12] = 14;
    assert_true(spc_xmr(values, NULL, POINTS, &PLAIN, points));
    assert_int_equal(points[12].cause, SPC_ABOVE_LIMIT);
    assert_int_equal(points[12].type, SPC_IMPROVEMENT);
    const SpcOptions fewer_is_better = {SPC_DECREASE_IS_GOOD, false, 0};
    assert_true(spc_xmr(values, NULL, POINTS, &fewer_is_better, points));
    assert_int_equal(points[12].type, SPC_CONCERN);
}

static void screening_narrows_the_limits(void **state) {
    (void)state;
    double values[POINTS];
    SpcPoint screened[POINTS], plain[POINTS];
    const SpcOptions screening = {SPC_NEUTRAL, true, 0};
    wobble(values, POINTS);
    values[12] = 14;
    assert_true(spc_xmr(values, NULL, POINTS, &PLAIN, plain));
    assert_true(spc_xmr(values, NULL, POINTS, &screening, screened));
    assert_true(screened[0].upper < plain[0].upper);
    assert_int_equal(screened[12].type, SPC_NEUTRAL_HIGH);
}

static void seven_rising_points_are_a_trend_and_six_are_not(void **state) {
    (void)state;
    double values[POINTS];
    SpcPoint points[POINTS];
    for (int length = 6; length <= 7; length++) {
        wobble(values, POINTS);
        values[7] = 10.3;
        for (int i = 0; i < length; i++) values[8 + i] = 9.9 + 0.05 * i;
        values[8 + length] = 9.9;
        assert_true(spc_xmr(values, NULL, POINTS, &PLAIN, points));
        for (int i = 0; i < length; i++) assert_int_equal(points[8 + i].in_trend, length == 7);
        assert_int_equal(points[8].cause, length == 7 ? SPC_TREND_UP : SPC_COMMON_CAUSE);
        assert_int_equal(points[14].cause == SPC_TREND_UP, length == 7);
    }
}

static void a_point_on_the_mean_breaks_a_run(void **state) {
    (void)state;
    double values[16];
    SpcPoint points[16];
    for (int i = 0; i < 16; i++) values[i] = i < 8 ? 9.5 + 0.1 * (i % 2) : 10.5 - 0.1 * (i % 2);
    assert_true(spc_xmr(values, NULL, 16, &PLAIN, points));
    assert_int_equal(points[0].side, -1);
    assert_true(points[3].cause != SPC_COMMON_CAUSE);
    const double on_mean[15] = {9, 9.1, 9, 9.1, 9, 9.1, 10, 9, 11, 10.9, 11, 10.9, 11, 11, 10.9};
    assert_true(spc_xmr(on_mean, NULL, 15, &PLAIN, points));
    for (int i = 0; i < 15; i++) assert_true(points[i].cause != SPC_RUN_BELOW);
}

static void a_missing_point_breaks_a_run(void **state) {
    (void)state;
    double values[16];
    SpcPoint points[16];
    for (int i = 0; i < 16; i++) values[i] = i < 8 ? 9.8 + 0.4 * (i % 2) : 20.8 + 0.4 * (i % 2);
    values[3] = NAN;
    assert_true(spc_xmr(values, NULL, 16, &PLAIN, points));
    assert_int_equal(points[3].cause, SPC_COMMON_CAUSE);
    assert_int_equal(points[3].side, 0);
    assert_true(isfinite(points[0].mean));
}

static void signals_do_not_cross_a_rebase(void **state) {
    (void)state;
    double values[POINTS];
    uint32_t groups[POINTS];
    SpcPoint points[POINTS];
    for (int i = 0; i < POINTS; i++) {
        groups[i] = i >= 12;
        values[i] = (i < 12 ? 10 : 30) + 0.2 * (i % 2);
    }
    assert_true(spc_xmr(values, groups, POINTS, &PLAIN, points));
    assert_close(points[0].mean, 10.1, 1e-14);
    assert_close(points[23].mean, 30.1, 1e-14);
    for (int i = 0; i < POINTS; i++) assert_int_equal(points[i].cause, SPC_COMMON_CAUSE);
}

static void a_constant_series_has_no_signal(void **state) {
    (void)state;
    const double values[14] = {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};
    const SpcOptions screening = {SPC_INCREASE_IS_GOOD, true, 0};
    SpcPoint points[14];
    assert_true(spc_xmr(values, NULL, 14, &screening, points));
    assert_true(isnan(points[0].upper));
    assert_int_equal(points[13].cause, SPC_COMMON_CAUSE);
    assert_int_equal(spc_assurance(&points[13], 5, SPC_INCREASE_IS_GOOD), SPC_NO_ASSURANCE);
}

static void limits_are_fixed_on_twelve_points_or_more(void **state) {
    (void)state;
    double values[POINTS];
    SpcPoint points[POINTS];
    const SpcOptions early = {SPC_NEUTRAL, false, 11}, late = {SPC_NEUTRAL, false, 12};
    wobble(values, POINTS);
    for (int i = 12; i < POINTS; i++) values[i] += 5;
    assert_false(spc_xmr(values, NULL, POINTS, &early, points));
    assert_true(spc_xmr(values, NULL, POINTS, &late, points));
    assert_true(points[23].mean < 10.2);
    assert_int_equal(points[23].cause, SPC_ABOVE_LIMIT);
}

static void assurance_depends_on_target_and_direction(void **state) {
    (void)state;
    const SpcPoint last = {.mean = 10, .lower = 8, .upper = 12};
    assert_int_equal(spc_assurance(&last, 13, SPC_INCREASE_IS_GOOD), SPC_FAIL);
    assert_int_equal(spc_assurance(&last, 13, SPC_DECREASE_IS_GOOD), SPC_PASS);
    assert_int_equal(spc_assurance(&last, 7, SPC_INCREASE_IS_GOOD), SPC_PASS);
    assert_int_equal(spc_assurance(&last, 7, SPC_DECREASE_IS_GOOD), SPC_FAIL);
    assert_int_equal(spc_assurance(&last, 10, SPC_DECREASE_IS_GOOD), SPC_INCONSISTENT);
    assert_int_equal(spc_assurance(&last, NAN, SPC_DECREASE_IS_GOOD), SPC_NO_ASSURANCE);
    assert_int_equal(spc_assurance(&last, 13, SPC_NEUTRAL), SPC_NO_ASSURANCE);
}

static const double YEARS[6] = {2019, 2020, 2021, 2022, 2023, 2024};

static Trend trend_with_width(const double *values, double half, size_t count) {
    double lower[6], upper[6];
    for (size_t i = 0; i < count; i++) {
        lower[i] = values[i] - half;
        upper[i] = values[i] + half;
    }
    return trend_of_values(YEARS, values, lower, upper, count);
}

static void calendar_years_cost_no_digits(void **state) {
    (void)state;
    const double values[5] = {30, 29, 27.5, 26, 25};
    const double index[5] = {1, 2, 3, 4, 5};
    double lower[5], upper[5];
    for (int i = 0; i < 5; i++) {
        lower[i] = values[i] - 1.2;
        upper[i] = values[i] + 1.4;
    }
    Trend years = trend_of_values(YEARS, values, lower, upper, 5);
    Trend steps = trend_of_values(index, values, lower, upper, 5);
    assert_close(years.chi2, steps.chi2, 1e-13);
    assert_close(years.slope, -1.3, 1e-2);
    assert_int_equal(years.direction, TREND_DECREASING);
}

static void only_the_last_five_points_count(void **state) {
    (void)state;
    const double values[6] = {900, 10, 12, 14, 16, 18};
    assert_int_equal(trend_with_width(values, 1, 6).direction, TREND_INCREASING);
}

static void one_outlier_makes_no_trend(void **state) {
    (void)state;
    const double values[5] = {12, 11, 10.5, 10, 40};
    Trend trend = trend_with_width(values, 1, 5);
    assert_int_equal(trend.direction, TREND_NO_CHANGE);
    assert_int_equal(trend.reason, TREND_BECAUSE_OUTLIER);
}

static void wide_limits_make_no_trend(void **state) {
    (void)state;
    const double values[5] = {10, 11, 12, 13, 14};
    Trend trend = trend_with_width(values, 10, 5);
    assert_int_equal(trend.reason, TREND_BECAUSE_NOT_SIGNIFICANT);
    assert_close(trend.slope, 1, 1e-13);
}

static void a_trend_needs_five_points_with_limits(void **state) {
    (void)state;
    const double values[5] = {10, NAN, 12, 13, 14}, whole[5] = {10, 11, 12, 13, 14};
    const double no_limit[5] = {9, 9, NAN, 9, 9};
    assert_int_equal(trend_with_width(values, 1, 4).reason, TREND_BECAUSE_TOO_FEW_POINTS);
    assert_int_equal(trend_with_width(values, 1, 5).reason, TREND_BECAUSE_MISSING_VALUE);
    assert_int_equal(trend_of_values(YEARS, whole, no_limit, whole, 5).reason,
                     TREND_BECAUSE_MISSING_LIMIT);
}

static void equal_proportions_have_no_trend(void **state) {
    (void)state;
    const double x[5] = {100, 200, 300, 100, 200}, n[5] = {1000, 2000, 3000, 1000, 2000};
    ProportionTrend test = proportion_trend(x, n, 5);
    assert_true(test.chi2_trend < 1e-20 && test.chi2_heterogeneity < 1e-20);
    assert_close(test.p_trend, 1, 1e-9);
    assert_int_equal(trend_of_proportions(YEARS, x, n, 5).direction, TREND_NO_CHANGE);
}

static void one_stratum_is_the_crude_odds_ratio(void **state) {
    (void)state;
    const RiskTable table = {30, 70, 15, 85};
    RiskComparison crude;
    MantelHaenszel pooled;
    assert_true(risk_compare(&table, 0.95, &crude));
    assert_true(mantel_haenszel(&table, 1, 0.95, &pooled));
    assert_close(pooled.odds_ratio.value, crude.odds_ratio.value, 1e-14);
    assert_close(pooled.risk_ratio.value, crude.ratio.value, 1e-14);
    assert_close(crude.ratio.value, 2, 1e-14);
    assert_close(pooled.chi2, crude.chi2 * 199 / 200, 1e-13);
}

static void empty_strata_add_nothing(void **state) {
    (void)state;
    const RiskTable strata[3] = {{30, 70, 15, 85}, {0, 0, 0, 0}, {1, 0, 0, 0}};
    MantelHaenszel one, all;
    assert_true(mantel_haenszel(strata, 1, 0.95, &one));
    assert_true(mantel_haenszel(strata, 3, 0.95, &all));
    assert_close(all.odds_ratio.value, one.odds_ratio.value, 1e-14);
    assert_close(all.chi2, one.chi2, 1e-13);
}

static void comparisons_with_nobody_are_refused(void **state) {
    (void)state;
    const RiskTable table = {0, 0, 15, 85};
    RiskComparison comparison;
    RateComparison rates;
    MantelHaenszel pooled;
    assert_false(risk_compare(&table, 0.95, &comparison));
    assert_true(isnan(comparison.ratio.value) && isnan(comparison.p));
    assert_false(rate_compare(3, 0, 4, 100, 0.95, &rates));
    assert_false(rate_compare(3, 10, 4, 100, 0.5, &rates));
    assert_false(mantel_haenszel(&table, 1, 0.5, &pooled));
}

static void exact_rate_ratio_turns_with_its_groups(void **state) {
    (void)state;
    RateComparison there, back;
    assert_true(rate_compare(12, 2000, 20, 2100, 0.95, &there));
    assert_true(rate_compare(20, 2100, 12, 2000, 0.95, &back));
    assert_close(back.ratio_exact.lower, 1 / there.ratio_exact.upper, 1e-12);
    assert_close(back.ratio.limits.upper, 1 / there.ratio.limits.lower, 1e-13);
    assert_close(back.difference.value, -there.difference.value, 1e-14);
    assert_true(rate_compare(0, 2000, 20, 2100, 0.95, &there));
    assert_close(there.ratio_exact.lower, 0, 0);
    assert_true(there.ratio_exact.upper > 0 && there.ratio_exact.upper < 1);
}

/* The first example of Newcombe, Stat Med 1998; 17: 873, method 10: 56 of 70 less 48 of 80. */
static void difference_of_two_proportions_has_newcombes_limits(void **state) {
    (void)state;
    Interval a, b;
    assert_true(wilson_limits(56, 70, 0.95, &a));
    assert_true(wilson_limits(48, 80, 0.95, &b));
    Interval limits = difference_limits(0.8, a, 0.6, b);
    assert_close(limits.lower, 0.0524, 5e-5 / 0.0524);
    assert_close(limits.upper, 0.3339, 5e-5 / 0.3339);
}

static void difference_the_other_way_round_has_the_limits_turned(void **state) {
    (void)state;
    Interval a = {2, 5}, b = {1, 7}, one = difference_limits(3, a, 4, b),
             other = difference_limits(4, b, 3, a);
    assert_close(one.lower, -other.upper, 1e-15);
    assert_close(one.upper, -other.lower, 1e-15);
    assert_true(isnan(difference_limits(3, (Interval){NAN, 5}, 4, b).lower));
}

/* Shares of 900 people, 194 in all, in five areas; limits solved in R from Wilson's formula. */
static void parts_are_judged_by_the_funnel_about_the_whole(void **state) {
    (void)state;
    double all = 194.0 / 900;
    assert_int_equal(funnel_part_significance(FUNNEL_PROPORTION, 52, 300, all),
                     FUNNEL_NOT_SIGNIFICANT);
    assert_int_equal(funnel_part_significance(FUNNEL_PROPORTION, 72, 240, all), FUNNEL_HIGH_999);
    assert_int_equal(funnel_part_significance(FUNNEL_PROPORTION, 22, 180, all), FUNNEL_LOW_975);
    /* two visits in 60 years where 0.4433 a year is usual: 0.0008 to 0.1871 at 99.8% */
    assert_int_equal(funnel_part_significance(FUNNEL_RATIO, 2, 60, 399.0 / 900), FUNNEL_LOW_999);
    assert_int_equal(funnel_part_significance(FUNNEL_RATIO, 129, 300, 399.0 / 900),
                     FUNNEL_NOT_SIGNIFICANT);
    assert_int_equal(funnel_part_significance(FUNNEL_RATIO, 2, 0, 1), FUNNEL_NOT_APPLICABLE);
}

static void limits_that_touch_the_average_are_similar(void **state) {
    (void)state;
    Interval inner = {2, 4}, outer = {1, 5};
    assert_int_equal(limits_significance(inner, outer, 4), FUNNEL_NOT_SIGNIFICANT);
    assert_int_equal(limits_significance(inner, outer, 4.5), FUNNEL_LOW_975);
    assert_int_equal(limits_significance(inner, outer, 5), FUNNEL_LOW_975);
    assert_int_equal(limits_significance(inner, outer, 5.5), FUNNEL_LOW_999);
    assert_int_equal(limits_significance(inner, outer, 1.5), FUNNEL_HIGH_975);
    assert_int_equal(limits_significance(inner, outer, 0.5), FUNNEL_HIGH_999);
    assert_int_equal(limits_significance((Interval){NAN, NAN}, outer, 3), FUNNEL_NOT_APPLICABLE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(funnel_limits_are_where_wilson_meets_the_average),
        cmocka_unit_test(funnel_counts_are_near_exact_poisson_limits),
        cmocka_unit_test(funnel_sizes_rise_from_one_to_the_largest),
        cmocka_unit_test(standardised_rates_of_few_events_have_no_place_in_a_funnel),
        cmocka_unit_test(a_quiet_process_signals_nothing),
        cmocka_unit_test(a_point_beyond_a_limit_is_outside),
        cmocka_unit_test(screening_narrows_the_limits),
        cmocka_unit_test(seven_rising_points_are_a_trend_and_six_are_not),
        cmocka_unit_test(a_point_on_the_mean_breaks_a_run),
        cmocka_unit_test(a_missing_point_breaks_a_run),
        cmocka_unit_test(signals_do_not_cross_a_rebase),
        cmocka_unit_test(a_constant_series_has_no_signal),
        cmocka_unit_test(limits_are_fixed_on_twelve_points_or_more),
        cmocka_unit_test(assurance_depends_on_target_and_direction),
        cmocka_unit_test(calendar_years_cost_no_digits),
        cmocka_unit_test(only_the_last_five_points_count),
        cmocka_unit_test(one_outlier_makes_no_trend),
        cmocka_unit_test(wide_limits_make_no_trend),
        cmocka_unit_test(a_trend_needs_five_points_with_limits),
        cmocka_unit_test(equal_proportions_have_no_trend),
        cmocka_unit_test(one_stratum_is_the_crude_odds_ratio),
        cmocka_unit_test(empty_strata_add_nothing),
        cmocka_unit_test(comparisons_with_nobody_are_refused),
        cmocka_unit_test(exact_rate_ratio_turns_with_its_groups),
        cmocka_unit_test(difference_of_two_proportions_has_newcombes_limits),
        cmocka_unit_test(difference_the_other_way_round_has_the_limits_turned),
        cmocka_unit_test(parts_are_judged_by_the_funnel_about_the_whole),
        cmocka_unit_test(limits_that_touch_the_average_are_similar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
