/* The one rounding at the end of a sum: to the nearest double, ties to even, for sums, squares
 * and ratios of any size; held against exact rationals. */
#include "tests/unit/test_base_fixture.h"

#include "runtime/base/exact.h"
#include "runtime/strata/wide.h"

#include <float.h>
#include <math.h>

static const Scale plain = {1, 1, false};

static Exact exact_wide(Arena *arena, Int128 value) {
    Exact part = exact_from_int((int64_t)1 << 32), sum = exact_from_int((int64_t)(value >> 64));
    for (int shift = 32; shift >= 0; shift -= 32) {
        Exact low = exact_from_int((int64_t)(value >> shift & 0xFFFFFFFF));
        sum = exact_add(arena, exact_mul(arena, sum, part), low);
    }
    return sum;
}

static Exact distance(Arena *arena, Exact x, double r) {
    return exact_abs(arena, exact_sub(arena, x, exact_from_double(arena, r)));
}

/* No neighbour is nearer, and one as near is odd. */
static void assert_nearest(Arena *arena, double got, Exact x) {
    double sides[] = {nextafter(got, INFINITY), nextafter(got, -INFINITY)};
    uint64_t bits;
    memcpy(&bits, &got, sizeof bits);
    for (int i = 0; i < 2; i++) {
        int order = exact_compare(distance(arena, x, sides[i]), distance(arena, x, got));
        if (order < 0 || (order == 0 && bits & 1)) fail_msg("%.17g is not the nearest", got);
    }
}

static Exact scaled(Arena *arena, Exact x, Scale scale) {
    Exact by = exact_from_ratio(arena, (int64_t)scale.num, (int64_t)scale.den);
    return exact_mul(arena, x, scale.squared ? exact_mul(arena, by, by) : by);
}

static Int128 random_wide(uint64_t *random) {
    Int128 value = (Int128)((Uint128)test_random(random) << 64 | test_random(random));
    return value >> (1 + test_random(random) % 126);
}

static Scale random_scale(uint64_t *random) {
    uint64_t num = test_random(random) >> (1 + test_random(random) % 63);
    uint64_t den = test_random(random) >> (1 + test_random(random) % 63);
    return (Scale){num ? num : 1, den ? den : 1, test_random(random) % 2};
}

ARENA_TEST(whole_sums_are_rounded_to_the_nearest) {
    uint64_t random = 1;
    for (int i = 0; i < 20000; i++) {
        Int128 sum = random_wide(&random);
        Scale scale = random_scale(&random);
        assert_nearest(arena, wide_scale(sum, scale), scaled(arena, exact_wide(arena, sum), scale));
        assert_nearest(arena, wide_scale(sum, plain), exact_wide(arena, sum));
    }
}

/* 2^53 + 1 lies between two doubles, and so does the double with one bit more below. */
PLAIN_TEST(ties_go_to_the_even_double_and_the_least_more_does_not) {
    const Int128 odd = ((Int128)1 << 53) + 1;
    assert_true(wide_scale(odd, plain) == 0x1p53);
    assert_true(wide_scale(odd + 2, plain) == 0x1p53 + 4);
    assert_true(wide_scale(-odd, plain) == -0x1p53);
    for (unsigned shift = 1; shift < 70; shift++) {
        Int128 tie = odd << shift;
        assert_true(wide_scale(tie, plain) == ldexp(1, 53 + (int)shift));
        assert_true(wide_scale(tie + 1, plain) == nextafter(ldexp(1, 53 + (int)shift), INFINITY));
        assert_true(wide_scale(tie - 1, plain) == ldexp(1, 53 + (int)shift));
        assert_true(wide_scale(-tie - 1, plain) == -nextafter(ldexp(1, 53 + (int)shift), INFINITY));
        assert_true(wide_scale(tie, (Scale){3, 3, true}) == ldexp(1, 53 + (int)shift));
    }
    /* odd * 2^60 and a third: what is over is only in the rest of the division. */
    assert_true(wide_scale(((odd << 60) * 3 + 1), (Scale){1, 3, false}) ==
                nextafter(0x1p113, INFINITY));
}

ARENA_TEST(squares_beyond_128_bits_are_rounded_to_the_nearest) {
    uint64_t random = 2;
    Exact word = exact_mul(arena, exact_from_int((int64_t)1 << 32), exact_from_int((int64_t)1 << 32));
    for (int i = 0; i < 5000; i++) {
        Int128 high = random_wide(&random), low = random_wide(&random);
        if (high < 0) high = -high;
        if (low < 0) low = -low;
        Scale scale = random_scale(&random);
        Exact x = exact_add(arena, exact_mul(arena, exact_wide(arena, high), word),
                            exact_wide(arena, low));
        assert_nearest(arena, wide_scale_split(high, low, scale), scaled(arena, x, scale));
    }
}

static void add(Int128 bins[WIDE_BINS], double value) {
    WideTerm term = wide_term(value);
    bins[term.bin] += term.addend;
}

static double random_double(uint64_t *random, int spread) {
    double mantissa = (double)(int64_t)test_random(random) * 0x1p-63;
    return ldexp(mantissa, (int)(test_random(random) % (unsigned)(2 * spread + 1)) - spread);
}

ARENA_TEST(sums_of_doubles_are_rounded_once_in_any_order) {
    uint64_t random = 3;
    for (int i = 0; i < 1500; i++) {
        int spread = i % 3 ? 40 : 900;
        double values[20];
        Int128 forth[WIDE_BINS] = {0}, back[WIDE_BINS] = {0};
        Exact sum = EXACT_ZERO;
        for (int k = 0; k < 20; k++) {
            values[k] = random_double(&random, spread);
            if (k && k % 5 == 0) values[k] = -values[k - 1]; /* most of it cancels */
            add(forth, values[k]);
            sum = exact_add(arena, sum, exact_from_double(arena, values[k]));
        }
        for (int k = 20; k-- > 0;)
            add(back, values[k]);
        Scale scale = i % 2 ? plain : (Scale){1, 1 + test_random(&random) % 1000, false};
        double got = wide_scale_bins(forth, scale);
        assert_true(got == wide_scale_bins(back, scale));
        if (!exact_overflowed(sum)) assert_nearest(arena, got, scaled(arena, sum, scale));
    }
}

PLAIN_TEST(a_single_double_comes_back_as_it_was) {
    static const double values[] = {0,       1,        -1,       0.1,     -0.1,          5e-324,
                                    -5e-324, 1.5e-310, DBL_MIN,  DBL_MAX, -DBL_MAX,      1e300,
                                    1e-300,  123456.7, 0x1p-1073, 0x1p31, 0x1.fffffffffffffp-1022};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        Int128 bins[WIDE_BINS] = {0};
        add(bins, values[i]);
        assert_true(wide_scale_bins(bins, plain) == values[i]);
    }
}

PLAIN_TEST(what_leaves_the_doubles_is_infinite_or_subnormal) {
    Int128 bins[WIDE_BINS] = {0};
    add(bins, DBL_MAX);
    add(bins, DBL_MAX);
    assert_true(isinf(wide_scale_bins(bins, plain)));
    assert_true(wide_scale_bins(bins, (Scale){1, 2, false}) == DBL_MAX);
    memset(bins, 0, sizeof bins);
    add(bins, 0x1p-1074);
    assert_true(wide_scale_bins(bins, (Scale){1, 2, false}) == 0);             /* a tie: even */
    assert_true(wide_scale_bins(bins, (Scale){2, 3, false}) == 0x1p-1074);
    assert_true(wide_scale_bins(bins, (Scale){3, 2, false}) == 0x1p-1073);     /* a tie: even */
    assert_true(wide_scale_bins(bins, (Scale){1, 1000, true}) == 0);
    assert_true(wide_scale_bins(bins, (Scale){INT64_MAX, 1, false}) == ldexp(1, 63 - 1074));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_sums_are_rounded_to_the_nearest),
        cmocka_unit_test(ties_go_to_the_even_double_and_the_least_more_does_not),
        cmocka_unit_test(squares_beyond_128_bits_are_rounded_to_the_nearest),
        cmocka_unit_test(sums_of_doubles_are_rounded_once_in_any_order),
        cmocka_unit_test(a_single_double_comes_back_as_it_was),
        cmocka_unit_test(what_leaves_the_doubles_is_infinite_or_subnormal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
