/* Any bytes are read as a table without a fault; cut into chunks they give the same records and the
 * same table; and what is not read is told. With libFuzzer (preset fuzz), or compiled with -DFUZZ_STANDALONE to
 * run the files that are named. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/sha256.h"
#include "runtime/data/csv.h"
#include "runtime/data/ingest.h"
#include "tests/fuzz/standalone.h"

enum { MEMORY = 64 << 20 };

/* What a reader made of a text: sums that depend on every record, its fields and its lines. */
typedef struct {
    uint64_t records, faults, bytes, lines;
} Account;

static void account_for(Arena *arena, Slice text, Account *account) {
    CsvReader *reader = ARENA_NEW(arena, CsvReader);
    char *copy = arena_alloc(arena, text.length + CSV_PADDING);
    if (text.length) memcpy(copy, text.data, text.length);
    csv_reader_init(reader, copy, text.length, ',', 0);
    while (csv_next(reader)) {
        account->records++;
        account->faults += (uint64_t)reader->fault * (account->records % 1000 + 1);
        account->lines += account->bytes + reader->line;
        for (uint32_t f = 0; f < reader->count && f < CSV_COLUMN_LIMIT; f++)
            account->bytes += reader->fields[f].length + 1;
    }
}

static void check_cut(Arena *arena, Slice text) {
    Account whole = {0}, parts = {0};
    CsvCut cut = {0, 0, false};
    csv_cut(&cut, text.data, text.length, ',');
    account_for(arena, text, &whole);
    account_for(arena, slice_sub(text, 0, cut.records), &parts);
    account_for(arena, slice_sub(text, cut.records, text.length), &parts);
    if (whole.records != parts.records || whole.faults != parts.faults ||
        whole.bytes != parts.bytes)
        abort();
}

static void add_column(Arena *arena, ModuleTable *table, Slice name, ColumnSort sort) {
    VEC_PUSH(arena, &table->columns,
             ((ModuleColumn){.name = name, .sort = sort, .may_miss = true}));
}

/* A column of each sort, under names of one letter that inputs soon find. */
static Module *table_module(Arena *arena) {
    static Slice members[] = {{"x", 1}, {"yy", 2}};
    Module *module = ARENA_NEW(arena, Module);
    ModuleTable table = {.name = SLICE("t")};
    VEC_PUSH(arena, &module->dims, ((ModuleDim){.member_count = 2, .members = members}));
    add_column(arena, &table, SLICE("k"), COLUMN_IDENTIFIER);
    add_column(arena, &table, SLICE("i"), COLUMN_INTEGER);
    add_column(arena, &table, SLICE("r"), COLUMN_REAL);
    add_column(arena, &table, SLICE("m"), COLUMN_MONEY);
    add_column(arena, &table, SLICE("d"), COLUMN_DATE);
    add_column(arena, &table, SLICE("f"), COLUMN_FLAG);
    add_column(arena, &table, SLICE("c"), COLUMN_CATEGORY);
    VEC_PUSH(arena, &module->tables, table);
    return module;
}

static void free_table(TableData *data, KeyColumn *keys, RowLines *lines) {
    for (uint32_t c = 0; c < data->column_count; c++) {
        mem_free(data->columns[c].values);
        mem_free(data->columns[c].missing);
    }
    key_column_free(keys);
    mem_free(lines->lines);
}

static void add_bytes(Sha256 *sha, const void *bytes, size_t length) {
    if (bytes) sha256_add(sha, (Slice){bytes, length});
}

/* What was read, and what was told, as one number. */
static Sha256Digest digest_of(const TableData *data, const KeyColumn *keys, const RowLines *lines,
                              const DataReport *report) {
    Sha256 sha;
    sha256_init(&sha);
    add_bytes(&sha, &report->total, sizeof report->total);
    VEC_EACH(DataProblem, problem, &report->problems) {
        add_bytes(&sha, &problem->line, sizeof problem->line);
        add_bytes(&sha, &problem->field, sizeof problem->field);
        add_bytes(&sha, problem->message.data, problem->message.length);
    }
    if (report->total) return sha256_finish(&sha);
    for (uint32_t c = 0; c < data->column_count; c++) {
        const Column *column = &data->columns[c];
        add_bytes(&sha, column->values, values_size(data->rows, column->width));
        add_bytes(&sha, column->missing, bits_size(data->rows));
    }
    add_bytes(&sha, keys->words, data->rows * sizeof *keys->words);
    for (uint64_t row = 0; row < data->rows; row++) {
        uint64_t line = row_line(lines, row);
        add_bytes(&sha, &line, sizeof line);
    }
    return sha256_finish(&sha);
}

static Sha256Digest read_table(Arena *arena, int descriptor, size_t chunk_size) {
    Module *module = table_module(arena);
    DataReport report = {0};
    TableData data = {0};
    KeyColumn keys = {0};
    RowLines lines = {0};
    IngestRequest request = {.module = module,
                             .table = module->tables.items,
                             .file = SLICE("fuzz.csv"),
                             .descriptor = descriptor,
                             .threads = 1,
                             .duckdb = "",
                             .row_limit = INT32_MAX,
                             .seed = 1,
                             .chunk_size = chunk_size,
                             .arena = arena,
                             .report = &report};
    lseek(descriptor, 0, SEEK_SET);
    ScpStatus status = ingest_file(&request, &data, &keys, &lines);
    if ((status == SCP_OK) != (report.total == 0)) abort();
    Sha256Digest digest = digest_of(&data, &keys, &lines, &report);
    free_table(&data, &keys, &lines);
    return digest;
}

/* How much is read before a packed file turns out to be damaged depends on the chunks. */
static bool is_packed(Slice bytes) {
    return slice_starts_with(bytes, SLICE("\x1f\x8b")) ||
           slice_starts_with(bytes, SLICE("\x28\xb5\x2f\xfd"));
}

static void check_table(Arena *arena, int descriptor, Slice bytes) {
    Sha256Digest whole = read_table(arena, descriptor, 0);
    Sha256Digest parts = read_table(arena, descriptor, 32 + bytes.length % 97);
    if (!is_packed(bytes) && !sha256_equal(whole, parts)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Boundary boundary;
    Arena arena;
    FILE *file = tmpfile();
    if (!file || fwrite(data, 1, size, file) != size || fflush(file)) abort();
    arena_init(&arena, &boundary, MEMORY);
    if (setjmp(boundary.at) == 0) {
        Slice bytes = {(const char *)data, size};
        check_table(&arena, fileno(file), bytes);
        check_cut(&arena, bytes);
    } else if (boundary.status != SCP_LIMIT) {
        abort();
    }
    arena_free(&arena);
    fclose(file);
    return 0;
}

#ifdef FUZZ_STANDALONE
int main(int count, char **arguments) {
    return fuzz_files(count, arguments);
}
#endif
