/* Budgets added up by setting (acute, community, …), before and after the shifts, over the
 * years: what the left shift comes to. Exact sums. */
#ifndef RUNTIME_REPORT_SETTINGS_H
#define RUNTIME_REPORT_SETTINGS_H

#include "runtime/report/model.h"

typedef struct {
    Slice name;    /* as the plan writes it; empty: no setting stated */
    Exact *before; /* pounds, one a year */
    Exact *after;
    bool *absent; /* an amount of that year is not there */
} Setting;

typedef struct {
    Arena *arena;
    const ModuleDim *years; /* NULL: there are no budgets by year */
    VEC(Setting) items;     /* in the order of the plan */
    Exact *total_after;
    bool *total_absent;
} Settings;

Settings settings_read(const ReportInput *input, Arena *arena);

/* The net change in pounds of a setting in year number `year`, or (share) its part of all
 * budgets after the shifts, from 0 to 1. False where an amount is absent or the total is 0. */
bool settings_cell(const Settings *settings, const Setting *setting, uint32_t year, bool share,
                   double *value);

#endif
