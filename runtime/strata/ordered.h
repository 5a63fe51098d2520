/* Every value of a query in order, for statistics that no count or sum can give (quantiles, the
 * Gini coefficient, the concentration index). What comes out is as sensitive as the people it
 * is of: only the machine reads it, and only for internal use. */
#ifndef RUNTIME_STRATA_ORDERED_H
#define RUNTIME_STRATA_ORDERED_H

#include "runtime/strata/ranking.h"
#include "runtime/strata/strata.h"

/* Fills `cells` of an AGG_ORDERED query. False: not enough memory. */
bool ordered_collect(const Module *module, const StrataQuery *query, const Dataset *data,
                     RankingSet *rankings, Arena *arena, StrataCells *cells);

#endif
