/* Chiang's abridged life table. Does not smooth, and does not borrow deaths from another age. */
#include "runtime/stats/life_table.h"

#include <math.h>

#include "runtime/stats/intervals.h"
#include "runtime/stats/sum.h"

enum { LAST = LIFE_TABLE_BANDS - 1 };

const int LIFE_TABLE_STARTS[LIFE_TABLE_BANDS] = {0,  1,  5,  10, 15, 20, 25, 30, 35, 40,
                                                 45, 50, 55, 60, 65, 70, 75, 80, 85, 90};

/* The columns of the table that later rows need. */
typedef struct {
    double width[LIFE_TABLE_BANDS];  /* n; of the open band 2/M */
    double lived[LIFE_TABLE_BANDS];  /* a: share of the band lived by those who die in it */
    double dying[LIFE_TABLE_BANDS];  /* q */
    double alive[LIFE_TABLE_BANDS];  /* l, of 100,000 born */
    double years[LIFE_TABLE_BANDS];  /* L */
    double spread[LIFE_TABLE_BANDS]; /* variance of q */
} Columns;

static AbsentReason table_refusal(const double *deaths, const double *population) {
    AbsentReason reason = ABSENT_NONE;
    for (int i = 0; i < LIFE_TABLE_BANDS; i++) {
        if (isnan(deaths[i]) || isnan(population[i]))
            reason = absent_merge(reason, ABSENT_MISSING);
        else if (population[i] == 0 && deaths[i] == 0)
            reason = absent_merge(reason, ABSENT_NO_POPULATION);
        else if (deaths[i] < 0 || !(population[i] > 0) || deaths[i] > population[i] ||
                 isinf(population[i]))
            reason = absent_merge(reason, ABSENT_NOT_CALCULABLE);
    }
    if (reason) return reason;
    return sum_array(population, LIFE_TABLE_BANDS) > LIFE_TABLE_PEOPLE ? ABSENT_NONE
                                                                       : ABSENT_TOO_FEW;
}

/* Widths, probabilities of dying and their variances, band by band. */
static void fill_risks(const double *deaths, const double *population, Columns *table) {
    for (int i = 0; i < LIFE_TABLE_BANDS; i++) {
        double rate = deaths[i] / population[i], a = i == 0 ? 0.1 : 0.5;
        double n = i == LAST ? 2 / rate : LIFE_TABLE_STARTS[i + 1] - LIFE_TABLE_STARTS[i];
        double q = n * rate / (1 + n * rate * (1 - a));
        /* Past this rate the formula gives more than certainty. */
        if (i == LAST || deaths[i] > population[i] / n / a) q = 1;
        table->width[i] = n;
        table->lived[i] = a;
        table->dying[i] = q;
        table->spread[i] = deaths[i] > 0 ? q * q * (1 - q) / deaths[i] : 0;
        if (i == LAST) table->spread[i] = 4 / (deaths[i] * rate * rate);
    }
}

static void fill_survivors(const double *deaths, const double *population, Columns *table) {
    double alive = 100000;
    for (int i = 0; i < LIFE_TABLE_BANDS; i++) {
        double dead = alive * table->dying[i], rest = alive - dead;
        table->alive[i] = alive;
        table->years[i] = i == LAST ? alive / (deaths[i] / population[i])
                                    : table->width[i] * (rest + table->lived[i] * dead);
        alive = rest;
    }
}

/* Band i's share of the variance of every expectancy from i down, times l squared. */
static double variance_term(const Columns *table, int i, double next_expectancy) {
    double l = table->alive[i];
    if (i == LAST) return l / 2 * (l / 2) * table->spread[i];
    double reach = (1 - table->lived[i]) * table->width[i] + next_expectancy;
    return table->spread[i] * l * l * reach * reach;
}

AbsentReason life_table(const double deaths[LIFE_TABLE_BANDS],
                        const double population[LIFE_TABLE_BANDS],
                        LifeTableRow rows[LIFE_TABLE_BANDS]) {
    Columns table;
    Sum years = {0, 0}, variance = {0, 0}, died = {0, 0}, lived = {0, 0};
    AbsentReason refusal = table_refusal(deaths, population);
    if (refusal) return refusal;
    fill_risks(deaths, population, &table);
    fill_survivors(deaths, population, &table);
    for (int i = LAST; i >= 0; i--) {
        double l = table.alive[i], next = i == LAST ? 0 : rows[i + 1].expectancy;
        sum_add(&years, table.years[i]);
        sum_add(&variance, variance_term(&table, i, next));
        sum_add(&died, deaths[i]);
        sum_add(&lived, population[i]);
        rows[i].expectancy = l > 0 ? sum_value(&years) / l : 0;
        rows[i].standard_error = sqrt(sum_value(&variance) / (l * l));
        rows[i].deaths = sum_value(&died);
        rows[i].population = sum_value(&lived);
    }
    return ABSENT_NONE;
}

Estimate estimate_life_expectancy(const LifeTableRow *row, double confidence) {
    Interval limits;
    if (isnan(row->standard_error) || !confidence_valid(confidence))
        return estimate_absent(ABSENT_NOT_CALCULABLE, row->deaths, row->population);
    if (!isfinite(row->expectancy) || 1.96 * row->standard_error > 10 ||
        !normal_limits(row->expectancy, row->standard_error, confidence, &limits))
        return estimate_absent(ABSENT_TOO_FEW, row->deaths, row->population);
    return (Estimate){row->expectancy, limits.lower,    limits.upper,
                      row->deaths,     row->population, ABSENT_NONE, METHOD_SILCOCKS};
}
