/* Protection of published numbers, one cell at a time: what a count of people or events, a sum
 * over people or a statistic becomes before anyone outside may read it. Pure functions. Never
 * sums protected parts to a total (a total is protected as a total) and never guesses from one
 * cell what another may reveal: that is secondary suppression's work.
 *
 * Sources: NHS England's published rule for sub-national hospital figures (HES: 1 to 7
 * withheld, the rest to the nearest 5); OpenSAFELY's midpoint-6 rounding; the p% rule of the
 * dominance literature (Hundepool et al., Statistical Disclosure Control, 2012, section 4.2). */
#ifndef RUNTIME_DISCLOSURE_POLICY_H
#define RUNTIME_DISCLOSURE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    POLICY_HES,           /* the default */
    POLICY_MIDPOINT6,     /* stricter: everything is a function of protected counts */
    POLICY_EXACT_INTERNAL /* nothing is protected; every output is watermarked */
} Policy;

/* A number as it may leave. Where it is suppressed `value` is NaN and means nothing. Protected
 * counts are whole numbers far below 2^53, so a double holds them exactly. */
typedef struct {
    double value;
    bool suppressed;
} Protected;

/* People or events fewer than this (and more than none) are withheld under `hes`, and sums
 * over fewer people than this under every policy that protects. */
#define DISCLOSURE_SMALL 8
/* Statistics on exact counts are withheld under this many events. */
#define DISCLOSURE_FEW_EVENTS 10
/* Significant figures of sums, and under `hes` of statistics on exact counts. */
#define DISCLOSURE_FIGURES 3

/* All counts below are from 0 to 2^62 and asserted to be. */

/* Midpoint-6 rounding: 0 stays 0, 1..6 become 3, 7..12 become 9, and so on. */
int64_t round_midpoint6(int64_t count);

/* To the nearest 5: HES's rounding of counts that are large enough. */
int64_t round_nearest5(int64_t count);

/* A count of people, or of distinct people behind events. */
Protected protect_people(Policy policy, int64_t people);

/* A count of events, which is as small as the people behind it are few. */
Protected protect_events(Policy policy, int64_t events, int64_t people);

/* People times the length of the period in years; protected as the people are. */
Protected protect_person_years(Policy policy, int64_t people, double years);

/* What is summed over people, and who dominates it. People and rows are those that contribute:
 * whose value is not 0. `unit` is what 1 of the values summed is (a penny: 0.01). `magnitude` is the sum of absolute values
 * (the total itself where nothing is negative), `largest` and `second` the two largest absolute
 * contributions of one person each. */
typedef struct {
    int64_t people, rows;
    double unit;
    double total;
    double magnitude;
    double largest;
    double second;
} SumOverPeople;

/* Withheld where fewer than 8 people (but some) contribute, or the magnitude less the two
 * largest is under a tenth of the largest; else to 3 significant figures, half away from zero. A
 * sum over nobody is 0. Where everybody contributes alike, or every row 1, the sum is a count in
 * disguise (of those who have a condition) and is made of the count as protected. Sums of squares alike, with squared contributions. A mean is made of the
 * protected sum and the protected count. */
Protected protect_sum(Policy policy, const SumOverPeople *sum);

/* Whether standardised rates, indices, life expectancy and their limits may be computed from
 * exact counts (then withheld under ten events and rounded) or only from protected ones. */
bool policy_reads_exact_counts(Policy policy);

/* Whether a standardised statistic rests on too few events to be shown; `events` are the
 * counts it was computed from: exact under `hes`, protected under `midpoint6`. Nothing is too
 * few inside, except where the statistic itself says so. */
bool policy_too_few(Policy policy, double events);

/* A statistic computed from exact counts as it may be printed: 3 significant figures under
 * `hes`, unchanged elsewhere (under `midpoint6` its inputs are protected already). */
double policy_round_statistic(Policy policy, double value);

/* True if any part is suppressed: so is then what is computed from them. */
bool protected_any_suppressed(const Protected *parts, size_t count);

/* The stricter of two, for a plan that tightens what whoever runs it has chosen. */
Policy policy_stricter(Policy a, Policy b);

#endif
