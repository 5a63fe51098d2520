/* Numbers as text, and the buffer they are written to. */
#include "tests/unit/test_base_fixture.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "runtime/base/buffer.h"
#include "runtime/base/number.h"

static double parsed(const char *text) {
    double value = NAN;
    if (!number_parse(slice_of(text), &value)) fail_msg("\"%s\" was not read", text);
    return value;
}

static double double_of_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void assert_same(double got, double want) {
    if (memcmp(&got, &want, sizeof got)) fail_msg("got %.17g, expected %.17g", got, want);
}

PLAIN_TEST(reading_is_correctly_rounded) {
    assert_same(parsed("0"), 0.0);
    assert_same(parsed("-0"), -0.0);
    assert_same(parsed("+12.50"), 12.5);
    assert_same(parsed("0.1"), 0.1);
    assert_same(parsed("1e23"), 1e23);
    assert_same(parsed("9007199254740993"), 9007199254740992.0);
    assert_same(parsed("9007199254740993.0000000000000000000000000000000001"), 9007199254740994.0);
    assert_same(parsed("2.2250738585072011e-308"), 2.2250738585072011e-308);
    assert_same(parsed("179769313486231580793728971405301e276"), DBL_MAX);
    assert_same(parsed("4.9406564584124654e-324"), 5e-324);
    assert_same(parsed("1e-400"), 0.0);
    assert_same(parsed("0e999999999999999999999"), 0.0);
    assert_same(parsed("0.000000000000000000000000000001e30"), 1.0);
}

PLAIN_TEST(reading_agrees_with_the_library_everywhere) {
    uint64_t random = 11;
    char text[64];
    for (int i = 0; i < 200000; i++) {
        double value = double_of_bits(test_random(&random));
        if (!isfinite(value)) continue;
        snprintf(text, sizeof text, "%.*e", (int)(test_random(&random) % 20), value);
        double want = strtod(text, NULL);
        if (isfinite(want)) assert_same(parsed(text), want);
    }
}

/* Exactly between two doubles is decided by the last of very many figures. */
PLAIN_TEST(the_last_of_a_thousand_figures_decides) {
    static const char half[] = "1.00000000000000011102230246251565404236316680908203125";
    char text[2000];
    double low = 1.0 + DBL_EPSILON;
    assert_same(parsed(half), 1.0);
    snprintf(text, sizeof text, "%s%01000d", half, 0);
    assert_same(parsed(text), 1.0);
    snprintf(text, sizeof text, "%s%01000d1", half, 0);
    assert_same(parsed(text), low);
    snprintf(text, sizeof text, "1%01200de-1200", 0);
    assert_same(parsed(text), 1.0);
}

PLAIN_TEST(what_is_no_number_is_refused) {
    const char *wrong[] = {"",
                           "-",
                           "+",
                           ".5",
                           "5.",
                           "1e",
                           "1e+",
                           " 1",
                           "1 ",
                           "0x1",
                           "nan",
                           "inf",
                           "1,5",
                           "1_0",
                           "--1",
                           "1.2.3",
                           "1e5.",
                           "1e400",
                           "-1e999999999999999999",
                           "\xD9\xA1"};
    double value = 77;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (number_parse(slice_of(wrong[i]), &value)) fail_msg("\"%s\" was read", wrong[i]);
    assert_same(value, 77);
    assert_false(number_parse(SLICE("1\0"), &value));
}

PLAIN_TEST(whole_numbers_never_saturate) {
    int64_t value = 77;
    assert_true(number_parse_int(SLICE("9223372036854775807"), &value) && value == INT64_MAX);
    assert_true(number_parse_int(SLICE("-9223372036854775808"), &value) && value == INT64_MIN);
    assert_true(number_parse_int(SLICE("+000000000000000000000012"), &value) && value == 12);
    value = 77;
    const char *wrong[] = {"9223372036854775808",
                           "-9223372036854775809",
                           "18446744073709551616",
                           "99999999999999999999",
                           "",
                           "-",
                           "1.0",
                           "1e3",
                           " 1",
                           "1 "};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(number_parse_int(slice_of(wrong[i]), &value));
    assert_int_equal(value, 77);
}

static void assert_shortest(double value, const char *want) {
    char text[NUMBER_TEXT_SIZE];
    size_t length = number_format_shortest(value, text);
    assert_string_equal(text, want);
    assert_int_equal(length, strlen(want));
}

PLAIN_TEST(shortest_text_is_what_a_person_would_write) {
    assert_shortest(0, "0");
    assert_shortest(-0.0, "0");
    assert_shortest(0.1, "0.1");
    assert_shortest(-12.5, "-12.5");
    assert_shortest(100, "100");
    assert_shortest(999999999999999, "999999999999999");
    assert_shortest(123456789012345680.0, "123456789012345680");
    assert_shortest(1e20, "100000000000000000000");
    assert_shortest(1e21, "1e21");
    assert_shortest(1.5e300, "1.5e300");
    assert_shortest(1e-6, "0.000001");
    assert_shortest(1.25e-7, "1.25e-7");
    assert_shortest(5e-324, "5e-324");
    assert_shortest(DBL_MAX, "1.7976931348623157e308");
    assert_shortest(0.1 + 0.2, "0.30000000000000004");
    assert_shortest(1.0 / 3, "0.3333333333333333");
    assert_shortest(NAN, "nan");
    assert_shortest(-INFINITY, "-inf");
}

PLAIN_TEST(shortest_text_reads_back_as_the_same_number) {
    uint64_t random = 3;
    char text[NUMBER_TEXT_SIZE];
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = test_random(&random);
        double value = double_of_bits(i % 3 ? bits : bits & 0x800FFFFFFFFFFFFFu);
        if (i % 5 == 0) value = (double)(int64_t)bits / 100;
        if (!isfinite(value) || value == 0) continue;
        assert_true(number_format_shortest(value, text) < NUMBER_TEXT_SIZE);
        assert_same(parsed(text), value);
    }
}

static void assert_fixed(Arena *arena, double value, int places, const char *want) {
    assert_slice(number_format_fixed(arena, value, places, true), want);
}

ARENA_TEST(fixed_rounds_half_away_from_zero_on_the_decimal_value) {
    assert_fixed(arena, 2.675, 2, "2.68");
    assert_fixed(arena, 1.005, 2, "1.01");
    assert_fixed(arena, -1.005, 2, "-1.01");
    assert_fixed(arena, 0.5, 0, "1");
    assert_fixed(arena, 1.5, 0, "2");
    assert_fixed(arena, 2.5, 0, "3");
    assert_fixed(arena, -2.5, 0, "-3");
    assert_fixed(arena, 0.49999, 0, "0");
    assert_fixed(arena, -0.04, 1, "0.0");
    assert_fixed(arena, -0.0, 2, "0.00");
    assert_fixed(arena, 0.05, 1, "0.1");
    assert_fixed(arena, 9.995, 2, "10.00");
    assert_fixed(arena, 999999.5, 0, "1,000,000");
    assert_fixed(arena, 1234567.891, 1, "1,234,567.9");
    assert_fixed(arena, -123456, 0, "-123,456");
    assert_fixed(arena, 123, 2, "123.00");
    assert_fixed(arena, 1e22, 1, "10,000,000,000,000,000,000,000.0");
    assert_fixed(arena, 1e-300, 3, "0.000");
    assert_fixed(arena, 0.96, 1, "1.0");
    assert_slice(number_format_fixed(arena, 1234567.891, 0, false), "1234568");
    assert_int_equal(number_format_fixed(arena, DBL_MAX, 400, false).length, 309 + 401);
}

static void assert_significant(Arena *arena, double value, int figures, const char *want) {
    assert_slice(number_format_significant(arena, value, figures, false), want);
}

ARENA_TEST(significant_figures_are_kept_and_counted) {
    assert_significant(arena, 1234.5, 3, "1230");
    assert_significant(arena, 2, 3, "2.00");
    assert_significant(arena, 0.00123456, 3, "0.00123");
    assert_significant(arena, 9.996, 3, "10.0");
    assert_significant(arena, 99.96, 3, "100");
    assert_significant(arena, 0.0999, 1, "0.1");
    assert_significant(arena, 12.35, 3, "12.4");
    assert_significant(arena, -12.25, 3, "-12.3");
    assert_significant(arena, 5, 1, "5");
    assert_significant(arena, 950, 1, "1000");
    assert_significant(arena, 0, 3, "0");
    assert_slice(number_format_significant(arena, 1234567, 3, true), "1,230,000");
}

PLAIN_TEST(rounded_numbers_are_the_nearest_to_their_text) {
    assert_same(number_round_places(2.675, 2), 2.68);
    assert_same(number_round_places(1234.5, -2), 1200);
    assert_same(number_round_places(-0.001, 2), 0.0);
    assert_same(number_round_significant(1234.5, 3), 1230);
    assert_same(number_round_significant(0.1 + 0.2, 3), 0.3);
}

/* Against whole numbers: n / 1000 to two places has one right answer. */
ARENA_TEST(fixed_agrees_with_whole_number_arithmetic) {
    char want[32];
    for (int64_t n = -20000; n <= 20000; n++) {
        int64_t hundredths = (llabs(n) + 5) / 10;
        snprintf(want, sizeof want, "%s%lld.%02lld", n < 0 && hundredths ? "-" : "",
                 (long long)(hundredths / 100), (long long)(hundredths % 100));
        assert_slice(number_format_fixed(arena, (double)n / 1000, 2, false), want);
    }
}

ARENA_TEST(whole_numbers_are_grouped_by_thousands) {
    assert_slice(number_format_int(arena, 0, true), "0");
    assert_slice(number_format_int(arena, 999, true), "999");
    assert_slice(number_format_int(arena, -1000, true), "-1,000");
    assert_slice(number_format_int(arena, -100, true), "-100");
    assert_slice(number_format_int(arena, INT64_MIN, true), "-9,223,372,036,854,775,808");
    assert_slice(number_format_int(arena, 1234567, false), "1234567");
}

ARENA_TEST(locale_changes_nothing) {
    const char *locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "ps_AF.UTF-8", "fa_IR.UTF-8"};
    bool found = false;
    for (size_t i = 0; i < sizeof locales / sizeof *locales && !found; i++)
        found = setlocale(LC_ALL, locales[i]) && strcmp(localeconv()->decimal_point, ".");
    if (!found) skip();
    assert_same(parsed("1234.56789012345678901"), 1234.56789012345678901);
    assert_shortest(0.1 + 0.2, "0.30000000000000004");
    assert_fixed(arena, 1234.5, 1, "1,234.5");
    setlocale(LC_ALL, "C");
}

ARENA_TEST(buffer_keeps_everything_added_and_ends_with_nul) {
    Buffer buffer;
    buffer_init(&buffer, arena);
    assert_slice(buffer_slice(&buffer), "");
    buffer_add(&buffer, (Slice){NULL, 0});
    for (int i = 0; i < 2000; i++) {
        buffer_add(&buffer, SLICE("ab"));
        buffer_add_char(&buffer, 'c');
        buffer_printf(&buffer, "%03d", i % 1000);
        assert_int_equal(buffer.data[buffer.length], 0);
    }
    assert_int_equal(buffer.length, 12000);
    assert_memory_equal(buffer.data + 6 * 1234, "abc234", 6);
    buffer_clear(&buffer);
    assert_slice(buffer_slice(&buffer), "");
    buffer_add_repeated(&buffer, '-', 3);
    buffer_add_repeated(&buffer, '-', 0);
    buffer_add_code_point(&buffer, 0xA3);
    buffer_add_code_point(&buffer, 0xD800);
    buffer_add_text(&buffer, "x");
    assert_string_equal(buffer_slice(&buffer).data, "---\xC2\xA3\xEF\xBF\xBDx");
}

/* The fewest figures that give a number back, by the C library alone. */
static void assert_fewest(double value) {
    char text[64];
    int figures = 1, power;
    int64_t mantissa, want;
    do snprintf(text, sizeof text, "%.*e", figures - 1, value);
    while (strtod(text, NULL) != value && figures++ < 17);
    char digits[32], *to = digits;
    for (const char *c = text; *c != 'e'; c++)
        if (*c != '.') *to++ = *c;
    *to = '\0';
    want = strtoll(digits, NULL, 10);
    int want_power = atoi(strchr(text, 'e') + 1) - (figures - 1);
    for (; want && want % 10 == 0; want /= 10) want_power++;
    number_shortest_decimal(value, &mantissa, &power);
    assert_int_equal(mantissa, want);
    assert_int_equal(power, want_power);
}

PLAIN_TEST(amounts_and_their_like_have_the_fewest_figures) {
    uint64_t random = 3;
    for (int i = 0; i < 20000; i++) {
        double scale = pow(10, (double)(test_random(&random) % 20));
        double whole = (double)(int64_t)(test_random(&random) >> test_random(&random) % 50);
        if (whole == 0) continue;
        assert_fewest(whole / scale);
        assert_fewest(-whole);
        assert_fewest(nextafter(whole / scale, INFINITY));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_is_correctly_rounded),
        cmocka_unit_test(reading_agrees_with_the_library_everywhere),
        cmocka_unit_test(the_last_of_a_thousand_figures_decides),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(whole_numbers_never_saturate),
        cmocka_unit_test(shortest_text_is_what_a_person_would_write),
        cmocka_unit_test(amounts_and_their_like_have_the_fewest_figures),
        cmocka_unit_test(shortest_text_reads_back_as_the_same_number),
        cmocka_unit_test(fixed_rounds_half_away_from_zero_on_the_decimal_value),
        cmocka_unit_test(significant_figures_are_kept_and_counted),
        cmocka_unit_test(rounded_numbers_are_the_nearest_to_their_text),
        cmocka_unit_test(fixed_agrees_with_whole_number_arithmetic),
        cmocka_unit_test(whole_numbers_are_grouped_by_thousands),
        cmocka_unit_test(locale_changes_nothing),
        cmocka_unit_test(buffer_keeps_everything_added_and_ends_with_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
