/* Special functions against values of 40-digit arithmetic, and the identities they obey. */
#include "tests/unit/test.h"

#include "runtime/stats/special.h"

static void normal_quantiles_agree_to_sixteen_digits(void **state) {
    (void)state;
    assert_close(normal_quantile(0.975), 1.959963984540054235524594, 1e-15);
    assert_close(normal_quantile(0.999), 3.090232306167813541540399, 1e-15);
    assert_close(normal_quantile(0.25), -0.6744897501960817432022270, 1e-15);
    assert_close(normal_quantile(1e-300), -37.0470962993612008391, 1e-14);
    assert_close(normal_quantile(0.5), 0, 0);
}

static void normal_quantile_ends_are_infinite_and_beyond_them_is_nothing(void **state) {
    (void)state;
    assert_close(normal_quantile(0), -INFINITY, 0);
    assert_close(normal_quantile(1), INFINITY, 0);
    assert_true(isnan(normal_quantile(-0.1)));
    assert_true(isnan(normal_quantile(1.1)));
    assert_true(isnan(normal_quantile(NAN)));
}

static void normal_quantile_inverts_the_distribution(void **state) {
    (void)state;
    for (double p = 1e-6; p < 1; p += 0.00931)
        assert_close(normal_cdf(normal_quantile(p)), p, 1e-13);
}

static void log_gamma_is_the_factorial_at_whole_numbers(void **state) {
    (void)state;
    double factorial = 1;
    for (int n = 2; n <= 20; n++) {
        factorial *= n;
        assert_close(log_gamma(n + 1), log(factorial), 1e-15);
    }
    assert_close(log_gamma(0.5), 0.5723649429247000870717137, 1e-15);
    assert_true(isnan(log_gamma(0)));
}

static void gamma_tails_sum_to_one(void **state) {
    (void)state;
    for (double a = 0.3; a < 200; a *= 2.1)
        for (double x = 0.01; x < 400; x *= 1.9)
            assert_close(gamma_p(a, x) + gamma_q(a, x), 1, 1e-15);
    assert_true(isnan(gamma_p(-1, 1)));
    assert_true(isnan(gamma_q(1, -1)));
    assert_close(gamma_q(1, 50), exp(-50), 1e-15);
}

static void chi_square_quantiles_agree_at_real_degrees_of_freedom(void **state) {
    (void)state;
    assert_close(chi_square_quantile(0.025, 20), 9.59077739226486776, 1e-13);
    assert_close(chi_square_quantile(0.999, 3.5), 17.389858670332334, 1e-13);
    assert_close(chi_square_quantile(0.975, 2), 7.37775890822786988, 1e-13);
    assert_close(chi_square_quantile(0.5, 0), 0, 0);
    assert_close(chi_square_quantile(1, 4), INFINITY, 0);
    assert_true(isnan(chi_square_quantile(0.5, -1)));
}

static void chi_square_quantile_inverts_the_distribution(void **state) {
    (void)state;
    for (double df = 0.7; df < 3e4; df *= 2.3)
        for (double p = 0.001; p < 1; p += 0.037)
            assert_close(1 - chi_square_upper(chi_square_quantile(p, df), df), p, 1e-12);
}

static void chi_square_quantiles_join_where_the_method_changes(void **state) {
    (void)state;
    for (double p = 0.001; p < 1; p += 0.111) {
        double below = chi_square_quantile(p, 1e8), above = chi_square_quantile(p, 1e8 + 1e-5);
        assert_close(below, above, 1e-12);
    }
}

static void t_quantiles_agree_from_one_to_a_million_degrees(void **state) {
    (void)state;
    assert_close(t_quantile(0.025, 1), -12.7062047361747075, 1e-13);
    assert_close(t_quantile(0.975, 25), 2.05953855275329741, 1e-13);
    assert_close(t_quantile(0.001, 1000000), -3.09024045631651925, 1e-13);
    assert_close(t_quantile(0.5, 7), 0, 0);
    assert_true(isnan(t_quantile(0.5, 0)));
}

static void t_quantiles_join_where_the_method_changes(void **state) {
    (void)state;
    for (double p = 0.0005; p < 1; p += 0.0999)
        assert_close(t_quantile(p, 1e5), t_quantile(p, 1e5 + 1e-6), 1e-13);
}

static void beta_quantile_inverts_the_distribution(void **state) {
    (void)state;
    for (double a = 0.4; a < 300; a *= 3.1)
        for (double b = 0.6; b < 300; b *= 2.7)
            for (double p = 0.01; p < 1; p += 0.0973)
                assert_close(beta_regularised(a, b, beta_quantile(p, a, b)), p, 1e-11);
    assert_close(beta_regularised(1, 1, 0.37), 0.37, 1e-15);
    assert_true(isnan(beta_regularised(0, 1, 0.5)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_quantiles_agree_to_sixteen_digits),
        cmocka_unit_test(normal_quantile_ends_are_infinite_and_beyond_them_is_nothing),
        cmocka_unit_test(normal_quantile_inverts_the_distribution),
        cmocka_unit_test(log_gamma_is_the_factorial_at_whole_numbers),
        cmocka_unit_test(gamma_tails_sum_to_one),
        cmocka_unit_test(chi_square_quantiles_agree_at_real_degrees_of_freedom),
        cmocka_unit_test(chi_square_quantile_inverts_the_distribution),
        cmocka_unit_test(chi_square_quantiles_join_where_the_method_changes),
        cmocka_unit_test(t_quantiles_agree_from_one_to_a_million_degrees),
        cmocka_unit_test(t_quantiles_join_where_the_method_changes),
        cmocka_unit_test(beta_quantile_inverts_the_distribution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
