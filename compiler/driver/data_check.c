/* scpc data check: a plan's data read as `run` reads it, and for an analyst what is there: rows,
 * missing values by column, events without a person. Counts are protected like any other; the
 * smallest and largest value of a column belong to one person, and are shown under --internal
 * alone. */
#include <math.h>

#include "compiler/driver/diagnostics.h"
#include "compiler/driver/results.h"
#include "runtime/base/date.h"
#include "runtime/base/number.h"
#include "runtime/report/model.h"
#include "runtime/report/table.h"

typedef struct {
    const Module *module;
    const Dataset *dataset;
    const MeasuredData *measured; /* by series of the module; NULL: none were read */
    Policy policy;
    Arena *arena;
} Survey;

/* ---- Counts ------------------------------------------------------------------------------ */

/* Rows of one person lie side by side, so people are counted where the person changes. */
static int64_t people_behind_missing(const TableData *data, const Column *column) {
    int64_t people = 0;
    uint32_t last = 0;
    for (uint64_t row = 0; row < data->rows; row++) {
        if (!column_misses(column, row)) continue;
        if (!people || data->person[row] != last) people++;
        last = data->person[row];
    }
    return people;
}

static Protected missing_count(const Survey *s, const ModuleTable *table, const TableData *data,
                               const Column *column) {
    int64_t count = (int64_t)column->missing_count;
    if (table->sort == TABLE_POPULATION || !data->person) return protect_people(s->policy, count);
    return protect_events(s->policy, count, people_behind_missing(data, column));
}

static Protected row_count(const Survey *s, const ModuleTable *table, int64_t rows) {
    if (table->sort == TABLE_POPULATION) return protect_people(s->policy, rows);
    return protect_events(s->policy, rows, rows);
}

static Slice count_text(const Survey *s, Protected count) {
    if (count.suppressed) return SLICE("withheld");
    return number_format_int(s->arena, (int64_t)count.value, true);
}

/* Part of a whole in percent, worked out from what may be shown of both. */
static bool share_of(Protected part, Protected whole, double *percent) {
    if (part.suppressed || whole.suppressed || whole.value <= 0) return false;
    *percent = 100 * part.value / whole.value;
    if (*percent > 100) *percent = 100;
    return true;
}

static Slice share_text(const Survey *s, Protected part, Protected whole) {
    double percent;
    if (!share_of(part, whole, &percent)) return SLICE("");
    Slice number = number_format_fixed(s->arena, percent, 1, false);
    return arena_printf(s->arena, "%.*s%%", SLICE_FMT(number));
}

/* People of whom there are events: those of one lie side by side, and those of nobody are of
 * nobody. */
static Protected people_of_events(const Survey *s, const TableData *data) {
    int64_t people = 0;
    for (uint64_t row = 0; data->person && row < data->rows; row++)
        people += data->person[row] != DATA_NO_PERSON &&
                  (!row || data->person[row] != data->person[row - 1]);
    return protect_people(s->policy, people);
}

/* ---- Categories -------------------------------------------------------------------------- */

/* What each code of a category or flag stands for; none of any other column. */
typedef struct {
    uint32_t count;
    const Slice *texts;
} Codes;

static Codes codes_of(const Survey *s, const ModuleColumn *column) {
    static const Slice answers[] = {{"no", 2}, {"yes", 3}};
    if (column->sort == COLUMN_FLAG) return (Codes){2, answers};
    if (column->sort != COLUMN_CATEGORY) return (Codes){0, NULL};
    const ModuleDim *dim = &s->module->dims.items[column->dim];
    return (Codes){dim->member_count, dim->members};
}

/* Rows of each code, and the people behind them: the same of a population. */
typedef struct {
    uint32_t count;
    int64_t *rows, *people;
} CategoryCounts;

static CategoryCounts count_categories(const Survey *s, const ModuleTable *table,
                                       const TableData *data, uint32_t index) {
    const Column *column = &data->columns[index];
    uint32_t count = codes_of(s, &table->columns.items[index]).count;
    CategoryCounts counts = {count, ARENA_NEW_ARRAY(s->arena, int64_t, count),
                             ARENA_NEW_ARRAY(s->arena, int64_t, count)};
    uint32_t *last = ARENA_NEW_ARRAY(s->arena, uint32_t, count);
    for (uint64_t row = 0; row < data->rows; row++) {
        uint32_t code = (uint32_t)column_whole(column, row);
        if (column_misses(column, row) || code >= count) continue;
        uint32_t person = data->person ? data->person[row] : (uint32_t)row;
        bool again = counts.rows[code]++ && person == last[code] && person != DATA_NO_PERSON;
        counts.people[code] += !again;
        last[code] = person;
    }
    return counts;
}

static Protected category_count(const Survey *s, const ModuleTable *table,
                                const CategoryCounts *counts, uint32_t code) {
    if (table->sort == TABLE_POPULATION) return protect_people(s->policy, counts->rows[code]);
    return protect_events(s->policy, counts->rows[code], counts->people[code]);
}

/* ---- Columns ----------------------------------------------------------------------------- */

static const char *sort_text(ColumnSort sort) {
    switch (sort) {
    case COLUMN_IDENTIFIER: return "identifier";
    case COLUMN_INTEGER: return "whole number";
    case COLUMN_REAL: return "number";
    case COLUMN_MONEY: return "pounds";
    case COLUMN_DATE: return "date";
    case COLUMN_FLAG: return "flag";
    case COLUMN_CATEGORY: return "category";
    }
    return "";
}

/* A value as it is held: pence, days, whole numbers. */
static Slice held_text(const Survey *s, ColumnSort sort, int64_t value) {
    if (sort == COLUMN_DATE) return date_format_iso(s->arena, (int32_t)value);
    if (sort == COLUMN_MONEY) return number_format_fixed(s->arena, (double)value / 100, 2, true);
    return number_format_int(s->arena, value, true);
}

static bool has_order(ColumnSort sort) {
    return sort == COLUMN_INTEGER || sort == COLUMN_MONEY || sort == COLUMN_DATE;
}

static Slice range_text(const Survey *s, ColumnSort sort, int64_t low, int64_t high) {
    Slice from = held_text(s, sort, low), to = held_text(s, sort, high);
    return arena_printf(s->arena, "%.*s to %.*s", SLICE_FMT(from), SLICE_FMT(to));
}

static Slice declared_text(const Survey *s, const ModuleColumn *column) {
    if (column->sort == COLUMN_CATEGORY)
        return arena_printf(s->arena, "%u values",
                            (unsigned)s->module->dims.items[column->dim].member_count);
    if (column_has_texts(column))
        return arena_printf(s->arena, "no: %.*s, yes: %.*s", SLICE_FMT(column->texts[0]),
                            SLICE_FMT(column->texts[1]));
    if (!column->has_range) return SLICE("");
    return range_text(s, column->sort, column->low, column->high);
}

static bool shows_values(const Survey *s, const TableData *data, const Column *column) {
    return s->policy == POLICY_EXACT_INTERNAL && has_order(column->sort) &&
           column->missing_count < data->rows;
}

/* ---- For people -------------------------------------------------------------------------- */

static void print_columns(const Survey *s, const ModuleTable *table, const TableData *data,
                          Buffer *out) {
    Table lines;
    table_begin(&lines, s->arena);
    table_column(&lines, SLICE("column"), false);
    table_column(&lines, SLICE("type"), false);
    table_column(&lines, SLICE("declared"), false);
    table_column(&lines, SLICE("missing"), true);
    table_column(&lines, SLICE("share"), true);
    if (s->policy == POLICY_EXACT_INTERNAL) table_column(&lines, SLICE("from … to"), false);
    for (uint32_t i = 0; i < table->columns.count; i++) {
        const ModuleColumn *column = &table->columns.items[i];
        const Column *held = &data->columns[i];
        table_cell(&lines, column->name);
        table_cell(&lines, slice_of(sort_text(column->sort)));
        table_cell(&lines, declared_text(s, column));
        Protected missing = missing_count(s, table, data, held);
        table_cell(&lines, count_text(s, missing));
        table_cell(&lines, share_text(s, missing, row_count(s, table, (int64_t)data->rows)));
        if (s->policy != POLICY_EXACT_INTERNAL) continue;
        table_cell(&lines, shows_values(s, data, held)
                               ? range_text(s, held->sort, held->low, held->high)
                               : SLICE(""));
    }
    table_print(&lines, out, 2);
}

static Slice linked_text(const Survey *s, Protected orphans, Protected rows) {
    double percent;
    if (!share_of(orphans, rows, &percent)) return SLICE("");
    Slice number = number_format_fixed(s->arena, 100 - percent, 1, false);
    return arena_printf(s->arena, " (%.*s%% linked)", SLICE_FMT(number));
}

/* How many rows each category has, and how many are no and yes; of a long list only how many categories have none. */
static void print_categories(const Survey *s, const ModuleTable *table, const TableData *data,
                             Buffer *out) {
    enum { LISTED = 30 };
    bool any = false;
    for (uint32_t i = 0; i < table->columns.count; i++) {
        Codes codes = codes_of(s, &table->columns.items[i]);
        if (!codes.count) continue;
        CategoryCounts counts = count_categories(s, table, data, i);
        uint32_t unused = 0;
        for (uint32_t code = 0; code < counts.count; code++) unused += !counts.rows[code];
        buffer_add_text(out, any ? "  " : "\n  ");
        any = true;
        plain_text(out, table->columns.items[i].name);
        buffer_add_char(out, ':');
        if (counts.count > LISTED)
            buffer_printf(out, " %u of %u categories stand in no row", (unsigned)unused,
                          (unsigned)counts.count);
        for (uint32_t code = 0; code < counts.count && counts.count <= LISTED; code++) {
            Slice count = count_text(s, category_count(s, table, &counts, code));
            buffer_add_text(out, code ? ", " : " ");
            plain_text(out, codes.texts[code]);
            buffer_printf(out, " %.*s", SLICE_FMT(count));
        }
        buffer_add_char(out, '\n');
    }
}

/* ---- Series ------------------------------------------------------------------------------ */

/* Published numbers are nobody's: nothing of them is withheld. */
typedef struct {
    Slice first, last; /* of the periods measured; empty: none is */
} Period;

static uint64_t missing_of(const MeasuredData *data, int role) {
    uint64_t missing = 0, before = data->known - data->rows;
    for (uint32_t i = (uint32_t)before; i < data->known; i++)
        missing += isnan(data->columns[role][i]) != 0;
    return missing;
}

/* Records stand in order of time and without gaps, up to the last known. */
static Period period_of(const Survey *s, uint32_t index) {
    const ModuleDim *dim = &s->module->dims.items[s->module->measured.items[index].dim];
    const MeasuredData *data = &s->measured[index];
    if (!data->rows) return (Period){SLICE(""), SLICE("")};
    return (Period){dim->members[data->known - data->rows], dim->members[data->known - 1]};
}

static void print_series(const Survey *s, uint32_t index, Buffer *out) {
    const ModuleMeasured *series = &s->module->measured.items[index];
    const MeasuredData *data = &s->measured[index];
    Period period = period_of(s, index);
    plain_text(out, series->name);
    buffer_add_text(out, "  ");
    plain_text(out, data->file);
    buffer_printf(out, "\n  %llu %s", (unsigned long long)data->rows,
                  data->rows == 1 ? "period" : "periods");
    if (data->rows)
        buffer_printf(out, ", %.*s to %.*s, none left out", SLICE_FMT(period.first),
                      SLICE_FMT(period.last));
    buffer_add_text(out, "\n\n");
    Table lines;
    table_begin(&lines, s->arena);
    table_column(&lines, SLICE("column"), false);
    table_column(&lines, SLICE("missing"), true);
    for (int role = 0; role < MEASURED_COLUMNS; role++) {
        if (!data->columns[role]) continue;
        table_cell(&lines, series->columns[role].header);
        table_cell(&lines, number_format_int(s->arena, (int64_t)missing_of(data, role), true));
    }
    table_print(&lines, out, 2);
    buffer_add_char(out, '\n');
}

/* ---- Tables ------------------------------------------------------------------------------ */

static void print_table(const Survey *s, uint32_t index, uint32_t snapshot, Buffer *out) {
    const ModuleTable *table = &s->module->tables.items[index];
    const TableData *data = &s->dataset->tables[index].snapshots[snapshot];
    Slice rows = count_text(s, row_count(s, table, (int64_t)data->rows));
    plain_text(out, table->name);
    buffer_add_text(out, "  ");
    plain_text(out, data->file);
    if (table->sort == TABLE_POPULATION) {
        Slice day = date_format_iso(s->arena, table->snapshots.items[snapshot].as_at);
        buffer_printf(out, "  as at %.*s", SLICE_FMT(day));
    }
    buffer_printf(out, "\n  %.*s rows", SLICE_FMT(rows));
    if (table->sort == TABLE_POPULATION) {
        buffer_add_text(out, ", no ");
        plain_text(out, table->columns.items[table->key].name);
        buffer_add_text(out, " twice");
    } else {
        Slice people = count_text(s, people_of_events(s, data));
        buffer_printf(out, " about %.*s people", SLICE_FMT(people));
        Protected orphans = row_count(s, table, (int64_t)s->dataset->tables[index].orphans);
        Slice count = count_text(s, orphans);
        Slice share = linked_text(s, orphans, row_count(s, table, (int64_t)data->rows));
        buffer_printf(out, ", and %.*s about people who are not in the population%.*s", SLICE_FMT(count),
                      SLICE_FMT(share));
    }
    buffer_add_text(out, "\n\n");
    print_columns(s, table, data, out);
    print_categories(s, table, data, out);
    buffer_add_char(out, '\n');
}

/* ---- As JSON ----------------------------------------------------------------------------- */

static void json_text(JsonWriter *json, Slice key, Slice text) {
    json_key(json, key);
    json_string(json, text);
}

static void json_count(JsonWriter *json, Slice key, Protected count) {
    json_key(json, key);
    if (count.suppressed)
        json_null(json);
    else
        json_number(json, count.value);
}

static void json_share(JsonWriter *json, Slice key, Protected part, Protected whole) {
    double percent;
    json_key(json, key);
    if (share_of(part, whole, &percent)) json_number(json, percent);
    else json_null(json);
}

static void json_categories(const Survey *s, const ModuleTable *table, const TableData *data,
                            uint32_t index, JsonWriter *json) {
    Codes codes = codes_of(s, &table->columns.items[index]);
    if (!codes.count) return;
    CategoryCounts counts = count_categories(s, table, data, index);
    json_key(json, SLICE("categories"));
    json_begin_array(json);
    for (uint32_t code = 0; code < counts.count; code++) {
        json_begin_object(json);
        json_text(json, SLICE("code"), codes.texts[code]);
        json_count(json, SLICE("rows"), category_count(s, table, &counts, code));
        json_end_object(json);
    }
    json_end_array(json);
}

static void json_column(const Survey *s, const ModuleTable *table, const TableData *data,
                        uint32_t index, JsonWriter *json) {
    const ModuleColumn *column = &table->columns.items[index];
    const Column *held = &data->columns[index];
    json_begin_object(json);
    json_text(json, SLICE("name"), column->name);
    json_text(json, SLICE("type"), slice_of(sort_text(column->sort)));
    json_count(json, SLICE("missing"), missing_count(s, table, data, held));
    json_share(json, SLICE("missing_percent"), missing_count(s, table, data, held),
               row_count(s, table, (int64_t)data->rows));
    json_categories(s, table, data, index, json);
    if (shows_values(s, data, held)) {
        json_text(json, SLICE("low"), held_text(s, held->sort, held->low));
        json_text(json, SLICE("high"), held_text(s, held->sort, held->high));
    }
    json_end_object(json);
}

static void json_orphans(const Survey *s, const ModuleTable *table, uint32_t index,
                         const TableData *data, JsonWriter *json) {
    int64_t count = (int64_t)s->dataset->tables[index].orphans;
    Protected orphans = row_count(s, table, count);
    double percent;
    json_count(json, SLICE("orphans"), orphans);
    json_key(json, SLICE("linked_percent"));
    if (share_of(orphans, row_count(s, table, (int64_t)data->rows), &percent))
        json_number(json, 100 - percent);
    else json_null(json);
}

static void json_table(const Survey *s, uint32_t index, uint32_t snapshot, JsonWriter *json) {
    const ModuleTable *table = &s->module->tables.items[index];
    const TableData *data = &s->dataset->tables[index].snapshots[snapshot];
    json_begin_object(json);
    json_text(json, SLICE("name"), table->name);
    json_text(json, SLICE("file"), data->file);
    json_text(json, SLICE("sha256"), slice_of(data->sha256));
    json_count(json, SLICE("rows"), row_count(s, table, (int64_t)data->rows));
    if (table->sort == TABLE_POPULATION)
        json_text(json, SLICE("as_at"),
                  date_format_iso(s->arena, table->snapshots.items[snapshot].as_at));
    else {
        json_count(json, SLICE("people"), people_of_events(s, data));
        json_orphans(s, table, index, data, json);
    }
    json_key(json, SLICE("columns"));
    json_begin_array(json);
    for (uint32_t i = 0; i < table->columns.count; i++) json_column(s, table, data, i, json);
    json_end_array(json);
    json_end_object(json);
}

static void json_series(const Survey *s, uint32_t index, JsonWriter *json) {
    const ModuleMeasured *series = &s->module->measured.items[index];
    const MeasuredData *data = &s->measured[index];
    Period period = period_of(s, index);
    json_begin_object(json);
    json_text(json, SLICE("name"), series->name);
    json_text(json, SLICE("file"), data->file);
    json_text(json, SLICE("sha256"), slice_of(data->sha256));
    json_key(json, SLICE("rows"));
    json_int(json, (int64_t)data->rows);
    json_text(json, SLICE("first"), period.first);
    json_text(json, SLICE("last"), period.last);
    json_key(json, SLICE("columns"));
    json_begin_array(json);
    for (int role = 0; role < MEASURED_COLUMNS; role++) {
        if (!data->columns[role]) continue;
        json_begin_object(json);
        json_text(json, SLICE("name"), series->columns[role].header);
        json_key(json, SLICE("missing"));
        json_int(json, (int64_t)missing_of(data, role));
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

static void json_tallies(const DataReport *report, JsonWriter *json) {
    json_key(json, SLICE("kinds"));
    json_begin_array(json);
    VEC_EACH(const DataTally, tally, &report->tallies) {
        json_begin_object(json);
        json_text(json, SLICE("name"), slice_of(diag_name_text(tally->first.name)));
        json_text(json, SLICE("file"), tally->first.file);
        json_text(json, SLICE("header"), tally->first.header);
        json_key(json, SLICE("first_line"));
        json_int(json, (int64_t)tally->first.line);
        json_key(json, SLICE("times"));
        json_int(json, (int64_t)tally->count);
        json_text(json, SLICE("message"), tally->first.message);
        json_end_object(json);
    }
    json_end_array(json);
}

static void json_problems(const DataReport *report, JsonWriter *json) {
    json_key(json, SLICE("problems"));
    json_begin_array(json);
    VEC_EACH(const DataProblem, problem, &report->problems) {
        json_begin_object(json);
        json_text(json, SLICE("name"), slice_of(diag_name_text(problem->name)));
        json_text(json, SLICE("file"), problem->file);
        json_key(json, SLICE("line"));
        json_int(json, (int64_t)problem->line);
        json_key(json, SLICE("field"));
        json_int(json, problem->field);
        json_text(json, SLICE("header"), problem->header);
        json_text(json, SLICE("message"), problem->message);
        json_end_object(json);
    }
    json_end_array(json);
    json_tallies(report, json);
    json_key(json, SLICE("total"));
    json_int(json, (int64_t)report->total);
}

/* ---- All of it --------------------------------------------------------------------------- */

/* Events are one file, however many snapshots they are joined to. */
static uint32_t files_of(const Survey *s, uint32_t table) {
    bool events = s->module->tables.items[table].sort == TABLE_EVENTS;
    uint32_t count = s->dataset->tables[table].snapshot_count;
    return events && count > 1 ? 1 : count;
}

static Slice survey_json(const Survey *s, const DataReport *report) {
    Buffer out;
    JsonWriter json;
    buffer_init(&out, s->arena);
    json_begin(&json, &out, 0);
    json_begin_object(&json);
    if (s->policy == POLICY_EXACT_INTERNAL)
        json_text(&json, SLICE("watermark"), internal_watermark());
    json_key(&json, SLICE("tables"));
    json_begin_array(&json);
    for (uint32_t t = 0; t < s->dataset->table_count; t++)
        for (uint32_t i = 0; i < files_of(s, t); i++) json_table(s, t, i, &json);
    json_end_array(&json);
    json_key(&json, SLICE("series"));
    json_begin_array(&json);
    for (uint32_t i = 0; s->measured && i < s->module->measured.count; i++)
        json_series(s, i, &json);
    json_end_array(&json);
    json_problems(report, &json);
    json_end_object(&json);
    buffer_add_char(&out, '\n');
    return buffer_slice(&out);
}

static Slice survey_text(const Survey *s) {
    Buffer out;
    buffer_init(&out, s->arena);
    if (s->policy == POLICY_EXACT_INTERNAL) {
        buffer_add(&out, internal_watermark());
        buffer_add_text(&out, "\n\n");
    }
    for (uint32_t t = 0; t < s->dataset->table_count; t++)
        for (uint32_t i = 0; i < files_of(s, t); i++) print_table(s, t, i, &out);
    for (uint32_t i = 0; s->measured && i < s->module->measured.count; i++)
        print_series(s, i, &out);
    if (s->policy != POLICY_EXACT_INTERNAL && s->dataset->table_count)
        buffer_add_text(&out, "Every value lies in the range declared for it. The smallest and the "
                              "largest belong to single people: --internal shows them.\n");
    return buffer_slice(&out);
}

ScpStatus command_data_check(Driver *driver) {
    Subject subject;
    Survey survey = {.dataset = &driver->evaluation.dataset, .arena = &driver->work};
    ScpStatus status = subject_open(driver, driver->options.arguments.items[0], NULL, &subject);
    if (status == SCP_OK) status = subject_policy(driver, &subject, &survey.policy);
    if (status != SCP_OK) return status;
    survey.module = subject.module;
    status = results_load(driver, &subject, survey.policy);
    if (status == SCP_OK) status = results_verify(driver);
    const DataReport *report = &driver->evaluation.problems;
    if (status == SCP_OK) survey.measured = driver->evaluation.measured;
    if (slice_equal(driver->options.format, SLICE("json")))
        return status_worse(status, driver_result(driver, survey_json(&survey, report)));
    diagnostics_say_data(driver, report);
    if (status != SCP_OK) return status;
    driver_progress(driver, "looking at the columns");
    return driver_result(driver, survey_text(&survey));
}
