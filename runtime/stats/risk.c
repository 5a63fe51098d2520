/* Two-by-two tables and person-time, alone and stratified. */
#include "runtime/stats/risk.h"

#include <math.h>

#include "runtime/stats/special.h"
#include "runtime/stats/sum.h"

/* A ratio with limits on the log scale from the variance of its logarithm. */
static RiskMeasure log_measure(double ratio, double variance, double z) {
    double factor = exp(z * sqrt(variance));
    return (RiskMeasure){ratio, {ratio / factor, ratio * factor}};
}

static RiskMeasure wald_measure(double value, double variance, double z) {
    double half = z * sqrt(variance);
    return (RiskMeasure){value, {value - half, value + half}};
}

Interval difference_limits(double a, Interval of_a, double b, Interval of_b) {
    return (Interval){a - b - hypot(a - of_a.lower, of_b.upper - b),
                      a - b + hypot(of_a.upper - a, b - of_b.lower)};
}

static Interval newcombe(const RiskTable *table, double confidence) {
    double n1 = table->a + table->b, n0 = table->c + table->d;
    double p1 = table->a / n1, p0 = table->c / n0;
    Interval one, none;
    if (!wilson_limits(table->a, n1, confidence, &one) ||
        !wilson_limits(table->c, n0, confidence, &none))
        return (Interval){NAN, NAN};
    return difference_limits(p1, one, p0, none);
}

static bool table_usable(const RiskTable *t) {
    return t->a >= 0 && t->b >= 0 && t->c >= 0 && t->d >= 0 && t->a + t->b > 0 && t->c + t->d > 0;
}

bool risk_compare(const RiskTable *table, double confidence, RiskComparison *comparison) {
    double a = table->a, b = table->b, c = table->c, d = table->d, n1 = a + b, n0 = c + d;
    RiskMeasure none = {NAN, {NAN, NAN}};
    *comparison = (RiskComparison){NAN, NAN, none, none, none, none.limits, NAN, NAN};
    if (!table_usable(table) || !confidence_valid(confidence)) return false;
    double z = confidence_z(confidence), p1 = a / n1, p0 = c / n0, cross = a * d - b * c;
    comparison->exposed = p1;
    comparison->unexposed = p0;
    comparison->ratio = log_measure(p1 / p0, 1 / a - 1 / n1 + 1 / c - 1 / n0, z);
    comparison->odds_ratio = log_measure(a * d / (b * c), 1 / a + 1 / b + 1 / c + 1 / d, z);
    comparison->difference = wald_measure(p1 - p0, p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0, z);
    comparison->difference_newcombe = newcombe(table, confidence);
    comparison->chi2 = cross * cross * (n1 + n0) / (n1 * n0 * (a + c) * (b + d));
    comparison->p = chi_square_upper(comparison->chi2, 1);
    return true;
}

/* Given all events, those of the first group are binomial with odds of ratio * t1/t0. */
static Interval exact_rate_ratio(double events1, double time1, double events0, double time0,
                                 double confidence) {
    double tail = (1 - confidence) / 2;
    double low = events1 > 0 ? beta_quantile(tail, events1, events0 + 1) : 0;
    double high = events0 > 0 ? beta_quantile(1 - tail, events1 + 1, events0) : 1;
    return (Interval){low / (1 - low) * time0 / time1, high / (1 - high) * time0 / time1};
}

bool rate_compare(double events1, double time1, double events0, double time0, double confidence,
                  RateComparison *comparison) {
    RiskMeasure none = {NAN, {NAN, NAN}};
    *comparison = (RateComparison){NAN, NAN, none, none.limits, none};
    if (!(events1 >= 0 && events0 >= 0 && time1 > 0 && time0 > 0) || !confidence_valid(confidence))
        return false;
    double z = confidence_z(confidence), rate1 = events1 / time1, rate0 = events0 / time0;
    double variance = events1 / (time1 * time1) + events0 / (time0 * time0);
    comparison->rate1 = rate1;
    comparison->rate0 = rate0;
    comparison->ratio = log_measure(rate1 / rate0, 1 / events1 + 1 / events0, z);
    comparison->ratio_exact = exact_rate_ratio(events1, time1, events0, time0, confidence);
    comparison->difference = wald_measure(rate1 - rate0, variance, z);
    return true;
}

/* The sums over strata that all the estimates are made of. */
typedef struct {
    Sum r, s;       /* ad/T and bc/T */
    Sum pr, ps, qs; /* with P = (a+d)/T and Q = (b+c)/T: PR, PS + QR, QS */
    Sum risk1, risk0, risk_variance;
    Sum excess, excess_variance;
} StrataSums;

static void strata_add(StrataSums *sums, const RiskTable *t) {
    double n1 = t->a + t->b, n0 = t->c + t->d, m1 = t->a + t->c, m0 = t->b + t->d;
    double total = n1 + n0;
    double r = t->a * t->d / total, s = t->b * t->c / total;
    double p = (t->a + t->d) / total, q = (t->b + t->c) / total;
    sum_add(&sums->r, r);
    sum_add(&sums->s, s);
    sum_add(&sums->pr, p * r);
    sum_add(&sums->ps, p * s + q * r);
    sum_add(&sums->qs, q * s);
    sum_add(&sums->risk1, t->a * n0 / total);
    sum_add(&sums->risk0, t->c * n1 / total);
    sum_add(&sums->risk_variance, (m1 * n1 * n0 - t->a * t->c * total) / (total * total));
    sum_add(&sums->excess, t->a - n1 * m1 / total);
    /* One person alone in a stratum varies by nothing, not by 0/0. */
    if (total > 1)
        sum_add(&sums->excess_variance, n1 * n0 * m1 * m0 / (total * total * (total - 1)));
}

static double odds_variance(const StrataSums *sums) {
    double r = sum_value(&sums->r), s = sum_value(&sums->s);
    return sum_value(&sums->pr) / (2 * r * r) + sum_value(&sums->ps) / (2 * r * s) +
           sum_value(&sums->qs) / (2 * s * s);
}

bool mantel_haenszel(const RiskTable *strata, size_t count, double confidence,
                     MantelHaenszel *result) {
    RiskMeasure none = {NAN, {NAN, NAN}};
    StrataSums sums = {.r = {0, 0}};
    *result = (MantelHaenszel){none, none, NAN, NAN};
    if (!confidence_valid(confidence)) return false;
    for (size_t i = 0; i < count; i++)
        if (strata[i].a + strata[i].b + strata[i].c + strata[i].d > 0)
            strata_add(&sums, &strata[i]);
    double z = confidence_z(confidence), excess = sum_value(&sums.excess);
    double risk1 = sum_value(&sums.risk1), risk0 = sum_value(&sums.risk0);
    result->odds_ratio =
        log_measure(sum_value(&sums.r) / sum_value(&sums.s), odds_variance(&sums), z);
    result->risk_ratio =
        log_measure(risk1 / risk0, sum_value(&sums.risk_variance) / (risk1 * risk0), z);
    result->chi2 = excess * excess / sum_value(&sums.excess_variance);
    result->p = chi_square_upper(result->chi2, 1);
    return true;
}
