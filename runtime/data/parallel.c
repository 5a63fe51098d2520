/* Threads that pull work until there is none. Never decides what a result is: that is the same
 * for any number of workers. */
#include "runtime/data/parallel.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

typedef struct {
    void (*work)(void *context, uint32_t worker);
    void *context;
    uint32_t worker;
    pthread_t thread;
} Worker;

uint32_t parallel_threads(uint32_t asked) {
    if (!asked) {
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        asked = online > 0 ? (uint32_t)(online < PARALLEL_MAX ? online : PARALLEL_MAX) : 1;
    }
    return asked < PARALLEL_MAX ? asked : PARALLEL_MAX;
}

static void *worker_main(void *argument) {
    Worker *worker = argument;
    worker->work(worker->context, worker->worker);
    return NULL;
}

void parallel_run(uint32_t threads, void (*work)(void *context, uint32_t worker), void *context) {
    Worker workers[PARALLEL_MAX];
    uint32_t started = 0;
    while (started + 1 < threads && started + 1 < PARALLEL_MAX) {
        Worker *worker = &workers[started];
        *worker = (Worker){work, context, started + 1, 0};
        if (pthread_create(&worker->thread, NULL, worker_main, worker)) break;
        started++;
    }
    work(context, 0);
    for (uint32_t i = 0; i < started; i++)
        pthread_join(workers[i].thread, NULL);
}
