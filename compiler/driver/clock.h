/* The limit on processor time, and a call now and then. */
#ifndef COMPILER_DRIVER_CLOCK_H
#define COMPILER_DRIVER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Ends the program with SCP_LIMIT and a message after so many seconds of processor time; 0 is
 * no limit. */
void clock_limit(int64_t seconds);

/* Calls `tick` after a second and then four times a second, from a signal handler on any thread: it
 * may do no more than such a handler may. The context must live until clock_tick_end. False: there is no such timer. */
typedef struct {
    void (*tick)(void *context);
    void *context;
    timer_t timer;
} ClockTick;

bool clock_tick_begin(ClockTick *clock);
void clock_tick_end(ClockTick *clock);

#endif
