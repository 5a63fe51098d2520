/* Putting the rows of a table in order of a number that each of them has. The order of rows means
 * nothing to any result; it decides what lies side by side. */
#ifndef RUNTIME_DATA_REORDER_H
#define RUNTIME_DATA_REORDER_H

#include "runtime/data/dataset.h"

typedef struct Reorder Reorder;

/* Rows in order of their numbers, those of one number in the order they had. Numbers have `width`
 * bytes (1, 2 or 4, without sign) and are below `numbers`; rows with any other come last. They are
 * read here and never again. `room` has eight bytes a row, which are written over until the end;
 * NULL: it is to be had elsewhere. Returns NULL where there is no memory. */
Reorder *reorder_open(const void *number, uint8_t width, uint64_t rows, uint32_t numbers,
                      uint32_t threads, void *room);
void reorder_close(Reorder *reorder);

/* Whether the rows are in that order already: then nothing need be moved. */
bool reorder_is_done(const Reorder *reorder);

/* Puts the numbers themselves in order, which have four bytes, before anything is moved. */
void reorder_numbers(Reorder *reorder, uint32_t *number);

/* Moves one value of `width` bytes (1, 2, 4 or 8; 0: a bit) a row. Takes room for four bytes a row
 * at the most. False: no memory, and nothing moved. */
bool reorder_values(Reorder *reorder, void *values, uint8_t width);

/* Moves a column with its missing marks. False: no memory, the column as it was or with its marks
 * unmoved. */
bool reorder_column(Reorder *reorder, Column *column);

#endif
