/* A file of published numbers against what the plan declares of it. Every mistake is told with its
 * line and column, and with what was expected there. */
#include "runtime/data/measured.h"

#include <math.h>
#include <string.h>

#include "runtime/base/file.h"
#include "runtime/base/sha256.h"
#include "runtime/data/csv.h"
#include "runtime/data/encoding.h"
#include "runtime/data/field.h"
#include "runtime/data/problem.h"

enum { FILE_LIMIT = 1 << 20 };

typedef struct {
    const Module *module;
    const ModuleMeasured *series;
    const ModuleDim *dim;
    const DataOptions *options;
    Arena *arena;
    DataReport *report;
    MeasuredData *data;
    CsvReader *csv;
    uint32_t period;                   /* field of the period */
    uint32_t fields[MEASURED_COLUMNS]; /* field of each column; MODULE_NONE: not declared */
    uint64_t *lines;                   /* of each period's record; 0: none yet */
    bool wrong;
} Reading;

static void problem(Reading *r, DiagName name, uint64_t line, uint32_t field, Slice header,
                    Slice message) {
    r->wrong = true;
    data_report_add(r->report, r->arena,
                    (DataProblem){name, r->data->file, line, field, header, message});
}

/* ---- Headings ------------------------------------------------------------------------------ */

static uint32_t field_headed(const CsvReader *csv, Slice header) {
    for (uint32_t i = 0; i < csv->count; i++)
        if (slice_equal(csv->fields[i], header)) return i;
    return MODULE_NONE;
}

static uint32_t find_column(Reading *r, Slice header) {
    uint32_t field = field_headed(r->csv, header);
    if (field == MODULE_NONE)
        problem(r, DIAG_DATA_COLUMN_MISSING, r->csv->record_line, 0, header,
                SLICE("the file has no column of this heading"));
    return field;
}

static bool find_columns(Reading *r) {
    r->period = find_column(r, r->series->period);
    for (int i = 0; i < MEASURED_COLUMNS; i++) {
        Slice header = r->series->columns[i].header;
        r->fields[i] = header.length ? find_column(r, header) : MODULE_NONE;
    }
    return !r->wrong;
}

/* ---- Periods ------------------------------------------------------------------------------- */

static const char *period_words(DimSort sort) {
    switch (sort) {
    case DIM_MONTH: return "a month";
    case DIM_QUARTER: return "a quarter";
    case DIM_WEEK: return "the Monday of a week";
    default: return "a financial year";
    }
}

/* `FY2026/27` also as `2026/27`, quarters alike. */
static bool names_member(const ModuleDim *dim, uint32_t member, Slice text) {
    Slice name = dim->members[member];
    if (slice_equal(text, name)) return true;
    bool years = dim->sort == DIM_YEAR || dim->sort == DIM_QUARTER;
    return years && slice_starts_with(name, SLICE("FY")) &&
           slice_equal(text, (Slice){name.data + 2, name.length - 2});
}

static bool find_period(Reading *r, uint32_t *member) {
    Slice text = r->csv->fields[r->period];
    for (*member = 0; *member < r->dim->member_count; ++*member)
        if (names_member(r->dim, *member, text)) return true;
    Slice first = r->dim->members[0], last = r->dim->members[r->dim->member_count - 1];
    problem(r, DIAG_DATA_RANGE, r->csv->record_line, r->period + 1, r->series->period,
            arena_printf(r->arena, "expected %s from %.*s to %.*s, written like these",
                         period_words(r->dim->sort), SLICE_FMT(first), SLICE_FMT(last)));
    return false;
}

/* Each record is of the period after the one before. */
static bool follows(Reading *r, uint32_t member) {
    uint32_t next = r->data->known;
    if (!r->data->rows || member == next) return true;
    uint64_t line = r->csv->record_line;
    if (r->lines[member])
        problem(r, DIAG_DATA_DUPLICATE_KEY, line, r->period + 1, r->series->period,
                arena_printf(r->arena, "this period stands on line %llu already",
                             (unsigned long long)r->lines[member]));
    else if (next == r->dim->member_count || member < next)
        problem(r, DIAG_DATA_RANGE, line, r->period + 1, r->series->period,
                SLICE("this period comes before the one above it: records go from the earliest "
                      "to the latest"));
    else
        problem(r, DIAG_DATA_RANGE, line, r->period + 1, r->series->period,
                arena_printf(r->arena,
                             "expected %.*s, which comes next; for a period that was not "
                             "measured write a record with an empty field",
                             SLICE_FMT(r->dim->members[next])));
    return false;
}

/* ---- Numbers ------------------------------------------------------------------------------- */

static bool read_number(Reading *r, int role, uint32_t member) {
    const MeasuredColumn *column = &r->series->columns[role];
    uint32_t field = r->fields[role];
    Slice text = r->csv->fields[field];
    double value = NAN;
    Slice wrong = {0};
    if (!text.length && !column->may_miss)
        wrong = SLICE("the field is empty; the column is not declared `or missing`");
    else if (text.length && (field_real(text, &value) != FIELD_SOUND || !isfinite(value)))
        wrong = SLICE("expected a number, such as 0.25");
    else if (role >= MEASURED_NUMERATOR && value < 0)
        wrong = SLICE("expected a number from 0");
    else if (role == MEASURED_DENOMINATOR && value == 0)
        wrong = SLICE("expected a number above 0");
    if (wrong.length) {
        problem(r, DIAG_DATA_TYPE, r->csv->record_line, field + 1, column->header, wrong);
        return false;
    }
    r->data->columns[role][member] = value * (double)column->scale_num / (double)column->scale_den;
    return true;
}

static double number_at(const Reading *r, int role, uint32_t member) {
    return r->data->columns[role] ? r->data->columns[role][member] : NAN;
}

/* What the numbers of one record cannot be together. */
static void check_record(Reading *r, uint32_t member) {
    double value = number_at(r, MEASURED_VALUE, member);
    bool below = value < number_at(r, MEASURED_LOWER, member);
    bool above = value > number_at(r, MEASURED_UPPER, member);
    int limit = below ? MEASURED_LOWER : MEASURED_UPPER;
    if (below || above)
        problem(r, DIAG_DATA_RANGE, r->csv->record_line, r->fields[limit] + 1,
                r->series->columns[limit].header,
                below ? SLICE("expected a lower limit that is not above the value")
                      : SLICE("expected an upper limit that is not below the value"));
    bool part = r->series->limits == MEASURED_LIMITS_PROPORTION;
    if (part &&
        number_at(r, MEASURED_NUMERATOR, member) > number_at(r, MEASURED_DENOMINATOR, member))
        problem(r, DIAG_DATA_RANGE, r->csv->record_line, r->fields[MEASURED_NUMERATOR] + 1,
                r->series->columns[MEASURED_NUMERATOR].header,
                SLICE("expected a part that is not larger than the whole"));
}

static void read_record(Reading *r) {
    uint32_t member;
    if (!find_period(r, &member) || !follows(r, member)) return;
    r->lines[member] = r->csv->record_line;
    r->data->rows++;
    r->data->known = member + 1;
    bool sound = true;
    for (int i = 0; i < MEASURED_COLUMNS; i++)
        if (r->fields[i] != MODULE_NONE) sound &= read_number(r, i, member);
    if (sound) check_record(r, member);
}

/* ---- Files --------------------------------------------------------------------------------- */

static void read_records(Reading *r, char *text, size_t length) {
    size_t skip = length >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3) ? 3 : 0;
    csv_reader_init(r->csv, text + skip, length - skip,
                    r->series->delimiter ? r->series->delimiter : ',', 0);
    bool header = true;
    while (csv_next(r->csv)) {
        if (r->csv->fault != CSV_SOUND) {
            problem(r, data_fault_name(r->csv->fault), r->csv->record_line, r->csv->fault_field,
                    SLICE(""), data_record_words(r->arena, r->csv->fault, r->csv->expected));
            return;
        }
        if (header && !find_columns(r)) return;
        if (header) r->csv->expected = r->csv->count;
        if (!header) read_record(r);
        header = false;
    }
    if (!r->data->rows && !r->wrong)
        problem(r, DIAG_DATA_ROW_SHAPE, 0, 0, SLICE(""),
                SLICE("the file has no records: expected one for each period"));
}

static void make_room(Reading *r) {
    r->data->periods = r->dim->member_count;
    r->lines = ARENA_NEW_ARRAY(r->arena, uint64_t, r->dim->member_count);
    for (int i = 0; i < MEASURED_COLUMNS; i++) {
        if (!r->series->columns[i].header.length) continue;
        r->data->columns[i] = ARENA_NEW_ARRAY(r->arena, double, r->dim->member_count);
        for (uint32_t m = 0; m < r->dim->member_count; m++) r->data->columns[i][m] = NAN;
    }
}

static void read_file(Reading *r) {
    Slice text, error;
    const Slice *given = data_override(r->options, r->series->name, 0);
    r->data->file = given ? *given : r->series->file;
    const char *path = arena_copy(r->arena, r->data->file).data;
    const char *root = r->options->root.length ? arena_copy(r->arena, r->options->root).data : ".";
    ScpStatus status =
        given ? file_read(r->arena, path, FILE_LIMIT, &text, &error)
              : file_confined_read(r->arena, root, r->data->file, FILE_LIMIT, &text, &error);
    if (status != SCP_OK) {
        problem(r, DIAG_DATA_NOT_FOUND, 0, 0, SLICE(""), error);
        return;
    }
    sha256_hex(sha256_of(text), r->data->sha256);
    Transcoder transcoder;
    transcoder_init(&transcoder, r->series->encoding);
    char *plain =
        arena_alloc(r->arena, text.length * ENCODING_GROWTH + ENCODING_SLACK + CSV_PADDING);
    size_t length =
        transcode(&transcoder, (const unsigned char *)text.data, text.length, true, plain);
    make_room(r);
    read_records(r, plain, length);
}

ScpStatus measured_load(const Module *module, const DataOptions *options, Arena *arena,
                        MeasuredData **data, DataReport *report) {
    *data = ARENA_NEW_ARRAY(arena, MeasuredData, module->measured.count + 1);
    bool wrong = false;
    for (uint32_t i = 0; i < module->measured.count; i++) {
        const ModuleMeasured *series = &module->measured.items[i];
        Reading r = {.module = module,
                     .series = series,
                     .dim = &module->dims.items[series->dim],
                     .options = options,
                     .arena = arena,
                     .report = report,
                     .data = &(*data)[i],
                     .csv = ARENA_NEW(arena, CsvReader)};
        read_file(&r);
        wrong |= r.wrong;
    }
    if (wrong) data_report_sort(report);
    return wrong ? SCP_DATA : SCP_OK;
}
