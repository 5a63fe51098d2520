/* The rule by which ranks become groups of equal size (quintiles, deciles), stated once for
 * the engine that ranks millions and the statistics that rank a few. */
#ifndef RUNTIME_BASE_QUANTILE_H
#define RUNTIME_BASE_QUANTILE_H

#include <math.h>
#include <stdint.h>

/* The group, 1 … groups, of the value at `rank` (the smallest of tied ranks, from 1) among
 * `count`: floor((Q + 1) - ceil((N + 1 - r) / (N / Q))), 0 becoming 1, in doubles in this order
 * (as the public health profiles compute it: exact arithmetic differs for some Q, such as 14).
 * Expects count >= groups. */
static inline int32_t quantile_group_of_rank(uint64_t count, uint64_t rank, uint32_t groups) {
    double n = (double)count, q = (double)groups;
    double group = floor((q + 1) - ceil((n + 1 - (double)rank) / (n / q)));
    return group < 1 ? 1 : (int32_t)group;
}

#endif
