/* Rows put in order: as a plain stable sort would, whatever the width, the threads and the numbers. */
#include "tests/unit/test_base_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/data/reorder.h"

typedef struct {
    uint64_t rows;
    uint32_t numbers;
    const char *what;
} Shape;

/* Few and many rows, few and many numbers, and numbers far beyond the rows. */
static const Shape shapes[] = {
    {0, 5, "none"},       {1, 1, "one"},          {1000, 7, "few"},
    {1000, 4000000, "sparse"}, {200000, 1, "one number"}, {300000, 70000, "many"},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static uint32_t *numbers_of(const Shape *shape, uint64_t *random) {
    uint32_t *number = malloc((shape->rows + 1) * sizeof *number);
    assert_non_null(number);
    for (uint64_t row = 0; row < shape->rows; row++) {
        bool nobody = test_random(random) % 50 == 0;
        number[row] = nobody ? DATA_NO_PERSON - (uint32_t)(row % 2)
                             : (uint32_t)(test_random(random) % shape->numbers);
    }
    return number;
}

typedef struct {
    uint32_t number, row;
} Place;

static int by_place(const void *left, const void *right) {
    const Place *a = left, *b = right;
    if (a->number != b->number) return a->number < b->number ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

/* order[r] is the row that should come r-th. */
static Place *sorted(const Shape *shape, const uint32_t *number) {
    Place *order = malloc((shape->rows + 1) * sizeof *order);
    assert_non_null(order);
    for (uint32_t row = 0; row < shape->rows; row++)
        order[row] = (Place){number[row] < shape->numbers ? number[row] : shape->numbers, row};
    qsort(order, shape->rows, sizeof *order, by_place);
    return order;
}

static void fill(char *values, uint64_t rows, uint8_t width) {
    for (uint64_t row = 0; row < rows; row++) {
        uint64_t value = row * 0x9e3779b97f4a7c15u;
        memcpy(values + row * width, &value, width);
    }
}

static void check_values(Reorder *reorder, const Place *order, uint64_t rows, uint8_t width) {
    char *before = malloc(rows * width + 1), *after = malloc(rows * width + 1);
    assert_non_null(before);
    assert_non_null(after);
    fill(before, rows, width);
    fill(after, rows, width);
    assert_true(reorder_values(reorder, after, width));
    for (uint64_t r = 0; r < rows; r++)
        assert_memory_equal(after + r * width, before + (uint64_t)order[r].row * width, width);
    free(before);
    free(after);
}

PLAIN_TEST(rows_come_in_order_and_equal_ones_stay_as_they_were) {
    uint64_t random = 5;
    for (int i = 0; i < SHAPES; i++) {
        uint32_t *number = numbers_of(&shapes[i], &random);
        Place *order = sorted(&shapes[i], number);
        for (uint32_t threads = 1; threads <= 8; threads = threads * 2 + (threads == 2)) {
            Reorder *reorder = reorder_open(number, sizeof *number, shapes[i].rows,
                                            shapes[i].numbers, threads, NULL);
            assert_non_null(reorder);
            for (uint8_t width = 8; width; width /= 2)
                check_values(reorder, order, shapes[i].rows, width);
            reorder_close(reorder);
        }
        free(order);
        free(number);
    }
}

PLAIN_TEST(numbers_come_in_order_too_and_room_may_be_lent) {
    uint64_t random = 8;
    for (int i = 0; i < SHAPES; i++) {
        uint32_t *number = numbers_of(&shapes[i], &random);
        uint32_t *own = malloc((shapes[i].rows + 1) * sizeof *own);
        uint64_t *room = malloc((shapes[i].rows + 1) * sizeof *room);
        Place *order = sorted(&shapes[i], number);
        assert_true(own && room);
        memcpy(own, number, shapes[i].rows * sizeof *own);
        Reorder *reorder =
            reorder_open(own, sizeof *own, shapes[i].rows, shapes[i].numbers, 3, room);
        assert_non_null(reorder);
        reorder_numbers(reorder, own);
        for (uint64_t r = 0; r < shapes[i].rows; r++)
            assert_int_equal(own[r], number[order[r].row]);
        check_values(reorder, order, shapes[i].rows, 8);
        reorder_close(reorder);
        free(order);
        free(room);
        free(own);
        free(number);
    }
}

static bool bit(const uint8_t *bits, uint64_t row) { return bits[row / 8] >> row % 8 & 1; }

PLAIN_TEST(missing_marks_go_with_their_values) {
    uint64_t random = 6;
    const Shape shape = {100003, 900, ""};
    uint32_t *number = numbers_of(&shape, &random);
    Place *order = sorted(&shape, number);
    uint16_t *values = calloc(shape.rows, sizeof *values);
    uint8_t *missing = calloc(shape.rows / 8 + 1, 1), *before = malloc(shape.rows / 8 + 1);
    assert_true(values && missing && before);
    for (uint64_t row = 0; row < shape.rows; row++)
        if (test_random(&random) % 3 == 0) missing[row / 8] |= (uint8_t)(1u << row % 8);
    memcpy(before, missing, shape.rows / 8 + 1);
    Column column = {.width = 2, .values = values, .missing = missing};
    Reorder *reorder = reorder_open(number, sizeof *number, shape.rows, shape.numbers, 3, NULL);
    assert_non_null(reorder);
    assert_true(reorder_column(reorder, &column));
    for (uint64_t r = 0; r < shape.rows; r++)
        assert_int_equal(bit(column.missing, r), bit(before, order[r].row));
    reorder_close(reorder);
    free(column.values);
    free(column.missing);
    free(before);
    free(order);
    free(number);
}

PLAIN_TEST(narrow_numbers_are_read_as_wide_ones) {
    enum { ROWS = 70001, NUMBERS = 200 };
    uint8_t *bytes = malloc(ROWS);
    uint16_t *pairs = malloc(ROWS * sizeof *pairs);
    uint32_t *wide = malloc(ROWS * sizeof *wide);
    assert_true(bytes && pairs && wide);
    uint64_t random = 8;
    for (uint32_t row = 0; row < ROWS; row++)
        wide[row] = pairs[row] = bytes[row] = (uint8_t)test_random(&random);
    const Shape shape = {ROWS, NUMBERS, ""}; /* the largest have no number */
    Place *order = sorted(&shape, wide);
    const void *numbers[] = {bytes, pairs, wide};
    for (uint8_t i = 0; i < 3; i++) {
        Reorder *reorder = reorder_open(numbers[i], (uint8_t)(1 << i), ROWS, NUMBERS, 2, NULL);
        assert_non_null(reorder);
        check_values(reorder, order, ROWS, 4);
        reorder_close(reorder);
    }
    free(order);
    free(bytes);
    free(pairs);
    free(wide);
}

PLAIN_TEST(what_is_in_order_is_left_alone) {
    uint32_t number[] = {0, 0, 3, 3, 7, DATA_NO_PERSON, DATA_NO_PERSON};
    Reorder *reorder = reorder_open(number, sizeof *number, 7, 8, 2, NULL);
    assert_non_null(reorder);
    assert_true(reorder_is_done(reorder));
    uint8_t values[] = {1, 2, 3, 4, 5, 6, 7}, same[] = {1, 2, 3, 4, 5, 6, 7};
    assert_true(reorder_values(reorder, values, 1));
    assert_memory_equal(values, same, sizeof same);
    reorder_close(reorder);
}

PLAIN_TEST(without_memory_nothing_is_moved) {
    const Shape shape = {1000, 50, ""};
    uint64_t random = 7;
    uint32_t *number = numbers_of(&shape, &random);
    uint64_t values[1000], before[1000];
    fill((char *)values, shape.rows, sizeof *values);
    memcpy(before, values, sizeof before);
    bool done = false;
    for (long n = 1; !done; n++) {
        mem_fail_after(n);
        Reorder *reorder = reorder_open(number, sizeof *number, shape.rows, shape.numbers, 2, NULL);
        done = reorder && reorder_values(reorder, values, sizeof *values);
        mem_fail_after(0);
        reorder_close(reorder);
        assert_true(n < 100);
        if (!done) assert_memory_equal(values, before, sizeof before);
    }
    free(number);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_in_order_and_equal_ones_stay_as_they_were),
        cmocka_unit_test(numbers_come_in_order_too_and_room_may_be_lent),
        cmocka_unit_test(missing_marks_go_with_their_values),
        cmocka_unit_test(narrow_numbers_are_read_as_wide_ones),
        cmocka_unit_test(what_is_in_order_is_left_alone),
        cmocka_unit_test(without_memory_nothing_is_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
