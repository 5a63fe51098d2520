/* Bits copied from any place to any place: as one by one, and no others touched. */
#include "tests/unit/test_base_fixture.h"

#include <stdatomic.h>
#include <string.h>

#include "runtime/data/bits.h"
#include "runtime/data/parallel.h"

enum { BYTES = 64, BITS = BYTES * 8 };

static void fill(uint8_t bits[BYTES], uint64_t *random) {
    for (int i = 0; i < BYTES; i++) bits[i] = (uint8_t)test_random(random);
}

static void set_bit(uint8_t *bits, uint64_t at, bool value) {
    bits[at / 8] = (uint8_t)((bits[at / 8] & ~(1u << at % 8)) | (unsigned)value << at % 8);
}

PLAIN_TEST(bits_arrive_and_all_others_stay) {
    uint8_t from[BYTES], to[BYTES], want[BYTES];
    uint64_t random = 1;
    for (int turn = 0; turn < 20000; turn++) {
        uint64_t from_at = test_random(&random) % BITS, to_at = test_random(&random) % BITS;
        uint64_t most = BITS - (from_at > to_at ? from_at : to_at);
        uint64_t count = test_random(&random) % (most + 1);
        fill(from, &random);
        fill(to, &random);
        memcpy(want, to, sizeof want);
        for (uint64_t i = 0; i < count; i++) set_bit(want, to_at + i, bit_at(from, from_at + i));
        bits_copy(to, to_at, from, from_at, count);
        assert_memory_equal(to, want, sizeof want);
    }
}

PLAIN_TEST(within_an_array_bits_move_towards_its_beginning) {
    uint8_t bits[BYTES], want[BYTES], before[BYTES];
    uint64_t random = 2;
    for (int turn = 0; turn < 20000; turn++) {
        uint64_t from_at = test_random(&random) % BITS;
        uint64_t to_at = test_random(&random) % (from_at + 1);
        uint64_t count = test_random(&random) % (BITS - from_at + 1);
        fill(bits, &random);
        memcpy(before, bits, sizeof before);
        memcpy(want, bits, sizeof want);
        for (uint64_t i = 0; i < count; i++) set_bit(want, to_at + i, bit_at(before, from_at + i));
        bits_copy(bits, to_at, bits, from_at, count);
        assert_memory_equal(bits, want, sizeof want);
    }
}

/* Stretches that meet within bytes. */
enum { WORKERS = 4, STRETCH = 13, STRETCHES = 4000 };

typedef struct {
    const uint8_t *from;
    uint8_t *to;
    _Atomic uint64_t next;
} Shared;

static void copy_stretches(void *context, uint32_t worker) {
    (void)worker;
    Shared *shared = context;
    for (uint64_t s; (s = atomic_fetch_add(&shared->next, 1)) < STRETCHES;)
        bits_copy(shared->to, s * STRETCH, shared->from, s * STRETCH, STRETCH);
}

PLAIN_TEST(neighbours_in_a_byte_do_not_lose_each_others_bits) {
    static uint8_t from[STRETCH * STRETCHES / 8], to[sizeof from];
    uint64_t random = 3;
    for (size_t i = 0; i < sizeof from; i++) from[i] = (uint8_t)test_random(&random);
    for (int turn = 0; turn < 20; turn++) {
        memset(to, turn % 2 ? 0xFF : 0, sizeof to);
        Shared shared = {from, to, 0};
        parallel_run(WORKERS, copy_stretches, &shared);
        assert_memory_equal(to, from, sizeof from);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_arrive_and_all_others_stay),
        cmocka_unit_test(within_an_array_bits_move_towards_its_beginning),
        cmocka_unit_test(neighbours_in_a_byte_do_not_lose_each_others_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
