/* Numbers, amounts and dates: what is written right becomes a value, what is a common slip of
 * people who write plans gets a message and, where it is clear what was meant, a mend. */
#ifndef COMPILER_SYNTAX_LITERAL_H
#define COMPILER_SYNTAX_LITERAL_H

#include "compiler/syntax/scan.h"

void literal_number(Scan *scan, size_t at, size_t length);
void literal_percent(Scan *scan, size_t at, size_t length);
void literal_points(Scan *scan, size_t at, size_t length);
void literal_money(Scan *scan, size_t at, size_t length);
void literal_date(Scan *scan, size_t at, size_t length);
void literal_month(Scan *scan, size_t at, size_t length);
void literal_year(Scan *scan, size_t at, size_t length);
void literal_quarter(Scan *scan, size_t at, size_t length);

/* Slips. Those that return a length take so much of the text; the rest is looked at anew,
 * because it only resembles the slip. */
void literal_commas(Scan *scan, size_t at, size_t length);
void literal_touching(Scan *scan, size_t at, size_t length);
size_t literal_scale_word(Scan *scan, size_t at, size_t length);
size_t literal_percent_words(Scan *scan, size_t at, size_t length);
void literal_spaced_sign(Scan *scan, size_t at, size_t length);
void literal_pound_apart(Scan *scan, size_t at, size_t length);
void literal_bare_point(Scan *scan, size_t at, size_t length);
void literal_points_within(Scan *scan, size_t at, size_t length);
size_t literal_year_without_fy(Scan *scan, size_t at, size_t length);
void literal_wrong_year(Scan *scan, size_t at, size_t length);
void literal_wrong_date(Scan *scan, size_t at, size_t length);

#endif
