/* What a family of money cases needs: the input of a case, and a writer for its result. */
#ifndef TESTS_VECTORS_MONEY_CASE_H
#define TESTS_VECTORS_MONEY_CASE_H

#include "runtime/base/exact.h"
#include "runtime/base/json.h"

typedef struct {
    Arena *arena;
    const JsonValue *input;
    JsonWriter out; /* within the object that is the result */
} MoneyCase;

/* Fills the result; families are those of the vectors' manifest. NULL: not run here. */
typedef void MoneyFamily(MoneyCase *c);
MoneyFamily *money_family(Slice name);

/* Fields of the input. Amounts and rates are text: `12.5`, `-3` or `a/b`. */
Exact case_exact(const MoneyCase *c, const JsonValue *value);
Exact case_exact_of(const MoneyCase *c, const JsonValue *object, const char *key);
Slice case_text_of(const JsonValue *object, const char *key);
int case_year(Slice text);

/* Fields of the result. */
void case_write(MoneyCase *c, const char *key, Slice text);
void case_write_posted(MoneyCase *c, const char *key, Exact pounds); /* two decimals */
void case_write_rejected(MoneyCase *c, const char *code, Slice subject);

/* funding shifts, in a file of their own */
void family_shift_schedule(MoneyCase *c);

#endif
