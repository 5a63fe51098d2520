/* The program scpc: what must be so before anything else is done. Everything else is
 * driver.c's. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/driver/driver.h"

/* A standard descriptor that is closed would be given to the next file opened, and messages
 * written into it. In its place stands one that cannot be used in the way it is meant to be, so
 * that a result with nowhere to go is an error and not lost. */
static void hold_standard_descriptors(void) {
    for (int descriptor = 0; descriptor <= 2; descriptor++) {
        if (fcntl(descriptor, F_GETFD) >= 0) continue;
        int flags = descriptor == 0 ? O_WRONLY : O_RDONLY;
        if (open("/dev/null", flags) != descriptor) _exit(SCP_FAULT);
    }
}

static void write_constant(const char *text) {
    ssize_t written = write(STDERR_FILENO, text, strlen(text));
    (void)written;
}

/* An assertion has said what it found. */
static void end_by_fault(int signal_number) {
    (void)signal_number;
    write_constant(
        "scpc: a fault of scpc itself; please report what stands above, with the plan\n");
    _exit(SCP_FAULT);
}

/* A file that is read as it lies (a snapshot) and was made shorter meanwhile. */
static void end_by_lost_file(int signal_number) {
    (void)signal_number;
    write_constant("scpc: a file was cut short while it was read\n");
    _exit(SCP_DATA);
}

static void handle(int signal_number, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(signal_number, &action, NULL);
}

/* A reader of standard output that goes away is an output that cannot be written (status 3),
 * not a reason to be killed. */
static void handle_signals(void) {
    handle(SIGPIPE, SIG_IGN);
    handle(SIGABRT, end_by_fault);
    handle(SIGBUS, end_by_lost_file);
}

int main(int argc, char **argv) {
    hold_standard_descriptors();
    handle_signals();
    ScpStatus status = driver_run(argc, argv, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO);
    if (close(STDOUT_FILENO)) {
        write_constant("scpc: standard output cannot be written to its end\n");
        status = status_worse(status, SCP_DATA);
    }
    return (int)status;
}
