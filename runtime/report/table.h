/* A table for a terminal: columns as wide as their widest cell, counted in code points,
 * numbers to the right. */
#ifndef RUNTIME_REPORT_TABLE_H
#define RUNTIME_REPORT_TABLE_H

#include "runtime/base/buffer.h"
#include "runtime/base/vec.h"

enum { TABLE_MAX_COLUMNS = 32 };

typedef struct {
    Arena *arena;
    uint32_t columns;
    bool right[TABLE_MAX_COLUMNS];
    VEC(Slice) cells; /* row-major, the heading first */
} Table;

void table_begin(Table *table, Arena *arena);
void table_column(Table *table, Slice heading, bool right); /* all columns before any cell */
void table_cell(Table *table, Slice text);
void table_print(const Table *table, Buffer *out, int indent);

/* Text that cannot steer a terminal: control characters and marks of direction are written as
 * \u{…}. */
void plain_text(Buffer *out, Slice text);

#endif
