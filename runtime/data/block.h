/* The fast road from text to values: records that have nothing unusual, up to 64 at once. They are
 * found by where their fields end, and then read column by column. What is not of the usual kind is
 * left to runtime/data/field.h, which knows what it is and what is wrong with it; both agree on
 * whatever both can read. */
#ifndef RUNTIME_DATA_BLOCK_H
#define RUNTIME_DATA_BLOCK_H

#include "runtime/base/processor.h"
#include "runtime/data/csv.h"
#include "runtime/data/field.h"

enum { BLOCK_ROWS = 64, BLOCK_SLACK = 192 };

/* Marks of a block of records with `fields` fields: how many there may be. */
#define BLOCK_MARKS(fields) ((size_t)(fields)*BLOCK_ROWS + BLOCK_SLACK)

/* One field of each row of a block: behind marks[0] of the row and before marks[1]. Text is
 * followed by CSV_PADDING bytes. */
typedef struct {
    const char *text;
    const uint32_t *marks; /* of the first row; those of the next are `stride` further on */
    uint32_t stride, rows;
    uint32_t trim; /* bytes that end the field and are none of it: the CR of CR LF */
} BlockField;

/* Rows as bits, the first the lowest. */
typedef struct {
    uint64_t empty; /* nothing stands in the field */
    uint64_t usual; /* read: it is sound, and its value is set */
} BlockRead;

/* Values of rows that are not read are 0. */
typedef BlockRead BlockReader(const BlockField *field, int32_t values[BLOCK_ROWS]);

typedef struct BlockKernels {
    const char *name;
    /* Goes over records while they are plain: not quoted, ASCII or other sound text, of as many
     * fields as are expected, with line ends of one kind. Sets the mark before the first field and
     * one at the end of each, relative to reader->text. Returns how many records there are; `next`
     * and `line` go behind them. */
    uint32_t (*find)(CsvReader *reader, uint32_t *marks, bool *crs);
    BlockReader *flags, *integers, *money, *dates;
    BlockRead (*codes)(const BlockField *field, const Dictionary *dictionary,
                       int32_t values[BLOCK_ROWS]);
    BlockRead (*reals)(const BlockField *field, double *values);
    /* Identifiers that are whole numbers, as key words; NHS numbers are checked where asked. */
    BlockRead (*keys)(const BlockField *field, bool nhs_numbers, uint64_t *words);
    /* The rows of values that are 1. */
    uint64_t (*ones)(const int32_t values[BLOCK_ROWS]);
    /* The smallest and the largest of the values of those rows, of which there is one. */
    void (*span)(const int32_t values[BLOCK_ROWS], uint64_t rows, int32_t *low, int32_t *high);
    /* Writes the first `rows` values, `width` bytes each. */
    void (*put)(void *to, uint8_t width, const int32_t values[BLOCK_ROWS], uint32_t rows);
} BlockKernels;

/* NULL where the processor cannot run them. */
const BlockKernels *block_kernels_at(ProcessorLevel level);
const BlockKernels *block_kernels_best(void);

#endif
