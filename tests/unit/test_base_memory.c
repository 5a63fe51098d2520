/* Memory and arenas: what they promise when there is enough, and when there is not. */
#include "tests/unit/test_base_fixture.h"

#include "runtime/base/memory.h"
#include "runtime/base/status.h"

PLAIN_TEST(memory_is_zeroed_and_never_of_no_size) {
    unsigned char *block = mem_alloc_array(7, 3);
    for (int i = 0; i < 21; i++) assert_int_equal(block[i], 0);
    mem_free(block);
    void *nothing = mem_alloc(0);
    assert_non_null(nothing);
    mem_free(nothing);
}

PLAIN_TEST(product_that_does_not_fit_is_refused) {
    assert_null(mem_alloc_array(SIZE_MAX / 2, 3));
    assert_null(mem_alloc_array(3, SIZE_MAX / 2));
    assert_null(mem_realloc(NULL, SIZE_MAX));
}

PLAIN_TEST(exactly_the_nth_allocation_fails) {
    for (int n = 1; n <= 4; n++) {
        mem_fail_after(n);
        for (int i = 1; i <= 6; i++) {
            void *block = i % 2 ? mem_alloc(8) : mem_realloc(NULL, 8);
            assert_int_equal(block == NULL, i == n);
            mem_free(block);
        }
        assert_int_equal(mem_fail_after(0), 0);
    }
}

PLAIN_TEST(failure_can_be_called_off) {
    mem_fail_after(2);
    assert_int_equal(mem_fail_after(0), 2);
    for (int i = 0; i < 3; i++) {
        void *block = mem_alloc(1);
        assert_non_null(block);
        mem_free(block);
    }
}

PLAIN_TEST(failed_resize_keeps_the_block) {
    char *block = mem_alloc(4);
    memcpy(block, "abc", 4);
    mem_fail_after(1);
    assert_null(mem_realloc(block, 400));
    assert_string_equal(block, "abc");
    mem_free(block);
}

ARENA_TEST(pieces_are_zeroed_aligned_and_apart) {
    uint64_t random = 1;
    unsigned char *before = NULL;
    size_t size_before = 0;
    for (int i = 0; i < 2000; i++) {
        size_t size = test_random(&random) % (i % 100 ? 200 : 50000);
        unsigned char *piece = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)piece % alignof(max_align_t), 0);
        for (size_t j = 0; j < size; j++) assert_int_equal(piece[j], 0);
        memset(piece, 0xAA, size);
        for (size_t j = 0; j < size_before; j++) assert_int_equal(before[j], 0xAA);
        before = piece;
        size_before = size;
    }
}

PLAIN_TEST(free_of_an_unused_or_freed_arena_is_harmless) {
    Boundary boundary;
    Arena arena;
    arena_init(&arena, &boundary, 0);
    arena_free(&arena);
    arena_free(&arena);
    arena_alloc(&arena, 10);
    arena_free(&arena);
    assert_int_equal(arena.used, 0);
    arena_alloc(&arena, 10);
    arena_free(&arena);
}

/* Takes pieces until the arena leaves; returns the boundary's status. */
static ScpStatus exhaust(Boundary *boundary, Arena *arena, size_t piece) {
    if (setjmp(boundary->at)) return boundary->status;
    for (;;) arena_alloc(arena, piece);
}

PLAIN_TEST(limit_is_named_when_it_is_reached_and_never_passed) {
    size_t pieces[] = {1, 100, 5000, 100000};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        Boundary boundary;
        Arena arena;
        arena_init(&arena, &boundary, 256 * 1024);
        assert_int_equal(exhaust(&boundary, &arena, pieces[i]), SCP_LIMIT);
        assert_string_equal(boundary.message, "the limit of 256 KiB of memory was reached");
        assert_true(arena.used <= arena.limit);
        assert_true(arena.used + pieces[i] + 64 > arena.limit);
        arena_free(&arena);
    }
}

PLAIN_TEST(exhausted_memory_leaves_to_the_boundary) {
    for (int n = 1; n <= 5; n++) {
        Boundary boundary;
        Arena arena;
        arena_init(&arena, &boundary, 0);
        mem_fail_after(n);
        assert_int_equal(exhaust(&boundary, &arena, 3000), SCP_LIMIT);
        assert_string_equal(boundary.message, "there is not enough memory");
        arena_free(&arena);
    }
}

static ScpStatus ask(Boundary *boundary, Arena *arena, size_t count, size_t size) {
    if (setjmp(boundary->at)) return boundary->status;
    arena_alloc_array(arena, count, size);
    return SCP_OK;
}

PLAIN_TEST(impossible_sizes_leave_to_the_boundary) {
    Boundary boundary;
    Arena arena;
    arena_init(&arena, &boundary, 0);
    assert_int_equal(ask(&boundary, &arena, SIZE_MAX, 16), SCP_LIMIT);
    assert_int_equal(ask(&boundary, &arena, 1, SIZE_MAX), SCP_LIMIT);
    assert_int_equal(ask(&boundary, &arena, 0, SIZE_MAX), SCP_OK);
    arena_free(&arena);
}

ARENA_TEST(copies_and_prints_end_with_nul) {
    Slice copy = arena_copy(arena, (Slice){"abcdef", 3});
    assert_int_equal(copy.length, 3);
    assert_string_equal(copy.data, "abc");
    assert_string_equal(arena_copy(arena, (Slice){NULL, 0}).data, "");
    Slice printed = arena_printf(arena, "%s-%d", "north", 26);
    assert_int_equal(printed.length, 8);
    assert_string_equal(printed.data, "north-26");
}

PLAIN_TEST(every_status_has_a_meaning_and_the_higher_counts) {
#define STATUS(constant, exit_status, meaning) \
    assert_string_equal(status_meaning(constant), meaning);
#include "runtime/base/status.def"
#undef STATUS
    assert_int_equal(status_worse(SCP_NO, SCP_DATA), SCP_DATA);
    assert_int_equal(status_worse(SCP_FAULT, SCP_OK), SCP_FAULT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_never_of_no_size),
        cmocka_unit_test(product_that_does_not_fit_is_refused),
        cmocka_unit_test(exactly_the_nth_allocation_fails),
        cmocka_unit_test(failure_can_be_called_off),
        cmocka_unit_test(failed_resize_keeps_the_block),
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(free_of_an_unused_or_freed_arena_is_harmless),
        cmocka_unit_test(limit_is_named_when_it_is_reached_and_never_passed),
        cmocka_unit_test(exhausted_memory_leaves_to_the_boundary),
        cmocka_unit_test(impossible_sizes_leave_to_the_boundary),
        cmocka_unit_test(copies_and_prints_end_with_nul),
        cmocka_unit_test(every_status_has_a_meaning_and_the_higher_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
