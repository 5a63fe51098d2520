/* Groups of equal size by value: quintiles, deciles. Ties share a group. */
#ifndef RUNTIME_STATS_QUANTILES_H
#define RUNTIME_STATS_QUANTILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QUANTILE_GROUPS_MAX 1000

/* Gives each of the n values its group, 1 .. groups, 1 holding the lowest (the highest where
 * `highest_first`); NaN is missing and gets 0. The rule is that of the public health profiles:
 * with N present values and r the rank (the smallest of tied ranks), the group is
 * floor((Q + 1) - ceil((N + 1 - r) / (N / Q))), 0 becoming 1, computed in doubles in this
 * order: exact arithmetic differs for some Q, such as 14 and 18.
 * `order` is scratch of n elements. False, with every group 0, where there are fewer values
 * than groups or `groups` is outside 1..1000. */
bool quantile_groups(const double *values, size_t n, int groups, bool highest_first, int32_t *group,
                     size_t *order);

#endif
