/* Periods of days as codes, for the row expressions that give them. */
#ifndef RUNTIME_STRATA_CALENDAR_H
#define RUNTIME_STRATA_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

/* What ROW_YEAR, ROW_QUARTER, ROW_MONTH or ROW_WEEK with `value` gives for a day. False where
 * the day is outside the calendar or the result does not fit. */
bool calendar_code(unsigned op, int64_t day, int64_t value, int64_t *code);

#endif
