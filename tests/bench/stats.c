/* Times the statistics that are asked of whole countries, each several times over, and prints the
 * best beside what R took for the same (methods of the reference: R 4.5.0, one thread of a machine of
 * two cores, single runs). The numbers are made up, the same each time; a checksum shows that they
 * were computed, and that no change of speed changed them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/stats/concentration.h"
#include "runtime/stats/inequality.h"
#include "runtime/stats/r_random.h"
#include "runtime/stats/standardise.h"

enum { AREAS = 33755, BANDS = 19, PLACES = 20, GROUPS = 10, DRAWS = 100000, PEOPLE = 963173 };

static double now(void) {
    struct timespec at = {0};
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static void *room(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory) {
        fprintf(stderr, "stats: no memory\n");
        exit(1);
    }
    return memory;
}

/* ---- Directly standardised rates at two levels -------------------------------------------------- */

static double *areas_events, *areas_people;

static void make_areas(RRandom *random) {
    areas_events = room((size_t)AREAS * BANDS, sizeof(double));
    areas_people = room((size_t)AREAS * BANDS, sizeof(double));
    for (size_t i = 0; i < (size_t)AREAS * BANDS; i++) {
        areas_people[i] = 20 + floor(180 * r_random_uniform(random));
        areas_events[i] = floor(areas_people[i] * 0.02 * r_random_uniform(random));
    }
}

static double rates(void) {
    static const double weights[BANDS] = {5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000,
                                          7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000};
    static const double levels[] = {0.95, 0.998};
    double sum = 0;
    for (size_t a = 0; a < AREAS; a++) {
        DirectStrata strata = {areas_events + a * BANDS, areas_people + a * BANDS, weights, NULL,
                               BANDS};
        Estimate estimates[2];
        estimate_dsr_levels(&strata, levels, 2, estimates, NULL);
        for (int i = 0; i < 2; i++)
            if (!estimates[i].reason) sum += estimates[i].upper - estimates[i].lower;
    }
    return sum;
}

/* ---- Slope indices with simulated limits -------------------------------------------------------- */

static void r_shares(void *state, double *shares, size_t count) {
    r_random_shares(state, shares, count);
}

static double slopes(void) {
    static double sii[DRAWS], rii[DRAWS];
    RRandom random;
    double sum = 0;
    r_random_seed(&random, 42);
    for (int place = 0; place < PLACES; place++) {
        double values[GROUPS], people[GROUPS], errors[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            values[i] = 0.20 - 0.006 * i + 0.001 * ((place * 7 + i * 3) % 5);
            people[i] = 9000 + 350 * ((place + i * i) % 11);
            errors[i] = 0.02 + 0.001 * i;
        }
        Gradient gradient = {values, people, errors, GROUPS};
        InequalityModel model = {SCALE_PROPORTION, false, 100};
        InequalityFit fit;
        Interval slope, ratio;
        if (inequality_fit(&gradient, &model, &fit)) exit(1);
        inequality_simulate(&fit, &model, r_shares, &random, DRAWS, 0, sii, rii);
        if (!inequality_simulated_limits(&fit, &model, sii, rii, DRAWS, 0.95, &slope, &ratio)) exit(1);
        sum += slope.lower + slope.upper + ratio.lower + ratio.upper;
    }
    return sum;
}

/* ---- A concentration index ---------------------------------------------------------------------- */

static double *costs, *ranks, *fractional;
static size_t *order;

static void make_people(RRandom *random) {
    costs = room(PEOPLE, sizeof(double));
    ranks = room(PEOPLE, sizeof(double));
    fractional = room(PEOPLE, sizeof(double));
    order = room(PEOPLE, sizeof(size_t));
    for (size_t i = 0; i < PEOPLE; i++) {
        ranks[i] = 1 + floor(33755 * r_random_uniform(random));
        costs[i] = floor(-40000 * log(r_random_uniform(random)) * (1.5 - ranks[i] / 33755));
    }
}

static double concentration(void) {
    ConcentrationData data = {costs, ranks, NULL, PEOPLE, true};
    Concentration result;
    if (!concentration_index(&data, CONCENTRATION_REGRESSION, CONCENTRATION_RELATIVE, 0.95,
                             fractional, order, &result))
        exit(1);
    return result.value + result.limits.lower;
}

/* ---- All of them -------------------------------------------------------------------------------- */

static int show(const char *what, double (*run)(void), double limit, double reference) {
    double best = INFINITY, sum = 0;
    for (int i = 0; i < 7; i++) {
        double from = now();
        sum = run();
        best = fmin(best, now() - from);
    }
    printf("%-58s %7.4f s  wanted %.2f s  R %5.1f s  %6.0f times as fast  (%.10g)%s\n", what, best,
           limit, reference, reference / best, sum, best <= limit ? "" : "  SLOW");
    return best > limit;
}

int main(void) {
    RRandom random;
    r_random_seed(&random, 1);
    make_areas(&random);
    make_people(&random);
    int slow = show("directly standardised rates, 33,755 areas x 19 bands, 2 levels", rates, 0.05, 13.1);
    slow += show("slope and relative index, 20 areas x 100,000 of R's draws", slopes, 0.3, 6.1);
    slow += show("concentration index of 963,173 people by rank", concentration, 0.1, 7.0);
    return slow > 0;
}
