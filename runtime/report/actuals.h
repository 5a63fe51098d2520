/* What was measured of a KPI, as the report shows it: points, limits, signals, and in words how it
 * stands. A view on a module's results: nothing is computed here. */
#ifndef RUNTIME_REPORT_ACTUALS_H
#define RUNTIME_REPORT_ACTUALS_H

#include "runtime/report/model.h"

/* From which period on numbers are not comparable with those before, and why. */
typedef struct {
    uint32_t cell;
    Slice written; /* "2027-10" */
    Slice because;
} ActualsBreak;

/* A number that was published and is another now. */
typedef struct {
    uint32_t cell; /* MODULE_NONE: of a period outside the series */
    Slice written;
    Shown was; /* array NULL: not said */
    Slice because;
} ActualsRevision;

typedef struct {
    const ModuleDecl *decl;
    Shown values; /* over its periods */
    const ModuleDim *periods;
    uint32_t first, end; /* from the first point that is there to after the last; equal: none */
    Shown mean, lower, upper, signal, variation; /* over the same periods; array NULL: none */
    Shown target, latest, planned;
    Slice assurance, trend, reason, judged; /* empty where not known */
    bool newer;                             /* than the people's data: the KPI is judged by these */
    bool decided;                           /* whether it is on track is known */
    bool on_track;
    bool has_last;
    int32_t last_day; /* of the last period measured */
    VEC(ActualsBreak) breaks;
    VEC(ActualsRevision) revisions;
} Actuals;

/* The actuals of a KPI; false where it has none, or none that can be read. */
bool actuals_read(const ReportInput *input, Arena *arena, const ModuleDecl *kpi, Actuals *actuals);

/* The actuals that a KPI's status is of, where they are newer than the people's data; false where
 * it is of the people's data, or not known. */
bool actuals_decide(const ReportInput *input, Arena *arena, const Kpi *kpi, Actuals *actuals);

/* The text of a point; empty where it has none. */
Slice actuals_text(Shown shown, uint32_t cell);

/* "April 2025", "quarter 1 of 2025/26", "2025/26", "week from 6 April 2026"; and short, for an
 * axis. */
Slice actuals_period(Arena *arena, const ModuleDim *dim, uint32_t member);
Slice actuals_period_short(Arena *arena, const ModuleDim *dim, uint32_t member);

/* "the 12 months to 31 October 2026": what `latest` is of. */
Slice actuals_latest_words(Arena *arena, const Actuals *actuals);

/* Where the KPI stands by them: "on track", "off track", or why it is not known. */
Slice actuals_status(const Actuals *actuals);

/* "on track: 3,626 in the 12 months to 31 October 2026, where 3,677 was planned"; empty where
 * nothing was measured. */
Slice actuals_standing(Arena *arena, const ReportInput *input, const Actuals *actuals);

/* "Special cause: improvement (seven below the mean)", of the last point. */
Slice actuals_variation(Arena *arena, const Actuals *actuals);

/* Whether the target will be met, in a sentence; empty where it is not judged. */
const char *actuals_assurance(const Actuals *actuals);

/* "decreasing, getting better: …"; the reason where it cannot be calculated. */
Slice actuals_trend(Arena *arena, const Actuals *actuals);

#endif
