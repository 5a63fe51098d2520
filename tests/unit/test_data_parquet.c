/* Parquet through DuckDB: the same rows as from text, what is not of a declared type told, and a
 * clear word where the library is missing. The files are made by the library itself; without it
 * ($SCP_DUCKDB, or what tools/fetch-duckdb put into build/duckdb) all but that word is skipped. */
#include "tests/unit/test_base_fixture.h"
#include "tests/unit/test_folder_fixture.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/base/buffer.h"
#include "runtime/base/memory.h"
#include "runtime/data/dataset.h"
#include "runtime/data/ingest.h"

static const char *library(void) {
    static const char installed[] =
        SCP_SOURCE_DIR "/build/duckdb/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so";
    const char *given = getenv("SCP_DUCKDB");
    if (given && *given) return given;
    return access(installed, R_OK) ? NULL : installed;
}

/* Has the library write the rows of a query. */
static void put_parquet(Arena *arena, const char *path, const char *query) {
    void *handle = dlopen(library(), RTLD_NOW | RTLD_LOCAL), *base = NULL, *connection = NULL;
    int (*open_base)(const char *, void **), (*connect_to)(void *, void **);
    int (*run)(void *, const char *, void *);
    void (*leave)(void **), (*close_base)(void **);
    assert_non_null(handle);
#define FIND(function, name)                          \
    do {                                              \
        void *symbol_ = dlsym(handle, name);          \
        assert_non_null(symbol_);                     \
        memcpy(&(function), &symbol_, sizeof symbol_); \
    } while (0)
    FIND(open_base, "duckdb_open");
    FIND(connect_to, "duckdb_connect");
    FIND(run, "duckdb_query");
    FIND(leave, "duckdb_disconnect");
    FIND(close_base, "duckdb_close");
    Slice sql = arena_printf(arena, "COPY (%s) TO '%s' (FORMAT parquet)", query, path);
    assert_int_equal(open_base(NULL, &base), 0);
    assert_int_equal(connect_to(base, &connection), 0);
    assert_int_equal(run(connection, sql.data, NULL), 0);
    leave(&connection);
    close_base(&base);
}

static void add_column(Module *module, ModuleTable *table, const char *name, ColumnSort sort,
                       bool may_miss) {
    VEC_PUSH(module->arena, &table->columns,
             ((ModuleColumn){.name = slice_of(name), .sort = sort, .may_miss = may_miss}));
}

static Module *people_module(Arena *arena, const char *file) {
    static Slice sexes[] = {{"F", 1}, {"M", 1}};
    Module *module = ARENA_NEW(arena, Module);
    module->arena = arena;
    VEC_PUSH(arena, &module->dims, ((ModuleDim){.member_count = 2, .members = sexes}));
    ModuleTable table = {.name = SLICE("people"), .population = MODULE_NONE};
    VEC_PUSH(arena, &table.snapshots, ((ModuleSnapshot){.file = slice_of(file)}));
    add_column(module, &table, "id", COLUMN_IDENTIFIER, false);
    add_column(module, &table, "age", COLUMN_INTEGER, false);
    table.columns.items[1].has_range = true;
    table.columns.items[1].high = 120;
    add_column(module, &table, "sex", COLUMN_CATEGORY, false);
    add_column(module, &table, "cost", COLUMN_MONEY, true);
    add_column(module, &table, "born", COLUMN_DATE, true);
    add_column(module, &table, "ill", COLUMN_FLAG, false);
    add_column(module, &table, "risk", COLUMN_REAL, true);
    VEC_PUSH(arena, &module->tables, table);
    return module;
}

static ScpStatus load(Arena *arena, const Module *module, const char *duckdb, Dataset *data,
                      Slice *problems) {
    DataReport report;
    DataOptions options = {.root = SLICE("."), .threads = 2, .duckdb = duckdb};
    ScpStatus status = dataset_load(module, &options, arena, data, &report);
    Buffer out;
    buffer_init(&out, arena);
    VEC_EACH(DataProblem, p, &report.problems)
        buffer_printf(&out, "%s %.*s:%u %.*s: %.*s\n", diag_name_text(p->name), SLICE_FMT(p->file),
                      (unsigned)p->line, SLICE_FMT(p->header), SLICE_FMT(p->message));
    *problems = buffer_slice(&out);
    return status;
}

#define MANY                                                                                   \
    "SELECT CASE WHEN i % 3 = 0 THEN 'a rather long identifier ' || i ELSE 'k' || i END AS id, " \
    "(i % 100)::TINYINT AS age, CASE WHEN i % 2 = 0 THEN 'F' ELSE 'M' END AS sex, "            \
    "CASE WHEN i % 7 = 0 THEN NULL ELSE (i / 100.0)::DECIMAL(12,2) END AS cost, "              \
    "CASE WHEN i % 5 = 0 THEN NULL ELSE DATE '2000-01-01' + (i % 1000)::INTEGER END AS born, " \
    "i % 2 = 1 AS ill, CASE WHEN i % 11 = 0 THEN NULL ELSE i * 0.5::DOUBLE END AS risk, "      \
    "'not declared' AS other FROM range(5000) t(i)"

ARENA_TEST(parquet_holds_what_its_columns_say) {
    enum { DAY_2000 = 10957 };
    Dataset data;
    Slice problems;
    if (!library()) SKIP_TEST(arena);
    put_parquet(arena, "people.parquet", MANY);
    ScpStatus status = load(arena, people_module(arena, "people.parquet"), library(), &data,
                            &problems);
    assert_slice(problems, "");
    assert_int_equal(status, SCP_OK);
    const TableData *people = data.tables[0].snapshots;
    assert_int_equal(people->rows, 5000);
    assert_int_equal(strlen(people->sha256), 64);
    for (uint64_t i = 0; i < people->rows; i++) {
        const Column *c = people->columns;
        assert_int_equal(column_whole(&c[1], i), i % 100);
        assert_int_equal(column_whole(&c[2], i), i % 2);
        assert_int_equal(column_misses(&c[3], i), i % 7 == 0);
        if (i % 7) assert_int_equal(column_whole(&c[3], i), i);
        assert_int_equal(column_misses(&c[4], i), i % 5 == 0);
        if (i % 5) assert_int_equal(column_whole(&c[4], i), DAY_2000 + (int64_t)i % 1000);
        assert_int_equal(column_whole(&c[5], i), i % 2);
        assert_int_equal(column_misses(&c[6], i), i % 11 == 0);
        if (i % 11) assert_close(((const double *)c[6].values)[i], (double)i * 0.5, 0);
    }
    dataset_free(&data);
}

ARENA_TEST(parquet_tells_how_far_it_is_by_rows) {
    Progress progress = {.done = 0};
    TableData people = {0};
    KeyColumn keys = {0};
    RowLines lines = {0};
    DataReport report = {0};
    if (!library()) SKIP_TEST(arena);
    put_parquet(arena, "people.parquet", MANY);
    Module *module = people_module(arena, "people.parquet");
    int descriptor = open("people.parquet", O_RDONLY);
    progress_begin_bytes(&progress, "reading", 1 << 30);
    IngestRequest request = {.module = module, .table = module->tables.items,
                             .file = SLICE("people.parquet"), .descriptor = descriptor,
                             .threads = 2, .duckdb = library(), .row_limit = INT32_MAX,
                             .progress = &progress, .arena = arena, .report = &report};
    assert_int_equal(ingest_file(&request, &people, &keys, &lines), SCP_OK);
    close(descriptor);
    assert_false(progress.bytes);
    assert_int_equal(progress.total, 5000);
    assert_int_equal(progress.done, 5000);
    for (uint32_t c = 0; c < people.column_count; c++) {
        mem_free(people.columns[c].values);
        mem_free(people.columns[c].missing);
    }
    key_column_free(&keys);
    mem_free(lines.lines);
}

static void assert_told(Arena *arena, const char *query, const char *want) {
    Dataset data;
    Slice problems;
    put_parquet(arena, "people.parquet", query);
    assert_int_equal(
        load(arena, people_module(arena, "people.parquet"), library(), &data, &problems), SCP_DATA);
    assert_slice(problems, want);
}

#define ROW(id, age, sex, cost, born, ill, risk)                                              \
    "SELECT " id " AS id, " age " AS age, " sex " AS sex, " cost " AS cost, " born " AS born, " \
    ill " AS ill, " risk " AS risk"

ARENA_TEST(what_is_wrong_with_a_value_is_told_by_row_and_never_shown) {
    if (!library()) SKIP_TEST(arena);
    assert_told(arena,
                ROW("'a'", "50", "'F'", "1.25", "DATE '2000-01-01'", "1", "0.5") " UNION ALL "
                ROW("NULL", "121", "'X'", "1.25", "DATE '2000-01-01'", "7", "'NaN'::DOUBLE"),
                "data-type people.parquet:2 id: the field is empty; every row needs its identifier\n"
                "data-range people.parquet:2 age: expected 0 to 120\n"
                "data-category people.parquet:2 sex: expected F or M\n"
                "data-type people.parquet:2 ill: expected 0 or 1; where the file says it "
                "otherwise, declare how: `flag(no: N, yes: Y)`\n"
                "data-type people.parquet:2 risk: expected a number, such as 0.25\n");
    assert_told(arena,
                ROW("'a'", "50", "'F'", "1.25", "NULL::DATE", "true", "0.5") " UNION ALL "
                ROW("'a'", "50", "'F'", "1.25", "NULL::DATE", "true", "0.5"),
                "data-duplicate-key people.parquet:2 id: the same identifier stands on line 1\n");
}

static Module *module_of_declared_texts(Arena *arena) {
    Module *module = people_module(arena, "people.parquet");
    ModuleColumn *ill = &module->tables.items[0].columns.items[5];
    ill->texts[0] = SLICE("N");
    ill->texts[1] = SLICE("a text of more than twelve bytes");
    return module;
}

#define WITH_ILL(ill) ROW("'a'", "50", "'F'", "1.25", "NULL::DATE", ill, "0.5")

ARENA_TEST(a_flag_with_texts_is_read_from_texts) {
    Dataset data;
    Slice problems;
    if (!library()) SKIP_TEST(arena);
    put_parquet(arena, "people.parquet",
                "SELECT * REPLACE (CASE WHEN ill THEN 'a text of more than twelve bytes' ELSE 'N' "
                "END AS ill) FROM (" MANY ")");
    assert_int_equal(load(arena, module_of_declared_texts(arena), library(), &data, &problems),
                     SCP_OK);
    const TableData *people = data.tables[0].snapshots;
    for (uint64_t i = 0; i < people->rows; i++)
        assert_int_equal(column_whole(&people->columns[5], i), i % 2);
    dataset_free(&data);
    put_parquet(arena, "people.parquet", WITH_ILL("'Y'"));
    assert_int_equal(load(arena, module_of_declared_texts(arena), library(), &data, &problems),
                     SCP_DATA);
    assert_slice(problems, "data-type people.parquet:1 ill: expected `N` or `a text of more than "
                           "twelve bytes`\n");
    put_parquet(arena, "people.parquet", WITH_ILL("true"));
    assert_int_equal(load(arena, module_of_declared_texts(arena), library(), &data, &problems),
                     SCP_DATA);
    assert_slice(problems, "data-column-missing people.parquet:0 ill: expected a column of texts or "
                           "whole numbers, as the flag declares them\n");
}

ARENA_TEST(a_column_of_another_type_is_not_converted) {
    if (!library()) SKIP_TEST(arena);
    assert_told(arena, ROW("'a'", "50.5", "'F'", "1.25", "NULL::DATE", "true", "0.5"),
                "data-column-missing people.parquet:0 age: expected a column of whole numbers\n");
    assert_told(arena, ROW("'a'", "50", "'F'", "1.255", "NULL::DATE", "true", "0.5"),
                "data-column-missing people.parquet:0 cost: expected a column of decimals with two "
                "places\n");
    assert_told(arena, ROW("'a'", "50", "'F'", "1.25::DOUBLE", "NULL::DATE", "true", "0.5"),
                "data-column-missing people.parquet:0 cost: expected a column of decimals with two "
                "places\n");
    assert_told(arena, ROW("'a'", "50", "'F'", "1.25", "'2000-01-01'", "true", "0.5"),
                "data-column-missing people.parquet:0 born: expected a column of dates\n");
    assert_told(arena, "SELECT 'a' AS id, 5 AS years",
                "data-column-missing people.parquet:0 age: the file has no column `age`\n");
}

ARENA_TEST(damaged_parquet_is_told) {
    Dataset data;
    Slice problems;
    if (!library()) SKIP_TEST(arena);
    put_parquet(arena, "people.parquet", MANY);
    assert_int_equal(truncate("people.parquet", 3000), 0);
    assert_int_equal(
        load(arena, people_module(arena, "people.parquet"), library(), &data, &problems), SCP_DATA);
    assert_slice(problems, "data-encoding people.parquet:0 : the file is damaged, or no Parquet "
                           "that DuckDB can read\n");
}

ARENA_TEST(a_missing_library_is_told) {
    Dataset data;
    Slice problems;
    FILE *file = fopen("people.parquet", "wb");
    assert_non_null(file);
    fputs("PAR1....PAR1", file);
    fclose(file);
    assert_int_equal(load(arena, people_module(arena, "people.parquet"), "/nowhere/libduckdb.so",
                          &data, &problems),
                     SCP_DATA);
    assert_slice(problems,
                 "data-encoding people.parquet:0 : Parquet is read by DuckDB, whose library "
                 "/nowhere/libduckdb.so was not found: install libduckdb, or name it with "
                 "--duckdb\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(parquet_holds_what_its_columns_say),
        IN_FOLDER(parquet_tells_how_far_it_is_by_rows),
        IN_FOLDER(what_is_wrong_with_a_value_is_told_by_row_and_never_shown),
        IN_FOLDER(a_flag_with_texts_is_read_from_texts),
        IN_FOLDER(a_column_of_another_type_is_not_converted),
        IN_FOLDER(damaged_parquet_is_told),
        IN_FOLDER(a_missing_library_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
