/* Closer words for refused fields, by what they look like. */
#include "runtime/data/field_fault.h"

#include <string.h>

#include "runtime/data/field.h"

enum { LSOA_LENGTH = 9 };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static bool has_outer_blank(Slice text) {
    return text.length && (is_blank(text.data[0]) || is_blank(text.data[text.length - 1]));
}

/* Whether the text has the shape: 9 stands for a digit, anything else for itself. */
static bool has_shape(Slice text, const char *shape) {
    if (text.length != strlen(shape)) return false;
    for (size_t i = 0; i < text.length; i++)
        if (shape[i] == '9' ? !is_digit(text.data[i]) : text.data[i] != shape[i]) return false;
    return true;
}

/* 4/1/26, 01.04.2026, 1-4-2026: which is the month? */
static bool is_day_in_doubt(Slice text) {
    unsigned parts = 1;
    char mark = 0;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (is_digit(c)) continue;
        bool first = !mark && (c == '/' || c == '.' || c == '-');
        if (!i || (!first && c != mark) || !is_digit(text.data[i - 1])) return false;
        mark = c;
        parts++;
    }
    return parts == 3 && is_digit(text.data[text.length - 1]);
}

static FieldFault date_fault(Slice text) {
    if (has_shape(text, "9999-99-99")) return FIELD_FAULT_NO_DAY;
    return is_day_in_doubt(text) ? FIELD_FAULT_DAY_ORDER : FIELD_FAULT_FORM;
}

static FieldFault money_fault(Slice text) {
    int64_t pence;
    if (slice_starts_with(text, SLICE("$")) || slice_starts_with(text, SLICE("\xE2\x82\xAC")))
        return FIELD_FAULT_UNIT;
    const char *point = memchr(text.data, '.', text.length);
    size_t whole = point ? (size_t)(point - text.data) : text.length;
    if (!point || field_money(slice_sub(text, 0, whole), &pence) == FIELD_MALFORMED)
        return FIELD_FAULT_FORM;
    size_t at = whole + 1;
    while (at < text.length && is_digit(text.data[at])) at++;
    return at == text.length && at > whole + 3 ? FIELD_FAULT_PRECISION : FIELD_FAULT_FORM;
}

FieldFault field_fault(ColumnSort sort, Slice text) {
    if (has_outer_blank(text)) return FIELD_FAULT_SPACE;
    if (sort == COLUMN_DATE) return date_fault(text);
    return sort == COLUMN_MONEY ? money_fault(text) : FIELD_FAULT_FORM;
}

static bool checks_modulo_11(const char *digits) {
    unsigned sum = 0;
    for (unsigned i = 0; i < NHS_DIGITS - 1; i++) sum += (10 - i) * (unsigned)(digits[i] - '0');
    unsigned check = (11 - sum % 11) % 11; /* 10 stands for no digit */
    return check == (unsigned)(digits[NHS_DIGITS - 1] - '0');
}

static bool all_equal(const char *digits) {
    for (unsigned i = 1; i < NHS_DIGITS; i++)
        if (digits[i] != digits[0]) return false;
    return true;
}

bool nhs_number_sound(const char digits[NHS_DIGITS]) {
    return checks_modulo_11(digits) && !all_equal(digits);
}

static bool read_nhs_number(Slice text, char room[IDENTIFIER_MOST], Slice *identifier,
                            FieldFault *fault) {
    bool spaced = has_shape(text, "999 999 9999");
    if (!spaced && !has_shape(text, "9999999999")) {
        *fault = has_outer_blank(text) ? FIELD_FAULT_SPACE : FIELD_FAULT_FORM;
        return false;
    }
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] != ' ') room[length++] = text.data[i];
    *identifier = (Slice){room, length};
    *fault = all_equal(room) ? FIELD_FAULT_NOT_ISSUED : FIELD_FAULT_CHECK_DIGIT;
    return nhs_number_sound(room);
}

bool identifier_read(IdentifierForm form, Slice text, char room[IDENTIFIER_MOST],
                     Slice *identifier, FieldFault *fault) {
    *identifier = text;
    switch (form) {
    case IDENTIFIER_ANY: return true;
    case IDENTIFIER_NHS_NUMBER: return read_nhs_number(text, room, identifier, fault);
    case IDENTIFIER_LSOA: break;
    }
    *fault = has_outer_blank(text) ? FIELD_FAULT_SPACE : FIELD_FAULT_FORM;
    return text.length == LSOA_LENGTH && has_shape(text, "E01999999");
}
