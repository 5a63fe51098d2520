/* Typed fields: the text of one field as an integer, pence, a number, a flag, or a code of a
 * closed set. Exact, locale-free and strict: no blanks, no thousands, no guess. Dates are
 * date_parse_iso's. An empty field is the caller's affair. */
#ifndef RUNTIME_DATA_FIELD_H
#define RUNTIME_DATA_FIELD_H

#include "runtime/base/arena.h"

typedef enum { FIELD_SOUND, FIELD_MALFORMED, FIELD_TOO_LARGE } FieldOutcome;

/* `-?digits`, within int64. */
FieldOutcome field_integer(Slice text, int64_t *value);

/* `-?£?digits[.d[d]]` as pence. */
FieldOutcome field_money(Slice text, int64_t *pence);

/* `-?digits[.digits][e[+-]digits]`, correctly rounded. */
FieldOutcome field_real(Slice text, double *value);

/* `0` or `1`. */
FieldOutcome field_flag(Slice text, int64_t *value);

/* Two words that stand for a text without NUL: of up to 16 bytes they hold all of it, filled up
 * with zeros; of more, the first is 0 and the second a hash. */
typedef struct {
    uint64_t low, high;
} DictionaryKey;

/* Codes of a closed set, found by hash. The members belong to the caller. */
typedef struct {
    const Slice *members;
    DictionaryKey *keys; /* by member */
    uint32_t *slots;     /* member + 1; 0: empty */
    uint32_t mask;
    uint16_t *by_byte; /* all members are one byte: by that byte, member + 1; else NULL */
} Dictionary;

void dictionary_init(Dictionary *dictionary, Arena *arena, const Slice *members, uint32_t count);

/* The code of the text; -1 where it is no member. The first of equal members wins. */
int64_t dictionary_find(const Dictionary *dictionary, Slice text);

static inline uint32_t dictionary_hash(uint64_t low, uint64_t high) {
    uint64_t word = low ^ (high << 23 | high >> 41);
    return (uint32_t)((word ^ word >> 32) * 0x9e3779b97f4a7c15u >> 32);
}

/* The same of a text of up to 16 bytes, none of them NUL, as its key. */
static inline int64_t dictionary_find_words(const Dictionary *dictionary, uint64_t low,
                                            uint64_t high) {
    for (uint32_t at = dictionary_hash(low, high);; at++) {
        uint32_t member = dictionary->slots[at & dictionary->mask];
        if (!member) return -1;
        const DictionaryKey *key = &dictionary->keys[member - 1];
        if (key->low == low && key->high == high) return (int64_t)member - 1;
    }
}

#endif
