/* Snapshots on the command line: packed, run from, checked, refused; and an interrupt leaves
 * nothing behind. */
#include "tests/unit/test_driver_fixture.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static int open_program(void **state) {
    Program *program = malloc(sizeof *program);
    program_make(program);
    *state = program;
    return 0;
}

static int close_program(void **state) {
    program_remove(*state);
    free(*state);
    return 0;
}

static const char *snapshot_path(const Program *p) {
    static char path[128];
    snprintf(path, sizeof path, "%s/p.scps", p->folder);
    return path;
}

static const char *named(const char *name, const char *path) {
    static char word[192];
    snprintf(word, sizeof word, "%s=%s", name, path);
    return word;
}

#define assert_status(program, status, ...)                                           \
    do {                                                                              \
        ScpStatus got_ = scpc((program), __VA_ARGS__);                                \
        if (got_ != (status)) fail_msg("status %d: %s", (int)got_, (program)->err);   \
    } while (0)

static void results_do_not_depend_on_where_people_come_from(void **state) {
    Program *p = *state;
    assert_status(p, SCP_OK, "data", "pack", p->plan, "-o", snapshot_path(p));
    assert_status(p, SCP_OK, "run", p->plan, "--format", "json");
    char *from_text = strdup(p->out);
    assert_status(p, SCP_OK, "run", p->plan, "--format", "json", "--data", snapshot_path(p));
    assert_string_equal(p->out, from_text);
    assert_status(p, SCP_OK, "run", p->plan, "--format", "json", "--data",
                  named("residents", snapshot_path(p)));
    assert_string_equal(p->out, from_text);
    free(from_text);
}

static void a_snapshot_is_checked_like_any_data(void **state) {
    Program *p = *state;
    assert_status(p, SCP_OK, "data", "pack", p->plan, "-o", snapshot_path(p));
    assert_status(p, SCP_OK, "data", "check", p->plan);
    char *from_text = strdup(p->out);
    assert_status(p, SCP_OK, "data", "check", p->plan, "--data", snapshot_path(p));
    assert_string_equal(p->out, from_text);
    free(from_text);
}

static void a_damaged_snapshot_ends_a_run(void **state) {
    Program *p = *state;
    assert_status(p, SCP_OK, "data", "pack", p->plan, "-o", snapshot_path(p));
    int file = open(snapshot_path(p), O_RDWR);
    off_t end = lseek(file, 0, SEEK_END);
    for (off_t at = end / 2; at < end; at += 16)
        assert_int_equal(pwrite(file, "????????????????", 16, at), 16);
    close(file);
    assert_status(p, SCP_DATA, "run", p->plan, "--data", snapshot_path(p));
    assert_non_null(strstr(p->err, "error[snapshot-damaged]"));
}

static void packing_wants_a_file_of_a_snapshots_name(void **state) {
    Program *p = *state;
    assert_status(p, SCP_USAGE, "data", "pack", p->plan);
    assert_status(p, SCP_USAGE, "data", "pack", p->plan, "-o", "people.csv");
    assert_status(p, SCP_USAGE, "data", "pack", p->plan, "-o", "-");
    assert_status(p, SCP_USAGE, "run", p->plan, "--data", "a.scps", "--data", "b.scps");
    assert_status(p, SCP_USAGE, "run", p->plan, "--data", "people.csv");
    assert_status(p, SCP_DATA, "run", p->plan, "--data", "/nowhere/a.scps");
}

static void explain_says_what_was_asked_and_how_long_it_took(void **state) {
    Program *p = *state;
    assert_status(p, SCP_OK, "data", "pack", p->plan, "-o", snapshot_path(p));
    assert_status(p, SCP_OK, "run", p->plan, "--data", snapshot_path(p), "--explain");
    const char *asked = strstr(p->err, "Asked of the people: 4 questions, 8 cells of answers\n");
    const char *planned = strstr(p->err, "\nTo be counted, one pass after another\n");
    const char *took = strstr(p->err, "\nWhat it took\n");
    assert_true(asked && planned > asked && took > planned);
    assert_non_null(strstr(p->err, "    in all, and by place\n"
                                   "            4 cells  "));
    assert_non_null(strstr(p->err, "\n  residents          4   400        3 bytes"));
    assert_non_null(strstr(took, "\n  reading the data     0."));
    assert_non_null(strstr(took, "\n  residents  0."));
    assert_non_null(strstr(took, "\n  Memory used at the most, with the data: "));
}

/* ---- Progress ------------------------------------------------------------------------------- */

static void count_tick(void *context) { ++*(_Atomic int *)context; }

static void a_clock_ticks_until_it_is_ended(void **state) {
    (void)state;
    _Atomic int ticks = 0;
    ClockTick clock = {.tick = count_tick, .context = &ticks};
    assert_true(clock_tick_begin(&clock));
    for (int i = 0; i < 300 && !ticks; i++) nanosleep(&(struct timespec){0, 10000000}, NULL);
    clock_tick_end(&clock);
    assert_int_equal(ticks, 1);
}

/* ---- Interrupts ----------------------------------------------------------------------------- */

static void put_many_people(const Program *p) {
    char path[160];
    snprintf(path, sizeof path, "%s/plan/data/people.csv", p->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("person_id,age,sex,place,reviewed\n", file);
    for (unsigned i = 0; i < 300000; i++)
        fprintf(file, "%u,%u,%c,%s,%u\n", i, i % 100, i % 2 ? 'F' : 'M', i % 3 ? "north" : "south",
                i % 2);
    assert_int_equal(fclose(file), 0);
}

/* What lies in the folder besides what the fixture put there. */
static unsigned count_others(const Program *p) {
    unsigned count = 0;
    DIR *folder = opendir(p->folder);
    struct dirent *entry;
    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        bool known = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
                     !strcmp(entry->d_name, "plan") || !strcmp(entry->d_name, "stdout") ||
                     !strcmp(entry->d_name, "stderr") || !strcmp(entry->d_name, "p.scps");
        count += !known;
    }
    closedir(folder);
    return count;
}

static pid_t start_packing(Program *p) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child) return child;
    signal(SIGINT, SIG_DFL);
    _exit((int)scpc(p, "data", "pack", p->plan, "-o", snapshot_path(p)));
}

/* Interrupted before, while and after the file is written: it is there whole, or not at all, and
 * no temporary is. */
static void an_interrupt_leaves_nothing_behind(void **state) {
    Program *p = *state;
    put_many_people(p);
    bool ended = false;
    for (long wait = 0; !ended; wait = wait * 2 + 2) {
        int status;
        pid_t child = start_packing(p);
        nanosleep(&(struct timespec){wait / 1000, wait % 1000 * 1000000}, NULL);
        for (int i = 0; wait > 50 && i < 2000 && !count_others(p); i++)
            nanosleep(&(struct timespec){0, 500000}, NULL);
        kill(child, SIGINT);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(count_others(p), 0);
        if (WIFSIGNALED(status)) assert_int_equal(WTERMSIG(status), SIGINT);
        else assert_int_equal(WEXITSTATUS(status), SCP_OK);
        if (!access(snapshot_path(p), F_OK))
            assert_status(p, SCP_OK, "data", "check", p->plan, "--data", snapshot_path(p));
        unlink(snapshot_path(p));
        ended = !WIFSIGNALED(status) || wait > 1000;
    }
}

#define IN_PLAN(test) cmocka_unit_test_setup_teardown(test, open_program, close_program)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_PLAN(results_do_not_depend_on_where_people_come_from),
        IN_PLAN(a_snapshot_is_checked_like_any_data),
        IN_PLAN(a_damaged_snapshot_ends_a_run),
        IN_PLAN(packing_wants_a_file_of_a_snapshots_name),
        IN_PLAN(explain_says_what_was_asked_and_how_long_it_took),
        cmocka_unit_test(a_clock_ticks_until_it_is_ended),
        IN_PLAN(an_interrupt_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
