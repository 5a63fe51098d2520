/* Fixes for clauses that could not be read, from what their kind takes. */
#ifndef COMPILER_SEMA_MEND_H
#define COMPILER_SEMA_MEND_H

#include "compiler/sema/admit.h"

/* Of a broken item that is this clause of a declaration of that kind: adds a fix to what was
 * reported of its line, where one is certain. */
void mend_broken_clause(Compilation *c, const Kind *kind, const ClauseSpec *spec, const Item *item);

#endif
