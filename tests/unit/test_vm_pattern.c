/* Patterns: what they match, what is refused, and that no pattern makes a text take long. */
#include "tests/unit/test_base_fixture.h"

#include "runtime/base/buffer.h"
#include "runtime/vm/pattern.h"

typedef struct {
    const char *pattern, *text;
    bool matches;
} Row;

static const Row rows[] = {
    {"Q[A-Z0-9]{2}", "QZ9", true},
    {"Q[A-Z0-9]{2}", "QZ", false},
    {"Q[A-Z0-9]{2}", "QZ99", false},
    {"Q[A-Z0-9]{2}", "xQZ9", false},
    {"Q[A-Z0-9]{2}", "qz9", false},
    {"", "", true},
    {"", "a", false},
    {".", "é", true},
    {"..", "é", false},
    {".*", "anything\nat all", true},
    {"a*", "", true},
    {"a*", "aaaa", true},
    {"a+", "", false},
    {"a+b?", "aab", true},
    {"a{2,3}", "a", false},
    {"a{2,3}", "aaa", true},
    {"a{2,3}", "aaaa", false},
    {"a{2,}", "aaaaaaa", true},
    {"a{0}", "", true},
    {"a{0}", "a", false},
    {"(ab|cd)+", "abcdab", true},
    {"(ab|cd)+", "abc", false},
    {"a|b|c", "c", true},
    {"a||b", "", true},
    {"()*", "", true},
    {"(a*)*", "aaa", true},
    {"(a*)*b", "aaac", false},
    {"[^0-9]+", "abc", true},
    {"[^0-9]+", "ab1", false},
    {"[à-ü]", "é", true},
    {"[.*+]", "*", true},
    {"[a\\-z]", "-", true},
    {"£\\d", "£1", false},
    {"\\.\\[\\]\\\\", ".[]\\", true},
    {"E0[6-9][0-9]{6}", "E06000001", true},
    {"[0-9]{4}/[0-9]{2}", "2026/27", true},
    {"(north|south) (icb|trust)", "south trust", true},
};

ARENA_TEST(patterns_match_whole_texts) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Slice why = SLICE("");
        Pattern *pattern = pattern_compile(arena, slice_of(rows[i].pattern), &why);
        bool matches = pattern && pattern_matches(pattern, slice_of(rows[i].text));
        if (matches != rows[i].matches)
            fail_msg("%s on %s: %d (%.*s)", rows[i].pattern, rows[i].text, matches, SLICE_FMT(why));
    }
}

static void assert_refused(Arena *arena, const char *text, const char *want) {
    Slice why = SLICE("");
    if (pattern_compile(arena, slice_of(text), &why)) fail_msg("%s was not refused", text);
    assert_slice(why, want);
}

ARENA_TEST(one_pattern_matches_many_texts) {
    Slice why = SLICE("");
    Pattern *pattern = pattern_compile(arena, SLICE("(a|b)*c?"), &why);
    for (int i = 0; i < 3; i++) {
        assert_true(pattern_matches(pattern, SLICE("abba")));
        assert_false(pattern_matches(pattern, SLICE("abcc")));
        assert_true(pattern_matches(pattern, SLICE("c")));
        assert_true(pattern_matches(pattern, SLICE("")));
    }
}

ARENA_TEST(what_is_no_pattern_is_refused_with_a_reason) {
    assert_refused(arena, "(a", "a group that is not closed");
    assert_refused(arena, "a)", "a `)` without its `(`");
    assert_refused(arena, "[a", "a class that is empty or not closed");
    assert_refused(arena, "[]", "a class that is empty or not closed");
    assert_refused(arena, "[z-a]", "a range that runs backwards");
    assert_refused(arena, "a{3,2}", "a count that runs backwards");
    assert_refused(arena, "a{101}", "a count over 100");
    assert_refused(arena, "a{", "a count that is no number");
    assert_refused(arena, "a{1", "a count that is not closed");
    assert_refused(arena, "*a", "a special character without a backslash");
    assert_refused(arena, "a**", "a special character without a backslash");
    assert_refused(arena, "^a$", "a special character without a backslash");
    assert_refused(arena, "\\d", "a backslash before an ordinary character");
    assert_refused(arena, "a\\", "a character is missing");
}

ARENA_TEST(patterns_that_would_grow_without_end_are_refused) {
    Buffer deep;
    buffer_init(&deep, arena);
    assert_refused(arena, "((a{100}){100}){100}", "the pattern is too long");
    assert_refused(arena, "((((){100}){100}){100}){100}", "the pattern is too long");
    for (int i = 0; i < 60; i++) buffer_add_char(&deep, '(');
    assert_refused(arena, buffer_slice(&deep).data, "groups are nested too deep");
    Buffer wide;
    buffer_init(&wide, arena);
    buffer_add_repeated(&wide, 'a', 2001);
    assert_refused(arena, buffer_slice(&wide).data, "the pattern is too long");
}

/* What a backtracking matcher would take longer than the universe for. */
ARENA_TEST(no_text_takes_longer_than_its_length_times_the_pattern) {
    Slice why = SLICE("");
    Pattern *pattern = pattern_compile(arena, SLICE("(a?){50}a{50}(a*)*(a|aa)+b"), &why);
    Buffer text;
    assert_non_null(pattern);
    buffer_init(&text, arena);
    buffer_add_repeated(&text, 'a', 20000);
    assert_false(pattern_matches(pattern, buffer_slice(&text)));
    buffer_add_char(&text, 'b');
    assert_true(pattern_matches(pattern, buffer_slice(&text)));
    assert_true(pattern_cost(pattern, buffer_slice(&text)) < 20000000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_whole_texts),
        cmocka_unit_test(one_pattern_matches_many_texts),
        cmocka_unit_test(what_is_no_pattern_is_refused_with_a_reason),
        cmocka_unit_test(patterns_that_would_grow_without_end_are_refused),
        cmocka_unit_test(no_text_takes_longer_than_its_length_times_the_pattern),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
