/* The reference: every kind with its clauses, function, unit, rule and diagnostic there is, as
 * Markdown, read from the standard library and the program's tables. docs/reference holds the pages
 * (a test says when one is out of date); `scpc explain` prints them and parts of them. What a plan
 * declares itself is not in it. */
#ifndef COMPILER_REVIEW_REFERENCE_H
#define COMPILER_REVIEW_REFERENCE_H

#include "runtime/base/buffer.h"

/* The names of the pages, in their order; NULL after the last. */
const char *reference_page(size_t index);

/* Appends that page ("kinds", "functions", "units", "rules", "diagnostics"), or what it says of one
 * kind, function or unit of that name. False where there is none. */
bool reference_print(Slice name, Buffer *out);

/* Tells `each` every name of a kind, function and unit. */
void reference_names(Arena *arena, void (*each)(void *context, Slice name), void *context);

#endif
