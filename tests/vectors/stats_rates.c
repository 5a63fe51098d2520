/* Cases of special functions, proportions, rates, means, standardisation and risks. */
#include <math.h>

#include "runtime/stats/r_random.h"
#include "runtime/stats/rates.h"
#include "runtime/stats/risk.h"
#include "runtime/stats/special.h"
#include "runtime/stats/standardise.h"
#include "runtime/stats/sum.h"
#include "runtime/stats/trend.h"
#include "tests/vectors/stats_case.h"

static void run_quantiles(Case *c, const char *output, double (*quantile)(double, double)) {
    Table *result = case_result(c, "result", c->data->rows);
    for (size_t row = 0; row < result->rows; row++) {
        table_copy_row(result, row, c->data, row);
        double p = case_value(c, "p", row), df = case_value(c, "df", row);
        table_set_number(result, row, slice_of(output), quantile(p, df));
    }
}

static double normal_quantile_of(double p, double df) {
    (void)df;
    return normal_quantile(p);
}

static void run_qnorm(Case *c) {
    run_quantiles(c, "z", normal_quantile_of);
}

static void run_qchisq(Case *c) {
    run_quantiles(c, "q", chi_square_quantile);
}

static void run_qt(Case *c) {
    run_quantiles(c, "q", t_quantile);
}

static void put_draw(Table *result, size_t row, double seed, const char *kind, int i,
                     double value) {
    table_set_number(result, row, SLICE("seed"), seed);
    table_set_text(result, row, SLICE("kind"), slice_of(kind));
    table_set_number(result, row, SLICE("i"), i);
    table_set_number(result, row, SLICE("value"), value);
}

/* runif(5), then rnorm(8, mean = 1..4 recycled, sd = 0.5). */
static void run_random(Case *c) {
    Table *result = case_result(c, "result", c->data->rows * 13);
    size_t row = 0;
    for (size_t i = 0; i < c->data->rows; i++) {
        double seed = case_value(c, "seed", i);
        RRandom random;
        r_random_seed(&random, (int32_t)seed);
        for (int k = 1; k <= 5; k++)
            put_draw(result, row++, seed, "runif", k, r_random_uniform(&random));
        for (int k = 1; k <= 8; k++)
            put_draw(result, row++, seed, "rnorm", k,
                     (k - 1) % 4 + 1 + 0.5 * r_random_normal(&random));
    }
}

/* A limit as the reference writes it: no limit is NA. */
static void put_limit(Table *table, size_t row, Slice name, double limit) {
    if (!isnan(limit)) table_set_number(table, row, name, limit);
}

static void run_byars_wilson(Case *c) {
    Table *result = case_result(c, "result", c->data->rows);
    for (size_t row = 0; row < result->rows; row++) {
        Slice text = table_text(c->data, row, SLICE("confidence"));
        double x = case_value(c, "x", row), n = case_value(c, "n", row), percent;
        Interval limits;
        bool wilson = slice_equal(table_text(c->data, row, SLICE("method")), SLICE("Wilson"));
        table_copy_row(result, row, c->data, row);
        if (!cell_parse(slice_sub(text, 0, text.length - 1), &percent) ||
            !(wilson ? wilson_limits(x, n, percent / 100, &limits)
                     : byar_limits(x, percent / 100, &limits)))
            case_refuse(c, "limits refused");
        put_limit(result, row, SLICE("lowercl"), limits.lower);
        put_limit(result, row, SLICE("uppercl"), limits.upper);
        put_limit(result, row, SLICE("pkg_lowercl"), limits.lower);
        put_limit(result, row, SLICE("pkg_uppercl"), limits.upper);
    }
}

/* Puts one level's limits, each times `scale`. */
static void put_limits(const Case *c, Table *result, size_t row, double level, Interval limits,
                       double scale) {
    put_limit(result, row, limit_name(c, "lower", level, false, "cl"), limits.lower * scale);
    put_limit(result, row, limit_name(c, "upper", level, false, "cl"), limits.upper * scale);
}

/* Refuses the case for what the language would not compute; true: go on. */
static bool accepted(Case *c, const Estimate *estimate) {
    if (estimate->reason == ABSENT_NOT_CALCULABLE || estimate->reason == ABSENT_NO_POPULATION)
        case_refuse(c, "not calculable");
    return estimate->reason == ABSENT_NONE;
}

typedef Estimate CrudeEstimate(double x, double n, double confidence);

/* The value and all limits of x over n in a row. */
static void put_crude(Case *c, Table *result, size_t row, double x, double n,
                      CrudeEstimate *estimate, double multiplier) {
    Estimate value = estimate(x, n, 0.95);
    if (accepted(c, &value))
        table_set_number(result, row, SLICE("value"), value.value * multiplier);
    for (size_t i = 0; i < c->level_count; i++) {
        Estimate e = estimate(x, n, c->levels[i]);
        if (c->levels[i] == 1) {
            /* No plan may ask for certainty; the limits themselves are defined at it. */
            Interval limits;
            if (!count_limits(x, 1, &limits)) case_refuse(c, "limits refused");
            put_limits(c, result, row, 1, limits, multiplier / n);
        } else if (accepted(c, &e)) {
            put_limits(c, result, row, c->levels[i], (Interval){e.lower, e.upper}, multiplier);
        }
    }
}

/* Rows to work on: sums over groups, or every row where there is at most one group (the
 * reference does not sum a frame of one group). */
typedef struct {
    Table *result;
    double *x;
    double *n;
} CrudeRows;

static CrudeRows crude_rows(Case *c) {
    Groups groups = case_groups(c);
    Slice x = case_column(c, "x"), n = case_column(c, "n");
    size_t rows = groups.count > 1 ? groups.count : c->data->rows;
    CrudeRows crude = {case_result(c, "result", rows), ARENA_NEW_ARRAY(c->arena, double, rows + 1),
                       ARENA_NEW_ARRAY(c->arena, double, rows + 1)};
    for (size_t row = 0; row < rows; row++) {
        if (groups.count > 1) {
            const Group *group = &groups.groups[row];
            group_copy_keys(c, &groups, row, crude.result, row);
            crude.x[row] = sum_array(group_values(c, group, "x"), group->count);
            crude.n[row] = sum_array(group_values(c, group, "n"), group->count);
        } else {
            table_copy_row(crude.result, row, c->data, row);
            crude.x[row] = case_value(c, "x", row);
            crude.n[row] = case_value(c, "n", row);
        }
        if (!isnan(crude.x[row])) table_set_number(crude.result, row, x, crude.x[row]);
        if (!isnan(crude.n[row])) table_set_number(crude.result, row, n, crude.n[row]);
    }
    return crude;
}

static void run_proportion(Case *c) {
    double multiplier = case_number(c, "multiplier", 1);
    CrudeRows crude = crude_rows(c);
    for (size_t row = 0; row < crude.result->rows; row++) {
        put_crude(c, crude.result, row, crude.x[row], crude.n[row], estimate_proportion,
                  multiplier);
        table_set_text(crude.result, row, SLICE("confidence"), confidence_text(c));
        table_set_text(crude.result, row, SLICE("method"), SLICE("Wilson"));
        table_set_text(crude.result, row, SLICE("statistic"),
                       multiplier == 100 ? SLICE("percentage")
                                         : whole_text(c, "proportion of ", multiplier, ""));
    }
}

static Slice count_method(double events) {
    return events < COUNT_EXACT_BELOW ? SLICE("Exact") : SLICE("Byars");
}

static void run_rate(Case *c) {
    double multiplier = case_number(c, "multiplier", 100000);
    CrudeRows crude = crude_rows(c);
    for (size_t row = 0; row < crude.result->rows; row++) {
        double x = crude.x[row];
        put_crude(c, crude.result, row, x, crude.n[row], estimate_rate, multiplier);
        table_set_text(crude.result, row, SLICE("confidence"), confidence_text(c));
        table_set_text(crude.result, row, SLICE("statistic"),
                       whole_text(c, "rate per ", multiplier, ""));
        if (!isnan(x)) table_set_text(crude.result, row, SLICE("method"), count_method(x));
    }
}

static void put_mean(Case *c, Table *result, size_t row, const double *values, size_t count) {
    for (size_t i = 0; i < c->level_count; i++) {
        Estimate mean = estimate_mean(values, count, c->levels[i]);
        if (!accepted(c, &mean)) continue;
        table_set_number(result, row, SLICE("value"), mean.value);
        table_set_number(result, row, SLICE("value_sum"), mean.numerator);
        put_limit(result, row, SLICE("stdev"), standard_deviation(values, count));
        table_set_number(result, row, limit_name(c, "lower", c->levels[i], false, "cl"),
                         mean.lower);
        table_set_number(result, row, limit_name(c, "upper", c->levels[i], false, "cl"),
                         mean.upper);
    }
}

static void run_mean(Case *c) {
    Groups groups = case_groups(c);
    Table *result = case_result(c, "result", groups.count);
    for (size_t row = 0; row < groups.count; row++) {
        const Group *group = &groups.groups[row];
        group_copy_keys(c, &groups, row, result, row);
        table_set_number(result, row, SLICE("value_count"), (double)group->count);
        table_set_text(result, row, SLICE("confidence"), confidence_text(c));
        table_set_text(result, row, SLICE("statistic"), SLICE("mean"));
        table_set_text(result, row, SLICE("method"), SLICE("Student's t-distribution"));
        put_mean(c, result, row, group_values(c, group, "x"), group->count);
    }
}

/* NA counts are zero: the reference's rule, applied before the strata are handed over. */
static double *zero_for_na(double *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (isnan(values[i])) values[i] = 0;
    return values;
}

/* Persons by frequency of events become, in every stratum, events and sums of squares. */
static DirectStrata recurrent_strata(Case *c, const Group *group) {
    Slice band = case_column(c, "ageband");
    size_t count = 0;
    double *parts = ARENA_NEW_ARRAY(c->arena, double, 4 * group->count);
    double *events = parts, *squares = events + group->count, *n = squares + group->count;
    double *w = n + group->count;
    Slice *names = ARENA_NEW_ARRAY(c->arena, Slice, group->count);
    for (size_t i = 0; i < group->count; i++) {
        size_t row = group->rows[i], k = 0;
        double frequency = case_value(c, "eventfreq", row), persons = case_value(c, "x", row);
        if (isnan(persons)) persons = 0;
        while (k < count && !slice_equal(names[k], table_text(c->data, row, band))) k++;
        if (k == count) names[count++] = table_text(c->data, row, band);
        events[k] += frequency * persons;
        squares[k] += frequency * frequency * persons;
        n[k] = case_value(c, "n", row);
        w[k] = case_value(c, "stdpop", row);
    }
    return (DirectStrata){events, n, w, squares, count};
}

static DirectStrata direct_strata(Case *c, const Group *group) {
    if (!case_flag(c, "independent_events", true)) return recurrent_strata(c, group);
    return (DirectStrata){zero_for_na(group_values(c, group, "x"), group->count),
                          group_values(c, group, "n"), group_values(c, group, "stdpop"), NULL,
                          group->count};
}

static void put_dsr(Case *c, Table *result, size_t row, const DirectStrata *strata) {
    double multiplier = case_number(c, "multiplier", 100000);
    Slice statistic = whole_text(c, "dsr per ", multiplier, "");
    for (size_t i = 0; i < c->level_count; i++) {
        size_t left_out;
        Estimate dsr = estimate_dsr(strata, c->levels[i], &left_out);
        table_set_number(result, row, SLICE("total_count"), dsr.numerator);
        table_set_number(result, row, SLICE("total_pop"), dsr.denominator);
        if (dsr.reason == ABSENT_MISSING) case_refuse(c, "missing population");
        if (left_out > 0) case_refuse(c, "a stratum without people was left out, with a note");
        if (dsr.reason == ABSENT_TOO_FEW) statistic = SLICE("dsr NA for total count < 10");
        if (!accepted(c, &dsr)) continue;
        table_set_number(result, row, SLICE("value"), dsr.value * multiplier);
        put_limits(c, result, row, c->levels[i], (Interval){dsr.lower, dsr.upper}, multiplier);
    }
    table_set_text(result, row, SLICE("statistic"), statistic);
    table_set_text(result, row, SLICE("confidence"), confidence_text(c));
    table_set_text(result, row, SLICE("method"),
                   strata->squares
                       ? SLICE("Dobson, with confidence adjusted for non-independent events")
                       : SLICE("Dobson"));
}

static void run_dsr(Case *c) {
    Groups groups = case_groups(c);
    Table *result = case_result(c, "result", groups.count);
    for (size_t row = 0; row < groups.count; row++) {
        DirectStrata strata = direct_strata(c, &groups.groups[row]);
        group_copy_keys(c, &groups, row, result, row);
        put_dsr(c, result, row, &strata);
    }
}

/* The events observed in a group, from its own rows or from the totals given apart. */
static double observed_events(const Case *c, const Groups *groups, size_t g) {
    const Group *group = &groups->groups[g];
    if (!c->totals)
        return sum_array(zero_for_na(group_values(c, group, "x"), group->count), group->count);
    Slice key = table_text(c->data, group->rows[0], groups->keys[0]);
    for (size_t row = 0; row < c->totals->rows; row++)
        if (slice_equal(table_text(c->totals, row, groups->keys[0]), key))
            return table_number(c->totals, row, case_column(c, "x"));
    return NAN;
}

static void put_indirect(Case *c, Table *result, size_t row, double observed, double expected,
                         double scale) {
    table_set_number(result, row, SLICE("observed"), observed);
    table_set_number(result, row, SLICE("expected"), expected);
    table_set_text(result, row, SLICE("confidence"), confidence_text(c));
    table_set_text(result, row, SLICE("method"), count_method(observed));
    for (size_t i = 0; i < c->level_count; i++) {
        Estimate e = estimate_of_count(observed, expected, scale, LIMITS_USUAL, c->levels[i]);
        if (!accepted(c, &e)) continue;
        table_set_number(result, row, SLICE("value"), e.value);
        put_limits(c, result, row, c->levels[i], (Interval){e.lower, e.upper}, 1);
    }
}

/* NA populations and reference counts are zero as well, which leaves their strata out. */
static AbsentReason group_expected(Case *c, const Group *group, double *expected, double *rate) {
    IndirectStrata strata = {NULL, zero_for_na(group_values(c, group, "n"), group->count),
                             zero_for_na(group_values(c, group, "x_ref"), group->count),
                             group_values(c, group, "n_ref"), group->count,
                             LIMITS_USUAL};
    return expected_events(&strata, expected, rate);
}

static void run_indirect(Case *c, bool as_rate) {
    Groups groups = case_groups(c);
    Table *result = case_result(c, "result", groups.count);
    double multiplier = case_number(c, "multiplier", 100000);
    double reference = case_number(c, "refvalue", 1);
    for (size_t row = 0; row < groups.count; row++) {
        double expected, rate;
        group_copy_keys(c, &groups, row, result, row);
        if (group_expected(c, &groups.groups[row], &expected, &rate))
            case_refuse(c, "no reference rate");
        table_set_number(result, row, SLICE("ref_rate"), rate * multiplier);
        put_indirect(c, result, row, observed_events(c, &groups, row), expected,
                     as_rate ? rate * multiplier : reference);
        table_set_text(result, row, SLICE("statistic"),
                       as_rate ? whole_text(c, "indirectly standardised rate per ", multiplier, "")
                               : whole_text(c, "indirectly standardised ratio x ", reference, ""));
    }
}

static void run_isratio(Case *c) {
    run_indirect(c, false);
}

static void run_israte(Case *c) {
    run_indirect(c, true);
}

static void put_measure(const Case *c, Table *t, size_t row, const char *name, const char *kind,
                        RiskMeasure measure) {
    table_set_number(t, row, slice_of(name), measure.value);
    table_set_number(t, row, arena_printf(c->arena, "%s_lower%s", name, kind),
                     measure.limits.lower);
    table_set_number(t, row, arena_printf(c->arena, "%s_upper%s", name, kind),
                     measure.limits.upper);
}

static RiskTable risk_table(const Case *c, size_t row) {
    return (RiskTable){case_value(c, "a", row), case_value(c, "b", row), case_value(c, "c", row),
                       case_value(c, "d", row)};
}

static void run_risk(Case *c) {
    Table *t = case_result(c, "result", c->data->rows);
    for (size_t row = 0; row < t->rows; row++) {
        RiskTable table = risk_table(c, row);
        RiskComparison compared;
        if (!risk_compare(&table, c->levels[0], &compared)) case_refuse(c, "no comparison");
        table_set_number(t, row, SLICE("row"), (double)row + 1);
        table_set_number(t, row, SLICE("risk_exposed"), compared.exposed);
        table_set_number(t, row, SLICE("risk_unexposed"), compared.unexposed);
        put_measure(c, t, row, "RR", "_wald", compared.ratio);
        put_measure(c, t, row, "OR", "_wald", compared.odds_ratio);
        put_measure(c, t, row, "RD", "_wald", compared.difference);
        RiskMeasure newcombe = {compared.difference.value, compared.difference_newcombe};
        put_measure(c, t, row, "RD", "_newcombe", newcombe);
        table_set_number(t, row, SLICE("chi2_uncorrected"), compared.chi2);
        table_set_number(t, row, SLICE("chi2_p"), compared.p);
    }
}

static void run_rate_ratio(Case *c) {
    Table *t = case_result(c, "result", c->data->rows);
    for (size_t row = 0; row < t->rows; row++) {
        RateComparison compared;
        if (!rate_compare(case_value(c, "a", row), case_value(c, "t1", row),
                          case_value(c, "b", row), case_value(c, "t0", row), c->levels[0],
                          &compared))
            case_refuse(c, "no comparison");
        table_set_number(t, row, SLICE("row"), (double)row + 1);
        table_set_number(t, row, SLICE("rate1"), compared.rate1);
        table_set_number(t, row, SLICE("rate0"), compared.rate0);
        put_measure(c, t, row, "IRR", "_wald", compared.ratio);
        RiskMeasure exact = {compared.ratio.value, compared.ratio_exact};
        put_measure(c, t, row, "IRR", "_exact", exact);
        put_measure(c, t, row, "RD", "", compared.difference);
    }
}

static void run_mantel_haenszel(Case *c) {
    Table *t = case_result(c, "result", 1);
    RiskTable *strata = ARENA_NEW_ARRAY(c->arena, RiskTable, c->data->rows);
    MantelHaenszel pooled;
    for (size_t row = 0; row < c->data->rows; row++) strata[row] = risk_table(c, row);
    if (!mantel_haenszel(strata, c->data->rows, c->levels[0], &pooled))
        case_refuse(c, "no comparison");
    put_measure(c, t, 0, "OR", "", pooled.odds_ratio);
    put_measure(c, t, 0, "RR", "", pooled.risk_ratio);
    table_set_number(t, 0, SLICE("OR_MH"), pooled.odds_ratio.value);
    table_set_number(t, 0, SLICE("RR_MH"), pooled.risk_ratio.value);
    table_set_number(t, 0, SLICE("chi2_CMH"), pooled.chi2);
    table_set_number(t, 0, SLICE("p"), pooled.p);
}

static void run_proportion_trend(Case *c) {
    Table *t = case_result(c, "result", 1);
    ProportionTrend test =
        proportion_trend(case_values(c, "x"), case_values(c, "n"), c->data->rows);
    table_set_number(t, 0, SLICE("chi2_trend"), test.chi2_trend);
    table_set_number(t, 0, SLICE("df"), 1);
    table_set_number(t, 0, SLICE("p_trend"), test.p_trend);
    table_set_number(t, 0, SLICE("chi2_heterogeneity"), test.chi2_heterogeneity);
    table_set_number(t, 0, SLICE("df_heterogeneity"), test.df_heterogeneity);
    table_set_number(t, 0, SLICE("p_heterogeneity"), test.p_heterogeneity);
}

const Family RATE_FAMILIES[] = {{"qnorm", run_qnorm},
                                {"qchisq", run_qchisq},
                                {"qt", run_qt},
                                {"r_rng", run_random},
                                {"byars_wilson", run_byars_wilson},
                                {"phe_proportion", run_proportion},
                                {"phe_rate", run_rate},
                                {"phe_mean", run_mean},
                                {"calculate_dsr", run_dsr},
                                {"calculate_ISRatio", run_isratio},
                                {"calculate_ISRate", run_israte},
                                {"risk_2x2", run_risk},
                                {"rate_ratio_difference", run_rate_ratio},
                                {"mantel_haenszel", run_mantel_haenszel},
                                {"prop_trend_test", run_proportion_trend},
                                {NULL, NULL}};
