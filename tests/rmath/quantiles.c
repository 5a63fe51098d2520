/* What ours gives, a line a value: function, argument, degrees of freedom (or shape), result. Linked
 * with nothing of R's. */
#include <math.h>
#include <stdio.h>

#include "runtime/stats/special.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const double shares[] = {1e-300, 1e-200,   1e-100,       1e-50,    1e-20, 1e-10, 1e-6,
                                0.0005, 0.001,    0.005,        0.01,     0.025, 0.05,  0.1,
                                0.25,   0.4,      0.5,          0.6,      0.75,  0.9,   0.95,
                                0.975,  0.99,     0.995,        0.999,    0.9995, 0.999999,
                                1 - 1e-10, 1 - 1e-15};

/* Degrees of freedom of counts, 2x and 2x + 2 for counts to a hundred million, and real ones. */
static const double freedoms[] = {0.1,  0.5,  1,    1.5,  2,     3,    3.5,   4,   7,   10,   15.25,
                                  18,   20,   22,   30,   50,    99,   100,   101, 200, 500,  1000,
                                  2320, 2322, 5000, 10000, 99999, 100001, 1e6, 1e7, 2e7, 9.9e7, 1e8,
                                  1.1e8, 2e8, 2e8 + 2, 1e9};

static void put(const char *name, double x, double parameter, double value) {
    printf("%s %.17g %.17g %.17g\n", name, x, parameter, value);
}

int main(void) {
    for (size_t i = 0; i < COUNT(shares); i++) {
        double p = shares[i];
        put("qnorm", p, 0, normal_quantile(p));
        for (size_t k = 0; k < COUNT(freedoms); k++) {
            put("qchisq", p, freedoms[k], chi_square_quantile(p, freedoms[k]));
            put("qgamma", p, freedoms[k], gamma_quantile(p, freedoms[k]));
            put("qt", p, freedoms[k], t_quantile(p, freedoms[k]));
        }
    }
    for (int i = -370; i <= 80; i++) put("pnorm", i / 10.0, 0, normal_cdf(i / 10.0));
    for (size_t k = 0; k < COUNT(freedoms); k++) {
        double df = freedoms[k], step = sqrt(2 * df);
        for (int i = -20; i <= 40; i++) {
            double x = df + step * i / 4;
            if (x > 0) put("pchisq_upper", x, df, chi_square_upper(x, df));
        }
    }
    return 0;
}
