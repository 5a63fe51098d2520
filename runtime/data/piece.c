/* From records to typed values, for one chunk: in blocks of rows, column by column (block.h). A
 * record whose shape is wrong is no row; a field that is wrong is held as missing, so that the rest
 * of its row is still checked. */
#include "runtime/data/piece.h"

#include <math.h>
#include <string.h>

#include "runtime/base/date.h"
#include "runtime/base/memory.h"
#include "runtime/data/bits.h"
#include "runtime/data/block.h"
#include "runtime/data/keys.h"

static size_t aligned(size_t size) {
    return (size + 15) & ~(size_t)15;
}

/* Bitmaps end with a word more than they need, so that bits can be put a word at a time. */
static size_t bitmap_size(const Piece *piece) {
    return aligned(piece->capacity / 8 + 16);
}

static bool has_marks(const ColumnPlan *column) { return column->may_miss && column->kept; }
static bool has_bits(const ColumnPlan *column) { return column->kept && !column->width; }

static bool allocate(const TablePlan *plan, Piece *piece) {
    size_t size = aligned(plan->count * sizeof *piece->columns);
    for (uint32_t c = 0; c < plan->count; c++)
        size += bitmap_size(piece) *
                (size_t)(has_marks(&plan->columns[c]) + has_bits(&plan->columns[c]));
    char *next = piece->block = mem_alloc(size);
    if (!next) return false;
    piece->columns = (PieceColumn *)(void *)next;
    next += aligned(plan->count * sizeof *piece->columns);
    for (uint32_t c = 0; c < plan->count; c++) {
        piece->columns[c] = (PieceColumn){.low = INT64_MAX, .high = INT64_MIN};
        if (has_marks(&plan->columns[c])) {
            piece->columns[c].missing = (uint8_t *)next;
            next += bitmap_size(piece);
        }
        if (has_bits(&plan->columns[c])) {
            piece->columns[c].values = (uint8_t *)next;
            next += bitmap_size(piece);
        }
    }
    return true;
}

/* Kinds of problems are few, however many problems there are. */
static void count_problem(Piece *piece, PieceProblem problem) {
    for (uint32_t t = 0; t < piece->tally_count; t++) {
        PieceTally *tally = &piece->tallies[t];
        if (tally->first.column != problem.column || tally->first.field != problem.field ||
            tally->first.fault != problem.fault)
            continue;
        tally->count++;
        return;
    }
    if (piece->tally_count == piece->tally_capacity) {
        uint32_t capacity = piece->tally_capacity * 2 + 8;
        PieceTally *larger = mem_realloc(piece->tallies, capacity * sizeof *larger);
        piece->failed |= !larger;
        if (!larger) return;
        piece->tallies = larger;
        piece->tally_capacity = capacity;
    }
    piece->tallies[piece->tally_count++] = (PieceTally){problem, 1};
}

static void note_problem(Piece *piece, uint64_t line, uint32_t field, uint32_t column, int fault) {
    PieceProblem problem = {line, field, column, (uint8_t)fault};
    count_problem(piece, problem);
    if (!piece->problems) {
        piece->problems = mem_alloc_array(PIECE_PROBLEMS, sizeof *piece->problems);
        piece->failed |= !piece->problems;
    }
    if (piece->problems && piece->problem_count < PIECE_PROBLEMS)
        piece->problems[piece->problem_count++] = problem;
}

static void *value_at(const TableStore *store, uint32_t c, uint64_t row) {
    return (char *)store->values[c] + row * store->plan->columns[c].width;
}

/* A value of the row `rows` that its elastic column has no room for. */
static void note_wide(Piece *piece, uint32_t c, int64_t value) {
    if (piece->wide_count == piece->wide_capacity) {
        size_t capacity = piece->wide_capacity * 2 + 64;
        PieceWide *larger = mem_realloc(piece->wides, capacity * sizeof *larger);
        if (!larger) {
            piece->failed = true;
            return;
        }
        piece->wides = larger;
        piece->wide_capacity = capacity;
    }
    piece->wides[piece->wide_count++] = (PieceWide){piece->rows, value, c};
}

static void extend(PieceColumn *column, int64_t low, int64_t high) {
    if (low < column->low) column->low = low;
    if (high > column->high) column->high = high;
}

static bool is_wide(const ColumnPlan *column, int64_t low, int64_t high) {
    return column->elastic && store_width(low, high) > column->width;
}

/* Sets bits of rows, from the row `rows` on. */
static void set_bits(const Piece *piece, uint8_t *bits, uint64_t rows) {
    uint64_t words[2], shift = piece->rows % 64;
    bits += piece->rows / 64 * 8;
    memcpy(words, bits, sizeof words);
    words[0] |= bits_in_order(rows << shift);
    words[1] |= bits_in_order(shift ? rows >> (64 - shift) : 0);
    memcpy(bits, words, sizeof words);
}

static void keep_whole(TableStore *store, Piece *piece, uint32_t c, int64_t value) {
    const ColumnPlan *column = &store->plan->columns[c];
    bool wide = is_wide(column, value, value);
    if (wide) note_wide(piece, c, value);
    if (column->width)
        store_put(value_at(store, c, piece->first + piece->rows), column->width, wide ? 0 : value);
    else
        set_bits(piece, piece->columns[c].values, (uint64_t)value);
    extend(&piece->columns[c], value, value);
}

/* ---- One field ------------------------------------------------------------------------------- */

/* Keeps the bytes of a key that its word does not hold. */
static bool pool_key(Piece *piece, uint64_t row, Slice text) {
    if (!piece->key_offsets) {
        piece->key_offsets = mem_alloc_array(piece->capacity, sizeof *piece->key_offsets);
        if (!piece->key_offsets) return false;
    }
    uint32_t length = (uint32_t)text.length;
    size_t needed = piece->pool_length + sizeof length + length;
    if (needed > piece->pool_capacity) {
        size_t capacity = needed * 2 > 65536 ? needed * 2 : 65536;
        char *larger = mem_realloc(piece->pool, capacity);
        if (!larger) return false;
        piece->pool = larger;
        piece->pool_capacity = capacity;
    }
    piece->key_offsets[row] = piece->pool_length;
    memcpy(piece->pool + piece->pool_length, &length, sizeof length);
    memcpy(piece->pool + piece->pool_length + sizeof length, text.data, length);
    piece->pool_length = needed;
    return true;
}

static int type_fault(ColumnSort sort, Slice text) {
    return (int)PIECE_FAULT_TYPE + (int)field_fault(sort, text);
}

/* The held value of a field; the fault, or CSV_SOUND. */
static int read_whole(const ColumnPlan *column, Slice text, int64_t *value) {
    const ModuleColumn *declared = column->declared;
    FieldOutcome outcome = FIELD_SOUND;
    int32_t days;
    switch (declared->sort) {
    case COLUMN_INTEGER: outcome = field_integer(text, value); break;
    case COLUMN_MONEY: outcome = field_money(text, value); break;
    case COLUMN_FLAG:
        if (!column_has_texts(declared)) {
            outcome = field_flag(text, value);
            break;
        }
        *value = dictionary_find(&column->dictionary, text);
        if (*value < 0) return type_fault(declared->sort, text);
        break;
    case COLUMN_DATE:
        if (!date_parse_iso(text, &days)) return type_fault(declared->sort, text);
        *value = days;
        break;
    case COLUMN_CATEGORY:
        *value = dictionary_find(&column->dictionary, text);
        return *value < 0 ? (int)PIECE_FAULT_CATEGORY : (int)CSV_SOUND;
    case COLUMN_REAL:
    case COLUMN_IDENTIFIER: break;
    }
    if (outcome == FIELD_MALFORMED) return type_fault(declared->sort, text);
    bool outside = declared->has_range && (*value < declared->low || *value > declared->high);
    return outcome == FIELD_TOO_LARGE || outside ? (int)PIECE_FAULT_RANGE : (int)CSV_SOUND;
}

static bool real_outside(const ModuleColumn *declared, double value) {
    return declared->has_range && (value < (double)declared->low || value > (double)declared->high);
}

static int read_real(TableStore *store, Piece *piece, uint32_t c, Slice text) {
    const ModuleColumn *declared = store->plan->columns[c].declared;
    double value;
    if (field_real(text, &value) != FIELD_SOUND) return type_fault(declared->sort, text);
    if (real_outside(declared, value)) return PIECE_FAULT_RANGE;
    *(double *)value_at(store, c, piece->first + piece->rows) = value;
    return CSV_SOUND;
}

static int read_identifier(TableStore *store, Piece *piece, uint32_t c, Slice text) {
    const ColumnPlan *column = &store->plan->columns[c];
    char room[IDENTIFIER_MOST];
    FieldFault fault = FIELD_FAULT_FORM;
    if (!identifier_read(column->declared->form, text, room, &text, &fault))
        return (int)PIECE_FAULT_TYPE + (int)fault;
    if (!column->key) return CSV_SOUND;
    uint64_t word = key_word(text, store->plan->seed);
    *(uint64_t *)value_at(store, c, piece->first + piece->rows) = word;
    if (KEY_POOLED(word) && !pool_key(piece, piece->rows, text)) piece->failed = true;
    return CSV_SOUND;
}

/* The value of a field of the row `rows`, whatever it is: the fault, or CSV_SOUND. */
static int read_value(TableStore *store, Piece *piece, uint32_t c, Slice text) {
    const ColumnPlan *column = &store->plan->columns[c];
    if (!text.length) return column->may_miss ? (int)CSV_SOUND : (int)PIECE_FAULT_EMPTY;
    if (column->declared->sort == COLUMN_IDENTIFIER) return read_identifier(store, piece, c, text);
    if (column->declared->sort == COLUMN_REAL) return read_real(store, piece, c, text);
    int64_t value = 0;
    int fault = read_whole(column, text, &value);
    if (fault == CSV_SOUND) keep_whole(store, piece, c, value);
    return fault;
}

/* ---- A block of rows ------------------------------------------------------------------------- */

/* Rows by the marks of their fields: those of field f of row r stand at r * stride + f * step. */
typedef struct {
    const CsvReader *reader;
    const uint32_t *marks;
    uint32_t stride, step, rows;
    bool crs; /* the last field of each row ends with a CR that is none of it */
} Block;

static BlockField field_of(const Block *block, uint32_t field) {
    return (BlockField){.text = block->reader->text,
                        .marks = block->marks + (size_t)field * block->step,
                        .stride = block->stride,
                        .rows = block->rows,
                        .trim = block->crs && field + 1 == block->reader->expected};
}

static Slice text_at(const BlockField *field, uint32_t row) {
    const uint32_t *marks = field->marks + (size_t)row * field->stride;
    uint32_t start = marks[0] + 1;
    return (Slice){field->text + start, marks[1] - start - field->trim};
}

static uint64_t rows_below(uint32_t rows) {
    return rows < 64 ? ((uint64_t)1 << rows) - 1 : UINT64_MAX;
}

/* Marks rows, as bits from the row `rows` on. */
static void mark_missing(Piece *piece, uint32_t c, uint64_t rows) {
    PieceColumn *column = &piece->columns[c];
    column->missing_count += (uint64_t)__builtin_popcountll(rows);
    if (column->missing && rows) set_bits(piece, column->missing, rows);
}

/* Those of the values of a block that the column has no room for. */
static void note_wides(Piece *piece, uint32_t c, const ColumnPlan *column,
                       const int32_t values[BLOCK_ROWS], uint64_t rows) {
    uint64_t first = piece->rows;
    for (; rows; rows &= rows - 1) {
        int row = __builtin_ctzll(rows);
        piece->rows = first + (uint64_t)row;
        if (is_wide(column, values[row], values[row])) note_wide(piece, c, values[row]);
    }
    piece->rows = first;
}

static BlockRead read_wholes(TableStore *store, Piece *piece, uint32_t c, const BlockField *field) {
    const ColumnPlan *column = &store->plan->columns[c];
    const ModuleColumn *declared = column->declared;
    const BlockKernels *kernels = store->plan->kernels;
    int32_t values[BLOCK_ROWS], low, high;
    BlockRead read = {0, 0};
    switch (declared->sort) {
    case COLUMN_INTEGER: read = kernels->integers(field, values); break;
    case COLUMN_MONEY: read = kernels->money(field, values); break;
    case COLUMN_FLAG:
        read = column_has_texts(declared) ? kernels->codes(field, &column->dictionary, values)
                                          : kernels->flags(field, values);
        break;
    case COLUMN_DATE: read = kernels->dates(field, values); break;
    case COLUMN_CATEGORY: read = kernels->codes(field, &column->dictionary, values); break;
    case COLUMN_REAL:
    case COLUMN_IDENTIFIER: break;
    }
    if (column->width)
        kernels->put(value_at(store, c, piece->first + piece->rows), column->width, values,
                     field->rows);
    else
        set_bits(piece, piece->columns[c].values, kernels->ones(values) & read.usual);
    if (!read.usual) return read;
    kernels->span(values, read.usual, &low, &high);
    if (declared->has_range && (low < declared->low || high > declared->high)) {
        read.usual = 0; /* one at a time will tell which */
        return read;
    }
    if (is_wide(column, low, high)) note_wides(piece, c, column, values, read.usual);
    extend(&piece->columns[c], low, high);
    return read;
}

static BlockRead read_reals(TableStore *store, Piece *piece, uint32_t c, const BlockField *field) {
    const ModuleColumn *declared = store->plan->columns[c].declared;
    double *values = value_at(store, c, piece->first + piece->rows);
    BlockRead read = store->plan->kernels->reals(field, values);
    for (uint64_t left = declared->has_range ? read.usual : 0; left; left &= left - 1) {
        int row = __builtin_ctzll(left);
        if (real_outside(declared, values[row])) read.usual &= ~((uint64_t)1 << row);
    }
    return read;
}

static BlockRead read_identifiers(TableStore *store, Piece *piece, uint32_t c,
                                  const BlockField *field) {
    const ColumnPlan *column = &store->plan->columns[c];
    IdentifierForm form = column->declared->form;
    uint64_t words[BLOCK_ROWS];
    void *kept = column->key ? value_at(store, c, piece->first + piece->rows) : words;
    if (form == IDENTIFIER_NHS_NUMBER || (form == IDENTIFIER_ANY && column->key))
        return store->plan->kernels->keys(field, form == IDENTIFIER_NHS_NUMBER, kept);
    BlockRead read = {0, 0};
    for (uint32_t row = 0; row < field->rows; row++)
        read.empty |= (uint64_t)!text_at(field, row).length << row;
    if (form == IDENTIFIER_ANY) read.usual = ~read.empty;
    return read;
}

/* One column of the rows of a block; returns the rows in which it is at fault. */
static uint64_t read_column(TableStore *store, Piece *piece, uint32_t c, const BlockField *field) {
    const ColumnPlan *column = &store->plan->columns[c];
    BlockRead read = column->declared->sort == COLUMN_IDENTIFIER
                         ? read_identifiers(store, piece, c, field)
                     : column->declared->sort == COLUMN_REAL ? read_reals(store, piece, c, field)
                                                             : read_wholes(store, piece, c, field);
    uint64_t bad = column->may_miss ? 0 : read.empty, first = piece->rows;
    if (column->key) bad |= read.empty;
    mark_missing(piece, c, read.empty);
    uint64_t odd = ~read.usual & ~read.empty & rows_below(field->rows);
    for (; odd; odd &= odd - 1) {
        uint32_t row = (uint32_t)__builtin_ctzll(odd);
        piece->rows = first + row;
        if (read_value(store, piece, c, text_at(field, row)) == CSV_SOUND) continue;
        bad |= odd & (0 - odd);
        mark_missing(piece, c, 1);
    }
    piece->rows = first;
    return bad;
}

static uint64_t line_of(const Piece *piece, uint64_t row) {
    return piece->row_lines ? piece->row_lines[row] : piece->first_line + row;
}

/* Looks at the fields of bad rows once more, now a row at a time, for so they are told. */
static void tell_problems(TableStore *store, Piece *piece, const Block *block, uint64_t bad) {
    const TablePlan *plan = store->plan;
    uint64_t first = piece->rows;
    for (; bad; bad &= bad - 1) {
        uint32_t row = (uint32_t)__builtin_ctzll(bad);
        piece->rows = first + row;
        for (uint32_t c = 0; c < plan->count; c++) {
            BlockField field = field_of(block, plan->columns[c].field);
            int fault = read_value(store, piece, c, text_at(&field, row));
            if (fault != CSV_SOUND)
                note_problem(piece, line_of(piece, piece->rows), plan->columns[c].field + 1, c,
                             fault);
        }
    }
    piece->rows = first;
}

static void read_block(TableStore *store, Piece *piece, const Block *block) {
    uint64_t bad = 0;
    for (uint32_t c = 0; c < store->plan->count; c++) {
        BlockField field = field_of(block, store->plan->columns[c].field);
        bad |= read_column(store, piece, c, &field);
    }
    if (bad) tell_problems(store, piece, block, bad);
    piece->rows += block->rows;
}

/* ---- A chunk --------------------------------------------------------------------------------- */

/* Marks of rows that were found together, and of rows that were read one by one. */
typedef struct {
    uint32_t *found, *gathered;
    uint32_t rows; /* gathered */
} Marks;

static void flush_gathered(TableStore *store, Piece *piece, const CsvReader *reader, Marks *marks) {
    uint32_t fields = store->plan->fields;
    Block block = {reader, marks->gathered, 2 * fields, 2, marks->rows, false};
    if (marks->rows) read_block(store, piece, &block);
    marks->rows = 0;
}

/* Once a row is not on the line after the row before, the lines of all are kept. */
static void note_line(Piece *piece, uint64_t row, uint64_t line) {
    if (!piece->row_lines && line == piece->first_line + row) return;
    if (!piece->row_lines) {
        piece->row_lines = mem_alloc_array(piece->capacity, sizeof *piece->row_lines);
        piece->failed |= !piece->row_lines;
        if (piece->failed) return;
        for (uint64_t r = 0; r < row; r++) piece->row_lines[r] = (uint32_t)(piece->first_line + r);
    }
    piece->row_lines[row] = (uint32_t)line;
}

static void gather_row(TableStore *store, Piece *piece, const CsvReader *reader, Marks *marks) {
    uint32_t fields = store->plan->fields, *to = marks->gathered + (size_t)marks->rows * 2 * fields;
    note_line(piece, piece->rows + marks->rows, reader->record_line);
    for (uint32_t f = 0; f < fields; f++) {
        uint32_t start = (uint32_t)(reader->fields[f].data - reader->text);
        to[2 * f] = start - 1;
        to[2 * f + 1] = start + (uint32_t)reader->fields[f].length;
    }
    if (++marks->rows == BLOCK_ROWS) flush_gathered(store, piece, reader, marks);
}

/* Rows that were found together; they begin on line `line`. */
static void read_found(TableStore *store, Piece *piece, const CsvReader *reader, const Marks *marks,
                       uint32_t rows, bool crs, uint64_t line) {
    uint32_t fields = store->plan->fields;
    Block block = {reader, marks->found, fields, 1, rows, crs};
    if (piece->row_lines || line != piece->first_line + piece->rows)
        for (uint32_t r = 0; r < rows && !piece->failed; r++)
            note_line(piece, piece->rows + r, line + r);
    if (!piece->failed) read_block(store, piece, &block);
}

static bool read_some(TableStore *store, Piece *piece, CsvReader *reader, Marks *marks) {
    bool crs;
    uint64_t line = reader->line;
    uint32_t rows = store->plan->kernels->find(reader, marks->found, &crs);
    if (rows) {
        flush_gathered(store, piece, reader, marks);
        read_found(store, piece, reader, marks, rows, crs, line);
    }
    if (rows == BLOCK_ROWS) return true;
    if (!csv_next(reader)) return false;
    if (reader->fault == CSV_SOUND) {
        gather_row(store, piece, reader, marks);
    } else {
        flush_gathered(store, piece, reader, marks); /* its problems come first */
        note_problem(piece, reader->record_line, reader->fault_field, MODULE_NONE,
                     (int)reader->fault);
    }
    return true;
}

static void read_all(TableStore *store, Piece *piece, CsvReader *reader) {
    size_t found = BLOCK_MARKS(store->plan->fields);
    size_t gathered = (size_t)store->plan->fields * 2 * BLOCK_ROWS;
    Marks marks = {.found = mem_alloc_array(found + gathered, sizeof *marks.found)};
    piece->failed |= !marks.found;
    marks.gathered = piece->failed ? NULL : marks.found + found;
    while (!piece->failed && read_some(store, piece, reader, &marks))
        ;
    if (!piece->failed) flush_gathered(store, piece, reader, &marks);
    mem_free(marks.found);
}

/* Bits go to the store all at once, for chunks meet within bytes. */
static void finish(TableStore *store, Piece *piece) {
    for (uint32_t c = 0; c < store->plan->count && !piece->failed; c++) {
        const PieceColumn *column = &piece->columns[c];
        if (column->missing)
            bits_copy(store->missing[c], piece->first, column->missing, 0, piece->rows);
        if (column->values)
            bits_copy(store->values[c], piece->first, column->values, 0, piece->rows);
    }
    if (piece->failed) piece_free(piece);
}

void piece_read(TableStore *store, uint64_t first, uint64_t room, CsvReader *reader, Piece *piece) {
    *piece = (Piece){.first = first, .capacity = room, .first_line = reader->line};
    if (!store->plan->kernels) store->plan->kernels = block_kernels_best();
    piece->failed = !allocate(store->plan, piece);
    if (!piece->failed) read_all(store, piece, reader);
    piece->lines = reader->line - 1;
    piece->blank_lines = reader->blank_lines;
    finish(store, piece);
}

/* ---- Values from elsewhere ------------------------------------------------------------------- */

bool piece_begin(TableStore *store, uint64_t first, Piece *piece, uint64_t rows) {
    *piece = (Piece){.first = first, .capacity = rows, .first_line = 1};
    piece->failed = !allocate(store->plan, piece);
    return !piece->failed;
}

static void end_value(TableStore *store, Piece *piece, uint32_t c, int fault, bool empty) {
    if (fault != CSV_SOUND) note_problem(piece, piece->rows + 1, 0, c, fault);
    if (fault == CSV_SOUND && !empty) return;
    const ColumnPlan *column = &store->plan->columns[c];
    if (column->kept) memset(value_at(store, c, piece->first + piece->rows), 0, column->width);
    mark_missing(piece, c, 1);
}

void piece_put_text(TableStore *store, Piece *piece, uint32_t c, Slice text) {
    end_value(store, piece, c, read_value(store, piece, c, text), !text.length);
}

void piece_put_whole(TableStore *store, Piece *piece, uint32_t c, int64_t value) {
    const ModuleColumn *declared = store->plan->columns[c].declared;
    int fault = CSV_SOUND;
    if (declared->has_range && (value < declared->low || value > declared->high))
        fault = PIECE_FAULT_RANGE;
    if (declared->sort == COLUMN_FLAG && (value < 0 || value > 1)) fault = PIECE_FAULT_TYPE;
    if (declared->sort == COLUMN_DATE && !date_in_range(value)) fault = PIECE_FAULT_RANGE;
    if (fault == CSV_SOUND) keep_whole(store, piece, c, value);
    end_value(store, piece, c, fault, false);
}

void piece_put_real(TableStore *store, Piece *piece, uint32_t c, double value) {
    const ModuleColumn *declared = store->plan->columns[c].declared;
    int fault = !isfinite(value)                ? (int)PIECE_FAULT_TYPE
                : real_outside(declared, value) ? (int)PIECE_FAULT_RANGE
                                                : (int)CSV_SOUND;
    if (fault == CSV_SOUND) *(double *)value_at(store, c, piece->first + piece->rows) = value;
    end_value(store, piece, c, fault, false);
}

void piece_end(TableStore *store, Piece *piece, uint64_t rows) {
    piece->rows = piece->lines = rows;
    finish(store, piece);
}

void piece_forget_columns(Piece *piece) {
    mem_free(piece->block);
    piece->block = piece->columns = NULL;
}

void piece_free(Piece *piece) {
    bool failed = piece->failed;
    piece_forget_columns(piece);
    mem_free(piece->row_lines);
    mem_free(piece->key_offsets);
    mem_free(piece->pool);
    mem_free(piece->wides);
    mem_free(piece->problems);
    mem_free(piece->tallies);
    *piece = (Piece){.failed = failed};
}
