/* Whole data sets from files: what is read, what is told where it is not, keys and joins; on
 * any number of threads, out of any number of chunks, and with every allocation failed once. */
#include "tests/unit/test_base_fixture.h"
#include "tests/unit/test_folder_fixture.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "runtime/base/buffer.h"
#include "runtime/base/file.h"
#include "runtime/base/sha256.h"
#include "runtime/data/dataset.h"

/* ---- Files and modules -------------------------------------------------------------------------- */

static void put_bytes(const char *path, Slice text) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.data, 1, text.length, file), text.length);
    assert_int_equal(fclose(file), 0);
}

static void put(const char *path, const char *text) { put_bytes(path, slice_of(text)); }

static void put_gzip(const char *path, Slice text, const char *mode) {
    gzFile file = gzopen(path, mode);
    assert_non_null(file);
    assert_int_equal(gzwrite(file, text.data, (unsigned)text.length), text.length);
    assert_int_equal(gzclose(file), Z_OK);
}

enum { ID, AGE, SEX, COST, BORN, ILL, RISK, VISITS, PEOPLE_COLUMNS };

static void add_column(Module *module, ModuleTable *table, const char *name, ColumnSort sort,
                       bool may_miss) {
    VEC_PUSH(module->arena, &table->columns,
             ((ModuleColumn){.name = slice_of(name), .sort = sort, .may_miss = may_miss}));
}

/* people.csv: id, age 0 to 120, sex F or M, cost in pounds, born, ill, risk, visits (these four
 * may miss). */
static Module *people_module(Arena *arena) {
    static Slice sexes[] = {{"F", 1}, {"M", 1}};
    Module *module = ARENA_NEW(arena, Module);
    module->arena = arena;
    VEC_PUSH(arena, &module->dims,
             ((ModuleDim){.name = SLICE("sex"), .member_count = 2, .members = sexes}));
    ModuleTable table = {.name = SLICE("people"), .sort = TABLE_POPULATION, .key = ID};
    VEC_PUSH(arena, &table.snapshots, ((ModuleSnapshot){.file = SLICE("people.csv")}));
    add_column(module, &table, "id", COLUMN_IDENTIFIER, false);
    add_column(module, &table, "age", COLUMN_INTEGER, false);
    table.columns.items[AGE].has_range = true;
    table.columns.items[AGE].high = 120;
    add_column(module, &table, "sex", COLUMN_CATEGORY, false);
    add_column(module, &table, "cost", COLUMN_MONEY, false);
    add_column(module, &table, "born", COLUMN_DATE, true);
    add_column(module, &table, "ill", COLUMN_FLAG, true);
    add_column(module, &table, "risk", COLUMN_REAL, true);
    add_column(module, &table, "visits", COLUMN_INTEGER, true);
    VEC_PUSH(arena, &module->tables, table);
    return module;
}

/* With falls.csv: person, day, cost. */
static Module *falls_module(Arena *arena) {
    Module *module = people_module(arena);
    ModuleTable table = {.name = SLICE("falls"), .sort = TABLE_EVENTS, .key = 0, .population = 0,
                         .dated = 1};
    VEC_PUSH(arena, &table.snapshots, ((ModuleSnapshot){.file = SLICE("falls.csv")}));
    add_column(module, &table, "person", COLUMN_IDENTIFIER, false);
    add_column(module, &table, "day", COLUMN_DATE, false);
    add_column(module, &table, "cost", COLUMN_MONEY, true);
    VEC_PUSH(arena, &module->tables, table);
    return module;
}

static const char header[] = "id,age,sex,cost,born,ill,risk,visits\n";
static const char ann[] = "1,34,F,12.50,1990-02-03,1,0.25,3\n";

typedef struct {
    Dataset data;
    DataReport report;
    ScpStatus status;
} Loaded;

static Loaded load_with(Arena *arena, const Module *module, DataOptions options) {
    Loaded loaded;
    options.root = SLICE(".");
    loaded.status = dataset_load(module, &options, arena, &loaded.data, &loaded.report);
    return loaded;
}

static Loaded load(Arena *arena, const Module *module) {
    return load_with(arena, module, (DataOptions){.threads = 1});
}

/* The problems as text, one a line: name file:line field header: message. */
static Slice problems_of(Arena *arena, const DataReport *report) {
    Buffer out;
    buffer_init(&out, arena);
    VEC_EACH(DataProblem, p, &report->problems)
        buffer_printf(&out, "%s %.*s:%u %u %.*s: %.*s\n", diag_name_text(p->name),
                      SLICE_FMT(p->file), (unsigned)p->line, p->field, SLICE_FMT(p->header),
                      SLICE_FMT(p->message));
    return buffer_slice(&out);
}

#define assert_problems(arena, module, want)                                \
    do {                                                                    \
        Loaded got = load((arena), (module));                               \
        assert_slice(problems_of((arena), &got.report), (want));            \
        assert_int_equal(got.status, *(want) ? SCP_DATA : SCP_OK);          \
        dataset_free(&got.data);                                            \
    } while (0)

/* People with this text below the header. */
static void put_people(Arena *arena, const char *rows) {
    put_bytes("people.csv", arena_printf(arena, "%s%s", header, rows));
}

/* ---- What is read ---------------------------------------------------------------------------------- */

ARENA_TEST(columns_are_typed_narrow_and_complete) {
    put_people(arena, "1,34,F,12.50,1990-02-03,1,0.25,3\n"
                      "2,120,M,-0.01,,,,\n"
                      "x-3,0,F,90000,1970-01-01,0,-1e-3,-70000\n");
    Loaded loaded = load(arena, people_module(arena));
    assert_int_equal(loaded.status, SCP_OK);
    const TableData *people = loaded.data.tables[0].snapshots;
    const Column *columns = people->columns;
    assert_int_equal(people->rows, 3);
    static const uint8_t widths[] = {0, 1, 1, 4, 2, 0, 8, 4};
    for (int c = 0; c < PEOPLE_COLUMNS; c++)
        assert_int_equal(columns[c].width, widths[c]);
    assert_null(columns[ID].values);
    assert_int_equal(column_whole(&columns[AGE], 1), 120);
    assert_int_equal(column_whole(&columns[SEX], 1), 1);
    assert_int_equal(column_whole(&columns[COST], 0), 1250);
    assert_int_equal(column_whole(&columns[COST], 1), -1);
    assert_int_equal(columns[COST].low, -1);
    assert_int_equal(columns[COST].high, 9000000);
    assert_int_equal(column_whole(&columns[BORN], 0), 7338);
    assert_int_equal(column_whole(&columns[VISITS], 2), -70000);
    assert_true(((const double *)columns[RISK].values)[0] == 0.25);
    assert_true(columns[RISK].real && ((const double *)columns[RISK].values)[2] == -1e-3);
    assert_null(columns[COST].missing);
    for (int c = BORN; c < PEOPLE_COLUMNS; c++) {
        assert_int_equal(columns[c].missing_count, 1);
        assert_true(column_misses(&columns[c], 1) && !column_misses(&columns[c], 2));
    }
    dataset_free(&loaded.data);
}

ARENA_TEST(header_may_have_its_columns_in_any_order_and_more_of_them) {
    put("people.csv", "visits,note,risk,ill,born,cost,sex,age,id\n"
                      "3,\"kept, not read\",0.25,1,1990-02-03,12.50,F,34,1\n");
    Loaded loaded = load(arena, people_module(arena));
    assert_int_equal(loaded.status, SCP_OK);
    const Column *columns = loaded.data.tables[0].snapshots->columns;
    assert_int_equal(column_whole(&columns[AGE], 0), 34);
    assert_int_equal(column_whole(&columns[COST], 0), 1250);
    assert_int_equal(column_whole(&columns[ILL], 0), 1);
    dataset_free(&loaded.data);
}

ARENA_TEST(mark_line_ends_blank_lines_and_quotes_change_nothing) {
    static const char *const files[] = {
        "id,age,sex,cost,born,ill,risk,visits\n1,34,F,12.50,1990-02-03,1,0.25,3\n",
        "\xEF\xBB\xBF" "id,age,sex,cost,born,ill,risk,visits\r\n1,34,F,12.50,1990-02-03,1,0.25,3",
        "\xEF\xBB\xBF" "\"id\",age,sex,cost,born,ill,risk,visits\n\n\r\n1,34,F,\xC2\xA3" "12.5,1990-02-03,1,0.25,3\n\n",
        "id,\"age\",sex,cost,born,ill,risk,visits\n\"1\",\"34\",\"F\",\"12.50\",\"1990-02-03\",\"1\",\"0.25\",\"3\"\n"};
    static const uint64_t blank[] = {0, 0, 3, 0};
    for (int i = 0; i < 4; i++) {
        put("people.csv", files[i]);
        Loaded loaded = load(arena, people_module(arena));
        assert_int_equal(loaded.status, SCP_OK);
        const TableData *people = loaded.data.tables[0].snapshots;
        assert_int_equal(people->rows, 1);
        assert_int_equal(people->blank_lines, blank[i]);
        assert_int_equal(column_whole(&people->columns[COST], 0), 1250);
        assert_int_equal(column_whole(&people->columns[VISITS], 0), 3);
        dataset_free(&loaded.data);
    }
}

ARENA_TEST(table_may_have_no_rows) {
    put_people(arena, "");
    Loaded loaded = load(arena, people_module(arena));
    assert_int_equal(loaded.status, SCP_OK);
    assert_int_equal(loaded.data.tables[0].snapshots->rows, 0);
    dataset_free(&loaded.data);
}

ARENA_TEST(gzip_is_read_and_the_fingerprint_is_of_the_disk) {
    Slice text = arena_printf(arena, "%s%s", header, ann), disk, error;
    put_gzip("people.csv", slice_sub(text, 0, 20), "wb");
    put_gzip("people.csv", slice_sub(text, 20, text.length), "ab"); /* a second member */
    Loaded loaded = load(arena, people_module(arena));
    assert_int_equal(loaded.status, SCP_OK);
    assert_int_equal(loaded.data.tables[0].snapshots->rows, 1);
    assert_int_equal(file_read(arena, "people.csv", 1000, &disk, &error), SCP_OK);
    char hex[SHA256_HEX_SIZE];
    sha256_hex(sha256_of(disk), hex);
    assert_string_equal(loaded.data.tables[0].snapshots->sha256, hex);
    dataset_free(&loaded.data);
}

ARENA_TEST(damaged_gzip_is_told) {
    Slice text = arena_printf(arena, "%s%s%s", header, ann, ann), disk, error;
    put_gzip("people.csv", text, "wb");
    assert_int_equal(file_read(arena, "people.csv", 1000, &disk, &error), SCP_OK);
    for (size_t length = 3; length < disk.length; length += 7) {
        put_bytes("people.csv", slice_sub(disk, 0, length));
        assert_problems(arena, people_module(arena),
                        "data-encoding people.csv:0 0 : the compressed file is damaged or "
                        "incomplete: fetch it again\n");
    }
}

ARENA_TEST(command_line_may_name_another_file) {
    put("elsewhere.csv", "id,age,sex,cost,born,ill,risk,visits\n1,99,F,1,,,,\n");
    DataOverride other = {SLICE("people"), SLICE("elsewhere.csv")};
    Loaded loaded = load_with(arena, people_module(arena),
                              (DataOptions){.overrides = &other, .override_count = 1});
    assert_int_equal(loaded.status, SCP_OK);
    assert_int_equal(column_whole(&loaded.data.tables[0].snapshots->columns[AGE], 0), 99);
    assert_slice(loaded.data.tables[0].snapshots->file, "elsewhere.csv");
    dataset_free(&loaded.data);
}

/* ---- What is told ------------------------------------------------------------------------------------ */

ARENA_TEST(every_field_that_does_not_fit_is_told_with_what_was_expected) {
    put_people(arena, "1,34,F,12.50,1990-02-03,1,0.25,3\n"
                      "2,121,X,12.505,1990-02-30,2,abc,1.5\n"
                      "3,,,,,,,\n"
                      ",7,M,1,,,,9223372036854775808\n");
    assert_problems(arena, people_module(arena),
        "data-range people.csv:3 2 age: expected 0 to 120\n"
        "data-category people.csv:3 3 sex: expected F or M\n"
        "data-type people.csv:3 4 cost: expected pounds and pence, such as 1234.56; it has "
        "more places than pence\n"
        "data-type people.csv:3 5 born: expected a date, such as 2026-03-31; there is no such day\n"
        "data-type people.csv:3 6 ill: expected 0 or 1; where the file says it otherwise, declare "
        "how: `flag(no: N, yes: Y)`\n"
        "data-type people.csv:3 7 risk: expected a number, such as 0.25\n"
        "data-type people.csv:3 8 visits: expected a whole number, such as 42\n"
        "data-type people.csv:4 2 age: the field is empty; the column is not declared `or missing`\n"
        "data-type people.csv:4 3 sex: the field is empty; the column is not declared `or missing`\n"
        "data-type people.csv:4 4 cost: the field is empty; the column is not declared `or missing`\n"
        "data-type people.csv:5 1 id: the field is empty; every row needs its identifier\n"
        "data-range people.csv:5 8 visits: the number is too large to be held exactly\n");
}

ARENA_TEST(ranges_are_told_as_they_are_written) {
    put_people(arena, "1,34,F,12.50,1990-02-03,1,0.25,3\n");
    Module *module = people_module(arena);
    ModuleColumn *columns = module->tables.items[0].columns.items;
    columns[COST].has_range = columns[BORN].has_range = columns[RISK].has_range = true;
    columns[COST].low = -5;
    columns[COST].high = 1000;
    columns[BORN].low = 7400;
    columns[BORN].high = 7430;
    columns[RISK].low = 1;
    columns[RISK].high = 2;
    assert_problems(arena, module,
        "data-range people.csv:2 4 cost: expected -0.05 to 10.00\n"
        "data-range people.csv:2 5 born: expected 1990-04-06 to 1990-05-06\n"
        "data-range people.csv:2 7 risk: expected 1 to 2\n");
}

ARENA_TEST(records_of_another_shape_are_told_by_the_line_they_start_on) {
    put_people(arena, "1,34,F,12.50,1990-02-03,1,0.25,3\n"
                      "2,34,F\n"
                      "3,34,F,1,,,,\"two\nlines\"\n"
                      "4,34,F,1,,,,,\n"
                      "5,34,F,1,,,,\"x\"y\n"
                      "6,3\"4,F,1,,,,\n"
                      "7,34,F,1,,,\r,\n"
                      "8,34,F,1,,,,\xff\n"
                      "9,34,F,1,,,,\"open\n");
    assert_problems(arena, people_module(arena),
        "data-row-shape people.csv:3 0 : the record has too few fields; the header has 8\n"
        "data-type people.csv:4 8 visits: expected a whole number, such as 42\n"
        "data-row-shape people.csv:6 0 : the record has too many fields; the header has 8\n"
        "data-row-shape people.csv:7 8 visits: text follows the closing quotation mark\n"
        "data-row-shape people.csv:8 2 age: a quotation mark stands inside a field that does not begin with one\n"
        "data-row-shape people.csv:9 7 risk: a carriage return stands alone; lines end with LF or CR LF\n"
        "data-encoding people.csv:10 8 visits: these bytes are not UTF-8 text\n"
        "data-row-shape people.csv:11 8 visits: a quotation mark is opened and never closed\n");
}

ARENA_TEST(header_must_have_every_declared_column_once) {
    put("people.csv", "id,Age,sex,cost, born,ill,risk,,sex\n");
    assert_problems(arena, people_module(arena),
        "data-column-missing people.csv:1 0 visits: the header has no column `visits`\n"
        "data-column-missing people.csv:1 2 age: the header has no column `age`, but `Age`: write `from \"Age\"` behind the column's type\n"
        "data-column-missing people.csv:1 5 born: the header has no column `born`, but ` born`: write `from \" born\"` behind the column's type\n"
        "data-row-shape people.csv:1 8 : a column has no name in the header\n"
        "data-row-shape people.csv:1 9 : a column has the name of an earlier one\n");
    put("people.csv", "");
    assert_problems(arena, people_module(arena),
                    "data-row-shape people.csv:0 0 : the file has no header: it is empty\n");
    put("people.csv", "id,\"age\n");
    assert_problems(arena, people_module(arena),
                    "data-row-shape people.csv:1 2 : a quotation mark is opened and never closed\n");
}

ARENA_TEST(file_that_is_not_there_or_outside_is_told) {
    Module *module = people_module(arena);
    Loaded loaded = load(arena, module);
    assert_int_equal(loaded.status, SCP_DATA);
    assert_int_equal(loaded.report.problems.items[0].name, DIAG_DATA_NOT_FOUND);
    module->tables.items[0].snapshots.items[0].file = SLICE("../etc/passwd");
    loaded = load(arena, module);
    assert_int_equal(loaded.status, SCP_DATA);
    assert_int_equal(loaded.report.problems.items[0].name, DIAG_DATA_NOT_FOUND);
    DataOverride folder = {SLICE("people"), SLICE(".")};
    loaded = load_with(arena, module, (DataOptions){.overrides = &folder, .override_count = 1});
    assert_int_equal(loaded.status, SCP_DATA);
    assert_slice(loaded.report.problems.items[0].message, "`.` is a folder, not a file");
}

ARENA_TEST(rows_are_limited) {
    put_people(arena, "1,34,F,1,,,,\n2,34,F,1,,,,\n3,34,F,1,,,,\n");
    Loaded loaded = load_with(arena, people_module(arena), (DataOptions){.row_limit = 2});
    assert_int_equal(loaded.status, SCP_DATA);
    assert_slice(problems_of(arena, &loaded.report),
                 "data-too-large people.csv:0 0 : the table has more than 2 rows\n");
    loaded = load_with(arena, people_module(arena), (DataOptions){.row_limit = 3});
    assert_int_equal(loaded.status, SCP_OK);
    dataset_free(&loaded.data);
}

ARENA_TEST(record_without_end_is_too_long) {
    Buffer text;
    buffer_init(&text, arena);
    buffer_add_text(&text, header);
    buffer_add_text(&text, ann);
    buffer_add_text(&text, "2,34,F,1,,,,\"");
    while (text.length < 18u << 20)
        buffer_add_text(&text, "never, never closed\n");
    put_bytes("people.csv", buffer_slice(&text));
    assert_problems(arena, people_module(arena),
        "data-too-large people.csv:3 0 : the record is longer than 16 MiB; is a quotation mark left open?\n");
}

ARENA_TEST(all_problems_are_counted_and_the_first_kept) {
    Buffer text;
    buffer_init(&text, arena);
    for (int i = 0; i < 70000; i++)
        buffer_printf(&text, "%d,34,%s,1,,,,\n", i, i % 7 ? "F" : "Q");
    put_people(arena, buffer_slice(&text).data);
    for (uint32_t threads = 1; threads < 4; threads++) {
        Loaded loaded = load_with(arena, people_module(arena), (DataOptions){.threads = threads});
        assert_int_equal(loaded.status, SCP_DATA);
        assert_int_equal(loaded.report.total, 10000);
        assert_int_equal(loaded.report.problems.count, 100);
        for (uint32_t i = 0; i < 100; i++)
            assert_int_equal(loaded.report.problems.items[i].line, 2 + 7 * i);
    }
}

/* Somebody's values, wherever they stand, never reach a message. */
ARENA_TEST(no_message_shows_a_value) {
    static const char *const files[] = {
        "id,age,sex,cost,born,ill,risk,visits\nCANARY,CANARY,CANARY,CANARY,CANARY,CANARY,CANARY,CANARY\n",
        "CANARY,CANARY2,CANARY\n1,2,3\n", "CANARY\n", "id,\"CANARY\"x\n",
        "id,age,sex,cost,born,ill,risk,visits\nCANARY1,1,F,1,,,,\nCANARY1,1,F,1,,,,\nCANARY\n"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        put("people.csv", files[i]);
        Loaded loaded = load(arena, people_module(arena));
        assert_int_equal(loaded.status, SCP_DATA);
        Slice text = problems_of(arena, &loaded.report);
        assert_true(text.length && !strstr(text.data, "CANARY"));
    }
}

/* ---- Keys and joins ------------------------------------------------------------------------------------ */

ARENA_TEST(keys_are_unique_and_compared_by_their_text) {
    put_people(arena, "1,34,F,1,,,,\n"
                      "01,34,F,1,,,,\n"
                      "\"a long identifier, in quotes\",34,F,1,,,,\n"
                      "short,34,F,1,,,,\n"
                      "1,34,F,1,,,,\n"
                      "\"a long identifier, in quotes\",34,F,1,,,,\n"
                      "\"a long identifier in quotes\",34,F,1,,,,\n"
                      "short,34,F,1,,,,\n");
    assert_problems(arena, people_module(arena),
        "data-duplicate-key people.csv:6 0 id: the same identifier stands on line 2\n"
        "data-duplicate-key people.csv:7 0 id: the same identifier stands on line 4\n"
        "data-duplicate-key people.csv:9 0 id: the same identifier stands on line 5\n");
}

ARENA_TEST(events_are_joined_and_lie_by_person) {
    put_people(arena, "9,34,F,1,,,,\nb-0000000001,35,F,1,,,,\n7,36,F,1,,,,\n");
    put("falls.csv", "person,day,cost\n"
                     "7,2026-01-01,1\n"
                     "9,2026-01-02,\n"
                     "b-0000000001,2026-01-03,3\n"
                     "7,2026-01-04,4\n"
                     "9,2026-01-05,5\n");
    Loaded loaded = load(arena, falls_module(arena));
    assert_int_equal(loaded.status, SCP_OK);
    const TableData *falls = loaded.data.tables[1].snapshots;
    static const uint32_t person[] = {0, 0, 1, 2, 2};
    static const int64_t cost[] = {0, 500, 300, 100, 400}, day[] = {2, 5, 3, 1, 4};
    assert_true(falls->clustered);
    for (int r = 0; r < 5; r++) {
        assert_int_equal(falls->person[r], person[r]);
        assert_int_equal(column_whole(&falls->columns[2], (uint64_t)r), cost[r]);
        assert_int_equal(column_whole(&falls->columns[1], (uint64_t)r), 20453 + day[r]);
        assert_int_equal(column_misses(&falls->columns[2], (uint64_t)r), r == 0);
    }
    dataset_free(&loaded.data);
}

ARENA_TEST(event_of_nobody_is_told_or_tolerated) {
    put_people(arena, ann);
    put("falls.csv", "person,day,cost\n\n2,2026-01-01,1\n1,2026-01-02,1\n3,2026-01-03,1\n");
    assert_problems(arena, falls_module(arena),
        "data-orphan-event falls.csv:3 0 person: nobody in `people` has this identifier\n"
        "data-orphan-event falls.csv:5 0 person: nobody in `people` has this identifier\n");
    Loaded loaded = load_with(arena, falls_module(arena), (DataOptions){.tolerate_orphans = true});
    assert_int_equal(loaded.status, SCP_OK);
    assert_int_equal(loaded.data.tables[1].orphans, 2);
    assert_int_equal(loaded.data.tables[1].snapshots->unmatched, 2);
    assert_int_equal(loaded.data.tables[1].snapshots->person[0], 0);
    assert_int_equal(loaded.data.tables[1].snapshots->person[2], DATA_NO_PERSON);
    dataset_free(&loaded.data);
}

ARENA_TEST(no_event_is_an_orphan_of_people_who_could_not_be_read) {
    put_people(arena, "1,200,F,1,,,,\n");
    put("falls.csv", "person,day,cost\n2,x,1\n");
    assert_problems(arena, falls_module(arena),
        "data-range people.csv:2 2 age: expected 0 to 120\n"
        "data-type falls.csv:2 2 day: expected a date, such as 2026-03-31\n");
}

ARENA_TEST(events_are_joined_to_each_snapshot) {
    Module *module = falls_module(arena);
    VEC_PUSH(arena, &module->tables.items[0].snapshots,
             ((ModuleSnapshot){.file = SLICE("later.csv"), .as_at = 365}));
    put_people(arena, "1,34,F,1,,,,\n2,34,F,1,,,,\n");
    put("later.csv", "id,age,sex,cost,born,ill,risk,visits\n3,34,F,1,,,,\n2,35,F,1,,,,\n");
    put("falls.csv", "person,day,cost\n3,2026-01-01,1\n2,2026-01-02,2\n1,2026-01-03,3\n2,2026-01-04,4\n");
    Loaded loaded = load(arena, module);
    assert_int_equal(loaded.status, SCP_OK);
    assert_int_equal(loaded.data.tables[1].snapshot_count, 2);
    const TableData *falls = loaded.data.tables[1].snapshots;
    static const uint32_t first[] = {0, 1, 1, DATA_NO_PERSON}, second[] = {DATA_NO_PERSON, 1, 1, 0};
    assert_ptr_equal(falls[0].columns, falls[1].columns);
    assert_string_equal(falls[0].sha256, falls[1].sha256);
    for (int r = 0; r < 4; r++) {
        assert_int_equal(falls[0].person[r], first[r]);
        assert_int_equal(falls[1].person[r], second[r]);
    }
    assert_int_equal(falls[0].unmatched, 1);
    assert_int_equal(falls[1].unmatched, 1);
    assert_int_equal(loaded.data.tables[1].orphans, 0);
    dataset_free(&loaded.data);
}

ARENA_TEST(further_snapshots_take_further_overrides) {
    Module *module = people_module(arena);
    VEC_PUSH(arena, &module->tables.items[0].snapshots,
             ((ModuleSnapshot){.file = SLICE("later.csv"), .as_at = 365}));
    put("a.csv", "id,age,sex,cost,born,ill,risk,visits\n1,1,F,1,,,,\n");
    put("b.csv", "id,age,sex,cost,born,ill,risk,visits\n1,2,F,1,,,,\n");
    DataOverride overrides[] = {{SLICE("people"), SLICE("a.csv")}, {SLICE("people"), SLICE("b.csv")}};
    Loaded loaded =
        load_with(arena, module, (DataOptions){.overrides = overrides, .override_count = 2});
    assert_int_equal(loaded.status, SCP_OK);
    for (int s = 0; s < 2; s++)
        assert_int_equal(column_whole(&loaded.data.tables[0].snapshots[s].columns[AGE], 0), s + 1);
    dataset_free(&loaded.data);
}

/* ---- Many rows --------------------------------------------------------------------------------------------- */

/* Rows whose identifiers are short, long and quoted, some over two lines, over several chunks. */
static void put_many(Arena *arena, uint32_t people, uint32_t events) {
    Buffer text;
    buffer_init(&text, arena);
    buffer_add_text(&text, "note,id,age,sex,cost,born,ill,risk,visits\n");
    for (uint32_t i = 0; i < people; i++)
        buffer_printf(&text, "%s,%s%u,%u,%s,%u.%02u,%s,%u,0.%u,%s\n",
                      i % 11 ? "" : "\"a note,\nwith \"\"quotes\"\"\"", i % 3 ? "" : "person number ",
                      i * 7, i % 100, i % 2 ? "F" : "M", i % 5000, i % 100,
                      i % 5 ? "1990-02-03" : "", i % 2, i, i % 4 ? "7" : "");
    put_bytes("people.csv", buffer_slice(&text));
    buffer_clear(&text);
    buffer_add_text(&text, "person,day,cost\n");
    for (uint32_t e = 0; e < events; e++) {
        uint32_t i = (uint32_t)((uint64_t)e * 7919 % people);
        buffer_printf(&text, "%s%u,2026-01-%02u,%u\n", i % 3 ? "" : "person number ", i * 7,
                      1 + e % 28, e);
    }
    put_bytes("falls.csv", buffer_slice(&text));
}

static void assert_same_column(const Column *a, const Column *b, uint64_t rows) {
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->missing_count, b->missing_count);
    if (a->values) assert_memory_equal(a->values, b->values, values_size(rows, a->width));
    if (a->missing) assert_memory_equal(a->missing, b->missing, bits_size(rows));
}

ARENA_TEST(many_rows_are_the_same_on_any_number_of_threads) {
    enum { PEOPLE = 60000, EVENTS = 90000 };
    put_many(arena, PEOPLE, EVENTS);
    Module *module = falls_module(arena);
    Loaded one = load_with(arena, module, (DataOptions){.threads = 1});
    assert_int_equal(one.status, SCP_OK);
    const TableData *people = one.data.tables[0].snapshots, *falls = one.data.tables[1].snapshots;
    assert_int_equal(people->rows, PEOPLE);
    assert_int_equal(falls->rows, EVENTS);
    for (uint32_t r = 0; r < PEOPLE; r++) {
        assert_int_equal(column_whole(&people->columns[AGE], r), r % 100);
        assert_int_equal(column_whole(&people->columns[COST], r), r % 5000 * 100 + r % 100);
        assert_int_equal(column_misses(&people->columns[BORN], r), r % 5 == 0);
        assert_int_equal(column_misses(&people->columns[VISITS], r), r % 4 == 0);
    }
    for (uint32_t r = 0; r < EVENTS; r++) {
        uint64_t e = (uint64_t)column_whole(&falls->columns[2], r) / 100;
        assert_int_equal(falls->person[r], e * 7919 % PEOPLE);
        if (r) assert_true(falls->person[r] >= falls->person[r - 1]);
    }
    for (uint32_t threads = 2; threads <= 5; threads += 3) {
        Loaded more = load_with(arena, module, (DataOptions){.threads = threads});
        assert_int_equal(more.status, SCP_OK);
        for (int t = 0; t < 2; t++) {
            const TableData *a = one.data.tables[t].snapshots, *b = more.data.tables[t].snapshots;
            assert_int_equal(a->rows, b->rows);
            assert_string_equal(a->sha256, b->sha256);
            for (uint32_t c = 0; c < a->column_count; c++)
                assert_same_column(&a->columns[c], &b->columns[c], a->rows);
        }
        assert_memory_equal(falls->person, more.data.tables[1].snapshots->person,
                            EVENTS * sizeof(uint32_t));
        dataset_free(&more.data);
    }
    dataset_free(&one.data);
}

ARENA_TEST(lines_of_late_problems_are_right_over_chunks) {
    put_many(arena, 30000, 30000);
    FILE *file = fopen("people.csv", "ab");
    fputs(",0,,F,1,,,,\n", file);
    fputs(",7,1,F,1,,,,\n", file); /* the identifier of row 1 */
    assert_int_equal(fclose(file), 0);
    Loaded loaded = load_with(arena, people_module(arena), (DataOptions){.threads = 2});
    uint32_t extra = (30000 + 10) / 11; /* notes over two lines */
    assert_slice(problems_of(arena, &loaded.report),
                 arena_printf(arena,
                              "data-type people.csv:%u 3 age: the field is empty; the column is not declared `or missing`\n",
                              30002 + extra).data);
    dataset_free(&loaded.data);
}

/* ---- Failures -------------------------------------------------------------------------------------------------- */

/* The status of a load of which the n-th allocation fails. */
static ScpStatus load_failing(const Module *module, long n) {
    Boundary boundary;
    Arena own;
    Dataset data;
    DataReport report;
    DataOptions options = {.root = SLICE("."), .threads = 1};
    arena_init(&own, &boundary, 0);
    if (setjmp(boundary.at)) {
        arena_free(&own);
        return boundary.status;
    }
    mem_fail_after(n);
    ScpStatus status = dataset_load(module, &options, &own, &data, &report);
    if (status != SCP_OK) assert_int_equal(data.table_count, 0);
    dataset_free(&data);
    arena_free(&own);
    return status;
}

ARENA_TEST(exhausted_memory_is_a_limit_at_every_point) {
    put_people(arena, "1,34,F,1,,,,\n\nlong identifier,35,F,1,,,,\n");
    Slice falls = SLICE("person,day,cost\nlong identifier,2026-01-02,1\n1,2026-01-02,\n");
    put_gzip("falls.csv", falls, "wb");
    Module *module = falls_module(arena);
    long n = 1;
    while (load_failing(module, n) == SCP_LIMIT)
        n++;
    assert_true(n > 20);
    assert_true(mem_fail_after(0) > 0);
}

/* ---- The shared suite of files found by fuzzers ----------------------------------------------------------------- */

ARENA_TEST(malformed_files_end_cleanly) {
    const char *shared = getenv("SCP_SHARED");
    Slice path = arena_printf(arena, "%s/vectors/csv/robust",
                              shared ? shared : SCP_SOURCE_DIR "/../shared");
    DIR *folder = opendir(path.data);
    if (!folder) SKIP_TEST(arena);
    uint32_t files = 0;
    for (struct dirent *entry; (entry = readdir(folder)); files++) {
        DataOverride file = {SLICE("people"),
                             arena_printf(arena, "%s/%s", path.data, entry->d_name)};
        Loaded loaded = load_with(arena, people_module(arena),
                                  (DataOptions){.overrides = &file, .override_count = 1});
        assert_int_equal(loaded.status, SCP_DATA);
        assert_true(loaded.report.total > 0);
    }
    closedir(folder);
    assert_true(files > 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(columns_are_typed_narrow_and_complete),
        IN_FOLDER(header_may_have_its_columns_in_any_order_and_more_of_them),
        IN_FOLDER(mark_line_ends_blank_lines_and_quotes_change_nothing),
        IN_FOLDER(table_may_have_no_rows),
        IN_FOLDER(gzip_is_read_and_the_fingerprint_is_of_the_disk),
        IN_FOLDER(damaged_gzip_is_told),
        IN_FOLDER(command_line_may_name_another_file),
        IN_FOLDER(every_field_that_does_not_fit_is_told_with_what_was_expected),
        IN_FOLDER(ranges_are_told_as_they_are_written),
        IN_FOLDER(records_of_another_shape_are_told_by_the_line_they_start_on),
        IN_FOLDER(header_must_have_every_declared_column_once),
        IN_FOLDER(file_that_is_not_there_or_outside_is_told),
        IN_FOLDER(rows_are_limited),
        IN_FOLDER(record_without_end_is_too_long),
        IN_FOLDER(all_problems_are_counted_and_the_first_kept),
        IN_FOLDER(no_message_shows_a_value),
        IN_FOLDER(keys_are_unique_and_compared_by_their_text),
        IN_FOLDER(events_are_joined_and_lie_by_person),
        IN_FOLDER(event_of_nobody_is_told_or_tolerated),
        IN_FOLDER(no_event_is_an_orphan_of_people_who_could_not_be_read),
        IN_FOLDER(events_are_joined_to_each_snapshot),
        IN_FOLDER(further_snapshots_take_further_overrides),
        IN_FOLDER(many_rows_are_the_same_on_any_number_of_threads),
        IN_FOLDER(lines_of_late_problems_are_right_over_chunks),
        IN_FOLDER(exhausted_memory_is_a_limit_at_every_point),
        IN_FOLDER(malformed_files_end_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
