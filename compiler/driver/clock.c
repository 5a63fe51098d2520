/* A timer on the processor time of the whole process: unlike time on the clock, it does not
 * depend on what else the machine is doing. */
#include "compiler/driver/clock.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/status.h"

static void end_by_limit(int signal_number) {
    static const char message[] = "scpc: the limit on processor time was reached (--max-time)\n";
    (void)signal_number;
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
    _exit(SCP_LIMIT);
}

void clock_limit(int64_t seconds) {
    struct sigaction action;
    struct sigevent event;
    struct itimerspec when;
    timer_t timer;
    if (!seconds) return;
    memset(&action, 0, sizeof action);
    action.sa_handler = end_by_limit;
    sigemptyset(&action.sa_mask);
    sigaction(SIGXCPU, &action, NULL);
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGXCPU;
    if (timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer)) return;
    memset(&when, 0, sizeof when);
    when.it_value.tv_sec = (time_t)seconds;
    timer_settime(timer, 0, &when, NULL);
}

static void tick(int signal_number, siginfo_t *information, void *machine) {
    (void)signal_number;
    (void)machine;
    const ClockTick *clock = information->si_value.sival_ptr;
    if (information->si_code == SI_TIMER && clock) clock->tick(clock->context);
}

bool clock_tick_begin(ClockTick *clock) {
    struct sigaction action;
    struct sigevent event;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = tick;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGALRM, &action, NULL)) return false;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGALRM;
    event.sigev_value.sival_ptr = clock;
    if (timer_create(CLOCK_MONOTONIC, &event, &clock->timer)) return false;
    struct itimerspec quarters = {.it_interval = {0, 250000000}, .it_value = {1, 0}};
    timer_settime(clock->timer, 0, &quarters, NULL);
    return true;
}

/* A signal may be on its way still: from here on it is for nobody. */
void clock_tick_end(ClockTick *clock) {
    signal(SIGALRM, SIG_IGN);
    timer_delete(clock->timer);
}
