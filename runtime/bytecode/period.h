/* The days of a member of a dimension of time. */
#ifndef RUNTIME_BYTECODE_PERIOD_H
#define RUNTIME_BYTECODE_PERIOD_H

#include "runtime/bytecode/module.h"

/* First and last day of a financial year, quarter, month or week of `dim`; false where the
 * dimension is none of time, or the period lies outside the calendar. */
bool period_days(const ModuleDim *dim, uint32_t member, int32_t *first, int32_t *last);

/* The first day of a period that is known to lie within the calendar. */
int32_t period_first_day(const ModuleDim *dim, uint32_t member);

/* How many of its periods make a year: 12, 4, 52, 1. */
uint32_t periods_in_year(DimSort sort);

bool dim_is_time(const ModuleDim *dim);

#endif
