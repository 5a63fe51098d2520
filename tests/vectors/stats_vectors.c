/* stats_vectors DIR…: runs every case of each folder's manifest through the statistics of the
 * runtime and compares the results with the expected ones, cell by cell, within the tolerance
 * that the case states. Prints every difference and ends with `N passed, N failed, N skipped`;
 * its status is 1 if any case failed or none ran. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/json.h"
#include "runtime/base/number.h"
#include "tests/vectors/stats_case.h"

enum { DIFFERENCES_SHOWN = 5 };

typedef struct {
    int passed;
    int failed;
    int skipped;
} Tally;

/* The whole file, NUL-terminated; false, with a message, where it cannot be read. */
static bool read_text(Arena *arena, const char *path, Slice *text) {
    FILE *file = fopen(path, "rb");
    char *data = NULL;
    long size = -1;
    if (file && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0) {
        rewind(file);
        data = ARENA_NEW_ARRAY(arena, char, (size_t)size + 1);
        if (fread(data, 1, (size_t)size, file) != (size_t)size) size = -1;
    }
    if (size < 0) fprintf(stderr, "%s: %s\n", path, strerror(errno));
    if (file) fclose(file);
    *text = (Slice){data, size < 0 ? 0 : (size_t)size};
    return size >= 0;
}

static Table *read_table(const Case *c, const JsonValue *described) {
    const JsonValue *file = json_get(described, SLICE("file"));
    Slice path, text;
    if (!file) return NULL;
    path = arena_printf(c->arena, "%s/%.*s", c->directory, SLICE_FMT(file->text));
    return read_text(c->arena, path.data, &text) ? table_read(c->arena, text) : NULL;
}

/* What was compared and how it differed. */
typedef struct {
    const Case *c;
    const char *table;
    double relative;
    double absolute;
    int differences;
} Comparison;

static Slice cell_shown(const Case *c, const Cell *cell) {
    char text[NUMBER_TEXT_SIZE];
    if (!cell || cell->kind == CELL_NA) return SLICE("NA");
    if (cell->kind == CELL_TEXT) return cell->text;
    number_format_shortest(cell->number, text);
    return arena_printf(c->arena, "%s", text);
}

static void report_difference(Comparison *comparison, size_t row, Slice column,
                              const Cell *expected, const Cell *got, double difference) {
    const Case *c = comparison->c;
    Slice wanted = cell_shown(c, expected), found = cell_shown(c, got);
    if (++comparison->differences > DIFFERENCES_SHOWN) return;
    printf("  %s row %zu, %.*s: expected %.*s, got %.*s", comparison->table, row + 1,
           SLICE_FMT(column), SLICE_FMT(wanted), SLICE_FMT(found));
    if (isnan(difference))
        printf("\n");
    else
        printf(", difference %g\n", difference);
}

static bool is_number_type(Slice type) {
    return slice_equal(type, SLICE("number")) || slice_equal(type, SLICE("integer"));
}

static bool numbers_agree(const Comparison *comparison, double expected, double got,
                          double *difference) {
    if (isnan(expected) || isnan(got)) return isnan(expected) && isnan(got);
    if (isinf(expected) || isinf(got)) return expected == got;
    *difference = fabs(got - expected);
    return *difference <= fmax(comparison->absolute, comparison->relative * fabs(expected));
}

static void compare_cell(Comparison *comparison, size_t row, Slice column, Slice type,
                         const Cell *expected, const Cell *got) {
    double wanted, found, difference = NAN;
    bool agree;
    if (!got || got->kind == CELL_NA || expected->kind == CELL_NA) {
        agree = got && got->kind == expected->kind;
    } else if (!is_number_type(type)) {
        agree = got->kind == CELL_TEXT && slice_equal(got->text, expected->text);
    } else {
        found = got->number;
        agree = cell_parse(expected->text, &wanted) &&
                (got->kind == CELL_NUMBER || cell_parse(got->text, &found)) &&
                numbers_agree(comparison, wanted, found, &difference);
    }
    if (!agree) report_difference(comparison, row, column, expected, got, difference);
}

/* Every column the manifest lists, in every row. */
static void compare_tables(Comparison *comparison, const JsonValue *types, const Table *expected,
                           const Table *got) {
    if (got->rows != expected->rows) {
        printf("  %s: expected %zu rows, got %zu\n", comparison->table, expected->rows, got->rows);
        comparison->differences++;
        return;
    }
    for (uint32_t i = 0; i < types->members.count; i++) {
        Slice name = types->members.items[i].key, type = types->members.items[i].value->text;
        const Column *wanted = table_column(expected, name), *found = table_column(got, name);
        for (size_t row = 0; wanted && row < expected->rows; row++)
            compare_cell(comparison, row, name, type, &wanted->cells[row],
                         found ? &found->cells[row] : &(Cell){CELL_NA, 0, {NULL, 0}});
        if (wanted) continue;
        printf("  %s: the expected file has no column %.*s\n", comparison->table, SLICE_FMT(name));
        comparison->differences++;
    }
}

/* Analytic limits against the mean of long simulations: within six of their standard deviations
 * and a fiftieth of the interval, which is what linear approximation costs on these scales. */
static void compare_converged(Comparison *comparison, const Table *converged, const Table *got) {
    Slice mean_suffix = SLICE("_mean");
    for (uint32_t i = 0; i < converged->columns.count; i++) {
        Slice name = converged->columns.items[i].name;
        if (!slice_ends_with(name, mean_suffix)) continue;
        Slice stem = slice_sub(name, 0, name.length - mean_suffix.length);
        Slice spread = arena_printf(comparison->c->arena, "%.*s_sd", SLICE_FMT(stem));
        for (size_t row = 0; row < converged->rows; row++) {
            double mean = table_number(converged, row, name), found = table_number(got, row, stem);
            double sd = table_number(converged, row, spread);
            double index = table_number(converged, row, slice_sub(name, 0, 3));
            if (fabs(found - mean) <= 6 * sd + fabs(mean - index) / 25) continue;
            const Cell wanted = {CELL_NUMBER, mean, {NULL, 0}};
            const Cell had = {CELL_NUMBER, found, {NULL, 0}};
            report_difference(comparison, row, stem, &wanted, &had, fabs(found - mean));
        }
    }
}

static const Table *result_named(const Case *c, Slice name) {
    for (size_t i = 0; i < c->result_count; i++)
        if (slice_equal(slice_of(c->results[i].name), name)) return c->results[i].table;
    return NULL;
}

static Comparison comparison_begin(const Case *c) {
    const JsonValue *tolerance = json_get(c->entry, SLICE("tolerance"));
    const JsonValue *relative = json_get(tolerance, SLICE("rel"));
    const JsonValue *absolute = json_get(tolerance, SLICE("abs"));
    return (Comparison){c, "", relative ? relative->number : 0, absolute ? absolute->number : 0, 0};
}

/* The number of differences over all expected tables. */
static int compare_case(const Case *c) {
    const JsonValue *expected = json_get(c->entry, SLICE("expected"));
    Comparison comparison = comparison_begin(c);
    for (uint32_t i = 0; i < expected->members.count; i++) {
        JsonMember *member = &expected->members.items[i];
        const Table *wanted = read_table(c, member->value);
        bool converged = slice_equal(member->key, SLICE("converged"));
        const Table *got = result_named(c, member->key);
        comparison.table = member->key.data;
        if (!wanted || !got) {
            printf("  %s: %s\n", comparison.table, wanted ? "not computed" : "cannot be read");
            comparison.differences++;
        } else if (converged) {
            compare_converged(&comparison, wanted, got);
        } else {
            compare_tables(&comparison, json_get(member->value, SLICE("columns")), wanted, got);
        }
    }
    return comparison.differences;
}

/* Whether an index lies between its limits, as the reference's hazards do not. */
static bool within_limits(const Table *table, const char *index) {
    for (uint32_t i = 0; i < table->columns.count; i++) {
        Slice name = table->columns.items[i].name;
        if (!slice_starts_with(name, slice_of(index))) continue;
        double limit = table_number(table, 0, name);
        double value = table_number(table, 0, slice_sub(name, 0, strlen(index)));
        Slice rest = slice_sub(name, strlen(index), name.length);
        if (slice_starts_with(rest, SLICE("_lower")) && !(limit < value)) return false;
        if (slice_starts_with(rest, SLICE("_upper")) && !(limit > value)) return false;
    }
    return true;
}

/* Says whether the case passed, and why not. */
static bool judge(const Case *c, bool hazard) {
    const JsonValue *error = json_get(c->entry, SLICE("expect_error"));
    if (error) {
        if (c->refusal) return true;
        printf("  not refused, though the reference says: %.*s\n", SLICE_FMT(error->text));
        return false;
    }
    if (hazard) {
        const Table *result = result_named(c, SLICE("result"));
        if (c->refusal || (within_limits(result, "sii") && within_limits(result, "rii")))
            return true;
        printf("  the reference's mistake was repeated\n");
        return false;
    }
    if (!c->refusal) return compare_case(c) == 0;
    printf("  refused: %s\n", c->refusal);
    return false;
}

static CaseFunction *find_family(Slice function) {
    const Family *const lists[] = {RATE_FAMILIES, INEQUALITY_FAMILIES, CHART_FAMILIES};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const Family *family = lists[i]; family->function; family++)
            if (slice_equal(slice_of(family->function), function)) return family->run;
    return NULL;
}

static double as_share(double level) {
    return level >= 90 ? level / 100 : level;
}

/* The levels asked for: 95% unless the case names others, none where it says null. */
static void read_levels(Case *c) {
    const JsonValue *asked = json_get(json_get(c->entry, SLICE("args")), SLICE("confidence"));
    c->level_count = 1;
    c->levels[0] = 0.95;
    if (!asked) return;
    if (asked->kind == JSON_NULL) c->level_count = 0;
    if (asked->kind == JSON_NUMBER) c->levels[0] = as_share(asked->number);
    if (asked->kind != JSON_ARRAY) return;
    c->level_count = asked->items.count < LEVELS_MAX ? asked->items.count : LEVELS_MAX;
    for (size_t i = 0; i < c->level_count; i++)
        c->levels[i] = as_share(asked->items.items[i]->number);
}

static bool has_tag(const JsonValue *entry, Slice tag) {
    const JsonValue *tags = json_get(entry, SLICE("tags"));
    for (uint32_t i = 0; tags && i < tags->items.count; i++)
        if (slice_equal(tags->items.items[i]->text, tag)) return true;
    return false;
}

static void run_case(Arena *arena, const char *directory, const JsonValue *entry, Tally *tally) {
    const JsonValue *inputs = json_get(entry, SLICE("inputs"));
    Slice id = json_get(entry, SLICE("id"))->text;
    Slice function = json_get(entry, SLICE("function"))->text;
    CaseFunction *run = find_family(function);
    Case c = {.arena = arena, .entry = entry, .directory = directory};
    if (!run) {
        printf("skipped %.*s: %.*s is not built\n", SLICE_FMT(id), SLICE_FMT(function));
        tally->skipped++;
        return;
    }
    read_levels(&c);
    c.data = read_table(&c, json_get(inputs, SLICE("data")));
    if (json_get(inputs, SLICE("observed_totals")))
        c.totals = read_table(&c, json_get(inputs, SLICE("observed_totals")));
    if (c.data) run(&c);
    if (c.data && judge(&c, has_tag(entry, SLICE("reference-hazard")))) {
        tally->passed++;
        return;
    }
    printf("FAILED %.*s (%.*s)\n", SLICE_FMT(id), SLICE_FMT(function));
    tally->failed++;
}

/* Runs a folder's manifest; false where there is none to read. */
static bool run_folder(Arena *arena, const char *directory, Tally *tally) {
    Slice path = arena_printf(arena, "%s/manifest.json", directory), text;
    JsonValue *manifest;
    JsonError error;
    if (!read_text(arena, path.data, &text)) return false;
    if (!json_parse(arena, text, &manifest, &error)) {
        fprintf(stderr, "%s: byte %zu: %s\n", path.data, error.offset, error.message);
        return false;
    }
    const JsonValue *vectors = json_get(manifest, SLICE("vectors"));
    for (uint32_t i = 0; vectors && i < vectors->items.count; i++)
        run_case(arena, directory, vectors->items.items[i], tally);
    return true;
}

int main(int argc, char **argv) {
    Boundary boundary;
    Arena arena;
    Tally tally = {0, 0, 0};
    arena_init(&arena, &boundary, 0);
    if (setjmp(boundary.at)) {
        fprintf(stderr, "stats_vectors: %s\n", boundary.message);
        arena_free(&arena);
        return 1;
    }
    bool readable = argc > 1;
    for (int i = 1; i < argc; i++) readable = run_folder(&arena, argv[i], &tally) && readable;
    if (argc < 2) fprintf(stderr, "usage: stats_vectors DIR...\n");
    printf("%d passed, %d failed, %d skipped\n", tally.passed, tally.failed, tally.skipped);
    arena_free(&arena);
    return readable && tally.failed == 0 && tally.passed > 0 ? 0 : 1;
}
