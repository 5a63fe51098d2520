/* Records out of delimited text: by hand, against a naive reader that goes byte by byte, cut
 * into chunks anywhere, and by the shared suite of odd and broken files. */
#include "tests/unit/test_base_fixture.h"

#include <stdlib.h>

#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/base/memory.h"
#include "runtime/base/sha256.h"
#include "runtime/base/utf8.h"
#include "runtime/data/csv.h"

/* ---- A sequence of records as text, to be compared --------------------------------------------- */

static const char *const fault_names[CSV_FAULT_COUNT] = {
    "",          "E_ENCODING",          "E_NUL",           "E_BARE_CR",
    "E_BARE_QUOTE", "E_TEXT_AFTER_QUOTE", "E_UNTERMINATED_QUOTE", "E_TOO_FEW_FIELDS",
    "E_TOO_MANY_FIELDS", "E_FIELD_TOO_LONG", "E_TOO_MANY_COLUMNS", "E_RECORD_TOO_LONG"};

/* A reader is too large for the stack of a test that has many. */
static CsvReader *new_reader(Arena *arena, Slice text, char delimiter, uint32_t expected) {
    CsvReader *reader = ARENA_NEW(arena, CsvReader);
    char *copy = arena_alloc(arena, text.length + CSV_PADDING);
    if (text.length) memcpy(copy, text.data, text.length);
    csv_reader_init(reader, copy, text.length, delimiter, expected);
    return reader;
}

static void write_record(Buffer *out, uint64_t line, const CsvReader *reader) {
    buffer_printf(out, "%u", (unsigned)line);
    if (reader->fault != CSV_SOUND) {
        buffer_printf(out, " %s at %u\n", fault_names[reader->fault], reader->fault_field);
        return;
    }
    for (uint32_t f = 0; f < reader->count; f++) {
        buffer_add_text(out, " [");
        buffer_add(out, reader->fields[f]);
        buffer_add_char(out, ']');
    }
    buffer_add_char(out, '\n');
}

/* The records from line `*line` of a file on, one a line; `*line` goes to the line after them. */
static void write_records(Arena *arena, Slice text, uint64_t *line, Buffer *out) {
    CsvReader *reader = new_reader(arena, text, ',', 0);
    while (csv_next(reader))
        write_record(out, *line + reader->record_line - 1, reader);
    *line += reader->line - 1;
}

static Slice read_all(Arena *arena, Slice text) {
    Buffer out;
    uint64_t line = 1;
    buffer_init(&out, arena);
    write_records(arena, text, &line, &out);
    return buffer_slice(&out);
}

#define assert_records(text, want) assert_slice(read_all(arena, SLICE(text)), (want))

ARENA_TEST(fields_and_records_are_as_written) {
    assert_records("", "");
    assert_records("a,b\n1,2\n", "1 [a] [b]\n2 [1] [2]\n");
    assert_records("a,b\r\n1,2", "1 [a] [b]\n2 [1] [2]\n");
    assert_records("a,,\n,\n", "1 [a] [] []\n2 [] []\n");
    assert_records("\n\r\na\n\n\nb", "3 [a]\n6 [b]\n");
    assert_records(" a , b \n", "1 [ a ] [ b ]\n");
    assert_records("0123456789abcdef,0123456789abcdef0,x\n", "1 [0123456789abcdef] [0123456789abcdef0] [x]\n");
}

ARENA_TEST(quoted_fields_keep_what_is_between_the_quotes) {
    assert_records("\"a,b\",\"\"\n", "1 [a,b] []\n");
    assert_records("\"say \"\"hi\"\"\",\"\"\"\"\n", "1 [say \"hi\"] [\"]\n");
    assert_records("\"a\nb\r\nc\",d\ne\n", "1 [a\nb\r\nc] [d]\n4 [e]\n");
    assert_records("\"a\"", "1 [a]\n");
    assert_records("\"\"\"\"\"\"\n", "1 [\"\"]\n");
}

ARENA_TEST(faults_are_named_where_the_record_starts) {
    assert_records("a\n1,\"2\nx\n", "1 [a]\n2 E_UNTERMINATED_QUOTE at 2\n");
    assert_records("a,b\"c\nd\n", "1 E_BARE_QUOTE at 2\n2 [d]\n");
    assert_records("\"a\"b,c\nd\n", "1 E_TEXT_AFTER_QUOTE at 1\n2 [d]\n");
    assert_records("\"a\" ,c\n", "1 E_TEXT_AFTER_QUOTE at 1\n");
    assert_records("a\rb\nc\r", "1 E_BARE_CR at 1\n2 E_BARE_CR at 1\n");
    assert_records("\"a\"\r,b\n", "1 E_BARE_CR at 1\n");
    assert_records("\"a\nb\"x\nc\n", "1 E_TEXT_AFTER_QUOTE at 1\n3 [c]\n");
    assert_records("x\n\xff,b\nc", "1 [x]\n2 E_ENCODING at 1\n3 [c]\n");
    assert_records("a,\"\0\"\n", "1 E_NUL at 2\n");
    assert_records("a,\"\0\n", "1 E_NUL at 2\n");
}

ARENA_TEST(records_have_as_many_fields_as_are_expected) {
    CsvReader *reader = new_reader(arena, SLICE("a,b\n1\n1,2,3\n"), ',', 2);
    assert_true(csv_next(reader) && reader->fault == CSV_SOUND);
    assert_true(csv_next(reader) && reader->fault == CSV_TOO_FEW_FIELDS);
    assert_int_equal(reader->record_line, 2);
    assert_int_equal(reader->fault_field, 0);
    assert_true(csv_next(reader) && reader->fault == CSV_TOO_MANY_FIELDS);
    assert_false(csv_next(reader));
}

static Slice repeated(Arena *arena, const char *piece, size_t count, const char *end) {
    Buffer out;
    buffer_init(&out, arena);
    for (size_t i = 0; i < count; i++)
        buffer_add_text(&out, piece);
    buffer_add_text(&out, end);
    return buffer_slice(&out);
}

ARENA_TEST(fields_and_columns_are_limited) {
    static const struct {
        size_t length;
        CsvFault fault;
    } cases[] = {{CSV_FIELD_LIMIT, CSV_SOUND}, {CSV_FIELD_LIMIT + 1, CSV_FIELD_TOO_LONG}};
    for (int i = 0; i < 2; i++) {
        CsvReader *reader =
            new_reader(arena, repeated(arena, "x", cases[i].length, "\n"), ',', 0);
        assert_true(csv_next(reader));
        assert_int_equal(reader->fault, cases[i].fault);
    }
    CsvReader *reader = new_reader(arena, repeated(arena, ",", CSV_COLUMN_LIMIT - 1, "\n"), ',', 0);
    assert_true(csv_next(reader) && reader->fault == CSV_SOUND);
    assert_int_equal(reader->count, CSV_COLUMN_LIMIT);
    reader = new_reader(arena, repeated(arena, ",", CSV_COLUMN_LIMIT, "\na\n"), ',', 0);
    assert_true(csv_next(reader) && reader->fault == CSV_TOO_MANY_COLUMNS);
    assert_true(csv_next(reader) && reader->fault == CSV_SOUND);
}

ARENA_TEST(any_byte_may_separate_fields) {
    CsvReader *reader = new_reader(arena, SLICE("a;\"b;c\";d,e\n"), ';', 0);
    assert_true(csv_next(reader));
    assert_int_equal(reader->count, 3);
    assert_slice(reader->fields[1], "b;c");
    assert_slice(reader->fields[2], "d,e");
}

/* ---- A naive reader --------------------------------------------------------------------------------- */

typedef struct {
    Slice text;
    size_t at;
    uint64_t line;
    CsvFault fault;
    uint32_t fault_field, count;
    Buffer fields; /* as write_record writes them */
    bool text_fault;
} Naive;

static int peek(const Naive *naive, size_t ahead) {
    size_t at = naive->at + ahead;
    return at < naive->text.length ? (unsigned char)naive->text.data[at] : -1;
}

static bool naive_line_end(const Naive *naive) {
    return peek(naive, 0) == '\n' || (peek(naive, 0) == '\r' && peek(naive, 1) == '\n');
}

static void naive_fault(Naive *naive, CsvFault fault) {
    if (naive->fault != CSV_SOUND) return;
    naive->fault = fault;
    naive->fault_field = naive->count + 1;
}

static void naive_unquoted(Naive *naive, Buffer *field) {
    while (peek(naive, 0) >= 0 && peek(naive, 0) != ',' && !naive_line_end(naive)) {
        int c = peek(naive, 0);
        if (c == '"') naive_fault(naive, CSV_BARE_QUOTE);
        if (c == '\r') naive_fault(naive, CSV_BARE_CR);
        buffer_add_char(field, (char)c);
        naive->at++;
    }
}

static void naive_quoted(Naive *naive, Buffer *field) {
    for (naive->at++; peek(naive, 0) >= 0; naive->at++) {
        if (peek(naive, 0) == '\n') naive->line++;
        if (peek(naive, 0) == '"' && peek(naive, 1) != '"') break;
        naive->at += peek(naive, 0) == '"';
        buffer_add_char(field, (char)peek(naive, 0));
    }
    if (peek(naive, 0) < 0) naive_fault(naive, CSV_UNTERMINATED_QUOTE);
    naive->at += peek(naive, 0) >= 0;
    if (peek(naive, 0) < 0 || peek(naive, 0) == ',' || naive_line_end(naive)) return;
    naive_fault(naive, peek(naive, 0) == '\r' ? CSV_BARE_CR : CSV_TEXT_AFTER_QUOTE);
    Buffer rest;
    buffer_init(&rest, field->arena);
    naive_unquoted(naive, &rest);
}

static void naive_field(Naive *naive) {
    Buffer field;
    buffer_init(&field, naive->fields.arena);
    if (peek(naive, 0) == '"')
        naive_quoted(naive, &field);
    else
        naive_unquoted(naive, &field);
    Slice text = buffer_slice(&field);
    bool nul = text.length && memchr(text.data, 0, text.length);
    if (!naive->text_fault && (nul || !utf8_valid(text))) {
        naive->text_fault = true;
        naive->fault = nul ? CSV_NUL : CSV_ENCODING;
        naive->fault_field = naive->count + 1;
    }
    buffer_add_text(&naive->fields, " [");
    buffer_add(&naive->fields, text);
    buffer_add_char(&naive->fields, ']');
    naive->count++;
}

static void naive_end_line(Naive *naive) {
    naive->at += peek(naive, 0) == '\r';
    naive->at += peek(naive, 0) == '\n';
    naive->line++;
}

static Slice naive_read(Arena *arena, Slice text) {
    Naive naive = {.text = text, .line = 1};
    Buffer out;
    buffer_init(&out, arena);
    while (naive.at < text.length) {
        if (naive_line_end(&naive)) {
            naive_end_line(&naive);
            continue;
        }
        uint64_t line = naive.line;
        naive.count = naive.fault_field = 0;
        naive.fault = CSV_SOUND;
        naive.text_fault = false;
        buffer_init(&naive.fields, arena);
        for (naive_field(&naive); peek(&naive, 0) == ','; naive_field(&naive))
            naive.at++;
        naive_end_line(&naive);
        buffer_printf(&out, "%u", (unsigned)line);
        if (naive.fault == CSV_SOUND)
            buffer_add(&out, buffer_slice(&naive.fields));
        else
            buffer_printf(&out, " %s at %u", fault_names[naive.fault], naive.fault_field);
        buffer_add_char(&out, '\n');
    }
    return buffer_slice(&out);
}

/* Text of few different bytes, so that everything odd happens often. */
static Slice random_text(Arena *arena, uint64_t *random, size_t most) {
    static const char bytes[] = ",,,\"\"\"\n\n\r\rab\xC3\xA9\0";
    size_t length = test_random(random) % (most + 1), kinds = 6 + test_random(random) % 10;
    char *text = arena_alloc(arena, length + 1);
    for (size_t i = 0; i < length; i++)
        text[i] = bytes[test_random(random) % kinds];
    return (Slice){text, length};
}

ARENA_TEST(random_text_is_read_as_the_naive_reader_reads_it) {
    uint64_t random = 1;
    for (int i = 0; i < 20000; i++) {
        Slice text = random_text(arena, &random, i % 2 ? 12 : 60);
        assert_true(slice_equal(read_all(arena, text), naive_read(arena, text)));
    }
}

/* ---- Cutting ------------------------------------------------------------------------------------------ */

/* Reads what is before each cut on its own, given the text `step` bytes at a time. */
static Slice read_in_pieces(Arena *arena, Slice text, size_t step) {
    Buffer out;
    uint64_t line = 1;
    size_t start = 0;
    CsvCut cut = {0, 0, false};
    buffer_init(&out, arena);
    for (size_t have = 0; have < text.length;) {
        have = have + step < text.length ? have + step : text.length;
        csv_cut(&cut, text.data + start, have - start, ',');
        if (!cut.records) continue;
        write_records(arena, slice_sub(text, start, start + cut.records), &line, &out);
        start += cut.records;
        have = start; /* as a new chunk begins: with the record that is not whole yet */
        cut = (CsvCut){0, 0, false};
    }
    write_records(arena, slice_sub(text, start, text.length), &line, &out);
    return buffer_slice(&out);
}

ARENA_TEST(text_cut_anywhere_gives_the_same_records) {
    uint64_t random = 2;
    for (int i = 0; i < 4000; i++) {
        Slice text = random_text(arena, &random, 60), whole = read_all(arena, text);
        for (size_t step = 1; step <= 16; step *= 2)
            assert_true(slice_equal(read_in_pieces(arena, text, step), whole));
    }
}

ARENA_TEST(cut_is_the_same_however_the_text_arrives) {
    uint64_t random = 3;
    for (int i = 0; i < 4000; i++) {
        Slice text = random_text(arena, &random, 40);
        CsvCut whole = {0, 0, false}, grown = {0, 0, false};
        csv_cut(&whole, text.data, text.length, ',');
        for (size_t have = 1; have <= text.length; have++)
            csv_cut(&grown, text.data, have, ',');
        assert_int_equal(grown.records, whole.records);
        assert_int_equal(grown.quoted, whole.quoted);
    }
}

/* ---- The shared suite ------------------------------------------------------------------------------------ */

static const char *shared_folder(void) {
    const char *folder = getenv("SCP_SHARED");
    return folder ? folder : SCP_SOURCE_DIR "/../shared";
}

static Slice read_shared(Arena *arena, const char *name) {
    Slice text = SLICE(""), error;
    Slice path = arena_printf(arena, "%s/vectors/csv/%s", shared_folder(), name);
    if (file_read(arena, path.data, (size_t)1 << 26, &text, &error) != SCP_OK) return SLICE("");
    return text;
}

static Slice skip_mark(Slice text) {
    return slice_starts_with(text, SLICE("\xEF\xBB\xBF")) ? slice_sub(text, 3, text.length) : text;
}

static Slice text_of(const JsonValue *object, const char *key, const char *otherwise) {
    const JsonValue *value = json_get(object, slice_of(key));
    return value && value->kind == JSON_STRING ? value->text : slice_of(otherwise);
}

/* The records as compact JSON, of which the suite has the text or the fingerprint. */
static void write_json(Buffer *out, const CsvReader *reader) {
    buffer_add_text(out, out->length > 1 ? ",[" : "[");
    for (uint32_t f = 0; f < reader->count; f++) {
        if (f) buffer_add_char(out, ',');
        buffer_add_char(out, '"');
        for (size_t i = 0; i < reader->fields[f].length; i++) {
            unsigned char c = (unsigned char)reader->fields[f].data[i];
            const char *short_forms = "\b\t\n\f\r\"\\", *found = c ? strchr(short_forms, c) : NULL;
            if (found)
                buffer_printf(out, "\\%c", "btnfr\"\\"[found - short_forms]);
            else if (c < 0x20)
                buffer_printf(out, "\\u%04x", c);
            else
                buffer_add_char(out, (char)c);
        }
        buffer_add_char(out, '"');
    }
    buffer_add_char(out, ']');
}

static bool same_records(const JsonValue *wanted, Slice got, Arena *arena) {
    JsonValue *read;
    JsonError error;
    if (!json_parse(arena, got, &read, &error) || read->items.count != wanted->items.count)
        return false;
    for (uint32_t r = 0; r < read->items.count; r++) {
        const JsonValue *a = read->items.items[r], *b = wanted->items.items[r];
        if (a->items.count != b->items.count) return false;
        for (uint32_t f = 0; f < a->items.count; f++)
            if (!slice_equal(a->items.items[f]->text, b->items.items[f]->text)) return false;
    }
    return true;
}

/* A label that is blank or stands again is wrong with a header. */
static const char *header_fault(const CsvReader *reader) {
    for (uint32_t f = 0; f < reader->count; f++) {
        if (!slice_trim(reader->fields[f]).length) return "E_BLANK_LABEL";
        for (uint32_t k = 0; k < f; k++)
            if (slice_equal(reader->fields[f], reader->fields[k])) return "E_DUPLICATE_LABEL";
    }
    return NULL;
}

/* The first fault and its line; NULL where the file is sound, its records then in `out`. */
static const char *read_case(Arena *arena, const JsonValue *dialect, Slice text, Buffer *out,
                             uint64_t *line) {
    const JsonValue *flag = json_get(dialect, SLICE("header"));
    bool header = flag && flag->kind == JSON_TRUE;
    bool equal = !slice_equal(text_of(dialect, "fields", "equal"), SLICE("any"));
    char delimiter = text_of(dialect, "delimiter", ",").data[0];
    CsvReader *reader = new_reader(arena, skip_mark(text), delimiter, 0);
    bool any = false;
    buffer_add_char(out, '[');
    for (*line = 1; csv_next(reader); any = true) {
        *line = reader->record_line;
        if (reader->fault != CSV_SOUND) return fault_names[reader->fault];
        if (!any && header && header_fault(reader)) return header_fault(reader);
        if (!any && equal) reader->expected = reader->count;
        write_json(out, reader);
    }
    buffer_add_char(out, ']');
    return header && !any ? "E_NO_HEADER" : NULL;
}

static bool case_is_right(Arena *arena, const JsonValue *entry) {
    Slice file = text_of(entry, "file", ""), expect = text_of(entry, "expect", "");
    Buffer out;
    uint64_t line;
    buffer_init(&out, arena);
    Slice text = read_shared(arena, file.data);
    const char *fault = read_case(arena, json_get(entry, SLICE("dialect")), text, &out, &line);
    if (slice_equal(expect, SLICE("either"))) return true;
    if (slice_equal(expect, SLICE("error"))) {
        const JsonValue *at = json_get(entry, SLICE("line"));
        return fault && slice_equal(slice_of(fault), text_of(entry, "error", "")) &&
               (!at || at->kind == JSON_NULL || (uint64_t)at->number == line);
    }
    const JsonValue *records = json_get(entry, SLICE("records"));
    if (fault) return false;
    if (records) return same_records(records, buffer_slice(&out), arena);
    char hex[SHA256_HEX_SIZE];
    sha256_hex(sha256_of(buffer_slice(&out)), hex);
    return slice_equal(text_of(entry, "records_sha256", ""), slice_of(hex));
}

/* Declared encodings are not offered. */
ARENA_TEST(shared_suite_is_read_right_fault_and_line) {
    Slice manifest = read_shared(arena, "manifest.jsonl");
    if (!manifest.length) SKIP_TEST(arena);
    uint32_t cases = 0, wrong = 0, left_out = 0;
    for (size_t at = 0; at < manifest.length;) {
        const char *end = memchr(manifest.data + at, '\n', manifest.length - at);
        size_t stop = end ? (size_t)(end - manifest.data) : manifest.length;
        JsonValue *entry;
        JsonError error;
        assert_true(json_parse(arena, slice_sub(manifest, at, stop), &entry, &error));
        at = stop + 1;
        if (json_get(json_get(entry, SLICE("dialect")), SLICE("encoding"))) {
            left_out++;
            continue;
        }
        cases++;
        if (case_is_right(arena, entry)) continue;
        wrong++;
        fprintf(stderr, "wrong: %.*s\n", SLICE_FMT(text_of(entry, "id", "")));
    }
    print_message("%u cases of the suite, %u with an encoding left out\n", cases, left_out);
    assert_true(cases > 100);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_records_are_as_written),
        cmocka_unit_test(quoted_fields_keep_what_is_between_the_quotes),
        cmocka_unit_test(faults_are_named_where_the_record_starts),
        cmocka_unit_test(records_have_as_many_fields_as_are_expected),
        cmocka_unit_test(fields_and_columns_are_limited),
        cmocka_unit_test(any_byte_may_separate_fields),
        cmocka_unit_test(random_text_is_read_as_the_naive_reader_reads_it),
        cmocka_unit_test(text_cut_anywhere_gives_the_same_records),
        cmocka_unit_test(cut_is_the_same_however_the_text_arrives),
        cmocka_unit_test(shared_suite_is_read_right_fault_and_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
