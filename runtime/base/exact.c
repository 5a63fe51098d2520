/* Exact rational numbers. Two 64-bit integers as long as they fit, worked on in 128 bits
 * (Knuth, TAOCP 2, section 4.5.1); beyond that libtommath, whose numbers never outlive a
 * function here: results are copied into the arena as bytes. */
#include "runtime/base/exact.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <tommath.h>

#include "runtime/base/buffer.h"
#include "runtime/base/number.h"

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UnsignedWide;

enum {
    EXACT_BYTES = EXACT_BITS / 8,
    LARGEST_POWER = 1233, /* of ten within EXACT_BITS */
    LONGEST_WHOLE = 1234, /* figures of a number that may be within EXACT_BITS */
    SHORTEST_PLACES = 30,
    /* No two decimals of up to so many figures share a double. */
    SHORT_FIGURES = 15,
};

struct ExactBig {
    bool negative;
    uint16_t num_size;
    uint16_t den_size;
    unsigned char bytes[]; /* num, then den, highest byte first, the first of each not 0 */
};

static const Exact overflowed = {0, 0, NULL};

static const char memory_message[] = "there is not enough memory";

bool exact_overflowed(Exact x) {
    return !x.den && !x.big;
}

/* ---- One look at both forms ------------------------------------------------------------------ */

/* A number as sign and bytes, highest first, none leading that is 0. */
typedef struct {
    int sign;
    size_t num_size, den_size;
    const unsigned char *num, *den;
    unsigned char own[16];
} View;

/* Writes `value` as the shortest bytes that end at `end`; returns how many. */
static size_t put_bytes(UnsignedWide value, unsigned char *end) {
    size_t size = 0;
    for (; value; value >>= 8) end[-(ptrdiff_t)++size] = (unsigned char)value;
    return size;
}

static UnsignedWide magnitude(Wide value) {
    return value < 0 ? -(UnsignedWide)value : (UnsignedWide)value;
}

/* The view may point into itself, so it is filled in place and never copied. */
static void view_of(Exact x, View *view) {
    assert(!exact_overflowed(x));
    view->sign = exact_sign(x);
    if (x.big) {
        view->num = x.big->bytes;
        view->num_size = x.big->num_size;
        view->den = x.big->bytes + x.big->num_size;
        view->den_size = x.big->den_size;
        return;
    }
    view->num_size = put_bytes(magnitude(x.num), view->own + 8);
    view->num = view->own + 8 - view->num_size;
    view->den_size = put_bytes((uint64_t)x.den, view->own + 16);
    view->den = view->own + 16 - view->den_size;
}

static ExactBig *try_new_big(Arena *arena, bool negative, size_t num_size, size_t den_size) {
    ExactBig *big = arena_try_alloc(arena, sizeof *big + num_size + den_size);
    if (!big) return NULL;
    big->negative = negative;
    big->num_size = (uint16_t)num_size;
    big->den_size = (uint16_t)den_size;
    return big;
}

/* After the arena gave nothing, which noted why. */
static _Noreturn void leave_as_noted(Arena *arena) {
    boundary_leave(arena->boundary, arena->boundary->status, arena->boundary->message);
}

/* A value in lowest terms. */
static Exact from_wide(Arena *arena, Wide num, UnsignedWide den) {
    if (num >= INT64_MIN && num <= INT64_MAX && den <= INT64_MAX)
        return (Exact){(int64_t)num, (int64_t)den, NULL};
    unsigned char bytes[32];
    size_t num_size = put_bytes(magnitude(num), bytes + 16);
    size_t den_size = put_bytes(den, bytes + 32);
    ExactBig *big = try_new_big(arena, num < 0, num_size, den_size);
    if (!big) leave_as_noted(arena);
    memcpy(big->bytes, bytes + 16 - num_size, num_size);
    memcpy(big->bytes + num_size, bytes + 32 - den_size, den_size);
    return (Exact){0, 0, big};
}

/* ---- Long numbers ---------------------------------------------------------------------------- */

/* The numbers of one calculation. The first error is kept, later steps do nothing, and all
 * numbers are given back in one place. */
enum { A_NUM, A_DEN, B_NUM, B_DEN, NUM, DEN, WORK_NUMBERS };

typedef struct {
    mp_int n[WORK_NUMBERS];
    mp_err error;
} Work;

#define TRY(work, call)                                       \
    do {                                                      \
        if ((work)->error == MP_OKAY) (work)->error = (call); \
    } while (0)

static void work_begin(Work *w) {
    memset(w, 0, sizeof *w);
    w->error = MP_OKAY;
    for (int i = 0; i < WORK_NUMBERS; i++) TRY(w, mp_init(&w->n[i]));
}

static void work_end(Work *w) {
    for (int i = 0; i < WORK_NUMBERS; i++) mp_clear(&w->n[i]);
}

/* Loads x as the numbers `first` and the one behind it. */
static void work_load(Work *w, int first, Exact x) {
    View view;
    view_of(x, &view);
    TRY(w, mp_from_ubin(&w->n[first], view.num, view.num_size));
    TRY(w, mp_from_ubin(&w->n[first + 1], view.den, view.den_size));
    if (view.sign < 0) TRY(w, mp_neg(&w->n[first], &w->n[first]));
}

static void work_set(Work *w, int number, unsigned value) {
    if (w->error == MP_OKAY) mp_set(&w->n[number], value);
}

static void work_reduce(Work *w) {
    mp_int *divisor = &w->n[A_NUM];
    if (w->error == MP_OKAY && mp_isneg(&w->n[DEN])) {
        TRY(w, mp_neg(&w->n[NUM], &w->n[NUM]));
        TRY(w, mp_neg(&w->n[DEN], &w->n[DEN]));
    }
    TRY(w, mp_gcd(&w->n[NUM], &w->n[DEN], divisor));
    TRY(w, mp_div(&w->n[NUM], divisor, &w->n[NUM], NULL));
    TRY(w, mp_div(&w->n[DEN], divisor, &w->n[DEN], NULL));
}

static bool copy_bytes(const mp_int *from, unsigned char *into, size_t size) {
    size_t written;
    return mp_to_ubin(from, into, size, &written) == MP_OKAY && written == size;
}

/* The reduced result in its canonical form; false, noted at the boundary, where memory ended. */
static bool work_store(Work *w, Arena *arena, Exact *result) {
    if (w->error != MP_OKAY) {
        boundary_note(arena->boundary, SCP_LIMIT, memory_message);
        return false;
    }
    const mp_int *num = &w->n[NUM], *den = &w->n[DEN];
    *result = overflowed;
    if (mp_count_bits(num) > EXACT_BITS || mp_count_bits(den) > EXACT_BITS) return true;
    bool negative = mp_isneg(num);
    Wide low = (Wide)mp_get_mag_u64(num);
    if (negative) low = -low;
    if (mp_count_bits(num) <= 64 && mp_count_bits(den) <= 63 && low >= INT64_MIN &&
        low <= INT64_MAX) {
        *result = (Exact){(int64_t)low, (int64_t)mp_get_mag_u64(den), NULL};
        return true;
    }
    size_t num_size = mp_ubin_size(num), den_size = mp_ubin_size(den);
    ExactBig *big = try_new_big(arena, negative, num_size, den_size);
    if (!big) return false;
    *result = (Exact){0, 0, big};
    return copy_bytes(num, big->bytes, num_size) &&
           copy_bytes(den, big->bytes + num_size, den_size);
}

/* Makes NUM / DEN the result and ends the work. */
static Exact work_finish(Work *w, Arena *arena) {
    Exact result = overflowed;
    work_reduce(w);
    bool stored = work_store(w, arena, &result);
    work_end(w);
    if (!stored) leave_as_noted(arena);
    return result;
}

typedef void LongOperation(Work *w);

static Exact long_binary(Arena *arena, Exact a, Exact b, LongOperation *operation) {
    if (exact_overflowed(a) || exact_overflowed(b)) return overflowed;
    Work w;
    work_begin(&w);
    work_load(&w, A_NUM, a);
    work_load(&w, B_NUM, b);
    operation(&w);
    return work_finish(&w, arena);
}

static void long_add(Work *w) {
    TRY(w, mp_mul(&w->n[A_NUM], &w->n[B_DEN], &w->n[NUM]));
    TRY(w, mp_mul(&w->n[B_NUM], &w->n[A_DEN], &w->n[DEN]));
    TRY(w, mp_add(&w->n[NUM], &w->n[DEN], &w->n[NUM]));
    TRY(w, mp_mul(&w->n[A_DEN], &w->n[B_DEN], &w->n[DEN]));
}

static void long_mul(Work *w) {
    TRY(w, mp_mul(&w->n[A_NUM], &w->n[B_NUM], &w->n[NUM]));
    TRY(w, mp_mul(&w->n[A_DEN], &w->n[B_DEN], &w->n[DEN]));
}

static void long_div(Work *w) {
    TRY(w, mp_mul(&w->n[A_NUM], &w->n[B_DEN], &w->n[NUM]));
    TRY(w, mp_mul(&w->n[A_DEN], &w->n[B_NUM], &w->n[DEN]));
}

/* Of A alone: (2|num| + den) / 2den, cut off, with the sign of num. */
static void long_round(Work *w) {
    bool negative = w->error == MP_OKAY && mp_isneg(&w->n[A_NUM]);
    TRY(w, mp_abs(&w->n[A_NUM], &w->n[NUM]));
    TRY(w, mp_mul_2(&w->n[NUM], &w->n[NUM]));
    TRY(w, mp_add(&w->n[NUM], &w->n[A_DEN], &w->n[NUM]));
    TRY(w, mp_mul_2(&w->n[A_DEN], &w->n[DEN]));
    TRY(w, mp_div(&w->n[NUM], &w->n[DEN], &w->n[NUM], NULL));
    if (negative) TRY(w, mp_neg(&w->n[NUM], &w->n[NUM]));
    TRY(w, mp_copy(&w->n[B_DEN], &w->n[DEN]));
}

/* Of A alone; B is 1. mp_div cuts towards zero. */
static void long_floor(Work *w) {
    TRY(w, mp_div(&w->n[A_NUM], &w->n[A_DEN], &w->n[NUM], &w->n[DEN]));
    if (w->error == MP_OKAY && mp_isneg(&w->n[DEN]))
        TRY(w, mp_sub(&w->n[NUM], &w->n[B_NUM], &w->n[NUM]));
    TRY(w, mp_copy(&w->n[B_DEN], &w->n[DEN]));
}

/* ---- Making numbers -------------------------------------------------------------------------- */

static uint64_t greatest_divisor(uint64_t a, uint64_t b) {
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

Exact exact_from_int(int64_t value) {
    return (Exact){value, 1, NULL};
}

Exact exact_from_ratio(Arena *arena, int64_t num, int64_t den) {
    if (!den) return overflowed;
    uint64_t top = (uint64_t)magnitude(num), below = (uint64_t)magnitude(den);
    uint64_t divisor = greatest_divisor(top, below);
    Wide reduced = (Wide)(top / divisor);
    return from_wide(arena, (num < 0) != (den < 0) ? -reduced : reduced, below / divisor);
}

/* 10 to a power of 0 .. LARGEST_POWER. */
static Exact power_of_ten(Arena *arena, int power) {
    if (power <= 18) {
        int64_t small = 1;
        while (power-- > 0) small *= 10;
        return exact_from_int(small);
    }
    Work w;
    work_begin(&w);
    work_set(&w, A_NUM, 10);
    TRY(&w, mp_expt_u32(&w.n[A_NUM], (uint32_t)power, &w.n[NUM]));
    work_set(&w, DEN, 1);
    return work_finish(&w, arena);
}

Exact exact_from_decimal(Arena *arena, int64_t mantissa, int power) {
    Exact whole = exact_from_int(mantissa);
    if (!mantissa) return whole;
    if (power < -LARGEST_POWER || power > LARGEST_POWER) return overflowed;
    return power < 0 ? exact_div(arena, whole, power_of_ten(arena, -power))
                     : exact_mul(arena, whole, power_of_ten(arena, power));
}

static Exact shifted(Arena *arena, Exact whole, int shift) {
    Work w;
    work_begin(&w);
    work_load(&w, NUM, whole);
    int target = shift < 0 ? DEN : NUM;
    TRY(&w, mp_mul_2d(&w.n[target], shift < 0 ? -shift : shift, &w.n[target]));
    return work_finish(&w, arena);
}

Exact exact_from_double(Arena *arena, double value) {
    if (!isfinite(value)) return overflowed;
    int power;
    int64_t mantissa = (int64_t)ldexp(frexp(value, &power), 53);
    power -= 53;
    while (mantissa && mantissa % 2 == 0) mantissa /= 2, power++;
    if (!mantissa) return EXACT_ZERO;
    if (power <= 0 && power >= -62) return (Exact){mantissa, (int64_t)1 << -power, NULL};
    return shifted(arena, exact_from_int(mantissa), power);
}

bool exact_from_short_decimal(Arena *arena, double value, Exact *result) {
    static const int64_t beyond = 1000000000000000; /* 10^SHORT_FIGURES */
    int64_t mantissa;
    int power;
    if (!isfinite(value)) return false;
    number_shortest_decimal(value, &mantissa, &power);
    if (mantissa >= beyond || mantissa <= -beyond) return false;
    *result = exact_from_decimal(arena, mantissa, power);
    return true;
}

/* ---- Arithmetic ------------------------------------------------------------------------------ */

static bool both_small(Exact a, Exact b) {
    return a.den && b.den;
}

static uint64_t gcd_with_wide(Wide value, uint64_t divisor) {
    return greatest_divisor(divisor, (uint64_t)(magnitude(value) % divisor));
}

/* b is taken with its numerator as `b_num`, which may be -INT64_MIN. */
static Exact small_add(Arena *arena, Exact a, Wide b_num, int64_t b_den) {
    uint64_t common = greatest_divisor((uint64_t)a.den, (uint64_t)b_den);
    Wide a_part = a.den / (int64_t)common, b_part = b_den / (int64_t)common;
    Wide sum = a.num * b_part + b_num * a_part;
    if (!sum) return EXACT_ZERO;
    uint64_t rest = common == 1 ? 1 : gcd_with_wide(sum, common);
    return from_wide(arena, sum / (Wide)rest, (UnsignedWide)a_part * ((uint64_t)b_den / rest));
}

Exact exact_add(Arena *arena, Exact a, Exact b) {
    return both_small(a, b) ? small_add(arena, a, b.num, b.den)
                            : long_binary(arena, a, b, long_add);
}

Exact exact_sub(Arena *arena, Exact a, Exact b) {
    return both_small(a, b) ? small_add(arena, a, -(Wide)b.num, b.den)
                            : exact_add(arena, a, exact_neg(arena, b));
}

/* a_num / a_den * b_num / b_den, each in lowest terms, all but b_den below 2^63 and it at most
 * 2^63. */
static Exact small_mul(Arena *arena, Exact a, Wide b_num, uint64_t b_den) {
    if (!a.num || !b_num) return EXACT_ZERO;
    uint64_t first = gcd_with_wide(a.num, b_den);
    uint64_t second = gcd_with_wide(b_num, (uint64_t)a.den);
    return from_wide(arena, (a.num / (Wide)first) * (b_num / (Wide)second),
                     (UnsignedWide)((uint64_t)a.den / second) * (b_den / first));
}

Exact exact_mul(Arena *arena, Exact a, Exact b) {
    return both_small(a, b) ? small_mul(arena, a, b.num, (uint64_t)b.den)
                            : long_binary(arena, a, b, long_mul);
}

Exact exact_div(Arena *arena, Exact a, Exact b) {
    if (exact_is_zero(b)) return overflowed;
    if (!both_small(a, b)) return long_binary(arena, a, b, long_div);
    Wide inverse = b.num < 0 ? -(Wide)b.den : b.den;
    return small_mul(arena, a, inverse, (uint64_t)magnitude(b.num));
}

Exact exact_neg(Arena *arena, Exact x) {
    if (exact_overflowed(x)) return x;
    if (!x.big) return from_wide(arena, -(Wide)x.num, (UnsignedWide)x.den);
    size_t size = (size_t)x.big->num_size + x.big->den_size;
    ExactBig *big = try_new_big(arena, !x.big->negative, x.big->num_size, x.big->den_size);
    if (!big) leave_as_noted(arena);
    memcpy(big->bytes, x.big->bytes, size);
    Exact negated = {0, 0, big};
    /* -2^63 is small and 2^63 is not. */
    return exact_bits(negated) == 64 ? exact_add(arena, negated, EXACT_ZERO) : negated;
}

Exact exact_abs(Arena *arena, Exact x) {
    return exact_sign(x) < 0 ? exact_neg(arena, x) : x;
}

Exact exact_pow(Arena *arena, Exact x, int power) {
    Exact result = exact_overflowed(x) ? x : exact_from_int(1);
    if (power < 0) x = exact_div(arena, result, x);
    for (unsigned left = power < 0 ? -(unsigned)power : (unsigned)power; left; left >>= 1) {
        if (left & 1) result = exact_mul(arena, result, x);
        if (left > 1) x = exact_mul(arena, x, x);
    }
    return result;
}

/* ---- Questions ------------------------------------------------------------------------------- */

int exact_sign(Exact x) {
    if (x.big) return x.big->negative ? -1 : 1;
    return (x.num > 0) - (x.num < 0);
}

bool exact_is_zero(Exact x) {
    return !x.num && x.den;
}

bool exact_is_integer(Exact x) {
    if (x.big) return x.big->den_size == 1 && x.big->bytes[x.big->num_size] == 1;
    return x.den == 1;
}

bool exact_valid(Exact x) {
    if (x.big) return true;
    return x.den > 0 && greatest_divisor((uint64_t)magnitude(x.num), (uint64_t)x.den) == 1;
}

static size_t bits_of_bytes(const unsigned char *bytes, size_t size) {
    size_t bits = size * 8;
    for (unsigned char top = 0x80; size && top && !(bytes[0] & top); top >>= 1) bits--;
    return bits;
}

size_t exact_bits(Exact x) {
    if (exact_overflowed(x)) return SIZE_MAX;
    View view;
    view_of(x, &view);
    size_t num = bits_of_bytes(view.num, view.num_size);
    size_t den = bits_of_bytes(view.den, view.den_size);
    return num > den ? num : den;
}

typedef struct {
    unsigned char bytes[2 * EXACT_BYTES];
} Product;

/* Long multiplication into bytes, highest first, all of them filled. */
static void multiply(const unsigned char *a, size_t a_size, const unsigned char *b, size_t b_size,
                     Product *product) {
    memset(product, 0, sizeof *product);
    for (size_t i = 0; i < a_size; i++) {
        unsigned char *end = product->bytes + sizeof product->bytes - i;
        unsigned carry = 0;
        for (size_t j = 0; j < b_size; j++) {
            carry +=
                end[-1 - (ptrdiff_t)j] + (unsigned)a[a_size - 1 - i] * (unsigned)b[b_size - 1 - j];
            end[-1 - (ptrdiff_t)j] = (unsigned char)carry;
            carry >>= 8;
        }
        if (carry) end[-1 - (ptrdiff_t)b_size] = (unsigned char)carry;
    }
}

static int long_compare(Exact a, Exact b) {
    View left, right;
    Product across, back;
    view_of(a, &left);
    view_of(b, &right);
    if (left.sign != right.sign) return left.sign < right.sign ? -1 : 1;
    multiply(left.num, left.num_size, right.den, right.den_size, &across);
    multiply(right.num, right.num_size, left.den, left.den_size, &back);
    int order = memcmp(across.bytes, back.bytes, sizeof across.bytes);
    return order ? (order < 0 ? -left.sign : left.sign) : 0;
}

int exact_compare(Exact a, Exact b) {
    if (exact_overflowed(a) || exact_overflowed(b))
        return exact_overflowed(a) - exact_overflowed(b);
    if (!both_small(a, b)) return long_compare(a, b);
    Wide left = (Wide)a.num * b.den, right = (Wide)b.num * a.den;
    return (left > right) - (left < right);
}

bool exact_equal(Exact a, Exact b) {
    return exact_compare(a, b) == 0;
}

/* ---- Rounding -------------------------------------------------------------------------------- */

/* To an integer, half away from zero. */
static Exact round_whole(Arena *arena, Exact x) {
    if (exact_overflowed(x) || exact_is_integer(x)) return x;
    if (x.big) return long_binary(arena, x, exact_from_int(1), long_round);
    int64_t whole = x.num / x.den, rest = x.num % x.den;
    if (magnitude(rest) * 2 >= (UnsignedWide)x.den) whole += x.num < 0 ? -1 : 1;
    return exact_from_int(whole);
}

Exact exact_round_places(Arena *arena, Exact x, int places) {
    if (exact_overflowed(x) || (places >= 0 && exact_is_integer(x))) return x;
    Exact scale = exact_from_decimal(arena, 1, places);
    return exact_div(arena, round_whole(arena, exact_mul(arena, x, scale)), scale);
}

Exact exact_floor(Arena *arena, Exact x) {
    if (exact_overflowed(x) || exact_is_integer(x)) return x;
    if (x.big) return long_binary(arena, x, exact_from_int(1), long_floor);
    return exact_from_int(x.num / x.den - (x.num < 0));
}

Exact exact_ceil(Arena *arena, Exact x) {
    return exact_neg(arena, exact_floor(arena, exact_neg(arena, x)));
}

/* ---- As other numbers ------------------------------------------------------------------------ */

/* The 64 highest binary digits, the first of them 1, and the power of two they count; the
 * last is set where digits that are not 0 were left out. */
static uint64_t leading_bits(const unsigned char *bytes, size_t size, int *power) {
    uint64_t top = 0;
    size_t taken = size < 8 ? size : 8;
    for (size_t i = 0; i < taken; i++) top = top << 8 | bytes[i];
    int shift = __builtin_clzll(top);
    top <<= shift;
    *power = 8 * (int)(size - taken) - shift;
    if (size <= 8) return top;
    unsigned left_out = (unsigned)bytes[8] << shift & 0xFF;
    for (size_t i = 9; i < size; i++) left_out |= bytes[i];
    return top | (uint64_t)bytes[8] << shift >> 8 | (left_out != 0);
}

double exact_to_double(Exact x) {
    if (exact_overflowed(x)) return NAN;
    if (exact_is_zero(x)) return 0.0;
    View view;
    int num_power, den_power;
    view_of(x, &view);
    uint64_t num = leading_bits(view.num, view.num_size, &num_power);
    uint64_t den = leading_bits(view.den, view.den_size, &den_power);
    UnsignedWide wide = (UnsignedWide)num << 63;
    uint64_t quotient = (uint64_t)(wide / den) | (wide % den != 0);
    double value = ldexp((double)quotient, num_power - den_power - 63);
    return view.sign < 0 ? -value : value;
}

bool exact_to_int64(Exact x, int64_t *value) {
    if (x.den != 1) return false;
    *value = x.num;
    return true;
}

/* ---- Text ------------------------------------------------------------------------------------ */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static size_t count_digits(Slice text, size_t from) {
    size_t at = from;
    while (at < text.length && is_digit(text.data[at])) at++;
    return at - from;
}

/* Without the zeros in front, but with one digit at least. */
static Slice strip_zeros(Slice digits) {
    while (digits.length > 1 && digits.data[0] == '0') digits = slice_sub(digits, 1, digits.length);
    return digits;
}

/* The whole number of these digits, however many. */
static Exact whole_of_digits(Arena *arena, Slice digits) {
    digits = strip_zeros(digits);
    int64_t small;
    if (number_parse_int(digits, &small)) return exact_from_int(small);
    if (digits.length > LONGEST_WHOLE) return overflowed;
    Slice ended = arena_copy(arena, digits);
    Work w;
    work_begin(&w);
    TRY(&w, mp_read_radix(&w.n[NUM], ended.data, 10));
    work_set(&w, DEN, 1);
    return work_finish(&w, arena);
}

static Exact signed_as(Arena *arena, Exact x, bool negative) {
    return negative ? exact_neg(arena, x) : x;
}

/* `whole` and `fraction` are digits; either may be empty, not both. */
static Exact decimal_of_digits(Arena *arena, Slice whole, Slice fraction) {
    while (fraction.length && fraction.data[fraction.length - 1] == '0') fraction.length--;
    if (fraction.length > LARGEST_POWER) return overflowed;
    Exact part = whole_of_digits(arena, fraction.length ? fraction : SLICE("0"));
    Exact scale = power_of_ten(arena, (int)fraction.length);
    return exact_add(arena, whole_of_digits(arena, whole), exact_div(arena, part, scale));
}

bool exact_parse(Arena *arena, Slice text, Exact *result) {
    bool signed_text = text.length && (text.data[0] == '-' || text.data[0] == '+');
    bool negative = signed_text && text.data[0] == '-';
    if (signed_text) text = slice_sub(text, 1, text.length);
    size_t digits = count_digits(text, 0);
    Slice whole = slice_sub(text, 0, digits);
    if (!digits) return false;
    if (digits == text.length) {
        *result = signed_as(arena, whole_of_digits(arena, whole), negative);
        return true;
    }
    Slice rest = slice_sub(text, digits + 1, text.length);
    if (!rest.length || count_digits(rest, 0) != rest.length) return false;
    Exact x;
    if (text.data[digits] == '.') {
        x = decimal_of_digits(arena, whole, rest);
    } else {
        Exact below = whole_of_digits(arena, rest);
        if (text.data[digits] != '/' || exact_is_zero(below)) return false;
        x = exact_div(arena, whole_of_digits(arena, whole), below);
    }
    *result = signed_as(arena, x, negative);
    return true;
}

/* Decimal digits of a number of so many bytes, for a buffer: a byte has fewer than three. */
static void add_digits(Buffer *text, const unsigned char *bytes, size_t size) {
    char *into = buffer_reserve(text, size * 3 + 2);
    mp_int number;
    size_t written = 0;
    mp_err error = mp_init(&number);
    if (error == MP_OKAY) {
        error = mp_from_ubin(&number, bytes, size);
        if (error == MP_OKAY) error = mp_to_radix(&number, into, size * 3 + 2, &written, 10);
        mp_clear(&number);
    }
    if (error != MP_OKAY) boundary_leave(text->arena->boundary, SCP_LIMIT, memory_message);
    text->length += written - 1; /* mp_to_radix counts its NUL */
}

/* The digits of |num|, or of den. */
static void add_part(Buffer *text, Exact x, bool den) {
    if (x.big) {
        const unsigned char *bytes = x.big->bytes + (den ? x.big->num_size : 0);
        add_digits(text, bytes, den ? x.big->den_size : x.big->num_size);
        return;
    }
    uint64_t part = den ? (uint64_t)x.den : (uint64_t)magnitude(x.num);
    buffer_printf(text, "%llu", (unsigned long long)part);
}

static Slice too_large(void) {
    return SLICE("too large");
}

static Slice format_places(Arena *arena, Exact x, int places, bool group) {
    assert(places >= 0);
    Exact scale = exact_from_decimal(arena, 1, places);
    Exact whole = round_whole(arena, exact_mul(arena, x, scale));
    if (exact_overflowed(whole)) return too_large();
    Buffer digits, text;
    buffer_init(&digits, arena);
    buffer_init(&text, arena);
    add_part(&digits, whole, false);
    if (exact_sign(whole) < 0) buffer_add_char(&text, '-');
    size_t after = (size_t)places;
    for (size_t left = digits.length > after ? digits.length : after + 1; left > 0; left--) {
        if (left == after) buffer_add_char(&text, '.');
        buffer_add_char(&text, left > digits.length ? '0' : digits.data[digits.length - left]);
        if (group && left > after + 1 && (left - after) % 3 == 1) buffer_add_char(&text, ',');
    }
    return buffer_slice(&text);
}

Slice exact_format_fixed(Arena *arena, Exact x, int places) {
    return format_places(arena, x, places, false);
}

Slice exact_format_grouped(Arena *arena, Exact x, int places) {
    return format_places(arena, x, places, true);
}

Slice exact_format_fraction(Arena *arena, Exact x) {
    if (exact_overflowed(x)) return too_large();
    Buffer text;
    buffer_init(&text, arena);
    if (exact_sign(x) < 0) buffer_add_char(&text, '-');
    add_part(&text, x, false);
    if (!exact_is_integer(x)) {
        buffer_add_char(&text, '/');
        add_part(&text, x, true);
    }
    return buffer_slice(&text);
}

Slice exact_format_shortest(Arena *arena, Exact x) {
    if (exact_overflowed(x)) return too_large();
    if (exact_is_integer(x)) return exact_format_fraction(arena, x);
    Exact scaled = exact_mul(arena, x, exact_from_decimal(arena, 1, SHORTEST_PLACES));
    if (!exact_is_integer(scaled)) return exact_format_fraction(arena, x);
    Slice text = exact_format_fixed(arena, x, SHORTEST_PLACES);
    while (text.data[text.length - 1] == '0') text.length--;
    return text;
}

bool exact_parse_fraction(Arena *arena, Slice text, Exact *result) {
    Exact x;
    if (!exact_parse(arena, text, &x)) return false;
    if (exact_overflowed(x) || !slice_equal(exact_format_fraction(arena, x), text)) return false;
    *result = x;
    return true;
}
