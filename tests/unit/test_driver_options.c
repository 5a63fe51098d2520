/* The command line read against its tables, and the tables against each other. */
#include "tests/unit/test_base_fixture.h"

#include "compiler/driver/options.h"

static Options parse(Arena *arena, const char *const *words, bool *good, Slice *error) {
    Options options;
    char *argv[16] = {(char *)"scpc"};
    int argc = 1;
    for (; words[argc - 1]; argc++) argv[argc] = (char *)words[argc - 1];
    *error = SLICE("");
    char **copy = ARENA_NEW_ARRAY(arena, char *, 16);
    memcpy(copy, argv, sizeof argv);
    *good = options_parse(arena, argc, copy, &options, error);
    return options;
}

static Options good_line(Arena *arena, const char *const *words) {
    bool good;
    Slice error;
    Options options = parse(arena, words, &good, &error);
    if (!good) fail_msg("%s", error.data);
    return options;
}

#define GOOD(...) good_line(arena, (const char *const[]){__VA_ARGS__, NULL})

static Slice bad_line(Arena *arena, const char *const *words) {
    bool good;
    Slice error;
    parse(arena, words, &good, &error);
    assert_false(good);
    assert_true(error.length > 0);
    return error;
}

#define BAD(...) bad_line(arena, (const char *const[]){__VA_ARGS__, NULL})

ARENA_TEST(options_stand_anywhere_and_in_either_form) {
    Options a = GOOD("check", "--format", "json", "plan.scp", "--as-of=2026-11-01");
    Options b = GOOD("--as-of", "2026-11-01", "check", "plan.scp", "--format=json");
    assert_int_equal(a.command, COMMAND_CHECK);
    assert_int_equal(b.command, COMMAND_CHECK);
    assert_slice(a.format, "json");
    assert_slice(b.format, "json");
    assert_int_equal(a.as_of, b.as_of);
    assert_int_equal(a.arguments.count, 1);
    assert_string_equal(b.arguments.items[0], "plan.scp");
}

ARENA_TEST(short_options_take_their_value_with_or_without_a_blank) {
    assert_string_equal(GOOD("build", "plan.scp", "-o", "x").output, "x");
    assert_string_equal(GOOD("build", "plan.scp", "-ox").output, "x");
    Options both = GOOD("build", "plan.scp", "-qox");
    assert_true(both.quiet);
    assert_string_equal(both.output, "x");
}

ARENA_TEST(two_hyphens_end_the_options) {
    Options options = GOOD("eval", "plan.scp", "--", "--quiet");
    assert_false(options.quiet);
    assert_string_equal(options.arguments.items[1], "--quiet");
}

ARENA_TEST(an_expression_may_begin_with_a_minus) {
    assert_string_equal(GOOD("eval", "plan.scp", "-1 + 2").arguments.items[1], "-1 + 2");
    assert_string_equal(GOOD("eval", "plan.scp", "-£2m").arguments.items[1], "-£2m");
}

ARENA_TEST(a_single_hyphen_is_standard_input) {
    assert_string_equal(GOOD("check", "-").arguments.items[0], "-");
}

ARENA_TEST(a_command_of_two_words_is_known_by_both) {
    Options options = GOOD("data", "check", "plan.scp");
    assert_int_equal(options.command, COMMAND_DATA_CHECK);
    assert_int_equal(options.arguments.count, 1);
}

ARENA_TEST(the_first_format_is_the_default) {
    assert_slice(GOOD("check", "plan.scp").format, "human");
    assert_slice(GOOD("report", "plan.scp", "-o", "x").format, "html");
    assert_slice(GOOD("build", "plan.scp", "-o", "x").format, "");
}

ARENA_TEST(files_are_named_by_what_they_replace) {
    Options options = GOOD("run", "plan.scp", "--data", "a=b=c", "--data", "d=e");
    assert_int_equal(options.data.count, 2);
    assert_slice(options.data.items[0].name, "a");
    assert_slice(options.data.items[0].path, "b=c");
}

ARENA_TEST(sizes_take_a_letter) {
    assert_int_equal(GOOD("check", "p", "--max-memory", "512").limits[LIMIT_MEMORY], 512);
    assert_int_equal(GOOD("check", "p", "--max-memory", "3k").limits[LIMIT_MEMORY], 3 << 10);
    assert_int_equal(GOOD("check", "p", "--max-memory", "3M").limits[LIMIT_MEMORY], 3 << 20);
    assert_int_equal(GOOD("check", "p", "--max-memory", "3G").limits[LIMIT_MEMORY], INT64_C(3)
                                                                                        << 30);
}

ARENA_TEST(limits_have_a_value_for_checking_and_one_for_running) {
    Options options = GOOD("check", "p");
    assert_int_equal(options_limit(&options, LIMIT_STEPS, false), 10000000);
    assert_int_equal(options_limit(&options, LIMIT_STEPS, true), 1000000000);
    options = GOOD("check", "p", "--max-steps", "7");
    assert_int_equal(options_limit(&options, LIMIT_STEPS, false), 7);
    assert_int_equal(options_limit(&options, LIMIT_STEPS, true), 7);
}

ARENA_TEST(what_is_wrong_is_said_in_one_sentence) {
    assert_slice(BAD("run", "p", "--max-memory", "3 T"),
                 "`--max-memory` takes a size such as 512k, 64M or 2G, not `3 T`");
    assert_slice(BAD("run", "p", "--max-memory", "9999999999999G"),
                 "`--max-memory` takes a size such as 512k, 64M or 2G, not `9999999999999G`");
    assert_slice(BAD("run", "p", "--threads", "0"),
                 "`--threads` takes a whole number from 1, not `0`");
    assert_slice(BAD("run", "p", "--data", "residents"),
                 "`--data` takes a name and a file such as residents=people.csv, or a snapshot, "
                 "not `residents`");
    assert_slice(BAD("run", "p", "--data", "a=b", "--data", "a=c"), "`--data` names `a` twice");
    assert_slice(BAD("run", "p", "--as-of", "1 May"),
                 "`--as-of` takes a date such as 2026-11-01, not `1 May`");
    assert_slice(BAD("run", "p", "--quiet=yes"), "`--quiet` takes no value");
    assert_slice(BAD("run", "p", "-x"), "there is no option `-x`");
    assert_slice(BAD("data"), "after `scpc data` stands `check` or `pack`");
}

ARENA_TEST(what_the_user_wrote_cannot_steer_the_terminal) {
    assert_slice(BAD("check", "p", "--format", "\x1b[31m"),
                 "`scpc check` has no format `\\u{001B}[31m`: it writes human, json, short");
}

ARENA_TEST(help_is_given_whatever_else_is_missing) {
    assert_true(GOOD("eval", "--help").help);
    assert_true(GOOD("data", "--help").help);
    assert_true(GOOD("--version").version);
}

/* ---- The tables -------------------------------------------------------------------------- */

PLAIN_TEST(every_option_is_for_some_command_and_named_once) {
    for (int i = 0; i < OPTION_COUNT; i++) {
        const OptionRow *row = option_row((OptionId)i);
        bool used = false;
        for (int c = 0; c < COMMAND_COUNT; c++)
            used = used || option_is_for((OptionId)i, (CommandId)c);
        assert_true(used);
        assert_true(row->prose.length > 0);
        for (int k = 0; k < i; k++) {
            const OptionRow *other = option_row((OptionId)k);
            assert_false(slice_equal(row->name, other->name));
            assert_false(row->short_name && row->short_name == other->short_name);
        }
    }
}

/* The examples of the help begin with their command, and are lines the program takes. */
ARENA_TEST(every_example_is_a_good_command_line) {
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const CommandRow *row = command_row((CommandId)i);
        char *examples = (char *)arena_copy(arena, row->examples).data, *state = NULL;
        bool first = true; /* those after it may show what to do with the result */
        assert_true(row->examples.length > 0);
        for (char *line = strtok_r(examples, "\n", &state); line;
             line = strtok_r(NULL, "\n", &state)) {
            const char *words[16] = {NULL};
            int count = 0;
            char *end = strstr(line, " #"), *rest = NULL;
            if (end) *end = '\0';
            if ((end = strchr(line, '<')) != NULL) *end = '\0';
            for (char *word = strtok_r(line, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
                bool quoted = word[0] == '"';
                if (quoted && !strchr(word + 1, '"')) strtok_r(NULL, "\"", &rest);
                words[count++] = word;
            }
            assert_string_equal(words[0], "scpc");
            bool good;
            Slice error;
            Options options = parse(arena, words + 1, &good, &error);
            if (!good) fail_msg("%s: %s", row->name.data, error.data);
            if (first) assert_int_equal(options.command, i);
            first = false;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_stand_anywhere_and_in_either_form),
        cmocka_unit_test(short_options_take_their_value_with_or_without_a_blank),
        cmocka_unit_test(two_hyphens_end_the_options),
        cmocka_unit_test(an_expression_may_begin_with_a_minus),
        cmocka_unit_test(a_single_hyphen_is_standard_input),
        cmocka_unit_test(a_command_of_two_words_is_known_by_both),
        cmocka_unit_test(the_first_format_is_the_default),
        cmocka_unit_test(files_are_named_by_what_they_replace),
        cmocka_unit_test(sizes_take_a_letter),
        cmocka_unit_test(limits_have_a_value_for_checking_and_one_for_running),
        cmocka_unit_test(what_is_wrong_is_said_in_one_sentence),
        cmocka_unit_test(what_the_user_wrote_cannot_steer_the_terminal),
        cmocka_unit_test(help_is_given_whatever_else_is_missing),
        cmocka_unit_test(every_option_is_for_some_command_and_named_once),
        cmocka_unit_test(every_example_is_a_good_command_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
