/* Protection of single cells: the published rules, and properties that no input may break. */
#include "tests/unit/test.h"

#include "runtime/disclosure/policy.h"

static const Policy PROTECTING[] = {POLICY_HES, POLICY_MIDPOINT6};

static void hes_withholds_one_to_seven_and_rounds_the_rest_to_five(void **state) {
    (void)state;
    const struct {
        int64_t count;
        double want;
    } cases[] = {{0, 0}, {8, 10}, {12, 10}, {13, 15}, {17, 15}, {18, 20}, {1000003, 1000005}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Protected got = protect_people(POLICY_HES, cases[i].count);
        assert_false(got.suppressed);
        assert_close(got.value, cases[i].want, 0);
    }
    for (int64_t count = 1; count <= 7; count++)
        assert_true(protect_people(POLICY_HES, count).suppressed);
}

static void hes_withholds_many_events_of_few_people(void **state) {
    (void)state;
    assert_true(protect_events(POLICY_HES, 40, 7).suppressed);
    assert_true(protect_events(POLICY_HES, 7, 7).suppressed);
    assert_close(protect_events(POLICY_HES, 41, 8).value, 40, 0);
    assert_close(protect_events(POLICY_HES, 0, 0).value, 0, 0);
}

static void midpoint6_is_the_middle_of_each_six(void **state) {
    (void)state;
    for (int64_t count = 0; count <= 600; count++) {
        int64_t want = (count + 5) / 6 * 6 - 3 * (count != 0);
        assert_int_equal(round_midpoint6(count), want);
    }
}

static void zero_stays_zero_and_nothing_else_becomes_zero(void **state) {
    (void)state;
    for (size_t p = 0; p < 2; p++) {
        assert_close(protect_people(PROTECTING[p], 0).value, 0, 0);
        for (int64_t count = 1; count <= 2000; count++) {
            Protected got = protect_people(PROTECTING[p], count);
            assert_true(got.suppressed || got.value > 0);
        }
    }
}

static void protected_counts_never_fall_as_counts_rise(void **state) {
    (void)state;
    for (size_t p = 0; p < 2; p++) {
        double before = 0;
        for (int64_t count = 0; count <= 5000; count++) {
            Protected got = protect_people(PROTECTING[p], count);
            if (got.suppressed) continue;
            assert_true(got.value >= before);
            before = got.value;
        }
    }
}

/* Every shown value but zero stands for at least five counts, every withheld one for seven:
 * no exact count can be read back from its cell. */
static void no_exact_count_is_recoverable_from_one_cell(void **state) {
    (void)state;
    for (size_t p = 0; p < 2; p++)
        for (int64_t count = 1; count <= 3000; count++) {
            Protected own = protect_people(PROTECTING[p], count);
            int alike = 0;
            for (int64_t other = count < 8 ? 1 : count - 8; other <= count + 8; other++) {
                Protected its = protect_people(PROTECTING[p], other);
                alike += own.suppressed ? its.suppressed : its.value == own.value;
            }
            assert_true(alike >= 5);
        }
}

static void suppressed_cells_do_not_differ(void **state) {
    (void)state;
    for (int64_t count = 1; count <= 7; count++)
        assert_true(isnan(protect_people(POLICY_HES, count).value));
    assert_true(isnan(protect_person_years(POLICY_HES, 3, 0.25).value));
}

static void person_years_are_protected_people_times_length(void **state) {
    (void)state;
    assert_close(protect_person_years(POLICY_HES, 13, 0.25).value, 3.75, 0);
    assert_close(protect_person_years(POLICY_MIDPOINT6, 13, 2).value, 30, 0);
    assert_close(protect_person_years(POLICY_EXACT_INTERNAL, 13, 2).value, 26, 0);
    assert_true(protect_person_years(POLICY_HES, 5, 1).suppressed);
}

static SumOverPeople sum_of(int64_t people, double total, double largest, double second) {
    return (SumOverPeople){people, people, 1, total, total, largest, second};
}

static void sums_over_fewer_than_eight_people_are_withheld(void **state) {
    (void)state;
    for (size_t p = 0; p < 2; p++) {
        SumOverPeople seven = sum_of(7, 7000, 1000, 1000), eight = sum_of(8, 8100, 1100, 1000);
        SumOverPeople nobody = sum_of(0, 0, 0, 0);
        assert_true(protect_sum(PROTECTING[p], &seven).suppressed);
        assert_close(protect_sum(PROTECTING[p], &eight).value, 8100, 0);
        assert_close(protect_sum(PROTECTING[p], &nobody).value, 0, 0);
    }
}

/* `sum(diabetes over residents)` counts people: 13 of 100, and 13 with £10 each. */
static void a_sum_of_what_is_alike_is_protected_as_the_count_it_is(void **state) {
    (void)state;
    SumOverPeople ones = {13, 13, 1, 13, 13, 1, 1}, tens = {13, 13, 0.01, 130, 130, 10, 10};
    SumOverPeople debts = {13, 13, 0.01, -130, 130, 10, 10};
    SumOverPeople visits = {9, 13, 1, 13, 13, 3, 2}, three = {3, 3, 1, 3, 3, 1, 1};
    SumOverPeople mixed = {13, 13, 1, 131, 131, 11, 10};
    for (size_t p = 0; p < 2; p++) {
        assert_close(protect_sum(PROTECTING[p], &ones).value, 15, 0);
        assert_close(protect_sum(PROTECTING[p], &tens).value, 150, 0);
        assert_close(protect_sum(PROTECTING[p], &debts).value, -150, 0);
        assert_close(protect_sum(PROTECTING[p], &visits).value, 15, 0);
        assert_close(protect_sum(PROTECTING[p], &mixed).value, 131, 0);
        assert_true(protect_sum(PROTECTING[p], &three).suppressed);
    }
    assert_close(protect_sum(POLICY_EXACT_INTERNAL, &ones).value, 13, 0);
}

static void sums_that_one_person_dominates_are_withheld(void **state) {
    (void)state;
    /* The rest is 99 and 100 of a largest of 1,000: just under and just at a tenth. */
    SumOverPeople under = sum_of(20, 1599, 1000, 500), at = sum_of(20, 1600, 1000, 500);
    assert_true(protect_sum(POLICY_HES, &under).suppressed);
    assert_false(protect_sum(POLICY_HES, &at).suppressed);
    assert_close(protect_sum(POLICY_EXACT_INTERNAL, &under).value, 1599, 0);
}

static void dominance_counts_negative_amounts_by_their_size(void **state) {
    (void)state;
    SumOverPeople sum = {20, 20, 1, 10, 2010, 1000, 1000};
    assert_true(protect_sum(POLICY_HES, &sum).suppressed);
}

static void sums_round_half_away_from_zero_to_three_figures(void **state) {
    (void)state;
    const struct {
        double total, want;
    } cases[] = {{1234.5, 1230}, {1235, 1240},  {-1235, -1240},
                 {12.35, 12.4},  {999.5, 1000}, {5, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SumOverPeople sum = {100, 100, 1, cases[i].total, 2000, 20, 20};
        assert_close(protect_sum(POLICY_MIDPOINT6, &sum).value, cases[i].want, 0);
    }
}

static void rounding_again_changes_nothing(void **state) {
    (void)state;
    double value = 1.234567e-12;
    for (int i = 0; i < 2000; i++, value *= 1.037) {
        double once = policy_round_statistic(POLICY_HES, value);
        assert_close(policy_round_statistic(POLICY_HES, once), once, 0);
        assert_close(once, value, 5.0001e-3);
    }
}

static void only_hes_reads_exact_counts_and_rounds_what_it_prints(void **state) {
    (void)state;
    assert_true(policy_reads_exact_counts(POLICY_HES));
    assert_false(policy_reads_exact_counts(POLICY_MIDPOINT6));
    assert_true(policy_reads_exact_counts(POLICY_EXACT_INTERNAL));
    assert_close(policy_round_statistic(POLICY_HES, 395.6045), 396, 0);
    assert_close(policy_round_statistic(POLICY_MIDPOINT6, 395.6045), 395.6045, 0);
    assert_close(policy_round_statistic(POLICY_EXACT_INTERNAL, 395.6045), 395.6045, 0);
}

static void under_ten_events_are_too_few_to_publish(void **state) {
    (void)state;
    for (size_t p = 0; p < 2; p++) {
        assert_true(policy_too_few(PROTECTING[p], 9));
        assert_false(policy_too_few(PROTECTING[p], 10));
    }
    assert_false(policy_too_few(POLICY_EXACT_INTERNAL, 1));
}

static void one_suppressed_part_suppresses_the_whole(void **state) {
    (void)state;
    Protected parts[3] = {{10, false}, {NAN, true}, {0, false}};
    assert_true(protected_any_suppressed(parts, 3));
    assert_false(protected_any_suppressed(parts, 1));
    assert_false(protected_any_suppressed(parts, 0));
}

static void a_plan_can_only_tighten(void **state) {
    (void)state;
    assert_int_equal(policy_stricter(POLICY_HES, POLICY_MIDPOINT6), POLICY_MIDPOINT6);
    assert_int_equal(policy_stricter(POLICY_MIDPOINT6, POLICY_HES), POLICY_MIDPOINT6);
    assert_int_equal(policy_stricter(POLICY_EXACT_INTERNAL, POLICY_HES), POLICY_HES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hes_withholds_one_to_seven_and_rounds_the_rest_to_five),
        cmocka_unit_test(hes_withholds_many_events_of_few_people),
        cmocka_unit_test(midpoint6_is_the_middle_of_each_six),
        cmocka_unit_test(zero_stays_zero_and_nothing_else_becomes_zero),
        cmocka_unit_test(protected_counts_never_fall_as_counts_rise),
        cmocka_unit_test(no_exact_count_is_recoverable_from_one_cell),
        cmocka_unit_test(suppressed_cells_do_not_differ),
        cmocka_unit_test(person_years_are_protected_people_times_length),
        cmocka_unit_test(sums_over_fewer_than_eight_people_are_withheld),
        cmocka_unit_test(a_sum_of_what_is_alike_is_protected_as_the_count_it_is),
        cmocka_unit_test(sums_that_one_person_dominates_are_withheld),
        cmocka_unit_test(dominance_counts_negative_amounts_by_their_size),
        cmocka_unit_test(sums_round_half_away_from_zero_to_three_figures),
        cmocka_unit_test(rounding_again_changes_nothing),
        cmocka_unit_test(only_hes_reads_exact_counts_and_rounds_what_it_prints),
        cmocka_unit_test(under_ten_events_are_too_few_to_publish),
        cmocka_unit_test(one_suppressed_part_suppresses_the_whole),
        cmocka_unit_test(a_plan_can_only_tighten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
