/* Judges what ours gives (quantiles.c, from standard input) by R's library of distributions. Linked
 * with nothing of ours.
 *
 * A quantile agrees where it is R's to 1e-13. R's own are sometimes worse than that, for its search
 * ends early: there R's probability decides, which must be no further from what was asked for at our
 * quantile than at R's. A probability agrees to 1e-12: far out in a tail the last binary place of its
 * argument is worth that much. */
#define MATHLIB_STANDALONE
#include <Rmath.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const double CLOSE = 1e-13, CLOSE_PROBABILITY = 1e-12;

/* R's tail below x, or above it where the share is above one half. */
static double tail(const char *name, double x, double parameter, bool upper) {
    if (!strcmp(name, "qnorm")) return pnorm5(x, 0, 1, !upper, 0);
    if (!strcmp(name, "qchisq")) return pchisq(x, parameter, !upper, 0);
    if (!strcmp(name, "qgamma")) return pgamma(x, parameter, 1, !upper, 0);
    return pt(x, parameter, !upper, 0);
}

static double theirs(const char *name, double x, double parameter) {
    if (!strcmp(name, "qnorm")) return qnorm5(x, 0, 1, 1, 0);
    if (!strcmp(name, "qchisq")) return qchisq(x, parameter, 1, 0);
    if (!strcmp(name, "qgamma")) return qgamma(x, parameter, 1, 1, 0);
    if (!strcmp(name, "qt")) return qt(x, parameter, 1, 0);
    if (!strcmp(name, "pnorm")) return pnorm5(x, 0, 1, 1, 0);
    if (!strcmp(name, "pchisq_upper")) return pchisq(x, parameter, 0, 0);
    return NAN;
}

static double apart(double a, double b) {
    if (a == b) return 0;
    return fabs(a - b) / fmax(fabs(b), 1e-300);
}

/* How far R finds the quantile from the share that was asked for, by its own tail. */
static double missed(const char *name, double share, double parameter, double quantile) {
    bool upper = share > 0.5;
    return apart(tail(name, quantile, parameter, upper), upper ? 1 - share : share);
}

int main(void) {
    char name[32];
    double x, parameter, ours;
    int passed = 0, judged = 0, failed = 0;
    while (scanf("%31s %lf %lf %lf", name, &x, &parameter, &ours) == 4) {
        double want = theirs(name, x, parameter);
        if (isnan(want)) continue;
        bool quantile = name[0] == 'q';
        if (apart(ours, want) <= (quantile ? CLOSE : CLOSE_PROBABILITY)) {
            passed++;
        } else if (quantile && missed(name, x, parameter, ours) <= missed(name, x, parameter, want)) {
            judged++;
        } else {
            failed++;
            printf("%s(%.17g, %.17g): expected %.17g, got %.17g, difference %.3g", name, x, parameter,
                   want, ours, apart(ours, want));
            if (quantile)
                printf("; R's tail misses by %.3g at ours, %.3g at its own",
                       missed(name, x, parameter, ours), missed(name, x, parameter, want));
            printf("\n");
        }
    }
    printf("%d passed, %d of them by R's probability alone, %d failed\n", passed + judged, judged,
           failed);
    return failed || !passed;
}
