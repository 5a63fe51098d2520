/* What the lines of a plan would be after the edits of a fix. Only shows them: applying a fix
 * is the editor's. */
#ifndef COMPILER_REVIEW_FIX_H
#define COMPILER_REVIEW_FIX_H

#include "compiler/review/excerpt.h"

/* The changed lines under `help:`, with the numbers of the lines they come from. Prints nothing
 * where the edits are in several files, overlap, or lie in the standard library. */
void fix_print(const Excerpt *excerpt, const Diag *diag);

#endif
