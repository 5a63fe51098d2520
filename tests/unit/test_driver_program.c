/* The whole road through the program, from a new plan to its results without its source. */
#include "tests/unit/test_driver_fixture.h"

PLAIN_TEST(a_new_plan_has_nothing_wrong_and_runs) {
    Program p;
    program_make(&p);
    assert_int_equal(scpc(&p, "check", p.plan, "--fail-on", "warning"), SCP_OK);
    assert_string_equal(p.err, "nothing wrong\n");
    assert_int_equal(scpc(&p, "run", p.plan), SCP_OK);
    assert_non_null(strstr(p.out, "falls_reviews"));
    program_remove(&p);
}

PLAIN_TEST(a_module_runs_when_its_source_is_gone) {
    Program p;
    char module[192], expected[sizeof p.out];
    program_make(&p);
    snprintf(module, sizeof module, "%s/plan/plan.scpb", p.folder);
    assert_int_equal(scpc(&p, "run", p.plan, "--format", "json"), SCP_OK);
    strcpy(expected, p.out);
    assert_int_equal(scpc(&p, "build", p.plan, "-o", module), SCP_OK);
    assert_int_equal(unlink(p.plan), 0);
    assert_int_equal(scpc(&p, "run", module, "--format", "json"), SCP_OK);
    assert_string_equal(p.out, expected);
    assert_int_equal(scpc(&p, "dis", module), SCP_OK);
    assert_true(strlen(p.out) > 1000);
    program_remove(&p);
}

PLAIN_TEST(a_module_is_the_same_wherever_its_plan_lies) {
    Program here, there;
    char module[192];
    program_make(&here);
    program_make(&there);
    assert_int_equal(scpc(&here, "build", here.plan, "-o", "-"), SCP_OK);
    assert_int_equal(scpc(&there, "build", there.plan, "-o", "-"), SCP_OK);
    snprintf(module, sizeof module, "cmp -s '%s/stdout' '%s/stdout'", here.folder, there.folder);
    assert_int_equal(system(module), 0);
    program_remove(&here);
    program_remove(&there);
}

PLAIN_TEST(results_do_not_depend_on_the_number_of_threads) {
    Program p;
    char expected[sizeof p.out];
    program_make(&p);
    assert_int_equal(scpc(&p, "run", p.plan, "--format", "json", "--threads", "1"), SCP_OK);
    strcpy(expected, p.out);
    assert_int_equal(scpc(&p, "run", p.plan, "--format", "json", "--threads", "7"), SCP_OK);
    assert_string_equal(p.out, expected);
    program_remove(&p);
}

enum { NOBODY = 65534 };

/* All of the folder but what may not be read becomes nobody's. */
static void give_away(const Program *p) {
    char command[256];
    snprintf(command, sizeof command,
             "chown -R %d '%s' && chown 0 '%s/plan/below'", NOBODY, p->folder, p->folder);
    assert_int_equal(system(command), 0);
}

/* Run as nobody where the test runs as root, who may look everywhere. */
PLAIN_TEST(a_folder_that_cannot_be_read_has_not_passed) {
    Program p;
    char below[192];
    program_make(&p);
    snprintf(below, sizeof below, "%s/plan/below", p.folder);
    assert_int_equal(mkdir(below, 0000), 0);
    bool root = geteuid() == 0;
    assert_int_equal(chmod(p.folder, 0777), 0);
    if (root) give_away(&p);
    if (root) assert_int_equal(seteuid(NOBODY), 0);
    snprintf(below, sizeof below, "%s/plan", p.folder);
    ScpStatus status = scpc(&p, "check", below);
    if (root) assert_int_equal(seteuid(0), 0);
    assert_int_equal(status, SCP_DATA);
    assert_non_null(strstr(p.err, "cannot be read"));
    assert_null(strstr(p.err, "nothing wrong"));
    snprintf(below, sizeof below, "%s/plan/below", p.folder);
    assert_int_equal(rmdir(below), 0);
    program_remove(&p);
}

PLAIN_TEST(internal_outputs_say_so) {
    Program p;
    program_make(&p);
    assert_int_equal(scpc(&p, "run", p.plan), SCP_OK);
    assert_null(strstr(p.out, "INTERNAL"));
    assert_int_equal(scpc(&p, "run", p.plan, "--internal"), SCP_OK);
    assert_non_null(strstr(p.out, "INTERNAL"));
    assert_int_equal(scpc(&p, "eval", p.plan, "count(older)", "--internal"), SCP_OK);
    assert_non_null(strstr(p.out, "INTERNAL"));
    program_remove(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_plan_has_nothing_wrong_and_runs),
        cmocka_unit_test(a_module_runs_when_its_source_is_gone),
        cmocka_unit_test(a_module_is_the_same_wherever_its_plan_lies),
        cmocka_unit_test(results_do_not_depend_on_the_number_of_threads),
        cmocka_unit_test(a_folder_that_cannot_be_read_has_not_passed),
        cmocka_unit_test(internal_outputs_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
