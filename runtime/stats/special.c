/* Special functions in extended precision (`long double`), rounded once at the end. Series,
 * continued fractions and asymptotic forms are those of Abramowitz and Stegun, chapters 6
 * and 26; quantiles are found by Newton's method between brackets, so that no start value
 * can lead them astray. Never returns a guess outside its domain: that is NaN. */
#include "runtime/stats/special.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/processor.h"

static const long double LN_SQRT_2PI = 0.918938533204672741780329736405617640L;

static double polynomial(const double *coefficients, size_t count, double x) {
    double value = coefficients[count - 1];
    for (size_t i = count - 1; i-- > 0;) value = value * x + coefficients[i];
    return value;
}

double normal_cdf(double z) {
    return (double)(0.5L * erfcl(-(long double)z / sqrtl(2.0L)));
}

/* AS 241's three rational approximations: centre, shoulder and tail. The centre is written out so
 * that many at a time are computed side by side. */
static inline double normal_quantile_centre(double q) {
    double r = 0.180625 - q * q;
    double above = 2.5090809287301226727e+3;
    above = above * r + 3.3430575583588128105e+4;
    above = above * r + 6.7265770927008700853e+4;
    above = above * r + 4.5921953931549871457e+4;
    above = above * r + 1.3731693765509461125e+4;
    above = above * r + 1.9715909503065514427e+3;
    above = above * r + 1.3314166789178437745e+2;
    above = above * r + 3.3871328727963666080e0;
    double below = 5.2264952788528545610e+3;
    below = below * r + 2.8729085735721942674e+4;
    below = below * r + 3.9307895800092710610e+4;
    below = below * r + 2.1213794301586595867e+4;
    below = below * r + 5.3941960214247511077e+3;
    below = below * r + 6.8718700749205790830e+2;
    below = below * r + 4.2313330701600911252e+1;
    below = below * r + 1.0;
    return q * above / below;
}

static inline double normal_quantile_shoulder(double r) {
    double above = 7.74545014278341407640e-4;
    above = above * r + 2.27238449892691845833e-2;
    above = above * r + 2.41780725177450611770e-1;
    above = above * r + 1.27045825245236838258e0;
    above = above * r + 3.64784832476320460504e0;
    above = above * r + 5.76949722146069140550e0;
    above = above * r + 4.63033784615654529590e0;
    above = above * r + 1.42343711074968357734e0;
    double below = 1.05075007164441684324e-9;
    below = below * r + 5.47593808499534494600e-4;
    below = below * r + 1.51986665636164571966e-2;
    below = below * r + 1.48103976427480074590e-1;
    below = below * r + 6.89767334985100004550e-1;
    below = below * r + 1.67638483018380384940e0;
    below = below * r + 2.05319162663775882187e0;
    below = below * r + 1.0;
    return above / below;
}

static double normal_quantile_tail(double r) {
    static const double e[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                1.78482653991729133580e0,  2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[8] = {1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};
    return polynomial(e, 8, r) / polynomial(f, 8, r);
}

double normal_quantile(double p) {
    if (!(p >= 0 && p <= 1)) return NAN;
    if (p == 0) return -INFINITY;
    if (p == 1) return INFINITY;
    double q = p - 0.5;
    if (fabs(q) <= 0.425) return normal_quantile_centre(q);
    double r = sqrt(-log(q < 0 ? p : 1 - p));
    double z = r <= 5 ? normal_quantile_shoulder(r - 1.6) : normal_quantile_tail(r - 5);
    return q < 0 ? -z : z;
}

/* Many at a time: the centre of all, then the shoulders of those that have one, each loop over
 * numbers side by side; the few further out one by one. */
enum { QUANTILE_BLOCK = 256 };

typedef struct {
    double share[QUANTILE_BLOCK];
    double root[QUANTILE_BLOCK]; /* sqrt(-ln of the nearer tail) */
    uint16_t at[QUANTILE_BLOCK];
} Tails;

static inline __attribute__((always_inline)) void quantile_block(double *block, size_t n,
                                                                 Tails *tails) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        tails->share[count] = block[i];
        tails->at[count] = (uint16_t)i;
        count += !(fabs(block[i] - 0.5) <= 0.425);
    }
    for (size_t i = 0; i < n; i++) block[i] = normal_quantile_centre(block[i] - 0.5);
    for (size_t i = 0; i < count; i++) {
        double p = tails->share[i];
        tails->root[i] = -log(p < 0.5 ? p : 1 - p);
    }
    for (size_t i = 0; i < count; i++) tails->root[i] = sqrt(tails->root[i]);
    for (size_t i = 0; i < count; i++) {
        double p = tails->share[i];
        double z = tails->root[i] <= 5 ? normal_quantile_shoulder(tails->root[i] - 1.6)
                                       : normal_quantile_tail(tails->root[i] - 5);
        block[tails->at[i]] = p > 0 && p < 1 ? (p < 0.5 ? -z : z) : normal_quantile(p);
    }
}

static inline __attribute__((always_inline)) void quantile_blocks(double *values, size_t count) {
    Tails tails;
    for (size_t from = 0; from < count; from += QUANTILE_BLOCK)
        quantile_block(values + from,
                       count - from < QUANTILE_BLOCK ? count - from : QUANTILE_BLOCK, &tails);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void quantile_blocks_avx2(double *values, size_t count) {
    quantile_blocks(values, count);
}
#endif

static void quantile_blocks_portable(double *values, size_t count) {
    quantile_blocks(values, count);
}

NormalQuantiles *normal_quantiles_best(void) {
#if defined(__x86_64__)
    if (processor_has(PROCESSOR_AVX2)) return quantile_blocks_avx2;
#endif
    return quantile_blocks_portable;
}

/* ln Gamma(a) - [(a - 1/2) ln a - a + ln sqrt(2 pi)]: what Stirling's formula leaves. The
 * asymptotic series from 20 up, the recurrence of Gamma below. */
static long double stirling_error(long double a) {
    static const long double bernoulli[9] = {1.0L / 12,    -1.0L / 360,       1.0L / 1260,
                                             -1.0L / 1680, 1.0L / 1188,       -691.0L / 360360,
                                             1.0L / 156,   -3617.0L / 122400, 43867.0L / 244188};
    long double shifted = 0;
    for (; a < 20; a++) shifted += (a + 0.5L) * log1pl(1 / a) - 1;
    long double square = 1 / (a * a), series = 0;
    for (size_t i = 9; i-- > 0;) series = series * square + bernoulli[i];
    return shifted + series / a;
}

static long double log_gamma_extended(long double a) {
    return (a - 0.5L) * logl(a) - a + LN_SQRT_2PI + stirling_error(a);
}

double log_gamma(double a) {
    if (!(a > 0)) return NAN;
    return isinf(a) ? INFINITY : (double)log_gamma_extended(a);
}

/* x/a - 1 - ln(x/a), without cancellation where x is near a. */
static long double deviance(long double x, long double a) {
    long double d = (x - a) / a;
    return fabsl(d) < 0.5L ? d - log1pl(d) : d - logl(x / a);
}

/* x^a e^-x / Gamma(a), which is x times the density; `error` is a's stirling_error, the same for
 * every x of a search. */
static long double gamma_weight(long double a, long double error, long double x) {
    return expl(-a * deviance(x, a) - error - LN_SQRT_2PI) * sqrtl(a);
}

/* P(a, x) by its power series (A&S 6.5.29); for x < a + 1. `weight` is gamma_weight. */
static long double gamma_series(long double a, long double x, long double weight) {
    long double term = 1 / a, sum = term;
    for (long double k = a + 1; term > sum * LDBL_EPSILON / 4; k++) {
        term *= x / k;
        sum += term;
    }
    return weight * sum;
}

/* Q(a, x) by its continued fraction (A&S 6.5.31), evaluated by Lentz's method. */
static long double gamma_fraction(long double a, long double x, long double weight) {
    const long double tiny = LDBL_MIN / LDBL_EPSILON;
    long double b = x + 1 - a, c = 1 / tiny, d = 1 / b, value = d, step = 0;
    for (long double k = 1; fabsl(step - 1) > LDBL_EPSILON; k++) {
        long double numerator = -k * (k - a);
        b += 2;
        d = numerator * d + b;
        if (fabsl(d) < tiny) d = tiny;
        c = b + numerator / c;
        if (fabsl(c) < tiny) c = tiny;
        d = 1 / d;
        step = d * c;
        value *= step;
    }
    return weight * value;
}

static long double gamma_tail(long double a, long double x, long double weight, bool upper) {
    if (x <= 0) return upper ? 1 : 0;
    bool series = x < a + 1;
    long double value = series ? gamma_series(a, x, weight) : gamma_fraction(a, x, weight);
    return series == upper ? 1 - value : value;
}

static double gamma_tail_once(double a, double x, bool upper) {
    return (double)gamma_tail(a, x, gamma_weight(a, stirling_error(a), x), upper);
}

double gamma_p(double a, double x) {
    if (!(a > 0 && x >= 0)) return NAN;
    return isinf(x) ? 1 : gamma_tail_once(a, x, false);
}

double gamma_q(double a, double x) {
    if (!(a > 0 && x >= 0)) return NAN;
    return isinf(x) ? 0 : gamma_tail_once(a, x, true);
}

double chi_square_upper(double x, double df) {
    return x < 0 ? 1 : gamma_q(df / 2, x / 2);
}

/* A number between brackets that Newton's steps improve; a step that would leave them, or is
 * none, halves the bracket instead. */
typedef struct {
    long double low;
    long double high;
    long double at;
} Search;

/* Takes the Newton step; `too_high` says on which side of the root `at` lies. False: done. */
static bool search_step(Search *search, long double step, bool too_high) {
    if (too_high)
        search->high = search->at;
    else
        search->low = search->at;
    long double next = search->at - step;
    if (!(next > search->low && next < search->high)) next = (search->low + search->high) / 2;
    long double moved = fabsl(next - search->at);
    search->at = next;
    return moved > 4 * LDBL_EPSILON * fabsl(next) && moved > LDBL_MIN;
}

/* Solves ln P(a, e^y) = ln p, or the same for the upper tail, whichever is the smaller: both
 * are concave in y and close to straight lines, so Newton needs a handful of steps. */
static long double gamma_quantile_extended(long double p, long double a) {
    bool upper = p > 0.5L;
    long double target = logl(upper ? 1 - p : p);
    long double z = normal_quantile((double)p);
    long double cube = 1 - 1 / (9 * a) + z / (3 * sqrtl(a)); /* Wilson and Hilferty */
    long double first =
        cube > 0.1L ? logl(a) + 3 * logl(cube) : (logl(p) + log_gamma_extended(a + 1)) / a;
    long double error = stirling_error(a);
    Search search = {-11300, 11300, first};
    for (int i = 0; i < 200; i++) {
        long double x = expl(search.at);
        long double weight = gamma_weight(a, error, x);
        long double tail = gamma_tail(a, x, weight, upper);
        long double slope = (upper ? -1 : 1) * weight / tail;
        long double miss = logl(tail) - target;
        if (!search_step(&search, miss / slope, upper ? miss < 0 : miss > 0)) break;
    }
    return expl(search.at);
}

/* The Cornish-Fisher expansion (A&S 26.2.50): past 1e8 degrees of freedom the first term
 * left out is below 1e-20 of the result, and the series above would be slow. */
static double chi_square_quantile_large(double p, double df) {
    long double z = normal_quantile(p), n = df;
    return (double)(n + z * sqrtl(2 * n) + 2 * (z * z - 1) / 3 +
                    z * (z * z - 7) / (9 * sqrtl(2 * n)) -
                    (6 * z * z * z * z + 14 * z * z - 32) / (405 * n));
}

double chi_square_quantile(double p, double df) {
    if (!(p >= 0 && p <= 1 && df >= 0) || isinf(df)) return NAN;
    if (p == 0 || df == 0) return 0;
    if (p == 1) return INFINITY;
    if (df > 1e8) return chi_square_quantile_large(p, df);
    return (double)(2 * gamma_quantile_extended(p, (long double)df / 2));
}

double gamma_quantile(double p, double shape) {
    return chi_square_quantile(p, 2 * shape) / 2;
}

/* What of a beta distribution is the same for every x. */
typedef struct {
    long double a, b, correction;
} Beta;

static Beta beta_of(long double a, long double b) {
    return (Beta){a, b, stirling_error(a) + stirling_error(b) - stirling_error(a + b)};
}

/* x^a y^b / B(a, b) with y = 1 - x, given apart so that neither is lost to rounding. */
static long double beta_weight(const Beta *beta, long double x, long double y) {
    long double a = beta->a, b = beta->b, n = a + b;
    /* a ln(x n / a) + b ln(y n / b), through the small differences from the mean. */
    long double shift = x * b - y * a; /* x n - a */
    long double u = shift / a, v = -shift / b;
    long double left = fabsl(u) < 0.5L ? log1pl(u) : logl(x * n / a);
    long double right = fabsl(v) < 0.5L ? log1pl(v) : logl(y * n / b);
    return expl(a * left + b * right - beta->correction - LN_SQRT_2PI) * sqrtl(a) * sqrtl(b / n);
}

/* The continued fraction of I_x(a, b) (A&S 26.5.8), for x < (a + 1)/(a + b + 2). */
static long double beta_fraction(long double a, long double b, long double x) {
    const long double tiny = LDBL_MIN / LDBL_EPSILON;
    long double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabsl(d) < tiny ? tiny : d);
    long double value = d, step = 0;
    for (long double m = 1; fabsl(step - 1) > LDBL_EPSILON; m++) {
        long double terms[2] = {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                                -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))};
        for (int i = 0; i < 2; i++) {
            d = 1 + terms[i] * d;
            c = 1 + terms[i] / c;
            d = 1 / (fabsl(d) < tiny ? tiny : d);
            c = fabsl(c) < tiny ? tiny : c;
            step = d * c;
            value *= step;
        }
    }
    return value;
}

/* I_x(a, b), or 1 - I_x(a, b) where `upper`; y = 1 - x, and `weight` is beta_weight. */
static long double beta_tail(const Beta *beta, long double x, long double y, long double weight,
                             bool upper) {
    long double a = beta->a, b = beta->b;
    if (x <= 0) return upper ? 1 : 0;
    if (y <= 0) return upper ? 0 : 1;
    bool direct = x < (a + 1) / (a + b + 2);
    long double value = weight * (direct ? beta_fraction(a, b, x) / a : beta_fraction(b, a, y) / b);
    return direct == upper ? 1 - value : value;
}

double beta_regularised(double a, double b, double x) {
    if (!(a > 0 && b > 0 && x >= 0 && x <= 1) || isinf(a) || isinf(b)) return NAN;
    Beta beta = beta_of(a, b);
    long double y = 1 - (long double)x;
    return (double)beta_tail(&beta, x, y, beta_weight(&beta, x, y), false);
}

/* Solved in the log odds of x, where the tails are close to straight lines. */
double beta_quantile(double p, double a, double b) {
    if (!(a > 0 && b > 0 && p >= 0 && p <= 1) || isinf(a) || isinf(b)) return NAN;
    if (p == 0 || p == 1) return p;
    bool upper = p > 0.5;
    long double target = logl(upper ? 1 - (long double)p : (long double)p);
    Beta beta = beta_of(a, b);
    Search search = {-11300, 11300, logl((long double)a / b)};
    for (int i = 0; i < 400; i++) {
        long double x = 1 / (1 + expl(-search.at)), y = 1 / (1 + expl(search.at));
        long double weight = beta_weight(&beta, x, y), tail = beta_tail(&beta, x, y, weight, upper);
        long double slope = (upper ? -1 : 1) * weight / tail;
        long double miss = logl(tail) - target;
        if (!search_step(&search, miss / slope, upper ? miss < 0 : miss > 0)) break;
    }
    return (double)(1 / (1 + expl(-search.at)));
}

/* P(T > t) for t > 0 as half an incomplete beta (A&S 26.7.1), solved in ln t. */
static long double t_upper_quantile(long double p, long double df) {
    long double target = logl(2 * p), z = -normal_quantile((double)p); /* 1 - p would lose p */
    Beta beta = beta_of(df / 2, 0.5L);
    Search search = {-11300, 11300, logl(fmaxl(z, 0.01L))};
    for (int i = 0; i < 400; i++) {
        long double square = expl(2 * search.at);
        long double x = 1 / (1 + square / df), y = 1 / (1 + df / square);
        long double weight = beta_weight(&beta, x, y), tail = beta_tail(&beta, x, y, weight, false);
        long double slope = -2 * weight / tail;
        long double miss = logl(tail) - target;
        if (!search_step(&search, miss / slope, miss < 0)) break;
    }
    return expl(search.at);
}

/* The expansion in 1/df around the normal quantile (A&S 26.7.5). The continued fraction loses
 * digits as df grows; past 1e5 the terms left out here are below 1e-15 of the result. */
static double t_quantile_large(double z, double df) {
    double w = z * z;
    double first = (w + 1) / 4;
    double second = ((5 * w + 16) * w + 3) / 96;
    double third = (((3 * w + 19) * w + 17) * w - 15) / 384;
    return z + z * ((third / df + second) / df + first) / df;
}

double t_quantile(double p, double df) {
    if (!(p >= 0 && p <= 1 && df > 0)) return NAN;
    if (p == 0) return -INFINITY;
    if (p == 1) return INFINITY;
    if (p == 0.5) return 0;
    if (df > 1e5 && fabs(normal_quantile(p)) < 10) return t_quantile_large(normal_quantile(p), df);
    bool upper = p > 0.5;
    long double tail = upper ? 1 - (long double)p : (long double)p;
    double t = (double)t_upper_quantile(tail, df);
    return upper ? t : -t;
}
