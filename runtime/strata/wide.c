/* Whole numbers of up to 2,800 bits, for the one rounding at the end of a sum. Schoolbook
 * multiplication and division by one word: they run once a cell, not once a row. */
#include "runtime/strata/wide.h"

#include <assert.h>
#include <math.h>

/* 64 bins take 36 words and num^2 two more. The three lowest are for what a quotient by den^2
 * has below the unit: a fraction that is not 0 is more than 2^-128, and leaves bits there. */
enum { WORDS = 44, GUARD = 3 };

/* words * 2^exponent, least significant first. */
typedef struct {
    uint64_t words[WORDS];
    int exponent;
    bool negative;
} Wide;

static void multiply(Wide *wide, uint64_t by) {
    uint64_t carry = 0;
    for (int i = 0; i < WORDS; i++) {
        Uint128 product = (Uint128)wide->words[i] * by + carry;
        wide->words[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
    assert(!carry);
}

static void divide(Wide *wide, uint64_t by) {
    uint64_t rest = 0;
    for (int i = WORDS - 1; i >= 0; i--) {
        Uint128 part = (Uint128)rest << 64 | wide->words[i];
        wide->words[i] = (uint64_t)(part / by);
        rest = (uint64_t)(part % by);
    }
}

/* Adds the signed value at 2^shift above the guard words, in two's complement. */
static void add_shifted(Wide *wide, Int128 value, unsigned shift) {
    unsigned word = GUARD + shift / 64, bit = shift % 64;
    uint64_t sign = value < 0 ? UINT64_MAX : 0;
    uint64_t low = (uint64_t)value, high = (uint64_t)((Uint128)value >> 64);
    uint64_t parts[3] = {low << bit, high << bit, sign << bit};
    if (bit) {
        parts[1] |= low >> (64 - bit);
        parts[2] |= high >> (64 - bit);
    }
    uint64_t carry = 0;
    for (unsigned i = word; i < WORDS; i++) {
        Uint128 sum = (Uint128)wide->words[i] + (i - word < 3 ? parts[i - word] : sign) + carry;
        wide->words[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
}

/* From two's complement to sign and size. */
static void take_sign(Wide *wide) {
    wide->negative = wide->words[WORDS - 1] >> 63;
    if (!wide->negative) return;
    uint64_t carry = 1;
    for (int i = 0; i < WORDS; i++) {
        wide->words[i] = ~wide->words[i] + carry;
        carry = carry && !wide->words[i];
    }
}

/* The 64 highest bits from the highest that is set, in units of 2^*exponent; `*more`: something
 * lies below them. 0 where nothing is set. */
static uint64_t highest_bits(const Wide *wide, int *exponent, bool *more) {
    int top = WORDS - 1;
    while (top >= 0 && !wide->words[top])
        top--;
    if (top < 0) return 0;
    int shift = __builtin_clzll(wide->words[top]);
    uint64_t below = top > 0 ? wide->words[top - 1] : 0;
    uint64_t bits = wide->words[top] << shift;
    if (shift) bits |= below >> (64 - shift);
    *more = (shift ? below << shift : below) != 0;
    for (int i = 0; i < top - 1; i++)
        *more |= wide->words[i] != 0;
    *exponent = wide->exponent + 64 * top - shift;
    return bits;
}

/* bits * 2^exponent with bits >= 2^63, rounded to the precision that is left at that size. */
static double round_once(uint64_t bits, int exponent, bool more) {
    int lost = exponent + 63 < -1022 ? 11 + (-1022 - (exponent + 63)) : 11;
    if (lost > 64) return 0;
    uint64_t kept = lost < 64 ? bits >> lost : 0;
    uint64_t rest = lost < 64 ? bits & (((uint64_t)1 << lost) - 1) : bits;
    uint64_t half = (uint64_t)1 << (lost - 1);
    if (rest > half || (rest == half && (more || kept & 1))) kept++;
    return ldexp((double)kept, exponent + lost);
}

static double scaled(Wide *wide, Scale scale) {
    take_sign(wide);
    for (int i = 0; i <= scale.squared; i++)
        multiply(wide, scale.num);
    for (int i = 0; i <= scale.squared; i++)
        divide(wide, scale.den);
    int exponent = 0;
    bool more = false;
    uint64_t bits = highest_bits(wide, &exponent, &more);
    if (!bits) return 0;
    double value = round_once(bits, exponent, more);
    return wide->negative ? -value : value;
}

/* A quotient of two whole numbers that are exact doubles is rounded once by the division. */
static bool scale_short(Int128 sum, Scale scale, double *value) {
    const Int128 exact = (Int128)1 << 53;
    if (sum > exact || sum < -exact || scale.num > 1u << 30 || scale.den > 1u << 25) return false;
    Int128 num = sum * (Int128)scale.num, den = (Int128)scale.den;
    if (scale.squared) {
        if (num > exact || num < -exact) return false;
        num *= (Int128)scale.num;
        den *= den;
    }
    if (num > exact || num < -exact) return false;
    *value = (double)num / (double)den;
    return true;
}

double wide_scale(Int128 sum, Scale scale) {
    double value;
    bool plain = scale.num == 1 && scale.den == 1;
    if (plain && sum >= INT64_MIN && sum <= INT64_MAX) return (double)(int64_t)sum;
    if (scale_short(sum, scale, &value)) return value;
    Wide wide = {.exponent = -64 * GUARD};
    add_shifted(&wide, sum, 0);
    return scaled(&wide, scale);
}

void wide_scale_all(const Scaler *scaler, const int64_t *sums, uint32_t count, double *values) {
    if (scaler->scale.num == 1 && scaler->scale.den == 1)
        for (uint32_t i = 0; i < count; i++) values[i] = (double)sums[i];
    else
        for (uint32_t i = 0; i < count; i++) values[i] = wide_scaled(scaler, sums[i]);
}

double wide_scale_split(Int128 high, Int128 low, Scale scale) {
    Wide wide = {.exponent = -64 * GUARD};
    add_shifted(&wide, low, 0);
    add_shifted(&wide, high, 64);
    return scaled(&wide, scale);
}

double wide_scale_bins(const Int128 bins[WIDE_BINS], Scale scale) {
    Wide wide = {.exponent = -64 * GUARD - 1075};
    for (unsigned b = 0; b < WIDE_BINS; b++)
        if (bins[b]) add_shifted(&wide, bins[b], 32 * b);
    return scaled(&wide, scale);
}
