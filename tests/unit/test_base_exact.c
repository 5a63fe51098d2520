/* Exact numbers: against small whole-number arithmetic, against the laws of arithmetic for
 * long ones, and at every edge between the two forms. */
#include "tests/unit/test_base_fixture.h"

#include <float.h>
#include <stdlib.h>

#include "runtime/base/exact.h"

static Exact of(Arena *arena, const char *text) {
    Exact x;
    if (!exact_parse(arena, slice_of(text), &x)) fail_msg("\"%s\" was not read", text);
    return x;
}

static void assert_exact_at(Arena *arena, Exact got, const char *want, int line) {
    Slice text = exact_format_fraction(arena, got);
    if (!slice_equal(text, slice_of(want)))
        fail_msg("line %d: got %.*s, expected %s", line, SLICE_FMT(text), want);
    assert_true(exact_valid(got) || exact_overflowed(got));
}

#define assert_exact(got, want) assert_exact_at(arena, (got), (want), __LINE__)

/* Numbers that lie near the edges of 64 and 128 bits more often than by chance. */
static Exact random_exact(Arena *arena, uint64_t *random) {
    static const int64_t edges[] = {0,
                                    1,
                                    -1,
                                    2,
                                    10,
                                    100,
                                    INT64_MAX,
                                    INT64_MIN,
                                    INT64_MAX - 1,
                                    (int64_t)1 << 32,
                                    -((int64_t)1 << 62),
                                    1000000007};
    int64_t parts[2];
    for (int i = 0; i < 2; i++) {
        uint64_t choice = test_random(random);
        int64_t edge = edges[choice / 8 % (sizeof edges / sizeof *edges)];
        parts[i] = choice % 3 == 0 ? edge : (int64_t)(test_random(random) >> choice / 64 % 64);
    }
    Exact x = exact_from_ratio(arena, parts[0], parts[1] ? parts[1] : 1);
    if (test_random(random) % 4 == 0)
        x = exact_mul(
            arena, x,
            exact_from_decimal(arena, parts[1] | 1, (int)(test_random(random) % 80) - 40));
    return test_random(random) % 2 ? exact_neg(arena, x) : x;
}

ARENA_TEST(small_numbers_agree_with_whole_number_arithmetic) {
    for (int a = -6; a <= 6; a++)
        for (int b = 1; b <= 6; b++)
            for (int c = -6; c <= 6; c++)
                for (int d = 1; d <= 6; d++) {
                    Exact x = exact_from_ratio(arena, a, b), y = exact_from_ratio(arena, c, d);
                    Exact sum = exact_from_ratio(arena, a * d + c * b, b * d);
                    assert_true(exact_equal(exact_add(arena, x, y), sum));
                    assert_true(exact_equal(exact_sub(arena, sum, y), x));
                    Exact product = exact_mul(arena, x, y);
                    assert_true(exact_equal(product, exact_from_ratio(arena, a * c, b * d)));
                    if (c) assert_true(exact_equal(exact_div(arena, product, y), x));
                    assert_int_equal(exact_compare(x, y), (a * d > c * b) - (a * d < c * b));
                }
}

ARENA_TEST(laws_of_arithmetic_hold_for_every_length) {
    uint64_t random = 2;
    for (int i = 0; i < 20000; i++) {
        Exact x = random_exact(arena, &random), y = random_exact(arena, &random);
        Exact z = random_exact(arena, &random);
        Exact sum = exact_add(arena, x, y), product = exact_mul(arena, x, y);
        assert_true(exact_valid(sum) && exact_valid(product));
        assert_true(exact_equal(sum, exact_add(arena, y, x)));
        assert_true(exact_equal(exact_sub(arena, sum, y), x));
        assert_true(
            exact_equal(exact_add(arena, sum, z), exact_add(arena, x, exact_add(arena, y, z))));
        assert_true(exact_equal(exact_mul(arena, sum, z),
                                exact_add(arena, exact_mul(arena, x, z), exact_mul(arena, y, z))));
        if (!exact_is_zero(y)) assert_true(exact_equal(exact_div(arena, product, y), x));
        assert_true(exact_is_zero(exact_add(arena, x, exact_neg(arena, x))));
        assert_int_equal(exact_compare(x, y), exact_sign(exact_sub(arena, x, y)));
        assert_int_equal(exact_compare(x, y), -exact_compare(y, x));
    }
}

ARENA_TEST(equal_numbers_have_one_form) {
    uint64_t random = 4;
    for (int i = 0; i < 5000; i++) {
        Exact x = random_exact(arena, &random), y = random_exact(arena, &random), back;
        Exact same = exact_sub(arena, exact_add(arena, x, y), y);
        assert_int_equal(same.num, x.num);
        assert_int_equal(same.den, x.den);
        assert_int_equal(!same.big, !x.big);
        Slice text = exact_format_fraction(arena, x);
        assert_true(slice_equal(text, exact_format_fraction(arena, same)));
        assert_true(exact_parse_fraction(arena, text, &back) && exact_equal(back, x));
        assert_true(exact_parse(arena, exact_format_shortest(arena, x), &back));
        assert_true(exact_equal(back, x));
        assert_true(exact_equal(exact_neg(arena, exact_neg(arena, x)), x));
        assert_int_equal(!exact_neg(arena, exact_neg(arena, x)).big, !x.big);
    }
}

ARENA_TEST(edge_of_64_bits_is_crossed_both_ways) {
    Exact least = exact_from_int(INT64_MIN), most = exact_from_int(INT64_MAX);
    Exact one = exact_from_int(1);
    assert_exact(exact_neg(arena, least), "9223372036854775808");
    assert_exact(exact_neg(arena, exact_neg(arena, least)), "-9223372036854775808");
    assert_null(exact_neg(arena, exact_neg(arena, least)).big);
    assert_exact(exact_add(arena, most, one), "9223372036854775808");
    assert_exact(exact_sub(arena, least, one), "-9223372036854775809");
    assert_exact(exact_sub(arena, exact_add(arena, most, one), one), "9223372036854775807");
    assert_null(exact_sub(arena, exact_add(arena, most, one), one).big);
    assert_exact(exact_mul(arena, least, least), "85070591730234615865843651857942052864");
    assert_exact(exact_add(arena, least, least), "-18446744073709551616");
    assert_exact(exact_sub(arena, exact_from_int(0), least), "9223372036854775808");
    assert_exact(exact_div(arena, one, least), "-1/9223372036854775808");
    assert_exact(exact_div(arena, least, least), "1");
    assert_exact(exact_div(arena, least, exact_from_int(-1)), "9223372036854775808");
    assert_exact(exact_from_ratio(arena, INT64_MIN, INT64_MIN), "1");
    assert_exact(exact_from_ratio(arena, 6, INT64_MIN), "-3/4611686018427387904");
    assert_exact(exact_from_ratio(arena, INT64_MIN, 3), "-9223372036854775808/3");
    assert_exact(exact_abs(arena, least), "9223372036854775808");
    int64_t value = 0;
    assert_true(exact_to_int64(least, &value) && value == INT64_MIN);
    assert_false(exact_to_int64(exact_neg(arena, least), &value));
    assert_false(exact_to_int64(exact_from_ratio(arena, 1, 2), &value));
}

ARENA_TEST(shares_of_a_whole_are_exactly_one) {
    Exact sum = EXACT_ZERO;
    const char *shares[] = {"0.4", "0.3", "0.2", "0.1"};
    for (int i = 0; i < 4; i++) sum = exact_add(arena, sum, of(arena, shares[i]));
    assert_exact(sum, "1");
    assert_exact(exact_mul(arena, of(arena, "0.3333"), exact_from_int(3)), "9999/10000");
}

ARENA_TEST(powers_are_repeated_products) {
    Exact growth = of(arena, "1.021"), product = exact_from_int(1);
    for (int n = 0; n <= 60; n++) {
        Exact power = exact_pow(arena, growth, n);
        assert_true(exact_equal(power, product));
        Exact inverse = exact_pow(arena, growth, -n);
        assert_exact(exact_mul(arena, power, inverse), "1");
        product = exact_mul(arena, product, growth);
    }
    assert_exact(exact_pow(arena, EXACT_ZERO, 0), "1");
    assert_exact(exact_pow(arena, exact_from_int(-2), 3), "-8");
    assert_exact(exact_pow(arena, exact_from_int(-1), INT32_MAX), "-1");
    assert_exact(exact_pow(arena, exact_from_int(-1), INT32_MIN), "1");
    assert_true(exact_overflowed(exact_pow(arena, EXACT_ZERO, -1)));
    assert_true(exact_overflowed(exact_pow(arena, exact_from_int(3), INT32_MAX)));
}

ARENA_TEST(overflow_is_handed_on_and_never_forgotten) {
    Exact largest = exact_sub(arena, exact_pow(arena, exact_from_int(2), 4095), exact_from_int(1));
    largest = exact_add(arena, exact_add(arena, largest, largest), exact_from_int(1));
    assert_int_equal(exact_bits(largest), EXACT_BITS);
    Exact over = exact_add(arena, largest, exact_from_int(1)), one = exact_from_int(1);
    assert_true(exact_overflowed(over));
    assert_int_equal(exact_bits(over), SIZE_MAX);
    const Exact results[] = {
        exact_add(arena, over, one),
        exact_add(arena, one, over),
        exact_sub(arena, over, over),
        exact_sub(arena, one, over),
        exact_mul(arena, over, EXACT_ZERO),
        exact_mul(arena, EXACT_ZERO, over),
        exact_div(arena, over, one),
        exact_div(arena, one, over),
        exact_neg(arena, over),
        exact_abs(arena, over),
        exact_pow(arena, over, 0),
        exact_pow(arena, over, -2),
        exact_floor(arena, over),
        exact_ceil(arena, over),
        exact_round_places(arena, over, 2),
        exact_div(arena, one, EXACT_ZERO),
        exact_from_ratio(arena, 1, 0),
        exact_from_decimal(arena, 1, 1234),
        exact_from_decimal(arena, 1, -1234),
        exact_from_double(arena, NAN),
        exact_from_double(arena, INFINITY),
        exact_div(arena, one, exact_mul(arena, largest, largest)),
    };
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        assert_true(exact_overflowed(results[i]));
    assert_false(exact_valid(over) || exact_is_zero(over) || exact_is_integer(over));
    assert_int_equal(exact_sign(over), 0);
    assert_int_equal(exact_compare(over, largest), 1);
    assert_int_equal(exact_compare(largest, over), -1);
    assert_int_equal(exact_compare(over, over), 0);
    assert_true(isnan(exact_to_double(over)));
    assert_slice(exact_format_fixed(arena, over, 2), "too large");
    assert_slice(exact_format_shortest(arena, over), "too large");
    assert_exact(exact_sub(arena, largest, exact_sub(arena, largest, one)), "1");
    assert_true(exact_overflowed((Exact){0, 0, NULL}));
}

ARENA_TEST(largest_numbers_are_compared_and_written_in_full) {
    Exact two = exact_from_int(2), one = exact_from_int(1);
    Exact half = exact_pow(arena, two, 4095);
    Exact largest = exact_add(arena, half, exact_sub(arena, half, one));
    Exact below = exact_sub(arena, largest, one), inverse = exact_div(arena, one, largest);
    assert_int_equal(exact_compare(below, largest), -1);
    assert_int_equal(exact_compare(exact_neg(arena, below), exact_neg(arena, largest)), 1);
    assert_int_equal(exact_compare(exact_div(arena, below, largest), one), -1);
    assert_int_equal(exact_compare(inverse, exact_div(arena, one, below)), -1);
    assert_int_equal(exact_compare(inverse, largest), -1);
    assert_int_equal(exact_compare(EXACT_ZERO, inverse), -1);
    assert_int_equal(exact_compare(exact_neg(arena, inverse), EXACT_ZERO), -1);
    Slice text = exact_format_fraction(arena, exact_div(arena, below, largest));
    assert_int_equal(text.length, 1234 + 1 + 1234);
    Exact back;
    assert_true(exact_parse_fraction(arena, text, &back));
    assert_true(exact_equal(back, exact_div(arena, below, largest)));
    assert_true(isinf(exact_to_double(largest)));
    assert_true(exact_to_double(inverse) == 0);
}

ARENA_TEST(decimals_and_fractions_are_read) {
    assert_exact(of(arena, "12.5"), "25/2");
    assert_exact(of(arena, "-0.125"), "-1/8");
    assert_exact(of(arena, "+007"), "7");
    assert_exact(of(arena, "-0"), "0");
    assert_exact(of(arena, "6/4"), "3/2");
    assert_exact(of(arena, "-6/3"), "-2");
    assert_exact(of(arena, "0.0000000000000000000001"), "1/10000000000000000000000");
    assert_exact(of(arena, "123456789012345678901234567890"), "123456789012345678901234567890");
    assert_exact(of(arena, "9223372036854775808.5"), "18446744073709551617/2");
    assert_exact(of(arena, "1.50000000000000000000000000000000000000000000"), "3/2");
    assert_exact(exact_from_decimal(arena, 125, -2), "5/4");
    assert_exact(exact_from_decimal(arena, -3, 20), "-300000000000000000000");
    assert_exact(exact_from_decimal(arena, 0, 1 << 30), "0");
    const char *wrong[] = {"",    "-",     ".5", "5.", "1/",  "/2",    "1/0", "1/-2", "1.5/2",
                           "1e3", "1_000", " 1", "1 ", "0x1", "1/2/3", "--1", "1..2", "1/00"};
    Exact x;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (exact_parse(arena, slice_of(wrong[i]), &x)) fail_msg("\"%s\" was read", wrong[i]);
}

ARENA_TEST(text_beyond_the_limit_overflows_without_effort) {
    size_t length = 3000000;
    char *text = arena_alloc(arena, length);
    memset(text, '7', length);
    Exact x;
    assert_true(exact_parse(arena, (Slice){text, length}, &x) && exact_overflowed(x));
    text[1] = '.';
    assert_true(exact_parse(arena, (Slice){text, length}, &x) && exact_overflowed(x));
    text[1] = '/';
    assert_true(exact_parse(arena, (Slice){text, length}, &x) && exact_overflowed(x));
    memset(text, '0', length);
    text[length - 1] = '3';
    assert_true(exact_parse(arena, (Slice){text, length}, &x));
    assert_exact(x, "3");
}

ARENA_TEST(only_canonical_fractions_are_taken_back) {
    const char *wrong[] = {"6/4", "+1", "-0",   "01", "1/1",      "1.5",
                           "0/5", "-",  "1/02", "",   "too large"};
    Exact x = exact_from_int(77);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(exact_parse_fraction(arena, slice_of(wrong[i]), &x));
    assert_exact(x, "77");
    assert_true(exact_parse_fraction(arena, SLICE("-3/2"), &x));
    assert_exact(x, "-3/2");
}

ARENA_TEST(rounding_is_half_away_from_zero) {
    const struct {
        const char *x;
        int places;
        const char *want;
    } cases[] = {
        {"2.675", 2, "67/25"},
        {"-2.675", 2, "-67/25"},
        {"0.5", 0, "1"},
        {"-0.5", 0, "-1"},
        {"1/3", 2, "33/100"},
        {"-1/3", 0, "0"},
        {"1250", -2, "1300"},
        {"-1249", -2, "-1200"},
        {"7", 3, "7"},
        {"49.999", -2, "0"},
        {"50", -2, "100"},
        {"123456789012345678901234567890.5", 0, "123456789012345678901234567891"},
        {"-123456789012345678901234567890.5", 0, "-123456789012345678901234567891"},
        {"123456789012345678901234567890.499", 0, "123456789012345678901234567890"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_exact(exact_round_places(arena, of(arena, cases[i].x), cases[i].places),
                     cases[i].want);
    assert_exact(exact_floor(arena, of(arena, "-7/2")), "-4");
    assert_exact(exact_floor(arena, of(arena, "7/2")), "3");
    assert_exact(exact_ceil(arena, of(arena, "-7/2")), "-3");
    assert_exact(exact_ceil(arena, of(arena, "7/2")), "4");
    assert_exact(exact_floor(arena, of(arena, "-100000000000000000000.5")),
                 "-100000000000000000001");
    assert_exact(exact_ceil(arena, of(arena, "-100000000000000000000.5")),
                 "-100000000000000000000");
    assert_exact(exact_floor(arena, exact_from_int(INT64_MIN)), "-9223372036854775808");
}

ARENA_TEST(rounded_numbers_are_never_half_a_unit_away) {
    uint64_t random = 8;
    for (int i = 0; i < 5000; i++) {
        Exact x = random_exact(arena, &random);
        int places = (int)(test_random(&random) % 9) - 3;
        Exact unit = exact_from_decimal(arena, 1, -places);
        Exact rounded = exact_round_places(arena, x, places);
        assert_true(exact_is_integer(exact_div(arena, rounded, unit)));
        Exact off = exact_abs(arena, exact_sub(arena, rounded, x));
        int order = exact_compare(exact_add(arena, off, off), unit);
        assert_true(order <= 0);
        if (order == 0)
            assert_true(exact_compare(exact_abs(arena, rounded), exact_abs(arena, x)) > 0);
        Exact floor = exact_floor(arena, x), ceil = exact_ceil(arena, x);
        assert_true(exact_compare(floor, x) <= 0 && exact_compare(x, ceil) <= 0);
        assert_true(exact_compare(exact_sub(arena, ceil, floor), exact_from_int(1)) <= 0);
    }
}

ARENA_TEST(fixed_text_has_its_places_and_no_negative_zero) {
    assert_slice(exact_format_fixed(arena, of(arena, "2.675"), 2), "2.68");
    assert_slice(exact_format_fixed(arena, of(arena, "-0.004"), 2), "0.00");
    assert_slice(exact_format_fixed(arena, of(arena, "-0.005"), 2), "-0.01");
    assert_slice(exact_format_fixed(arena, of(arena, "0.05"), 1), "0.1");
    assert_slice(exact_format_fixed(arena, of(arena, "1/3"), 5), "0.33333");
    assert_slice(exact_format_fixed(arena, exact_from_int(7), 0), "7");
    assert_slice(exact_format_fixed(arena, exact_from_int(0), 2), "0.00");
    assert_slice(exact_format_fixed(arena, of(arena, "999.995"), 2), "1000.00");
    assert_slice(exact_format_fixed(arena, exact_from_int(INT64_MIN), 1), "-9223372036854775808.0");
    assert_slice(exact_format_fixed(arena, of(arena, "12345678901234567890123.455"), 2),
                 "12345678901234567890123.46");
    assert_slice(exact_format_grouped(arena, of(arena, "-1234567.891"), 2), "-1,234,567.89");
    assert_slice(exact_format_grouped(arena, exact_from_int(123456), 0), "123,456");
    assert_slice(exact_format_grouped(arena, exact_from_int(12), 3), "12.000");
}

ARENA_TEST(shortest_text_is_a_decimal_where_it_ends) {
    assert_slice(exact_format_shortest(arena, of(arena, "12.50")), "12.5");
    assert_slice(exact_format_shortest(arena, of(arena, "1200")), "1200");
    assert_slice(exact_format_shortest(arena, of(arena, "-1/3")), "-1/3");
    assert_slice(exact_format_shortest(arena, exact_from_decimal(arena, 1, -30)),
                 "0.000000000000000000000000000001");
    assert_slice(exact_format_shortest(arena, exact_from_decimal(arena, 1, -31)),
                 "1/10000000000000000000000000000000");
    assert_slice(exact_format_shortest(arena, EXACT_ZERO), "0");
}

static double double_of_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

ARENA_TEST(every_double_is_taken_exactly_and_given_back) {
    uint64_t random = 6;
    const double edges[] = {0, 1, -1, 0.1, DBL_MAX, DBL_MIN, 5e-324, -2.5, 9007199254740993.0};
    for (int i = 0; i < 5000; i++) {
        double value = i < 9 ? edges[i] : double_of_bits(test_random(&random));
        if (!isfinite(value)) continue;
        Exact x = exact_from_double(arena, value);
        if (exact_to_double(x) != value) fail_msg("%.17g was not given back", value);
        assert_int_equal(exact_sign(x), (value > 0) - (value < 0));
    }
    assert_exact(exact_from_double(arena, 0.1), "3602879701896397/36028797018963968");
    assert_exact(exact_from_double(arena, 1e22), "10000000000000000000000");
}

ARENA_TEST(short_decimals_are_taken_as_written) {
    Exact x;
    assert_true(exact_from_short_decimal(arena, 0.1, &x));
    assert_exact(x, "1/10");
    assert_true(exact_from_short_decimal(arena, -0.00123, &x));
    assert_exact(x, "-123/100000");
    assert_true(exact_from_short_decimal(arena, 0, &x));
    assert_exact(x, "0");
    assert_true(exact_from_short_decimal(arena, 123456789012345, &x));
    assert_true(exact_from_short_decimal(arena, 1e300, &x));
    assert_true(exact_to_double(x) == 1e300);
    assert_false(exact_from_short_decimal(arena, 1.0 / 3, &x));
    assert_false(exact_from_short_decimal(arena, NAN, &x));
}

/* a / b for doubles that hold a and b is correctly rounded by the processor. */
ARENA_TEST(conversion_to_double_is_correctly_rounded) {
    uint64_t random = 12;
    for (int i = 0; i < 20000; i++) {
        int64_t a = (int64_t)(test_random(&random) >> (11 + test_random(&random) % 50));
        int64_t b = (int64_t)(test_random(&random) >> (11 + test_random(&random) % 50));
        if (!b) continue;
        double want = (double)a / (double)b;
        assert_true(exact_to_double(exact_from_ratio(arena, a, b)) == want);
    }
    assert_true(exact_to_double(exact_from_int(INT64_MAX)) == 0x1p63);
    assert_true(exact_to_double(exact_from_int(9007199254740993)) == 9007199254740992.0);
    assert_true(exact_to_double(of(arena, "9007199254740993.0000000001")) == 9007199254740994.0);
}

/* The neighbours of the result lie on either side of the exact number. */
ARENA_TEST(conversion_of_long_numbers_is_within_one_unit) {
    uint64_t random = 14;
    for (int i = 0; i < 3000; i++) {
        Exact x = exact_mul(arena, random_exact(arena, &random), random_exact(arena, &random));
        double value = exact_to_double(x);
        Exact below = exact_from_double(arena, nextafter(value, -INFINITY));
        Exact above = exact_from_double(arena, nextafter(value, INFINITY));
        assert_true(exact_compare(below, x) <= 0 && exact_compare(x, above) <= 0);
    }
}

static ScpStatus multiply_until_memory_ends(Boundary *boundary, Arena *arena) {
    if (setjmp(boundary->at)) return boundary->status;
    Exact base = exact_from_decimal(arena, INT64_MAX, 40);
    for (;;) exact_mul(arena, base, base);
}

PLAIN_TEST(exhausted_memory_leaves_to_the_boundary) {
    Boundary boundary;
    Arena arena;
    arena_init(&arena, &boundary, 64 * 1024);
    assert_int_equal(multiply_until_memory_ends(&boundary, &arena), SCP_LIMIT);
    assert_string_equal(boundary.message, "the limit of 64 KiB of memory was reached");
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_numbers_agree_with_whole_number_arithmetic),
        cmocka_unit_test(laws_of_arithmetic_hold_for_every_length),
        cmocka_unit_test(equal_numbers_have_one_form),
        cmocka_unit_test(edge_of_64_bits_is_crossed_both_ways),
        cmocka_unit_test(shares_of_a_whole_are_exactly_one),
        cmocka_unit_test(powers_are_repeated_products),
        cmocka_unit_test(overflow_is_handed_on_and_never_forgotten),
        cmocka_unit_test(largest_numbers_are_compared_and_written_in_full),
        cmocka_unit_test(decimals_and_fractions_are_read),
        cmocka_unit_test(text_beyond_the_limit_overflows_without_effort),
        cmocka_unit_test(only_canonical_fractions_are_taken_back),
        cmocka_unit_test(rounding_is_half_away_from_zero),
        cmocka_unit_test(rounded_numbers_are_never_half_a_unit_away),
        cmocka_unit_test(fixed_text_has_its_places_and_no_negative_zero),
        cmocka_unit_test(shortest_text_is_a_decimal_where_it_ends),
        cmocka_unit_test(every_double_is_taken_exactly_and_given_back),
        cmocka_unit_test(short_decimals_are_taken_as_written),
        cmocka_unit_test(conversion_to_double_is_correctly_rounded),
        cmocka_unit_test(conversion_of_long_numbers_is_within_one_unit),
        cmocka_unit_test(exhausted_memory_leaves_to_the_boundary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
