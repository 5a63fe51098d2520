/* A piece of a table: the rows of one chunk of text. Their values go where they belong in the store
 * of the table; what else is known of them is kept here. Made by any thread alone, without an arena;
 * brought together by runtime/data/ingest.c. What is wrong with a record or a field is kept as
 * numbers here and becomes words there. */
#ifndef RUNTIME_DATA_PIECE_H
#define RUNTIME_DATA_PIECE_H

#include "runtime/data/csv.h"
#include "runtime/data/field_fault.h"
#include "runtime/data/store.h"

typedef enum {
    PIECE_FAULT_EMPTY = CSV_FAULT_COUNT, /* after the faults of a record */
    PIECE_FAULT_CATEGORY,
    PIECE_FAULT_RANGE,
    PIECE_FAULT_TYPE, /* and from here on, by FieldFault, what is wrong with it */
} PieceFault;

typedef struct {
    uint64_t line;   /* from 1 within the chunk */
    uint32_t field;  /* from 1; 0: the record */
    uint32_t column; /* of the table; MODULE_NONE */
    uint8_t fault;   /* CsvFault or PieceFault */
} PieceProblem;

typedef struct {
    PieceProblem first;
    uint64_t count;
} PieceTally;

enum { PIECE_PROBLEMS = 100 };

typedef struct {
    /* bits by row of the piece, which go to the store in the end: */
    uint8_t *missing; /* NULL: none may be */
    uint8_t *values;  /* NULL: they are no bits, and in the store already */
    uint64_t missing_count;
    int64_t low, high; /* of what is held; low > high: nothing is */
} PieceColumn;

/* A value of an elastic column for which the store has not the width. */
typedef struct {
    uint64_t row; /* of the piece */
    int64_t value;
    uint32_t column;
} PieceWide;

typedef struct {
    uint64_t first; /* row of the store where its first row is */
    uint64_t rows, capacity;
    uint64_t lines; /* that the chunk has */
    uint64_t blank_lines;
    uint64_t first_line; /* of the chunk that is no header, from 1 */
    PieceColumn *columns; /* piece_forget_columns gives them back */
    uint32_t *row_lines; /* where each row starts, from 1 within the chunk; NULL: row r on line
                            first_line + r */
    /* the text of keys that do not fit into their word */
    uint64_t *key_offsets; /* one a row; NULL where there are none */
    char *pool;
    size_t pool_length, pool_capacity;
    PieceWide *wides;
    size_t wide_count, wide_capacity;
    PieceProblem *problems; /* the first PIECE_PROBLEMS of all */
    uint32_t problem_count;
    PieceTally *tallies; /* how many there are of each kind in each column */
    uint32_t tally_count, tally_capacity;
    bool failed; /* no memory */
    void *block; /* holds columns and their bits */
} Piece;

/* A piece whose rows come one value after the other from elsewhere: the row is `rows`, which the
 * caller moves. Lines are rows. The store has room for them from row `first` on. False: no memory;
 * nothing is held. */
bool piece_begin(TableStore *store, uint64_t first, Piece *piece, uint64_t rows);
void piece_put_text(TableStore *store, Piece *piece, uint32_t column, Slice text);
void piece_put_whole(TableStore *store, Piece *piece, uint32_t column, int64_t value);
void piece_put_real(TableStore *store, Piece *piece, uint32_t column, double value);
void piece_end(TableStore *store, Piece *piece, uint64_t rows);

/* Reads what is left in the reader, of at most `room` rows, for which the store has room from row
 * `first` on. On failure `failed` is set and nothing is held. */
void piece_read(TableStore *store, uint64_t first, uint64_t room, CsvReader *reader, Piece *piece);
void piece_forget_columns(Piece *piece);
void piece_free(Piece *piece);

#endif
