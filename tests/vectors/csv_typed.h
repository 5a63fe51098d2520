/* Cells of typed values, read as the product reads a field of such a column. */
#ifndef TESTS_VECTORS_CSV_TYPED_H
#define TESTS_VECTORS_CSV_TYPED_H

#include "tests/vectors/csv_case.h"

typedef struct {
    bool known;          /* the product has such a type of column */
    const char *outcome; /* "ok", "missing", or E_… */
    Slice value;         /* of "ok": as the suite writes it */
} CsvTyped;

CsvTyped csv_typed_read(Arena *arena, Slice type, Slice text);

#endif
