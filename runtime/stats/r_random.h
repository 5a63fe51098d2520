/* The default random numbers of R (Mersenne Twister with inversion), so that limits that were
 * simulated there under a seed can be reproduced draw for draw. For agreement with published
 * figures only: the simulations of this runtime have a generator of their own. */
#ifndef RUNTIME_STATS_R_RANDOM_H
#define RUNTIME_STATS_R_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#define R_RANDOM_WORDS 624

typedef struct {
    uint32_t state[R_RANDOM_WORDS];
    int next; /* index of the next word; R_RANDOM_WORDS: all used */
} RRandom;

/* As set.seed(seed). */
void r_random_seed(RRandom *random, int32_t seed);

/* As runif(1): in (0, 1), both ends left out. */
double r_random_uniform(RRandom *random);

/* As rnorm(1), from 54 uniform bits through the quantile of AS 241. */
double r_random_normal(RRandom *random);

/* The shares whose quantiles the next deviates are: what there is to draw before what there is to
 * compute. */
void r_random_shares(RRandom *random, double *shares, size_t count);

/* As rnorm(count): the next so many of them. */
void r_random_normals(RRandom *random, double *deviates, size_t count);

#endif
