/* How many people make up a sum: those whose value is not nothing. A policy that protects asks
 * this of every sum, for three people's values among a hundred zeros are three people's. */
#ifndef RUNTIME_RUN_CONTRIBUTORS_H
#define RUNTIME_RUN_CONTRIBUTORS_H

#include "runtime/strata/strata.h"

/* The module with a count of contributors for each of its sums, after its own queries. Shares all
 * but queries and row expressions with `module`; lives in the arena. */
Module *contributors_ask(const Module *module, Arena *arena);

/* Puts the counts beside the sums: rows and people of a sum are those that contribute to it. */
void contributors_put(const Module *module, StrataResult *result);

#endif
