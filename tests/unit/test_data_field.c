/* Fields of data as values: exact, strict, the same in every locale. */
#include "tests/unit/test_base_fixture.h"

#include <inttypes.h>
#include <stdlib.h>

#include "runtime/base/date.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/base/number.h"
#include "runtime/data/field.h"

/* A field is read by its length, never by what follows: it ends where memory does. */
static Slice alone(const char *text) {
    size_t length = strlen(text);
    char *copy = malloc(length ? length : 1);
    memcpy(copy, text, length);
    return (Slice){copy, length};
}

#define assert_whole(read, text, want) assert_whole_at((read), (text), (want), __LINE__)

static void assert_whole_at(FieldOutcome (*read)(Slice, int64_t *), const char *text, int64_t want,
                            int line) {
    int64_t value = 77;
    Slice field = alone(text);
    FieldOutcome outcome = read(field, &value);
    free((void *)(uintptr_t)field.data);
    if (outcome == FIELD_SOUND && value == want) return;
    fail_msg("line %d: \"%s\" is %d, %" PRId64, line, text, outcome, value);
}

#define assert_refused(read, want, ...)                                                   \
    do {                                                                                  \
        static const char *const texts[] = {__VA_ARGS__};                                 \
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {                     \
            int64_t value = 77;                                                           \
            Slice field = alone(texts[i]);                                                \
            FieldOutcome outcome = read(field, &value);                                   \
            free((void *)(uintptr_t)field.data);                                          \
            if (outcome != (want)) fail_msg("\"%s\" is %d, %" PRId64, texts[i], outcome, value); \
        }                                                                                 \
    } while (0)

PLAIN_TEST(integers_are_exact_to_the_last_of_64_bits) {
    assert_whole(field_integer, "0", 0);
    assert_whole(field_integer, "-0", 0);
    assert_whole(field_integer, "007", 7);
    assert_whole(field_integer, "-3", -3);
    assert_whole(field_integer, "9223372036854775807", INT64_MAX);
    assert_whole(field_integer, "-9223372036854775808", INT64_MIN);
    assert_refused(field_integer, FIELD_TOO_LARGE, "9223372036854775808", "-9223372036854775809",
                   "18446744073709551616", "99999999999999999999999999");
    assert_refused(field_integer, FIELD_MALFORMED, "", "-", "+5", "1e3", "1,234", "0x1F", "1_000",
                   "--1", " 5", "5 ", "5.0", "NaN", "\xD9\xA3", "1234567890123456789012345x");
}

PLAIN_TEST(money_is_held_in_pence) {
    assert_whole(field_money, "1234.56", 123456);
    assert_whole(field_money, "1234", 123400);
    assert_whole(field_money, "0.05", 5);
    assert_whole(field_money, "12.5", 1250);
    assert_whole(field_money, "\xC2\xA3" "12.50", 1250);
    assert_whole(field_money, "-\xC2\xA3" "12.50", -1250);
    assert_whole(field_money, "-0.01", -1);
    assert_whole(field_money, "92233720368547758.07", INT64_MAX);
    assert_whole(field_money, "-92233720368547758.08", INT64_MIN);
    assert_refused(field_money, FIELD_TOO_LARGE, "92233720368547758.08", "99999999999999999999",
                   "184467440737095516.16", "184467440737095517");
    assert_refused(field_money, FIELD_MALFORMED, "", "-", "\xC2\xA3", ".50", "1234.", "1234.505",
                   "1,234.50", "$5", "\xE2\x82\xAC" "5", "(5.00)", "\xC2\xA3-5", "5p", " 5", "5.x",
                   "5.1x", "1e2");
}

PLAIN_TEST(flags_are_nought_or_one_and_nothing_is_guessed) {
    assert_whole(field_flag, "0", 0);
    assert_whole(field_flag, "1", 1);
    assert_refused(field_flag, FIELD_MALFORMED, "", "2", "01", "N", "Y", "no", "yes", "false",
                   "true", "TRUE", "Yes", "y", "t", " 1");
}

PLAIN_TEST(reals_read_as_the_nearest_double) {
    static const char *const texts[] = {
        "0",       "-0",   "0.1",     "-0.1",      "123456789012345", "1234567890123456",
        "0.000001", "3.14159265358979", "2.2250738585072014e-308", "1e22", "1e23", "-1.5E-5",
        "9007199254740993", "0.30000000000000004", "12345678.9012345678", "100000000000000.0"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        double got, want;
        assert_true(number_parse(slice_of(texts[i]), &want));
        Slice field = alone(texts[i]);
        assert_int_equal(field_real(field, &got), FIELD_SOUND);
        free((void *)(uintptr_t)field.data);
        if (got != want) fail_msg("%s is %.17g", texts[i], got);
    }
    static const char *const bad[] = {"",    "-",   ".5",  "5.",  "+5",  "inf", "nan", "5%",
                                      "1,5", "1 5", "0x1", "e5",  "1e",  "--1", "1.2.3", "1e999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        double got;
        assert_int_equal(field_real(slice_of(bad[i]), &got), FIELD_MALFORMED);
    }
}

PLAIN_TEST(random_reals_read_as_number_parse_reads_them) {
    uint64_t random = 1;
    for (int i = 0; i < 50000; i++) {
        char text[32];
        int places = (int)(test_random(&random) % 16);
        int64_t figures = (int64_t)test_random(&random) >> (test_random(&random) % 63);
        int length = snprintf(text, sizeof text, "%" PRId64 ".%0*u", figures % 1000000, places,
                              (unsigned)(test_random(&random) % 1000));
        double got, want;
        Slice field = {text, (size_t)length};
        assert_true(number_parse(field, &want));
        assert_int_equal(field_real(field, &got), FIELD_SOUND);
        assert_true(got == want);
    }
}

ARENA_TEST(members_are_found_and_nothing_else) {
    enum { COUNT = 5000 };
    Slice *members = ARENA_NEW_ARRAY(arena, Slice, COUNT + 1);
    for (unsigned i = 0; i < COUNT; i++)
        members[i] = arena_printf(arena, i % 3 ? "E%08u" : "place number %u!", i);
    members[COUNT] = members[17];
    Dictionary dictionary;
    dictionary_init(&dictionary, arena, members, COUNT + 1);
    for (unsigned i = 0; i < COUNT; i++) {
        Slice text = arena_copy(arena, members[i]);
        assert_int_equal(dictionary_find(&dictionary, text), i);
        assert_int_equal(dictionary_find(&dictionary, slice_sub(text, 0, text.length - 1)), -1);
        assert_int_equal(dictionary_find(&dictionary, arena_printf(arena, "%sx", text.data)), -1);
    }
    assert_int_equal(dictionary_find(&dictionary, SLICE("")), -1);
}

ARENA_TEST(set_without_members_has_none) {
    Dictionary dictionary;
    dictionary_init(&dictionary, arena, NULL, 0);
    assert_int_equal(dictionary_find(&dictionary, SLICE("")), -1);
    assert_int_equal(dictionary_find(&dictionary, SLICE("a")), -1);
}

/* ---- The shared cells ---------------------------------------------------------------------------- */

static bool cell_is_right(Arena *arena, Slice type, Slice text, bool accept, Slice want) {
    int64_t whole;
    int32_t days;
    double real, wanted;
    if (slice_equal(type, SLICE("date")))
        return accept ? date_parse_iso(text, &days) && slice_equal(date_format_iso(arena, days), want)
                      : !date_parse_iso(text, &days);
    if (slice_equal(type, SLICE("decimal")))
        return accept ? field_real(text, &real) == FIELD_SOUND && number_parse(want, &wanted) &&
                            real == wanted
                      : field_real(text, &real) != FIELD_SOUND;
    FieldOutcome outcome = slice_equal(type, SLICE("int")) ? field_integer(text, &whole)
                                                           : field_money(text, &whole);
    if (!accept) return outcome != FIELD_SOUND;
    return outcome == FIELD_SOUND &&
           slice_equal(arena_printf(arena, "%" PRId64, whole), want);
}

/* Types the language has under these names; numbers of the NHS, areas and bands are not types,
 * and a flag's texts are declared. */
static bool is_offered(Slice type) {
    return slice_equal(type, SLICE("int")) || slice_equal(type, SLICE("decimal")) ||
           slice_equal(type, SLICE("money_pence")) || slice_equal(type, SLICE("date"));
}

ARENA_TEST(shared_cells_are_read_right) {
    const char *folder = getenv("SCP_SHARED");
    Slice cells, error;
    Slice path = arena_printf(arena, "%s/vectors/csv/typed.jsonl",
                              folder ? folder : SCP_SOURCE_DIR "/../shared");
    if (file_read(arena, path.data, 1 << 20, &cells, &error) != SCP_OK) SKIP_TEST(arena);
    uint32_t checked = 0, wrong = 0;
    for (size_t at = 0; at < cells.length;) {
        const char *end = memchr(cells.data + at, '\n', cells.length - at);
        size_t stop = end ? (size_t)(end - cells.data) : cells.length;
        JsonValue *cell;
        JsonError fault;
        assert_true(json_parse(arena, slice_sub(cells, at, stop), &cell, &fault));
        at = stop + 1;
        Slice type = json_get(cell, SLICE("type"))->text;
        if (!is_offered(type)) continue;
        bool accept = slice_equal(json_get(cell, SLICE("expect"))->text, SLICE("ok"));
        const JsonValue *want = json_get(cell, SLICE("value"));
        checked++;
        if (cell_is_right(arena, type, json_get(cell, SLICE("text"))->text, accept,
                          want ? want->text : SLICE("")))
            continue;
        wrong++;
        fprintf(stderr, "wrong: %s\n", json_get(cell, SLICE("id"))->text.data);
    }
    assert_true(checked > 30);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_exact_to_the_last_of_64_bits),
        cmocka_unit_test(money_is_held_in_pence),
        cmocka_unit_test(flags_are_nought_or_one_and_nothing_is_guessed),
        cmocka_unit_test(reals_read_as_the_nearest_double),
        cmocka_unit_test(random_reals_read_as_number_parse_reads_them),
        cmocka_unit_test(members_are_found_and_nothing_else),
        cmocka_unit_test(set_without_members_has_none),
        cmocka_unit_test(shared_cells_are_read_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
