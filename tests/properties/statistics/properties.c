/* What must hold of statistics whatever the numbers: hundreds of made-up populations from one seed,
 * and intervals held to the share of times that they promise. Uses runtime/stats alone; `run` asks
 * the same of some of them through plans. */
#include <math.h>
#include <stdlib.h>

#include "runtime/stats/concentration.h"
#include "runtime/stats/inequality.h"
#include "runtime/stats/life_table.h"
#include "runtime/stats/quantiles.h"
#include "runtime/stats/r_random.h"
#include "runtime/stats/rates.h"
#include "runtime/stats/risk.h"
#include "runtime/stats/spc.h"
#include "runtime/stats/standardise.h"
#include "tests/unit/test.h"

enum { TRIALS = 300, STRATA = 12, GROUPS = 8 };

static RRandom seeded(int32_t seed) {
    RRandom random;
    r_random_seed(&random, seed);
    return random;
}

static double between(RRandom *random, double low, double high) {
    return low + (high - low) * r_random_uniform(random);
}

/* A Poisson count, by the gaps between events. */
static double poisson(RRandom *random, double mean) {
    double limit = exp(-mean), product = r_random_uniform(random), count = 0;
    for (; product > limit; count++) product *= r_random_uniform(random);
    return count;
}

static double binomial(RRandom *random, int n, double p) {
    double count = 0;
    for (int i = 0; i < n; i++) count += r_random_uniform(random) < p;
    return count;
}

/* ---- Standardised rates ----------------------------------------------------------------------- */

typedef struct {
    double x[2 * STRATA], n[2 * STRATA], w[2 * STRATA], squares[2 * STRATA];
} People;

static People made_up(RRandom *random) {
    People people;
    for (int i = 0; i < STRATA; i++) {
        people.n[i] = floor(between(random, 50, 5000));
        people.x[i] = floor(people.n[i] * between(random, 0.005, 0.1));
        people.w[i] = floor(between(random, 1, 9000));
        people.squares[i] = people.x[i] * between(random, 1, 4);
    }
    return people;
}

static Estimate dsr_of(const People *people, size_t count, bool recurring, double confidence) {
    DirectStrata strata = {people->x, people->n, people->w, recurring ? people->squares : NULL,
                           count};
    return estimate_dsr(&strata, confidence, NULL);
}

static void assert_same(Estimate a, Estimate b, double tolerance) {
    assert_int_equal(a.reason, ABSENT_NONE);
    assert_int_equal(b.reason, ABSENT_NONE);
    assert_close(a.value, b.value, tolerance);
    assert_close(a.lower, b.lower, tolerance);
    assert_close(a.upper, b.upper, tolerance);
}

static void weights_like_the_population_give_the_crude_rate(void **state) {
    (void)state;
    RRandom random = seeded(1);
    for (int t = 0; t < TRIALS; t++) {
        People people = made_up(&random);
        double x = 0, n = 0, scale = between(&random, 0.001, 1000);
        for (int i = 0; i < STRATA; i++) {
            people.w[i] = people.n[i] * scale;
            x += people.x[i];
            n += people.n[i];
        }
        Estimate dsr = dsr_of(&people, STRATA, false, 0.95);
        assert_close(dsr.value, x / n, 1e-12);
        assert_same(dsr, estimate_of_count(x, n, 1, LIMITS_BYAR, 0.95), 1e-12);
    }
}

static void strata_split_in_two_of_equal_rates_change_nothing(void **state) {
    (void)state;
    RRandom random = seeded(2);
    for (int t = 0; t < TRIALS; t++) {
        People people = made_up(&random), split = people;
        for (int i = 0; i < STRATA; i++) {
            double share = between(&random, 0.1, 0.9);
            double *parts[] = {split.x, split.n, split.w, split.squares};
            for (int k = 0; k < 4; k++) {
                parts[k][STRATA + i] = parts[k][i] * (1 - share);
                parts[k][i] *= share;
            }
        }
        assert_same(dsr_of(&split, 2 * STRATA, t % 2, 0.95),
                    dsr_of(&people, STRATA, t % 2, 0.95), 1e-11);
    }
}

static void order_and_scale_of_strata_change_nothing(void **state) {
    (void)state;
    RRandom random = seeded(3);
    for (int t = 0; t < TRIALS; t++) {
        People people = made_up(&random), turned = people, longer = people;
        double scale = pow(10, between(&random, -6, 6));
        for (int i = 0; i < STRATA; i++) {
            int at = (i * 5 + t) % STRATA;
            turned.x[at] = people.x[i];
            turned.n[at] = people.n[i];
            turned.w[at] = people.w[i] * scale;
            turned.squares[at] = people.squares[i];
            longer.n[i] *= 2;
        }
        Estimate own = dsr_of(&people, STRATA, t % 2, 0.95);
        assert_same(dsr_of(&turned, STRATA, t % 2, 0.95), own, 1e-12);
        Estimate half = dsr_of(&longer, STRATA, t % 2, 0.95); /* twice the person-time */
        assert_close(2 * half.value, own.value, 1e-12);
        assert_close(2 * half.upper, own.upper, 1e-12);
    }
}

static void a_population_is_what_is_expected_of_itself(void **state) {
    (void)state;
    RRandom random = seeded(4);
    for (int t = 0; t < TRIALS; t++) {
        People people = made_up(&random);
        IndirectStrata strata = {people.x, people.n, people.x, people.n, STRATA, LIMITS_USUAL};
        double x = 0, n = 0;
        for (int i = 0; i < STRATA; i++) x += people.x[i], n += people.n[i];
        assert_close(estimate_smr(&strata, 0.95).value, 1, 1e-12);
        assert_same(estimate_isr(&strata, 0.95), estimate_rate(x, n, 0.95), 1e-12);
    }
}

/* ---- Limits ------------------------------------------------------------------------------------ */

static void assert_wider(Estimate wide, Estimate narrow) {
    assert_int_equal(narrow.reason, ABSENT_NONE);
    assert_true(narrow.value == wide.value);
    assert_true(wide.lower < narrow.lower || narrow.lower <= 0 || isnan(narrow.lower));
    assert_true(wide.upper > narrow.upper);
    assert_true(!(narrow.lower > narrow.value) && narrow.upper >= narrow.value);
}

static void limits_widen_with_confidence(void **state) {
    (void)state;
    static const double levels[] = {0.90, 0.95, 0.99, 0.998, 0.9999};
    RRandom random = seeded(5);
    for (int t = 0; t < TRIALS; t++) {
        People people = made_up(&random);
        double x = floor(between(&random, 1, 60)), n = x + floor(between(&random, 1, 900));
        double values[20];
        for (int i = 0; i < 20; i++) values[i] = between(&random, 10, 50);
        for (int k = 0; k + 1 < 5; k++) {
            double a = levels[k], b = levels[k + 1];
            assert_wider(estimate_proportion(x, n, b), estimate_proportion(x, n, a));
            assert_wider(estimate_of_count(x, n, 1, LIMITS_EXACT, b),
                         estimate_of_count(x, n, 1, LIMITS_EXACT, a));
            assert_wider(estimate_rate(x, n, b), estimate_rate(x, n, a));
            assert_wider(estimate_mean(values, 20, b), estimate_mean(values, 20, a));
            assert_wider(dsr_of(&people, STRATA, t % 2, b), dsr_of(&people, STRATA, t % 2, a));
        }
    }
}

typedef bool Covers(RRandom *random, double level);

static bool within(double lower, double truth, double upper) {
    return !(lower > truth) && truth <= upper;
}

static bool wilson_covers(RRandom *random, double level) {
    Estimate e = estimate_proportion(binomial(random, 80, 0.3), 80, level);
    return within(e.lower, 0.3, e.upper);
}

static bool byar_covers(RRandom *random, double level) {
    Estimate e = estimate_of_count(poisson(random, 47.3), 1, 1, LIMITS_BYAR, level);
    return within(e.lower, 47.3, e.upper);
}

static bool exact_covers(RRandom *random, double level) {
    Estimate e = estimate_of_count(poisson(random, 6.2), 1, 1, LIMITS_EXACT, level);
    return within(e.lower, 6.2, e.upper);
}

static bool dsr_covers(RRandom *random, double level) {
    static const double n[5] = {4000, 3000, 2500, 1500, 600};
    static const double rate[5] = {0.002, 0.004, 0.01, 0.02, 0.05};
    static const double w[5] = {26500, 27000, 26500, 15000, 5000};
    double x[5], truth = 0, weight = 0;
    for (int i = 0; i < 5; i++) {
        x[i] = poisson(random, n[i] * rate[i]);
        truth += w[i] * rate[i];
        weight += w[i];
    }
    DirectStrata strata = {x, n, w, NULL, 5};
    Estimate e = estimate_dsr(&strata, level, NULL);
    return within(e.lower, truth / weight, e.upper);
}

/* People who have one, two or three events. */
static bool recurring_dsr_covers(RRandom *random, double level) {
    static const double n[3] = {4000, 2500, 1500}, rate[3] = {0.012, 0.03, 0.06};
    static const double w[3] = {5, 3, 2};
    double x[3] = {0}, squares[3] = {0}, truth = 0;
    for (int i = 0; i < 3; i++) {
        for (int f = 1; f <= 3; f++) {
            double people = poisson(random, n[i] * rate[i] / 3);
            x[i] += f * people;
            squares[i] += f * f * people;
        }
        truth += w[i] * 2 * rate[i] / 10;
    }
    DirectStrata strata = {x, n, w, squares, 3};
    Estimate e = estimate_dsr(&strata, level, NULL);
    return within(e.lower, truth, e.upper);
}

static bool mean_covers(RRandom *random, double level) {
    double values[9];
    for (int i = 0; i < 9; i++) values[i] = 1e9 + 3 * r_random_normal(random);
    Estimate e = estimate_mean(values, 9, level);
    return within(e.lower, 1e9, e.upper);
}

static bool slope_covers(RRandom *random, double level) {
    double values[GROUPS], people[GROUPS], errors[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
        people[i] = 1000;
        errors[i] = 0.5 + 0.1 * i;
        values[i] = 20 - 6 * (i + 0.5) / GROUPS + errors[i] * r_random_normal(random);
    }
    Gradient gradient = {values, people, errors, GROUPS};
    InequalityModel model = {SCALE_NORMAL, false, 1};
    InequalityFit fit;
    if (inequality_fit(&gradient, &model, &fit)) return false;
    Inequality e = inequality_estimate(&fit, &model, level);
    return within(e.sii.lower, -6, e.sii.upper);
}

static bool life_covers(RRandom *random, double level) {
    double deaths[LIFE_TABLE_BANDS], people[LIFE_TABLE_BANDS], expected[LIFE_TABLE_BANDS];
    LifeTableRow rows[LIFE_TABLE_BANDS], truth[LIFE_TABLE_BANDS];
    for (int i = 0; i < LIFE_TABLE_BANDS; i++) {
        people[i] = i ? 4000 : 900;
        expected[i] = people[i] * (i ? 0.0003 * exp(0.26 * i) : 0.005);
        deaths[i] = poisson(random, expected[i]);
    }
    if (life_table(deaths, people, rows) || life_table(expected, people, truth)) return false;
    Estimate e = estimate_life_expectancy(&rows[0], level);
    return within(e.lower, truth[0].expectancy, e.upper);
}

/* A rate ratio of 1.5. */
static bool ratio_covers(RRandom *random, double level) {
    RateComparison r;
    double events = poisson(random, 60);
    rate_compare(events, 2000, poisson(random, 80), 4000, level, &r);
    return within(r.ratio.limits.lower, 1.5, r.ratio.limits.upper);
}

static bool newcombe_covers(RRandom *random, double level) {
    double a = binomial(random, 90, 0.35), c = binomial(random, 120, 0.2);
    RiskTable table = {a, 90 - a, c, 120 - c};
    RiskComparison r;
    risk_compare(&table, level, &r);
    return within(r.difference_newcombe.lower, 0.15, r.difference_newcombe.upper);
}

/* Of 4,000 draws as many are covered as the level says, give or take four standard errors of that
 * share and what the method itself is known to be off by: counts are whole, so that most miss a
 * little either way; exact limits cover no less than they say, and more. */
static void assert_covers(Covers *covers, int32_t seed, double below, double above) {
    enum { DRAWS = 4000 };
    static const double levels[] = {0.90, 0.95, 0.998};
    for (int k = 0; k < 3; k++) {
        RRandom random = seeded(seed + k);
        int covered = 0;
        for (int i = 0; i < DRAWS; i++) covered += covers(&random, levels[k]);
        double share = (double)covered / DRAWS;
        double chance = 4 * sqrt(levels[k] * (1 - levels[k]) / DRAWS);
        if (share < levels[k] - below - chance || share > levels[k] + above + chance)
            fail_msg("seed %d covers %.4f of the time at %.3f", (int)seed, share, levels[k]);
    }
}

static void intervals_cover_as_often_as_they_say(void **state) {
    (void)state;
    assert_covers(wilson_covers, 100, 0.010, 0.012);
    assert_covers(byar_covers, 200, 0.008, 0.015);
    assert_covers(exact_covers, 300, 0, 0.05);
    assert_covers(dsr_covers, 400, 0.015, 0.020);
    assert_covers(recurring_dsr_covers, 500, 0.015, 0.020);
    assert_covers(mean_covers, 600, 0, 0);
    assert_covers(slope_covers, 700, 0, 0);
    assert_covers(life_covers, 800, 0.012, 0.020);
    assert_covers(ratio_covers, 900, 0.010, 0.015);
    assert_covers(newcombe_covers, 1000, 0.012, 0.015);
}

/* ---- Inequality -------------------------------------------------------------------------------- */

static Inequality index_of(const double *values, const double *people, double multiplier) {
    double errors[GROUPS];
    for (int i = 0; i < GROUPS; i++) errors[i] = 0.01;
    Gradient gradient = {values, people, errors, GROUPS};
    InequalityModel model = {SCALE_NORMAL, false, multiplier};
    InequalityFit fit;
    assert_int_equal(inequality_fit(&gradient, &model, &fit), ABSENT_NONE);
    return inequality_estimate(&fit, &model, 0.95);
}

static void equal_groups_have_no_slope(void **state) {
    (void)state;
    RRandom random = seeded(6);
    for (int t = 0; t < TRIALS; t++) {
        double values[GROUPS], people[GROUPS], level = between(&random, 0.01, 500);
        for (int i = 0; i < GROUPS; i++) values[i] = level, people[i] = between(&random, 10, 9000);
        Inequality none = index_of(values, people, 1);
        assert_true(fabs(none.sii.value) < 1e-11 * level);
        assert_close(none.rii.value, 1, 1e-12);
    }
}

static void slopes_turn_scale_and_shift_with_their_values(void **state) {
    (void)state;
    RRandom random = seeded(7);
    for (int t = 0; t < TRIALS; t++) {
        double values[GROUPS], people[GROUPS], shifted[GROUPS], scaled[GROUPS];
        double turned[GROUPS], turned_people[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            values[i] = between(&random, 5, 50);
            people[i] = between(&random, 10, 9000);
            shifted[i] = values[i] + 17;
            scaled[i] = values[i] * 40;
        }
        for (int i = 0; i < GROUPS; i++) {
            turned[i] = values[GROUPS - 1 - i];
            turned_people[i] = people[GROUPS - 1 - i];
        }
        double slope = index_of(values, people, 1).sii.value;
        double ratio = index_of(values, people, 1).rii.value;
        assert_true(fabs(index_of(shifted, people, 1).sii.value - slope) < 1e-10);
        assert_true(fabs(index_of(turned, turned_people, 1).sii.value + slope) < 1e-10);
        assert_close(index_of(scaled, people, 1).sii.value, 40 * slope, 1e-9);
        assert_close(index_of(scaled, people, 1).rii.value, ratio, 1e-9);
        assert_close(index_of(values, people, -1).sii.value, -slope, 1e-14);
        assert_close(index_of(values, people, -1).rii.value * ratio, 1, 1e-12);
    }
}

enum { SHARERS = 60 };

/* What people have, some of them nothing, and what they are ranked by. */
typedef struct {
    double values[SHARERS], scaled[SHARERS], weights[SHARERS], ranks[SHARERS];
} Shares;

static Shares made_up_shares(RRandom *random) {
    Shares s;
    for (int i = 0; i < SHARERS; i++) {
        bool nothing = r_random_uniform(random) < 0.2;
        s.values[i] = nothing ? 0 : exp(3 * r_random_normal(random));
        s.scaled[i] = s.values[i] * 12345;
        s.weights[i] = between(random, 0.5, 20);
        s.ranks[i] = floor(between(random, 0, 30));
    }
    return s;
}

static double concentration_of(const double *values, const double *ranks,
                               ConcentrationMethod method) {
    double fractional[SHARERS];
    size_t order[SHARERS];
    ConcentrationData data = {values, ranks, NULL, SHARERS, true};
    Concentration result;
    assert_true(concentration_index(&data, method, CONCENTRATION_RELATIVE, 0.95, fractional, order,
                                    &result));
    return result.value;
}

static void spread_lies_within_bounds_and_has_no_scale(void **state) {
    (void)state;
    RRandom random = seeded(8);
    for (int t = 0; t < TRIALS; t++) {
        Shares s = made_up_shares(&random);
        size_t order[SHARERS];
        Gini one, other;
        assert_true(gini_coefficient(s.values, NULL, SHARERS, order, &one));
        assert_true(gini_coefficient(s.scaled, NULL, SHARERS, order, &other));
        assert_true(one.gini >= 0 && one.gini <= 1 && one.corrected <= 1 + 1e-12);
        assert_true(one.hoover <= one.gini + 1e-12);
        assert_close(one.gini, other.gini, 1e-12);
        assert_close(one.gini, one.trapezium, 1e-12);
        assert_true(gini_coefficient(s.values, s.weights, SHARERS, order, &other));
        assert_true(other.trapezium >= 0 && other.trapezium <= 1);
        double direct = concentration_of(s.values, s.ranks, CONCENTRATION_DIRECT);
        assert_true(fabs(direct) <= one.gini + 1e-12); /* no order is steeper than its own */
        assert_close(concentration_of(s.scaled, s.ranks, CONCENTRATION_DIRECT), direct, 1e-10);
        /* of equal weights all methods are one, and by its own order it is Gini's */
        assert_true(fabs(concentration_of(s.values, s.ranks, CONCENTRATION_REGRESSION) - direct) <
                    1e-10);
        assert_true(fabs(concentration_of(s.values, s.ranks, CONCENTRATION_CONVENIENT) - direct) <
                    1e-10);
        assert_close(concentration_of(s.values, s.values, CONCENTRATION_DIRECT), one.gini, 1e-10);
    }
}

static void lorenz_curves_sag_from_corner_to_corner(void **state) {
    (void)state;
    RRandom random = seeded(9);
    for (int t = 0; t < TRIALS; t++) {
        Shares s = made_up_shares(&random);
        double people[SHARERS + 1], share[SHARERS + 1];
        size_t order[SHARERS];
        lorenz_curve(s.values, s.weights, SHARERS, order, people, share);
        assert_true(people[0] == 0 && share[0] == 0 && people[SHARERS] == 1 && share[SHARERS] == 1);
        for (int i = 1; i <= SHARERS; i++) {
            assert_true(people[i] > people[i - 1] && share[i] >= share[i - 1]);
            assert_true(share[i] <= people[i] + 1e-12);
        }
    }
}

/* ---- Life tables, groups, charts ---------------------------------------------------------------- */

static void people_live_shorter_where_more_die(void **state) {
    (void)state;
    RRandom random = seeded(10);
    for (int t = 0; t < TRIALS; t++) {
        double deaths[LIFE_TABLE_BANDS], people[LIFE_TABLE_BANDS];
        LifeTableRow before[LIFE_TABLE_BANDS], after[LIFE_TABLE_BANDS];
        for (int i = 0; i < LIFE_TABLE_BANDS; i++) {
            people[i] = floor(between(&random, 1000, 9000));
            deaths[i] = 1 + floor(people[i] * 0.0004 * exp(0.25 * i) * between(&random, 0.5, 1.5));
        }
        assert_int_equal(life_table(deaths, people, before), ABSENT_NONE);
        int band = t % LIFE_TABLE_BANDS;
        deaths[band] *= 1.3;
        assert_int_equal(life_table(deaths, people, after), ABSENT_NONE);
        for (int i = 0; i < LIFE_TABLE_BANDS; i++)
            if (i <= band)
                assert_true(after[i].expectancy < before[i].expectancy);
            else
                assert_close(after[i].expectancy, before[i].expectancy, 1e-12);
        /* as many times people and deaths: the same life, known better */
        for (int i = 0; i < LIFE_TABLE_BANDS; i++) deaths[i] *= 4, people[i] *= 4;
        assert_int_equal(life_table(deaths, people, before), ABSENT_NONE);
        assert_close(before[0].expectancy, after[0].expectancy, 1e-12);
        assert_close(before[0].standard_error, after[0].standard_error / 2, 1e-12);
    }
}

static void quantile_groups_are_of_equal_size_and_in_order(void **state) {
    (void)state;
    enum { N = 120 };
    static const int sizes[] = {2, 3, 4, 5, 10};
    RRandom random = seeded(11);
    for (int t = 0; t < TRIALS; t++) {
        int groups = sizes[t % 5], counts[11] = {0};
        double values[N];
        int32_t group[N], turned[N];
        size_t order[N];
        for (int i = 0; i < N; i++) values[i] = r_random_uniform(&random);
        assert_true(quantile_groups(values, N, groups, false, group, order));
        assert_true(quantile_groups(values, N, groups, true, turned, order));
        for (int i = 0; i < N; i++) {
            counts[group[i]]++;
            assert_int_equal(turned[i], groups + 1 - group[i]);
            for (int k = 0; k < N; k++)
                assert_true(values[i] >= values[k] || group[i] <= group[k]);
        }
        for (int g = 1; g <= groups; g++) assert_int_equal(counts[g], N / groups);
        for (int i = 0; i < N; i++) values[i] = 7; /* all tie: one group */
        assert_true(quantile_groups(values, N, groups, false, group, order));
        for (int i = 1; i < N; i++) assert_int_equal(group[i], group[0]);
    }
}

static void constant_series_have_no_signals_and_scale_changes_none(void **state) {
    (void)state;
    enum { N = 40 };
    RRandom random = seeded(12);
    for (int t = 0; t < TRIALS; t++) {
        double values[N], flat[N], scaled[N];
        SpcPoint points[N], others[N];
        SpcOptions options = {t % 2 ? SPC_INCREASE_IS_GOOD : SPC_DECREASE_IS_GOOD, t % 3 == 0, 0};
        for (int i = 0; i < N; i++) {
            flat[i] = 0.1 * (t + 1);
            values[i] = 100 + r_random_normal(&random) * 8 + (i > 25 ? 9 : 0);
            scaled[i] = values[i] * 64; /* a power of two: nothing is rounded differently */
        }
        assert_true(spc_xmr(flat, NULL, N, &options, points));
        for (int i = 0; i < N; i++) {
            assert_int_equal(points[i].cause, SPC_COMMON_CAUSE);
            assert_int_equal(points[i].type, SPC_COMMON);
            assert_true(isnan(points[i].lower) && isnan(points[i].upper));
        }
        assert_true(spc_xmr(values, NULL, N, &options, points));
        assert_true(spc_xmr(scaled, NULL, N, &options, others));
        for (int i = 0; i < N; i++) {
            assert_int_equal(points[i].cause, others[i].cause);
            assert_int_equal(points[i].type, others[i].type);
            assert_close(64 * points[i].upper, others[i].upper, 1e-12);
        }
    }
}

/* ---- Risks --------------------------------------------------------------------------------------- */

static RiskTable made_up_table(RRandom *random) {
    RiskTable t = {floor(between(random, 5, 60)), 0, 0, 0};
    t.b = floor(between(random, 5, 200));
    t.c = floor(between(random, 5, 60));
    t.d = floor(between(random, 5, 200));
    return t;
}

static void comparisons_turn_with_their_sides(void **state) {
    (void)state;
    RRandom random = seeded(13);
    for (int t = 0; t < TRIALS; t++) {
        RiskTable table = made_up_table(&random), turned = {table.c, table.d, table.a, table.b};
        RiskComparison one, other;
        assert_true(risk_compare(&table, 0.95, &one) && risk_compare(&turned, 0.95, &other));
        assert_close(one.ratio.value * other.ratio.value, 1, 1e-12);
        assert_close(one.odds_ratio.limits.lower * other.odds_ratio.limits.upper, 1, 1e-11);
        assert_close(one.difference_newcombe.lower, -other.difference_newcombe.upper, 1e-9);
        assert_close(one.chi2, other.chi2, 1e-9);
        MantelHaenszel alone; /* one stratum is the table itself */
        assert_true(mantel_haenszel(&table, 1, 0.95, &alone));
        assert_close(alone.odds_ratio.value, one.odds_ratio.value, 1e-12);
        assert_close(alone.risk_ratio.value, one.ratio.value, 1e-12);
    }
}

static void strata_of_risks_may_be_turned_and_split(void **state) {
    (void)state;
    RRandom random = seeded(14);
    for (int t = 0; t < TRIALS; t++) {
        RiskTable strata[4], turned[4], split[8];
        for (int i = 0; i < 4; i++) {
            RiskTable s = strata[i] = made_up_table(&random);
            turned[i] = (RiskTable){s.c, s.d, s.a, s.b};
            split[i] = split[4 + i] = (RiskTable){s.a / 2, s.b / 2, s.c / 2, s.d / 2};
        }
        MantelHaenszel all, back, halves;
        assert_true(mantel_haenszel(strata, 4, 0.95, &all));
        assert_true(mantel_haenszel(turned, 4, 0.95, &back));
        assert_true(mantel_haenszel(split, 8, 0.95, &halves));
        assert_close(all.odds_ratio.value * back.odds_ratio.value, 1, 1e-12);
        assert_close(all.risk_ratio.limits.upper * back.risk_ratio.limits.lower, 1, 1e-11);
        assert_close(all.p, back.p, 1e-9);
        assert_close(halves.odds_ratio.value, all.odds_ratio.value, 1e-12);
        assert_close(halves.risk_ratio.value, all.risk_ratio.value, 1e-12);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_like_the_population_give_the_crude_rate),
        cmocka_unit_test(strata_split_in_two_of_equal_rates_change_nothing),
        cmocka_unit_test(order_and_scale_of_strata_change_nothing),
        cmocka_unit_test(a_population_is_what_is_expected_of_itself),
        cmocka_unit_test(limits_widen_with_confidence),
        cmocka_unit_test(intervals_cover_as_often_as_they_say),
        cmocka_unit_test(equal_groups_have_no_slope),
        cmocka_unit_test(slopes_turn_scale_and_shift_with_their_values),
        cmocka_unit_test(spread_lies_within_bounds_and_has_no_scale),
        cmocka_unit_test(lorenz_curves_sag_from_corner_to_corner),
        cmocka_unit_test(people_live_shorter_where_more_die),
        cmocka_unit_test(quantile_groups_are_of_equal_size_and_in_order),
        cmocka_unit_test(constant_series_have_no_signals_and_scale_changes_none),
        cmocka_unit_test(comparisons_turn_with_their_sides),
        cmocka_unit_test(strata_of_risks_may_be_turned_and_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
