/* Tests of the base layer that want an arena: ARENA_TEST(name) { … } has `arena`, whose
 * boundary fails the test. */
#ifndef TESTS_UNIT_TEST_BASE_FIXTURE_H
#define TESTS_UNIT_TEST_BASE_FIXTURE_H

#include "tests/unit/test.h"

#include "runtime/base/arena.h"

static inline void run_with_arena(void (*body)(Arena *arena)) {
    Boundary boundary;
    Arena arena;
    arena_init(&arena, &boundary, 0);
    if (setjmp(boundary.at)) fail_msg("left to the boundary: %s", boundary.message);
    body(&arena);
    arena_free(&arena);
}

#define ARENA_TEST(name)                   \
    static void name##_body(Arena *arena); \
    static void name(void **state) {       \
        (void)state;                       \
        run_with_arena(name##_body);       \
    }                                      \
    static void name##_body(Arena *arena)

/* Leaves a test for want of something, with its arena given back: skip() jumps. */
#define SKIP_TEST(arena)       \
    do {                       \
        arena_free(arena);     \
        skip();                \
    } while (0)

#define PLAIN_TEST(name) static void name(void **state __attribute__((unused)))

/* A small generator of test data (SplitMix64), so that a failure can be repeated. */
static inline uint64_t test_random(uint64_t *state) {
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

#define assert_slice(got, want) assert_slice_at((got), (want), __FILE__, __LINE__)

static inline void assert_slice_at(Slice got, const char *want, const char *file, int line) {
    if (slice_equal(got, slice_of(want))) return;
    fprintf(stderr, "got \"%.*s\", expected \"%s\"\n", SLICE_FMT(got), want);
    _fail(file, line);
}

#endif
