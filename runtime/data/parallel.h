/* Work on several threads at once. There is no pool that lives on, no queue and no state:
 * what is to be done lies in the caller's context, from which the workers pull. */
#ifndef RUNTIME_DATA_PARALLEL_H
#define RUNTIME_DATA_PARALLEL_H

#include <stdint.h>

enum { PARALLEL_MAX = 64 };

/* How many threads to use where `asked` are wanted; 0: as many as the machine has. */
uint32_t parallel_threads(uint32_t asked);

/* Runs work(context, worker) on at most `threads` threads; the caller is worker 0. Returns when
 * all have returned. A thread that cannot be started is done without, so `work` must pull what
 * it does from a shared counter and never rely on its number being complete. */
void parallel_run(uint32_t threads, void (*work)(void *context, uint32_t worker), void *context);

#endif
