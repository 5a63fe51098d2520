/* Concentration index, Gini coefficient, Lorenz curve. Ranks by value, never by label. */
#include "runtime/stats/concentration.h"

#include <math.h>

#include "runtime/stats/sort.h"
#include "runtime/stats/sum.h"

static double weight_at(const double *weights, size_t i) {
    return weights ? weights[i] : 1;
}

static double total_weight(const double *weights, size_t count) {
    return weights ? sum_array(weights, count) : (double)count;
}

/* R: the middle of each row's stretch of the population, as a share of it. */
static void fractional_ranks(const ConcentrationData *data, double *fractional, size_t *order) {
    double all = total_weight(data->weights, data->count);
    Sum before = {0, 0};
    sort_positions(data->ranks, data->count, order);
    for (size_t first = 0, end; first < data->count; first = end) {
        Sum tied = {0, 0};
        for (end = first; end < data->count &&
                          (end == first || (data->ties_share &&
                                            data->ranks[order[end]] == data->ranks[order[first]]));
             end++)
            sum_add(&tied, weight_at(data->weights, order[end]));
        for (size_t i = first; i < end; i++)
            fractional[order[i]] = (sum_value(&before) + sum_value(&tied) / 2) / all;
        sum_add(&before, sum_value(&tied));
    }
}

/* Weighted means, spreads and the like that the methods share. */
typedef struct {
    double weight;        /* sum w */
    double mean;          /* of the outcome */
    double mean_rank;     /* of R */
    double spread;        /* sum w (R - mean)^2 */
    double cross;         /* sum w (R - mean)(y - mean) */
    double rank_variance; /* V, with the unbiased divisor */
} Moments;

static Moments moments_of(const ConcentrationData *data, const double *fractional) {
    Sum rank = {0, 0}, outcome = {0, 0}, spread = {0, 0}, cross = {0, 0}, squares = {0, 0};
    Moments m = {.weight = total_weight(data->weights, data->count)};
    for (size_t i = 0; i < data->count; i++) {
        double w = weight_at(data->weights, i);
        sum_add(&rank, w * fractional[i]);
        sum_add(&outcome, w * data->outcomes[i]);
        sum_add(&squares, w * w);
    }
    m.mean_rank = sum_value(&rank) / m.weight;
    m.mean = sum_value(&outcome) / m.weight;
    for (size_t i = 0; i < data->count; i++) {
        double w = weight_at(data->weights, i), r = fractional[i] - m.mean_rank;
        sum_add(&spread, w * r * r);
        sum_add(&cross, w * r * (data->outcomes[i] - m.mean));
    }
    m.spread = sum_value(&spread);
    m.cross = sum_value(&cross);
    m.rank_variance = m.weight * m.spread / (m.weight * m.weight - sum_value(&squares));
    return m;
}

/* Kakwani's variance: a_i = y/mu (2R - 1 - C) + 2 - q_(i-1) - q_i, q the concentration curve. */
static Concentration direct_index(const ConcentrationData *data, const Moments *m,
                                  const double *fractional, const size_t *order) {
    double n = (double)data->count, index = 2 * m->cross / m->weight / m->mean;
    double all = sum_array(data->outcomes, data->count);
    Sum curve = {0, 0}, squares = {0, 0};
    for (size_t i = 0; i < data->count; i++) {
        double y = data->outcomes[order[i]], before = sum_value(&curve);
        sum_add(&curve, y / all);
        double a =
            y / m->mean * (2 * fractional[order[i]] - 1 - index) + 2 - before - sum_value(&curve);
        sum_add(&squares, a * a);
    }
    double variance = (sum_value(&squares) / n - (1 + index) * (1 + index)) / n;
    return (Concentration){index, variance, {NAN, NAN}};
}

/* The residual variance of y = A + B R. */
static double residual_variance(const ConcentrationData *data, const Moments *m,
                                const double *fractional) {
    double slope = m->cross / m->spread;
    Sum sum = {0, 0};
    for (size_t i = 0; i < data->count; i++) {
        double residual = data->outcomes[i] - m->mean - slope * (fractional[i] - m->mean_rank);
        sum_add(&sum, weight_at(data->weights, i) * residual * residual);
    }
    return sum_value(&sum) / ((double)data->count - 2);
}

static Concentration regression_index(const ConcentrationData *data, const Moments *m,
                                      const double *fractional, bool convenient) {
    double n = (double)data->count, correct = (n - 1) / n, v = 2 * m->rank_variance;
    double slope = m->cross / m->spread, start = m->mean - slope * m->mean_rank;
    double noise = residual_variance(data, m, fractional);
    if (convenient) {
        double scale = v / m->mean;
        return (Concentration){
            slope * scale * correct, noise / m->spread * scale * scale, {NAN, NAN}};
    }
    double middle = start + slope / 2, by_start = -v * slope / (middle * middle);
    double by_slope = v * start / (middle * middle);
    double slope_variance = noise / m->spread;
    double start_variance = noise * (1 / m->weight + m->mean_rank * m->mean_rank / m->spread);
    double covariance = -noise * m->mean_rank / m->spread;
    double variance = by_start * by_start * start_variance + by_slope * by_slope * slope_variance +
                      2 * by_start * by_slope * covariance;
    return (Concentration){v * slope / middle * correct, variance, {NAN, NAN}};
}

/* What turns C into the wanted form. */
static double form_factor(const ConcentrationData *data, ConcentrationForm form, double mean) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < data->count; i++) {
        low = fmin(low, data->outcomes[i]);
        high = fmax(high, data->outcomes[i]);
    }
    switch (form) {
    case CONCENTRATION_RELATIVE: return 1;
    case CONCENTRATION_GENERALISED: return mean;
    case CONCENTRATION_ERREYGERS: return 4 * mean / (high - low);
    case CONCENTRATION_WAGSTAFF: return low >= 0 && high <= 1 ? 1 / (1 - mean) : NAN;
    }
    return NAN;
}

static bool data_usable(const ConcentrationData *data) {
    for (size_t i = 0; i < data->count; i++)
        if (!isfinite(data->outcomes[i]) || isnan(data->ranks[i]) ||
            !(weight_at(data->weights, i) >= 0))
            return false;
    return data->count >= 3 && total_weight(data->weights, data->count) > 0;
}

bool concentration_index(const ConcentrationData *data, ConcentrationMethod method,
                         ConcentrationForm form, double confidence, double *fractional,
                         size_t *order, Concentration *result) {
    *result = (Concentration){NAN, NAN, {NAN, NAN}};
    if (!data_usable(data) || !confidence_valid(confidence)) return false;
    fractional_ranks(data, fractional, order);
    Moments moments = moments_of(data, fractional);
    if (moments.mean == 0) return false;
    Concentration index =
        method == CONCENTRATION_DIRECT
            ? direct_index(data, &moments, fractional, order)
            : regression_index(data, &moments, fractional, method == CONCENTRATION_CONVENIENT);
    double factor = form_factor(data, form, moments.mean);
    if (!isfinite(factor) || !isfinite(index.value)) return false;
    result->value = index.value * factor;
    result->variance = index.variance * factor * factor;
    /* Kakwani's variance may come out below zero; the index then stands without limits. */
    double error = result->variance >= 0 ? sqrt(result->variance) : NAN;
    if (!normal_limits(result->value, error, confidence, &result->limits))
        result->limits = (Interval){NAN, NAN};
    return true;
}

void lorenz_curve(const double *values, const double *weights, size_t count, size_t *order,
                  double *people, double *share) {
    Sum weight = {0, 0}, amount = {0, 0};
    sort_positions(values, count, order);
    people[0] = share[0] = 0;
    for (size_t i = 0; i < count; i++) {
        double w = weight_at(weights, order[i]);
        sum_add(&weight, w);
        sum_add(&amount, w * values[order[i]]);
        people[i + 1] = sum_value(&weight);
        share[i + 1] = sum_value(&amount);
    }
    for (size_t i = 1; i <= count; i++) {
        people[i] /= sum_value(&weight);
        share[i] /= sum_value(&amount);
    }
}

static bool shares_usable(const double *values, const double *weights, size_t count) {
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(values[i] >= 0 && isfinite(values[i]) && weight_at(weights, i) >= 0)) return false;
        most = fmax(most, values[i] * weight_at(weights, i));
    }
    return most > 0;
}

bool gini_coefficient(const double *values, const double *weights, size_t count, size_t *order,
                      Gini *result) {
    *result = (Gini){NAN, NAN, NAN, NAN};
    if (!shares_usable(values, weights, count)) return false;
    sort_positions(values, count, order);
    double n = (double)count, all = total_weight(weights, count);
    Sum amount = {0, 0}, area = {0, 0}, ranked = {0, 0}, distance = {0, 0};
    for (size_t i = 0; i < count; i++) {
        double w = weight_at(weights, order[i]), x = values[order[i]], before = sum_value(&amount);
        sum_add(&amount, w * x);
        sum_add(&area, w / all * (before + sum_value(&amount)));
        sum_add(&ranked, (double)(i + 1) * x);
    }
    double total = sum_value(&amount);
    for (size_t i = 0; i < count; i++)
        sum_add(&distance, weight_at(weights, i) * fabs(values[i] - total / all));
    result->trapezium = 1 - sum_value(&area) / total;
    result->hoover = sum_value(&distance) / (2 * total);
    if (weights) return true;
    result->gini = (2 * sum_value(&ranked) / total - (n + 1)) / n;
    result->corrected = count > 1 ? result->gini * n / (n - 1) : NAN;
    return true;
}
