/* UTF-8: exactly the well-formed sequences are taken. */
#include "tests/unit/test_base_fixture.h"

#include "runtime/base/utf8.h"

PLAIN_TEST(every_code_point_survives_and_nothing_else_is_written) {
    char bytes[4];
    for (uint32_t code = 0; code <= 0x110000; code++) {
        size_t length = utf8_encode(code, bytes);
        bool is_code_point = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
        if (!is_code_point) {
            assert_int_equal(length, 0);
            continue;
        }
        uint32_t back = 0;
        assert_int_equal(utf8_decode((Slice){bytes, length}, 0, &back), length);
        assert_int_equal(back, code);
        for (size_t cut = 1; cut < length; cut++)
            assert_int_equal(utf8_decode((Slice){bytes, cut}, 0, &back), 0);
    }
    assert_int_equal(utf8_encode(UINT32_MAX, bytes), 0);
}

/* Sequences of up to three bytes, a seventh of the longest: well-formed exactly when encoding what
 * the textbook arithmetic reads gives the same bytes back. */
PLAIN_TEST(only_shortest_forms_are_well_formed) {
    for (uint32_t n = 0x80; n < 0x1000000; n += n < 0x10000 ? 1 : 7) {
        unsigned char raw[3] = {(unsigned char)(n >> 16), (unsigned char)(n >> 8),
                                (unsigned char)n};
        size_t skip = n < 0x100 ? 2 : n < 0x10000 ? 1 : 0, length = 3 - skip;
        Slice text = {(const char *)raw + skip, length};
        uint32_t code = 0;
        char again[4];
        size_t got = utf8_decode(text, 0, &code);
        if (got) {
            assert_int_equal(utf8_encode(code, again), got);
            assert_memory_equal(again, text.data, got);
        } else {
            assert_true(raw[skip] >= 0x80);
        }
    }
}

PLAIN_TEST(malformed_sequences_are_found_where_they_begin) {
    const struct {
        Slice text;
        size_t at;
    } cases[] = {
        {SLICE("plain ascii that is long enough"), 31},
        {SLICE("ok \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"), 14},
        {SLICE("0123456789\x80"), 10},
        {SLICE("a\xC0\xAF"), 1},
        {SLICE("a\xC1\xBF"), 1},
        {SLICE("\xE0\x80\xAF"), 0},
        {SLICE("\xE0\x9F\xBF"), 0},
        {SLICE("\xED\xA0\x80"), 0},
        {SLICE("\xED\x9F\xBF"), 3},
        {SLICE("\xF0\x80\x80\xAF"), 0},
        {SLICE("\xF4\x90\x80\x80"), 0},
        {SLICE("\xF4\x8F\xBF\xBF"), 4},
        {SLICE("\xF5\x80\x80\x80"), 0},
        {SLICE("\xFF"), 0},
        {SLICE("12345678\xE2\x82"), 8},
        {SLICE("1234567\xE2\x82x"), 7},
        {SLICE(""), 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(utf8_find_malformed(cases[i].text), cases[i].at);
        assert_int_equal(utf8_valid(cases[i].text), cases[i].at == cases[i].text.length);
    }
}

static size_t count_lossy(Slice text) {
    size_t count = 0;
    uint32_t code;
    for (size_t at = 0; at < text.length; count++) {
        size_t length = utf8_decode_lossy(text, at, &code);
        assert_true(length >= 1 && at + length <= text.length);
        at += length;
    }
    return count;
}

PLAIN_TEST(replacement_is_one_for_each_beginning) {
    assert_int_equal(count_lossy(SLICE("\xE2\x82"
                                       "a")),
                     2);
    assert_int_equal(count_lossy(SLICE("\xC0\xAF")), 2);
    assert_int_equal(count_lossy(SLICE("\xED\xA0\x80")), 3);
    assert_int_equal(count_lossy(SLICE("\xF0\x9F\x98")), 1);
    assert_int_equal(count_lossy(SLICE("\xF1\x80\x80\xE1\x80\xC2\x62\x80")), 5);
}

PLAIN_TEST(count_is_of_code_points) {
    assert_int_equal(utf8_count(SLICE("caf\xC3\xA9 \xF0\x9F\x98\x80")), 6);
    assert_int_equal(utf8_count(SLICE("")), 0);
}

PLAIN_TEST(controls_and_direction_marks_are_known) {
    uint32_t controls[] = {0, '\t', '\n', 0x1F, 0x7F, 0x80, 0x9F, 0x2028, 0x2029};
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        assert_true(utf8_is_control(controls[i]));
    uint32_t marks[] = {0x061C, 0x200E, 0x200F, 0x202A, 0x202E, 0x2066, 0x2069};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        assert_true(utf8_is_bidirectional(marks[i]));
    uint32_t plain[] = {' ', '~', 0xA0, 0xA3, 0xE9, 0x200D, 0x2026, 0x1F600};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        assert_false(utf8_is_control(plain[i]) || utf8_is_bidirectional(plain[i]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_survives_and_nothing_else_is_written),
        cmocka_unit_test(only_shortest_forms_are_well_formed),
        cmocka_unit_test(malformed_sequences_are_found_where_they_begin),
        cmocka_unit_test(replacement_is_one_for_each_beginning),
        cmocka_unit_test(count_is_of_code_points),
        cmocka_unit_test(controls_and_direction_marks_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
