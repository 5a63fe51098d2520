/* Parquet through DuckDB's library, where whoever runs the program has it: loaded when a Parquet
 * file is met, never needed otherwise. The library reads the columns that are declared, and no
 * more; it fetches no extension and opens no other file. Never shows what DuckDB says of a value:
 * it could be somebody's. */
#ifndef RUNTIME_DATA_DUCKDB_H
#define RUNTIME_DATA_DUCKDB_H

#include "runtime/data/piece.h"

typedef struct DuckReader DuckReader;

/* Whether the file begins as Parquet does. Leaves the descriptor where it was. */
bool duckdb_is_parquet(int descriptor);

/* Opens the columns of the table in the file behind the descriptor. `library`: its path; empty: as
 * the system finds it. NULL with why in *error (of a column: with its number in *column, else
 * MODULE_NONE). The reader is the caller's to close. */
DuckReader *duckdb_open_parquet(const char *library, int descriptor, const TablePlan *plan,
                                uint32_t threads, Arena *arena, uint32_t *column, Slice *error);

/* How many rows there are, as the file says. */
uint64_t duckdb_rows(const DuckReader *reader);

typedef enum { DUCK_ROWS, DUCK_END, DUCK_FAILED } DuckOutcome;

/* The next rows, which go into the store from row `first` on, as a piece, whose lines are rows. */
DuckOutcome duckdb_next(DuckReader *reader, TableStore *store, uint64_t first, Piece *piece);

void duckdb_close_reader(DuckReader *reader);

#endif
