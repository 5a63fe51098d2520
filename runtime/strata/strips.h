/* Counts of one joint breakdown side by side. Where a row has a cell, one addition counts it for
 * every choice that takes it: the strip of a cell has a lane of 16 bits for each choice, emptied
 * into 32 bits before it could be full. Only rows of people are counted so, one a person. */
#ifndef RUNTIME_STRATA_STRIPS_H
#define RUNTIME_STRATA_STRIPS_H

#include "runtime/strata/choices.h"

/* Gives strips to the counts that are worth it, and these their memory in a worker's block, after
 * all else in it. */
void strips_lay_out(Layout *layout, bool events, Arena *arena);

/* What a worker needs besides its block. */
typedef struct {
    uint32_t masks[EXPR_BATCH]; /* by row, of the octets at hand */
    uint32_t rows;              /* counted since lanes were emptied */
} StripRows;

void strips_add(const Located *batch, StripRows *rows);

/* The lanes into the totals that they are of; to be done once. */
void strips_close(const Layout *layout, char *block);

#endif
