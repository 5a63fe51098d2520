/* The usual kinds of field, read without a branch that depends on how long they are. What is
 * unusual is said to be so, and is runtime/data/field.h's, which knows what is wrong with it.
 * Every text must be followed by QUICK_PADDING bytes that may be read. */
#ifndef RUNTIME_DATA_QUICK_H
#define RUNTIME_DATA_QUICK_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "runtime/base/slice.h"

enum { QUICK_PADDING = 16 };

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define QUICK_KNOWN 1
#else
#define QUICK_KNOWN 0
#endif

/* One to eight digits. The text is moved to the end of a word, the rest filled with zeros; then
 * neighbours are put together: digits, pairs, fours (Lemire's eight digits at once). */
static inline bool quick_digits(const char *at, size_t length, uint64_t *value) {
    const uint64_t zeros = UINT64_C(0x3030303030303030), high = UINT64_C(0xF0F0F0F0F0F0F0F0);
    if (!QUICK_KNOWN || length - 1 >= 8) return false;
    unsigned shift = 64 - 8 * (unsigned)length;
    uint64_t word;
    memcpy(&word, at, sizeof word);
    word = word << shift | (zeros & ~(UINT64_MAX << shift));
    uint64_t sixes = word + UINT64_C(0x0606060606060606);
    if (((word & high) ^ zeros) | ((sixes & high) ^ zeros)) return false;
    word = ((word & UINT64_C(0x0F0F0F0F0F0F0F0F)) * 2561) >> 8;
    word = ((word & UINT64_C(0x00FF00FF00FF00FF)) * 6553601) >> 16;
    *value = ((word & UINT64_C(0x0000FFFF0000FFFF)) * UINT64_C(42949672960001)) >> 32;
    return true;
}

/* Up to eight digits of pounds, and no pence or two places of them. */
static inline bool quick_money(Slice text, int64_t *pence) {
    size_t length = text.length, point = length > 3 ? length - 3 : 0;
    bool places = text.data[point] == '.';
    uint64_t pounds, rest = 0;
    if (!quick_digits(text.data, places ? point : length, &pounds)) return false;
    unsigned tens = (unsigned char)text.data[point + 1] - (unsigned)'0';
    unsigned ones = (unsigned char)text.data[point + 2] - (unsigned)'0';
    if (places && (tens > 9 || ones > 9)) return false;
    rest = places ? 10 * tens + ones : 0;
    *pence = (int64_t)(pounds * 100 + rest);
    return true;
}

/* The first eight bytes of the text, and the next eight; 0 past its end. */
static inline void quick_words(Slice text, uint64_t *low, uint64_t *high) {
    size_t length = text.length < 16 ? text.length : 16;
    if (QUICK_KNOWN) {
        size_t first = length < 8 ? length : 8, second = length - first;
        memcpy(low, text.data, sizeof *low);
        memcpy(high, text.data + 8, sizeof *high);
        *low &= first ? UINT64_MAX >> (64 - 8 * first) : 0;
        *high &= second ? UINT64_MAX >> (64 - 8 * second) : 0;
    } else {
        char bytes[16] = {0};
        memcpy(bytes, text.data, length);
        memcpy(low, bytes, sizeof *low);
        memcpy(high, bytes + 8, sizeof *high);
    }
}

#endif
