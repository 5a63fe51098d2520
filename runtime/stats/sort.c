/* Sorting of values and of positions: by digits where arrays are long, else a heap, which needs
 * no memory of its own. */
#include "runtime/stats/sort.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/memory.h"
#include "runtime/base/radix.h"

/* Below this a heap is as fast. */
enum { LONG = 512 };

/* ---- By digits ------------------------------------------------------------------------------- */

/* False: no memory. */
static bool values_by_digits(double *values, size_t count) {
    uint64_t *keys = mem_alloc_array(count, 2 * sizeof *keys);
    if (!keys) return false;
    for (size_t i = 0; i < count; i++) keys[i] = radix_key_of_real(values[i]);
    radix_sort_keys(keys, keys + count, count);
    for (size_t i = 0; i < count; i++) values[i] = radix_real_of_key(keys[i]);
    mem_free(keys);
    return true;
}

static bool positions_by_digits(const double *keys, size_t count, size_t *order) {
    RadixItem *items = mem_alloc_array(count, 2 * sizeof *items);
    if (!items) return false;
    for (size_t i = 0; i < count; i++) items[i] = (RadixItem){radix_key_of_real(keys[i]), i};
    radix_sort(items, items + count, count);
    for (size_t i = 0; i < count; i++) order[i] = (size_t)items[i].at;
    mem_free(items);
    return true;
}

/* ---- A heap ---------------------------------------------------------------------------------- */

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
    if (count >= LONG && values_by_digits(values, count)) return;
    for (size_t i = count / 2; i-- > 0;) sift_value(values, i, count);
    for (size_t end = count; end-- > 1;) {
        double largest = values[0];
        values[0] = values[end];
        values[end] = largest;
        sift_value(values, 0, end);
    }
}

static void swap_values(double *values, size_t a, size_t b) {
    double moved = values[a];
    values[a] = values[b];
    values[b] = moved;
}

/* The middle of the first, the middle and the last, where it then stands. */
static size_t middle_of_three(const double *values, size_t low, size_t high) {
    size_t middle = low + (high - low) / 2;
    double a = values[low], b = values[middle], c = values[high];
    if (a < b) return b < c ? middle : a < c ? high : low;
    return a < c ? low : b < c ? high : middle;
}

/* Hoare's selection, in three parts so that equal values cost nothing more. After a bad run of
 * partings it sorts what is left. */
double sort_select(double *values, size_t count, size_t rank) {
    size_t low = 0, high = count - 1;
    for (int partings = 0; low < high; partings++) {
        if (partings > 64) {
            sort_values(values + low, high - low + 1);
            break;
        }
        double pivot = values[middle_of_three(values, low, high)];
        size_t below = low, at = low, above = high;
        while (at <= above) {
            if (values[at] < pivot) swap_values(values, below++, at++);
            else if (values[at] > pivot) swap_values(values, at, above--);
            else at++;
            if (above == SIZE_MAX) break; /* nothing is left above the first */
        }
        if (rank < below) high = below - 1;
        else if (rank < at) break;
        else low = at;
    }
    return values[rank];
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

static bool ascending(const double *keys, size_t count) {
    for (size_t i = 1; i < count; i++)
        if (comes_before(keys, i, i - 1)) return false;
    return true;
}

void sort_positions(const double *keys, size_t count, size_t *order) {
    for (size_t i = 0; i < count; i++) order[i] = i;
    if (ascending(keys, count)) return;
    if (count >= LONG && positions_by_digits(keys, count, order)) return;
    for (size_t i = count / 2; i-- > 0;) sift_position(keys, order, i, count);
    for (size_t end = count; end-- > 1;) {
        size_t last = order[0];
        order[0] = order[end];
        order[end] = last;
        sift_position(keys, order, 0, end);
    }
}
