/* MT19937 (Matsumoto and Nishimura, 1998), seeded and turned into normal deviates in the way R
 * documents (?RNG). Has no other kinds and no global stream. */
#include "runtime/stats/r_random.h"

#include "runtime/stats/special.h"

#define SHIFT_WORDS 397

/* R scrambles the seed fifty times by a linear congruence, then fills its state from it; the
 * first word filled is the position, which set.seed overwrites. */
void r_random_seed(RRandom *random, int32_t seed) {
    uint32_t word = (uint32_t)seed;
    for (int i = 0; i <= 50; i++) word = 69069 * word + 1;
    for (int i = 0; i < R_RANDOM_WORDS; i++) random->state[i] = word = 69069 * word + 1;
    random->next = R_RANDOM_WORDS;
}

/* The whole state at once, one word after the other. */
static void twist(RRandom *random) {
    uint32_t *state = random->state;
    for (int i = 0; i < R_RANDOM_WORDS; i++) {
        uint32_t joined = (state[i] & UINT32_C(0x80000000)) |
                          (state[(i + 1) % R_RANDOM_WORDS] & UINT32_C(0x7fffffff));
        uint32_t mixed = joined & 1 ? UINT32_C(0x9908b0df) : 0;
        state[i] = state[(i + SHIFT_WORDS) % R_RANDOM_WORDS] ^ (joined >> 1) ^ mixed;
    }
    random->next = 0;
}

static uint32_t next_word(RRandom *random) {
    if (random->next == R_RANDOM_WORDS) twist(random);
    uint32_t word = random->state[random->next++];
    word ^= word >> 11;
    word ^= (word << 7) & UINT32_C(0x9d2c5680);
    word ^= (word << 15) & UINT32_C(0xefc60000);
    return word ^ (word >> 18);
}

double r_random_uniform(RRandom *random) {
    const double half_step = 0.5 * 2.328306437080797e-10; /* 1/(2^32 - 1) */
    double value = next_word(random) * 2.3283064365386963e-10;
    if (value <= 0) return half_step;
    if (1 - value <= 0) return 1 - half_step;
    return value;
}

double r_random_normal(RRandom *random) {
    const double big = 134217728; /* 2^27 */
    double high = (double)(int32_t)(big * r_random_uniform(random));
    return normal_quantile((high + r_random_uniform(random)) / big);
}
