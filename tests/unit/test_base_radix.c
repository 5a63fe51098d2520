/* Putting in order: few keys or many, with and without items behind them, as qsort would. */
#include "tests/unit/test_base_fixture.h"

#include <stdlib.h>

#include "runtime/base/radix.h"

enum { MOST = 700 };

static uint64_t next_random(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 20 ^ *seed << 31;
}

static int compare_keys(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Of a few digits only (so that many are equal), or of all. */
static void fill(uint64_t *keys, size_t count, uint64_t mask, uint64_t *seed) {
    for (size_t i = 0; i < count; i++) keys[i] = next_random(seed) & mask;
}

static const uint64_t masks[] = {0, 3, 0xFF00, UINT64_C(0xFFFF0000000000FF), UINT64_MAX};

PLAIN_TEST(keys_of_any_number_are_put_in_order) {
    uint64_t keys[MOST], want[MOST], scratch[MOST], seed = 7;
    for (size_t count = 0; count <= MOST; count += count < 80 ? 1 : 155)
        for (size_t m = 0; m < sizeof masks / sizeof *masks; m++) {
            fill(keys, count, masks[m], &seed);
            memcpy(want, keys, sizeof want);
            qsort(want, count, sizeof *want, compare_keys);
            radix_sort_keys(keys, scratch, count);
            assert_memory_equal(keys, want, count * sizeof *keys);
        }
}

PLAIN_TEST(items_of_one_key_stay_in_their_order) {
    RadixItem items[MOST], scratch[MOST];
    uint64_t seed = 11;
    for (size_t count = 0; count <= MOST; count += 50)
        for (size_t m = 0; m < sizeof masks / sizeof *masks; m++) {
            for (size_t i = 0; i < count; i++)
                items[i] = (RadixItem){.key = next_random(&seed) & masks[m], .at = i};
            radix_sort(items, scratch, count);
            for (size_t i = 1; i < count; i++)
                assert_true(items[i - 1].key < items[i].key ||
                            (items[i - 1].key == items[i].key &&
                             items[i - 1].at < items[i].at));
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_any_number_are_put_in_order),
        cmocka_unit_test(items_of_one_key_stay_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
