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

/* 0/1, false/true, no/yes, N/Y. */
FieldOutcome field_flag(Slice text, int64_t *value);

/* Codes of a closed set, found by hash. The members belong to the caller. */
typedef struct {
    const Slice *members;
    struct DictionarySlot {
        uint64_t low, high; /* of up to 16 bytes: all of the text; of more: a hash too */
        uint32_t length;
        uint32_t member; /* + 1; 0: empty */
    } *slots;
    uint32_t mask;
} Dictionary;

void dictionary_init(Dictionary *dictionary, Arena *arena, const Slice *members, uint32_t count);

/* The code of the text; -1 where it is no member. The first of equal members wins. */
int64_t dictionary_find(const Dictionary *dictionary, Slice text);

/* The same of text that is followed by QUICK_PADDING bytes that may be read. */
int64_t dictionary_find_padded(const Dictionary *dictionary, Slice text);

#endif
