/* Least significant digit first, eight bits a digit. Digits in which all keys agree cost
 * nothing: whole numbers and dates held in 64 bits have few others. */
#include "runtime/base/radix.h"

#include <stdbool.h>

/* FEW: so many are put in order sooner by moving each down to its place. */
enum { DIGITS = 8, VALUES = 256, FEW = 64 };

typedef struct {
    size_t counts[DIGITS][VALUES];
} Digits;

static inline unsigned digit_of(uint64_t key, int digit) {
    return (unsigned)(key >> (8 * digit)) & (VALUES - 1);
}

static void count_key(Digits *digits, uint64_t key) {
    for (int d = 0; d < DIGITS; d++) digits->counts[d][digit_of(key, d)]++;
}

/* Turns the counts of a digit into where each of its values begins. False: all keys have the
 * same. */
static bool begin_digit(size_t *counts, size_t count) {
    size_t before = 0;
    for (int v = 0; v < VALUES; v++) {
        size_t here = counts[v];
        if (here == count) return false;
        counts[v] = before;
        before += here;
    }
    return true;
}

void radix_sort(RadixItem *items, RadixItem *scratch, size_t count) {
    Digits digits = {{{0}}};
    RadixItem *from = items, *to = scratch;
    for (size_t i = 0; i < count; i++) count_key(&digits, items[i].key);
    for (int d = 0; d < DIGITS; d++) {
        size_t *next = digits.counts[d];
        if (!count || !begin_digit(next, count)) continue;
        for (size_t i = 0; i < count; i++) to[next[digit_of(from[i].key, d)]++] = from[i];
        RadixItem *moved = from;
        from = to;
        to = moved;
    }
    if (from != items) memcpy(items, from, count * sizeof *items);
}

static void insert_keys(uint64_t *keys, size_t count) {
    for (size_t i = 1; i < count; i++) {
        uint64_t key = keys[i];
        size_t at = i;
        for (; at && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

void radix_sort_keys(uint64_t *keys, uint64_t *scratch, size_t count) {
    if (count <= FEW) {
        insert_keys(keys, count);
        return;
    }
    Digits digits = {{{0}}};
    uint64_t *from = keys, *to = scratch;
    for (size_t i = 0; i < count; i++) count_key(&digits, keys[i]);
    for (int d = 0; d < DIGITS; d++) {
        size_t *next = digits.counts[d];
        if (!count || !begin_digit(next, count)) continue;
        for (size_t i = 0; i < count; i++) to[next[digit_of(from[i], d)]++] = from[i];
        uint64_t *moved = from;
        from = to;
        to = moved;
    }
    if (from != keys) memcpy(keys, from, count * sizeof *keys);
}
