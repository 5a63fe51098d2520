/* Signals that end the program. Keeps no state of its own: a handler learns all from the signal. */
#include "compiler/driver/interrupts.h"

#include <string.h>
#include <unistd.h>

static const int requests[] = {SIGINT, SIGTERM, SIGHUP};
enum { REQUESTS = sizeof requests / sizeof *requests };

static bool is_ignored(int signal_number) {
    struct sigaction action;
    return sigaction(signal_number, NULL, &action) || action.sa_handler == SIG_IGN;
}

static void hold(Interrupts *interrupts, int signal_number) {
    if (!is_ignored(signal_number)) sigaddset(&interrupts->held, signal_number);
}

void interrupts_hold(Interrupts *interrupts) {
    sigemptyset(&interrupts->held);
    for (int i = 0; i < REQUESTS; i++) hold(interrupts, requests[i]);
    hold(interrupts, SIGXCPU);
    pthread_sigmask(SIG_BLOCK, &interrupts->held, &interrupts->before);
}

bool interrupts_wait(const Interrupts *interrupts) {
    sigset_t waiting;
    if (sigpending(&waiting)) return false;
    for (int i = 0; i < REQUESTS; i++)
        if (sigismember(&interrupts->held, requests[i]) == 1 &&
            sigismember(&waiting, requests[i]) == 1)
            return true;
    return sigismember(&interrupts->held, SIGXCPU) == 1 && sigismember(&waiting, SIGXCPU) == 1;
}

void interrupts_release(const Interrupts *interrupts) {
    pthread_sigmask(SIG_SETMASK, &interrupts->before, NULL);
}

/* The second time the signal does what it does by itself. */
static void clear_and_end(int signal_number) {
    ssize_t written = write(STDERR_FILENO, "\r\033[K", 4);
    (void)written;
    raise(signal_number);
}

void interrupts_clear_line(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = clear_and_end;
    action.sa_flags = (int)SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < REQUESTS; i++)
        if (!is_ignored(requests[i])) sigaction(requests[i], &action, NULL);
}
