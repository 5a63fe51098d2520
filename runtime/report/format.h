/* Numbers, days and amounts as the NHS's content rules want them read: commas over 999, ranges
 * with "to", dates in words, £ with m for millions, a true minus sign. Rounds for the eye only:
 * the JSON keeps what was computed. */
#ifndef RUNTIME_REPORT_FORMAT_H
#define RUNTIME_REPORT_FORMAT_H

#include "runtime/report/model.h"

enum { PLACES_MONEY = -1 }; /* each amount to its own size: £1.2m, £450,000, £12.50 */

/* Decimals with which every cell of the value can stand in one column. */
int format_places(Shown shown);

/* A number already in the value's unit: "1,930", "12.5%", "£1.2m". */
Slice format_number(Arena *arena, const ModuleUnit *unit, double value, int places);

/* A present cell of any type. */
Slice format_cell(Arena *arena, const ReportInput *input, Shown shown, uint32_t cell, int places);

/* "99.8%". */
Slice format_level(Arena *arena, double level);

/* "1,880 to 1,990"; empty where there are no limits. */
Slice format_limits(Arena *arena, Shown shown, uint32_t cell, int places);

/* A count: no decimals unless it has them. "" where not finite. */
Slice format_count(Arena *arena, double value);

/* Millions of pounds with `places` decimals and without sign or letter, for a table that says
 * "£ million"; and the least places (1 to 3) in which all amounts of a series are true. */
Slice format_millions(Arena *arena, double pounds, int places);
int format_million_places(Shown shown, int at_least);

/* What stands behind a number of that unit in a heading: "per 100,000 person-years", "£". */
Slice format_unit(const ModuleUnit *unit);

/* A number with its unit, for a sentence: "1,930 per 100,000 person-years". */
Slice format_with_unit(Arena *arena, const ReportInput *input, Shown shown, uint32_t cell);

/* A share from 0 to 1 as a percentage with one decimal. */
Slice format_share(Arena *arena, double share);

Slice format_year(Arena *arena, int32_t year); /* 2026/27 */

/* A dimension and a member of it, for readers. */
Slice format_dim(Arena *arena, const ModuleDim *dim);
Slice format_member(const ModuleDim *dim, uint32_t member);

/* A title within a sentence: "Place" as "place", but "IMD decile" as it is. */
/* A change as it was written: with its sign, and with `relative` where it says so of a percentage:
 * "+6 percentage points", "−10% relative". Empty where the value is no change: one that was written
 * with a sign. */
Slice format_change(Arena *arena, const ReportInput *input, const FieldValue *value);

Slice format_in_sentence(Arena *arena, Slice title);

#endif
