/* Borrowed text: comparing, cutting, and how far two words are apart. Works on bytes and
 * knows no locale. */
#include "runtime/base/slice.h"

#include <assert.h>
#include <string.h>

Slice slice_of(const char *text) {
    return (Slice){text, strlen(text)};
}

bool slice_equal(Slice a, Slice b) {
    return a.length == b.length && (!a.length || !memcmp(a.data, b.data, a.length));
}

int slice_compare(Slice a, Slice b) {
    size_t common = a.length < b.length ? a.length : b.length;
    int order = common ? memcmp(a.data, b.data, common) : 0;
    if (order) return order < 0 ? -1 : 1;
    return (a.length > b.length) - (a.length < b.length);
}

bool slice_starts_with(Slice text, Slice prefix) {
    return text.length >= prefix.length && slice_equal(slice_sub(text, 0, prefix.length), prefix);
}

bool slice_ends_with(Slice text, Slice suffix) {
    return text.length >= suffix.length &&
           slice_equal(slice_sub(text, text.length - suffix.length, text.length), suffix);
}

Slice slice_sub(Slice text, size_t from, size_t to) {
    if (to > text.length) to = text.length;
    if (from > to) from = to;
    return (Slice){from ? text.data + from : text.data, to - from};
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

Slice slice_trim(Slice text) {
    size_t from = 0, to = text.length;
    while (from < to && is_blank(text.data[from])) from++;
    while (to > from && is_blank(text.data[to - 1])) to--;
    return slice_sub(text, from, to);
}

enum { LONGEST_COMPARED = 127 };

typedef size_t DistanceRow[LONGEST_COMPARED + 1];

/* One row of the table of optimal string alignment: the distances of a[0..i] to every b[0..j],
 * from the two rows above. Returns the least of them. */
static size_t fill_row(Slice a, Slice b, size_t i, const size_t *two_above, const size_t *above,
                       size_t *row) {
    size_t least = row[0] = i;
    for (size_t j = 1; j <= b.length; j++) {
        size_t best = above[j - 1] + (a.data[i - 1] != b.data[j - 1]);
        if (above[j] + 1 < best) best = above[j] + 1;
        if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
        bool swapped =
            i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1];
        if (swapped && two_above[j - 2] + 1 < best) best = two_above[j - 2] + 1;
        row[j] = best;
        if (best < least) least = best;
    }
    return least;
}

size_t slice_distance(Slice a, Slice b, size_t at_most) {
    size_t apart = a.length > b.length ? a.length - b.length : b.length - a.length;
    if (apart > at_most || a.length > LONGEST_COMPARED || b.length > LONGEST_COMPARED)
        return slice_equal(a, b) ? 0 : at_most + 1;
    DistanceRow rows[3];
    for (size_t j = 0; j <= b.length; j++) rows[0][j] = j;
    for (size_t i = 1; i <= a.length; i++) {
        size_t least = fill_row(a, b, i, rows[(i + 1) % 3], rows[(i + 2) % 3], rows[i % 3]);
        /* A swap reaches two rows back, so one row over the limit does not end it alone. */
        if (least > at_most + 1) return at_most + 1;
    }
    size_t distance = rows[a.length % 3][b.length];
    return distance > at_most ? at_most + 1 : distance;
}
