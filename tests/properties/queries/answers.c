/* SQLite's answers, and how they are held against the program's: counts, sums and the numbers above
 * and below a line exactly, quotients to 1e-12. What SQLite would round (sums of doubles, whole
 * numbers past 64 bits) is given it as functions of its own. */
#include "model.h"

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static void must(sqlite3 *database, int code, const char *what) {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        stop("SQLite: %s\n%s", sqlite3_errmsg(database), what);
}

/* ---- Exact sums -------------------------------------------------------------------------------- */

/* A sum of doubles as parts that do not overlap, smallest first (Shewchuk, 1997): nothing is lost
 * but where the whole is rounded, once, at the end. */
typedef struct {
    double *parts;
    size_t count, room;
    bool any;
} Parts;

static void add_part(Parts *sum, double x) {
    size_t kept = 0;
    for (size_t i = 0; i < sum->count; i++) {
        double y = sum->parts[i];
        if (fabs(x) < fabs(y)) {
            double swap = x;
            x = y;
            y = swap;
        }
        double high = x + y, low = y - (high - x);
        if (low != 0) sum->parts[kept++] = low;
        x = high;
    }
    if (kept == sum->room) {
        sum->room = 2 * sum->room + 8;
        sum->parts = realloc(sum->parts, sum->room * sizeof *sum->parts);
        if (!sum->parts) stop("out of memory");
    }
    sum->parts[kept] = x;
    sum->count = kept + 1;
}

/* To the nearest double, halves to even: below the largest parts only their sign still matters. */
static double rounded(const Parts *sum) {
    size_t n = sum->count;
    if (n == 0) return 0;
    double high = sum->parts[--n], low = 0;
    while (n > 0) {
        double x = high, y = sum->parts[--n];
        high = x + y;
        low = y - (high - x);
        if (low != 0) break;
    }
    if (n > 0 && ((low < 0 && sum->parts[n - 1] < 0) || (low > 0 && sum->parts[n - 1] > 0))) {
        double twice = low * 2, next = high + twice;
        if (next - high == twice) high = next;
    }
    return high;
}

static void exact_step(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    Parts *sum = sqlite3_aggregate_context(context, sizeof *sum);
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    add_part(sum, sqlite3_value_double(values[0]));
}

static void exact_final(sqlite3_context *context) {
    Parts *sum = sqlite3_aggregate_context(context, sizeof *sum);
    sqlite3_result_double(context, rounded(sum));
    free(sum->parts);
}

static void whole_step(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    __int128 *sum = sqlite3_aggregate_context(context, sizeof *sum);
    if (sqlite3_value_type(values[0]) != SQLITE_NULL) *sum += sqlite3_value_int64(values[0]);
}

static void whole_final(sqlite3_context *context) {
    __int128 *sum = sqlite3_aggregate_context(context, sizeof *sum);
    sqlite3_result_double(context, (double)*sum);
}

/* ---- Functions --------------------------------------------------------------------------------- */

static bool both_there(sqlite3_value **values) {
    return sqlite3_value_type(values[0]) != SQLITE_NULL &&
           sqlite3_value_type(values[1]) != SQLITE_NULL;
}

static void plus(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    sqlite3_int64 sum;
    if (both_there(values) && !__builtin_add_overflow(sqlite3_value_int64(values[0]),
                                                      sqlite3_value_int64(values[1]), &sum))
        sqlite3_result_int64(context, sum);
}

static void times(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    sqlite3_int64 product;
    if (both_there(values) && !__builtin_mul_overflow(sqlite3_value_int64(values[0]),
                                                      sqlite3_value_int64(values[1]), &product))
        sqlite3_result_int64(context, product);
}

/* What leaves the doubles is missing, in the language and here. */
static void finite_only(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    double value = sqlite3_value_double(values[0]);
    if (sqlite3_value_type(values[0]) != SQLITE_NULL && isfinite(value))
        sqlite3_result_double(context, value);
}

/* Of `all` people the one of that rank (ties share the lowest): which of so many groups, from 0; none
 * where there are fewer people than groups. The quotients are of doubles, in this order, as in the
 * reference implementation. */
static void quantile_group(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    double all = sqlite3_value_double(values[0]), rank = sqlite3_value_double(values[1]);
    double groups = sqlite3_value_double(values[2]);
    if (all < groups) return;
    double group = floor((groups + 1) - ceil(((all + 1) - rank) / (all / groups)));
    sqlite3_result_int64(context, group < 1 ? 0 : (sqlite3_int64)group - 1);
}

/* ---- Loading ----------------------------------------------------------------------------------- */

static void execute(sqlite3 *database, const char *sql) {
    must(database, sqlite3_exec(database, sql, NULL, NULL, NULL), sql);
}

static void bind_value(sqlite3_stmt *insert, int at, const Column *column, const Value *value) {
    if (value->missing)
        sqlite3_bind_null(insert, at);
    else if (column->sort == COLUMN_DECIMAL)
        sqlite3_bind_double(insert, at, value->real);
    else if (column->sort == COLUMN_DAY)
        sqlite3_bind_text(insert, at, value->text, -1, SQLITE_STATIC);
    else
        sqlite3_bind_int64(insert, at, value->whole);
}

static void load_rows(const Batch *batch, sqlite3 *database, const Records *table, const char *name) {
    bool people = table->ids != NULL;
    char *columns = people ? "snapshot INTEGER, id INTEGER" : "snapshot INTEGER, person INTEGER";
    char *places = "?, ?";
    for (int i = 0; i < table->column_count; i++) {
        columns = join("%s, %s", columns, table->columns[i].name);
        places = join("%s, ?", places);
    }
    execute(database, join("CREATE TABLE %s (%s)", name, columns));
    sqlite3_stmt *insert;
    char *sql = join("INSERT INTO %s VALUES (%s)", name, places);
    must(database, sqlite3_prepare_v2(database, sql, -1, &insert, NULL), sql);
    for (int r = 0; r < table->rows; r++) {
        if (in_no_file(batch, table, r)) continue;
        sqlite3_bind_int(insert, 1, people ? table->snapshot[r] : 0);
        sqlite3_bind_int(insert, 2, table->person[r]);
        for (int i = 0; i < table->column_count; i++)
            bind_value(insert, i + 3, &table->columns[i],
                       &table->values[(size_t)r * (size_t)table->column_count + (size_t)i]);
        must(database, sqlite3_step(insert), sql);
        must(database, sqlite3_reset(insert), sql);
    }
    sqlite3_finalize(insert);
    if (people) execute(database, "CREATE UNIQUE INDEX p_id ON p(id, snapshot)");
}

static void load_geography(sqlite3 *database, const Geography *places) {
    char *columns = "l0 INTEGER PRIMARY KEY";
    for (int l = 1; l < places->level_count; l++) columns = join("%s, l%d INTEGER", columns, l);
    execute(database, join("CREATE TABLE %s (%s)", places->name, columns));
    for (int i = 0; i < places->sizes[0]; i++) {
        char *values = join("%d", i);
        for (int l = 1; l < places->level_count; l++)
            values = join("%s, %d", values, places->parent[l][i]);
        execute(database, join("INSERT INTO %s VALUES (%s)", places->name, values));
    }
}

static void add_functions(sqlite3 *database) {
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    sqlite3_create_function(database, "exact_sum", 1, flags, NULL, NULL, exact_step, exact_final);
    sqlite3_create_function(database, "whole_sum", 1, flags, NULL, NULL, whole_step, whole_final);
    sqlite3_create_function(database, "finite", 1, flags, NULL, finite_only, NULL, NULL);
    sqlite3_create_function(database, "plus", 2, flags, NULL, plus, NULL, NULL);
    sqlite3_create_function(database, "times", 2, flags, NULL, times, NULL, NULL);
    sqlite3_create_function(database, "quantile_group", 3, flags, NULL, quantile_group, NULL, NULL);
}

sqlite3 *load_people(const Batch *batch) {
    sqlite3 *database;
    must(NULL, sqlite3_open(":memory:", &database), "a database in memory");
    add_functions(database);
    execute(database, "BEGIN");
    load_rows(batch, database, &batch->tables[0], "p");
    for (int t = 1; t < batch->table_count; t++)
        load_rows(batch, database, &batch->tables[t], batch->tables[t].name);
    for (int g = 0; g < batch->geography_count; g++)
        load_geography(database, &batch->geographies[g]);
    for (int d = 0; d < batch->dim_count; d++)
        if (batch->dims[d].ready) execute(database, batch->dims[d].ready);
    execute(database, "COMMIT");
    return database;
}

/* ---- Asking ------------------------------------------------------------------------------------ */

/* The cell of a row of the answer, or -1: a member is missing or none of the dimension. */
static int64_t cell_of(const Batch *batch, const Ask *ask, sqlite3_stmt *rows) {
    int64_t cell = 0;
    for (int i = 0; i < ask->dim_count; i++) {
        int size = batch->dims[ask->dims[i]].size;
        if (sqlite3_column_type(rows, i) == SQLITE_NULL) return -1;
        sqlite3_int64 member = sqlite3_column_int64(rows, i);
        if (member < 0 || member >= size) return -1;
        cell = cell * size + member;
    }
    return cell;
}

static double *ask_cells(const Batch *batch, sqlite3 *database, const Ask *ask, const char *sql,
                         int size) {
    double *cells = take((size_t)size * sizeof *cells);
    sqlite3_stmt *rows;
    must(database, sqlite3_prepare_v2(database, sql, -1, &rows, NULL), sql);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        int64_t cell = cell_of(batch, ask, rows);
        if (cell >= 0) cells[cell] = sqlite3_column_double(rows, ask->dim_count);
    }
    must(database, sqlite3_finalize(rows), sql);
    return cells;
}

static bool year_known(const Records *events, int year) {
    return events->dated < 0 || !events->covered ||
           (events->from <= day_of(year, 4, 1) && events->to >= day_of(year + 1, 3, 31));
}

/* Nothing can be said of years that the events do not cover whole, whatever the split. */
static bool cell_absent(const Batch *batch, const Ask *ask, int cell) {
    bool period = false, absent = false;
    for (int i = ask->dim_count; i-- > 0;) {
        const Dim *dim = &batch->dims[ask->dims[i]];
        absent |= dim->uncovered[cell % dim->size];
        period |= dim->sort != BY_CODE;
        cell /= dim->size;
    }
    int year = ask->year ? ask->year : batch->usual_year;
    if (!period && !ask->table) return snapshot_of(batch, year) < 0;
    if (period) return absent;
    return !year_known(&batch->tables[ask->table], year);
}

Answer ask_sqlite(const Batch *batch, sqlite3 *database, const Ask *ask) {
    Answer answer = {.size = 1};
    for (int i = 0; i < ask->dim_count; i++) answer.size *= batch->dims[ask->dims[i]].size;
    char *sql[2];
    ask_sql(batch, ask, sql);
    answer.value = ask_cells(batch, database, ask, sql[0], answer.size);
    if (sql[1]) answer.divisor = ask_cells(batch, database, ask, sql[1], answer.size);
    answer.absent = take((size_t)answer.size * sizeof *answer.absent);
    for (int i = 0; i < answer.size; i++) answer.absent[i] = cell_absent(batch, ask, i);
    return answer;
}

/* ---- Comparing --------------------------------------------------------------------------------- */

/* Pounds, from exact pence. */
static double in_unit(const Ask *ask, double value) {
    return ask->summed.money ? value / 100 : value;
}

static bool near(double got, double expected) {
    return fabs(got - expected) <= 1e-12 * fabs(expected);
}

/* To the penny, halves away from zero. */
static bool is_posted(double got, double pounds) {
    return fabs(got - pounds) <= 0.005 + 1e-12 * fabs(pounds);
}

static bool null_at(const Json *cell, const char *name) {
    const Json *value = member(cell, name);
    return !value || value->sort == JSON_NULL;
}

static bool value_agrees(const Ask *ask, const Answer *expected, int i, const Json *cell) {
    double got = number_of(member(cell, "value")), value = in_unit(ask, expected->value[i]);
    if (expected->absent[i]) return null_at(cell, "value") && is_text(member(cell, "reason"), "missing");
    if (!expected->divisor) return got == value;
    double divisor = expected->divisor[i];
    if (divisor == 0)
        return null_at(cell, "value") && is_text(member(cell, "reason"), "no population");
    if (number_of(member(cell, "numerator")) != value ||
        number_of(member(cell, "denominator")) != divisor)
        return false;
    if (ask->summed.money) return is_posted(got, value / divisor);
    return near(got, ask->sort == ASK_SHARE ? 100 * value / divisor : value / divisor);
}

static char *cell_name(const Batch *batch, const Ask *ask, int cell) {
    char *text = "";
    for (int i = ask->dim_count; i-- > 0;) {
        const Dim *dim = &batch->dims[ask->dims[i]];
        text = join(" %s=%s%s", dim->name, dim->labels[cell % dim->size], text);
        cell /= dim->size;
    }
    return text;
}

static const char *wrong_member(const Batch *batch, const Ask *ask, int i, const Json *cell) {
    for (int d = ask->dim_count; d-- > 0;) {
        const Dim *dim = &batch->dims[ask->dims[d]];
        if (!is_text(member(cell, dim->name), dim->labels[i % dim->size])) return dim->name;
        i /= dim->size;
    }
    return NULL;
}

static char *told(const Json *cell) {
    static const char *const parts[] = {"value", "reason", "numerator", "denominator"};
    char *text = "";
    for (int i = 0; i < 4; i++) {
        const Json *part = member(cell, parts[i]);
        if (part) text = join("%s %s %s", text, parts[i], part->text ? part->text : "null");
    }
    return text;
}

char *compare_answer(const Batch *batch, const Ask *ask, const Answer *expected, const Json *got) {
    const Json *cells = got ? member(got, "cells") : NULL;
    if (!cells) return "there is no result";
    if (cells->count != (size_t)expected->size)
        return join("got %zu cells, expected %d", cells->count, expected->size);
    for (int i = 0; i < expected->size; i++) {
        const Json *cell = &cells->items[i];
        const char *wrong = wrong_member(batch, ask, i, cell);
        if (wrong) return join("cell%s: another `%s`", cell_name(batch, ask, i), wrong);
        if (value_agrees(ask, expected, i, cell)) continue;
        return join("cell%s: got%s; expected %s%.17g%s", cell_name(batch, ask, i), told(cell),
                    expected->absent[i] ? "missing, of " : "", in_unit(ask, expected->value[i]),
                    expected->divisor ? join(" by %.17g", expected->divisor[i]) : "");
    }
    return NULL;
}
