/* Eight lanes, each taking every eighth word: xor, turn, multiply by an odd number. Each step can
 * be undone, so that one changed word always shows; eight of them hide the multiplier's delay. */
#include "runtime/data/checksum.h"

#include <string.h>

enum { LANES = 8, STEP = LANES * 8 };

#define PRIME UINT64_C(0x9e3779b185ebca87)

static inline uint64_t turn(uint64_t word, unsigned bits) {
    return word << bits | word >> (64 - bits);
}

static inline void take(uint64_t lanes[LANES], const unsigned char *bytes) {
    for (int i = 0; i < LANES; i++) {
        uint64_t word;
        memcpy(&word, bytes + i * 8, sizeof word);
        lanes[i] = turn(lanes[i] ^ word, 29) * PRIME;
    }
}

uint64_t checksum_of(const void *bytes, size_t length) {
    const unsigned char *at = bytes, *end = at + length;
    uint64_t lanes[LANES];
    for (int i = 0; i < LANES; i++)
        lanes[i] = PRIME * (uint64_t)(2 * i + 3);
    for (; (size_t)(end - at) >= STEP; at += STEP)
        take(lanes, at);
    if (at < end) {
        unsigned char rest[STEP] = {0};
        memcpy(rest, at, (size_t)(end - at));
        take(lanes, rest);
    }
    uint64_t sum = length * PRIME;
    for (int i = 0; i < LANES; i++)
        sum = turn(sum ^ lanes[i], 31) * PRIME;
    return sum ^ sum >> 32;
}
