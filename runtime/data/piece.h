/* A piece of a table: the rows of one chunk of text as typed values. Made by any thread alone,
 * without an arena; put end to end by runtime/data/ingest.c. What is wrong with a record or a
 * field is kept as numbers here and becomes words there. */
#ifndef RUNTIME_DATA_PIECE_H
#define RUNTIME_DATA_PIECE_H

#include "runtime/bytecode/module.h"
#include "runtime/data/csv.h"
#include "runtime/data/field.h"
#include "runtime/data/field_fault.h"

/* How one declared column is read. */
typedef struct {
    const ModuleColumn *declared;
    Dictionary dictionary; /* COLUMN_CATEGORY */
    uint32_t field;        /* where it stands in a record, from 0 */
    uint8_t width;         /* bytes a value in a piece; 0: looked at and not kept */
    bool key;              /* held as a key word (runtime/data/keys.h) */
    bool may_miss;
} ColumnPlan;

typedef struct {
    ColumnPlan *columns;
    uint32_t count;
    uint32_t fields; /* of every record */
    uint64_t seed;   /* of the key words */
} TablePlan;

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

enum { PIECE_PROBLEMS = 100 };

typedef struct {
    void *values;
    uint8_t *missing; /* bitmap */
    uint64_t missing_count;
    int64_t low, high; /* of what is held; low > high: nothing is */
} PieceColumn;

typedef struct {
    uint64_t rows, capacity;
    uint64_t lines; /* that the chunk has */
    uint64_t blank_lines;
    PieceColumn *columns;
    uint32_t *row_lines; /* where each row starts, from 1 within the chunk */
    /* the text of keys that do not fit into their word */
    uint64_t *key_offsets; /* one a row; NULL where there are none */
    char *pool;
    size_t pool_length, pool_capacity;
    PieceProblem *problems;
    uint32_t problem_count; /* the first PIECE_PROBLEMS of */
    uint64_t problem_total;
    bool failed; /* no memory */
    void *block; /* holds the rest */
} Piece;

/* A piece whose rows come one value after the other from elsewhere: the row is `rows`, which the
 * caller moves. Lines are rows. False: no memory; nothing is held. */
bool piece_begin(const TablePlan *plan, Piece *piece, uint64_t rows);
void piece_put_text(const TablePlan *plan, Piece *piece, uint32_t column, Slice text);
void piece_put_whole(const TablePlan *plan, Piece *piece, uint32_t column, int64_t value);
void piece_put_real(const TablePlan *plan, Piece *piece, uint32_t column, double value);
void piece_end(Piece *piece, uint64_t rows);

/* Reads what is left in the reader. On failure `failed` is set and nothing is held. */
void piece_read(const TablePlan *plan, CsvReader *reader, Piece *piece);
void piece_free(Piece *piece);

#endif
