/* Groups of equal size by value within strata: the thresholds of a RowRanking over one
 * population, and the look-up of a row's group. Ties share a group; a stratum with fewer
 * people than groups has none. */
#ifndef RUNTIME_STRATA_RANKING_H
#define RUNTIME_STRATA_RANKING_H

#include <string.h>

#include "runtime/strata/expr.h"

/* Values are keys, whole numbers in the same order; keys lie in buckets, in order too. */
typedef struct Ranking {
    uint32_t stratum_count;
    int64_t low;      /* the lowest key of the first bucket but for those below it */
    unsigned shift;   /* a bucket is 2^shift keys wide */
    uint32_t buckets; /* of each stratum; the last holds all keys above, too */
    int32_t *codes;   /* by stratum and bucket: the group; RANKING_NONE; or RANKING_SPLIT less the
                         number of a split: keys of several groups lie in it */
    uint64_t *starts; /* by split: where its keys begin, and the end */
    int64_t *keys;    /* where groups change, ascending within a split */
    int32_t *groups;  /* from each on */
} Ranking;

enum { RANKING_NONE = -1, RANKING_SPLIT = -2 };

/* The rankings of a run, each made once for each snapshot of its people. */
typedef struct {
    uint32_t index; /* in the module */
    const TableData *people;
    const Ranking *ranking;
} MadeRanking;

typedef struct RankingSet {
    struct Parallel *crew; /* on which they are made; they are the same for any number */
    VEC(MadeRanking) made;
} RankingSet;

/* The order of numbers as that of whole numbers; the two zeros are one. */
static inline int64_t ranking_key_of_real(double value) {
    int64_t bits;
    value += 0.0; /* makes of the two zeros one */
    memcpy(&bits, &value, sizeof bits);
    return bits ^ (int64_t)((uint64_t)(bits >> 63) >> 1);
}

/* The bucket of a key. */
static inline uint32_t ranking_bucket(const Ranking *ranking, int64_t key) {
    uint64_t offset = ((uint64_t)key - (uint64_t)ranking->low) >> ranking->shift;
    uint64_t last = ranking->buckets - 1;
    offset = offset < last ? offset : last;
    return (uint32_t)(key < ranking->low ? 0 : offset);
}

/* The module's ranking `index` over these people, made when it is first asked for. Lives in the
 * arena, to whose boundary it leaves where there is not enough memory. */
const Ranking *ranking_of(RankingSet *set, const Module *module, uint32_t index,
                          const TableData *people, Arena *arena);

/* The group of a key in a split; a key below all has none, for it is nobody's. */
int32_t ranking_group_in_split(const Ranking *ranking, uint32_t split, int64_t key);

/* The group of a key in a stratum, from 0; -1: none. */
static inline int32_t ranking_group(const Ranking *ranking, int64_t stratum, int64_t key) {
    if (stratum < 0 || stratum >= (int64_t)ranking->stratum_count) return RANKING_NONE;
    int32_t code =
        ranking->codes[(uint64_t)stratum * ranking->buckets + ranking_bucket(ranking, key)];
    if (code > RANKING_SPLIT) return code;
    return ranking_group_in_split(ranking, (uint32_t)(RANKING_SPLIT - code), key);
}

#endif
