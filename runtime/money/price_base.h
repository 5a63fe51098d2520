/* Prices of one year in those of another, by an index of prices (a deflator). */
#ifndef RUNTIME_MONEY_PRICE_BASE_H
#define RUNTIME_MONEY_PRICE_BASE_H

#include "runtime/base/exact.h"

/* Cash of a year at prices of the base year: times index of the base over index of the year.
 * Overflowed where an index is zero. */
Exact price_to_real(Arena *arena, Exact cash, Exact index_of_year, Exact index_of_base);

/* And back. */
Exact price_to_cash(Arena *arena, Exact real, Exact index_of_year, Exact index_of_base);

/* The growth from one amount to the next; overflowed from zero. */
Exact price_growth(Arena *arena, Exact before, Exact after);

#endif
