/* The columns of a table while its rows are read: room that grows, into which every worker writes
 * the rows of its own chunks where they belong. Nothing here is locked; whoever makes room does so
 * while nobody writes. */
#ifndef RUNTIME_DATA_STORE_H
#define RUNTIME_DATA_STORE_H

#include "runtime/bytecode/module.h"
#include "runtime/data/field.h"

/* How one declared column is read. */
typedef struct {
    const ModuleColumn *declared;
    Dictionary dictionary; /* COLUMN_CATEGORY */
    uint32_t field;        /* where it stands in a record, from 0 */
    bool kept;             /* false: looked at only */
    uint8_t width;         /* bytes a value in the store; 0: a bit */
    bool elastic;          /* may meet values that do not fit, which is rare: see PieceWide */
    bool key;              /* held as a key word (runtime/data/keys.h) */
    bool may_miss;
} ColumnPlan;

struct BlockKernels;

typedef struct {
    ColumnPlan *columns;
    uint32_t count;
    uint32_t fields;                    /* of every record */
    uint64_t seed;                      /* of the key words */
    const struct BlockKernels *kernels; /* runtime/data/block.h; NULL: the best there are */
} TablePlan;

typedef struct {
    TablePlan *plan;
    void **values;     /* by column; NULL: not kept */
    uint8_t **missing; /* by column, bits; NULL: none may be missing */
    uint64_t capacity; /* rows */
} TableStore;

/* False: no memory; the store is to be freed all the same. */
bool store_init(TableStore *store, TablePlan *plan);

/* Room for `rows` rows. Neither values nor marks are set before they are written. False: no memory,
 * and there is the room there was. */
bool store_reserve(TableStore *store, uint64_t rows);

/* Makes the first `rows` values of a column of whole numbers, and room for all, that wide, if
 * they are not yet. */
bool store_widen(TableStore *store, uint32_t column, uint8_t width, uint64_t rows);

/* Makes whole values narrower, which they must fit, in the room they have. */
void store_narrow(TableStore *store, uint32_t column, uint8_t width, uint64_t rows);

/* Gives back all room of a column but that of `rows` rows, behind whose bits zeros come. */
bool store_trim(TableStore *store, uint32_t column, uint64_t rows);

/* Hand the values or the marks of a column to the caller. */
void *store_take(TableStore *store, uint32_t column);
uint8_t *store_take_missing(TableStore *store, uint32_t column);
void store_free(TableStore *store);

/* Writes a whole number that fits the width. */
void store_put(void *to, uint8_t width, int64_t value);

/* Bytes of the narrowest whole number that holds both: one and two without a sign. */
uint8_t store_width(int64_t low, int64_t high);

#endif
