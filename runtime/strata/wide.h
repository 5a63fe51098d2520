/* Exact sums and their one rounding. A sum of integers is 64 or 128 bits, a sum of doubles a
 * set of 128-bit bins by exponent (a superaccumulator: no addition ever rounds, so no order
 * can change the result); either becomes a double once, multiplied by an exact ratio. */
#ifndef RUNTIME_STRATA_WIDE_H
#define RUNTIME_STRATA_WIDE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

/* By what a sum is multiplied: num / den, or its square. Both are above 0. */
typedef struct {
    uint64_t num, den;
    bool squared;
} Scale;

/* sum * scale, to the nearest double, ties to even. */
double wide_scale(Int128 sum, Scale scale);

/* The same for many sums: `most` are the sizes up to which it is one division, below 0: none. */
typedef struct {
    Scale scale;
    int64_t most;
} Scaler;

static inline Scaler wide_scaler(Scale scale) {
    bool brief = !scale.squared && scale.num <= 1u << 30 && scale.den <= 1u << 25;
    return (Scaler){scale, brief ? (int64_t)(((uint64_t)1 << 53) / scale.num) : -1};
}

static inline double wide_scaled(const Scaler *scaler, int64_t sum) {
    if (sum > scaler->most || sum < -scaler->most) return wide_scale(sum, scaler->scale);
    return (double)(sum * (int64_t)scaler->scale.num) / (double)(int64_t)scaler->scale.den;
}

void wide_scale_all(const Scaler *scaler, const int64_t *sums, uint32_t count, double *values);

/* (high * 2^64 + low) * scale; for sums that pass 128 bits. */
double wide_scale_split(Int128 high, Int128 low, Scale scale);

/* A finite double is a whole number of 2^-1074. Bin b holds sums of multiples of
 * 2^(32 b - 1075) below 2^85, 2^42 of which fit. */
enum { WIDE_BINS = 64 };

typedef struct {
    Int128 addend;
    uint32_t bin;
} WideTerm;

/* The bin of a finite double, and what is to be added to it. */
static inline WideTerm wide_term(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t exponent = (uint32_t)(bits >> 52) & 0x7FF;
    uint64_t mantissa = bits & 0xFFFFFFFFFFFFFu;
    mantissa |= (uint64_t)(exponent > 0) << 52;
    exponent += exponent == 0;
    Int128 addend = (Int128)((Uint128)mantissa << (exponent & 31));
    return (WideTerm){bits >> 63 ? -addend : addend, exponent >> 5};
}

/* The sum of bins (bin b is bins[b]) times scale, to the nearest double, ties to even; infinite
 * beyond the range of a double. */
double wide_scale_bins(const Int128 bins[WIDE_BINS], Scale scale);

#endif
