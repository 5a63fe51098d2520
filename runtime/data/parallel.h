/* Work on several threads at once. There is no queue and no state beyond a crew, which is its
 * owner's: what is to be done lies in the caller's context, from which the workers pull. */
#ifndef RUNTIME_DATA_PARALLEL_H
#define RUNTIME_DATA_PARALLEL_H

#include <stdint.h>

enum { PARALLEL_MAX = 64 };

/* How many threads to use where `asked` are wanted; 0: as many as the machine has. */
uint32_t parallel_threads(uint32_t asked);

typedef void ParallelWork(void *context, uint32_t worker);

/* Runs work(context, worker) on at most `threads` threads; the caller is worker 0. Returns when
 * all have returned. A thread that cannot be started, or begins when the caller is done, is done
 * without, so `work` must pull what it does from a shared counter and never rely on its number
 * being complete. */
void parallel_run(uint32_t threads, ParallelWork *work, void *context);

/* Threads that wait for one round of work after the other, which spares each the making of
 * threads. NULL: there is no memory, or one thread is enough; then the caller works alone. */
typedef struct Parallel Parallel;

Parallel *parallel_open(uint32_t threads);

/* A round, as parallel_run's, on at most as many threads as there are. */
void parallel_do(Parallel *crew, uint32_t threads, ParallelWork *work, void *context);

/* Threads there are, the caller's among them: 1 without a crew. */
uint32_t parallel_size(const Parallel *crew);

void parallel_close(Parallel *crew);

/* Work that goes on beside what the caller does next: `work` is worker 0 of it. NULL: there is no
 * thread to be had, and nothing is done. */
typedef struct ParallelAside ParallelAside;

ParallelAside *parallel_begin(ParallelWork *work, void *context);

/* Waits until it is done. */
void parallel_end(ParallelAside *aside);

#endif
