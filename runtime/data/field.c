/* Text of a field to a value. Never rounds what is counted or paid, and never reads past the
 * field except through its length. */
#include "runtime/data/field.h"

#include <string.h>

#include "runtime/base/number.h"

static bool is_digit(char c) { return (unsigned char)(c - '0') < 10; }

/* The digits from text[at] on, up to the first other byte, to which `at` goes. */
static FieldOutcome read_digits(Slice text, size_t *at, uint64_t *value) {
    size_t start = *at;
    uint64_t sum = 0;
    bool large = false;
    for (; *at < text.length && is_digit(text.data[*at]); ++*at) {
        uint64_t digit = (uint64_t)(text.data[*at] - '0');
        if (sum > (UINT64_MAX - digit) / 10) large = true;
        sum = sum * 10 + digit;
    }
    *value = sum;
    if (*at == start) return FIELD_MALFORMED;
    return large ? FIELD_TOO_LARGE : FIELD_SOUND;
}

static FieldOutcome with_sign(uint64_t size, bool negative, int64_t *value) {
    if (size > (uint64_t)INT64_MAX + negative) return FIELD_TOO_LARGE;
    *value = (int64_t)(negative ? 0 - size : size);
    return FIELD_SOUND;
}

FieldOutcome field_integer(Slice text, int64_t *value) {
    bool negative = text.length && text.data[0] == '-';
    size_t at = negative;
    uint64_t size;
    FieldOutcome outcome = read_digits(text, &at, &size);
    if (at < text.length) return FIELD_MALFORMED;
    return outcome == FIELD_SOUND ? with_sign(size, negative, value) : outcome;
}

/* The one or two digits after a point, as pence; the text must end there. */
static bool read_pence(Slice text, size_t at, uint64_t *pence) {
    *pence = 0;
    if (at == text.length) return true;
    size_t places = text.length - at - 1;
    if (text.data[at] != '.' || places < 1 || places > 2) return false;
    for (size_t i = at + 1; i < text.length; i++) {
        if (!is_digit(text.data[i])) return false;
        *pence = *pence * 10 + (uint64_t)(text.data[i] - '0');
    }
    if (places == 1) *pence *= 10;
    return true;
}

FieldOutcome field_money(Slice text, int64_t *pence) {
    bool negative = text.length && text.data[0] == '-';
    size_t at = negative;
    if (text.length >= at + 2 && !memcmp(text.data + at, "\xC2\xA3", 2)) at += 2;
    uint64_t pounds, rest;
    FieldOutcome outcome = read_digits(text, &at, &pounds);
    if (outcome == FIELD_MALFORMED || !read_pence(text, at, &rest)) return FIELD_MALFORMED;
    if (outcome != FIELD_SOUND || pounds > (UINT64_MAX - 99) / 100) return FIELD_TOO_LARGE;
    return with_sign(pounds * 100 + rest, negative, pence);
}

/* Up to 15 figures, at most 22 of them after the point: both are exact doubles, so that one
 * division rounds correctly (Clinger 1990). False: not of that kind. */
static bool short_decimal(Slice text, double *value) {
    static const double powers[] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool negative = text.data[0] == '-';
    size_t at = negative, places = 0;
    if (text.length - at > 16) return false;
    int64_t figures = 0;
    for (; at < text.length && is_digit(text.data[at]); at++)
        figures = figures * 10 + (text.data[at] - '0');
    if (at == negative) return false;
    if (at < text.length) {
        if (text.data[at] != '.' || at + 1 == text.length) return false;
        for (at++; at < text.length && is_digit(text.data[at]); at++, places++)
            figures = figures * 10 + (text.data[at] - '0');
    } else if (at - negative > 15) {
        return false;
    }
    if (at < text.length) return false;
    *value = (double)(negative ? -figures : figures) / powers[places];
    return true;
}

FieldOutcome field_real(Slice text, double *value) {
    if (!text.length || text.data[0] == '+') return FIELD_MALFORMED;
    if (short_decimal(text, value)) return FIELD_SOUND;
    return number_parse(text, value) ? FIELD_SOUND : FIELD_MALFORMED;
}

FieldOutcome field_flag(Slice text, int64_t *value) {
    if (text.length != 1 || (text.data[0] != '0' && text.data[0] != '1')) return FIELD_MALFORMED;
    *value = text.data[0] - '0';
    return FIELD_SOUND;
}

/* Members are declared by the plan, never by the data, so an unkeyed hash will do. */
static DictionaryKey key_of(Slice text) {
    DictionaryKey key = {0, 0};
    if (text.length <= 16) {
        for (size_t i = 0; i < text.length; i++)
            *(i < 8 ? &key.low : &key.high) |= (uint64_t)(unsigned char)text.data[i] << i % 8 * 8;
        return key;
    }
    key.high = text.length;
    for (size_t at = 0; at < text.length; at += 8) {
        uint64_t word = 0;
        memcpy(&word, text.data + at, text.length - at < 8 ? text.length - at : 8);
        key.high = (key.high ^ word ^ key.high >> 29) * 0x9e3779b97f4a7c15u;
    }
    return key;
}

/* All members are one byte long: a table by that byte does. */
static uint16_t *table_by_byte(Arena *arena, const Slice *members, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (members[i].length != 1) return NULL;
    uint16_t *codes = ARENA_NEW_ARRAY(arena, uint16_t, UINT8_MAX + 1);
    for (uint32_t i = 0; i < count; i++) {
        uint16_t *code = &codes[(unsigned char)members[i].data[0]];
        if (!*code) *code = (uint16_t)(i + 1);
    }
    return codes;
}

void dictionary_init(Dictionary *dictionary, Arena *arena, const Slice *members, uint32_t count) {
    uint64_t size = 8;
    while (size < (uint64_t)count * 4)
        size *= 2;
    dictionary->members = members;
    dictionary->keys = ARENA_NEW_ARRAY(arena, DictionaryKey, count);
    dictionary->slots = ARENA_NEW_ARRAY(arena, uint32_t, size);
    dictionary->mask = (uint32_t)(size - 1);
    dictionary->by_byte = count <= UINT8_MAX ? table_by_byte(arena, members, count) : NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (dictionary_find(dictionary, members[i]) >= 0) continue;
        DictionaryKey key = dictionary->keys[i] = key_of(members[i]);
        uint32_t slot = dictionary_hash(key.low, key.high) & dictionary->mask;
        while (dictionary->slots[slot])
            slot = (slot + 1) & dictionary->mask;
        dictionary->slots[slot] = i + 1;
    }
}

int64_t dictionary_find(const Dictionary *dictionary, Slice text) {
    DictionaryKey key = key_of(text);
    for (uint32_t at = dictionary_hash(key.low, key.high);; at++) {
        uint32_t member = dictionary->slots[at & dictionary->mask];
        if (!member) return -1;
        const DictionaryKey *held = &dictionary->keys[member - 1];
        if (held->low == key.low && held->high == key.high &&
            slice_equal(dictionary->members[member - 1], text))
            return (int64_t)member - 1;
    }
}
