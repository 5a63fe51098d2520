/* Heap sort of values and of positions. Not the fastest sort there is, but bounded, in place
 * and the same everywhere; statistics sort small arrays and, inside, single columns. */
#include "runtime/stats/sort.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

static void sift_value(double *values, size_t root, size_t count) {
    double moved = values[root];
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && values[child] < values[child + 1]) child++;
        if (!(moved < values[child])) break;
        values[root] = values[child];
    }
    values[root] = moved;
}

void sort_values(double *values, size_t count) {
    for (size_t i = count / 2; i-- > 0;) sift_value(values, i, count);
    for (size_t end = count; end-- > 1;) {
        double largest = values[0];
        values[0] = values[end];
        values[end] = largest;
        sift_value(values, 0, end);
    }
}

/* Whether position a comes before b; never true both ways. */
static bool comes_before(const double *keys, size_t a, size_t b) {
    if (keys[a] < keys[b]) return true;
    if (keys[a] > keys[b]) return false;
    if (isnan(keys[a]) != isnan(keys[b])) return isnan(keys[b]);
    return a < b;
}

static void sift_position(const double *keys, size_t *order, size_t root, size_t count) {
    size_t moved = order[root];
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && comes_before(keys, order[child], order[child + 1])) child++;
        if (!comes_before(keys, moved, order[child])) break;
        order[root] = order[child];
    }
    order[root] = moved;
}

void sort_positions(const double *keys, size_t count, size_t *order) {
    for (size_t i = 0; i < count; i++) order[i] = i;
    for (size_t i = count / 2; i-- > 0;) sift_position(keys, order, i, count);
    for (size_t end = count; end-- > 1;) {
        size_t last = order[0];
        order[0] = order[end];
        order[end] = last;
        sift_position(keys, order, 0, end);
    }
}
