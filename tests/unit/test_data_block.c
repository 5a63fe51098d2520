/* The fast road from text to values, on every kind of processor that this one can play: what it
 * reads is what the slow road reads, and the usual kinds are not left to that. */
#include "tests/unit/test_base_fixture.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "runtime/base/buffer.h"
#include "runtime/base/date.h"
#include "runtime/data/block.h"
#include "runtime/data/field_fault.h"
#include "runtime/data/keys.h"

#define FOR_EACH_LEVEL(kernels)                                                               \
    for (int level_ = PROCESSOR_ANY; level_ < PROCESSOR_LEVELS; level_++)                     \
        for (const BlockKernels *kernels = block_kernels_at((ProcessorLevel)level_); kernels; \
             kernels = NULL)

/* ---- Fields ---------------------------------------------------------------------------------- */

/* Texts one after the other as the only field of rows. */
typedef struct {
    Slice texts[BLOCK_ROWS];
    uint32_t marks[BLOCK_ROWS + 1];
    BlockField field;
} Rows;

static Rows *rows_of(Arena *arena, const Slice *texts, uint32_t count) {
    Rows *rows = ARENA_NEW(arena, Rows);
    Buffer out;
    buffer_init(&out, arena);
    rows->marks[0] = UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        rows->texts[i] = texts[i];
        buffer_add(&out, texts[i]);
        rows->marks[i + 1] = (uint32_t)out.length;
        buffer_add_char(&out, '\n');
    }
    for (int i = 0; i < CSV_PADDING; i++) buffer_add_char(&out, '\n');
    rows->field = (BlockField){buffer_slice(&out).data, rows->marks, 1, count, 0};
    return rows;
}

typedef enum { FLAGS, INTEGERS, MONEY, DATES, CODES, LETTERS, REALS, KEYS, NHS_KEYS, KINDS } Kind;

static const char *const kind_names[KINDS] = {"flag",   "integer", "money", "date",      "code",
                                              "letter", "real",    "key",   "NHS number"};

static const Slice members[] = {
    {"A", 1}, {"B2", 2}, {"E01000001", 9}, {"0123456789abcdef", 16}, {"0123456789abcdefg", 17}};
static const Slice letters[] = {{"F", 1}, {"M", 1}, {"0", 1}};
enum { MEMBERS = sizeof members / sizeof members[0], LETTER_COUNT = 3, SEED = 5 };

/* What the slow road makes of it; doubles as their bits. */
static bool read_slowly(Arena *arena, Kind kind, Slice text, int64_t *value) {
    static_assert(sizeof(double) == sizeof(int64_t), "a double is held in as many bytes");
    Dictionary dictionary;
    char room[IDENTIFIER_MOST];
    FieldFault fault;
    int32_t days;
    double real;
    switch (kind) {
    case FLAGS: return field_flag(text, value) == FIELD_SOUND;
    case INTEGERS: return field_integer(text, value) == FIELD_SOUND;
    case MONEY: return field_money(text, value) == FIELD_SOUND;
    case DATES:
        if (!date_parse_iso(text, &days)) return false;
        *value = days;
        return true;
    case CODES:
    case LETTERS:
        dictionary_init(&dictionary, arena, kind == CODES ? members : letters,
                        kind == CODES ? MEMBERS : LETTER_COUNT);
        *value = dictionary_find(&dictionary, text);
        return *value >= 0;
    case REALS:
        if (field_real(text, &real) != FIELD_SOUND) return false;
        memcpy(value, &real, sizeof real);
        return true;
    case NHS_KEYS:
        if (!identifier_read(IDENTIFIER_NHS_NUMBER, text, room, &text, &fault)) return false;
        break;
    case KEYS:
    case KINDS: break;
    }
    *value = (int64_t)key_word(text, SEED);
    return true;
}

static BlockRead read_together(Arena *arena, const BlockKernels *kernels, Kind kind,
                               const BlockField *field, int64_t values[BLOCK_ROWS]) {
    int32_t small[BLOCK_ROWS] = {0};
    BlockRead read = {0, 0};
    Dictionary dictionary;
    switch (kind) {
    case FLAGS: read = kernels->flags(field, small); break;
    case INTEGERS: read = kernels->integers(field, small); break;
    case MONEY: read = kernels->money(field, small); break;
    case DATES: read = kernels->dates(field, small); break;
    case CODES:
    case LETTERS:
        dictionary_init(&dictionary, arena, kind == CODES ? members : letters,
                        kind == CODES ? MEMBERS : LETTER_COUNT);
        read = kernels->codes(field, &dictionary, small);
        break;
    case REALS: return kernels->reals(field, (double *)(void *)values);
    case KEYS:
    case NHS_KEYS: return kernels->keys(field, kind == NHS_KEYS, (uint64_t *)(void *)values);
    case KINDS: break;
    }
    for (int i = 0; i < BLOCK_ROWS; i++) values[i] = small[i];
    return read;
}

static void assert_same_values(Arena *arena, const BlockKernels *kernels, Kind kind,
                               const Rows *rows) {
    int64_t values[BLOCK_ROWS];
    BlockRead read = read_together(arena, kernels, kind, &rows->field, values);
    for (uint32_t r = 0; r < rows->field.rows; r++) {
        int64_t want = 0;
        bool empty = read.empty >> r & 1, usual = read.usual >> r & 1;
        bool sound = read_slowly(arena, kind, rows->texts[r], &want);
        bool right = empty == !rows->texts[r].length && !(empty && usual) &&
                     (usual ? sound && values[r] == want : values[r] == 0);
        if (!right)
            fail_msg("%s: the %s \"%.*s\" is %" PRId64 ", not %" PRId64, kernels->name,
                     kind_names[kind], SLICE_FMT(rows->texts[r]), values[r], want);
    }
}

/* Texts that are nearly right: of few bytes, and of right ones with a byte changed. */
static Slice random_field(Arena *arena, uint64_t *random) {
    static const char bytes[] = "0123456789012345678901234567890.-eE/:FMYN \xC2\xA3+,x;";
    static const char *const right[] = {
        "2024-02-29",       "1900-02-29",  "0001-01-01",  "9434765919",
        "123.45",           "0.051680",    "E01000001",   "0123456789abcdefg",
        "0123456789abcdef", "21474836.47", "21474836.48", "12345678",
        "1234567812345678", "true",        "B2",          "4.5"};
    if (test_random(random) % 3) {
        const char *model = right[test_random(random) % (sizeof right / sizeof right[0])];
        char *text = arena_alloc(arena, strlen(model) + 1);
        memcpy(text, model, strlen(model));
        size_t length = strlen(model), at = test_random(random) % length;
        if (test_random(random) % 2) text[at] = bytes[test_random(random) % (sizeof bytes - 1)];
        if (!(test_random(random) % 4)) length = at;
        return (Slice){text, length};
    }
    size_t length = test_random(random) % 12;
    char *text = arena_alloc(arena, length + 1);
    size_t kinds = test_random(random) % 2 ? 10 : sizeof bytes - 1;
    for (size_t i = 0; i < length; i++) text[i] = bytes[test_random(random) % kinds];
    return (Slice){text, length};
}

ARENA_TEST(fields_read_together_are_as_they_are_one_by_one) {
    uint64_t random = 1;
    for (int turn = 0; turn < 1500; turn++) {
        Slice texts[BLOCK_ROWS];
        uint32_t count = 1 + (uint32_t)(test_random(&random) % BLOCK_ROWS);
        if (turn % 3) count = BLOCK_ROWS;
        for (uint32_t i = 0; i < count; i++) texts[i] = random_field(arena, &random);
        const Rows *rows = rows_of(arena, texts, count);
        FOR_EACH_LEVEL(kernels)
        for (Kind kind = 0; kind < KINDS; kind++) assert_same_values(arena, kernels, kind, rows);
    }
}

ARENA_TEST(usual_fields_are_not_left_to_the_slow_road) {
    static const struct {
        Kind kind;
        const char *text;
    } usual[] = {{FLAGS, "0"},
                 {FLAGS, "1"},
                 {INTEGERS, "0"},
                 {INTEGERS, "007"},
                 {INTEGERS, "12345678"},
                 {MONEY, "0"},
                 {MONEY, "66.65"},
                 {MONEY, "66.6"},
                 {MONEY, "9"},
                 {MONEY, "99999.99"},
                 {MONEY, "1.5"},
                 {DATES, "2026-03-31"},
                 {DATES, "2024-02-29"},
                 {CODES, "A"},
                 {CODES, "E01000001"},
                 {CODES, "0123456789abcdef"},
                 {CODES, "0123456789abcdefg"},
                 {LETTERS, "F"},
                 {REALS, "0.051680"},
                 {REALS, "12"},
                 {REALS, "0.5"},
                 {KEYS, "0"},
                 {KEYS, "5425674614"},
                 {KEYS, "1234567812345678"},
                 {NHS_KEYS, "9434765919"}};
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        Slice text = slice_of(usual[i].text);
        const Rows *rows = rows_of(arena, &text, 1);
        int64_t values[BLOCK_ROWS];
        FOR_EACH_LEVEL(kernels) {
            BlockRead read = read_together(arena, kernels, usual[i].kind, &rows->field, values);
            if (read.usual != 1) fail_msg("%s: \"%s\"", kernels->name, usual[i].text);
        }
    }
}

/* ---- Values ---------------------------------------------------------------------------------- */

ARENA_TEST(values_are_spanned_and_put_at_any_width) {
    uint64_t random = 2;
    for (int turn = 0; turn < 400; turn++) {
        int32_t values[BLOCK_ROWS], low = INT32_MAX, high = INT32_MIN;
        uint64_t rows = turn % 2 ? UINT64_MAX : test_random(&random) & test_random(&random);
        rows |= (uint64_t)1 << test_random(&random) % 64;
        for (int i = 0; i < BLOCK_ROWS; i++) {
            values[i] = (int32_t)test_random(&random) >> test_random(&random) % 31;
            if (!(rows >> i & 1)) continue;
            if (values[i] < low) low = values[i];
            if (values[i] > high) high = values[i];
        }
        uint32_t count = turn % 3 ? BLOCK_ROWS : (uint32_t)(test_random(&random) % BLOCK_ROWS);
        FOR_EACH_LEVEL(kernels) {
            int32_t got_low, got_high;
            kernels->span(values, rows, &got_low, &got_high);
            assert_int_equal(got_low, low);
            assert_int_equal(got_high, high);
            for (uint8_t width = 1; width <= 8; width = (uint8_t)(width * 2)) {
                unsigned char *out = arena_alloc(arena, BLOCK_ROWS * 8 + 8);
                memset(out, 0xEE, BLOCK_ROWS * 8 + 8);
                kernels->put(out, width, values, count);
                for (uint32_t i = 0; i < count; i++) {
                    int64_t wide = values[i];
                    assert_memory_equal(out + i * width, &wide, width); /* little-endian */
                }
                assert_int_equal(out[count * width], 0xEE);
            }
        }
    }
    (void)arena;
}

/* ---- Records --------------------------------------------------------------------------------- */

static CsvReader *reader_of(Arena *arena, Slice text, uint32_t fields) {
    CsvReader *reader = ARENA_NEW(arena, CsvReader);
    char *copy = arena_alloc(arena, text.length + CSV_PADDING);
    memcpy(copy, text.data, text.length);
    csv_reader_init(reader, copy, text.length, ',', fields);
    return reader;
}

static void write_field(Buffer *out, Slice text) {
    buffer_add_char(out, '[');
    buffer_add(out, text);
    buffer_add_char(out, ']');
}

static void write_one(Buffer *out, const CsvReader *reader) {
    buffer_printf(out, "%u ", (unsigned)reader->record_line);
    if (reader->fault != CSV_SOUND) buffer_printf(out, "fault %d", reader->fault);
    for (uint32_t f = 0; reader->fault == CSV_SOUND && f < reader->count; f++)
        write_field(out, reader->fields[f]);
    buffer_add_char(out, '\n');
}

static Slice read_one_by_one(Arena *arena, Slice text, uint32_t fields) {
    CsvReader *reader = reader_of(arena, text, fields);
    Buffer out;
    buffer_init(&out, arena);
    while (csv_next(reader)) write_one(&out, reader);
    return buffer_slice(&out);
}

static Slice read_in_blocks(Arena *arena, const BlockKernels *kernels, Slice text, uint32_t fields,
                            uint32_t *found) {
    CsvReader *reader = reader_of(arena, text, fields);
    uint32_t *marks = malloc(BLOCK_MARKS(fields) * sizeof *marks); /* its end is watched */
    Buffer out;
    bool crs;
    buffer_init(&out, arena);
    do {
        uint64_t line = reader->line;
        uint32_t rows = kernels->find(reader, marks, &crs);
        *found += rows;
        for (uint32_t r = 0; r < rows; r++) {
            buffer_printf(&out, "%u ", (unsigned)(line + r));
            for (uint32_t f = 0; f < fields; f++) {
                uint32_t start = marks[r * fields + f] + 1, end = marks[r * fields + f + 1];
                if (crs && f + 1 == fields) end--;
                write_field(&out, (Slice){reader->text + start, end - start});
            }
            buffer_add_char(&out, '\n');
        }
        if (rows == BLOCK_ROWS) continue;
        if (!csv_next(reader)) break;
        write_one(&out, reader);
    } while (true);
    free(marks);
    return buffer_slice(&out);
}

/* Mostly records as they should be, of fields of any length. */
static Slice random_records(Arena *arena, uint64_t *random, uint32_t fields) {
    Buffer out;
    buffer_init(&out, arena);
    uint64_t odd = test_random(random) % 40 + 1, rows = test_random(random) % 200;
    bool crs = test_random(random) % 3 == 0;
    for (uint64_t r = 0; r < rows; r++) {
        for (uint32_t f = 0; f < fields; f++) {
            size_t length = test_random(random) % (test_random(random) % 20 ? 8 : 150);
            if (f) buffer_add_char(&out, ',');
            for (size_t i = 0; i < length; i++)
                buffer_add_char(&out, (char)('a' + test_random(random) % 26));
        }
        static const char *const ends[] = {"\"", "\"x,\ny\"", ",", "\n", "\r", "\r\n", "\xC3\xA9"};
        if (!(test_random(random) % odd)) buffer_add_text(&out, ends[test_random(random) % 7]);
        buffer_add_text(&out, crs ? "\r\n" : "\n");
    }
    if (out.length && test_random(random) % 2) out.length--;
    return buffer_slice(&out);
}

ARENA_TEST(records_found_together_are_those_read_one_by_one) {
    uint64_t random = 3;
    for (int turn = 0; turn < 1200; turn++) {
        static const uint32_t widths[] = {1, 2, 3, 7, 33, 70};
        uint32_t fields = widths[turn % 6], found = 0;
        Slice text = random_records(arena, &random, fields);
        Slice want = read_one_by_one(arena, text, fields);
        FOR_EACH_LEVEL(kernels) {
            Slice got = read_in_blocks(arena, kernels, text, fields, &found);
            if (!slice_equal(got, want)) fail_msg("%s: turn %d", kernels->name, turn);
        }
    }
}

ARENA_TEST(plain_records_are_found_whatever_their_line_ends) {
    static const char *const ends[] = {"\n", "\r\n"};
    for (int e = 0; e < 2; e++) {
        Buffer out;
        buffer_init(&out, arena);
        for (int i = 0; i < 500; i++) buffer_printf(&out, "%d,,\xC3\xA9 x%s", i, ends[e]);
        FOR_EACH_LEVEL(kernels) {
            uint32_t found = 0;
            read_in_blocks(arena, kernels, buffer_slice(&out), 3, &found);
            assert_int_equal(found, 500);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_read_together_are_as_they_are_one_by_one),
        cmocka_unit_test(usual_fields_are_not_left_to_the_slow_road),
        cmocka_unit_test(values_are_spanned_and_put_at_any_width),
        cmocka_unit_test(records_found_together_are_those_read_one_by_one),
        cmocka_unit_test(plain_records_are_found_whatever_their_line_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
