/* Splitting posted money so that the parts always sum to it. */
#ifndef RUNTIME_MONEY_ALLOCATE_H
#define RUNTIME_MONEY_ALLOCATE_H

#include "runtime/base/exact.h"

/* Splits `total`, posted first, by weights of any scale with the largest-remainder method
 * (Hamilton): each part is its quota in whole pence, rounded towards zero, and the pennies left
 * over go one each by descending remainder, ties to the earlier. False, leaving parts alone,
 * where a weight is negative, all are zero, or a number has overflowed. */
bool money_allocate(Arena *arena, Exact total, const Exact *weights, uint32_t count,
                    Exact *parts);

/* Whether shares sum to exactly one: the sign of their sum less one. */
int money_shares_against_one(Arena *arena, const Exact *shares, uint32_t count);

#endif
