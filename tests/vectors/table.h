/* Tables of cells, as test vectors hold them: read from CSV, or built by the code under test.
 * For tests only; data of plans is read by runtime/data. */
#ifndef TESTS_VECTORS_TABLE_H
#define TESTS_VECTORS_TABLE_H

#include "runtime/base/arena.h"
#include "runtime/base/vec.h"

typedef enum { CELL_NA, CELL_NUMBER, CELL_TEXT } CellKind;

typedef struct {
    CellKind kind;
    double number;
    Slice text;
} Cell;

typedef struct {
    Slice name;
    Cell *cells; /* one a row */
} Column;

typedef struct {
    Arena *arena;
    size_t rows;
    VEC(Column) columns;
} Table;

/* A table of that many rows, without columns yet. */
Table *table_new(Arena *arena, size_t rows);

/* Comma-separated with a header line; every cell text, or NA where it says so. NULL where the
 * rows are not all of one length. */
Table *table_read(Arena *arena, Slice csv);

const Column *table_column(const Table *table, Slice name); /* NULL: none */

/* The cell as a number: NaN for NA and for what is no number. */
double table_number(const Table *table, size_t row, Slice name);
bool table_is_na(const Table *table, size_t row, Slice name);
Slice table_text(const Table *table, size_t row, Slice name);

/* Sets a cell, making the column (all NA) when it is new. */
void table_set_number(Table *table, size_t row, Slice name, double value);
void table_set_text(Table *table, size_t row, Slice name, Slice text);
void table_set_bool(Table *table, size_t row, Slice name, bool value);

/* Copies every cell of a row of another table. */
void table_copy_row(Table *table, size_t row, const Table *from, size_t from_row);

/* The text of a number column's cell as a double; false where it is none. */
bool cell_parse(Slice text, double *number);

#endif
