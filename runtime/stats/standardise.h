/* Rates and ratios standardised for age, sex or any other strata. Positions in the arrays
 * are strata of one declared cross of dimensions; nothing is matched by the position of a
 * row in a file. Refuses to guess a rate for a stratum that has events and no people. */
#ifndef RUNTIME_STATS_STANDARDISE_H
#define RUNTIME_STATS_STANDARDISE_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/stats/intervals.h"

/* The strata of a directly standardised rate. Borrowed; each array has `count` elements. */
typedef struct {
    const double *events;      /* x: events in the stratum */
    const double *person_time; /* n: person-years or people */
    const double *weights;     /* w: standard population; any scale */
    const double *squares;     /* sum over people of (events of the person)^2; NULL where
                                * events are independent, each of another person */
    size_t count;
} DirectStrata;

/* DSR = sum(w x/n) / sum w, with Dobson's limits around Byar's (Dobson, Kuulasmaa, Eberle
 * and Scherer 1991): DSR + sqrt(Var/O) (Byar(O) - O), Var = sum(v (w/n)^2) / (sum w)^2, O all
 * events; v is x for independent events and the sum of squared events per person where
 * people recur. Numerator O, denominator sum n.
 *
 * A stratum without people and events is left out and the other weights count as rescaled;
 * `*left_out` (may be NULL) says how many were, so that the caller can add its note. With
 * events and no people the rate is not calculable; with nobody in any stratum there is no
 * population. Fewer than ten events are too few; the
 * counts are kept. A NaN makes the rate missing; negative numbers, no weight at all or a
 * confidence outside [0.90, 1) make it not calculable. */
Estimate estimate_dsr(const DirectStrata *strata, double confidence, size_t *left_out);

/* The same at several levels of confidence, in one pass over the strata. */
void estimate_dsr_levels(const DirectStrata *strata, const double *confidences, size_t count,
                         Estimate *estimates, size_t *left_out);

/* The strata of an indirectly standardised rate or ratio. */
typedef struct {
    const double *events;
    const double *person_time;
    const double *reference_events;
    const double *reference_person_time;
    size_t count;
    CountLimits limits; /* of the observed count */
} IndirectStrata;

/* The events expected at the reference rates, sum(n rx/rn), and the crude reference rate,
 * sum rx / sum rn. Where a reference rate that is needed does not exist both are NaN and the
 * reason is returned. */
AbsentReason expected_events(const IndirectStrata *strata, double *expected,
                             double *reference_rate);

/* Observed over expected, 1 meaning as in the reference (a standardised mortality ratio where
 * the events are deaths; times 100 is the reader's affair). Limits: those of the observed
 * count over the expected, exact below ten unless `limits` says otherwise. Nobody is no
 * population. Numerator observed, denominator expected. */
Estimate estimate_smr(const IndirectStrata *strata, double confidence);

/* The ratio times the crude reference rate: an indirectly standardised rate. */
Estimate estimate_isr(const IndirectStrata *strata, double confidence);

/* Whether more than a tenth of the strata hold three people or fewer, so that rounding to
 * the middle of six moves the rate visibly: the note `strata-too-small`. */
bool strata_too_small(const double *people, size_t count);

#endif
