/* Bits that lie at any place. Only a byte that may be shared with a neighbour is written with care;
 * the others lie between the first and the last, and are nobody else's. */
#include "runtime/data/bits.h"

#include <string.h>

enum { WORD_BITS = 64 };

/* `count` bits, at most eight. */
static unsigned take_few(const uint8_t *from, uint64_t at, unsigned count) {
    unsigned shift = at % 8, bits = (unsigned)from[at / 8] >> shift;
    if (shift + count > 8) bits |= (unsigned)from[at / 8 + 1] << (8 - shift);
    return bits;
}

/* Puts `count` bits into one byte, in which others may be somebody else's. */
static void put_few(uint8_t *to, uint64_t at, unsigned bits, unsigned count) {
    unsigned own = ((1u << count) - 1) << at % 8;
    __atomic_fetch_and(&to[at / 8], (uint8_t)~own, __ATOMIC_RELAXED);
    __atomic_fetch_or(&to[at / 8], (uint8_t)(bits << at % 8 & own), __ATOMIC_RELAXED);
}

/* As many bits as make whole words, while as many as nine bytes are there to be read; how many. */
static uint64_t copy_words(uint8_t *to, const uint8_t *from, uint64_t from_at, uint64_t count) {
    unsigned shift = from_at % 8;
    uint64_t done = 0;
    for (from += from_at / 8; count - done >= WORD_BITS + 8; done += WORD_BITS) {
        uint64_t word, out;
        memcpy(&word, from + done / 8, sizeof word);
        word = bits_in_order(word) >> shift;
        if (shift) word |= (uint64_t)from[done / 8 + 8] << (WORD_BITS - shift);
        out = bits_in_order(word);
        memcpy(to + done / 8, &out, sizeof out);
    }
    return done;
}

void bits_copy(uint8_t *to, uint64_t to_at, const uint8_t *from, uint64_t from_at, uint64_t count) {
    if (to_at % 8) {
        unsigned head = 8 - to_at % 8;
        if (head > count) head = (unsigned)count;
        if (head) put_few(to, to_at, take_few(from, from_at, head), head);
        to_at += head;
        from_at += head;
        count -= head;
    }
    uint64_t done = count ? copy_words(to + to_at / 8, from, from_at, count) : 0;
    for (; count - done >= 8; done += 8)
        to[(to_at + done) / 8] = (uint8_t)take_few(from, from_at + done, 8);
    unsigned tail = (unsigned)(count - done);
    if (tail) put_few(to, to_at + done, take_few(from, from_at + done, tail), tail);
}
