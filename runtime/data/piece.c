/* From records to typed values, for one chunk. A record whose shape is wrong is no row; a field
 * that is wrong is held as missing, so that the rest of its row is still checked. */
#include "runtime/data/piece.h"

#include <math.h>
#include <string.h>

#include "runtime/base/date.h"
#include "runtime/base/memory.h"
#include "runtime/data/keys.h"
#include "runtime/data/quick.h"

static size_t aligned(size_t size) { return (size + 15) & ~(size_t)15; }

/* One block holds all that a piece has but its pool: a line each is the most it can need. */
static bool allocate(const TablePlan *plan, Piece *piece) {
    size_t size = aligned(plan->count * sizeof *piece->columns) +
                  aligned(PIECE_PROBLEMS * sizeof *piece->problems) +
                  aligned(piece->capacity * sizeof *piece->row_lines);
    size_t bitmap = aligned(piece->capacity / 8 + 1);
    for (uint32_t c = 0; c < plan->count; c++)
        size += aligned(piece->capacity * plan->columns[c].width) + bitmap;
    char *next = piece->block = mem_alloc(size);
    if (!next) return false;
    piece->columns = (PieceColumn *)(void *)next;
    next += aligned(plan->count * sizeof *piece->columns);
    piece->problems = (PieceProblem *)(void *)next;
    next += aligned(PIECE_PROBLEMS * sizeof *piece->problems);
    piece->row_lines = (uint32_t *)(void *)next;
    next += aligned(piece->capacity * sizeof *piece->row_lines);
    for (uint32_t c = 0; c < plan->count; c++) {
        piece->columns[c] = (PieceColumn){.values = next, .low = INT64_MAX, .high = INT64_MIN};
        next += aligned(piece->capacity * plan->columns[c].width);
        piece->columns[c].missing = (uint8_t *)next;
        next += bitmap;
    }
    return true;
}

static void note_problem(Piece *piece, uint64_t line, uint32_t field, uint32_t column, int fault) {
    if (piece->problem_count < PIECE_PROBLEMS)
        piece->problems[piece->problem_count++] =
            (PieceProblem){line, field, column, (uint8_t)fault};
    piece->problem_total++;
}

static void store(PieceColumn *column, uint8_t width, uint64_t row, int64_t value) {
    switch (width) {
    case 1: ((uint8_t *)column->values)[row] = (uint8_t)value; break;
    case 2: ((uint16_t *)column->values)[row] = (uint16_t)value; break;
    case 4: ((int32_t *)column->values)[row] = (int32_t)value; break;
    case 8: ((int64_t *)column->values)[row] = value; break;
    }
    if (value < column->low) column->low = value;
    if (value > column->high) column->high = value;
}

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
    case COLUMN_FLAG: outcome = field_flag(text, value); break;
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

static int read_real(const ColumnPlan *column, PieceColumn *held, uint64_t row, Slice text) {
    const ModuleColumn *declared = column->declared;
    double value;
    if (field_real(text, &value) != FIELD_SOUND) return type_fault(declared->sort, text);
    if (declared->has_range &&
        (value < (double)declared->low || value > (double)declared->high))
        return PIECE_FAULT_RANGE;
    ((double *)held->values)[row] = value;
    return CSV_SOUND;
}

static int read_key(const TablePlan *plan, PieceColumn *held, Piece *piece, Slice text) {
    uint64_t word = key_word(text, plan->seed);
    ((uint64_t *)held->values)[piece->rows] = word;
    if (KEY_POOLED(word) && !pool_key(piece, piece->rows, text)) piece->failed = true;
    return CSV_SOUND;
}

static int read_value(const TablePlan *plan, uint32_t c, Piece *piece, Slice text) {
    const ColumnPlan *column = &plan->columns[c];
    PieceColumn *held = &piece->columns[c];
    if (!text.length) return column->may_miss ? (int)CSV_SOUND : (int)PIECE_FAULT_EMPTY;
    if (column->declared->sort == COLUMN_IDENTIFIER) {
        char room[IDENTIFIER_MOST];
        FieldFault fault = FIELD_FAULT_FORM;
        if (!identifier_read(column->declared->form, text, room, &text, &fault))
            return (int)PIECE_FAULT_TYPE + (int)fault;
        return column->key ? read_key(plan, held, piece, text) : (int)CSV_SOUND;
    }
    if (column->declared->sort == COLUMN_REAL) return read_real(column, held, piece->rows, text);
    int64_t value = 0;
    int fault = read_whole(column, text, &value);
    if (fault == CSV_SOUND) store(held, column->width, piece->rows, value);
    return fault;
}

static void mark_missing(const TablePlan *plan, uint32_t c, Piece *piece) {
    PieceColumn *held = &piece->columns[c];
    if (plan->columns[c].key) ((uint64_t *)held->values)[piece->rows] = KEY_NONE;
    held->missing[piece->rows / 8] |= (uint8_t)(1u << piece->rows % 8);
    held->missing_count++;
}

/* A field of the usual kind, which the text of a chunk mostly is, sound and within its range.
 * False: it wants a closer look. */
static bool read_usual(const ColumnPlan *column, PieceColumn *held, uint64_t row, Slice text) {
    const ModuleColumn *declared = column->declared;
    int64_t value;
    uint64_t digits;
    switch (declared->sort) {
    case COLUMN_FLAG:
        digits = (unsigned char)text.data[0] - (uint64_t)'0';
        if (text.length != 1 || digits > 1) return false;
        value = (int64_t)digits;
        break;
    case COLUMN_CATEGORY:
        value = dictionary_find_padded(&column->dictionary, text);
        if (value < 0) return false;
        break;
    case COLUMN_INTEGER:
        if (!quick_digits(text.data, text.length, &digits)) return false;
        value = (int64_t)digits;
        break;
    case COLUMN_MONEY:
        if (!quick_money(text, &value)) return false;
        break;
    default: return false;
    }
    if (declared->has_range && (value < declared->low || value > declared->high)) return false;
    store(held, column->width, row, value);
    return true;
}

static void read_row(const TablePlan *plan, const CsvReader *reader, Piece *piece) {
    uint64_t row = piece->rows;
    for (uint32_t c = 0; c < plan->count; c++) {
        Slice text = reader->fields[plan->columns[c].field];
        if (text.length && read_usual(&plan->columns[c], &piece->columns[c], row, text)) continue;
        int fault = read_value(plan, c, piece, text);
        if (fault != CSV_SOUND)
            note_problem(piece, reader->record_line, plan->columns[c].field + 1, c, fault);
        if (fault != CSV_SOUND || !text.length) mark_missing(plan, c, piece);
    }
    piece->row_lines[row] = (uint32_t)reader->record_line;
    piece->rows++;
}

void piece_read(const TablePlan *plan, CsvReader *reader, Piece *piece) {
    size_t length = (size_t)(reader->end - reader->next);
    *piece = (Piece){.capacity = csv_count_lines(reader->next, length) + 1};
    piece->failed = !allocate(plan, piece);
    while (!piece->failed && csv_next(reader)) {
        if (reader->fault == CSV_SOUND)
            read_row(plan, reader, piece);
        else
            note_problem(piece, reader->record_line, reader->fault_field, MODULE_NONE,
                         (int)reader->fault);
    }
    piece->lines = reader->line - 1;
    piece->blank_lines = reader->blank_lines;
    if (piece->failed) piece_free(piece);
}

/* ---- Values from elsewhere -------------------------------------------------------------------- */

bool piece_begin(const TablePlan *plan, Piece *piece, uint64_t rows) {
    *piece = (Piece){.capacity = rows + 1};
    piece->failed = !allocate(plan, piece);
    return !piece->failed;
}

static void end_value(const TablePlan *plan, Piece *piece, uint32_t c, int fault, bool empty) {
    if (fault != CSV_SOUND) note_problem(piece, piece->rows + 1, 0, c, fault);
    if (fault != CSV_SOUND || empty) mark_missing(plan, c, piece);
}

void piece_put_text(const TablePlan *plan, Piece *piece, uint32_t c, Slice text) {
    end_value(plan, piece, c, read_value(plan, c, piece, text), !text.length);
}

void piece_put_whole(const TablePlan *plan, Piece *piece, uint32_t c, int64_t value) {
    const ModuleColumn *declared = plan->columns[c].declared;
    int fault = CSV_SOUND;
    if (declared->has_range && (value < declared->low || value > declared->high))
        fault = PIECE_FAULT_RANGE;
    if (declared->sort == COLUMN_FLAG && (value < 0 || value > 1)) fault = PIECE_FAULT_TYPE;
    if (declared->sort == COLUMN_DATE && !date_in_range(value)) fault = PIECE_FAULT_RANGE;
    if (fault == CSV_SOUND) store(&piece->columns[c], plan->columns[c].width, piece->rows, value);
    end_value(plan, piece, c, fault, false);
}

void piece_put_real(const TablePlan *plan, Piece *piece, uint32_t c, double value) {
    const ModuleColumn *declared = plan->columns[c].declared;
    bool outside = declared->has_range &&
                   (value < (double)declared->low || value > (double)declared->high);
    int fault = !isfinite(value) ? (int)PIECE_FAULT_TYPE
                : outside        ? (int)PIECE_FAULT_RANGE
                                 : (int)CSV_SOUND;
    if (fault == CSV_SOUND) ((double *)piece->columns[c].values)[piece->rows] = value;
    end_value(plan, piece, c, fault, false);
}

void piece_end(Piece *piece, uint64_t rows) {
    for (uint64_t row = 0; row < rows; row++) piece->row_lines[row] = (uint32_t)row + 1;
    piece->rows = piece->lines = rows;
    if (piece->failed) piece_free(piece);
}

void piece_free(Piece *piece) {
    bool failed = piece->failed;
    mem_free(piece->block);
    mem_free(piece->key_offsets);
    mem_free(piece->pool);
    *piece = (Piece){.failed = failed};
}
