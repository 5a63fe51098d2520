/* Posting: an amount of money becomes whole pence only when it is paid, budgeted for a year or
 * printed. All amounts are exact pounds. */
#ifndef RUNTIME_MONEY_ROUND_H
#define RUNTIME_MONEY_ROUND_H

#include "runtime/base/exact.h"

/* To the penny, half away from zero, so that a payment and its clawback are equal. */
Exact money_post(Arena *arena, Exact pounds);

/* How amounts are written; their value in pounds is exact. */
typedef enum { MONEY_PENCE, MONEY_POUNDS, MONEY_THOUSANDS, MONEY_MILLIONS } MoneyScale;

Exact money_in_pounds(Arena *arena, Exact amount, MoneyScale scale);

#endif
