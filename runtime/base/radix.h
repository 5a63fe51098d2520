/* Sorting of 64-bit keys by their digits: stable, in time that grows with the number of keys
 * alone, and in one order on every machine. It takes no memory; whoever sorts brings as much
 * again. */
#ifndef RUNTIME_BASE_RADIX_H
#define RUNTIME_BASE_RADIX_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    uint64_t key;
    uint64_t at; /* what the key belongs to */
} RadixItem;

/* Sorts by key; equal keys keep their order. `scratch` holds as many; what it holds after means
 * nothing. */
void radix_sort(RadixItem *items, RadixItem *scratch, size_t count);

/* The same of keys alone. */
void radix_sort_keys(uint64_t *keys, uint64_t *scratch, size_t count);

/* The order of doubles as that of keys; the two zeros are one value, NaN comes last. */
static inline uint64_t radix_key_of_real(double value) {
    uint64_t bits;
    if (isnan(value)) return UINT64_MAX;
    if (value == 0) value = 0;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* The double of a key that is none of NaN's. */
static inline double radix_real_of_key(uint64_t key) {
    uint64_t bits = key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The order of signed whole numbers as that of keys. */
static inline uint64_t radix_key_of_whole(int64_t value) {
    return (uint64_t)value ^ UINT64_C(1) << 63;
}

#endif
