/* One column, one field, through the reading of pieces. */
#include "tests/vectors/csv_typed.h"

#include <string.h>

#include "runtime/base/date.h"
#include "runtime/base/number.h"
#include "runtime/data/piece.h"

/* The suite's names of types and the columns that hold them. Its bands stand for any declared set of
 * categories; its text is a field no number is made of; its truth values are a flag that declares
 * its texts. */
static const struct {
    const char *name;
    ColumnSort sort;
    IdentifierForm form;
} types[] = {
    {"nhs_number", COLUMN_IDENTIFIER, IDENTIFIER_NHS_NUMBER},
    {"lsoa", COLUMN_IDENTIFIER, IDENTIFIER_LSOA},
    {"text", COLUMN_IDENTIFIER, IDENTIFIER_ANY},
    {"int", COLUMN_INTEGER, IDENTIFIER_ANY},
    {"decimal", COLUMN_REAL, IDENTIFIER_ANY},
    {"money_pence", COLUMN_MONEY, IDENTIFIER_ANY},
    {"date", COLUMN_DATE, IDENTIFIER_ANY},
    {"bool", COLUMN_FLAG, IDENTIFIER_ANY},
    {"age_band", COLUMN_CATEGORY, IDENTIFIER_ANY},
};

static const Slice bands[] = {{"0", 1}, {"1-2", 3}, {"3-4", 3}, {"5-9", 3}, {"10-14", 5}};
enum { BANDS = sizeof bands / sizeof bands[0] };

static const Slice truths[] = {{"false", 5}, {"true", 4}};

static const char *fault_code(int fault) {
    if (fault == CSV_NUL) return "E_NUL";
    if (fault == CSV_ENCODING) return "E_ENCODING";
    if (fault == PIECE_FAULT_RANGE) return "E_RANGE";
    if (fault < PIECE_FAULT_TYPE) return "E_FORMAT";
    switch ((FieldFault)(fault - PIECE_FAULT_TYPE)) {
    case FIELD_FAULT_SPACE: return "E_SPACE";
    case FIELD_FAULT_PRECISION: return "E_PRECISION";
    case FIELD_FAULT_UNIT: return "E_UNIT";
    case FIELD_FAULT_DAY_ORDER: return "E_AMBIGUOUS_DATE";
    case FIELD_FAULT_CHECK_DIGIT: return "E_CHECK_DIGIT";
    case FIELD_FAULT_NO_DAY:
    case FIELD_FAULT_NOT_ISSUED: return "E_VALUE";
    case FIELD_FAULT_FORM:
    case FIELD_FAULT_COUNT: break;
    }
    return "E_FORMAT";
}

static Slice held_text(Arena *arena, const ModuleColumn *column, const void *held, Slice text) {
    char *room = arena_alloc(arena, NUMBER_TEXT_SIZE);
    FieldFault fault;
    int64_t value = column->sort == COLUMN_REAL || column->sort == COLUMN_IDENTIFIER
                        ? 0
                        : *(const int64_t *)held;
    switch (column->sort) {
    case COLUMN_INTEGER:
    case COLUMN_MONEY: return number_format_int(arena, value, false);
    case COLUMN_DATE: return date_format_iso(arena, (int32_t)value);
    case COLUMN_FLAG: return value ? SLICE("true") : SLICE("false");
    case COLUMN_CATEGORY: return bands[value];
    case COLUMN_REAL:
        number_format_shortest(*(const double *)held, room);
        return slice_of(room);
    case COLUMN_IDENTIFIER: break;
    }
    identifier_read(column->form, text, room, &text, &fault);
    return text;
}

static Slice one_field(Arena *arena, Slice text, const char *quote) {
    Buffer out;
    buffer_init(&out, arena);
    buffer_add_text(&out, quote);
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '"') buffer_add_char(&out, '"');
        buffer_add_char(&out, text.data[i]);
    }
    buffer_add_text(&out, quote);
    buffer_add_char(&out, '\n');
    buffer_reserve(&out, CSV_PADDING);
    return buffer_slice(&out);
}

/* The cell as the only field of a line, quoted or as it stands: the two take different roads. */
static CsvTyped read_line(Arena *arena, const ModuleColumn *declared, Slice text, Slice line) {
    ColumnPlan column = {.declared = declared, .kept = true, .width = 8, .may_miss = true};
    TablePlan plan = {.columns = &column, .count = 1, .fields = 1};
    CsvReader *reader = ARENA_NEW(arena, CsvReader);
    TableStore store;
    Piece piece = {.failed = true};
    CsvTyped read = {.known = true, .outcome = "no memory"};
    bool flag = declared->sort == COLUMN_FLAG;
    dictionary_init(&column.dictionary, arena, flag ? truths : bands,
                    flag ? sizeof truths / sizeof truths[0] : BANDS);
    csv_reader_init(reader, (char *)(uintptr_t)line.data, line.length, ',', 1);
    if (store_init(&store, &plan) && store_reserve(&store, 1))
        piece_read(&store, 0, 1, reader, &piece);
    if (!piece.failed) {
        read.outcome = "ok";
        if (piece.problem_count) read.outcome = fault_code(piece.problems[0].fault);
        else if (piece.columns[0].missing_count) read.outcome = "missing";
        else read.value = held_text(arena, declared, store.values[0], text);
    }
    piece_free(&piece);
    store_free(&store);
    return read;
}

static bool same_reading(CsvTyped a, CsvTyped b) {
    return !strcmp(a.outcome, b.outcome) && slice_equal(a.value, b.value);
}

static CsvTyped read_cell(Arena *arena, const ModuleColumn *declared, Slice text) {
    CsvTyped quoted = read_line(arena, declared, text, one_field(arena, text, "\""));
    for (size_t i = 0; i < text.length; i++)
        if (memchr(",\"\r\n", text.data[i], 4)) return quoted;
    if (!text.length) return quoted; /* an empty line is no row */
    CsvTyped plain = read_line(arena, declared, text, one_field(arena, text, ""));
    if (!same_reading(quoted, plain)) quoted.outcome = "differs without quotes";
    return quoted;
}

CsvTyped csv_typed_read(Arena *arena, Slice type, Slice text) {
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (!slice_equal(type, slice_of(types[i].name))) continue;
        ModuleColumn column = {.sort = types[i].sort, .form = types[i].form, .may_miss = true};
        if (column.sort == COLUMN_FLAG) memcpy(column.texts, truths, sizeof truths);
        return read_cell(arena, &column, text);
    }
    return (CsvTyped){.known = false};
}
