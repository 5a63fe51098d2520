/* Tests of the program as a whole, in one process: scpc("check", path) runs it and keeps what it
 * wrote. The plan of `scpc new` is in a folder of its own. */
#ifndef TESTS_UNIT_TEST_DRIVER_FIXTURE_H
#define TESTS_UNIT_TEST_DRIVER_FIXTURE_H

#include "tests/unit/test_base_fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/driver/driver.h"

typedef struct {
    char folder[64];
    char plan[160];
    char out[1 << 18], err[1 << 16]; /* of the last run */
} Program;

static inline int program_open(const Program *p, const char *name, int flags) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    int descriptor = open(path, flags, 0600);
    assert_true(descriptor >= 0);
    return descriptor;
}

static inline void program_read(const Program *p, const char *name, char *text, size_t size) {
    int descriptor = program_open(p, name, O_RDONLY);
    ssize_t length = read(descriptor, text, size - 1);
    assert_true(length >= 0);
    text[length] = '\0';
    close(descriptor);
}

#define PROGRAM_ARGUMENTS 16

/* Runs with these words (ended by NULL) and standard output at `out`. */
static inline ScpStatus program_run_to(Program *p, int out, const char *const *words) {
    char *argv[PROGRAM_ARGUMENTS + 1] = {(char *)"scpc"};
    int argc = 1;
    for (; words[argc - 1] && argc < PROGRAM_ARGUMENTS; argc++)
        argv[argc] = (char *)words[argc - 1];
    int in = open("/dev/null", O_RDONLY);
    int err = program_open(p, "stderr", O_RDWR | O_CREAT | O_TRUNC);
    ScpStatus status = driver_run(argc, argv, in, out, err);
    close(in);
    close(err);
    program_read(p, "stderr", p->err, sizeof p->err);
    return status;
}

static inline ScpStatus program_run(Program *p, const char *const *words) {
    int out = program_open(p, "stdout", O_RDWR | O_CREAT | O_TRUNC);
    ScpStatus status = program_run_to(p, out, words);
    close(out);
    program_read(p, "stdout", p->out, sizeof p->out);
    return status;
}

#define scpc(program, ...) program_run((program), (const char *const[]){__VA_ARGS__, NULL})

/* The folder and, in its `plan`, the plan of `scpc new`. */
static inline void program_make(Program *p) {
    char plan[128];
    strcpy(p->folder, "/tmp/scp-program-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(plan, sizeof plan, "%s/plan", p->folder);
    snprintf(p->plan, sizeof p->plan, "%s/plan.scp", plan);
    if (scpc(p, "new", plan) != SCP_OK) fail_msg("%s", p->err);
}

static inline void program_remove(const Program *p) {
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", p->folder);
    assert_int_equal(system(command), 0);
}

#endif
