/* Numbers as text, the same in every locale: reading is correctly rounded, writing reads back
 * as the same number. Rounding for people is half away from zero on the decimal value, by
 * which the shortest text of the number is meant: 2.675 to two places is 2.68, although the
 * binary number lies a little below. */
#ifndef RUNTIME_BASE_NUMBER_H
#define RUNTIME_BASE_NUMBER_H

#include "runtime/base/arena.h"

/* Reads `[+-]digits[.digits][(e|E)[+-]digits]`, digits on both sides of a point, and nothing
 * else around it. False where the text is none, or too large for a double; *value is set only
 * on success. Too small becomes 0. */
bool number_parse(Slice text, double *value);

/* Reads `[+-]digits`. False where the text is none or does not fit. */
bool number_parse_int(Slice text, int64_t *value);

enum { NUMBER_TEXT_SIZE = 32 };

/* The text with the fewest of 15 to 17 figures that reads back as the same number, ended by
 * NUL; returns its length. Zero and from 1e-6 to below 1e21 without exponent; negative zero is
 * `0`; `nan`, `inf` and `-inf` are written as such. */
size_t number_format_shortest(double value, char text[NUMBER_TEXT_SIZE]);

/* `places` decimals (0 or more) with commas between thousands where asked; never `-0`. The
 * value is finite. */
Slice number_format_fixed(Arena *arena, double value, int places, bool group_thousands);

/* `figures` significant figures (1 or more) without exponent: 1234.5 to 3 is 1230, 2 to 3 is
 * 2.00. Zero is `0`. The value is finite. */
Slice number_format_significant(Arena *arena, double value, int figures, bool group_thousands);

Slice number_format_int(Arena *arena, int64_t value, bool group_thousands);

/* The figures of the shortest text as mantissa * 10^power, the last of them not 0 (but 0 for
 * zero). The value is finite. */
void number_shortest_decimal(double value, int64_t *mantissa, int *power);

/* The same roundings as numbers. */
double number_round_places(double value, int places);
double number_round_significant(double value, int figures);

#endif
