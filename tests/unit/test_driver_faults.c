/* The program where the world fails it: no room to write, nowhere to write, no memory at any
 * allocation. It ends with the status that says so, never with success and never by a crash. */
#include "tests/unit/test_driver_fixture.h"

#include <dirent.h>

static bool has_device_full(void) {
    return access("/dev/full", W_OK) == 0;
}

PLAIN_TEST(a_result_that_cannot_be_written_is_a_failure) {
    Program p;
    if (!has_device_full()) skip();
    program_make(&p);
    const char *const checks[] = {"check", p.plan, "--format", "json", NULL};
    const char *const runs[] = {"run", p.plan, NULL};
    const char *const helps[] = {"--help", NULL};
    const char *const *const commands[] = {checks, runs, helps};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        int full = open("/dev/full", O_WRONLY);
        assert_int_equal(program_run_to(&p, full, commands[i]), SCP_DATA);
        assert_non_null(strstr(p.err, "standard output cannot be written"));
        close(full);
    }
    program_remove(&p);
}

PLAIN_TEST(a_result_without_a_place_to_go_is_a_failure) {
    Program p;
    program_make(&p);
    const char *const words[] = {"check", p.plan, "--format", "json", NULL};
    int readable = open("/dev/null", O_RDONLY);
    assert_int_equal(program_run_to(&p, readable, words), SCP_DATA);
    close(readable);
    program_remove(&p);
}

/* Files of the folder other than the program's own output. */
static int count_files(const char *folder) {
    DIR *stream = opendir(folder);
    int count = 0;
    assert_non_null(stream);
    while (readdir(stream)) count++;
    closedir(stream);
    return count;
}

PLAIN_TEST(an_output_file_is_written_whole_or_not_at_all) {
    Program p;
    program_make(&p);
    char report[160], nowhere[160];
    snprintf(report, sizeof report, "%s/report.html", p.folder);
    snprintf(nowhere, sizeof nowhere, "%s/nowhere/report.html", p.folder);
    assert_int_equal(scpc(&p, "report", p.plan, "-o", nowhere), SCP_DATA);
    int before = count_files(p.folder);
    assert_int_equal(scpc(&p, "report", p.plan, "-o", report, "--manifest"), SCP_OK);
    assert_int_equal(count_files(p.folder), before + 2);
    program_remove(&p);
}

PLAIN_TEST(internal_outputs_are_for_their_owner_alone) {
    Program p;
    struct stat file;
    program_make(&p);
    char report[160];
    snprintf(report, sizeof report, "%s/report.html", p.folder);
    assert_int_equal(scpc(&p, "report", p.plan, "-o", report, "--internal"), SCP_OK);
    assert_int_equal(stat(report, &file), 0);
    assert_int_equal(file.st_mode & 0077, 0);
    program_remove(&p);
}

/* ---- Memory ------------------------------------------------------------------------------ */

/* Every allocation of the command fails once. What it says then is that memory ended, or (where
 * only something that can be done without was to be allocated) exactly what it says otherwise. */
static void fail_every_allocation(Program *p, const char *const *words) {
    char expected[sizeof p->out];
    ScpStatus usual = program_run(p, words);
    strcpy(expected, p->out);
    for (long n = 1;; n++) {
        mem_fail_after(n);
        ScpStatus status = program_run(p, words);
        bool happened = mem_fail_after(0) == 0;
        if (status == usual) {
            if (strcmp(p->out, expected) != 0) fail_msg("allocation %ld: other output", n);
        } else if (status != SCP_LIMIT && !strstr(p->err, "not enough memory")) {
            fail_msg("allocation %ld: status %d, %s", n, (int)status, p->err);
        } else if (!p->err[0] && !strstr(p->out, "limit-reached")) {
            fail_msg("allocation %ld: nothing said", n);
        }
        if (!happened) return;
    }
}

PLAIN_TEST(check_survives_the_failure_of_any_allocation) {
    Program p;
    program_make(&p);
    const char *const words[] = {"check", p.plan, "--format", "json", NULL};
    fail_every_allocation(&p, words);
    program_remove(&p);
}

PLAIN_TEST(run_survives_the_failure_of_any_allocation) {
    Program p;
    program_make(&p);
    const char *const words[] = {"run", p.plan, "--format", "json", "--threads", "1", NULL};
    fail_every_allocation(&p, words);
    program_remove(&p);
}

PLAIN_TEST(report_survives_the_failure_of_any_allocation) {
    Program p;
    program_make(&p);
    char report[160];
    snprintf(report, sizeof report, "%s/report.html", p.folder);
    const char *const words[] = {"report", p.plan, "-o", report, "--threads", "1", NULL};
    fail_every_allocation(&p, words);
    program_remove(&p);
}

/* Wherever the limit lies, memory ends with its status, or is enough and nothing is different. */
static void meet_every_limit(Program *p, const char *command) {
    char size[16], expected[sizeof p->out];
    assert_int_equal(scpc(p, command, p->plan, "--format", "json"), SCP_OK);
    strcpy(expected, p->out);
    for (int limit = 16;; limit += 48) {
        snprintf(size, sizeof size, "%dk", limit);
        ScpStatus status =
            scpc(p, command, p->plan, "--format", "json", "--threads", "1", "--max-memory", size);
        if (status == SCP_OK && strcmp(p->out, expected) != 0) fail_msg("%s: other output", size);
        if (status == SCP_OK) return;
        if (status != SCP_LIMIT) fail_msg("%s: status %d, %s", size, (int)status, p->err);
    }
}

PLAIN_TEST(any_limit_on_memory_is_either_met_or_reached) {
    Program p;
    program_make(&p);
    meet_every_limit(&p, "run");
    program_remove(&p);
}

PLAIN_TEST(a_limit_on_memory_is_a_status_with_its_name) {
    Program p;
    program_make(&p);
    assert_int_equal(scpc(&p, "check", p.plan, "--max-memory", "100k"), SCP_LIMIT);
    assert_non_null(strstr(p.err, "error[limit-reached]: the limit of 100 KiB of memory"));
    assert_int_equal(scpc(&p, "run", p.plan, "--max-memory", "100k"), SCP_LIMIT);
    assert_non_null(strstr(p.err, "scpc: the limit of 100 KiB of memory"));
    program_remove(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_that_cannot_be_written_is_a_failure),
        cmocka_unit_test(a_result_without_a_place_to_go_is_a_failure),
        cmocka_unit_test(an_output_file_is_written_whole_or_not_at_all),
        cmocka_unit_test(internal_outputs_are_for_their_owner_alone),
        cmocka_unit_test(check_survives_the_failure_of_any_allocation),
        cmocka_unit_test(run_survives_the_failure_of_any_allocation),
        cmocka_unit_test(report_survives_the_failure_of_any_allocation),
        cmocka_unit_test(any_limit_on_memory_is_either_met_or_reached),
        cmocka_unit_test(a_limit_on_memory_is_a_status_with_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
