/* Where a file is cut and how many read it changes nothing: files of every kind of oddity, read in
 * chunks of many sizes by several threads, give the same columns, keys, lines and problems. */
#include "tests/unit/test_base_fixture.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/base/buffer.h"
#include "runtime/base/memory.h"
#include "runtime/base/sha256.h"
#include "runtime/data/ingest.h"

/* ---- A table with a column of each sort ------------------------------------------------------ */

static ModuleColumn *add_column(Arena *arena, ModuleTable *table, const char *name, ColumnSort sort,
                                bool may_miss) {
    VEC_PUSH(arena, &table->columns,
             ((ModuleColumn){.name = slice_of(name), .sort = sort, .may_miss = may_miss}));
    return &table->columns.items[table->columns.count - 1];
}

static void set_range(ModuleColumn *column, int64_t low, int64_t high) {
    column->has_range = true;
    column->low = low;
    column->high = high;
}

enum { MEMBERS = 300 };

#define HEADER "id,age,sex,area,cost,count,born,ill,risk,other,told"

static Module *table_module(Arena *arena) {
    static Slice letters[] = {{"F", 1}, {"M", 1}};
    Module *module = ARENA_NEW(arena, Module);
    ModuleTable table = {.name = SLICE("t"), .key = 0};
    Slice *areas = ARENA_NEW_ARRAY(arena, Slice, MEMBERS);
    for (unsigned i = 0; i < MEMBERS; i++)
        areas[i] = arena_printf(arena, i % 50 ? "E0100%04u" : "an area with a long name %u", i);
    VEC_PUSH(arena, &module->dims,
             ((ModuleDim){.name = SLICE("sex"), .member_count = 2, .members = letters}));
    VEC_PUSH(arena, &module->dims,
             ((ModuleDim){.name = SLICE("area"), .member_count = MEMBERS, .members = areas}));
    add_column(arena, &table, "id", COLUMN_IDENTIFIER, false);
    set_range(add_column(arena, &table, "age", COLUMN_INTEGER, false), 0, 120);
    add_column(arena, &table, "sex", COLUMN_CATEGORY, true);
    add_column(arena, &table, "area", COLUMN_CATEGORY, true)->dim = 1;
    add_column(arena, &table, "cost", COLUMN_MONEY, false);
    add_column(arena, &table, "count", COLUMN_INTEGER, true);
    add_column(arena, &table, "born", COLUMN_DATE, true);
    add_column(arena, &table, "ill", COLUMN_FLAG, true);
    add_column(arena, &table, "risk", COLUMN_REAL, true);
    add_column(arena, &table, "other", COLUMN_IDENTIFIER, true);
    ModuleColumn *told = add_column(arena, &table, "told", COLUMN_FLAG, true);
    told->texts[0] = SLICE("N");
    told->texts[1] = SLICE("yes, and more than sixteen bytes of it");
    VEC_PUSH(arena, &module->tables, table);
    return module;
}

/* ---- Files ----------------------------------------------------------------------------------- */

typedef struct {
    Arena *arena;
    uint64_t random;
    Buffer out;
    uint64_t wrong;  /* one field or record in so many is wrong; 0: none */
    uint64_t quoted; /* ... is quoted for no reason */
    bool crs, mixed, wide;
} Writer;

static uint64_t below(Writer *w, uint64_t count) {
    return test_random(&w->random) % count;
}

static bool once_in(Writer *w, uint64_t count) {
    return count && !below(w, count);
}

static Slice any_of(Writer *w, const char *const *texts, size_t count) {
    return slice_of(texts[below(w, count)]);
}

static Slice right_text(Writer *w, uint32_t column, uint64_t row) {
    static const char *const reals[] = {"0.25", "0.051680",         "1e-3",
                                        "-2",   "3.14159265358979", "12345678.5"};
    static const char *const wide[] = {"-9000000000", "70000", "-1"};
    Arena *arena = w->arena;
    unsigned any = (unsigned)below(w, 1000);
    switch (column) {
    case 0:
        if (row % 7 == 3) return arena_printf(arena, "person number %u", (unsigned)row);
        return arena_printf(arena, row % 5 ? "%u" : "x%u", (unsigned)row * 3);
    case 1: return arena_printf(arena, "%u", any % 121);
    case 2: return any % 9 ? any % 2 ? SLICE("F") : SLICE("M") : SLICE("");
    case 3:
        if (!(any % 9)) return SLICE("");
        any %= MEMBERS;
        return arena_printf(arena, any % 50 ? "E0100%04u" : "an area with a long name %u", any);
    case 4:
        if (!(any % 50))
            return SLICE("-\xC2\xA3"
                         "3.5");
        if (w->wide && !(any % 21)) return SLICE("90000000.01");
        return arena_printf(arena, any % 3 ? "%u.%02u" : "%u", any, any % 100);
    case 5:
        if (any % 4) return SLICE("");
        if (w->wide && any % 12 < 3) return any_of(w, wide, 3);
        return arena_printf(arena, "%u", any);
    case 6:
        return any % 6 ? arena_printf(arena, "19%02u-1%u-2%u", any % 90 + 10, any % 3, any % 9)
                       : SLICE("");
    case 7: return any % 3 ? any % 2 ? SLICE("1") : SLICE("0") : SLICE("");
    case 8: return any % 5 ? any_of(w, reals, 6) : SLICE("");
    case 10: return any % 3 ? SLICE("N") : SLICE("");
    default: break;
    }
    return any % 2 ? arena_printf(arena, "note %u", any) : SLICE("");
}

static void put_quoted(Writer *w, Slice text) {
    buffer_add_char(&w->out, '"');
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '"') buffer_add_char(&w->out, '"');
        buffer_add_char(&w->out, text.data[i]);
    }
    buffer_add_char(&w->out, '"');
}

static void put_field(Writer *w, uint32_t column, uint64_t row) {
    static const char *const wrong[] = {
        "x",      "121",  "-1",   "3.505", "2025-02-30", "?", "1e999", " ", "99999999999999999999",
        "\"a\"b", "a\"b", "\xFF", "\r"};
    static const char *const notes[] = {"two\nlines", "a \"quoted\" word", "one, two", "\r\n,\"\n",
                                        "caf\xC3\xA9"};
    if (once_in(w, w->wrong)) {
        buffer_add(&w->out, any_of(w, wrong, sizeof wrong / sizeof wrong[0]));
    } else if (column == 10 && once_in(w, 4)) {
        put_quoted(w, SLICE("yes, and more than sixteen bytes of it"));
    } else if (column == 9 && once_in(w, w->quoted)) {
        put_quoted(w, any_of(w, notes, sizeof notes / sizeof notes[0]));
    } else {
        Slice text = right_text(w, column, row);
        if (once_in(w, w->quoted))
            put_quoted(w, text);
        else
            buffer_add(&w->out, text);
    }
}

static void end_line(Writer *w) {
    bool crs = w->mixed ? once_in(w, 2) : w->crs;
    buffer_add_text(&w->out, crs ? "\r\n" : "\n");
}

static Slice random_file(Arena *arena, uint64_t seed) {
    static const uint64_t often[] = {0, 0, 0, 2000, 300, 5}, quoted[] = {0, 0, 60, 9, 1};
    Writer w = {.arena = arena, .random = seed};
    w.wrong = often[seed % 6];
    w.quoted = quoted[below(&w, 5)];
    w.crs = once_in(&w, 3);
    w.mixed = once_in(&w, 4);
    w.wide = once_in(&w, 2);
    buffer_init(&w.out, arena);
    if (once_in(&w, 3)) buffer_add_text(&w.out, "\xEF\xBB\xBF");
    if (once_in(&w, 8)) end_line(&w);
    buffer_add_text(&w.out, HEADER);
    end_line(&w);
    uint64_t rows = below(&w, 4) ? 100 + below(&w, 500) : below(&w, 4);
    for (uint64_t row = 0; row < rows; row++) {
        if (once_in(&w, 80)) end_line(&w);
        for (uint32_t column = 0; column < 11; column++) {
            if (column) buffer_add_char(&w.out, ',');
            put_field(&w, column, row);
        }
        if (once_in(&w, w.wrong)) buffer_add_text(&w.out, ",more");
        if (row + 1 < rows || once_in(&w, 2)) end_line(&w);
    }
    return buffer_slice(&w.out);
}

/* ---- Reading and comparing ------------------------------------------------------------------- */

typedef struct {
    ScpStatus status;
    TableData data;
    KeyColumn keys;
    RowLines lines;
    DataReport report;
} Read;

static Read read_file(Arena *arena, const Module *module, FILE *file, size_t chunk_size,
                      uint32_t threads) {
    Read read = {0};
    lseek(fileno(file), 0, SEEK_SET);
    IngestRequest request = {.module = module,
                             .table = module->tables.items,
                             .file = SLICE("t.csv"),
                             .descriptor = fileno(file),
                             .threads = threads,
                             .duckdb = "",
                             .row_limit = INT32_MAX,
                             .seed = 7,
                             .chunk_size = chunk_size,
                             .arena = arena,
                             .report = &read.report};
    read.status = ingest_file(&request, &read.data, &read.keys, &read.lines);
    return read;
}

static void free_read(Read *read) {
    for (uint32_t c = 0; c < read->data.column_count; c++) {
        mem_free(read->data.columns[c].values);
        mem_free(read->data.columns[c].missing);
    }
    key_column_free(&read->keys);
    mem_free(read->lines.lines);
}

static void write_cell(Buffer *out, const Column *column, uint64_t row) {
    bool missing = column_misses(column, row);
    char bytes[8];
    if (!column->values) return;
    if (!column->width) buffer_add_char(out, bit_at(column->values, row) ? '1' : '0');
    memcpy(bytes, (const char *)column->values + row * column->width, column->width);
    for (uint8_t i = 0; i < column->width; i++)
        buffer_printf(out, "%02x", (unsigned)(unsigned char)bytes[i]);
    buffer_add_text(out, missing ? "? " : " ");
}

/* All there is to know of what was read. */
static Slice account_of(Arena *arena, const Read *read) {
    Buffer out;
    buffer_init(&out, arena);
    buffer_printf(&out, "%d, %" PRIu64 " problems, %" PRIu64 " rows, %" PRIu64 " blank, %s\n",
                  read->status, read->report.total, read->data.rows, read->data.blank_lines,
                  read->data.sha256);
    VEC_EACH(DataProblem, p, &read->report.problems)
    buffer_printf(&out, "%d %u:%u %.*s: %.*s\n", p->name, (unsigned)p->line, p->field,
                  SLICE_FMT(p->header), SLICE_FMT(p->message));
    if (read->status != SCP_OK) return buffer_slice(&out);
    for (uint32_t c = 0; c < read->data.column_count; c++)
        buffer_printf(&out, "%u wide, %" PRIu64 " missing, %" PRId64 " to %" PRId64 "\n",
                      read->data.columns[c].width, read->data.columns[c].missing_count,
                      read->data.columns[c].low, read->data.columns[c].high);
    for (uint64_t row = 0; row < read->data.rows; row++) {
        uint64_t word = read->keys.words[row];
        buffer_printf(&out, "%" PRIu64 ": %" PRIx64 " ", row_line(&read->lines, row), word);
        if (KEY_POOLED(word))
            buffer_add(&out, (Slice){read->keys.pool + read->keys.offsets[row] + 4, 15});
        for (uint32_t c = 0; c < read->data.column_count; c++)
            write_cell(&out, &read->data.columns[c], row);
        buffer_add_char(&out, '\n');
    }
    return buffer_slice(&out);
}

static Slice account_in_chunks(Arena *arena, const Module *module, FILE *file, size_t chunk_size,
                               uint32_t threads, ScpStatus *status) {
    Read read = read_file(arena, module, file, chunk_size, threads);
    Slice account = account_of(arena, &read);
    *status = read.status;
    free_read(&read);
    return account;
}

static FILE *file_of(Slice text) {
    FILE *file = tmpfile();
    assert_non_null(file);
    if (text.length) assert_int_equal(fwrite(text.data, 1, text.length, file), text.length);
    assert_int_equal(fflush(file), 0);
    return file;
}

/* The outcome of reading one file, which is the same for all ways to read it. */
static ScpStatus assert_same_in_chunks(uint64_t seed) {
    static const size_t sizes[] = {32, 77, 500, 4096, 60000};
    static const uint32_t threads[] = {1, 2, 3, 8};
    Boundary boundary;
    Arena arena;
    ScpStatus status, again;
    arena_init(&arena, &boundary, 0);
    if (setjmp(boundary.at)) fail_msg("left to the boundary: %s", boundary.message);
    Module *module = table_module(&arena);
    Slice text = random_file(&arena, seed);
    FILE *file = file_of(text);
    Slice want = account_in_chunks(&arena, module, file, 0, 1, &status);
    char hex[SHA256_HEX_SIZE];
    sha256_hex(sha256_of(text), hex);
    if (status == SCP_OK) assert_non_null(strstr(want.data, hex));
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint32_t readers = threads[(seed + i) % 4];
        Slice got = account_in_chunks(&arena, module, file, sizes[i], readers, &again);
        if (slice_equal(got, want)) continue;
        fail_msg("file %" PRIu64 ", chunks of %zu, %u threads: read\n%.*s\n\nnot\n%.*s", seed,
                 sizes[i], readers, SLICE_FMT(got), SLICE_FMT(want));
    }
    fclose(file);
    arena_free(&arena);
    return status;
}

PLAIN_TEST(chunks_and_threads_change_nothing) {
    unsigned sound = 0, files = 240;
    for (uint64_t seed = 1; seed <= files; seed++) sound += assert_same_in_chunks(seed) == SCP_OK;
    assert_in_range(sound, files / 4, files * 3 / 4);
}

/* ---- Far down -------------------------------------------------------------------------------- */

/* What no value before it needed comes after many rows: more width, a line of its own, a problem.
 */
ARENA_TEST(late_oddities_are_as_they_would_be_early) {
    enum { ROWS = 70000 };
    Module *module = table_module(arena);
    Buffer out;
    buffer_init(&out, arena);
    buffer_add_text(&out, HEADER "\n");
    for (unsigned i = 0; i < ROWS; i++)
        buffer_printf(&out, "%u,%u,F,E01000001,%u,%s,,1,0.5,%s,N\n", i, i % 100, i % 1000,
                      i == ROWS - 9 ? "-9000000000" : "", i == ROWS - 7 ? "\"two\nlines\"" : "");
    for (uint32_t threads = 1; threads <= 3; threads++) {
        FILE *file = file_of(buffer_slice(&out));
        Read read = read_file(arena, module, file, 0, threads);
        assert_int_equal(read.status, SCP_OK);
        assert_int_equal(read.data.rows, ROWS);
        const Column *count = &read.data.columns[5];
        assert_int_equal(count->width, 8);
        assert_int_equal(count->missing_count, ROWS - 1);
        assert_true(((const int64_t *)count->values)[ROWS - 9] == -9000000000);
        assert_int_equal(((const int64_t *)count->values)[ROWS - 8], 0);
        assert_int_equal(read.data.columns[4].width, 4);
        for (unsigned i = 0; i < ROWS; i++) {
            assert_int_equal(read.keys.words[i], i);
            assert_int_equal(((const int32_t *)read.data.columns[4].values)[i], i % 1000 * 100);
            assert_int_equal(row_line(&read.lines, i), i + 2 + (i > ROWS - 7));
        }
        free_read(&read);
        fclose(file);
    }
}

/* Values that outgrow what the first rows were like, all of them from some row on. */
ARENA_TEST(values_that_grow_find_room) {
    enum { ROWS = 90000 };
    Module *module = table_module(arena);
    Buffer out;
    buffer_init(&out, arena);
    buffer_add_text(&out, HEADER "\n");
    for (unsigned i = 0; i < ROWS; i++)
        buffer_printf(&out, "%u,%u,F,E01000001,%u,%u,,1,0.5,,\n", i, i % 100, i / 9,
                      i < 50000 ? 7 : i * 40000);
    FILE *file = file_of(buffer_slice(&out));
    for (uint32_t threads = 1; threads <= 4; threads++) {
        Read read = read_file(arena, module, file, 50000, threads);
        assert_int_equal(read.status, SCP_OK);
        assert_int_equal(read.data.columns[4].width, 4);
        assert_int_equal(read.data.columns[5].width, 8);
        for (unsigned i = 0; i < ROWS; i++) {
            assert_int_equal(((const int32_t *)read.data.columns[4].values)[i], i / 9 * 100);
            assert_true(((const int64_t *)read.data.columns[5].values)[i] ==
                        (i < 50000 ? 7 : i * 40000));
        }
        free_read(&read);
    }
    fclose(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_and_threads_change_nothing),
        cmocka_unit_test(late_oddities_are_as_they_would_be_early),
        cmocka_unit_test(values_that_grow_find_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
