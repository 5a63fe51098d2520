/* Reading and writing numbers. The C library does the hard part, correctly rounded
 * conversion, only through texts that no locale can change: digits and an exponent, without
 * a radix character. */
#include "runtime/base/number.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/buffer.h"

enum {
    /* 767 significant figures decide every rounding of a double; of more only whether any is
     * not zero. */
    DECIDING_FIGURES = 770,
    LARGEST_EXPONENT = 100000, /* beyond every double, and far from overflow */
    SHORTEST_FIGURES = 17,
};

typedef struct {
    Slice digits[2]; /* before and after the point */
    int64_t exponent;
    bool negative;
} Parts;

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static Slice take_digits(Slice text, size_t *at) {
    size_t from = *at;
    while (*at < text.length && is_digit(text.data[*at])) ++*at;
    return slice_sub(text, from, *at);
}

static bool take_sign(Slice text, size_t *at) {
    if (*at >= text.length || (text.data[*at] != '-' && text.data[*at] != '+')) return false;
    return text.data[(*at)++] == '-';
}

static int64_t read_exponent(Slice digits, bool negative) {
    int64_t exponent = 0;
    for (size_t i = 0; i < digits.length; i++) {
        exponent = exponent * 10 + (digits.data[i] - '0');
        if (exponent > LARGEST_EXPONENT) exponent = LARGEST_EXPONENT;
    }
    return negative ? -exponent : exponent;
}

static bool take_exponent(Slice text, size_t *at, int64_t *exponent) {
    *exponent = 0;
    if (*at == text.length || (text.data[*at] != 'e' && text.data[*at] != 'E')) return true;
    ++*at;
    bool negative = take_sign(text, at);
    Slice digits = take_digits(text, at);
    *exponent = read_exponent(digits, negative);
    return digits.length > 0;
}

static bool split(Slice text, Parts *parts) {
    size_t at = 0;
    *parts = (Parts){.negative = take_sign(text, &at)};
    parts->digits[0] = take_digits(text, &at);
    if (!parts->digits[0].length) return false;
    if (at < text.length && text.data[at] == '.') {
        at++;
        parts->digits[1] = take_digits(text, &at);
        if (!parts->digits[1].length) return false;
    }
    return take_exponent(text, &at, &parts->exponent) && at == text.length;
}

/* The powers of ten that are doubles. */
static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Clinger's fast path: up to 15 figures and a power of ten that is itself exact give one
 * correctly rounded operation. */
static bool parse_short(const Parts *parts, double *value) {
    if (parts->digits[0].length + parts->digits[1].length > DBL_DIG) return false;
    int64_t power = parts->exponent - (int64_t)parts->digits[1].length;
    if (power < -22 || power > 22) return false;
    int64_t mantissa = 0;
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < parts->digits[side].length; i++)
            mantissa = mantissa * 10 + (parts->digits[side].data[i] - '0');
    double whole = (double)mantissa;
    *value = power < 0 ? whole / powers[-power] : whole * powers[power];
    return true;
}

/* The deciding figures as a whole number, its power of ten, and a last 1 standing for any
 * others that are not zero. */
static double parse_long(const Parts *parts) {
    char text[DECIDING_FIGURES + 32];
    size_t count = 0;
    int64_t power = parts->exponent;
    bool more = false;
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < parts->digits[side].length; i++) {
            char digit = parts->digits[side].data[i];
            bool kept = count < DECIDING_FIGURES;
            if (kept && (count || digit != '0')) text[count++] = digit;
            if (!kept && digit != '0') more = true;
            power += (side == 0 && !kept) - (side == 1 && kept);
        }
    if (more) {
        text[count++] = '1';
        power--;
    }
    if (!count) return 0.0;
    snprintf(text + count, sizeof text - count, "e%lld", (long long)power);
    return strtod(text, NULL);
}

bool number_parse(Slice text, double *value) {
    Parts parts;
    if (!split(text, &parts)) return false;
    double magnitude;
    if (!parse_short(&parts, &magnitude)) magnitude = parse_long(&parts);
    if (isinf(magnitude)) return false;
    *value = parts.negative ? -magnitude : magnitude;
    return true;
}

bool number_parse_int(Slice text, int64_t *value) {
    size_t at = 0;
    bool negative = take_sign(text, &at);
    Slice digits = take_digits(text, &at);
    if (!digits.length || at != text.length) return false;
    uint64_t most = (uint64_t)INT64_MAX + negative, number = 0;
    for (size_t i = 0; i < digits.length; i++) {
        uint64_t digit = (uint64_t)(digits.data[i] - '0');
        if (number > (most - digit) / 10) return false;
        number = number * 10 + digit;
    }
    *value = negative ? (int64_t)(0 - number) : (int64_t)number;
    return true;
}

/* 0.d1d2d3… times ten to the power `point`; no figures: zero. */
typedef struct {
    bool negative;
    int count;
    int point;
    char digits[SHORTEST_FIGURES + 1];
} Decimal;

/* The number to `figures` figures, correctly rounded, whatever the radix character is. */
static Decimal decimal_of_figures(double value, int figures) {
    char text[64];
    snprintf(text, sizeof text, "%.*e", figures - 1, fabs(value));
    Decimal decimal = {.negative = value < 0};
    const char *c = text;
    for (; *c != 'e'; c++)
        if (is_digit(*c)) decimal.digits[decimal.count++] = *c;
    decimal.point = (int)strtol(c + 1, NULL, 10) + 1;
    while (decimal.count && decimal.digits[decimal.count - 1] == '0') decimal.count--;
    return decimal;
}

/* As parse_short: at most 15 figures and a power that is a double. */
static bool decimal_short_value(const Decimal *decimal, double *magnitude) {
    int power = decimal->point - decimal->count;
    if (decimal->count > DBL_DIG || power < -22 || power > 22) return false;
    int64_t figures = 0;
    for (int i = 0; i < decimal->count; i++) figures = figures * 10 + (decimal->digits[i] - '0');
    *magnitude = power < 0 ? (double)figures / powers[-power] : (double)figures * powers[power];
    return true;
}

static double decimal_value(const Decimal *decimal) {
    char text[64];
    double short_value;
    if (!decimal->count) return 0.0;
    if (decimal_short_value(decimal, &short_value))
        return decimal->negative ? -short_value : short_value;
    snprintf(text, sizeof text, "%.*se%d", decimal->count, decimal->digits,
             decimal->point - decimal->count);
    double magnitude = strtod(text, NULL);
    return decimal->negative ? -magnitude : magnitude;
}

static Decimal decimal_of_whole(bool negative, int64_t figures, int power) {
    Decimal decimal = {.negative = negative};
    char reversed[SHORTEST_FIGURES + 1];
    int count = 0;
    while (figures % 10 == 0) figures /= 10, power++;
    for (; figures; figures /= 10) reversed[count++] = (char)('0' + figures % 10);
    while (decimal.count < count) {
        decimal.digits[decimal.count] = reversed[count - 1 - decimal.count];
        decimal.count++;
    }
    decimal.point = count + power;
    return decimal;
}

/* A whole number over a power of ten that gives the value back, of at most 15 figures. There is
 * no other: two decimals so short are never the same double. */
static bool decimal_brief(double value, Decimal *decimal) {
    static const double most = 1e15;
    static const int tried[] = {0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15};
    double magnitude = fabs(value);
    for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++) {
        double scaled = magnitude * powers[tried[i]];
        if (scaled >= most) return false;
        double whole = nearbyint(scaled);
        if (whole < 1 || whole >= most || whole / powers[tried[i]] != magnitude) continue;
        *decimal = decimal_of_whole(value < 0, (int64_t)whole, -tried[i]);
        return true;
    }
    return false;
}

/* Fifteen figures always survive in a normal number, so fewer need not be tried; those below
 * have fewer figures of their own. */
static Decimal decimal_shortest(double value) {
    Decimal brief;
    assert(isfinite(value));
    if (value == 0) return (Decimal){0};
    if (decimal_brief(value, &brief)) return brief;
    int figures = fabs(value) < DBL_MIN ? 1 : DBL_DIG;
    Decimal decimal = decimal_of_figures(value, figures);
    while (figures < SHORTEST_FIGURES && decimal_value(&decimal) != value)
        decimal = decimal_of_figures(value, ++figures);
    return decimal;
}

/* Keeps the first `keep` figures, which may be none or fewer than none. */
static void decimal_round(Decimal *decimal, int keep) {
    if (keep >= decimal->count) return;
    bool up = keep >= 0 && decimal->digits[keep] >= '5';
    decimal->count = keep > 0 ? keep : 0;
    while (up && decimal->count && decimal->digits[decimal->count - 1] == '9') decimal->count--;
    if (up && decimal->count) {
        decimal->digits[decimal->count - 1]++;
    } else if (up) {
        /* Nothing but nines, or nothing kept, was before the figure rounded up. */
        decimal->digits[0] = '1';
        decimal->count = 1;
        decimal->point++;
    }
    while (decimal->count && decimal->digits[decimal->count - 1] == '0') decimal->count--;
    if (!decimal->count) *decimal = (Decimal){0};
}

/* The figure `at` places after the point, before it where negative: ones are -1. */
static char figure_at(const Decimal *decimal, int at) {
    int index = decimal->point + at;
    return index >= 0 && index < decimal->count ? decimal->digits[index] : '0';
}

static Slice write_plain(Arena *arena, const Decimal *decimal, int places, bool group) {
    Buffer text;
    buffer_init(&text, arena);
    if (decimal->negative && decimal->count) buffer_add_char(&text, '-');
    int whole = decimal->count && decimal->point > 0 ? decimal->point : 1;
    for (int left = whole; left > 0; left--) {
        buffer_add_char(&text, figure_at(decimal, -left));
        if (group && left > 1 && left % 3 == 1) buffer_add_char(&text, ',');
    }
    if (places > 0) buffer_add_char(&text, '.');
    for (int at = 0; at < places; at++) buffer_add_char(&text, figure_at(decimal, at));
    return buffer_slice(&text);
}

static Decimal rounded_to_places(double value, int places) {
    Decimal decimal = decimal_shortest(value);
    /* More places than any double has figures change nothing, and might overflow a sum. */
    if (places > 2000) return decimal;
    decimal_round(&decimal, decimal.point + places);
    return decimal;
}

Slice number_format_fixed(Arena *arena, double value, int places, bool group_thousands) {
    assert(places >= 0);
    Decimal decimal = rounded_to_places(value, places);
    return write_plain(arena, &decimal, places, group_thousands);
}

Slice number_format_significant(Arena *arena, double value, int figures, bool group_thousands) {
    assert(figures >= 1);
    Decimal decimal = decimal_shortest(value);
    decimal_round(&decimal, figures);
    int places = decimal.count ? figures - decimal.point : 0;
    return write_plain(arena, &decimal, places, group_thousands);
}

Slice number_format_int(Arena *arena, int64_t value, bool group_thousands) {
    Slice digits = arena_printf(arena, "%lld", (long long)value);
    if (!group_thousands) return digits;
    Buffer text;
    buffer_init(&text, arena);
    for (size_t i = 0; i < digits.length; i++) {
        bool after_digit = i > 0 && is_digit(digits.data[i - 1]);
        if (after_digit && (digits.length - i) % 3 == 0) buffer_add_char(&text, ',');
        buffer_add_char(&text, digits.data[i]);
    }
    return buffer_slice(&text);
}

double number_round_places(double value, int places) {
    Decimal decimal = rounded_to_places(value, places);
    return decimal_value(&decimal);
}

double number_round_significant(double value, int figures) {
    assert(figures >= 1);
    Decimal decimal = decimal_shortest(value);
    decimal_round(&decimal, figures);
    return decimal_value(&decimal);
}

void number_shortest_decimal(double value, int64_t *mantissa, int *power) {
    Decimal decimal = decimal_shortest(value);
    int64_t figures = 0;
    for (int i = 0; i < decimal.count; i++) figures = figures * 10 + (decimal.digits[i] - '0');
    *mantissa = decimal.negative ? -figures : figures;
    *power = decimal.count ? decimal.point - decimal.count : 0;
}

static size_t write_word(const char *word, char text[NUMBER_TEXT_SIZE]) {
    return (size_t)snprintf(text, NUMBER_TEXT_SIZE, "%s", word);
}

/* `d.ddde-7`, without a point where there is one figure. */
static size_t write_with_exponent(const Decimal *decimal, char text[NUMBER_TEXT_SIZE]) {
    int length = snprintf(text, NUMBER_TEXT_SIZE, "%s%c%s%.*se%d", decimal->negative ? "-" : "",
                          decimal->digits[0], decimal->count > 1 ? "." : "", decimal->count - 1,
                          decimal->digits + 1, decimal->point - 1);
    return (size_t)length;
}

static size_t write_without_exponent(const Decimal *decimal, char text[NUMBER_TEXT_SIZE]) {
    char *c = text;
    if (decimal->negative) *c++ = '-';
    int whole = decimal->point > 0 ? decimal->point : 1;
    for (int left = whole; left > 0; left--) *c++ = figure_at(decimal, -left);
    int places = decimal->count - decimal->point;
    if (places > 0) *c++ = '.';
    for (int at = 0; at < places; at++) *c++ = figure_at(decimal, at);
    *c = '\0';
    return (size_t)(c - text);
}

size_t number_format_shortest(double value, char text[NUMBER_TEXT_SIZE]) {
    if (isnan(value)) return write_word("nan", text);
    if (isinf(value)) return write_word(value < 0 ? "-inf" : "inf", text);
    if (value == 0) return write_word("0", text);
    Decimal decimal = decimal_shortest(value);
    bool plain = decimal.point > -6 && decimal.point <= 21;
    return plain ? write_without_exponent(&decimal, text) : write_with_exponent(&decimal, text);
}
