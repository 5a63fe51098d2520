/* A borrowed piece of text: a pointer and a length, never an owner, not NUL-terminated. */
#ifndef RUNTIME_BASE_SLICE_H
#define RUNTIME_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *data;
    size_t length;
} Slice;

#define SLICE(literal) ((Slice){(literal), sizeof(literal) - 1})
#define SLICE_FMT(s)   (int)(s).length, (s).data /* for "%.*s" */

Slice slice_of(const char *text);
bool slice_equal(Slice a, Slice b);
int slice_compare(Slice a, Slice b); /* bytewise total order */
bool slice_starts_with(Slice text, Slice prefix);
bool slice_ends_with(Slice text, Slice suffix);
Slice slice_sub(Slice text, size_t from, size_t to);
Slice slice_trim(Slice text); /* without blanks at both ends */

/* Edit distance (insert, delete, replace, swap) for "did you mean"; stops at `at_most` + 1.
 * Words over 127 bytes are either equal or too far apart. */
size_t slice_distance(Slice a, Slice b, size_t at_most);

#endif
