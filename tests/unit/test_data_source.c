/* The bytes of data files: compressed with zstd, whole and damaged; and text of other encodings,
 * however it is cut. */
#include "tests/unit/test_base_fixture.h"

#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "runtime/base/buffer.h"
#include "runtime/data/field_fault.h"
#include "runtime/data/source.h"

/* ---- Reading -------------------------------------------------------------------------------- */

typedef struct {
    Slice text;
    SourceFault fault;
} Got;

/* All of the bytes through a source, asked for `room` at a time. */
static Got read_bytes(Arena *arena, Slice bytes, TextEncoding encoding, size_t room) {
    FILE *file = tmpfile();
    ByteSource source;
    Buffer out;
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.length, file), bytes.length);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
    buffer_init(&out, arena);
    byte_source_init(&source, fileno(file), encoding);
    while (!source.ended && source.fault == SOURCE_SOUND)
        out.length += byte_source_read(&source, buffer_reserve(&out, room), room);
    Got got = {buffer_slice(&out), source.fault};
    byte_source_free(&source);
    fclose(file);
    return got;
}

/* ---- zstd ----------------------------------------------------------------------------------- */

static Slice packed(Arena *arena, Slice text) {
    size_t room = ZSTD_compressBound(text.length);
    char *bytes = arena_alloc(arena, room);
    size_t length = ZSTD_compress(bytes, room, text.data, text.length, 3);
    assert_false(ZSTD_isError(length));
    return (Slice){bytes, length};
}

static Slice joined(Arena *arena, Slice a, Slice b) {
    Buffer out;
    buffer_init(&out, arena);
    buffer_add(&out, a);
    buffer_add(&out, b);
    return buffer_slice(&out);
}

static Slice long_text(Arena *arena, size_t lines) {
    Buffer out;
    uint64_t random = 7;
    buffer_init(&out, arena);
    for (size_t i = 0; i < lines; i++)
        buffer_printf(&out, "%zu,%u\n", i, (unsigned)(test_random(&random) % 1000000));
    return buffer_slice(&out);
}

ARENA_TEST(zstd_is_read_in_any_pieces) {
    Slice text = long_text(arena, 60000), bytes = packed(arena, text);
    static const size_t rooms[] = {97, 4096, 1 << 20, 1 << 24};
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        Got got = read_bytes(arena, bytes, ENCODING_UTF_8, rooms[i]);
        assert_int_equal(got.fault, SOURCE_SOUND);
        assert_true(slice_equal(got.text, text));
    }
}

ARENA_TEST(frames_one_after_the_other_are_one_text) {
    Slice bytes = joined(arena, packed(arena, SLICE("a,b\n")), packed(arena, SLICE("1,2\n")));
    Got got = read_bytes(arena, bytes, ENCODING_UTF_8, 4096);
    assert_slice(got.text, "a,b\n1,2\n");
    assert_int_equal(got.fault, SOURCE_SOUND);
}

ARENA_TEST(zstd_that_is_cut_off_or_followed_by_other_bytes_is_damaged) {
    Slice bytes = packed(arena, long_text(arena, 200));
    for (size_t length = 4; length < bytes.length; length += 31)
        assert_int_equal(
            read_bytes(arena, slice_sub(bytes, 0, length), ENCODING_UTF_8, 4096).fault,
            SOURCE_DAMAGED);
    Slice more = joined(arena, bytes, SLICE("rubbish"));
    assert_int_equal(read_bytes(arena, more, ENCODING_UTF_8, 4096).fault, SOURCE_DAMAGED);
}

/* ---- Encodings ------------------------------------------------------------------------------ */

#define assert_text(encoding, bytes, want)                                             \
    for (size_t room_ = 20; room_ < 2000; room_ = room_ * 3 + 1)                        \
    assert_slice(read_bytes(arena, SLICE(bytes), (encoding), room_).text, (want))

ARENA_TEST(windows_1252_becomes_utf_8) {
    assert_text(ENCODING_WINDOWS_1252, "O\x92" "Brien,\x80" "5,\xA3\xE9\xFF\n",
                "O\xE2\x80\x99" "Brien,\xE2\x82\xAC" "5,\xC2\xA3\xC3\xA9\xC3\xBF\n");
}

ARENA_TEST(bytes_that_windows_1252_leaves_open_are_no_text) {
    assert_text(ENCODING_WINDOWS_1252, "\x81\x8D\x8F\x90\x9D", "\xFF\xFF\xFF\xFF\xFF");
}

ARENA_TEST(utf_16_of_either_order_becomes_utf_8) {
    assert_text(ENCODING_UTF_16, "\xFF\xFE" "a\0,\0\xE9\0\n\0\x3D\xD8\x00\xDE",
                "a,\xC3\xA9\n\xF0\x9F\x98\x80");
    assert_text(ENCODING_UTF_16, "\xFE\xFF" "\0a\0,\0\xE9\0\n\xD8\x3D\xDE\x00",
                "a,\xC3\xA9\n\xF0\x9F\x98\x80");
}

ARENA_TEST(utf_16_without_its_mark_or_with_half_a_character_is_no_text) {
    assert_text(ENCODING_UTF_16, "a\0b\0", "\xFF" "b");
    assert_text(ENCODING_UTF_16, "\xFF\xFE" "a\0b", "a\xFF");
    assert_text(ENCODING_UTF_16, "\xFF\xFE\x3D\xD8" "a\0", "\xFF" "a");
    assert_text(ENCODING_UTF_16, "\xFF\xFE\x3D\xD8\x3D\xD8\x00\xDE", "\xFF\xF0\x9F\x98\x80");
    assert_text(ENCODING_UTF_16, "\xFF\xFE\x00\xDE" "a\0", "\xFF" "a");
    assert_text(ENCODING_UTF_16, "\xFF\xFE\x3D\xD8", "\xFF");
}

ARENA_TEST(compressed_text_of_another_encoding_is_read) {
    Slice bytes = packed(arena, SLICE("\xFF\xFE" "a\0\xE9\0"));
    assert_slice(read_bytes(arena, bytes, ENCODING_UTF_16, 4096).text, "a\xC3\xA9");
}

/* ---- Forms of identifiers ------------------------------------------------------------------- */

static int fault_of(IdentifierForm form, const char *text, const char *want) {
    char room[IDENTIFIER_MOST];
    Slice identifier;
    FieldFault fault = FIELD_FAULT_COUNT;
    bool good = identifier_read(form, slice_of(text), room, &identifier, &fault);
    if (!good) return (int)fault;
    assert_slice(identifier, want ? want : text);
    return -1;
}

PLAIN_TEST(an_nhs_number_checks_itself) {
    IdentifierForm nhs = IDENTIFIER_NHS_NUMBER;
    assert_int_equal(fault_of(nhs, "9434765919", NULL), -1);
    assert_int_equal(fault_of(nhs, "943 476 5919", "9434765919"), -1);
    assert_int_equal(fault_of(nhs, "943 4765919", NULL), FIELD_FAULT_FORM);
    assert_int_equal(fault_of(nhs, " 9434765919", NULL), FIELD_FAULT_SPACE);
    for (int i = 0; i < 10; i++) {
        char text[11] = "9434765919";
        text[i] = text[i] == '9' ? '0' : (char)(text[i] + 1);
        assert_int_equal(fault_of(nhs, text, NULL), FIELD_FAULT_CHECK_DIGIT);
    }
    for (char digit = '0'; digit <= '9'; digit++) {
        char text[11] = {0};
        memset(text, digit, 10);
        assert_int_equal(fault_of(nhs, text, NULL), FIELD_FAULT_NOT_ISSUED);
    }
}

PLAIN_TEST(a_small_area_has_its_form) {
    assert_int_equal(fault_of(IDENTIFIER_LSOA, "E01000001", NULL), -1);
    assert_int_equal(fault_of(IDENTIFIER_LSOA, "E02000001", NULL), FIELD_FAULT_FORM);
    assert_int_equal(fault_of(IDENTIFIER_LSOA, "E0100001", NULL), FIELD_FAULT_FORM);
    assert_int_equal(fault_of(IDENTIFIER_LSOA, "E01000001 ", NULL), FIELD_FAULT_SPACE);
    assert_int_equal(fault_of(IDENTIFIER_ANY, "whatever", NULL), -1);
}

PLAIN_TEST(refused_fields_have_closer_words) {
    assert_int_equal(field_fault(COLUMN_INTEGER, SLICE(" 5")), FIELD_FAULT_SPACE);
    assert_int_equal(field_fault(COLUMN_INTEGER, SLICE("five")), FIELD_FAULT_FORM);
    assert_int_equal(field_fault(COLUMN_MONEY, SLICE("1.234")), FIELD_FAULT_PRECISION);
    assert_int_equal(field_fault(COLUMN_MONEY, SLICE("1.2x")), FIELD_FAULT_FORM);
    assert_int_equal(field_fault(COLUMN_MONEY, SLICE(".")), FIELD_FAULT_FORM);
    assert_int_equal(field_fault(COLUMN_MONEY, SLICE("$5")), FIELD_FAULT_UNIT);
    assert_int_equal(field_fault(COLUMN_DATE, SLICE("2025-02-29")), FIELD_FAULT_NO_DAY);
    assert_int_equal(field_fault(COLUMN_DATE, SLICE("4/1/26")), FIELD_FAULT_DAY_ORDER);
    assert_int_equal(field_fault(COLUMN_DATE, SLICE("1/2")), FIELD_FAULT_FORM);
    assert_int_equal(field_fault(COLUMN_DATE, SLICE("1/2/")), FIELD_FAULT_FORM);
    assert_int_equal(field_fault(COLUMN_DATE, SLICE("1/2-3")), FIELD_FAULT_FORM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zstd_is_read_in_any_pieces),
        cmocka_unit_test(frames_one_after_the_other_are_one_text),
        cmocka_unit_test(zstd_that_is_cut_off_or_followed_by_other_bytes_is_damaged),
        cmocka_unit_test(windows_1252_becomes_utf_8),
        cmocka_unit_test(bytes_that_windows_1252_leaves_open_are_no_text),
        cmocka_unit_test(utf_16_of_either_order_becomes_utf_8),
        cmocka_unit_test(utf_16_without_its_mark_or_with_half_a_character_is_no_text),
        cmocka_unit_test(compressed_text_of_another_encoding_is_read),
        cmocka_unit_test(an_nhs_number_checks_itself),
        cmocka_unit_test(a_small_area_has_its_form),
        cmocka_unit_test(refused_fields_have_closer_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
