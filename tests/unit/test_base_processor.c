/* The ways of doing things that depend on the processor: a test may ask for fewer of them. */
#include "tests/unit/test_base_fixture.h"

#include <stdlib.h>

#include "runtime/base/processor.h"
#include "runtime/strata/kernels.h"

static void ask_for(const char *level) {
    if (level)
        assert_int_equal(setenv("SCP_PROCESSOR", level, 1), 0);
    else
        assert_int_equal(unsetenv("SCP_PROCESSOR"), 0);
}

PLAIN_TEST(nothing_above_what_is_asked_for_is_there) {
    ask_for("portable");
    assert_true(processor_has(PROCESSOR_ANY));
    assert_false(processor_has(PROCESSOR_AVX2));
    assert_false(processor_has(PROCESSOR_AVX512));
    assert_string_equal(kernels_best()->name, "portable");
    ask_for("avx2");
    assert_true(processor_has(PROCESSOR_ANY));
    assert_false(processor_has(PROCESSOR_AVX512));
    ask_for(NULL);
}

PLAIN_TEST(nothing_is_there_for_the_asking) {
    ask_for(NULL);
    bool avx2 = processor_has(PROCESSOR_AVX2), avx512 = processor_has(PROCESSOR_AVX512);
    assert_true(avx2 || !avx512);
    ask_for("avx512");
    assert_int_equal(processor_has(PROCESSOR_AVX512), avx512);
    ask_for("avx2");
    assert_int_equal(processor_has(PROCESSOR_AVX2), avx2);
    ask_for("something else");
    assert_int_equal(processor_has(PROCESSOR_AVX512), avx512);
    ask_for(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_above_what_is_asked_for_is_there),
        cmocka_unit_test(nothing_is_there_for_the_asking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
