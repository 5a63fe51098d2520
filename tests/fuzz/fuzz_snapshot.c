/* Any bytes are opened as a snapshot, taken as a plan's tables and verified without a fault; what
 * passes holds no code, flag or row of a person beyond its bounds. The sums of header and directory are
 * put right first, so that what lies behind them is reached. With libFuzzer (preset fuzz), or
 * compiled with -DFUZZ_STANDALONE to run the files that are named. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/data/checksum.h"
#include "runtime/data/snapshot.h"
#include "tests/fuzz/standalone.h"

enum { MEMORY = 64 << 20, INPUT_MOST = 1 << 20 };

static void add_column(Arena *arena, ModuleTable *table, Slice name, ColumnSort sort) {
    VEC_PUSH(arena, &table->columns,
             ((ModuleColumn){.name = name, .sort = sort, .may_miss = true}));
}

/* A population `p` and events `e`, a column of each sort under names of one letter. */
static Module *plan_module(Arena *arena) {
    static Slice members[] = {{"x", 1}, {"yy", 2}};
    Module *module = ARENA_NEW(arena, Module);
    ModuleTable people = {.name = SLICE("p"), .population = MODULE_NONE};
    ModuleTable events = {.name = SLICE("e"), .sort = TABLE_EVENTS};
    module->arena = arena;
    VEC_PUSH(arena, &module->dims, ((ModuleDim){.member_count = 2, .members = members}));
    VEC_PUSH(arena, &people.snapshots, ((ModuleSnapshot){.file = SLICE("p")}));
    VEC_PUSH(arena, &events.snapshots, ((ModuleSnapshot){.file = SLICE("e")}));
    add_column(arena, &people, SLICE("k"), COLUMN_IDENTIFIER);
    add_column(arena, &people, SLICE("i"), COLUMN_INTEGER);
    add_column(arena, &people, SLICE("r"), COLUMN_REAL);
    add_column(arena, &people, SLICE("m"), COLUMN_MONEY);
    add_column(arena, &people, SLICE("d"), COLUMN_DATE);
    add_column(arena, &people, SLICE("f"), COLUMN_FLAG);
    add_column(arena, &people, SLICE("c"), COLUMN_CATEGORY);
    add_column(arena, &events, SLICE("k"), COLUMN_IDENTIFIER);
    add_column(arena, &events, SLICE("d"), COLUMN_DATE);
    VEC_PUSH(arena, &module->tables, people);
    VEC_PUSH(arena, &module->tables, events);
    return module;
}

static void check_bounds(const Dataset *dataset) {
    const TableData *people = dataset->tables[0].snapshots, *events = dataset->tables[1].snapshots;
    for (uint32_t c = 1; c < people->column_count; c++) {
        const Column *column = &people->columns[c];
        bool code = column->sort == COLUMN_FLAG || column->sort == COLUMN_CATEGORY;
        for (uint64_t row = 0; row < people->rows; row++)
            if ((uint64_t)column_whole(column, row) > 1 && code) abort();
    }
    for (uint64_t row = 0; row < events->rows; row++)
        if (events->person[row] != DATA_NO_PERSON && events->person[row] >= people->rows) abort();
}

static void put_sums_right(char *bytes, size_t length) {
    uint64_t words[4] = {length, SNAPSHOT_HEADER_SIZE};
    uint32_t mark = SNAPSHOT_ORDER_MARK, version = SNAPSHOT_FORMAT_VERSION;
    if (length < SNAPSHOT_HEADER_SIZE) return;
    memcpy(&words[2], bytes + 32, 8);
    words[2] %= length - SNAPSHOT_HEADER_SIZE + 1;
    words[3] = checksum_of(bytes + SNAPSHOT_HEADER_SIZE, words[2]);
    memcpy(bytes, SNAPSHOT_MAGIC, 8);
    memcpy(bytes + 8, &version, 4);
    memcpy(bytes + 12, &mark, 4);
    memcpy(bytes + 16, words, sizeof words);
    uint64_t sum = checksum_of(bytes, 48);
    memcpy(bytes + 48, &sum, 8);
}

static int open_bytes(const char *bytes, size_t length) {
    FILE *file = tmpfile();
    if (!file) abort();
    if (length && fwrite(bytes, 1, length, file) != length) abort();
    if (fflush(file)) abort();
    int descriptor = dup(fileno(file));
    fclose(file);
    return descriptor;
}

static void use_snapshot(Arena *arena, int descriptor, Snapshot *snapshot) {
    Slice error;
    DataReport report = {0};
    Module *module = plan_module(arena);
    Dataset dataset = {.table_count = 2, .snapshots = snapshot};
    if (snapshot_open(arena, descriptor, snapshot, &error) != SCP_OK) return;
    dataset.tables = arena_alloc_array(arena, 2, sizeof *dataset.tables);
    for (uint32_t t = 0; t < 2; t++) {
        dataset.tables[t].snapshots = ARENA_NEW(arena, TableData);
        dataset.tables[t].snapshot_count = 1;
        if (snapshot_take(snapshot, module, t, 0, arena, dataset.tables[t].snapshots, &report) !=
            SCP_OK)
            return;
    }
    if (snapshot_join(module, 1, dataset.tables[0].snapshots, dataset.tables[1].snapshots, arena,
                      &report) != SCP_OK)
        return;
    if (dataset_verify(module, &dataset, true, 1, arena, &report) == SCP_OK)
        check_bounds(&dataset);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    Boundary boundary;
    Arena arena;
    Snapshot snapshot = {0};
    if (length > INPUT_MOST) return 0;
    char *copy = malloc(length + 1);
    if (!copy) abort();
    memcpy(copy, bytes, length);
    put_sums_right(copy, length);
    int descriptor = open_bytes(copy, length);
    arena_init(&arena, &boundary, MEMORY);
    if (!setjmp(boundary.at)) use_snapshot(&arena, descriptor, &snapshot);
    snapshot_close(&snapshot);
    arena_free(&arena);
    close(descriptor);
    free(copy);
    return 0;
}

#ifdef FUZZ_STANDALONE
int main(int count, char **arguments) {
    return fuzz_files(count, arguments);
}
#endif
