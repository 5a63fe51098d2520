/* What is made of the tables of commands and options: help for each command, the reference page
 * in docs, completion, the version. */
#include "tests/unit/test_driver_fixture.h"

#include "compiler/review/reference.h"
#include "runtime/base/file.h"
#include "scp/runtime.h"

static Slice project_file(Arena *arena, const char *name) {
    Slice text = {0}, error = {0};
    const char *path = arena_printf(arena, "%s/%s", SCP_SOURCE_DIR, name).data;
    if (file_read(arena, path, 1 << 20, &text, &error) != SCP_OK) fail_msg("%s", error.data);
    return text;
}

ARENA_TEST(every_command_says_what_it_does_with_examples_and_options) {
    Program p;
    program_make(&p);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const CommandRow *row = command_row((CommandId)i);
        const char *words[4] = {NULL};
        char *state = NULL, *name = (char *)arena_copy(arena, row->name).data;
        int count = 0;
        for (char *word = strtok_r(name, " ", &state); word; word = strtok_r(NULL, " ", &state))
            words[count++] = word;
        words[count] = "--help";
        assert_int_equal(program_run(&p, words), SCP_OK);
        assert_non_null(strstr(p.out, "\nexamples\n  scpc "));
        assert_string_equal(p.err, "");
        for (int k = 0; k < OPTION_COUNT; k++) {
            Slice option = arena_printf(arena, "--%s", option_row((OptionId)k)->name.data);
            bool shown = strstr(p.out, option.data) != NULL;
            if (option_is_for((OptionId)k, (CommandId)i) && !shown) fail_msg("%s", option.data);
        }
    }
    program_remove(&p);
}

ARENA_TEST(no_line_of_help_is_wider_than_a_terminal) {
    (void)arena;
    Program p;
    program_make(&p);
    const char *const lines[][4] = {{"--help"}, {"run", "--help"}, {"data", "check", "--help"}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_int_equal(program_run(&p, lines[i]), SCP_OK);
        char *state = NULL;
        for (char *line = strtok_r(p.out, "\n", &state); line;
             line = strtok_r(NULL, "\n", &state)) {
            size_t width = 0;
            for (const char *c = line; *c; c++) width += ((unsigned char)*c & 0xC0) != 0x80;
            if (width > 90) fail_msg("%s", line);
        }
    }
    program_remove(&p);
}

ARENA_TEST(the_reference_is_what_the_library_says) {
    Program p;
    program_make(&p);
    for (size_t i = 0; reference_page(i); i++) {
        const char *name = arena_printf(arena, "docs/reference/%s.md", reference_page(i)).data;
        assert_int_equal(scpc(&p, "explain", reference_page(i), "--format", "markdown"), SCP_OK);
        if (!slice_equal(project_file(arena, name), slice_of(p.out)))
            fail_msg("%s is out of date: tools/reference writes it anew", name);
    }
    program_remove(&p);
}

ARENA_TEST(the_page_of_the_command_line_is_what_the_tables_say) {
    Program p;
    program_make(&p);
    assert_int_equal(scpc(&p, "help", "--format", "markdown"), SCP_OK);
    Slice page = project_file(arena, "docs/reference/command-line.md");
    if (!slice_equal(page, slice_of(p.out)))
        fail_msg("it is out of date: tools/reference writes it anew");
    program_remove(&p);
}

ARENA_TEST(completion_names_every_command_and_option) {
    (void)arena;
    Program p;
    program_make(&p);
    assert_int_equal(scpc(&p, "help", "--completion", "bash"), SCP_OK);
    for (int i = 0; i < COMMAND_COUNT; i++)
        assert_non_null(strstr(p.out, command_row((CommandId)i)->name.data));
    for (int i = 0; i < OPTION_COUNT; i++)
        assert_non_null(strstr(p.out, option_row((OptionId)i)->name.data));
    char command[160];
    snprintf(command, sizeof command, "bash -n '%s/stdout'", p.folder);
    assert_int_equal(system(command), 0);
    program_remove(&p);
}

ARENA_TEST(the_version_is_that_of_the_project) {
    Slice build = project_file(arena, "CMakeLists.txt");
    assert_non_null(strstr(build.data, "project(scp VERSION " SCP_VERSION " "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_says_what_it_does_with_examples_and_options),
        cmocka_unit_test(no_line_of_help_is_wider_than_a_terminal),
        cmocka_unit_test(the_reference_is_what_the_library_says),
        cmocka_unit_test(the_page_of_the_command_line_is_what_the_tables_say),
        cmocka_unit_test(completion_names_every_command_and_option),
        cmocka_unit_test(the_version_is_that_of_the_project),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
