/* Slope and relative index of inequality, quantile groups, life tables, concentration. */
#include "tests/unit/test.h"

#include "runtime/stats/concentration.h"
#include "runtime/stats/inequality.h"
#include "runtime/stats/life_table.h"
#include "runtime/stats/quantiles.h"
#include "runtime/stats/r_random.h"
#include "runtime/stats/sort.h"

enum { GROUPS = 5 };

static const double POPULATIONS[GROUPS] = {22000, 21000, 20500, 19800, 19000};
static const double RATES[GROUPS] = {412, 365, 322, 290, 241};
static const double ERRORS[GROUPS] = {0.03, 0.03, 0.04, 0.04, 0.05};

static Gradient five_groups(void) {
    return (Gradient){RATES, POPULATIONS, ERRORS, GROUPS};
}

static Inequality indices_of(Gradient gradient, InequalityModel model) {
    InequalityFit fit;
    assert_int_equal(inequality_fit(&gradient, &model, &fit), ABSENT_NONE);
    return inequality_estimate(&fit, &model, 0.95);
}

static void a_straight_line_is_found_exactly(void **state) {
    (void)state;
    double values[GROUPS], before = 0, all = 0;
    for (int i = 0; i < GROUPS; i++) all += POPULATIONS[i];
    for (int i = 0; i < GROUPS; i++) {
        values[i] = 10 + 4 * (before + POPULATIONS[i] / 2) / all;
        before += POPULATIONS[i];
    }
    Inequality found = indices_of((Gradient){values, POPULATIONS, NULL, GROUPS},
                                  (InequalityModel){SCALE_NORMAL, false, 1});
    assert_close(found.sii.value, 4, 1e-13);
    assert_close(found.rii.value, 1.4, 1e-13);
    assert_close(found.intercept, 10, 1e-13);
}

static void without_errors_there_are_no_limits(void **state) {
    (void)state;
    Inequality found = indices_of((Gradient){RATES, POPULATIONS, NULL, GROUPS},
                                  (InequalityModel){SCALE_RATE, false, 1});
    assert_int_equal(found.sii.reason, ABSENT_NONE);
    assert_true(isnan(found.sii.lower) && isnan(found.rii.upper));
}

static void no_gradient_is_no_inequality(void **state) {
    (void)state;
    const double flat[GROUPS] = {3, 3, 3, 3, 3};
    for (int transform = 0; transform < 2; transform++) {
        Inequality found = indices_of((Gradient){flat, POPULATIONS, ERRORS, GROUPS},
                                      (InequalityModel){SCALE_RATE, transform, 1});
        assert_true(fabs(found.sii.value) < 1e-13);
        assert_close(found.rii.value, 1, 1e-13);
        assert_true(found.sii.lower < 0 && found.sii.upper > 0);
        assert_true(found.rii.lower < 1 && found.rii.upper > 1);
    }
}

static void turning_the_order_turns_the_sign(void **state) {
    (void)state;
    double values[GROUPS], populations[GROUPS], errors[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
        values[i] = RATES[GROUPS - 1 - i];
        populations[i] = POPULATIONS[GROUPS - 1 - i];
        errors[i] = ERRORS[GROUPS - 1 - i];
    }
    for (int transform = 0; transform < 2; transform++) {
        InequalityModel model = {SCALE_RATE, transform, 1};
        Inequality there = indices_of(five_groups(), model);
        Inequality back = indices_of((Gradient){values, populations, errors, GROUPS}, model);
        assert_close(back.sii.value, -there.sii.value, 1e-12);
        assert_close(back.sii.lower, -there.sii.upper, 1e-12);
        assert_close(back.rii.value, 1 / there.rii.value, 1e-12);
        assert_close(back.rii.upper, 1 / there.rii.lower, 1e-12);
    }
}

static void a_negative_multiplier_is_the_opposite_direction(void **state) {
    (void)state;
    for (int transform = 0; transform < 2; transform++) {
        Inequality up = indices_of(five_groups(), (InequalityModel){SCALE_RATE, transform, 100});
        Inequality down = indices_of(five_groups(), (InequalityModel){SCALE_RATE, transform, -100});
        assert_close(down.sii.value, -up.sii.value, 1e-13);
        assert_close(down.sii.lower, -up.sii.upper, 1e-13);
        assert_close(down.rii.value, 1 / up.rii.value, 1e-13);
        assert_close(down.rii.lower, 1 / up.rii.upper, 1e-13);
        assert_close(down.intercept, up.intercept, 1e-13);
    }
}

/* The reference takes any multiplier below 1 for a negative one here. */
static void a_multiplier_below_one_only_scales(void **state) {
    (void)state;
    Inequality whole = indices_of(five_groups(), (InequalityModel){SCALE_RATE, true, 1});
    Inequality half = indices_of(five_groups(), (InequalityModel){SCALE_RATE, true, 0.5});
    assert_close(half.sii.lower, whole.sii.lower / 2, 1e-13);
    assert_close(half.sii.upper, whole.sii.upper / 2, 1e-13);
    assert_close(half.rii.lower, whole.rii.lower, 1e-13);
    assert_close(half.rii.upper, whole.rii.upper, 1e-13);
}

static void groups_outside_five_to_a_hundred_are_refused(void **state) {
    (void)state;
    static double values[101], populations[101];
    for (int i = 0; i < 101; i++) values[i] = populations[i] = i + 1;
    const InequalityModel model = {SCALE_NORMAL, false, 1};
    const size_t refused[] = {0, 4, 101};
    for (size_t i = 0; i < 3; i++) {
        Gradient gradient = {values, populations, NULL, refused[i]};
        InequalityFit fit;
        assert_int_equal(inequality_fit(&gradient, &model, &fit), ABSENT_NOT_CALCULABLE);
    }
    indices_of((Gradient){values, populations, NULL, 100}, model);
}

static void groups_without_value_or_people_are_refused(void **state) {
    (void)state;
    const double missing[GROUPS] = {1, 2, NAN, 4, 5}, nobody[GROUPS] = {1, 2, 0, 4, 5};
    const double whole[GROUPS] = {0.1, 0.2, 1, 0.4, 0.5};
    const InequalityModel plain = {SCALE_NORMAL, false, 1}, logit = {SCALE_PROPORTION, true, 1};
    InequalityFit fit;
    Gradient no_value = {missing, POPULATIONS, NULL, GROUPS};
    Gradient no_people = {RATES, nobody, NULL, GROUPS};
    Gradient certain = {whole, POPULATIONS, NULL, GROUPS};
    assert_int_equal(inequality_fit(&no_value, &plain, &fit), ABSENT_MISSING);
    assert_int_equal(inequality_fit(&no_people, &plain, &fit), ABSENT_NO_POPULATION);
    assert_int_equal(inequality_fit(&certain, &logit, &fit), ABSENT_NOT_CALCULABLE);
}

static void next_shares(void *random, double *shares, size_t count) {
    r_random_shares(random, shares, count);
}

static void simulated_limits_come_near_the_analytic_ones(void **state) {
    (void)state;
    static double sii[20000], rii[20000];
    for (int transform = 0; transform < 2; transform++) {
        InequalityModel model = {SCALE_RATE, transform, 1};
        Gradient gradient = five_groups();
        InequalityFit fit;
        Interval sii_limits, rii_limits;
        RRandom random;
        r_random_seed(&random, 7);
        assert_int_equal(inequality_fit(&gradient, &model, &fit), ABSENT_NONE);
        inequality_simulate(&fit, &model, next_shares, &random, 20000, 0, sii, rii);
        assert_true(inequality_simulated_limits(&fit, &model, sii, rii, 20000, 0.95, &sii_limits,
                                                &rii_limits));
        Inequality analytic = inequality_estimate(&fit, &model, 0.95);
        double width = analytic.sii.upper - analytic.sii.lower;
        assert_true(fabs(sii_limits.lower - analytic.sii.lower) < 0.03 * width);
        assert_true(fabs(sii_limits.upper - analytic.sii.upper) < 0.03 * width);
        assert_true(fabs(rii_limits.lower - analytic.rii.lower) < 0.01);
    }
}

/* Drawn one by one and fitted one by one, with plain arithmetic. */
static void simulations_are_the_same_on_any_number_of_threads(void **state) {
    (void)state;
    enum { DRAWS = 30011 };
    static double sii[3][DRAWS], rii[3][DRAWS];
    const double errors[GROUPS] = {0.01, 0, 0.02, 0.01, 0.03};
    Gradient gradient = {RATES, POPULATIONS, errors, GROUPS};
    InequalityModel model = {SCALE_RATE, false, -100};
    InequalityFit fit;
    RRandom random;
    assert_int_equal(inequality_fit(&gradient, &model, &fit), ABSENT_NONE);
    for (int i = 0; i < 2; i++) {
        r_random_seed(&random, 11);
        inequality_simulate(&fit, &model, next_shares, &random, DRAWS, i ? 4 : 1, sii[i], rii[i]);
    }
    r_random_seed(&random, 11);
    for (int d = 0; d < DRAWS; d++) {
        double slope = 0, start = 0;
        for (int g = 0; g < GROUPS; g++) {
            double y = fit.modelled[g] + (errors[g] > 0 ? errors[g] * r_random_normal(&random) : 0);
            slope += fit.slope_weight[g] * exp(y);
            start += fit.intercept_weight[g] * exp(y);
        }
        assert_true(sii[0][d] == sii[1][d] && rii[0][d] == rii[1][d]);
        assert_close(sii[0][d], -100 * slope, 1e-9);
        assert_close(rii[0][d], start / (start + slope), 1e-9);
    }
}

static void certain_values_draw_nothing(void **state) {
    (void)state;
    const double none[GROUPS] = {0, 0, 0, 0, 0};
    const InequalityModel model = {SCALE_NORMAL, false, 1};
    Gradient gradient = {RATES, POPULATIONS, none, GROUPS};
    double sii[100], rii[100];
    InequalityFit fit;
    Interval limits, ratio;
    assert_int_equal(inequality_fit(&gradient, &model, &fit), ABSENT_NONE);
    inequality_simulate(&fit, &model, NULL, NULL, 100, 1, sii, rii);
    assert_true(inequality_simulated_limits(&fit, &model, sii, rii, 100, 0.95, &limits, &ratio));
    assert_close(limits.lower, fit.slope, 0);
    assert_close(limits.upper, fit.slope, 0);
    assert_false(inequality_simulated_limits(&fit, &model, sii, rii, 10, 0.95, &limits, &ratio));
    assert_false(inequality_simulated_limits(&fit, &model, sii, rii, 100, 0.5, &limits, &ratio));
}

static void random_numbers_are_those_of_r(void **state) {
    (void)state;
    RRandom random;
    r_random_seed(&random, 1);
    assert_close(r_random_uniform(&random), 0.2655086631421, 1e-13);
    assert_close(r_random_uniform(&random), 0.37212389963679016, 1e-15);
    for (int i = 0; i < 3; i++) r_random_uniform(&random);
    assert_close(1 + 0.5 * r_random_normal(&random), 1.6362146607147023, 1e-15);
}

static void quantile_groups_are_computed_in_doubles(void **state) {
    (void)state;
    double values[34];
    int32_t group[34];
    size_t order[34];
    for (int i = 0; i < 34; i++) values[i] = i + 1;
    assert_true(quantile_groups(values, 34, 14, false, group, order));
    /* Rank 18 of 34 in 14 groups: 17/(34/14) is a hair above 7 in doubles. */
    assert_int_equal(group[17], (int)floor(15 - ceil(17 / (34.0 / 14))));
    assert_int_equal(group[0], 1);
    assert_int_equal(group[33], 14);
}

static void quantile_ties_share_a_group_and_missing_has_none(void **state) {
    (void)state;
    const double values[11] = {5, 5, 5, 5, NAN, 1, 9, 2, 8, 3, 7};
    int32_t lowest[11], highest[11];
    size_t order[11];
    assert_true(quantile_groups(values, 11, 5, false, lowest, order));
    assert_true(quantile_groups(values, 11, 5, true, highest, order));
    for (int i = 1; i < 4; i++) assert_int_equal(lowest[i], lowest[0]);
    assert_int_equal(lowest[4], 0);
    assert_int_equal(lowest[5], 1);
    assert_int_equal(highest[6], 1);
    assert_int_equal(lowest[6], 5);
}

static void too_few_values_make_no_quantiles(void **state) {
    (void)state;
    const double values[6] = {1, 2, 3, 4, NAN, NAN};
    int32_t group[6];
    size_t order[6];
    assert_false(quantile_groups(values, 6, 5, false, group, order));
    assert_int_equal(group[0], 0);
    assert_true(quantile_groups(values, 6, 4, false, group, order));
    assert_false(quantile_groups(values, 6, 0, false, group, order));
}

static void sorting_is_stable_and_puts_nan_last(void **state) {
    (void)state;
    const double keys[7] = {3, NAN, 1, 3, 1, NAN, 2};
    const size_t want[7] = {2, 4, 6, 0, 3, 1, 5};
    size_t order[7];
    sort_positions(keys, 7, order);
    assert_memory_equal(order, want, sizeof want);
    double values[5] = {4, -1, 4, 0, 2};
    sort_values(values, 5);
    for (int i = 1; i < 5; i++) assert_true(values[i - 1] <= values[i]);
}

static void fill_life(double *deaths, double *population, double hazard) {
    for (int i = 0; i < LIFE_TABLE_BANDS; i++) {
        population[i] = 10000;
        deaths[i] = 10000 * hazard * exp(0.085 * LIFE_TABLE_STARTS[i]);
    }
}

static void more_deaths_mean_shorter_lives(void **state) {
    (void)state;
    double deaths[LIFE_TABLE_BANDS], population[LIFE_TABLE_BANDS], before = INFINITY;
    LifeTableRow rows[LIFE_TABLE_BANDS];
    for (double hazard = 2e-5; hazard < 3e-4; hazard *= 1.5) {
        fill_life(deaths, population, hazard);
        assert_int_equal(life_table(deaths, population, rows), ABSENT_NONE);
        assert_true(rows[0].expectancy < before);
        before = rows[0].expectancy;
        assert_close(rows[19].expectancy, population[19] / deaths[19], 1e-13);
        assert_close(rows[0].population, 200000, 0);
    }
}

static void life_expectancy_has_limits_around_it(void **state) {
    (void)state;
    double deaths[LIFE_TABLE_BANDS], population[LIFE_TABLE_BANDS];
    LifeTableRow rows[LIFE_TABLE_BANDS];
    fill_life(deaths, population, 5e-5);
    assert_int_equal(life_table(deaths, population, rows), ABSENT_NONE);
    for (int i = 0; i < LIFE_TABLE_BANDS; i++) {
        Estimate e = estimate_life_expectancy(&rows[i], 0.95);
        assert_int_equal(e.reason, ABSENT_NONE);
        assert_true(e.lower < e.value && e.value < e.upper);
        assert_close(e.numerator, rows[i].deaths, 0);
    }
    assert_int_equal(estimate_life_expectancy(&rows[0], 0.5).reason, ABSENT_NOT_CALCULABLE);
}

static void impossible_life_tables_are_refused(void **state) {
    (void)state;
    double deaths[LIFE_TABLE_BANDS], population[LIFE_TABLE_BANDS];
    LifeTableRow rows[LIFE_TABLE_BANDS];
    fill_life(deaths, population, 5e-5);
    deaths[3] = 10001;
    assert_int_equal(life_table(deaths, population, rows), ABSENT_NOT_CALCULABLE);
    deaths[3] = -1;
    assert_int_equal(life_table(deaths, population, rows), ABSENT_NOT_CALCULABLE);
    deaths[3] = NAN;
    assert_int_equal(life_table(deaths, population, rows), ABSENT_MISSING);
    deaths[3] = 0;
    population[3] = 0;
    assert_int_equal(life_table(deaths, population, rows), ABSENT_NO_POPULATION);
    for (int i = 0; i < LIFE_TABLE_BANDS; i++) {
        population[i] = 250;
        deaths[i] = 1;
    }
    assert_int_equal(life_table(deaths, population, rows), ABSENT_TOO_FEW);
}

static void no_deaths_among_the_oldest_is_too_few(void **state) {
    (void)state;
    double deaths[LIFE_TABLE_BANDS], population[LIFE_TABLE_BANDS];
    LifeTableRow rows[LIFE_TABLE_BANDS];
    fill_life(deaths, population, 5e-5);
    deaths[19] = 0;
    assert_int_equal(life_table(deaths, population, rows), ABSENT_NONE);
    assert_int_equal(estimate_life_expectancy(&rows[0], 0.95).reason, ABSENT_TOO_FEW);
}

static Concentration index_of(const double *outcomes, const double *weights,
                              ConcentrationMethod method) {
    const double ranks[GROUPS] = {1, 2, 3, 4, 5};
    ConcentrationData data = {outcomes, ranks, weights, GROUPS, false};
    double fractional[GROUPS];
    size_t order[GROUPS];
    Concentration index;
    assert_true(concentration_index(&data, method, CONCENTRATION_RELATIVE, 0.95, fractional, order,
                                    &index));
    return index;
}

static void equal_outcomes_are_not_concentrated(void **state) {
    (void)state;
    const double same[GROUPS] = {2, 2, 2, 2, 2};
    for (int method = 0; method < 3; method++)
        assert_true(fabs(index_of(same, NULL, (ConcentrationMethod)method).value) < 1e-15);
}

static void concentration_methods_agree_without_weights_only(void **state) {
    (void)state;
    const double weights[GROUPS] = {1, 5, 2, 9, 3};
    double direct = index_of(RATES, NULL, CONCENTRATION_DIRECT).value;
    assert_close(index_of(RATES, NULL, CONCENTRATION_REGRESSION).value, direct, 1e-13);
    assert_close(index_of(RATES, NULL, CONCENTRATION_CONVENIENT).value, direct, 1e-13);
    assert_true(direct < 0);
    double weighted = index_of(RATES, weights, CONCENTRATION_DIRECT).value;
    assert_true(fabs(index_of(RATES, weights, CONCENTRATION_REGRESSION).value - weighted) > 1e-3);
}

static void concentration_refuses_what_it_cannot_rank(void **state) {
    (void)state;
    const double zero[3] = {-1, 0, 1}, ranks[3] = {1, 2, 3}, missing[3] = {1, NAN, 2};
    double fractional[3];
    size_t order[3];
    Concentration index;
    ConcentrationData data = {zero, ranks, NULL, 3, false};
    assert_false(concentration_index(&data, CONCENTRATION_DIRECT, CONCENTRATION_RELATIVE, 0.95,
                                     fractional, order, &index));
    data.outcomes = missing;
    assert_false(concentration_index(&data, CONCENTRATION_DIRECT, CONCENTRATION_RELATIVE, 0.95,
                                     fractional, order, &index));
    data.outcomes = ranks;
    assert_false(concentration_index(&data, CONCENTRATION_DIRECT, CONCENTRATION_WAGSTAFF, 0.95,
                                     fractional, order, &index));
    assert_true(isnan(index.value));
}

static void gini_is_none_when_all_share_and_nearly_one_when_one_has_all(void **state) {
    (void)state;
    const double same[4] = {3, 3, 3, 3}, one[4] = {0, 0, 12, 0}, negative[2] = {1, -1};
    size_t order[4];
    Gini gini;
    assert_true(gini_coefficient(same, NULL, 4, order, &gini));
    assert_true(fabs(gini.gini) < 1e-15);
    assert_true(gini_coefficient(one, NULL, 4, order, &gini));
    assert_close(gini.gini, 0.75, 1e-15);
    assert_close(gini.corrected, 1, 1e-15);
    assert_close(gini.trapezium, 0.75, 1e-15);
    assert_close(gini.hoover, 0.75, 1e-15);
    assert_false(gini_coefficient(negative, NULL, 2, order, &gini));
    assert_false(gini_coefficient(one, NULL, 0, order, &gini));
}

static void weights_count_people_in_the_lorenz_curve(void **state) {
    (void)state;
    const double values[2] = {4, 1}, weights[2] = {1, 3}, listed[4] = {1, 1, 1, 4};
    double people[5], share[5];
    size_t order[4];
    Gini weighted, plain;
    lorenz_curve(values, weights, 2, order, people, share);
    assert_close(people[1], 0.75, 1e-15);
    assert_close(share[1], 3 / 7.0, 1e-15);
    assert_close(share[2], 1, 0);
    assert_true(gini_coefficient(values, weights, 2, order, &weighted));
    assert_true(gini_coefficient(listed, NULL, 4, order, &plain));
    assert_close(weighted.trapezium, plain.trapezium, 1e-15);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_straight_line_is_found_exactly),
        cmocka_unit_test(without_errors_there_are_no_limits),
        cmocka_unit_test(no_gradient_is_no_inequality),
        cmocka_unit_test(turning_the_order_turns_the_sign),
        cmocka_unit_test(a_negative_multiplier_is_the_opposite_direction),
        cmocka_unit_test(a_multiplier_below_one_only_scales),
        cmocka_unit_test(groups_outside_five_to_a_hundred_are_refused),
        cmocka_unit_test(groups_without_value_or_people_are_refused),
        cmocka_unit_test(simulated_limits_come_near_the_analytic_ones),
        cmocka_unit_test(simulations_are_the_same_on_any_number_of_threads),
        cmocka_unit_test(certain_values_draw_nothing),
        cmocka_unit_test(random_numbers_are_those_of_r),
        cmocka_unit_test(quantile_groups_are_computed_in_doubles),
        cmocka_unit_test(quantile_ties_share_a_group_and_missing_has_none),
        cmocka_unit_test(too_few_values_make_no_quantiles),
        cmocka_unit_test(sorting_is_stable_and_puts_nan_last),
        cmocka_unit_test(more_deaths_mean_shorter_lives),
        cmocka_unit_test(life_expectancy_has_limits_around_it),
        cmocka_unit_test(impossible_life_tables_are_refused),
        cmocka_unit_test(no_deaths_among_the_oldest_is_too_few),
        cmocka_unit_test(equal_outcomes_are_not_concentrated),
        cmocka_unit_test(concentration_methods_agree_without_weights_only),
        cmocka_unit_test(concentration_refuses_what_it_cannot_rank),
        cmocka_unit_test(gini_is_none_when_all_share_and_nearly_one_when_one_has_all),
        cmocka_unit_test(weights_count_people_in_the_lorenz_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
