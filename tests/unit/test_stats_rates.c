/* Limits, rates, proportions, means and standardised rates: the published values, the edges,
 * and what is refused. */
#include "tests/unit/test.h"

#include "runtime/stats/intervals.h"
#include "runtime/stats/rates.h"
#include "runtime/stats/standardise.h"

static Interval limits_of(bool (*method)(double, double, Interval *), double x, double c) {
    Interval limits;
    assert_true(method(x, c, &limits));
    return limits;
}

static void byar_limits_are_not_the_other_approximation(void **state) {
    (void)state;
    Interval fifteen = limits_of(byar_limits, 15, 0.95);
    assert_close(fifteen.lower, 8.389, 1e-4);
    assert_close(fifteen.upper, 24.742, 1e-4);
    assert_close(limits_of(byar_limits, 65, 0.95).lower, 50.163187710459454, 1e-13);
}

static void byar_limit_below_zero_is_none(void **state) {
    (void)state;
    Interval one = limits_of(byar_limits, 1, 0.998);
    assert_true(isnan(one.lower));
    assert_close(one.upper, 9.362180217908362, 1e-13);
    assert_true(isnan(limits_of(byar_limits, 0, 0.95).lower));
}

static void exact_limits_of_nothing_start_at_zero(void **state) {
    (void)state;
    Interval none = limits_of(exact_poisson_limits, 0, 0.95);
    assert_close(none.lower, 0, 0);
    assert_close(none.upper, -log(0.025), 1e-14);
}

static void counts_switch_from_exact_to_byar_at_ten(void **state) {
    (void)state;
    assert_close(limits_of(count_limits, 9.999, 0.95).lower,
                 limits_of(exact_poisson_limits, 9.999, 0.95).lower, 0);
    assert_close(limits_of(count_limits, 10, 0.95).lower, limits_of(byar_limits, 10, 0.95).lower,
                 0);
}

static void wilson_limits_hold_at_none_and_all(void **state) {
    (void)state;
    Interval none, all;
    assert_true(wilson_limits(0, 10, 0.95, &none));
    assert_true(wilson_limits(10, 10, 0.95, &all));
    assert_close(none.lower, 0, 0);
    assert_close(none.upper, 0.27753279986288915, 1e-14);
    assert_close(all.lower, 0.72246720013711085, 1e-14);
    assert_close(all.upper, 1, 1e-15);
}

static void confidence_outside_its_range_is_refused(void **state) {
    (void)state;
    Interval limits;
    const double refused[] = {0.5, 0.8999, 1.0001, -1, NAN};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_false(byar_limits(12, refused[i], &limits));
        assert_false(exact_poisson_limits(2, refused[i], &limits));
        assert_false(wilson_limits(2, 3, refused[i], &limits));
        assert_false(mean_limits(2, 3, 5, refused[i], &limits));
        assert_true(isnan(limits.lower) && isnan(limits.upper));
        assert_false(confidence_valid(refused[i]));
        assert_int_equal(estimate_rate(12, 100, refused[i]).reason, ABSENT_NOT_CALCULABLE);
    }
    assert_true(confidence_valid(0.9));
    assert_true(confidence_valid(0.998));
    assert_false(confidence_valid(1));
}

static void limits_outside_their_domain_are_refused(void **state) {
    (void)state;
    Interval limits;
    assert_false(byar_limits(-1, 0.95, &limits));
    assert_false(byar_limits(NAN, 0.95, &limits));
    assert_false(exact_poisson_limits(INFINITY, 0.95, &limits));
    assert_false(wilson_limits(4, 3, 0.95, &limits));
    assert_false(wilson_limits(0, 0, 0.95, &limits));
}

static void wider_confidence_gives_wider_limits(void **state) {
    (void)state;
    for (double x = 0; x < 60; x += 1.5) {
        Interval narrow = limits_of(count_limits, x, 0.95),
                 wide = limits_of(count_limits, x, 0.998);
        assert_true(wide.upper > narrow.upper);
        assert_true(!(wide.lower > narrow.lower));
    }
}

static void rate_has_limits_of_its_count_per_person_year(void **state) {
    (void)state;
    Estimate rate = estimate_rate(37, 5210, 0.95);
    assert_int_equal(rate.reason, ABSENT_NONE);
    assert_close(rate.value * 1e5, 710.172744721689, 1e-14);
    assert_close(rate.lower * 1e5, 499.96093117862893, 1e-13);
    assert_close(rate.numerator, 37, 0);
    assert_close(rate.denominator, 5210, 0);
}

static void rate_of_nobody_says_so_and_keeps_its_counts(void **state) {
    (void)state;
    Estimate rate = estimate_rate(3, 0, 0.95);
    assert_int_equal(rate.reason, ABSENT_NO_POPULATION);
    assert_true(isnan(rate.value));
    assert_close(rate.numerator, 3, 0);
    assert_int_equal(estimate_rate(-1, 10, 0.95).reason, ABSENT_NOT_CALCULABLE);
    assert_int_equal(estimate_rate(NAN, 10, 0.95).reason, ABSENT_MISSING);
}

static void proportion_above_one_is_not_calculable(void **state) {
    (void)state;
    assert_int_equal(estimate_proportion(11, 10, 0.95).reason, ABSENT_NOT_CALCULABLE);
    assert_int_equal(estimate_proportion(10, 10, 0.95).reason, ABSENT_NONE);
}

static void mean_keeps_its_digits_under_a_large_offset(void **state) {
    (void)state;
    double values[5], shifted[5];
    for (int i = 0; i < 5; i++) {
        values[i] = i * 0.25;
        shifted[i] = 1e9 + i * 0.25;
    }
    assert_close(standard_deviation(shifted, 5), standard_deviation(values, 5), 1e-14);
    assert_close(estimate_mean(shifted, 5, 0.95).value, 1e9 + 0.5, 1e-16);
}

static void mean_of_one_has_no_limits(void **state) {
    (void)state;
    Estimate mean = estimate_mean((double[]){3}, 1, 0.95);
    assert_int_equal(mean.reason, ABSENT_NONE);
    assert_close(mean.value, 3, 0);
    assert_true(isnan(mean.lower) && isnan(mean.upper));
    assert_int_equal(estimate_mean(NULL, 0, 0.95).reason, ABSENT_NO_POPULATION);
    assert_int_equal(estimate_mean((double[]){1, NAN}, 2, 0.95).reason, ABSENT_MISSING);
}

static void mean_from_exact_sums_is_the_mean_of_the_values(void **state) {
    (void)state;
    double values[400];
    StatsInt128 sum = 0, squares = 0;
    for (int i = 0; i < 400; i++) {
        int64_t pence = INT64_C(1000000000000) + (i * 7919) % 1013;
        values[i] = (double)pence;
        sum += pence;
        squares += (StatsInt128)pence * pence;
    }
    Estimate two_pass = estimate_mean(values, 400, 0.95);
    Estimate exact = estimate_mean_of_integers(400, sum, squares, 0.95);
    assert_close(exact.value, two_pass.value, 1e-16);
    assert_close(exact.upper - exact.value, two_pass.upper - two_pass.value, 1e-3);
    assert_close(exact.numerator, two_pass.numerator, 1e-16);
}

static void mean_of_sums_too_large_for_128_bits_still_has_limits(void **state) {
    (void)state;
    StatsInt128 big = (StatsInt128)1 << 100;
    Estimate mean = estimate_mean_of_integers(INT64_C(1) << 40, big, big * 1000, 0.95);
    assert_int_equal(mean.reason, ABSENT_NONE);
    assert_true(isfinite(mean.value));
}

static void mean_of_protected_sums_may_stand_without_limits(void **state) {
    (void)state;
    Estimate mean = estimate_mean_of_sums(10, 100, 900, 0.95);
    assert_int_equal(mean.reason, ABSENT_NONE);
    assert_close(mean.value, 10, 0);
    assert_true(isnan(mean.lower));
    assert_close(estimate_mean_of_sums(10, 100, 1090, 0.95).lower,
                 10 - 2.262157162798205 * sqrt(10.0) / sqrt(10.0), 1e-13);
}

static const double EVENTS[3] = {4, 9, 27}, PEOPLE[3] = {5000, 4000, 3000}, WEIGHTS[3] = {5, 3, 2};

static DirectStrata three_strata(void) {
    return (DirectStrata){EVENTS, PEOPLE, WEIGHTS, NULL, 3};
}

static void dsr_of_one_stratum_is_the_crude_rate(void **state) {
    (void)state;
    DirectStrata one = {EVENTS + 2, PEOPLE + 2, WEIGHTS, NULL, 1};
    Estimate dsr = estimate_dsr(&one, 0.95, NULL), crude = estimate_rate(27, 3000, 0.95);
    assert_close(dsr.value, crude.value, 1e-15);
    assert_close(dsr.lower, crude.lower, 1e-13);
    assert_close(dsr.upper, crude.upper, 1e-13);
}

static void dsr_does_not_depend_on_the_scale_of_the_weights(void **state) {
    (void)state;
    const double larger[3] = {50000, 30000, 20000};
    DirectStrata strata = three_strata(), scaled = three_strata();
    scaled.weights = larger;
    Estimate a = estimate_dsr(&strata, 0.95, NULL), b = estimate_dsr(&scaled, 0.95, NULL);
    assert_close(a.value, b.value, 1e-15);
    assert_close(a.upper, b.upper, 1e-14);
    assert_close(a.value, (5 * 4 / 5000.0 + 3 * 9 / 4000.0 + 2 * 27 / 3000.0) / 10, 1e-15);
}

static void dsr_leaves_out_an_empty_stratum_and_says_so(void **state) {
    (void)state;
    const double events[4] = {4, 0, 9, 27}, people[4] = {5000, 0, 4000, 3000};
    const double weights[4] = {5, 100, 3, 2};
    DirectStrata strata = {events, people, weights, NULL, 4}, without = three_strata();
    size_t left_out;
    Estimate dsr = estimate_dsr(&strata, 0.95, &left_out);
    assert_int_equal(left_out, 1);
    assert_close(dsr.value, estimate_dsr(&without, 0.95, &left_out).value, 0);
    assert_int_equal(left_out, 0);
}

static void dsr_with_events_of_nobody_is_not_calculable(void **state) {
    (void)state;
    const double people[3] = {5000, 0, 3000};
    DirectStrata strata = three_strata();
    strata.person_time = people;
    Estimate dsr = estimate_dsr(&strata, 0.95, NULL);
    assert_int_equal(dsr.reason, ABSENT_NOT_CALCULABLE);
    assert_close(dsr.numerator, 40, 0);
}

static void dsr_of_nine_events_is_too_few_and_keeps_the_count(void **state) {
    (void)state;
    const double nine[3] = {0, 0, 9}, ten[3] = {0, 0, 10};
    DirectStrata strata = three_strata();
    strata.events = nine;
    Estimate dsr = estimate_dsr(&strata, 0.95, NULL);
    assert_int_equal(dsr.reason, ABSENT_TOO_FEW);
    assert_close(dsr.numerator, 9, 0);
    assert_close(dsr.denominator, 12000, 0);
    strata.events = ten;
    assert_int_equal(estimate_dsr(&strata, 0.95, NULL).reason, ABSENT_NONE);
}

static void dsr_counts_events_in_strata_without_weight(void **state) {
    (void)state;
    const double weights[3] = {5, 3, 0};
    DirectStrata strata = three_strata();
    strata.weights = weights;
    assert_close(estimate_dsr(&strata, 0.95, NULL).numerator, 40, 0);
}

static void dsr_of_recurrent_events_is_as_sure_as_its_people_are_many(void **state) {
    (void)state;
    const double twice[3] = {8, 18, 54}; /* everybody had two: 2^2 * x/2 */
    DirectStrata once = three_strata(), recurrent = three_strata();
    Estimate independent = estimate_dsr(&once, 0.95, NULL);
    recurrent.squares = EVENTS;
    assert_close(estimate_dsr(&recurrent, 0.95, NULL).upper, independent.upper, 0);
    recurrent.squares = twice;
    Estimate wider = estimate_dsr(&recurrent, 0.95, NULL);
    assert_close(wider.value, independent.value, 0);
    assert_close(wider.upper - wider.value, (independent.upper - independent.value) * sqrt(2.0),
                 1e-13);
}

static void dsr_with_a_missing_count_is_missing(void **state) {
    (void)state;
    const double events[3] = {4, NAN, 27};
    DirectStrata strata = three_strata();
    strata.events = events;
    assert_int_equal(estimate_dsr(&strata, 0.95, NULL).reason, ABSENT_MISSING);
}

static void population_is_its_own_reference(void **state) {
    (void)state;
    IndirectStrata strata = {EVENTS, PEOPLE, EVENTS, PEOPLE, 3, LIMITS_USUAL};
    Estimate ratio = estimate_smr(&strata, 0.95), rate = estimate_isr(&strata, 0.95);
    assert_close(ratio.value, 1, 1e-15);
    assert_close(ratio.denominator, 40, 1e-15);
    assert_close(rate.value, 40 / 12000.0, 1e-15);
    assert_close(rate.upper, estimate_rate(40, 12000, 0.95).upper, 1e-14);
}

static void ratio_without_expected_events_is_not_calculable(void **state) {
    (void)state;
    const double none[3] = {0, 0, 0};
    IndirectStrata nothing_expected = {EVENTS, PEOPLE, none, PEOPLE, 3, LIMITS_USUAL};
    IndirectStrata no_reference = {EVENTS, PEOPLE, EVENTS, none, 3, LIMITS_USUAL};
    assert_int_equal(estimate_smr(&nothing_expected, 0.95).reason, ABSENT_NOT_CALCULABLE);
    assert_int_equal(estimate_smr(&no_reference, 0.95).reason, ABSENT_NOT_CALCULABLE);
    IndirectStrata nobody = {none, none, EVENTS, PEOPLE, 3, LIMITS_USUAL};
    assert_int_equal(estimate_smr(&nobody, 0.95).reason, ABSENT_NO_POPULATION);
    DirectStrata no_people = {none, none, WEIGHTS, NULL, 3};
    assert_int_equal(estimate_dsr(&no_people, 0.95, NULL).reason, ABSENT_NO_POPULATION);
}

static void limits_of_a_count_are_those_asked_for_and_say_so(void **state) {
    (void)state;
    Interval exact, byar;
    assert_true(exact_poisson_limits(15, 0.95, &exact) && byar_limits(15, 0.95, &byar));
    Estimate usual = estimate_rate(15, 100, 0.95);
    Estimate asked = estimate_of_count(15, 100, 1, LIMITS_EXACT, 0.95);
    assert_int_equal(usual.method, METHOD_BYAR);
    assert_int_equal(asked.method, METHOD_EXACT);
    assert_close(usual.lower, byar.lower / 100, 1e-15);
    assert_close(asked.upper, exact.upper / 100, 1e-15);
    assert_int_equal(estimate_rate(9, 100, 0.95).method, METHOD_EXACT);
    assert_int_equal(estimate_of_count(9, 1, 1, LIMITS_BYAR, 0.95).method, METHOD_BYAR);
}

static void strata_are_too_small_past_a_tenth(void **state) {
    (void)state;
    double people[20];
    for (int i = 0; i < 20; i++) people[i] = i < 2 ? 3 : 9;
    assert_false(strata_too_small(people, 20));
    people[2] = 3;
    assert_true(strata_too_small(people, 20));
}

static void reasons_merge_the_same_in_any_order(void **state) {
    (void)state;
    for (int a = 0; a < ABSENT_COUNT; a++) {
        assert_int_equal(absent_merge((AbsentReason)a, ABSENT_NONE), a);
        for (int b = 0; b < ABSENT_COUNT; b++)
            assert_int_equal(absent_merge((AbsentReason)a, (AbsentReason)b),
                             absent_merge((AbsentReason)b, (AbsentReason)a));
        if (a != ABSENT_NO_DATA)
            assert_int_equal(absent_merge((AbsentReason)a, ABSENT_SUPPRESSED), ABSENT_SUPPRESSED);
    }
}

static void every_reason_has_a_text_of_its_own(void **state) {
    (void)state;
    for (int a = 0; a < ABSENT_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(absent_text((AbsentReason)a), absent_text((AbsentReason)b));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(byar_limits_are_not_the_other_approximation),
        cmocka_unit_test(byar_limit_below_zero_is_none),
        cmocka_unit_test(exact_limits_of_nothing_start_at_zero),
        cmocka_unit_test(counts_switch_from_exact_to_byar_at_ten),
        cmocka_unit_test(wilson_limits_hold_at_none_and_all),
        cmocka_unit_test(confidence_outside_its_range_is_refused),
        cmocka_unit_test(limits_outside_their_domain_are_refused),
        cmocka_unit_test(wider_confidence_gives_wider_limits),
        cmocka_unit_test(rate_has_limits_of_its_count_per_person_year),
        cmocka_unit_test(rate_of_nobody_says_so_and_keeps_its_counts),
        cmocka_unit_test(proportion_above_one_is_not_calculable),
        cmocka_unit_test(mean_keeps_its_digits_under_a_large_offset),
        cmocka_unit_test(mean_of_one_has_no_limits),
        cmocka_unit_test(mean_from_exact_sums_is_the_mean_of_the_values),
        cmocka_unit_test(mean_of_sums_too_large_for_128_bits_still_has_limits),
        cmocka_unit_test(mean_of_protected_sums_may_stand_without_limits),
        cmocka_unit_test(dsr_of_one_stratum_is_the_crude_rate),
        cmocka_unit_test(dsr_does_not_depend_on_the_scale_of_the_weights),
        cmocka_unit_test(dsr_leaves_out_an_empty_stratum_and_says_so),
        cmocka_unit_test(dsr_with_events_of_nobody_is_not_calculable),
        cmocka_unit_test(dsr_of_nine_events_is_too_few_and_keeps_the_count),
        cmocka_unit_test(dsr_counts_events_in_strata_without_weight),
        cmocka_unit_test(dsr_of_recurrent_events_is_as_sure_as_its_people_are_many),
        cmocka_unit_test(dsr_with_a_missing_count_is_missing),
        cmocka_unit_test(population_is_its_own_reference),
        cmocka_unit_test(ratio_without_expected_events_is_not_calculable),
        cmocka_unit_test(limits_of_a_count_are_those_asked_for_and_say_so),
        cmocka_unit_test(strata_are_too_small_past_a_tenth),
        cmocka_unit_test(reasons_merge_the_same_in_any_order),
        cmocka_unit_test(every_reason_has_a_text_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
