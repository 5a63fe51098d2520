/* The pages behind `scpc explain`: what a diagnostic means, an example that fails, the example
 * mended, and why it matters. Pages of the program's own diagnostics are the files of
 * compiler/review/explain, made part of the program when it is built; those of rules are what
 * the standard library says of them. Rules of a board's own plan have none. */
#ifndef COMPILER_REVIEW_EXPLAIN_H
#define COMPILER_REVIEW_EXPLAIN_H

#include "compiler/sema/embedded.h"
#include "runtime/base/buffer.h"

/* Written at build time; sorted by name: "bad-date.md". */
extern const EmbeddedFile scp_page_files[];
extern const size_t scp_page_count;

/* Whether there is a page of that name. */
bool explain_knows(Slice name);

/* The page for a terminal: of a diagnostic, a rule, or what the reference says by that name
 * (review/reference.h). False where there is none. */
bool explain_print(Slice name, bool colour, Buffer *out);

/* Every name with one line on what it means: diagnostics, then rules by library. */
void explain_list(Buffer *out);

/* The name nearest to one that is misspelt; empty where none is near. */
Slice explain_nearest(Arena *arena, Slice name);

/* A fenced block of a page: the `index`-th below that heading. `info` is what follows the
 * opening fence: "scp", "csv data/people.csv". */
bool explain_block(Slice page, Slice heading, uint32_t index, Slice *info, Slice *text);

#endif
