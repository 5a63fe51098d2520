/* Abridged period life tables: life expectancy at each age with its limits. Refuses tables
 * that cannot be built honestly: too small a population, more deaths than people. */
#ifndef RUNTIME_STATS_LIFE_TABLE_H
#define RUNTIME_STATS_LIFE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/stats/estimate.h"

/* 0, 1-4, 5-9, ..., 85-89, 90+: the bands of the method, and the only ones taken. */
#define LIFE_TABLE_BANDS 20

/* A table needs more people than this. */
#define LIFE_TABLE_PEOPLE 5000

/* The age at which each band starts. */
extern const int LIFE_TABLE_STARTS[LIFE_TABLE_BANDS];

typedef struct {
    double expectancy;     /* e: further years at the start of the band; may be infinite */
    double standard_error; /* NaN where nobody reaches the band */
    double deaths;         /* from this band up */
    double population;
} LifeTableRow;

/* Chiang's method (1984, "Chiang II") with Silcocks's variance for the open band (Silcocks,
 * Jenner and Reza 2001): deaths D, person-years P, a = 0.1 of the first year and half of every
 * other band lived by those who die, M = D/P, q = nM/(1 + nM(1 - a)), in the open band 1 and
 * n = 2/M. Fills all rows. NO_POPULATION for a band without people and deaths;
 * NOT_CALCULABLE for negative deaths, a population below zero or more deaths than people; TOO_FEW for 5,000 people or fewer; MISSING for a NaN. */
AbsentReason life_table(const double deaths[LIFE_TABLE_BANDS],
                        const double population[LIFE_TABLE_BANDS],
                        LifeTableRow rows[LIFE_TABLE_BANDS]);

/* Expectancy with normal limits. TOO_FEW where the 95% limits are more than 20 years apart,
 * NOT_CALCULABLE where nobody reaches the age. Numerator deaths, denominator population, both
 * from this age up. */
Estimate estimate_life_expectancy(const LifeTableRow *row, double confidence);

#endif
