/* Marks of rows as bits: that of row i is bit i % 8 of byte i / 8. */
#ifndef RUNTIME_DATA_BITS_H
#define RUNTIME_DATA_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool bit_at(const uint8_t *bits, uint64_t at) { return bits[at / 8] >> at % 8 & 1; }

/* Bytes that hold the bits of so many rows. */
static inline size_t bits_size(uint64_t rows) { return (size_t)(rows / 8 + (rows % 8 != 0)); }

/* Bytes of `rows` values of `width` bytes; 0: a bit. */
static inline uint64_t values_size(uint64_t rows, uint8_t width) {
    return width ? rows * width : bits_size(rows);
}

/* A word whose bytes in memory are its bits in order. */
static inline uint64_t bits_in_order(uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(word);
#else
    return word;
#endif
}

/* Copies the `count` bits from `from_at` on to `to_at`. All others stay as they are, also where
 * another thread writes its own into the same bytes meanwhile. Both may be parts of one array, if
 * bits move towards its beginning. */
void bits_copy(uint8_t *to, uint64_t to_at, const uint8_t *from, uint64_t from_at, uint64_t count);

#endif
