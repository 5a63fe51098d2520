/* What the end-to-end program reads: files, JSON, tables of comma-separated text. It shares no
 * code with the program it judges, stops at what it cannot read, and frees nothing: it lives for
 * one run. */
#ifndef TESTS_E2E_READ_H
#define TESTS_E2E_READ_H

#include <stdbool.h>
#include <stddef.h>

/* Prints why and ends with status 2. */
_Noreturn void stop(const char *format, ...) __attribute__((format(printf, 1, 2)));

void *take(size_t size); /* zeroed */
/* Grows an array of `count` elements by doubling, when it is full. */
void *grow(void *old, size_t count, size_t size);
char *copy_text(const char *from, size_t length);
char *join(const char *format, ...) __attribute__((format(printf, 1, 2)));

char *read_file(const char *path);
void write_file(const char *path, const char *text);

typedef enum { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } JsonSort;

typedef struct Json {
    JsonSort sort;
    char *text; /* of strings, and of numbers and truths as written */
    size_t count;
    struct Json *items;
    char **names; /* of an object's members */
} Json;

Json parse_json(const char *text);
const Json *member(const Json *object, const char *name); /* NULL: none */
const char *text_of(const Json *json);                    /* NULL: it is none */
bool is_text(const Json *json, const char *text);
/* A number, or a string that holds one (money); NaN for null and for what is not there. */
double number_of(const Json *json);

typedef struct {
    size_t columns, rows; /* the header is row 0 */
    char **fields;
} Table;

Table read_table(const char *path);
size_t column_of(const Table *table, const char *name); /* table->columns: none */
const char *field(const Table *table, size_t row, size_t column);

#endif
