/* Groups of equal size by value within strata: the thresholds of a RowRanking over one
 * population, and the look-up of a row's group. Ties share a group; a stratum with fewer
 * people than groups has none. */
#ifndef RUNTIME_STRATA_RANKING_H
#define RUNTIME_STRATA_RANKING_H

#include "runtime/strata/expr.h"

typedef struct Ranking {
    uint32_t stratum_count;
    /* few different whole values: the group of each, by stratum */
    int64_t low;
    uint64_t span;
    int16_t *groups; /* stratum * span + value - low; -1: none */
    /* else where groups change: keys ascending within a stratum */
    uint64_t *starts; /* stratum_count + 1 */
    int64_t *keys;
    int16_t *codes;
} Ranking;

/* The rankings of a run, each made once for each snapshot of its people. */
typedef struct {
    uint32_t index; /* in the module */
    const TableData *people;
    const Ranking *ranking;
} MadeRanking;

typedef struct RankingSet {
    VEC(MadeRanking) made;
} RankingSet;

/* The order of doubles as that of whole numbers; the two zeros are one. */
int64_t ranking_key_of_real(double value);

/* The module's ranking `index` over these people, made when it is first asked for. Lives in the
 * arena, to whose boundary it leaves where there is not enough memory. */
const Ranking *ranking_of(RankingSet *set, const Module *module, uint32_t index,
                          const TableData *people, Arena *arena);

/* The group of a key in a stratum, from 0; -1: none. */
static inline int32_t ranking_group(const Ranking *ranking, int64_t stratum, int64_t key) {
    if (stratum < 0 || stratum >= (int64_t)ranking->stratum_count) return -1;
    if (ranking->groups) {
        uint64_t offset = (uint64_t)key - (uint64_t)ranking->low;
        return offset < ranking->span ? ranking->groups[(uint64_t)stratum * ranking->span + offset]
                                      : -1;
    }
    uint64_t from = ranking->starts[stratum], to = ranking->starts[stratum + 1];
    if (from == to || key < ranking->keys[from]) return -1;
    while (to - from > 1) {
        uint64_t middle = from + (to - from) / 2;
        if (ranking->keys[middle] <= key)
            from = middle;
        else
            to = middle;
    }
    return ranking->codes[from];
}

#endif
