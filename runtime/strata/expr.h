/* Row expressions over batches of rows. The nodes that the queries of one table need are put
 * into a program in which each stands once, whatever the number of queries that share it; a
 * machine evaluates the program for one batch after the other. Every machine belongs to one
 * thread. Expects a verified module. */
#ifndef RUNTIME_STRATA_EXPR_H
#define RUNTIME_STRATA_EXPR_H

#include "runtime/base/hashmap.h"
#include "runtime/data/dataset.h"

/* Rows of a batch, and the multiple of rows that loops run over. */
enum { EXPR_BATCH = 4096, EXPR_LANES = 64 };

/* How a step holds its values: whole numbers as narrow as all that can occur. */
typedef enum { REPR_BYTE, REPR_INT, REPR_LONG, REPR_REAL } Repr;

typedef struct {
    uint8_t op;     /* RowOp, or ExprOp */
    uint8_t repr;   /* Repr */
    uint32_t a, b, c; /* earlier steps, or as the op says */
    int64_t value;
    double number;
} ExprKey; /* equal keys are one step */

/* Steps that are no row node: what the representation asks for. */
typedef enum {
    EXPR_WIDEN = ROW_OP_COUNT, /* a, in the wider representation `repr` */
    EXPR_TRUTH,                /* 1 where a is not 0, as a byte */
    EXPR_ADD_THREE,            /* a + b + c, of whole numbers whose sums all fit */
} ExprOp;

/* A look-up by whole numbers low … low+count-1. Below `low` is missing; above is the last entry. */
#define EXPR_NO_CODE INT32_MIN

typedef struct {
    int64_t low;
    uint32_t count;
    int32_t *codes; /* EXPR_NO_CODE: missing */
    uint8_t *bytes; /* of bytes by bytes: 256 codes, and 256 marks of what is missing; or NULL */
    bool bytes_may_miss;
} ExprTable;

typedef struct {
    ExprKey key;
    int64_t low, high; /* whole numbers that are there lie within */
    bool checked;      /* a result may not fit: then it is missing */
    bool may_miss;     /* false: no row of somebody lacks it */
    bool marks_only;   /* nobody reads its values, but only which are missing */
    const Column *column; /* ROW_COLUMN, ROW_PERSON_COLUMN */
    ExprTable table;      /* ROW_TABLE, and dates whose days are few */
    const struct Ranking *ranking; /* ROW_RANKED */
} ExprStep;

typedef struct {
    const Module *module;
    Arena *arena;
    const TableData *table;
    const TableData *people; /* events: the population joined to; else the table itself */
    struct RankingSet *rankings; /* made so far; shared by all programs of a run */
    VEC(ExprStep) steps;
    uint32_t *of_node; /* row node to step, MODULE_NONE where not needed yet */
    TextMap index;     /* bytes of keys to steps */
} ExprProgram;

void expr_program_init(ExprProgram *program, Arena *arena, const Module *module,
                       const TableData *table, const TableData *people,
                       struct RankingSet *rankings);

/* The step of a row node, with all it needs. Groups of equal size are made on the way: that reads
 * the people, and leaves to the arena's boundary where there is no memory for it. */
uint32_t expr_add(ExprProgram *program, uint32_t node);

/* The number of operands of a step, which are its key's a, b and c in this order. */
unsigned expr_operands(const ExprStep *step);

/* The same as truth, a byte 0 or 1. */
uint32_t expr_add_truth(ExprProgram *program, uint32_t node);

/* Values and missing marks (bytes 0 or 1; NULL: none) of one batch. What stands where a value is
 * missing means nothing; truth is 0 or 1 even there. */
typedef struct {
    const void *values;
    const uint8_t *missing;
} ExprVector;

/* What the next batch will read of columns is fetched while the one at hand is worked on, a few
 * lines of memory at each tick: all at once they would be waited for, and left to the processor
 * they come late, for the columns take turns. */
typedef struct {
    struct FetchSpan {
        const char *from;
        size_t bytes;
    } *spans;
    uint32_t count, at; /* spans, and the one at hand */
    size_t offset;      /* in it */
    uint32_t ticks;     /* of this batch */
    uint32_t lines;     /* a tick */
} Fetch;

enum { FETCH_LINE = 64 };

static inline void fetch_tick(Fetch *fetch) {
    fetch->ticks++;
    for (uint32_t n = fetch->lines; n && fetch->at < fetch->count; n--) {
        const struct FetchSpan *span = &fetch->spans[fetch->at];
        __builtin_prefetch(span->from + fetch->offset, 0, 2);
        fetch->offset += FETCH_LINE;
        if (fetch->offset < span->bytes) continue;
        fetch->offset = 0;
        fetch->at++;
    }
}

typedef struct {
    const ExprProgram *program;
    const struct Kernels *kernels; /* the best at hand */
    Fetch fetch;
    uint32_t *every; /* all steps, in order */
    ExprVector *vectors; /* by step: where its values are now */
    struct ExprBuffer {
        void *values;
        uint8_t *missing;
    } *buffers;          /* by step: where it may put them */
    void *block;         /* holds the buffers */
} ExprMachine;

/* False: no memory. */
bool expr_machine_init(ExprMachine *machine, const ExprProgram *program);
void expr_machine_free(ExprMachine *machine);

/* From now on `count` rows from `row` are fetched of the columns that these steps read. */
void expr_fetch(ExprMachine *machine, const uint32_t *steps, uint32_t step_count, uint64_t row,
                uint64_t count);

/* Evaluates every step for `count` rows (at most EXPR_BATCH) from `row`. */
void expr_run(ExprMachine *machine, uint64_t row, uint32_t count);

/* Bytes of columns the program reads for each row. */
uint64_t expr_row_bytes(const ExprProgram *program);

/* The whole number at `i` of a vector of that representation. */
static inline int64_t expr_whole(const void *values, uint8_t repr, uint32_t i) {
    switch (repr) {
    case REPR_BYTE: return ((const uint8_t *)values)[i];
    case REPR_INT: return ((const int32_t *)values)[i];
    default: return ((const int64_t *)values)[i];
    }
}

#endif
