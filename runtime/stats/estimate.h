/* What a statistic gives back: a number with its limits and the counts behind it, or the
 * reason why there is none. An absent estimate is never a magic number: read `reason` first. */
#ifndef RUNTIME_STATS_ESTIMATE_H
#define RUNTIME_STATS_ESTIMATE_H

#include <stdbool.h>

/* Why a cell holds no number. Zero is a cell that holds one. */
typedef enum {
    ABSENT_NONE = 0,        /* there is a number */
    ABSENT_MISSING,         /* the data do not say */
    ABSENT_SUPPRESSED,      /* disclosure control withholds it */
    ABSENT_UNKNOWN,         /* declared unknown until a date */
    ABSENT_TOO_FEW,         /* too few events or people for this statistic */
    ABSENT_NOT_CALCULABLE,  /* no such number, such as a rate of nobody */
    ABSENT_OUTSIDE_HORIZON, /* a year outside the plan's horizon */
    ABSENT_NO_DATA,         /* not known yet: a check opens no data */
    ABSENT_NO_POPULATION,   /* nobody, or no person-time, to be a rate or a mean of */
    ABSENT_COUNT
} AbsentReason;

/* How value and limits are made. */
typedef enum {
#define METHOD(name, text, source) METHOD_##name,
#include "runtime/stats/methods.def"
#undef METHOD
    METHOD_COUNT
} EstimateMethod;

/* Value and limits are per one unit of the denominator: no multiplier is applied here.
 * Absent: value and limits are NaN, the counts stay. Present without limits (a mean of one
 * person, for example): the limits are NaN. */
typedef struct {
    double value;
    double lower;
    double upper;
    double numerator;
    double denominator;
    AbsentReason reason;
    EstimateMethod method; /* also of one that is absent, where it is known */
} Estimate;

/* An estimate that holds no number, with the counts that are known. */
Estimate estimate_absent(AbsentReason reason, double numerator, double denominator);

/* The reason of a result that rests on both; commutative and associative. Whoever asks is
 * told first that data were not opened, then that something was withheld, so that no other
 * reason tells a suppressed cell from its neighbours. */
AbsentReason absent_merge(AbsentReason a, AbsentReason b);

/* In the words of the plan's reader: "suppressed", "too few"; "" where there is a number. */
const char *absent_text(AbsentReason reason);

/* "Wilson", "Dobson-Byar"; "" for none. */
const char *method_text(EstimateMethod method);

#endif
