/* Compares what `scpc run --format json` printed with a vector in CSV, number by number.
 *
 *     compare EXPECTATION VECTOR.csv RESULT.json
 *
 * An expectation has one statement a line:
 *     key COLUMN DIMENSION               this column of the vector holds members of that dimension
 *     member DIMENSION TEXT MEMBER       which the result calls MEMBER
 *     compare RESULT FIELD COLUMN [over N]   FIELD of RESULT's cell is COLUMN of the row (over N)
 *     tolerance RELATIVE ABSOLUTE
 *     data …                             for the runner
 * RESULT is a let, or a KPI (then its breakdown by the dimensions of the keys). Each row of the
 * vector must have its cell; a cell for which the vector has no row must hold zero or nothing.
 *
 * It shares no code with the program it judges, and frees nothing: it lives for one comparison. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_KEYS       8
#define MOST_STATEMENTS 64
#define MOST_COMPLAINTS 10

_Noreturn static void stop(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("compare: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

static void *take(size_t size) {
    void *memory = calloc(1, size ? size : 1);
    if (!memory) stop("out of memory");
    return memory;
}

/* Grows an array of `count` elements by doubling, when it is full. */
static void *grow(void *old, size_t count, size_t size) {
    if (count & (count - 1)) return old;
    void *memory = realloc(old, (count ? 2 * count : 1) * size);
    if (!memory) stop("out of memory");
    return memory;
}

static char *copy_text(const char *from, size_t length) {
    char *text = take(length + 1);
    memcpy(text, from, length);
    return text;
}

static char *read_file(const char *path) {
    FILE *in = fopen(path, "rb");
    if (!in) stop("%s: %s", path, strerror(errno));
    size_t length = 0, room = 1 << 16;
    char *text = take(room);
    for (size_t got; (got = fread(text + length, 1, room - length - 1, in)) > 0;) {
        length += got;
        if (length + 1 < room) continue;
        text = realloc(text, room *= 2);
        if (!text) stop("out of memory");
    }
    if (ferror(in)) stop("%s cannot be read", path);
    fclose(in);
    text[length] = '\0';
    return text;
}

/* ---- JSON --------------------------------------------------------------------------------------
 */

typedef enum { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } JsonSort;

typedef struct Json {
    JsonSort sort;
    char *text; /* of strings, and of numbers as written */
    size_t count;
    struct Json *items;
    char **names; /* of an object's members */
} Json;

static void skip_blanks(const char **at) {
    *at += strspn(*at, " \t\r\n");
}

/* Members here are plain ASCII or UTF-8; of escapes only those of one character are needed. */
static char *parse_string(const char **at) {
    const char *end = ++*at;
    while (*end && *end != '"') end += end[0] == '\\' && end[1] ? 2 : 1;
    if (!*end) stop("a string in the result does not end");
    char *text = take((size_t)(end - *at) + 1), *out = text;
    for (const char *c = *at; c < end; c++) {
        if (*c != '\\') {
            *out++ = *c;
        } else if (*++c != 'u') {
            *out++ = *c == 'n' ? '\n' : *c == 't' ? '\t' : *c;
        } else {
            memcpy(out, "\\u", 2);
            out += 2;
        }
    }
    *at = end + 1;
    return text;
}

static Json parse_value(const char **at);

static Json parse_members(const char **at, JsonSort sort, char close) {
    Json json = {.sort = sort};
    ++*at;
    skip_blanks(at);
    while (**at != close) {
        json.items = grow(json.items, json.count, sizeof *json.items);
        json.names = grow(json.names, json.count, sizeof *json.names);
        json.names[json.count] = NULL;
        if (sort == JSON_OBJECT) {
            if (**at != '"') stop("a member of an object has no name");
            json.names[json.count] = parse_string(at);
            skip_blanks(at);
            if (*(*at)++ != ':') stop("a member of an object has no value");
        }
        json.items[json.count++] = parse_value(at);
        skip_blanks(at);
        if (**at == ',')
            ++*at;
        else if (**at != close)
            stop("the result is not JSON: `%.20s`", *at);
        skip_blanks(at);
    }
    ++*at;
    return json;
}

static Json parse_value(const char **at) {
    skip_blanks(at);
    if (**at == '{') return parse_members(at, JSON_OBJECT, '}');
    if (**at == '[') return parse_members(at, JSON_ARRAY, ']');
    if (**at == '"') return (Json){.sort = JSON_STRING, .text = parse_string(at)};
    size_t length = strcspn(*at, ",]} \t\r\n");
    if (length == 0) stop("the result ends too early");
    char *text = copy_text(*at, length);
    *at += length;
    if (strcmp(text, "null") == 0) return (Json){.sort = JSON_NULL};
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return (Json){.sort = JSON_BOOL, .text = text};
    return (Json){.sort = JSON_NUMBER, .text = text};
}

static const Json *member(const Json *object, const char *name) {
    if (!object || object->sort != JSON_OBJECT) return NULL;
    for (size_t i = 0; i < object->count; i++)
        if (strcmp(object->names[i], name) == 0) return &object->items[i];
    return NULL;
}

static bool is_text(const Json *json, const char *text) {
    return json && json->sort == JSON_STRING && strcmp(json->text, text) == 0;
}

/* A number, or a string that holds one (money); NaN for null and for what is not there. */
static double number_of(const Json *json) {
    if (!json || (json->sort != JSON_NUMBER && json->sort != JSON_STRING)) return NAN;
    char *end = NULL;
    double value = strtod(json->text, &end);
    if (end == json->text || *end) stop("`%s` is not a number", json->text);
    return value;
}

/* ---- CSV
 * ----------------------------------------------------------------------------------------- */

typedef struct {
    size_t columns, rows;
    char **fields; /* the header is row 0 */
} Table;

/* One field; quotes may hold commas. Leaves *at on what ended it. */
static char *parse_field(const char **at) {
    char *text = take(strcspn(*at, "\n") + 1), *out = text;
    bool quoted = false;
    for (; **at && (quoted || (**at != ',' && **at != '\n')); ++*at) {
        if (**at == '"')
            quoted = !quoted;
        else if (**at != '\r')
            *out++ = **at;
    }
    return text;
}

static Table read_table(const char *path) {
    const char *at = read_file(path);
    Table table = {0};
    size_t count = 0;
    while (*at) {
        table.fields = grow(table.fields, count, sizeof *table.fields);
        table.fields[count++] = parse_field(&at);
        if (*at == ',') {
            at++;
            continue;
        }
        if (*at == '\n') at++;
        if (table.rows++ == 0) table.columns = count;
        if (count != table.rows * table.columns)
            stop("%s: row %zu has other fields", path, table.rows);
    }
    if (table.rows < 2) stop("%s holds no rows", path);
    return table;
}

static size_t column_of(const Table *table, const char *name) {
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->fields[i], name) == 0) return i;
    stop("the vector has no column %s", name);
}

static const char *field(const Table *table, size_t row, size_t column) {
    return table->fields[row * table->columns + column];
}

/* ---- The expectation ---------------------------------------------------------------------------
 */

typedef struct {
    char *dimension, *text, *member;
} Renaming;

typedef struct {
    char *result, *field, *column;
    double over;
} Comparison;

typedef struct {
    size_t key_count, renaming_count, comparison_count;
    char *key_columns[MOST_KEYS], *key_dimensions[MOST_KEYS];
    Renaming renamings[MOST_STATEMENTS];
    Comparison comparisons[MOST_STATEMENTS];
    double relative, absolute;
} Expectation;

static void read_statement(Expectation *expectation, char **words, size_t count) {
    const char *verb = words[0];
    if (strcmp(verb, "key") == 0 && count == 3 && expectation->key_count < MOST_KEYS) {
        expectation->key_columns[expectation->key_count] = words[1];
        expectation->key_dimensions[expectation->key_count++] = words[2];
    } else if (strcmp(verb, "member") == 0 && count == 4 &&
               expectation->renaming_count < MOST_STATEMENTS) {
        expectation->renamings[expectation->renaming_count++] =
            (Renaming){words[1], words[2], words[3]};
    } else if (strcmp(verb, "compare") == 0 && (count == 4 || count == 6) &&
               expectation->comparison_count < MOST_STATEMENTS) {
        expectation->comparisons[expectation->comparison_count++] =
            (Comparison){words[1], words[2], words[3], count == 6 ? strtod(words[5], NULL) : 1};
    } else if (strcmp(verb, "tolerance") == 0 && count == 3) {
        expectation->relative = strtod(words[1], NULL);
        expectation->absolute = strtod(words[2], NULL);
    } else if (strcmp(verb, "data") != 0) {
        stop("an expectation cannot say `%s` with %zu words", verb, count - 1);
    }
}

static Expectation read_expectation(const char *path) {
    Expectation expectation = {0};
    char *rest = read_file(path), *line;
    while ((line = strtok_r(rest, "\n", &rest))) {
        char *words[8] = {0}, *inside = line, *word;
        size_t count = 0;
        while (count < 8 && (word = strtok_r(inside, " ", &inside))) words[count++] = word;
        if (count > 0 && words[0][0] != '#') read_statement(&expectation, words, count);
    }
    if (!expectation.key_count || !expectation.comparison_count) stop("%s compares nothing", path);
    return expectation;
}

static const char *member_for(const Expectation *expectation, const char *dimension,
                              const char *text) {
    for (size_t i = 0; i < expectation->renaming_count; i++) {
        const Renaming *renaming = &expectation->renamings[i];
        if (strcmp(renaming->dimension, dimension) == 0 && strcmp(renaming->text, text) == 0)
            return renaming->member;
    }
    return text;
}

/* ---- Comparing ----------------------------------------------------------------------------------
 */

typedef struct {
    const Expectation *expectation;
    const Table *vector;
    size_t compared, complaints;
} Comparer;

static void complain(Comparer *comparer, const char *format, ...) {
    if (comparer->complaints++ >= MOST_COMPLAINTS) return;
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

static bool has_keys_dimensions(const Expectation *expectation, const Json *result) {
    const Json *dimensions = member(result, "dimensions");
    if (!dimensions || dimensions->count != expectation->key_count) return false;
    for (size_t i = 0; i < dimensions->count; i++)
        if (!is_text(&dimensions->items[i], expectation->key_dimensions[i])) return false;
    return true;
}

/* The array of that name: a let, or the breakdown of a KPI by the dimensions of the keys. */
static const Json *find_result(const Expectation *expectation, const Json *run, const char *name) {
    const Json *lets = member(run, "lets"), *kpis = member(run, "kpis");
    for (size_t i = 0; lets && i < lets->count; i++)
        if (is_text(member(&lets->items[i], "name"), name)) return &lets->items[i];
    for (size_t i = 0; kpis && i < kpis->count; i++) {
        if (!is_text(member(&kpis->items[i], "name"), name)) continue;
        const Json *results = member(&kpis->items[i], "results");
        for (size_t r = 0; results && r < results->count; r++)
            if (has_keys_dimensions(expectation, &results->items[r])) return &results->items[r];
    }
    stop("the run has no result %s with the dimensions of the keys", name);
}

static bool cell_is_row(const Comparer *comparer, const Json *cell, size_t row) {
    const Expectation *expectation = comparer->expectation;
    for (size_t i = 0; i < expectation->key_count; i++) {
        size_t column = column_of(comparer->vector, expectation->key_columns[i]);
        const char *dimension = expectation->key_dimensions[i];
        const char *text = field(comparer->vector, row, column);
        if (!is_text(member(cell, dimension), member_for(expectation, dimension, text)))
            return false;
    }
    return true;
}

static size_t row_of(const Comparer *comparer, const Json *cell) {
    for (size_t row = 1; row < comparer->vector->rows; row++)
        if (cell_is_row(comparer, cell, row)) return row;
    return 0;
}

static const char *cell_name(const Expectation *expectation, const Json *cell) {
    static const char unnamed[] = "?";
    size_t length = 0;
    for (size_t i = 0; i < expectation->key_count; i++) {
        const Json *key = member(cell, expectation->key_dimensions[i]);
        if (!key || !key->text) return unnamed;
        length += strlen(key->text) + 2;
    }
    char *name = take(length + 1);
    for (size_t i = 0; i < expectation->key_count; i++) {
        if (i) strcat(name, ", ");
        strcat(name, member(cell, expectation->key_dimensions[i])->text);
    }
    return name;
}

static bool agrees(const Expectation *expectation, double got, double want) {
    if (isnan(got) || isnan(want)) return isnan(got) && isnan(want);
    double apart = fabs(got - want);
    return apart <= expectation->relative * fabs(want) || apart <= expectation->absolute;
}

static double expected_number(const Comparer *comparer, const Comparison *comparison, size_t row) {
    size_t column = column_of(comparer->vector, comparison->column);
    const char *text = field(comparer->vector, row, column);
    if (strcmp(text, "NA") == 0 || !*text) return NAN;
    return strtod(text, NULL) / comparison->over;
}

static void compare_cell(Comparer *comparer, const Comparison *comparison, const Json *cell,
                         size_t row) {
    double got = number_of(member(cell, comparison->field));
    const char *name = cell_name(comparer->expectation, cell);
    if (row == 0) {
        if (!isnan(got) && got != 0)
            complain(comparer, "%s.%s of %s is %.17g; the vector has no such row",
                     comparison->result, comparison->field, name, got);
        return;
    }
    double want = expected_number(comparer, comparison, row);
    comparer->compared++;
    if (!agrees(comparer->expectation, got, want))
        complain(comparer, "%s.%s of %s is %.17g, expected %.17g", comparison->result,
                 comparison->field, name, got, want);
}

static void compare_result(Comparer *comparer, const Json *run, const Comparison *comparison) {
    const Json *result = find_result(comparer->expectation, run, comparison->result);
    const Json *cells = member(result, "cells");
    if (!cells || !has_keys_dimensions(comparer->expectation, result))
        stop("%s does not have the dimensions of the keys", comparison->result);
    size_t seen = 0;
    for (size_t i = 0; i < cells->count; i++) {
        size_t row = row_of(comparer, &cells->items[i]);
        compare_cell(comparer, comparison, &cells->items[i], row);
        if (row) seen++;
    }
    if (seen != comparer->vector->rows - 1)
        complain(comparer, "%s has cells for %zu of the %zu rows", comparison->result, seen,
                 comparer->vector->rows - 1);
}

int main(int count, char **words) {
    if (count != 4) stop("usage: compare EXPECTATION VECTOR.csv RESULT.json");
    Expectation expectation = read_expectation(words[1]);
    Table vector = read_table(words[2]);
    const char *text = read_file(words[3]);
    Json run = parse_value(&text);
    Comparer comparer = {.expectation = &expectation, .vector = &vector};
    for (size_t i = 0; i < expectation.comparison_count; i++)
        compare_result(&comparer, &run, &expectation.comparisons[i]);
    if (comparer.complaints > MOST_COMPLAINTS)
        fprintf(stderr, "… and %zu more\n", comparer.complaints - MOST_COMPLAINTS);
    printf("%zu numbers\n", comparer.compared);
    return comparer.complaints ? EXIT_FAILURE : EXIT_SUCCESS;
}
