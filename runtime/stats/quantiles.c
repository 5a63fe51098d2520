/* Assignment to quantile groups by phe_quantile's rule. Does not interpolate values. */
#include "runtime/stats/quantiles.h"

#include <math.h>

#include "runtime/base/quantile.h"
#include "runtime/stats/sort.h"

bool quantile_groups(const double *values, size_t n, int groups, bool highest_first, int32_t *group,
                     size_t *order) {
    size_t present = 0;
    for (size_t i = 0; i < n; i++) {
        group[i] = 0;
        present += !isnan(values[i]);
    }
    if (groups < 1 || groups > QUANTILE_GROUPS_MAX || present < (size_t)groups) return false;
    sort_positions(values, n, order);
    for (size_t first = 0, end; first < present; first = end) {
        for (end = first + 1; end < present && values[order[end]] == values[order[first]];) end++;
        /* The smallest rank of the tied values, from the end that comes first. */
        size_t rank = (highest_first ? present - end : first) + 1;
        for (size_t i = first; i < end; i++)
            group[order[i]] = quantile_group_of_rank(present, rank, (uint32_t)groups);
    }
    return true;
}
