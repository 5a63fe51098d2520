/* Slices, vectors, interned words and maps. */
#include "tests/unit/test_base_fixture.h"

#include "runtime/base/hashmap.h"
#include "runtime/base/intern.h"
#include "runtime/base/slice.h"
#include "runtime/base/vec.h"

PLAIN_TEST(order_of_text_is_bytewise_and_total) {
    const char *ascending[] = {"", "A", "Aa", "B", "a", "\x7F", "\xC3\xA9"};
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 7; j++)
            assert_int_equal(slice_compare(slice_of(ascending[i]), slice_of(ascending[j])),
                             (i > j) - (i < j));
    assert_true(slice_equal((Slice){NULL, 0}, SLICE("")));
    assert_int_equal(slice_compare(SLICE("a\0b"), SLICE("a\0c")), -1);
}

PLAIN_TEST(text_is_cut_within_its_bounds) {
    Slice text = SLICE("falls_rate");
    assert_true(slice_starts_with(text, SLICE("falls")));
    assert_true(slice_ends_with(text, SLICE("_rate")));
    assert_false(slice_starts_with(SLICE("fa"), text));
    assert_false(slice_ends_with(SLICE("te"), text));
    assert_slice(slice_sub(text, 2, 5), "lls");
    assert_slice(slice_sub(text, 6, 99), "rate");
    assert_slice(slice_sub(text, 99, 100), "");
    assert_slice(slice_sub(text, 5, 2), "");
    assert_slice(slice_trim(SLICE(" \t\r\n x y \n")), "x y");
    assert_slice(slice_trim(SLICE("  ")), "");
}

PLAIN_TEST(distance_counts_edits_and_swaps) {
    assert_int_equal(slice_distance(SLICE("outcome"), SLICE("outcome"), 3), 0);
    assert_int_equal(slice_distance(SLICE("outcmoe"), SLICE("outcome"), 3), 1);
    assert_int_equal(slice_distance(SLICE("outcom"), SLICE("outcome"), 3), 1);
    assert_int_equal(slice_distance(SLICE("kitten"), SLICE("sitting"), 9), 3);
    assert_int_equal(slice_distance(SLICE("kitten"), SLICE("sitting"), 2), 3);
    assert_int_equal(slice_distance(SLICE("kitten"), SLICE("sitting"), 1), 2);
    assert_int_equal(slice_distance(SLICE(""), SLICE("abc"), 5), 3);
    assert_int_equal(slice_distance(SLICE(""), SLICE(""), 0), 0);
    assert_int_equal(slice_distance(SLICE("ca"), SLICE("abc"), 9), 3);
}

/* The whole table, without the shortcuts. */
static size_t slow_distance(const char *a, const char *b) {
    size_t n = strlen(a), m = strlen(b), table[16][16];
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            if (!i || !j) {
                table[i][j] = i + j;
                continue;
            }
            size_t best = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (table[i - 1][j] + 1 < best) best = table[i - 1][j] + 1;
            if (table[i][j - 1] + 1 < best) best = table[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                table[i - 2][j - 2] + 1 < best)
                best = table[i - 2][j - 2] + 1;
            table[i][j] = best;
        }
    return table[n][m];
}

PLAIN_TEST(distance_agrees_with_the_whole_table_at_every_limit) {
    uint64_t random = 5;
    for (int round = 0; round < 3000; round++) {
        char a[10] = "", b[10] = "";
        size_t n = test_random(&random) % 8, m = test_random(&random) % 8;
        for (size_t i = 0; i < n; i++) a[i] = (char)('a' + test_random(&random) % 3);
        for (size_t i = 0; i < m; i++) b[i] = (char)('a' + test_random(&random) % 3);
        size_t want = slow_distance(a, b);
        for (size_t limit = 0; limit < 9; limit++)
            assert_int_equal(slice_distance(slice_of(a), slice_of(b), limit),
                             want > limit ? limit + 1 : want);
    }
}

PLAIN_TEST(distance_of_overlong_words_is_equal_or_too_far) {
    char longer[301], other[301];
    memset(longer, 'x', 300);
    memset(other, 'x', 299);
    Slice a = {longer, 300}, b = {other, 299};
    assert_int_equal(slice_distance(a, a, 2), 0);
    assert_int_equal(slice_distance(a, b, 2), 3);
}

ARENA_TEST(vector_keeps_what_is_pushed) {
    VEC(int) numbers = {0};
    for (int i = 0; i < 1000; i++) VEC_PUSH(arena, &numbers, i * 3);
    assert_int_equal(numbers.count, 1000);
    int want = 0;
    VEC_EACH(int, number, &numbers) {
        assert_int_equal(*number, want);
        want += 3;
    }
    assert_int_equal(want, 3000);
}

ARENA_TEST(atoms_are_dense_and_equal_for_equal_text) {
    Interner *interner = interner_new(arena, 42);
    assert_int_equal(interner_count(interner), 0);
    assert_int_equal(intern_find(interner, SLICE("word0")), ATOM_NONE);
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 5000; i++) {
            Atom atom = intern(interner, arena_printf(arena, "word%u", i));
            assert_int_equal(atom, i + 1);
        }
    assert_int_equal(interner_count(interner), 5000);
    assert_string_equal(atom_text(interner, 4711).data, "word4710");
    assert_slice(atom_text(interner, ATOM_NONE), "");
    assert_int_equal(intern(interner, SLICE("")), 5001);
    assert_int_equal(intern(interner, (Slice){NULL, 0}), 5001);
    assert_int_equal(intern(interner, SLICE("a\0b")), 5002);
    assert_int_equal(intern(interner, SLICE("a\0c")), 5003);
}

ARENA_TEST(map_replaces_finds_and_keeps_order) {
    HashMap map;
    uint64_t value;
    hashmap_init(&map, arena);
    assert_false(hashmap_get(&map, 1, &value));
    uint64_t random = 9;
    for (uint64_t i = 0; i < 4000; i++) hashmap_put(&map, test_random(&random), i);
    hashmap_put(&map, 0, 7);
    hashmap_put(&map, UINT64_MAX, 8);
    random = 9;
    for (uint64_t i = 0; i < 4000; i++) {
        uint64_t key = test_random(&random);
        assert_true(hashmap_get(&map, key, &value));
        assert_int_equal(value, i);
        assert_true(map.entries[i].key == key);
        hashmap_put(&map, key, i + 1);
    }
    assert_int_equal(map.count, 4002);
    assert_true(hashmap_get(&map, 0, &value) && value == 7);
    assert_true(hashmap_get(&map, UINT64_MAX, &value) && value == 8);
    assert_int_equal(map.entries[3].value, 4);
}

ARENA_TEST(text_map_copies_its_keys) {
    TextMap map;
    text_map_init(&map, arena, 3);
    char key[16];
    for (int i = 0; i < 300; i++) {
        snprintf(key, sizeof key, "k%d", i);
        text_map_put(&map, slice_of(key), (uint64_t)i);
    }
    text_map_put(&map, SLICE("k7"), 99);
    uint64_t value;
    assert_true(text_map_get(&map, SLICE("k299"), &value) && value == 299);
    assert_true(text_map_get(&map, SLICE("k7"), &value) && value == 99);
    assert_false(text_map_get(&map, SLICE("k300"), &value));
    assert_int_equal(map.count, 300);
    assert_string_equal(map.entries[11].key.data, "k11");
}

PLAIN_TEST(hash_depends_on_every_byte_and_on_the_seed) {
    char text[20] = "abcdefghijklmnopqrs";
    for (size_t length = 0; length < 20; length++) {
        uint64_t before = hash_bytes((Slice){text, length}, 1);
        assert_true(before == hash_bytes((Slice){text, length}, 1));
        assert_true(before != hash_bytes((Slice){text, length}, 2));
        assert_true(before != hash_bytes((Slice){text, length + 1}, 1));
        for (size_t i = 0; i < length; i++) {
            text[i] ^= 1;
            assert_true(before != hash_bytes((Slice){text, length}, 1));
            text[i] ^= 1;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_of_text_is_bytewise_and_total),
        cmocka_unit_test(text_is_cut_within_its_bounds),
        cmocka_unit_test(distance_counts_edits_and_swaps),
        cmocka_unit_test(distance_agrees_with_the_whole_table_at_every_limit),
        cmocka_unit_test(distance_of_overlong_words_is_equal_or_too_far),
        cmocka_unit_test(vector_keeps_what_is_pushed),
        cmocka_unit_test(atoms_are_dense_and_equal_for_equal_text),
        cmocka_unit_test(map_replaces_finds_and_keeps_order),
        cmocka_unit_test(text_map_copies_its_keys),
        cmocka_unit_test(hash_depends_on_every_byte_and_on_the_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
