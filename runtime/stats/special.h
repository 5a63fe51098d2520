/* The special functions that intervals and tests stand on: normal, gamma, beta, chi-square
 * and Student's t. Written from the published formulas; computed in extended precision so
 * that quantiles are good to 1e-13. Keeps no state (libm's lgamma writes a global). */
#ifndef RUNTIME_STATS_SPECIAL_H
#define RUNTIME_STATS_SPECIAL_H

#include <stddef.h>

/* P(Z <= z). */
double normal_cdf(double z);

/* The z with P(Z <= z) = p: algorithm AS 241 (Wichura, Applied Statistics 37, 1988), good to
 * 1e-16. -infinity at 0, infinity at 1, NaN outside [0, 1]. */
double normal_quantile(double p);

/* The quantile of each value in place: what normal_quantile gives, bit for bit. The best way of the
 * processor at hand, to be asked for once and used often. */
typedef void NormalQuantiles(double *values, size_t count);
NormalQuantiles *normal_quantiles_best(void);

/* ln Gamma(a) for a > 0; NaN otherwise. */
double log_gamma(double a);

/* The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P(a, x), each
 * computed without subtracting where it is small; a > 0, x >= 0, else NaN. */
double gamma_p(double a, double x);
double gamma_q(double a, double x);

/* The regularised incomplete beta function I_x(a, b); a, b > 0 and 0 <= x <= 1, else NaN. */
double beta_regularised(double a, double b, double x);

/* The x with I_x(a, b) = p. */
double beta_quantile(double p, double a, double b);

/* P(X > x) for chi-square with df > 0 degrees of freedom. */
double chi_square_upper(double x, double df);

/* The x with P(X <= x) = p; df may be any real >= 0 (0: all mass at zero). */
double chi_square_quantile(double p, double df);

/* The x with P(a, x) = p: half a chi-square quantile. */
double gamma_quantile(double p, double shape);

/* The t with P(T <= t) = p; df may be any real > 0. */
double t_quantile(double p, double df);

#endif
