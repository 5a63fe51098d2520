/* Slope and relative index of inequality, with analytic and simulated limits. Knows groups by
 * position only. */
#include "runtime/stats/inequality.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <pthread.h>

#include "runtime/base/processor.h"
#include "runtime/data/parallel.h"
#include "runtime/stats/sort.h"
#include "runtime/stats/special.h"
#include "runtime/stats/sum.h"

/* f: from a value to the scale on which its error is normal. */
static double to_scale(InequalityScale scale, double y) {
    switch (scale) {
    case SCALE_NORMAL: return y;
    case SCALE_RATE: return y > 0 ? log(y) : NAN;
    case SCALE_PROPORTION: return y > 0 && y < 1 ? log(y / (1 - y)) : NAN;
    }
    return NAN;
}

/* g, the inverse of f. */
static double from_scale(InequalityScale scale, double x) {
    switch (scale) {
    case SCALE_NORMAL: return x;
    case SCALE_RATE: return exp(x);
    case SCALE_PROPORTION: return 1 / (1 + exp(-x));
    }
    return NAN;
}

/* The slope of g at f(y): what turns an error on the scale into one of the value. */
static double scale_slope(InequalityScale scale, double x) {
    double y = from_scale(scale, x);
    switch (scale) {
    case SCALE_NORMAL: return 1;
    case SCALE_RATE: return y;
    case SCALE_PROPORTION: return y * (1 - y);
    }
    return NAN;
}

double inequality_error(InequalityScale scale, double lower, double upper) {
    return (to_scale(scale, upper) - to_scale(scale, lower)) / (2 * normal_quantile(0.975));
}

static AbsentReason gradient_refusal(const Gradient *gradient) {
    AbsentReason reason = ABSENT_NONE;
    if (gradient->count < INEQUALITY_GROUPS_MIN || gradient->count > INEQUALITY_GROUPS_MAX)
        return ABSENT_NOT_CALCULABLE;
    for (size_t i = 0; i < gradient->count; i++) {
        double y = gradient->values[i], n = gradient->populations[i];
        if (isnan(y) || isnan(n))
            reason = absent_merge(reason, ABSENT_MISSING);
        else if (n == 0)
            reason = absent_merge(reason, ABSENT_NO_POPULATION);
        else if (!isfinite(y) || !(n > 0) || isinf(n))
            reason = absent_merge(reason, ABSENT_NOT_CALCULABLE);
    }
    return reason;
}

/* The weights by which values enter slope and intercept; they depend on populations only. */
static void fit_weights(const Gradient *gradient, InequalityFit *fit) {
    double total = sum_array(gradient->populations, gradient->count);
    double share[INEQUALITY_GROUPS_MAX], middle[INEQUALITY_GROUPS_MAX], before = 0;
    Sum s0 = {0, 0}, s1 = {0, 0}, s2 = {0, 0};
    for (size_t i = 0; i < gradient->count; i++) {
        double a = share[i] = gradient->populations[i] / total;
        double b = middle[i] = before + a / 2;
        before += a;
        sum_add(&s0, a);
        sum_add(&s1, a * b);
        sum_add(&s2, a * b * b);
    }
    double t0 = sum_value(&s0), t1 = sum_value(&s1), t2 = sum_value(&s2);
    double determinant = t0 * t2 - t1 * t1;
    for (size_t i = 0; i < gradient->count; i++) {
        fit->slope_weight[i] = share[i] * (t0 * middle[i] - t1) / determinant;
        fit->intercept_weight[i] = share[i] * (t2 - t1 * middle[i]) / determinant;
    }
}

static double weighted(const double *weights, const double *values, size_t count) {
    Sum sum = {0, 0};
    for (size_t i = 0; i < count; i++) sum_add(&sum, weights[i] * values[i]);
    return sum_value(&sum);
}

AbsentReason inequality_fit(const Gradient *gradient, const InequalityModel *model,
                            InequalityFit *fit) {
    AbsentReason refusal = gradient_refusal(gradient);
    if (refusal) return refusal;
    fit->count = gradient->count;
    fit_weights(gradient, fit);
    for (size_t i = 0; i < fit->count; i++) {
        fit->modelled[i] = to_scale(model->scale, gradient->values[i]);
        fit->errors[i] = gradient->errors ? gradient->errors[i] : NAN;
        if (isnan(fit->modelled[i]) && (model->transform || gradient->errors))
            return ABSENT_NOT_CALCULABLE;
    }
    const double *regressed = model->transform ? fit->modelled : gradient->values;
    fit->slope = weighted(fit->slope_weight, regressed, fit->count);
    fit->intercept = weighted(fit->intercept_weight, regressed, fit->count);
    return ABSENT_NONE;
}

/* Limits of the slope turned about the middle of the line, seen at its ends. */
static void transformed_limits(const InequalityFit *fit, const InequalityModel *model,
                               Interval slope, Interval *sii, Interval *rii) {
    double middle = fit->intercept + fit->slope / 2, slopes[2] = {slope.lower, slope.upper};
    double difference[2], ratio[2];
    for (int i = 0; i < 2; i++) {
        double far = from_scale(model->scale, middle + slopes[i] / 2);
        double near = from_scale(model->scale, middle - slopes[i] / 2);
        difference[i] = (far - near) * model->multiplier;
        ratio[i] = model->multiplier < 0 ? near / far : far / near;
    }
    int low = model->multiplier < 0;
    *sii = (Interval){difference[low], difference[1 - low]};
    *rii = (Interval){ratio[low], ratio[1 - low]};
}

/* The standard error of sum(weights * value); values' errors by the delta method unless the
 * model is fitted on the scale itself. */
static double combined_error(const InequalityFit *fit, const InequalityModel *model,
                             const double *weights) {
    Sum sum = {0, 0};
    for (size_t i = 0; i < fit->count; i++) {
        double error = fit->errors[i];
        if (!model->transform) error *= scale_slope(model->scale, fit->modelled[i]);
        sum_add(&sum, weights[i] * weights[i] * error * error);
    }
    return sqrt(sum_value(&sum));
}

static Interval ordered(double a, double b) {
    return a <= b ? (Interval){a, b} : (Interval){b, a};
}

/* On the logarithm of far/near, whose derivative by a value is weight/far - weight/near. */
static Interval plain_rii_limits(const InequalityFit *fit, const InequalityModel *model, double z) {
    double near = fit->intercept, far = near + fit->slope, weights[INEQUALITY_GROUPS_MAX];
    if (!(near > 0 && far > 0)) return (Interval){NAN, NAN};
    for (size_t i = 0; i < fit->count; i++)
        weights[i] = (fit->intercept_weight[i] + fit->slope_weight[i]) / far -
                     fit->intercept_weight[i] / near;
    double half = z * combined_error(fit, model, weights);
    double sign = model->multiplier < 0 ? -1 : 1, ratio = sign * log(far / near);
    return (Interval){exp(ratio - half), exp(ratio + half)};
}

static void analytic_limits(const InequalityFit *fit, const InequalityModel *model, double z,
                            Interval *sii, Interval *rii) {
    double half = z * combined_error(fit, model, fit->slope_weight);
    Interval slope = {fit->slope - half, fit->slope + half};
    if (model->transform) {
        transformed_limits(fit, model, slope, sii, rii);
        return;
    }
    *sii = isnan(half) ? (Interval){NAN, NAN}
                       : ordered(slope.lower * model->multiplier, slope.upper * model->multiplier);
    *rii = plain_rii_limits(fit, model, z);
}

/* An estimate without counts of its own: it rests on those of its groups. */
static Estimate index_estimate(double value, Interval limits) {
    if (!isfinite(value)) return estimate_absent(ABSENT_NOT_CALCULABLE, NAN, NAN);
    return (Estimate){value, limits.lower, limits.upper, NAN, NAN, ABSENT_NONE, METHOD_SLOPE_ANALYTIC};
}

Inequality inequality_estimate(const InequalityFit *fit, const InequalityModel *model,
                               double confidence) {
    Interval sii, rii;
    InequalityScale scale = model->transform ? model->scale : SCALE_NORMAL;
    double near = from_scale(scale, fit->intercept);
    double far = from_scale(scale, fit->intercept + fit->slope);
    double difference = model->transform ? far - near : fit->slope;
    double ratio = model->multiplier < 0 ? near / far : far / near;
    double z = confidence_valid(confidence) ? confidence_z(confidence) : NAN;
    analytic_limits(fit, model, z, &sii, &rii);
    return (Inequality){index_estimate(difference * model->multiplier, sii),
                        index_estimate(ratio, rii), near * fabs(model->multiplier)};
}

enum {
    BATCH = 64,                /* repetitions made side by side */
    DRAWN = 1 << 14,           /* numbers drawn at once, of at least a batch */
    TOO_FEW_TO_SHARE = 1 << 16 /* numbers; threads cost more */
};

static_assert(DRAWN >= BATCH * INEQUALITY_GROUPS_MAX, "a batch fits into what is drawn at once");

/* Whoever has time draws the next numbers, in order, and makes something of them while others draw. */
typedef struct {
    const InequalityFit *fit;
    const InequalityModel *model;
    ShareSource source;
    void *state;
    size_t varying; /* groups that have an error: numbers a repetition */
    size_t repetitions, at_once;
    double *sii, *rii;
    NormalQuantiles *quantiles;
    pthread_mutex_t drawing;
    size_t next; /* repetition */
} Simulation;

typedef struct {
    double values[INEQUALITY_GROUPS_MAX][BATCH]; /* of each group */
    double slopes[BATCH], starts[BATCH];
} Batch;

#define SIDE_BY_SIDE static inline __attribute__((always_inline))

/* g of each, as from_scale. */
SIDE_BY_SIDE void from_scale_each(InequalityScale scale, double *values, size_t count) {
    if (scale == SCALE_NORMAL) return;
    if (scale == SCALE_PROPORTION)
        for (size_t r = 0; r < count; r++) values[r] = -values[r];
    for (size_t r = 0; r < count; r++) values[r] = exp(values[r]);
    if (scale == SCALE_PROPORTION)
        for (size_t r = 0; r < count; r++) values[r] = 1 / (1 + values[r]);
}

/* Every group's value drawn anew, in the order of groups within that of repetitions. */
SIDE_BY_SIDE void draw_values(const Simulation *s, const double *deviates, size_t count,
                              Batch *batch) {
    InequalityScale scale = s->model->transform ? SCALE_NORMAL : s->model->scale;
    for (size_t g = 0; g < s->fit->count; g++) {
        bool varies = s->fit->errors[g] != 0;
        double x = s->fit->modelled[g], error = s->fit->errors[g], *values = batch->values[g];
        for (size_t r = 0; r < count; r++)
            values[r] = varies ? x + error * deviates[r * s->varying] : x;
        from_scale_each(scale, values, count);
        deviates += varies;
    }
}

/* The weighted sum of each repetition's values, compensated as `weighted` is. */
SIDE_BY_SIDE void weighted_each(const double *weights, const Batch *batch, size_t groups,
                                size_t count, double *sums) {
    double carry[BATCH] = {0};
    for (size_t r = 0; r < count; r++) sums[r] = 0;
    for (size_t g = 0; g < groups; g++) {
        for (size_t r = 0; r < count; r++) {
            double x = weights[g] * batch->values[g][r], total = sums[r], next = total + x;
            double of_total = (total - next) + x, of_term = (x - next) + total;
            double lost = fabs(total) >= fabs(x) ? of_total : of_term;
            carry[r] += fabs(next) <= DBL_MAX ? lost : 0;
            sums[r] = next;
        }
    }
    for (size_t r = 0; r < count; r++) sums[r] += carry[r];
}

SIDE_BY_SIDE void simulate_batch(const Simulation *s, const double *deviates, size_t from,
                                 size_t count, Batch *batch) {
    double *slopes = batch->slopes, *starts = batch->starts, *sii = s->sii + from;
    draw_values(s, deviates, count, batch);
    weighted_each(s->fit->slope_weight, batch, s->fit->count, count, slopes);
    double multiplier = s->model->transform ? 1 : s->model->multiplier;
    for (size_t r = 0; r < count; r++) sii[r] = slopes[r] * multiplier;
    if (s->model->transform) return;
    double *rii = s->rii + from;
    weighted_each(s->fit->intercept_weight, batch, s->fit->count, count, starts);
    for (size_t r = 0; r < count; r++) rii[r] = (starts[r] + slopes[r]) / starts[r];
    if (s->model->multiplier < 0)
        for (size_t r = 0; r < count; r++) rii[r] = 1 / rii[r];
}

/* The next repetitions and their numbers; none where all are taken. */
static size_t draw_next(Simulation *s, double *shares, size_t *from) {
    pthread_mutex_lock(&s->drawing);
    size_t left = s->repetitions - s->next, count = left < s->at_once ? left : s->at_once;
    *from = s->next;
    s->next += count;
    if (count && s->varying) s->source(s->state, shares, count * s->varying);
    pthread_mutex_unlock(&s->drawing);
    return count;
}

SIDE_BY_SIDE void simulate_all(Simulation *s) {
    double shares[DRAWN];
    Batch batch;
    for (size_t from, count; (count = draw_next(s, shares, &from));) {
        s->quantiles(shares, count * s->varying);
        for (size_t r = 0; r < count; r += BATCH)
            simulate_batch(s, shares + r * s->varying, from + r,
                           count - r < BATCH ? count - r : BATCH, &batch);
    }
}

static void simulate_portable(void *context, uint32_t worker) {
    (void)worker;
    simulate_all(context);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void simulate_avx2(void *context, uint32_t worker) {
    (void)worker;
    simulate_all(context);
}
#else
#define simulate_avx2 simulate_portable
#endif

void inequality_simulate(const InequalityFit *fit, const InequalityModel *model,
                         ShareSource source, void *state, size_t repetitions, uint32_t threads,
                         double *sii, double *rii) {
    Simulation s = {.fit = fit,
                    .model = model,
                    .source = source,
                    .state = state,
                    .repetitions = repetitions,
                    .sii = sii,
                    .rii = rii,
                    .quantiles = normal_quantiles_best(),
                    .drawing = PTHREAD_MUTEX_INITIALIZER};
    for (size_t g = 0; g < fit->count; g++) s.varying += fit->errors[g] != 0;
    s.at_once = DRAWN / (s.varying ? s.varying : 1) / BATCH * BATCH;
    bool few = repetitions * fit->count < TOO_FEW_TO_SHARE;
    parallel_run(few ? 1 : parallel_threads(threads),
                 processor_has(PROCESSOR_AVX2) ? simulate_avx2 : simulate_portable, &s);
    pthread_mutex_destroy(&s.drawing);
}

bool inequality_simulated_limits(const InequalityFit *fit, const InequalityModel *model,
                                 double *sii, double *rii, size_t repetitions,
                                 double confidence, Interval *sii_limits, Interval *rii_limits) {
    double p = confidence + (1 - confidence) / 2, draws = (double)repetitions;
    double low = nearbyint(draws * (1 - p)), high = nearbyint(draws * p);
    *sii_limits = *rii_limits = (Interval){NAN, NAN};
    if (!confidence_valid(confidence) || low < 1) return false;
    size_t first = (size_t)low - 1, last = (size_t)high - 1;
    Interval drawn = {sort_select(sii, repetitions, first), sort_select(sii, repetitions, last)};
    if (model->transform) {
        transformed_limits(fit, model, drawn, sii_limits, rii_limits);
    } else {
        *sii_limits = drawn;
        *rii_limits = (Interval){sort_select(rii, repetitions, first),
                                 sort_select(rii, repetitions, last)};
    }
    return true;
}

double inequality_reliability(Interval first, const Interval *others, size_t count) {
    Sum sum = {0, 0};
    for (size_t i = 0; i < count; i++) {
        sum_add(&sum, fabs(others[i].lower - first.lower));
        sum_add(&sum, fabs(others[i].upper - first.upper));
    }
    return sum_value(&sum) / (2 * (double)count);
}
