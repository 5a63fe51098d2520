/* Runs the end-to-end vectors of folders: people in, results of places out.
 *
 *     vectors SCPC PLANS WORK DIR…
 *
 * reads DIR/manifest-e2e.json, finds for each vector the plan of the folder PLANS that stands for its
 * function, fits it to the vector's arguments, has SCPC run it with --internal in the folder WORK on
 * the vector's files, and compares every cell of every column expected. Ends with `N passed, N failed,
 * N skipped`; status 1 if any failed or none ran. */
#include "expectation.h"

#include <dirent.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { MOST_EXPECTATIONS = 64, MOST_COMPLAINTS = 10 };

typedef struct {
    const char *scpc, *plans, *work;
    Expectation expectations[MOST_EXPECTATIONS];
    size_t count;
    int passed, failed, skipped;
} Suite;

/* One vector. */
typedef struct {
    const Json *vector;
    const char *directory;
    const Expectation *expectation;
    Levels levels;
    Table expected;
    Json run;
    double relative, absolute;
    size_t row; /* `row …`: the one compared; 0: by keys */
    bool *seen; /* by column: something was said of it */
    size_t compared, complaints;
} Case;

static void complain(Case *c, const char *format, ...) {
    if (c->complaints++ >= MOST_COMPLAINTS) return;
    va_list arguments;
    va_start(arguments, format);
    fputs("  ", stdout);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
}

static const Statement *each(const Case *c, const char *verb, size_t words, size_t *at) {
    for (; *at < c->expectation->count; ++*at) {
        const Statement *statement = &c->expectation->statements[*at];
        if (strcmp(statement->words[0], verb) != 0) continue;
        if (statement->count < words)
            stop("%s: too few words: %s", c->expectation->path, statement->line);
        ++*at;
        return statement;
    }
    return NULL;
}

/* ---- Cells of a result -------------------------------------------------------------------------- */

static bool has_dimensions(const Case *c, const Json *result) {
    const Json *dimensions = member(result, "dimensions");
    size_t count = 0, at = 0;
    const Statement *key;
    while (!c->row && (key = each(c, "key", 3, &at))) {
        bool found = false;
        for (size_t i = 0; dimensions && i < dimensions->count; i++)
            found |= is_text(&dimensions->items[i], key->words[2]);
        if (!found) return false;
        count++;
    }
    return dimensions && dimensions->count == count;
}

/* A let of that name, or the breakdown of a KPI by the dimensions of the keys. */
static const Json *find_result(const Case *c, const char *name) {
    const Json *lets = member(&c->run, "lets"), *kpis = member(&c->run, "kpis");
    for (size_t i = 0; lets && i < lets->count; i++)
        if (is_text(member(&lets->items[i], "name"), name)) return &lets->items[i];
    for (size_t i = 0; kpis && i < kpis->count; i++) {
        if (!is_text(member(&kpis->items[i], "name"), name)) continue;
        const Json *results = member(&kpis->items[i], "results");
        for (size_t r = 0; results && r < results->count; r++)
            if (has_dimensions(c, &results->items[r])) return &results->items[r];
    }
    return NULL;
}

/* The member that the vector calls `text`. */
static const char *member_for(const Case *c, const char *dimension, const char *text) {
    size_t at = 0;
    const Statement *renaming;
    while ((renaming = each(c, "member", 4, &at)))
        if (strcmp(renaming->words[1], dimension) == 0 && strcmp(renaming->words[2], text) == 0)
            return renaming->words[3];
    return text;
}

static bool is_member(const Case *c, const char *dimension, const Json *cell, const char *text) {
    const char *got = text_of(member(cell, dimension));
    size_t at = 0, length = strlen(text);
    const Statement *begins;
    if (!got) return false;
    while ((begins = each(c, "begins", 2, &at)))
        if (strcmp(begins->words[1], dimension) == 0)
            return strncmp(got, text, length) == 0 && strspn(got + length, "0123456789") == 0;
    return strcmp(got, member_for(c, dimension, text)) == 0;
}

/* The row of the vector that a cell is; 0: none. */
static size_t row_of(const Case *c, const Json *cell) {
    if (c->row) return c->row;
    for (size_t row = 1; row < c->expected.rows; row++) {
        size_t at = 0;
        bool same = true;
        const Statement *key;
        while (same && (key = each(c, "key", 3, &at))) {
            size_t column = column_of(&c->expected, key->words[1]);
            if (column == c->expected.columns) stop("the vector has no column %s", key->words[1]);
            same = is_member(c, key->words[2], cell, field(&c->expected, row, column));
        }
        if (same) return row;
    }
    return 0;
}

/* ---- Numbers ------------------------------------------------------------------------------------ */

static double expected_number(const char *text) {
    if (strcmp(text, "NA") == 0 || strcmp(text, "NaN") == 0 || !*text) return NAN;
    if (strcmp(text, "Inf") == 0) return INFINITY;
    if (strcmp(text, "-Inf") == 0) return -INFINITY;
    char *end;
    double value = strtod(text, &end);
    if (*end) stop("`%s` is not a number", text);
    return value;
}

static void compare_numbers(Case *c, const char *what, size_t row, double got, double want) {
    c->compared++;
    if (isnan(got) && isnan(want)) return;
    if (isinf(want) && isnan(got)) return; /* no limit is shown where there is none */
    double apart = fabs(got - want);
    if (apart <= fmax(c->relative * fabs(want), c->absolute)) return;
    complain(c, "%s, row %zu: expected %.17g, got %.17g, difference %g", what, row, want, got,
             apart);
}

/* `N`, `ARGUMENT` or `ARGUMENT:DEFAULT`: by what the column is a multiple. */
static double divisor(const Case *c, const char *word) {
    char *end;
    double number = strtod(word, &end);
    if (!*end) return number;
    const char *colon = strchr(word, ':');
    const char *name = colon ? copy_text(word, (size_t)(colon - word)) : word;
    double given = number_of(member(member(c->vector, "args"), name));
    if (isnan(given)) return colon ? strtod(colon + 1, NULL) : 1;
    return given;
}

/* over N: the column is N times the result; percent: the result is in percent. */
static double over_of(const Case *c, const Statement *statement, size_t from) {
    double over = 1;
    for (size_t w = from; w < statement->count; w++) {
        if (strcmp(statement->words[w], "percent") == 0) over /= 100;
        if (strcmp(statement->words[w], "over") == 0 && w + 1 < statement->count)
            over *= divisor(c, statement->words[++w]);
    }
    return over;
}

/* A row of which the result has no cell, and the other way round. */
static void compare_presence(Case *c, const char *result, size_t cells) {
    size_t wanted = c->row ? 1 : c->expected.rows - 1;
    if (cells != wanted) complain(c, "%s has cells for %zu of the %zu rows", result, cells, wanted);
}

static void compare_field(Case *c, const char *name, const char *what, const char *column,
                          double over) {
    size_t at = column_of(&c->expected, column), found = 0;
    const Json *result = find_result(c, name);
    if (at == c->expected.columns || !result) {
        complain(c, at == c->expected.columns ? "the vector has no column %s"
                                              : "the run has no result for column %s", column);
        return;
    }
    c->seen[at] = true;
    const Json *cells = member(result, "cells");
    for (size_t i = 0; cells && i < cells->count; i++) {
        size_t row = row_of(c, &cells->items[i]);
        double got = number_of(member(&cells->items[i], what));
        if (row) {
            found++;
            compare_numbers(c, column, row, got,
                            expected_number(field(&c->expected, row, at)) / over);
        } else if (!isnan(got) && got != 0) {
            complain(c, "%s has a cell with %.17g that is no row of the vector", name, got);
        }
    }
    compare_presence(c, name, found);
}

/* ---- Words --------------------------------------------------------------------------------------- */

/* What a text of the vector is called here: `means TEXT = TEXT`. */
static const char *meaning(const Case *c, const char *text) {
    size_t at = 0, length = strlen(text);
    const Statement *means;
    while ((means = each(c, "means", 4, &at))) {
        const char *from = means->line + strspn(means->line, " ") + strlen("means");
        from += strspn(from, " ");
        const char *to = strstr(from, " = ");
        if (to && (size_t)(to - from) == length && strncmp(from, text, length) == 0) return to + 3;
    }
    return text;
}

static void compare_words(Case *c, const char *name, const char *column) {
    size_t at = column_of(&c->expected, column), found = 0;
    const Json *result = find_result(c, name);
    if (at == c->expected.columns || !result) {
        complain(c, "there is no %s or no column %s", name, column);
        return;
    }
    c->seen[at] = true;
    const Json *cells = member(result, "cells");
    for (size_t i = 0; cells && i < cells->count; i++) {
        size_t row = row_of(c, &cells->items[i]);
        if (!row) continue;
        found++;
        c->compared++;
        const char *want = meaning(c, field(&c->expected, row, at));
        const char *got = text_of(member(&cells->items[i], "value"));
        if (!got || strcmp(got, want) != 0)
            complain(c, "%s, row %zu: expected %s, got %s", column, row, want, got ? got : "none");
    }
    compare_presence(c, name, found);
}

/* ---- A case --------------------------------------------------------------------------------------- */

/* limits RESULT [PREFIX_] [over …]: at every level, the result's name with the level's after it. */
static void compare_limits(Case *c, const Statement *s) {
    size_t length = s->count > 2 ? strlen(s->words[2]) : 0;
    const char *prefix = length && s->words[2][length - 1] == '_' ? s->words[2] : "";
    double over = over_of(c, s, 2);
    for (size_t i = 0; i < c->levels.count; i++) {
        const Level *level = &c->levels.levels[i];
        const char *suffix = level->only ? "cl" : level->columns;
        char *name = join("%s_%s", s->words[1], level->name);
        compare_field(c, name, "lower", join("%slower%s", prefix, suffix), over);
        compare_field(c, name, "upper", join("%supper%s", prefix, suffix), over);
    }
}

static void choose_row(Case *c, const Statement *s) {
    size_t column = column_of(&c->expected, s->words[1]);
    if (column == c->expected.columns) stop("the vector has no column %s", s->words[1]);
    c->seen[column] = true;
    for (c->row = 1; c->row < c->expected.rows; c->row++)
        if (strcmp(field(&c->expected, c->row, column), s->words[2]) == 0) return;
    complain(c, "the vector has no row where %s is %s", s->words[1], s->words[2]);
    c->row = 1;
}

static void see(Case *c, const char *name) {
    size_t column = column_of(&c->expected, name);
    if (column < c->expected.columns) c->seen[column] = true;
}

static void compare_statement(Case *c, const Statement *s) {
    const char *verb = s->words[0];
    if (strcmp(verb, "compare") == 0 && s->count >= 4)
        compare_field(c, s->words[1], s->words[2], s->words[3], over_of(c, s, 4));
    else if (strcmp(verb, "limits") == 0 && s->count >= 2)
        compare_limits(c, s);
    else if (strcmp(verb, "word") == 0 && s->count == 3)
        compare_words(c, s->words[1], s->words[2]);
    else if (strcmp(verb, "row") == 0 && s->count == 3)
        choose_row(c, s);
    else if (strcmp(verb, "key") == 0)
        see(c, s->words[1]);
    for (size_t w = 1; strcmp(verb, "known") == 0 && w < s->count; w++) see(c, s->words[w]);
}

static void compare_case(Case *c) {
    size_t keys = 0;
    c->row = each(c, "key", 3, &keys) ? 0 : 1;
    for (size_t i = 0; i < c->expectation->count; i++)
        compare_statement(c, &c->expectation->statements[i]);
    const Json *columns = member(expected_result(c->vector), "columns");
    for (size_t i = 0; columns && i < columns->count; i++) {
        size_t column = column_of(&c->expected, columns->names[i]);
        if (column == c->expected.columns || !c->seen[column])
            complain(c, "nothing is said of the column %s", columns->names[i]);
    }
}

/* ---- Running --------------------------------------------------------------------------------------- */

/* The header and the rows that hold a text. */
static void keep_rows(const char *from, const char *to, const char *text) {
    char *rest = read_file(from), *line;
    FILE *out = fopen(to, "wb");
    if (!out) stop("%s cannot be written", to);
    for (bool header = true; (line = strtok_r(rest, "\n", &rest)); header = false)
        if (header || strstr(line, text)) fprintf(out, "%s\n", line);
    if (fclose(out)) stop("%s cannot be written", to);
}

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The next of the fields that commas part; NULL after the last. */
static char *next_field(char **at) {
    char *field_text = *at;
    if (!field_text) return NULL;
    char *comma = strchr(field_text, ',');
    if (comma) *comma = '\0';
    *at = comma ? comma + 1 : NULL;
    return field_text;
}

/* The different values of a column, as a file of one column. */
static void keep_members(const char *from, const char *to, const char *column) {
    char *rest = read_file(from), *line = strtok_r(rest, "\n", &rest), **values = NULL;
    size_t at = 0, count = 0;
    for (char *names = line, *name; (name = next_field(&names)); at++)
        if (strcmp(name, column) == 0) break;
    while ((line = strtok_r(rest, "\n", &rest))) {
        char *value = NULL;
        for (size_t i = 0; i <= at; i++) value = next_field(&line);
        if (!value) stop("%s has no column %s in every row", from, column);
        values = grow(values, count, sizeof *values);
        values[count++] = value;
    }
    qsort(values, count, sizeof *values, compare_texts);
    FILE *out = fopen(to, "wb");
    if (!out) stop("%s cannot be written", to);
    fprintf(out, "%s\n", column);
    for (size_t i = 0; i < count; i++)
        if (!i || strcmp(values[i], values[i - 1]) != 0) fprintf(out, "%s\n", values[i]);
    if (fclose(out)) stop("%s cannot be written", to);
}

/* data NAME INPUT [only TEXT], members NAME INPUT COLUMN: the options that name the files. */
static char *data_options(const Suite *suite, const Case *c) {
    char *options = copy_text("", 0);
    for (size_t i = 0; i < c->expectation->count; i++) {
        const Statement *s = &c->expectation->statements[i];
        bool members = strcmp(s->words[0], "members") == 0 && s->count == 4;
        if (!members && (strcmp(s->words[0], "data") != 0 || s->count < 3)) continue;
        char *path = input_path(c->vector, c->directory, s->words[2]);
        char *made = join("%s/%s.csv", suite->work, s->words[1]);
        if (members)
            keep_members(path, made, s->words[3]);
        else if (s->count == 5)
            keep_rows(path, made, s->words[4]);
        options = join("%s --data '%s=%s'", options, s->words[1],
                       members || s->count == 5 ? made : path);
    }
    return options;
}

/* False: the program did not run the plan. */
static bool run_plan(const Suite *suite, Case *c) {
    char *plan = join("%s/plan.scp", suite->work), *result = join("%s/result.json", suite->work);
    char *messages = join("%s/messages", suite->work);
    write_file(plan, plan_for(c->expectation, c->vector, &c->levels, suite->plans));
    write_file(join("%s/people.scp", suite->work),
               read_file(join("%s/people.scp", suite->plans)));
    int status = system(join("'%s' run '%s' --internal --format json%s >'%s' 2>'%s'", suite->scpc,
                             plan, data_options(suite, c), result, messages));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        c->run = parse_json(read_file(result));
        return true;
    }
    printf("  scpc run ended with %d:\n%s", WIFEXITED(status) ? WEXITSTATUS(status) : -1,
           read_file(messages));
    return false;
}

static const Expectation *find_expectation(const Suite *suite, const Json *vector) {
    const Expectation *best = NULL;
    int conditions = -1;
    for (size_t i = 0; i < suite->count; i++) {
        int fits = expectation_fits(&suite->expectations[i], vector);
        if (fits <= conditions) continue;
        best = &suite->expectations[i];
        conditions = fits;
    }
    return best;
}

static void run_vector(Suite *suite, const Json *vector, const char *directory) {
    const char *id = text_of(member(vector, "id"));
    const Expectation *found = find_expectation(suite, vector);
    if (!found) {
        printf("skipped %s: no plan stands for %s\n", id, text_of(member(vector, "function")));
        suite->skipped++;
        return;
    }
    Expectation fitted = for_vector(found, vector);
    Case c = {.vector = vector, .directory = directory, .expectation = &fitted};
    c.levels = levels_of(vector);
    const Json *tolerance = member(vector, "tolerance");
    c.relative = number_of(member(tolerance, "rel"));
    c.absolute = number_of(member(tolerance, "abs"));
    const char *file = text_of(member(expected_result(vector), "file"));
    if (!file) stop("%s has no expected result", id);
    c.expected = read_table(join("%s/%s", directory, file));
    c.seen = take(c.expected.columns * sizeof *c.seen);
    bool ran = run_plan(suite, &c);
    if (ran) compare_case(&c);
    if (c.complaints > MOST_COMPLAINTS) printf("  … and %zu more\n", c.complaints - MOST_COMPLAINTS);
    bool passed = ran && !c.complaints && c.compared;
    printf("%s %s: %zu cells\n", passed ? "passed" : "FAILED", id, c.compared);
    passed ? suite->passed++ : suite->failed++;
}

static bool is_expectation(const char *name) {
    size_t length = strlen(name), end = strlen(".expect");
    return length > end && strcmp(name + length - end, ".expect") == 0;
}

static void read_expectations(Suite *suite) {
    DIR *folder = opendir(suite->plans);
    if (!folder) stop("%s cannot be read", suite->plans);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (!is_expectation(entry->d_name)) continue;
        if (suite->count == MOST_EXPECTATIONS) stop("too many expectations");
        suite->expectations[suite->count++] =
            read_expectation(join("%s/%s", suite->plans, entry->d_name));
    }
    closedir(folder);
}

int main(int count, char **words) {
    if (count < 5) stop("usage: vectors SCPC PLANS WORK DIR…");
    Suite *suite = take(sizeof *suite);
    suite->scpc = words[1];
    suite->plans = words[2];
    suite->work = words[3];
    read_expectations(suite);
    for (int i = 4; i < count; i++) {
        Json manifest = parse_json(read_file(join("%s/manifest-e2e.json", words[i])));
        const Json *vectors = member(&manifest, "vectors");
        for (size_t v = 0; vectors && v < vectors->count; v++)
            run_vector(suite, &vectors->items[v], words[i]);
    }
    printf("%d passed, %d failed, %d skipped\n", suite->passed, suite->failed, suite->skipped);
    return suite->failed || !suite->passed ? EXIT_FAILURE : EXIT_SUCCESS;
}
