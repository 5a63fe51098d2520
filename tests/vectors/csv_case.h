/* One file of the suite of delimited text, read by the product's own road: bytes, encoding,
 * chunks, records. */
#ifndef TESTS_VECTORS_CSV_CASE_H
#define TESTS_VECTORS_CSV_CASE_H

#include "runtime/base/json.h"

typedef struct {
    const char *fault; /* E_…; NULL: the file is sound */
    uint64_t line;     /* where the record that is wrong begins */
    Slice records;     /* compact JSON */
} CsvCase;

/* `dialect` says delimiter, encoding, header and fields, each if it is not the usual one; NULL: all
 * are. Exits where the file cannot be read. */
CsvCase csv_case_read(Arena *arena, const char *path, const JsonValue *dialect);

/* A member that is text; else `otherwise`. */
Slice csv_case_text(const JsonValue *object, const char *key, const char *otherwise);

#endif
