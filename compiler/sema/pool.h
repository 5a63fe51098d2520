/* Which items of a table have the same content, so that each is kept once: constants, row
 * expressions, queries. Holds indices only; what equal means is for the table to say. */
#ifndef COMPILER_SEMA_POOL_H
#define COMPILER_SEMA_POOL_H

#include "runtime/base/hashmap.h"
#include "runtime/base/vec.h"

typedef struct {
    HashMap latest;      /* hash → the latest item that has it */
    VEC(uint32_t) older; /* item → the one before it with its hash, or POOL_END */
} Pool;

#define POOL_END UINT32_MAX

void pool_init(Pool *pool, Arena *arena);
/* for (i = pool_first(pool, hash); i != POOL_END; i = pool_older(pool, i)): the items to look at.
 */
uint32_t pool_first(const Pool *pool, uint64_t hash);
uint32_t pool_older(const Pool *pool, uint32_t item);
/* Items are added in order, each once: the n-th is n. */
void pool_add(Pool *pool, uint64_t hash);
/* One hash of what was hashed so far and one more number. */
uint64_t pool_mix(uint64_t hash, uint64_t more);

#endif
