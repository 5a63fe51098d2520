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

static uint32_t mixed(uint32_t high, uint32_t low) {
    uint32_t joined = (high & UINT32_C(0x80000000)) | (low & UINT32_C(0x7fffffff));
    return (joined >> 1) ^ (-(low & 1) & UINT32_C(0x9908b0df));
}

/* The whole state at once, one word after the other. */
static void twist(RRandom *random) {
    uint32_t *state = random->state;
    enum { SHIFT = SHIFT_WORDS, BACK = R_RANDOM_WORDS - SHIFT_WORDS };
    for (int i = 0; i < BACK; i++) state[i] = state[i + SHIFT] ^ mixed(state[i], state[i + 1]);
    for (int i = BACK; i < R_RANDOM_WORDS - 1; i++)
        state[i] = state[i - BACK] ^ mixed(state[i], state[i + 1]);
    state[R_RANDOM_WORDS - 1] = state[SHIFT - 1] ^ mixed(state[R_RANDOM_WORDS - 1], state[0]);
    random->next = 0;
}

static inline uint32_t tempered(uint32_t word) {
    word ^= word >> 11;
    word ^= (word << 7) & UINT32_C(0x9d2c5680);
    word ^= (word << 15) & UINT32_C(0xefc60000);
    return word ^ (word >> 18);
}

static uint32_t next_word(RRandom *random) {
    if (random->next == R_RANDOM_WORDS) twist(random);
    return tempered(random->state[random->next++]);
}

/* The word as a share of all, never 0 or 1. By way of a signed number, which processors convert
 * several at a time; both steps are exact. */
static inline double uniform_of(uint32_t word) {
    const double half_step = 0.5 * 2.328306437080797e-10; /* 1/(2^32 - 1) */
    double whole = (double)(int32_t)(word ^ UINT32_C(0x80000000)) + 2147483648.0;
    double value = whole * 2.3283064365386963e-10;
    value = value <= 0 ? half_step : value;
    return 1 - value <= 0 ? 1 - half_step : value;
}

double r_random_uniform(RRandom *random) {
    return uniform_of(next_word(random));
}

/* The share whose quantile a deviate is: of 54 bits, from two words. */
static inline double share_of(uint32_t first, uint32_t second) {
    const double big = 134217728; /* 2^27 */
    double high = (double)(int32_t)(big * uniform_of(first));
    return (high + uniform_of(second)) / big;
}

double r_random_normal(RRandom *random) {
    uint32_t first = next_word(random);
    return normal_quantile(share_of(first, next_word(random)));
}

/* As many shares as the words that are there make; none where fewer than two are left. */
static size_t shares_at_hand(RRandom *random, double *shares, size_t most) {
    size_t pairs = (size_t)(R_RANDOM_WORDS - random->next) / 2;
    const uint32_t *words = random->state + random->next;
    if (pairs > most) pairs = most;
    for (size_t i = 0; i < pairs; i++)
        shares[i] = share_of(tempered(words[2 * i]), tempered(words[2 * i + 1]));
    random->next += (int)(2 * pairs);
    return pairs;
}

void r_random_shares(RRandom *random, double *shares, size_t count) {
    for (size_t made = 0; made < count;) {
        made += shares_at_hand(random, shares + made, count - made);
        if (made == count) break;
        uint32_t first = next_word(random);
        shares[made++] = share_of(first, next_word(random));
    }
}

void r_random_normals(RRandom *random, double *deviates, size_t count) {
    r_random_shares(random, deviates, count);
    normal_quantiles_best()(deviates, count);
}
