/* Exact rational numbers: pounds until they are posted, shares, numbers written in a plan.
 * Values are immutable and need no freeing: small ones are two integers, larger ones lie in
 * the arena (the long division is libtommath's). No operation rounds unless its name says so,
 * and none fails: a number of more than EXACT_BITS binary digits above or below the line
 * becomes *overflowed*, a state that every later operation hands on and the caller asks for
 * once, where it matters. */
#ifndef RUNTIME_BASE_EXACT_H
#define RUNTIME_BASE_EXACT_H

#include "runtime/base/arena.h"

enum { EXACT_BITS = 4096 };

typedef struct ExactBig ExactBig;

typedef struct {
    int64_t num;         /* lowest terms */
    int64_t den;         /* > 0; 0: overflowed, or `big` holds the value */
    const ExactBig *big; /* NULL unless num or den does not fit in 64 bits */
} Exact;

#define EXACT_ZERO ((Exact){0, 1, NULL})

Exact exact_from_int(int64_t value);
Exact exact_from_ratio(Arena *arena, int64_t num, int64_t den);      /* den 0: overflowed */
Exact exact_from_decimal(Arena *arena, int64_t mantissa, int power); /* mantissa * 10^power */

/* The binary number itself, every digit of it. Not finite: overflowed. */
Exact exact_from_double(Arena *arena, double value);

/* The decimal that the shortest text of `value` shows, where that has at most 15 figures (then
 * only one decimal so short is meant); false where it has more or is not finite. */
bool exact_from_short_decimal(Arena *arena, double value, Exact *result);

/* Reads `12.5`, `-3` or `a/b` of whole numbers. False where the text is none of these or b is
 * zero. Beyond 1,233 decimals or 1,234 figures of a whole number: overflowed. */
bool exact_parse(Arena *arena, Slice text, Exact *result);

bool exact_overflowed(Exact x);

Exact exact_add(Arena *arena, Exact a, Exact b);
Exact exact_sub(Arena *arena, Exact a, Exact b);
Exact exact_mul(Arena *arena, Exact a, Exact b);
Exact exact_div(Arena *arena, Exact a, Exact b); /* b is not zero; if it is: overflowed */
Exact exact_neg(Arena *arena, Exact x);
Exact exact_abs(Arena *arena, Exact x);
Exact exact_pow(Arena *arena, Exact x, int power); /* 0 to a power below 0: overflowed */

/* -1, 0 or 1. An overflowed number stands after all others, so that the order is total. */
int exact_compare(Exact a, Exact b);
bool exact_equal(Exact a, Exact b);
int exact_sign(Exact x); /* 0 also for an overflowed number */
bool exact_is_zero(Exact x);
bool exact_is_integer(Exact x);

/* Binary digits of the longer of the two parts; SIZE_MAX of an overflowed number. */
size_t exact_bits(Exact x);

/* To `places` decimals (below 0: to tens, hundreds …), half away from zero. */
Exact exact_round_places(Arena *arena, Exact x, int places);
Exact exact_floor(Arena *arena, Exact x);
Exact exact_ceil(Arena *arena, Exact x);

/* The nearest double, for numbers beyond 64 bits within one unit in the last place; infinite
 * or zero beyond a double's range, NaN of an overflowed number. */
double exact_to_double(Exact x);

/* False, leaving *value, unless x is an integer that fits. */
bool exact_to_int64(Exact x, int64_t *value);

/* `places` decimals (0 or more), rounded half away from zero, never `-0`; the second with
 * commas between thousands. An overflowed number is `too large` here and below. */
Slice exact_format_fixed(Arena *arena, Exact x, int places);
Slice exact_format_grouped(Arena *arena, Exact x, int places);

/* The decimal where it ends within 30 places, else `a/b`. exact_parse reads it back. */
Slice exact_format_shortest(Arena *arena, Exact x);

/* The one canonical text of a value, `num` or `num/den` in lowest terms, for modules and
 * fingerprints; and back, refusing everything that is not canonical or beyond EXACT_BITS. */
Slice exact_format_fraction(Arena *arena, Exact x);
bool exact_parse_fraction(Arena *arena, Slice text, Exact *result);

/* Whether the value is whole: in lowest terms, within the limit, not overflowed. */
bool exact_valid(Exact x);

#endif
