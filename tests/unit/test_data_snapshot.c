/* Snapshots: what was packed comes back, nothing in a file is believed, no identifier is in it,
 * and what does not fit a plan is refused with what differs. */
#include "tests/unit/test_base_fixture.h"
#include "tests/unit/test_folder_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/buffer.h"
#include "runtime/base/file.h"
#include "runtime/data/checksum.h"
#include "runtime/data/snapshot.h"

/* ---- Files and modules ---------------------------------------------------------------------- */

static void put(const char *path, Slice text) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.data, 1, text.length, file), text.length);
    assert_int_equal(fclose(file), 0);
}

enum { ID, PLACE, AGE, COST, ILL, RISK, VISITS, PEOPLE_COLUMNS };
enum { WHO, DAY, STAY };
enum { PEOPLE = 150000, EVENTS = 200000 };

static void add_column(Module *module, ModuleTable *table, const char *name, ColumnSort sort,
                       bool may_miss) {
    VEC_PUSH(module->arena, &table->columns,
             ((ModuleColumn){.name = slice_of(name), .sort = sort, .may_miss = may_miss}));
}

static void ask(Module *module, uint32_t table, RowOp op, uint32_t column) {
    VEC_PUSH(module->arena, &module->rows, ((RowNode){.op = (uint8_t)op, .a = column}));
    VEC_PUSH(module->arena, &module->queries,
             ((StrataQuery){.table = table,
                            .filter = MODULE_NONE,
                            .value = module->rows.count - 1,
                            .rank = MODULE_NONE,
                            .valued = MODULE_NONE}));
}

/* People on two days, and falls joined to both. The queries read the age and the place of people,
 * and of falls the stay and the age of who fell. */
static Module *plan_module(Arena *arena) {
    static Slice places[] = {{"south", 5}, {"north", 5}, {"east", 4}};
    Module *module = ARENA_NEW(arena, Module);
    module->arena = arena;
    VEC_PUSH(arena, &module->dims, ((ModuleDim){.name = SLICE("place"), .sort = DIM_GEOGRAPHY,
                                                .member_count = 3, .members = places}));
    ModuleTable people = {.name = SLICE("people"), .sort = TABLE_POPULATION, .key = ID,
                          .population = MODULE_NONE};
    VEC_PUSH(arena, &people.snapshots, ((ModuleSnapshot){.file = SLICE("a.csv"), .as_at = 100}));
    VEC_PUSH(arena, &people.snapshots, ((ModuleSnapshot){.file = SLICE("b.csv"), .as_at = 200}));
    add_column(module, &people, "id", COLUMN_IDENTIFIER, false);
    add_column(module, &people, "place", COLUMN_CATEGORY, true);
    add_column(module, &people, "age", COLUMN_INTEGER, false);
    people.columns.items[AGE].has_range = true;
    people.columns.items[AGE].high = 120;
    add_column(module, &people, "cost", COLUMN_MONEY, true);
    add_column(module, &people, "ill", COLUMN_FLAG, false);
    add_column(module, &people, "risk", COLUMN_REAL, true);
    people.columns.items[RISK].has_range = true;
    people.columns.items[RISK].high = 1;
    add_column(module, &people, "visits", COLUMN_INTEGER, false);
    VEC_PUSH(arena, &module->tables, people);
    ModuleTable falls = {.name = SLICE("falls"), .sort = TABLE_EVENTS, .key = WHO, .population = 0};
    VEC_PUSH(arena, &falls.snapshots, ((ModuleSnapshot){.file = SLICE("falls.csv")}));
    add_column(module, &falls, "who", COLUMN_IDENTIFIER, false);
    add_column(module, &falls, "day", COLUMN_DATE, false);
    add_column(module, &falls, "stay", COLUMN_INTEGER, true);
    VEC_PUSH(arena, &module->tables, falls);
    ask(module, 0, ROW_COLUMN, AGE);
    ask(module, 0, ROW_COLUMN, PLACE);
    ask(module, 1, ROW_COLUMN, STAY);
    ask(module, 1, ROW_PERSON_COLUMN, AGE);
    return module;
}

static void put_day(Arena *arena, const char *path, uint32_t people, uint32_t from) {
    static const char *const places[] = {"north", "", "east", "south"};
    Buffer out;
    buffer_init(&out, arena);
    buffer_add_text(&out, "id,place,age,cost,ill,risk,visits\n");
    for (uint32_t i = from; i < from + people; i++) {
        buffer_printf(&out, "IDENT%07u,%s,%u,", i, places[i * 7 % 4], i * 31 % 121);
        if (i % 5) buffer_printf(&out, "%s%u.%02u", i % 3 ? "" : "-", i, i % 100);
        buffer_printf(&out, ",%u,%s,%u\n", i % 2, i % 9 ? "0.125" : "", i % 70000);
    }
    put(path, buffer_slice(&out));
}

static void put_falls(Arena *arena, uint32_t events, uint32_t people) {
    Buffer out;
    buffer_init(&out, arena);
    buffer_add_text(&out, "who,day,stay\n");
    for (uint32_t i = 0; i < events; i++) {
        buffer_printf(&out, "IDENT%07u,2026-0%u-1%u,", (uint32_t)(i * 7919ull % people), i % 9 + 1,
                      i % 10);
        buffer_add_text(&out, i % 4 ? "3\n" : "\n");
    }
    put("falls.csv", buffer_slice(&out));
}

/* The people of the second day begin `later` further on; falls are of all. */
static void put_data(Arena *arena, uint32_t people, uint32_t events) {
    put_day(arena, "a.csv", people, 0);
    put_day(arena, "b.csv", people, people / 10);
    put_falls(arena, events, people);
}

typedef struct {
    Dataset data;
    DataReport report;
    ScpStatus status;
} Loaded;

static Loaded load(Arena *arena, const Module *module, const char *snapshot, bool tolerate) {
    Loaded loaded;
    DataOverride all = {SLICE(""), snapshot ? slice_of(snapshot) : SLICE("")};
    DataOptions options = {.root = SLICE("."), .overrides = &all, .override_count = snapshot != NULL,
                           .threads = 2, .tolerate_orphans = tolerate};
    loaded.status = dataset_load(module, &options, arena, &loaded.data, &loaded.report);
    return loaded;
}

static Slice problems_of(Arena *arena, const DataReport *report) {
    Buffer out;
    buffer_init(&out, arena);
    VEC_EACH(const DataProblem, p, &report->problems)
        buffer_printf(&out, "%s %.*s %.*s: %.*s\n", diag_name_text(p->name), SLICE_FMT(p->file),
                      SLICE_FMT(p->header), SLICE_FMT(p->message));
    return buffer_slice(&out);
}

static ScpStatus write_to(Arena *arena, const Module *module, Loaded *loaded, const char *path,
                          bool (*interrupted)(void *)) {
    SnapshotDirectory directory;
    Slice error;
    SnapshotOptions options = {.path = path, .version = SLICE("1"), .threads = 2,
                               .interrupted = interrupted};
    return snapshot_write(module, &loaded->data, &options, arena, &directory, &error);
}

static void pack(Arena *arena, const Module *module, const char *path) {
    Loaded loaded = load(arena, module, NULL, true);
    assert_int_equal(loaded.status, SCP_OK);
    assert_true(dataset_order_people(module, &loaded.data, 2));
    assert_int_equal(write_to(arena, module, &loaded, path, NULL), SCP_OK);
    dataset_free(&loaded.data);
}

/* Some people, some falls, packed into p.scps. */
static Module *packed(Arena *arena, uint32_t people, uint32_t events) {
    Module *module = plan_module(arena);
    put_data(arena, people, events);
    pack(arena, module, "p.scps");
    return module;
}

/* ---- What comes back ------------------------------------------------------------------------ */

/* What tells a table whatever the order of its rows: a sum over rows of a product over columns. */
static uint64_t fingerprint(const TableData *data, const TableData *people) {
    uint64_t sum = 0;
    for (uint64_t row = 0; row < data->rows; row++) {
        uint64_t one = 17;
        for (uint32_t c = 0; c < data->column_count; c++) {
            const Column *column = &data->columns[c];
            if (!column->values) continue;
            bool missing = column_misses(column, row);
            uint64_t value = missing ? 99991 : (uint64_t)column_whole(column, row) + 3;
            one = one * 6364136223846793005u + value;
        }
        bool matched = people && data->person[row] != DATA_NO_PERSON;
        if (matched)
            one = one * 31 + (uint64_t)column_whole(&people->columns[COST], data->person[row]);
        sum += one;
    }
    return sum;
}

ARENA_TEST(a_snapshot_holds_what_was_packed) {
    Module *module = packed(arena, PEOPLE, EVENTS);
    Loaded text = load(arena, module, NULL, true), stored = load(arena, module, "p.scps", true);
    assert_int_equal(stored.status, SCP_OK);
    assert_int_equal(dataset_verify(module, &stored.data, true, 2, arena, &stored.report),
                     SCP_OK);
    for (uint32_t s = 0; s < 2; s++) {
        const TableData *a = &text.data.tables[0].snapshots[s];
        const TableData *b = &stored.data.tables[0].snapshots[s];
        const TableData *c = &text.data.tables[1].snapshots[s];
        const TableData *d = &stored.data.tables[1].snapshots[s];
        assert_int_equal(a->rows, b->rows);
        assert_true(fingerprint(a, NULL) == fingerprint(b, NULL));
        assert_true(fingerprint(c, a) == fingerprint(d, b));
        assert_int_equal(c->unmatched, d->unmatched);
        assert_slice(slice_of(b->sha256), a->sha256);
        assert_true(slice_equal(a->file, b->file) && slice_equal(c->file, d->file));
    }
    assert_int_equal(text.data.tables[1].orphans, stored.data.tables[1].orphans);
    dataset_free(&text.data);
    dataset_free(&stored.data);
}

ARENA_TEST(people_of_one_area_lie_together) {
    Module *module = packed(arena, 1000, 100);
    Loaded stored = load(arena, module, "p.scps", true);
    const Column *place = &stored.data.tables[0].snapshots[0].columns[PLACE];
    for (uint64_t row = 1; row < 1000; row++)
        assert_true(column_whole(place, row - 1) <= column_whole(place, row));
    assert_slice(stored.data.tables[0].snapshots[0].stored->part->ordered_by, "place");
    dataset_free(&stored.data);
}

ARENA_TEST(a_snapshot_is_for_its_owner_alone_and_holds_no_identifier) {
    struct stat status;
    Slice bytes, error;
    packed(arena, 1000, 100);
    assert_int_equal(stat("p.scps", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(file_read(arena, "p.scps", 1 << 24, &bytes, &error), SCP_OK);
    for (size_t at = 0; at + 5 <= bytes.length; at++)
        assert_false(!memcmp(bytes.data + at, "IDENT", 5));
}

ARENA_TEST(equal_data_give_equal_snapshots_on_any_number_of_threads) {
    Slice first, second, error;
    Module *module = packed(arena, PEOPLE, EVENTS);
    assert_int_equal(file_read(arena, "p.scps", 1 << 26, &first, &error), SCP_OK);
    Loaded loaded = load(arena, module, NULL, true);
    SnapshotDirectory directory;
    SnapshotOptions options = {.path = "q.scps", .version = SLICE("1"), .threads = 1};
    assert_true(dataset_order_people(module, &loaded.data, 1));
    assert_int_equal(
        snapshot_write(module, &loaded.data, &options, arena, &directory, &error), SCP_OK);
    assert_int_equal(file_read(arena, "q.scps", 1 << 26, &second, &error), SCP_OK);
    assert_true(slice_equal(first, second));
    dataset_free(&loaded.data);
}

ARENA_TEST(what_comes_from_a_snapshot_can_be_packed_again) {
    Slice first, second, error;
    Module *module = packed(arena, 1000, 500);
    Loaded loaded = load(arena, module, "p.scps", true);
    assert_int_equal(dataset_verify(module, &loaded.data, true, 2, arena, &loaded.report),
                     SCP_OK);
    assert_true(dataset_order_people(module, &loaded.data, 2));
    assert_int_equal(write_to(arena, module, &loaded, "q.scps", NULL), SCP_OK);
    dataset_free(&loaded.data);
    assert_int_equal(file_read(arena, "p.scps", 1 << 24, &first, &error), SCP_OK);
    assert_int_equal(file_read(arena, "q.scps", 1 << 24, &second, &error), SCP_OK);
    assert_int_equal(first.length, second.length);
}

/* ---- Nothing is believed -------------------------------------------------------------------- */

/* Loads, verifies everything, and frees. */
static ScpStatus use_bytes(Arena *arena, const Module *module, Slice bytes, bool all, Slice *why) {
    put("m.scps", bytes);
    Loaded loaded = load(arena, module, "m.scps", true);
    if (loaded.status == SCP_OK)
        loaded.status = dataset_verify(module, &loaded.data, all, 1, arena, &loaded.report);
    *why = problems_of(arena, &loaded.report);
    dataset_free(&loaded.data);
    return loaded.status;
}

static Slice snapshot_bytes(Arena *arena) {
    Slice bytes, error;
    assert_int_equal(file_read(arena, "p.scps", 1 << 24, &bytes, &error), SCP_OK);
    return bytes;
}

static bool is_padding(const Snapshot *snapshot, size_t at);

ARENA_TEST(every_changed_byte_is_found) {
    Slice why;
    Module *module = packed(arena, 60, 40);
    Slice bytes = snapshot_bytes(arena);
    char *changed = arena_alloc(arena, bytes.length);
    int descriptor = open("p.scps", O_RDONLY);
    Snapshot snapshot = {0};
    assert_int_equal(snapshot_open(arena, descriptor, &snapshot, &why), SCP_OK);
    for (size_t at = 0; at < bytes.length; at++) {
        if (is_padding(&snapshot, at)) continue;
        memcpy(changed, bytes.data, bytes.length);
        changed[at] ^= (char)(1 << at % 8);
        ScpStatus status = use_bytes(arena, module, (Slice){changed, bytes.length}, true, &why);
        bool told = slice_starts_with(why, SLICE("snapshot-damaged")) || at < 8;
        if (status != SCP_DATA || !told)
            fail_msg("byte %zu: status %d, %.*s", at, (int)status, SLICE_FMT(why));
    }
    snapshot_close(&snapshot);
    close(descriptor);
}

static bool within(const Snapshot *snapshot, const SnapshotArray *array, size_t at) {
    size_t from = (size_t)(snapshot->arrays - snapshot->map) + array->offset;
    return at >= from && at < from + array->length;
}

/* Bytes between arrays mean nothing. */
static bool is_padding(const Snapshot *snapshot, size_t at) {
    if (at < (size_t)(snapshot->arrays - snapshot->map) - SNAPSHOT_ALIGNMENT) return false;
    VEC_EACH(const SnapshotPart, part, &snapshot->directory.parts) {
        VEC_EACH(const SnapshotColumn, column, &part->columns)
            if (within(snapshot, &column->values, at) || within(snapshot, &column->missing, at))
                return false;
        VEC_EACH(const SnapshotJoin, join, &part->joins)
            if (within(snapshot, &join->rows, at)) return false;
    }
    return true;
}

ARENA_TEST(a_snapshot_that_is_cut_off_is_refused) {
    Slice why;
    Module *module = packed(arena, 60, 40);
    Slice bytes = snapshot_bytes(arena);
    for (size_t length = 8; length < bytes.length; length += length < 200 ? 1 : 97) {
        assert_int_equal(use_bytes(arena, module, slice_sub(bytes, 0, length), true, &why),
                         SCP_DATA);
        assert_true(slice_starts_with(why, SLICE("snapshot-damaged m.scps : ")));
    }
}

/* Rewrites the directory as `change` leaves it, with every sum right again. */
static Slice forge(Arena *arena, void (*change)(Snapshot *, char *arrays)) {
    Snapshot snapshot = {0};
    Slice error, bytes = snapshot_bytes(arena);
    int descriptor = open("p.scps", O_RDONLY);
    assert_int_equal(snapshot_open(arena, descriptor, &snapshot, &error), SCP_OK);
    close(descriptor);
    size_t at = (size_t)(snapshot.arrays - snapshot.map), length = bytes.length - at;
    char *arrays = arena_alloc(arena, length);
    memcpy(arrays, snapshot.arrays, length);
    snapshot_close(&snapshot);
    change(&snapshot, arrays);
    VEC_EACH(SnapshotPart, part, &snapshot.directory.parts) {
        VEC_EACH(SnapshotColumn, column, &part->columns) {
            if (column->values.offset > length) continue;
            uint64_t sum = checksum_of(arrays + column->values.offset, column->values.length);
            if (column->values.block_count == 1) memcpy(column->values.checks, &sum, 8);
            sum = checksum_of(arrays + column->missing.offset, column->missing.length);
            if (column->missing.block_count == 1) memcpy(column->missing.checks, &sum, 8);
        }
        VEC_EACH(SnapshotJoin, join, &part->joins) {
            uint64_t sum = checksum_of(arrays + join->rows.offset, join->rows.length);
            memcpy(join->rows.checks, &sum, 8);
        }
    }
    Buffer directory, out;
    buffer_init(&directory, arena);
    buffer_init(&out, arena);
    Codec codec = {.arena = arena, .bytes = &directory};
    snapshot_codec(&codec, &snapshot.directory);
    uint64_t from = snapshot_align(SNAPSHOT_HEADER_SIZE + directory.length);
    uint64_t words[] = {from + length, SNAPSHOT_HEADER_SIZE, directory.length,
                        checksum_of(directory.data, directory.length), 0};
    char header[SNAPSHOT_HEADER_SIZE];
    memcpy(header, bytes.data, 16);
    memcpy(header + 16, words, 32);
    words[4] = checksum_of(header, 48);
    memcpy(header + 48, &words[4], 8);
    buffer_add(&out, (Slice){header, sizeof header});
    buffer_add(&out, buffer_slice(&directory));
    buffer_add_repeated(&out, 0, (size_t)(from - out.length));
    buffer_add(&out, (Slice){arrays, length});
    return buffer_slice(&out);
}

static SnapshotColumn *column_of(Snapshot *snapshot, uint32_t part, const char *name) {
    VEC_EACH(SnapshotColumn, column, &snapshot->directory.parts.items[part].columns)
        if (slice_equal(column->name, slice_of(name))) return column;
    fail();
    return NULL;
}

static void change_nothing(Snapshot *s, char *arrays) { (void)s, (void)arrays; }

static void put_code_too_high(Snapshot *s, char *arrays) {
    arrays[column_of(s, 0, "place")->values.offset + 3] = 7;
}
static void put_flag_too_high(Snapshot *s, char *arrays) {
    (void)arrays;
    column_of(s, 0, "ill")->high = 0;
}
static void put_flag_too_low(Snapshot *s, char *arrays) {
    (void)arrays;
    column_of(s, 0, "ill")->low = 1;
}
static void put_flags_as_bytes(Snapshot *s, char *arrays) {
    (void)arrays;
    column_of(s, 0, "ill")->width = 1;
}
static void put_bits_of_no_flag(Snapshot *s, char *arrays) {
    (void)arrays;
    column_of(s, 0, "place")->width = 0;
}
static void put_real_that_is_none(Snapshot *s, char *arrays) {
    memset(arrays + column_of(s, 0, "risk")->values.offset + 8, 0xFF, 8);
}
static void put_mark_of_no_missing(Snapshot *s, char *arrays) {
    arrays[column_of(s, 0, "cost")->missing.offset] ^= 2;
}
static void put_person_too_high(Snapshot *s, char *arrays) {
    uint32_t person = 60;
    memcpy(arrays + s->directory.parts.items[2].joins.items[0].rows.offset + 39 * 4, &person, 4);
}
static void put_people_out_of_order(Snapshot *s, char *arrays) {
    char *rows = arrays + s->directory.parts.items[2].joins.items[0].rows.offset, first[4];
    memcpy(first, rows, 4);
    memcpy(rows, rows + 20 * 4, 4);
    memcpy(rows + 20 * 4, first, 4);
}
static void put_bounds_too_wide(Snapshot *s, char *arrays) {
    (void)arrays;
    column_of(s, 0, "place")->high = 3;
}
static void put_width_of_no_type(Snapshot *s, char *arrays) {
    (void)arrays;
    column_of(s, 0, "age")->width = 3;
}
static void put_array_outside(Snapshot *s, char *arrays) {
    (void)arrays;
    column_of(s, 0, "age")->values.offset = (uint64_t)1 << 40;
}
static void put_too_few_blocks(Snapshot *s, char *arrays) {
    (void)arrays;
    column_of(s, 0, "age")->values.block_count = 0;
}
static void put_rows_that_are_not(Snapshot *s, char *arrays) {
    (void)arrays;
    s->directory.parts.items[0].rows = 61;
}
static void put_join_to_events(Snapshot *s, char *arrays) {
    (void)arrays;
    s->directory.parts.items[2].joins.items[0].part = 2;
}
static void put_identifier(Snapshot *s, char *arrays) {
    (void)arrays;
    column_of(s, 0, "age")->sort = COLUMN_IDENTIFIER;
}

ARENA_TEST(a_forged_snapshot_holds_no_value_its_column_may_not) {
    static const struct {
        void (*change)(Snapshot *, char *);
        const char *why;
    } forgeries[] = {
        {put_code_too_high, "place: the snapshot holds a value that cannot be one"},
        {put_flag_too_high, "ill: the snapshot holds a value that cannot be one"},
        {put_flag_too_low, "ill: the snapshot holds a value that cannot be one"},
        {put_flags_as_bytes, ": the snapshot cannot be used: the bounds of a column do not fit its "
                             "type"},
        {put_bits_of_no_flag, ": the snapshot cannot be used: the bounds of a column do not fit its "
                              "type"},
        {put_real_that_is_none, "risk: the snapshot holds a value that cannot be one"},
        {put_mark_of_no_missing, "cost: the snapshot holds a value that cannot be one"},
        {put_person_too_high, ": the join of events to people cannot be one"},
        {put_people_out_of_order, ": the join of events to people cannot be one"},
        {put_bounds_too_wide, ": the snapshot cannot be used: the bounds of a column do not fit "
                              "its type"},
        {put_width_of_no_type, ": the snapshot cannot be used: the bounds of a column do not fit "
                               "its type"},
        {put_array_outside, ": the snapshot cannot be used: a column does not lie within it"},
        {put_too_few_blocks, ": the snapshot cannot be used: a column does not lie within it"},
        {put_rows_that_are_not, ": the snapshot cannot be used: a column does not lie within it"},
        {put_join_to_events, ": the snapshot cannot be used: events are joined to no population"},
        {put_identifier, ": the snapshot cannot be used: the bounds of a column do not fit its "
                         "type"},
    };
    Slice why;
    Module *module = packed(arena, 60, 40);
    assert_int_equal(use_bytes(arena, module, forge(arena, change_nothing), true, &why),
                     SCP_OK);
    for (size_t i = 0; i < sizeof forgeries / sizeof forgeries[0]; i++) {
        Slice bytes = forge(arena, forgeries[i].change);
        assert_int_equal(use_bytes(arena, module, bytes, true, &why), SCP_DATA);
        Slice want = arena_printf(arena, "snapshot-damaged m.scps %s\n", forgeries[i].why);
        /* a join out of order is found by each day's own */
        assert_true(slice_starts_with(why, want));
    }
}

ARENA_TEST(what_no_query_reads_is_not_looked_at) {
    Slice why;
    Module *module = packed(arena, 60, 40);
    assert_int_equal(use_bytes(arena, module, forge(arena, put_flag_too_high), false, &why),
                     SCP_OK);
    assert_int_equal(use_bytes(arena, module, forge(arena, put_code_too_high), false, &why),
                     SCP_DATA);
    assert_int_equal(use_bytes(arena, module, forge(arena, put_person_too_high), false, &why),
                     SCP_DATA);
}

ARENA_TEST(ranked_people_are_verified_by_what_ranks_them) {
    Slice why;
    Module *module = packed(arena, 60, 40);
    VEC_PUSH(arena, &module->rows, ((RowNode){.op = ROW_COLUMN, .a = ILL}));
    uint32_t node = module->rows.count - 1;
    VEC_PUSH(arena, &module->rankings, ((RowRanking){.value = node, .stratum = node}));
    VEC_PUSH(arena, &module->rows, ((RowNode){.op = ROW_RANKED, .a = 0, .b = 1, .c = 0}));
    module->queries.items[0].value = node + 1;
    assert_int_equal(use_bytes(arena, module, forge(arena, put_flag_too_high), false, &why),
                     SCP_DATA);
}

/* ---- What does not fit ---------------------------------------------------------------------- */

static void assert_refused(Arena *arena, const Module *module, const char *want) {
    Loaded loaded = load(arena, module, "p.scps", true);
    if (loaded.status == SCP_OK)
        loaded.status = dataset_verify(module, &loaded.data, true, 1, arena, &loaded.report);
    assert_slice(problems_of(arena, &loaded.report), want);
    assert_int_equal(loaded.status, *want ? SCP_DATA : SCP_OK);
    dataset_free(&loaded.data);
}

ARENA_TEST(a_changed_column_is_named) {
    Module *module = packed(arena, 60, 40);
    ModuleColumn *columns = module->tables.items[0].columns.items;
    columns[AGE].high = 100;
    columns[PLACE].may_miss = false;
    columns[ILL].sort = COLUMN_INTEGER;
    columns[VISITS].name = SLICE("contacts");
    module->tables.items[0].snapshots.count = 1;
    module->tables.count = 1;
    assert_refused(arena, module,
                   "snapshot-mismatch p.scps place: values are missing in it; the column is "
                   "not declared `or missing`\n"
                   "snapshot-mismatch p.scps age: it holds values outside the range the plan "
                   "declares\n"
                   "snapshot-mismatch p.scps ill: it was packed as flags, the plan declares "
                   "whole numbers\n"
                   "snapshot-mismatch p.scps contacts: it was packed without this column\n");
}

ARENA_TEST(a_narrower_range_of_numbers_is_held_against_each) {
    Module *module = packed(arena, 60, 40);
    module->tables.items[0].columns.items[RISK].high = 0;
    module->tables.items[0].snapshots.count = 1;
    module->tables.count = 1;
    assert_refused(arena, module,
                   "snapshot-mismatch p.scps risk: it holds values outside the range the plan "
                   "declares\n");
}

ARENA_TEST(other_categories_are_refused_and_further_ones_are_not) {
    static Slice more[] = {{"south", 5}, {"north", 5}, {"east", 4}, {"west", 4}};
    static Slice other[] = {{"north", 5}, {"south", 5}, {"east", 4}};
    Module *module = packed(arena, 60, 40);
    module->dims.items[0].members = more;
    module->dims.items[0].member_count = 4;
    assert_refused(arena, module, "");
    module->tables.items[0].snapshots.count = 1;
    module->tables.count = 1;
    module->dims.items[0].members = other;
    module->dims.items[0].member_count = 3;
    assert_refused(arena, module,
                   "snapshot-mismatch p.scps place: it was packed with `south` as category 1, "
                   "where the plan now declares `north`\n");
    module->dims.items[0].members = more;
    module->dims.items[0].member_count = 2;
    assert_refused(arena, module,
                   "snapshot-mismatch p.scps place: it was packed with the category `east`, "
                   "which the plan does not declare\n");
}

ARENA_TEST(a_day_or_table_that_was_not_packed_is_named) {
    Module *module = packed(arena, 60, 40);
    module->tables.items[0].snapshots.items[1].as_at = 201;
    module->tables.items[1].name = SLICE("stays");
    assert_refused(arena, module,
                   "snapshot-mismatch p.scps : it holds no population `people` as at "
                   "1970-07-21\n"
                   "snapshot-mismatch p.scps : it holds no events `stays`\n");
}

ARENA_TEST(snapshot_and_text_are_not_joined) {
    Module *module = packed(arena, 60, 40);
    Loaded loaded;
    DataOverride mixed[] = {{SLICE("people"), SLICE("p.scps")},
                            {SLICE("falls"), SLICE("falls.csv")}};
    DataOptions options = {.root = SLICE("."), .overrides = mixed, .override_count = 2};
    loaded.status = dataset_load(module, &options, arena, &loaded.data, &loaded.report);
    assert_int_equal(loaded.status, SCP_DATA);
    assert_slice(problems_of(arena, &loaded.report),
                 "snapshot-mismatch falls.csv : `people` is taken from a snapshot, which holds "
                 "no identifiers: take `falls` from it too\n");
    mixed[0].name = SLICE("falls");
    options.override_count = 1;
    loaded.status = dataset_load(module, &options, arena, &loaded.data, &loaded.report);
    assert_int_equal(loaded.status, SCP_DATA);
    assert_slice(problems_of(arena, &loaded.report),
                 "snapshot-mismatch p.scps : `falls` is joined to people of its own: take "
                 "`people` from the same snapshot\n");
    mixed[0].name = SLICE("people");
    loaded.status = dataset_load(module, &options, arena, &loaded.data, &loaded.report);
    assert_int_equal(loaded.status, SCP_OK);
    assert_non_null(loaded.data.tables[1].snapshots[1].stored);
    dataset_free(&loaded.data);
}

ARENA_TEST(events_of_nobody_are_left_out_only_where_asked) {
    Module *module = plan_module(arena);
    put_data(arena, 60, 40);
    put("falls.csv", SLICE("who,day,stay\nNOBODY,2026-01-02,1\nIDENT0000003,2026-01-02,1\n"));
    pack(arena, module, "p.scps");
    assert_refused(arena, module, "");
    Loaded loaded = load(arena, module, "p.scps", false);
    assert_int_equal(loaded.status, SCP_DATA);
    assert_int_equal(loaded.report.problems.items[0].name, DIAG_DATA_ORPHAN_EVENT);
    dataset_free(&loaded.data);
}

/* ---- Writing -------------------------------------------------------------------------------- */

static bool always(void *context) {
    (void)context;
    return true;
}

static uint32_t count_files(void) {
    uint32_t count = 0;
    DIR *folder = opendir(".");
    assert_non_null(folder);
    while (readdir(folder)) count++;
    closedir(folder);
    return count;
}

ARENA_TEST(an_interrupted_packing_leaves_nothing) {
    Module *module = plan_module(arena);
    put_data(arena, 60, 40);
    uint32_t before = count_files();
    Loaded loaded = load(arena, module, NULL, true);
    assert_int_equal(write_to(arena, module, &loaded, "p.scps", always), SCP_DATA);
    assert_int_equal(count_files(), before);
    assert_int_equal(write_to(arena, module, &loaded, "nowhere/p.scps", NULL), SCP_DATA);
    assert_int_equal(count_files(), before);
    dataset_free(&loaded.data);
}

ARENA_TEST(memory_that_ends_is_told) {
    Module *module = packed(arena, 60, 40);
    for (long n = 1;; n++) {
        volatile ScpStatus status = SCP_OK;
        Boundary boundary;
        Arena small;
        Loaded loaded = {.status = SCP_OK};
        arena_init(&small, &boundary, 0);
        mem_fail_after(n);
        if (setjmp(boundary.at)) {
            status = boundary.status;
        } else {
            loaded = load(&small, module, "p.scps", true);
            status = loaded.status;
            if (status == SCP_OK)
                status = dataset_verify(module, &loaded.data, true, 1, &small, &loaded.report);
        }
        bool over = mem_fail_after(0) > 0;
        bool alone = status == SCP_OK && !loaded.data.crew; /* threads are done without */
        dataset_free(&loaded.data);
        arena_free(&small);
        assert_true(over || alone ? status == SCP_OK : status == SCP_LIMIT);
        if (over) break;
    }
}

PLAIN_TEST(a_checksum_tells_every_changed_bit_and_length) {
    unsigned char bytes[200];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * 37);
    uint64_t whole = checksum_of(bytes, sizeof bytes);
    for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_true(checksum_of(bytes, sizeof bytes) != whole);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    memset(bytes, 0, sizeof bytes);
    for (size_t length = 0; length < sizeof bytes; length++)
        assert_true(checksum_of(bytes, length) != checksum_of(bytes, length + 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_snapshot_holds_what_was_packed),
        IN_FOLDER(people_of_one_area_lie_together),
        IN_FOLDER(a_snapshot_is_for_its_owner_alone_and_holds_no_identifier),
        IN_FOLDER(equal_data_give_equal_snapshots_on_any_number_of_threads),
        IN_FOLDER(what_comes_from_a_snapshot_can_be_packed_again),
        IN_FOLDER(every_changed_byte_is_found),
        IN_FOLDER(a_snapshot_that_is_cut_off_is_refused),
        IN_FOLDER(a_forged_snapshot_holds_no_value_its_column_may_not),
        IN_FOLDER(what_no_query_reads_is_not_looked_at),
        IN_FOLDER(ranked_people_are_verified_by_what_ranks_them),
        IN_FOLDER(a_changed_column_is_named),
        IN_FOLDER(a_narrower_range_of_numbers_is_held_against_each),
        IN_FOLDER(other_categories_are_refused_and_further_ones_are_not),
        IN_FOLDER(a_day_or_table_that_was_not_packed_is_named),
        IN_FOLDER(snapshot_and_text_are_not_joined),
        IN_FOLDER(events_of_nobody_are_left_out_only_where_asked),
        IN_FOLDER(an_interrupted_packing_leaves_nothing),
        IN_FOLDER(memory_that_ends_is_told),
        cmocka_unit_test(a_checksum_tells_every_changed_bit_and_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
