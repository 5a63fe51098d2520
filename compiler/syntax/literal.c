/* Numbers are read exactly, digit by digit: never through a double. A slip is never read as
 * what was probably meant: it is reported with that as its mend, and the value is unreadable. */
#include "compiler/syntax/literal.h"

#include <string.h>

#include "grammar/scp.tab.h"
#include "runtime/base/date.h"

enum { MOST_DIGITS = 18 };

static Slice text_at(const Scan *scan, size_t at, size_t length) {
    return slice_sub(scan->text, at, at + length);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_space(char c) {
    return c == ' ' || c == '\t';
}

static bool continues_word(const Scan *scan, size_t at) {
    return at < scan->text.length &&
           (is_letter(scan->text.data[at]) || is_digit(scan->text.data[at]));
}

/* ---- numbers ---- */

/* Digits, `_` and at most one point. False where there are more digits than can be held. */
static bool read_decimal(Slice text, Decimal *number) {
    int digits = 0;
    bool fraction = false;
    *number = (Decimal){0, 0};
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (c == '.') fraction = true;
        if (!is_digit(c)) continue;
        if (digits || c != '0') digits++;
        if (digits > MOST_DIGITS) return false;
        number->mantissa = number->mantissa * 10 + (c - '0');
        if (fraction) number->power--;
    }
    return true;
}

/* A value whose number stands in the first `digits` bytes after `skip`. */
static void push_number(Scan *scan, int kind, ExprKind expr_kind, size_t at, size_t length,
                        size_t skip, size_t digits, int scale) {
    Decimal number;
    if (!read_decimal(text_at(scan, at + skip, digits), &number)) {
        diag_add(scan->diags, DIAG_NUMBER_OVERFLOW, scan_span(scan, at, length),
                 "this number has more than %d digits, too many to be held exactly", MOST_DIGITS);
        scan_push_unreadable(scan, at, length);
        return;
    }
    number.power = (int16_t)(number.power + scale);
    scan_push_value(scan, kind, expr_kind, at, length)->number = number;
}

void literal_number(Scan *scan, size_t at, size_t length) {
    push_number(scan, T_NUMBER, EXPR_NUMBER, at, length, 0, length, 0);
}

void literal_percent(Scan *scan, size_t at, size_t length) {
    push_number(scan, T_PERCENT, EXPR_PERCENT, at, length, 0, length - 1, 0);
}

void literal_points(Scan *scan, size_t at, size_t length) {
    push_number(scan, T_POINTS, EXPR_POINTS, at, length, 0, length - 2, 0);
}

static int scale_of_suffix(Slice text) {
    if (slice_ends_with(text, SLICE("k"))) return 3;
    if (slice_ends_with(text, SLICE("m"))) return 6;
    if (slice_ends_with(text, SLICE("bn"))) return 9;
    return 0;
}

static const size_t pound_length = 2; /* bytes of `£` in UTF-8 */

void literal_money(Scan *scan, size_t at, size_t length) {
    int scale = scale_of_suffix(text_at(scan, at, length));
    size_t suffix = scale == 9 ? 2 : scale ? 1 : 0;
    push_number(scan, T_MONEY, EXPR_MONEY, at, length, pound_length, length - pound_length - suffix,
                scale);
}

/* ---- dates and years ---- */

static int read_int(Slice text, size_t from, size_t to) {
    int number = 0;
    for (size_t i = from; i < to; i++) number = number * 10 + (text.data[i] - '0');
    return number;
}

static void push_date(Scan *scan, ExprKind kind, size_t at, size_t length, int year, int month,
                      int day) {
    Expr *value = scan_push_value(scan, T_DATE, kind, at, length);
    value->year = year;
    value->month = month;
    value->day = day;
}

static Diag *report(Scan *scan, DiagName name, size_t at, size_t length, const char *message) {
    scan_push_unreadable(scan, at, length);
    return diag_add(scan->diags, name, scan_span(scan, at, length), "%s", message);
}

/* Adds the mend, which replaces the whole slip. */
static void mend(Scan *scan, Diag *diag, Slice text) {
    diag_fix(scan->diags, diag, diag->span, text, "write `%.*s`", SLICE_FMT(text));
}

static void refuse_day(Scan *scan, size_t at, size_t length, int year, int month) {
    scan_push_unreadable(scan, at, length);
    Span span = scan_span(scan, at, length);
    Slice text = text_at(scan, at, length);
    if (year < DATE_FIRST_YEAR)
        diag_add(scan->diags, DIAG_BAD_DATE, span, "`%.*s` has no year: years begin at 0001",
                 SLICE_FMT(text));
    else if (month < 1 || month > 12)
        diag_add(scan->diags, DIAG_BAD_DATE, span,
                 "`%.*s` is not in the calendar: there is no month %d; a date is written year, "
                 "month, day",
                 SLICE_FMT(text), month);
    else
        diag_add(scan->diags, DIAG_BAD_DATE, span,
                 "`%.*s` is not in the calendar: %s %d has %d days", SLICE_FMT(text),
                 month_name(month), year, date_days_in_month(year, month));
}

void literal_date(Scan *scan, size_t at, size_t length) {
    Slice text = text_at(scan, at, length);
    int year = read_int(text, 0, 4), month = read_int(text, 5, 7), day = read_int(text, 8, 10);
    if (date_valid(year, month, day))
        push_date(scan, EXPR_DATE, at, length, year, month, day);
    else
        refuse_day(scan, at, length, year, month);
}

static bool consecutive(int first, int second) {
    return second == (second > 99 ? first + 1 : (first + 1) % 100);
}

static void refuse_year_without_fy(Scan *scan, size_t at, size_t length, int year) {
    Diag *diag = report(scan, DIAG_BAD_FINANCIAL_YEAR, at, length,
                        "a financial year is written with `FY` and a stroke");
    mend(scan, diag, financial_year_format(scan->arena, year));
}

void literal_month(Scan *scan, size_t at, size_t length) {
    Slice text = text_at(scan, at, length);
    int year = read_int(text, 0, 4), month = read_int(text, 5, 7);
    if (year >= DATE_FIRST_YEAR && month >= 1 && month <= 12)
        push_date(scan, EXPR_MONTH, at, length, year, month, 0);
    else if (year >= DATE_FIRST_YEAR && consecutive(year, month))
        refuse_year_without_fy(scan, at, length, year);
    else
        refuse_day(scan, at, length, year, month);
}

/* Whether the halves follow each other; reported if not. */
static bool check_halves(Scan *scan, size_t at, size_t length, int year, int second) {
    if (year >= DATE_FIRST_YEAR && consecutive(year, second)) return true;
    Diag *diag = report(scan, DIAG_BAD_FINANCIAL_YEAR, at, length,
                        "a financial year is two consecutive years: it runs from 1 April to "
                        "31 March");
    Slice years = financial_year_format(scan->arena, year < 1 ? 1 : year);
    if (year < DATE_FIRST_YEAR) return false;
    Slice tail = text_at(scan, at + 9, length - 9);
    mend(scan, diag, arena_printf(scan->arena, "%.*s%.*s", SLICE_FMT(years), SLICE_FMT(tail)));
    return false;
}

void literal_year(Scan *scan, size_t at, size_t length) {
    Slice text = text_at(scan, at, length);
    int year = read_int(text, 2, 6);
    if (check_halves(scan, at, length, year, read_int(text, 7, 9)))
        push_date(scan, EXPR_YEAR, at, length, year, 0, 0);
}

void literal_quarter(Scan *scan, size_t at, size_t length) {
    Slice text = text_at(scan, at, length);
    int year = read_int(text, 2, 6), quarter = text.data[10] - '0';
    if (!check_halves(scan, at, length, year, read_int(text, 7, 9))) return;
    if (quarter >= 1 && quarter <= 4)
        push_date(scan, EXPR_QUARTER, at, length, year, quarter, 0);
    else
        report(scan, DIAG_BAD_FINANCIAL_YEAR, at, length,
               "a financial year has the quarters Q1 (April to June) to Q4");
}

/* ---- slips: numbers ---- */

/* Whether each comma is followed by exactly three digits and a point or the end: thousands. */
static bool commas_are_thousands(Slice text) {
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] != ',') continue;
        size_t digits = 0;
        while (i + 1 + digits < text.length && is_digit(text.data[i + 1 + digits])) digits++;
        if (digits != 3) return false;
    }
    return true;
}

static Slice replace_commas(Arena *arena, Slice text, const char *by) {
    Buffer out;
    buffer_init(&out, arena);
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == ',')
            buffer_add_text(&out, by);
        else
            buffer_add_char(&out, text.data[i]);
    }
    return buffer_slice(&out);
}

/* `£1,5`: a decimal comma, as far as one can tell. */
static bool comma_is_point(Slice text) {
    size_t commas = 0, after = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '.') return false;
        if (text.data[i] == ',')
            commas++;
        else if (commas && is_digit(text.data[i]))
            after++;
    }
    return text.data[0] == '\xC2' && commas == 1 && after < 3;
}

void literal_commas(Scan *scan, size_t at, size_t length) {
    Slice text = text_at(scan, at, length);
    bool thousands = commas_are_thousands(text), point = comma_is_point(text);
    Diag *diag = report(scan, DIAG_BAD_LITERAL, at, length,
                        thousands ? "a comma between digits: thousands are set apart with `_`"
                        : point   ? "a comma between digits: decimals are written with a point"
                                  : "a comma between digits: values are listed with a comma and a "
                                    "space, decimals written with a point");
    mend(scan, diag, replace_commas(scan->arena, text, thousands ? "_" : point ? "." : ", "));
}

/* What people write after a number for its size, and the suffix an amount of money takes. */
static const struct {
    const char *word;
    const char *suffix;
    int zeros;
} scale_words[] = {
    {"k", "k", 3},       {"K", "k", 3},        {"thousand", "k", 3},  {"m", "m", 6},
    {"M", "m", 6},       {"mn", "m", 6},       {"Mn", "m", 6},        {"MN", "m", 6},
    {"mln", "m", 6},     {"mio", "m", 6},      {"mil", "m", 6},       {"mill", "m", 6},
    {"million", "m", 6}, {"millions", "m", 6}, {"Million", "m", 6},   {"b", "bn", 9},
    {"B", "bn", 9},      {"bn", "bn", 9},      {"Bn", "bn", 9},       {"BN", "bn", 9},
    {"bln", "bn", 9},    {"billion", "bn", 9}, {"billions", "bn", 9}, {"Billion", "bn", 9},
};

enum { SCALE_WORDS = sizeof scale_words / sizeof scale_words[0] };

static int find_scale(Slice word) {
    for (int i = 0; i < SCALE_WORDS; i++)
        if (slice_equal(word, slice_of(scale_words[i].word))) return i;
    return -1;
}

static size_t number_length(Slice text) {
    size_t i = text.data[0] == '\xC2' ? pound_length : 0;
    while (i < text.length &&
           (is_digit(text.data[i]) || text.data[i] == '.' ||
            (text.data[i] == '_' && i + 1 < text.length && is_digit(text.data[i + 1]))))
        i++;
    return i;
}

/* `1200000` as 1_200_000. */
static Slice group_digits(Arena *arena, int64_t value) {
    Slice text = SLICE("");
    for (; value >= 1000; value /= 1000)
        text = arena_printf(arena, "_%03d%.*s", (int)(value % 1000), SLICE_FMT(text));
    return arena_printf(arena, "%d%.*s", (int)value, SLICE_FMT(text));
}

/* The number with its zeros written out: 1.2 and 6 give 1_200_000; empty if it has a part
 * below one or too many digits. */
static Slice write_out(Arena *arena, Slice digits, int zeros) {
    Decimal number;
    if (!read_decimal(digits, &number) || number.power + zeros < 0) return SLICE("");
    int64_t value = number.mantissa;
    for (int i = number.power + zeros; i > 0; i--) {
        if (value > INT64_MAX / 100) return SLICE("");
        value *= 10;
    }
    return group_digits(arena, value);
}

static void report_scale(Scan *scan, size_t at, size_t length, size_t digits, int scale) {
    Slice text = text_at(scan, at, length);
    if (text.data[0] == '\xC2') {
        Diag *diag = report(scan, DIAG_BAD_LITERAL, at, length,
                            "thousands, millions and billions of pounds are `k`, `m` and `bn`, "
                            "directly after the amount");
        mend(scan, diag,
             arena_printf(scan->arena, "%.*s%s", SLICE_FMT(slice_sub(text, 0, digits)),
                          scale_words[scale].suffix));
        return;
    }
    Diag *diag = report(scan, DIAG_BAD_LITERAL, at, length,
                        "a number is written with all its digits; `k`, `m` and `bn` are for "
                        "amounts in pounds");
    Slice full = write_out(scan->arena, slice_sub(text, 0, digits), scale_words[scale].zeros);
    if (full.length) mend(scan, diag, full);
}

/* `1e6`, as spreadsheets write it. Returns whether it is that. */
static bool report_exponent(Scan *scan, size_t at, size_t length, size_t digits) {
    Slice text = text_at(scan, at, length);
    if (text.data[digits] != 'e' && text.data[digits] != 'E') return false;
    int zeros = 0;
    for (size_t i = digits + 1; i < length; i++) {
        if (!is_digit(text.data[i]) || zeros > MOST_DIGITS) return false;
        zeros = zeros * 10 + (text.data[i] - '0');
    }
    if (digits + 1 == length) return false;
    Diag *diag = report(scan, DIAG_BAD_LITERAL, at, length,
                        "a number is written with all its digits, without an exponent");
    bool money = text.data[0] == '\xC2';
    Slice full = write_out(scan->arena, slice_sub(text, 0, digits), zeros);
    if (full.length)
        mend(scan, diag, arena_printf(scan->arena, "%s%.*s", money ? "£" : "", SLICE_FMT(full)));
    return true;
}

static void report_underscore(Scan *scan, size_t at, size_t length) {
    report(scan, DIAG_BAD_LITERAL, at, length,
           "within a number `_` stands between two digits, one at a time");
}

/* `intention 2falls "Falls"`: what stands after the first word of a line and before a title. */
static bool stands_for_name(const Scan *scan, size_t at, size_t length) {
    uint32_t count = scan->tokens.count;
    const Token *word = count ? &scan->tokens.items[count - 1] : NULL;
    if (!word || word->kind != T_WORD || !(word->flags & TOKEN_FIRST)) return false;
    size_t next = at + length;
    while (next < scan->text.length && is_space(scan->text.data[next])) next++;
    bool title = next < scan->text.length && scan->text.data[next] == '"';
    bool value = next + 1 < scan->text.length && scan->text.data[next] == '=' &&
                 scan->text.data[next + 1] != '=';
    return (title || value) && is_digit(scan->text.data[at]);
}

/* A number and a word without a space between them. */
void literal_touching(Scan *scan, size_t at, size_t length) {
    Slice text = text_at(scan, at, length);
    size_t digits = number_length(text);
    if (stands_for_name(scan, at, length)) {
        report(scan, DIAG_BAD_LITERAL, at, length, "a name begins with a letter");
        return;
    }
    int scale = find_scale(slice_sub(text, digits, length));
    if (scale >= 0) {
        report_scale(scan, at, length, digits, scale);
        return;
    }
    if (report_exponent(scan, at, length, digits)) return;
    if (text.data[digits] == '_') {
        report_underscore(scan, at, length);
        return;
    }
    if (text.data[digits] == '%') digits++;
    Slice number = slice_sub(text, 0, digits), word = slice_sub(text, digits, length);
    scan_push_unreadable(scan, at, length);
    Diag *diag = diag_add(scan->diags, DIAG_BAD_LITERAL, scan_span(scan, at, length),
                          "`%.*s` touches the letters `%.*s`: a space belongs between a number and "
                          "its unit",
                          SLICE_FMT(number), SLICE_FMT(word));
    mend(scan, diag, arena_printf(scan->arena, "%.*s %.*s", SLICE_FMT(number), SLICE_FMT(word)));
}

static bool is_size_in_words(Slice word) {
    return slice_equal(word, SLICE("thousand")) || slice_equal(word, SLICE("million")) ||
           slice_equal(word, SLICE("millions")) || slice_equal(word, SLICE("billion")) ||
           slice_equal(word, SLICE("billions"));
}

static void push_plain(Scan *scan, size_t at, size_t length) {
    if (scan->text.data[at] == '\xC2')
        literal_money(scan, at, length);
    else
        literal_number(scan, at, length);
}

/* A number, a space and a word or `%`. Most words are units; a few say how large the number
 * is. Returns the length of what was taken. */
size_t literal_scale_word(Scan *scan, size_t at, size_t length) {
    Slice text = text_at(scan, at, length);
    size_t digits = number_length(text), from = digits;
    while (is_space(text.data[from])) from++;
    Slice word = slice_sub(text, from, length);
    bool money = text.data[0] == '\xC2';
    bool percent = slice_equal(word, SLICE("%")) || slice_equal(word, SLICE("pp"));
    if (!money && percent && !continues_word(scan, at + length)) {
        Diag *diag = report(scan, DIAG_BAD_LITERAL, at, length,
                            "no space belongs between a number and its `%` or `pp`");
        mend(scan, diag,
             arena_printf(scan->arena, "%.*s%.*s", SLICE_FMT(slice_sub(text, 0, digits)),
                          SLICE_FMT(word)));
        return length;
    }
    int scale = find_scale(word);
    if (scale >= 0 && (money || is_size_in_words(word))) {
        report_scale(scan, at, length, digits, scale);
        return length;
    }
    push_plain(scan, at, digits);
    return digits;
}

/* `12 per cent`, `3 percentage points`. A longer word is a unit like any other. */
size_t literal_percent_words(Scan *scan, size_t at, size_t length) {
    Slice text = text_at(scan, at, length);
    size_t digits = number_length(text);
    if (continues_word(scan, at + length)) {
        literal_number(scan, at, digits);
        return digits;
    }
    bool points = !slice_ends_with(text, SLICE("cent"));
    Diag *diag = report(scan, DIAG_BAD_LITERAL, at, length,
                        points ? "percentage points are written `pp`, directly after the number"
                               : "per cent is written `%`, directly after the number");
    mend(scan, diag,
         arena_printf(scan->arena, "%.*s%s", SLICE_FMT(slice_sub(text, 0, digits)),
                      points ? "pp" : "%"));
    return length;
}

static Slice without_spaces(Arena *arena, Slice text) {
    char *copy = arena_alloc(arena, text.length + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++)
        if (!is_space(text.data[i])) copy[length++] = text.data[i];
    return (Slice){copy, length};
}

void literal_spaced_sign(Scan *scan, size_t at, size_t length) {
    Slice text = without_spaces(scan->arena, text_at(scan, at, length));
    Diag *diag = report(scan, DIAG_BAD_LITERAL, at, length, "a sign stands before the pound");
    mend(scan, diag,
         arena_printf(scan->arena, "%c£%.*s", text.data[pound_length],
                      SLICE_FMT(slice_sub(text, pound_length + 1, text.length))));
}

void literal_pound_apart(Scan *scan, size_t at, size_t length) {
    Diag *diag = report(scan, DIAG_BAD_LITERAL, at, length,
                        "no space belongs between the pound and the amount");
    mend(scan, diag, without_spaces(scan->arena, text_at(scan, at, length)));
}

void literal_bare_point(Scan *scan, size_t at, size_t length) {
    char before = at ? scan->text.data[at - 1] : ' ';
    if (is_letter(before) || before == ')' || before == ']') {
        report(scan, DIAG_SYNTAX_ERROR, at, length, "after a `.` stands a word, and not a number");
        return;
    }
    Diag *diag =
        report(scan, DIAG_BAD_LITERAL, at, length, "a number has a digit before its decimal point");
    mend(scan, diag, arena_printf(scan->arena, "0%.*s", SLICE_FMT(text_at(scan, at, length))));
}

void literal_points_within(Scan *scan, size_t at, size_t length) {
    report(scan, DIAG_BAD_LITERAL, at, length, "a number has one decimal point at most");
}

/* ---- slips: years and dates ---- */

/* `2026/27`, `2026-2027`: only where the years follow each other, else it is a calculation, of
 * which the first number is taken. */
size_t literal_year_without_fy(Scan *scan, size_t at, size_t length) {
    Slice text = text_at(scan, at, length);
    size_t end = length;
    if (text.data[length - 2] == 'Q') end -= 2;
    int year = read_int(text, 0, 4);
    bool plausible = year >= 1900 && year < 2200;
    if (plausible && consecutive(year, read_int(text, 5, end)) &&
        !continues_word(scan, at + length)) {
        scan_push_unreadable(scan, at, length);
        Diag *diag =
            diag_add(scan->diags, DIAG_BAD_FINANCIAL_YEAR, scan_span(scan, at, length),
                     "a financial year is written with `FY`, four digits, a stroke and two "
                     "digits");
        Slice years = financial_year_format(scan->arena, year);
        mend(scan, diag,
             arena_printf(scan->arena, "%.*s%.*s", SLICE_FMT(years),
                          SLICE_FMT(slice_sub(text, end, length))));
        return length;
    }
    literal_number(scan, at, 4);
    return 4;
}

/* `FY26/27`, `fy2026-27`, `FY 2026/27`, `FY2026/27 Q1`: whatever is not a financial year. */
void literal_wrong_year(Scan *scan, size_t at, size_t length) {
    Slice text = text_at(scan, at, length);
    Diag *diag = report(scan, DIAG_BAD_FINANCIAL_YEAR, at, length,
                        "a financial year is written as in `FY2026/27`, its quarters as in "
                        "`FY2026/27Q1`");
    size_t from = 2, middle, end;
    while (is_space(text.data[from])) from++;
    for (middle = from; is_digit(text.data[middle]);) middle++;
    for (end = middle + 1; end < length && is_digit(text.data[end]);) end++;
    if (middle - from > 4 || end - middle > 5) return;
    int year = read_int(text, from, middle);
    if (middle - from == 2) year += 2000;
    Slice tail = without_spaces(scan->arena, slice_sub(text, end, length));
    bool quarter =
        tail.length == 2 && tail.data[0] == 'Q' && tail.data[1] >= '1' && tail.data[1] <= '4';
    if (year < 1900 || (tail.length && !quarter)) return;
    if (!consecutive(year, read_int(text, middle + 1, end))) return;
    Slice years = financial_year_format(scan->arena, year);
    mend(scan, diag, arena_printf(scan->arena, "%.*s%.*s", SLICE_FMT(years), SLICE_FMT(tail)));
}

static int find_month(Slice text) {
    for (int month = 1; month <= 12; month++) {
        Slice name = slice_of(month_name(month));
        for (size_t i = 0; i + 3 <= text.length; i++)
            if (memcmp(text.data + i, name.data, 3) == 0) return month;
    }
    return 0;
}

/* The numbers of a date in another order, and whether there are three of them. */
static int read_numbers(Slice text, int numbers[3]) {
    int count = 0;
    for (size_t i = 0; i < text.length && count < 3;) {
        size_t from = i;
        while (i < text.length && is_digit(text.data[i])) i++;
        if (i > from)
            numbers[count++] = read_int(text, from, i);
        else
            i++;
    }
    return count;
}

/* `31 March 2027`, `31/3/2027`, `2027-3-31`, `March 2027`. */
void literal_wrong_date(Scan *scan, size_t at, size_t length) {
    Slice text = text_at(scan, at, length);
    int numbers[3] = {0, 0, 0}, month = find_month(text);
    int count = read_numbers(text, numbers);
    Diag *diag = report(scan, DIAG_BAD_DATE, at, length,
                        month && count == 1 ? "a month is written year first, as in `2026-09`"
                                            : "a date is written year, month, day, as in "
                                              "`2026-09-30`");
    if (month && count == 1) {
        mend(scan, diag, arena_printf(scan->arena, "%04d-%02d", numbers[0], month));
        return;
    }
    bool year_first = !month && numbers[0] > 31;
    int year = month ? numbers[1] : year_first ? numbers[0] : numbers[2];
    int day = month ? numbers[0] : year_first ? numbers[2] : numbers[0];
    if (!month) month = numbers[1];
    if (date_valid(year, month, day))
        mend(scan, diag, arena_printf(scan->arena, "%04d-%02d-%02d", year, month, day));
}
