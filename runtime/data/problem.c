/* The words for problems of data. Only what the plan declares is ever quoted: a field, a key
 * or a label of the file could be somebody's. */
#include "runtime/data/problem.h"

#include <inttypes.h>
#include <stdlib.h>

#include "runtime/base/buffer.h"
#include "runtime/base/date.h"

void data_report_keep(DataReport *report, Arena *arena, DataProblem problem) {
    if (report->problems.count < DATA_PROBLEMS_KEPT) VEC_PUSH(arena, &report->problems, problem);
}

static bool same_kind(const DataProblem *a, const DataProblem *b) {
    return a->name == b->name && a->field == b->field && slice_equal(a->file, b->file) &&
           slice_equal(a->header, b->header) && slice_equal(a->message, b->message);
}

void data_report_count(DataReport *report, Arena *arena, DataProblem first, uint64_t count) {
    report->total += count;
    VEC_EACH(DataTally, tally, &report->tallies) {
        if (!same_kind(&tally->first, &first)) continue;
        tally->count += count;
        return;
    }
    VEC_PUSH(arena, &report->tallies, ((DataTally){first, count}));
}

void data_report_add(DataReport *report, Arena *arena, DataProblem problem) {
    data_report_keep(report, arena, problem);
    data_report_count(report, arena, problem, 1);
}

static int by_place(const void *left, const void *right) {
    const DataProblem *a = left, *b = right;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    return a->field < b->field ? -1 : a->field > b->field;
}

void data_report_sort(DataReport *report) {
    DataProblem *items = report->problems.items;
    for (uint32_t from = 0, to = 0; from < report->problems.count; from = to) {
        while (to < report->problems.count && slice_equal(items[to].file, items[from].file))
            to++;
        qsort(items + from, to - from, sizeof *items, by_place);
    }
}

DiagName data_fault_name(int fault) {
    if (fault >= PIECE_FAULT_TYPE) return DIAG_DATA_TYPE;
    switch (fault) {
    case CSV_ENCODING:
    case CSV_NUL: return DIAG_DATA_ENCODING;
    case CSV_FIELD_TOO_LONG:
    case CSV_TOO_MANY_COLUMNS:
    case CSV_RECORD_TOO_LONG: return DIAG_DATA_TOO_LARGE;
    case PIECE_FAULT_EMPTY: return DIAG_DATA_TYPE;
    case PIECE_FAULT_CATEGORY: return DIAG_DATA_CATEGORY;
    case PIECE_FAULT_RANGE: return DIAG_DATA_RANGE;
    default: return DIAG_DATA_ROW_SHAPE;
    }
}

Slice data_record_words(Arena *arena, int fault, uint32_t fields) {
    switch (fault) {
    case CSV_ENCODING: return SLICE("these bytes are not UTF-8 text");
    case CSV_NUL: return SLICE("a NUL byte stands in the text; a file of UTF-16 says `encoding utf_16`");
    case CSV_BARE_CR: return SLICE("a carriage return stands alone; lines end with LF or CR LF");
    case CSV_BARE_QUOTE:
        return SLICE("a quotation mark stands inside a field that does not begin with one");
    case CSV_TEXT_AFTER_QUOTE: return SLICE("text follows the closing quotation mark");
    case CSV_UNTERMINATED_QUOTE: return SLICE("a quotation mark is opened and never closed");
    case CSV_TOO_FEW_FIELDS:
    case CSV_TOO_MANY_FIELDS:
        return arena_printf(arena, "the record has too %s fields; the header has %" PRIu32,
                            fault == CSV_TOO_FEW_FIELDS ? "few" : "many", fields);
    case CSV_FIELD_TOO_LONG: return SLICE("a field is longer than 1,048,576 bytes");
    case CSV_TOO_MANY_COLUMNS: return SLICE("the record has more than 4,096 fields");
    default:
        return SLICE("the record is longer than 16 MiB; is a quotation mark left open?");
    }
}

static Slice identifier_words(IdentifierForm form) {
    if (form == IDENTIFIER_LSOA) return SLICE("expected a small area, E01 and six digits");
    return SLICE("expected an NHS number, ten digits, such as 943 476 5919");
}

/* Words for what is closer to know than the type that was expected. */
static Slice fault_words(FieldFault fault) {
    switch (fault) {
    case FIELD_FAULT_SPACE: return SLICE("; a blank stands before or after it");
    case FIELD_FAULT_PRECISION: return SLICE("; it has more places than pence");
    case FIELD_FAULT_UNIT: return SLICE("; it is in another currency");
    case FIELD_FAULT_NO_DAY: return SLICE("; there is no such day");
    case FIELD_FAULT_DAY_ORDER: return SLICE("; which part is the month cannot be told");
    case FIELD_FAULT_CHECK_DIGIT: return SLICE("; its last digit does not check the others");
    case FIELD_FAULT_NOT_ISSUED: return SLICE("; ten equal digits are nobody's");
    case FIELD_FAULT_FORM:
    case FIELD_FAULT_COUNT: break;
    }
    return SLICE("");
}

static Slice flag_words(Arena *arena, const ModuleColumn *column) {
    if (!column_has_texts(column))
        return SLICE("expected 0 or 1; where the file says it otherwise, declare how: "
                     "`flag(no: N, yes: Y)`");
    return arena_printf(arena, "expected `%.*s` or `%.*s`", SLICE_FMT(column->texts[0]),
                        SLICE_FMT(column->texts[1]));
}

static Slice type_words(Arena *arena, const ModuleColumn *column) {
    switch (column->sort) {
    case COLUMN_INTEGER: return SLICE("expected a whole number, such as 42");
    case COLUMN_REAL: return SLICE("expected a number, such as 0.25");
    case COLUMN_MONEY: return SLICE("expected pounds and pence, such as 1234.56");
    case COLUMN_DATE: return SLICE("expected a date, such as 2026-03-31");
    case COLUMN_FLAG: return flag_words(arena, column);
    case COLUMN_IDENTIFIER: return identifier_words(column->form);
    case COLUMN_CATEGORY: break;
    }
    return SLICE("expected a value");
}

static void add_held(Buffer *words, const ModuleColumn *column, int64_t value) {
    if (column->sort == COLUMN_DATE && date_in_range(value))
        buffer_add(words, date_format_iso(words->arena, (int32_t)value));
    else if (column->sort == COLUMN_MONEY)
        buffer_printf(words, "%s%" PRIu64 ".%02d", value < 0 ? "-" : "",
                      (value < 0 ? 0 - (uint64_t)value : (uint64_t)value) / 100,
                      abs((int)(value % 100)));
    else
        buffer_printf(words, "%" PRId64, value);
}

static Slice range_words(Arena *arena, const ModuleColumn *column) {
    if (!column->has_range) return SLICE("the number is too large to be held exactly");
    Buffer words;
    buffer_init(&words, arena);
    buffer_add_text(&words, "expected ");
    add_held(&words, column, column->low);
    buffer_add_text(&words, " to ");
    add_held(&words, column, column->high);
    return buffer_slice(&words);
}

/* The members of a small set, or how many a large one has. */
static Slice category_words(Arena *arena, const ModuleDim *dim) {
    enum { LISTED = 8 };
    if (dim->member_count > LISTED)
        return arena_printf(arena, "expected one of the %" PRIu32 " members of `%.*s`",
                            dim->member_count, SLICE_FMT(dim->name));
    Buffer words;
    buffer_init(&words, arena);
    buffer_add_text(&words, "expected ");
    for (uint32_t i = 0; i < dim->member_count; i++) {
        if (i) buffer_add_text(&words, i + 1 < dim->member_count ? ", " : " or ");
        buffer_add(&words, dim->members[i]);
    }
    return buffer_slice(&words);
}

Slice data_field_words(const Module *module, Arena *arena, const ModuleColumn *column, int fault) {
    switch (fault) {
    case PIECE_FAULT_EMPTY:
        return column->sort == COLUMN_IDENTIFIER
                   ? SLICE("the field is empty; every row needs its identifier")
                   : SLICE("the field is empty; the column is not declared `or missing`");
    case PIECE_FAULT_CATEGORY: return category_words(arena, &module->dims.items[column->dim]);
    case PIECE_FAULT_RANGE: return range_words(arena, column);
    default: {
        Slice type = type_words(arena, column);
        Slice more = fault_words((FieldFault)(fault - PIECE_FAULT_TYPE));
        return arena_printf(arena, "%.*s%.*s", SLICE_FMT(type), SLICE_FMT(more));
    }
    }
}

static Slice declared_header(const TablePlan *plan, uint32_t field) {
    for (uint32_t c = 0; c < plan->count; c++)
        if (field && plan->columns[c].field == field - 1) return plan->columns[c].declared->name;
    return SLICE("");
}

DataProblem data_problem_of_piece(const Module *module, const TablePlan *plan, Arena *arena,
                                  Slice file, uint64_t first_line, const PieceProblem *problem) {
    bool record = problem->column == MODULE_NONE;
    Slice words =
        record ? data_record_words(arena, problem->fault, plan->fields)
               : data_field_words(module, arena, plan->columns[problem->column].declared,
                             problem->fault);
    return (DataProblem){
        .name = data_fault_name(problem->fault),
        .file = file,
        .line = first_line + problem->line - 1,
        .field = problem->field,
        .header = record ? declared_header(plan, problem->field)
                         : plan->columns[problem->column].declared->name,
        .message = words,
    };
}
