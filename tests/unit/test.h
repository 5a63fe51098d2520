/* What every unit test includes: cmocka with the headers it forgets, and a comparison of
 * doubles that does not go through float. */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define assert_close(got, want, rel) assert_close_at((got), (want), (rel), __FILE__, __LINE__)

/* Fails unless |got - want| <= rel * |want| (or 1e-300 near zero); NaN equals NaN. */
static inline void assert_close_at(double got, double want, double rel, const char *file,
                                   int line) {
    if (isnan(got) && isnan(want)) return;
    if (got == want || fabs(got - want) <= fmax(rel * fabs(want), 1e-300)) return;
    fprintf(stderr, "got %.17g, expected %.17g\n", got, want);
    _fail(file, line);
}

#endif
