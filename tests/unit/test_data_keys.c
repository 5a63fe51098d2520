/* Keys of many rows: whether any two are equal, and which. */
#include "tests/unit/test_base_fixture.h"

#include <stdlib.h>

#include "runtime/data/keys.h"

/* Different words of all kinds, in no order: the generator never repeats itself so soon. */
static KeyColumn many_keys(uint64_t rows, uint64_t *random) {
    KeyColumn keys = {.rows = rows, .words = malloc((rows + 1) * sizeof *keys.words)};
    assert_non_null(keys.words);
    for (uint64_t row = 0; row < rows; row++) keys.words[row] = test_random(random) >> 1;
    return keys;
}

static const uint64_t sizes[] = {0, 1, 2, 1000, 70000, 300000, 4500000};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

PLAIN_TEST(distinct_keys_are_seen_to_be) {
    uint64_t random = 1;
    for (int i = 0; i < SIZES; i++) {
        KeyColumn keys = many_keys(sizes[i], &random);
        for (uint32_t threads = 1; threads <= 3; threads += 2)
            assert_int_equal(keys_look(&keys, random, threads), KEYS_DISTINCT);
        free(keys.words);
    }
}

PLAIN_TEST(two_equal_keys_are_never_overlooked) {
    uint64_t random = 2;
    for (int i = 2; i < SIZES; i++) {
        KeyColumn keys = many_keys(sizes[i], &random);
        for (int turn = 0; turn < (sizes[i] > 1000000 ? 2 : 20); turn++) {
            uint64_t a = test_random(&random) % keys.rows, b = test_random(&random) % keys.rows;
            uint64_t held = keys.words[b];
            if (a == b) continue;
            keys.words[b] = keys.words[a];
            assert_int_not_equal(keys_look(&keys, random, 1 + turn % 3), KEYS_DISTINCT);
            keys.words[b] = held;
        }
        free(keys.words);
    }
}

/* All rows in one bucket are more than it has room for. */
PLAIN_TEST(keys_that_are_all_equal_are_left_to_the_index) {
    KeyColumn keys = {.rows = 100000, .words = calloc(100000, sizeof *keys.words)};
    assert_int_equal(keys_look(&keys, 3, 2), KEYS_UNSURE);
    free(keys.words);
}

PLAIN_TEST(rows_without_a_key_are_not_equal_to_each_other) {
    uint64_t words[] = {KEY_NONE, 5, KEY_NONE};
    KeyColumn keys = {.rows = 3, .words = words};
    assert_int_equal(keys_look(&keys, 3, 1), KEYS_DISTINCT);
}

/* ---- The index -------------------------------------------------------------------------------- */

enum { TWICE = 40 };

typedef struct {
    uint32_t rows[TWICE], firsts[TWICE], count;
} Told;

static void tell(void *context, uint32_t row, uint32_t first) {
    Told *told = context;
    if (told->count < TWICE) {
        told->rows[told->count] = row;
        told->firsts[told->count] = first;
    }
    told->count++;
}

/* The last TWICE of the people have the keys of these. */
static uint32_t first_of(uint32_t people, uint32_t row) {
    uint32_t distinct = people - TWICE;
    return row < distinct ? row : ((row - distinct) * 7919 + 11) % distinct;
}

static void find_all(const KeyColumn *people, const KeyColumn *events, uint32_t threads) {
    Told told = {.count = 0};
    KeyIndex index;
    uint32_t *rows = malloc(events->rows * sizeof *rows), count = (uint32_t)people->rows;
    assert_true(key_index_build(&index, people, 9, threads, tell, &told));
    assert_int_equal(told.count, TWICE);
    for (uint32_t i = 0; i < TWICE; i++) {
        assert_int_equal(told.rows[i], count - TWICE + i);
        assert_int_equal(told.firsts[i], first_of(count, told.rows[i]));
    }
    assert_true(key_index_find(&index, events, threads, rows));
    for (uint32_t e = 0; e < events->rows; e++)
        assert_int_equal(rows[e], e % 2 ? KEY_NO_ROW : first_of(count, e / 2 % count));
    key_index_free(&index);
    free(rows);
}

/* Repeats are told in order, whoever built the parts. */
static void index_people(uint32_t count, uint32_t events_count, uint32_t most_threads) {
    uint64_t random = 4;
    KeyColumn people = many_keys(count, &random), events = many_keys(events_count, &random);
    for (uint32_t i = count - TWICE; i < count; i++)
        people.words[i] = people.words[first_of(count, i)];
    for (uint32_t e = 0; e < events.rows; e += 2) events.words[e] = people.words[e / 2 % count];
    events.words[1] = KEY_NONE;
    for (uint32_t threads = 1; threads <= most_threads; threads += 3)
        find_all(&people, &events, threads);
    free(people.words);
    free(events.words);
}

PLAIN_TEST(every_key_is_found_where_it_stood_first) {
    index_people(150000, 450000, 8);
}

/* More than one thread builds at a time. */
PLAIN_TEST(every_key_of_very_many_is_found) {
    index_people(2200000, 100000, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distinct_keys_are_seen_to_be),
        cmocka_unit_test(two_equal_keys_are_never_overlooked),
        cmocka_unit_test(keys_that_are_all_equal_are_left_to_the_index),
        cmocka_unit_test(rows_without_a_key_are_not_equal_to_each_other),
        cmocka_unit_test(every_key_is_found_where_it_stood_first),
        cmocka_unit_test(every_key_of_very_many_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
