/* Threads that pull work until there is none. Never decides what a result is: that is the same
 * for any number of workers. */
#if defined(__linux__)
#define _GNU_SOURCE /* where a thread begins */
#endif
#include "runtime/data/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <unistd.h>

uint32_t parallel_threads(uint32_t asked) {
    if (!asked) {
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        asked = online > 0 ? (uint32_t)(online < PARALLEL_MAX ? online : PARALLEL_MAX) : 1;
    }
    return asked < PARALLEL_MAX ? asked : PARALLEL_MAX;
}

#if defined(__linux__)

/* A new thread is often put on the processor of the one that made it, and waits there for
 * milliseconds until it is moved: longer than many a task takes. So it begins on another of
 * those allowed, and may then be moved as ever. */
typedef struct {
    cpu_set_t allowed;
    bool known;
} Places;

static Places find_places(void) {
    Places places = {.known = false};
    places.known = sched_getaffinity(0, sizeof places.allowed, &places.allowed) == 0;
    return places;
}

/* The processor `steps` allowed ones further than the caller's. */
static int place_after(const Places *places, uint32_t steps) {
    int count = CPU_COUNT(&places->allowed), place = sched_getcpu();
    if (place < 0 || count < 2) return -1;
    for (steps %= (uint32_t)count; steps; steps--)
        do place = (place + 1) % CPU_SETSIZE;
        while (!CPU_ISSET(place, &places->allowed));
    return place;
}

static int start_thread(pthread_t *thread, const Places *places, uint32_t number,
                        void *(*run)(void *), void *argument) {
    pthread_attr_t attributes;
    int place = places->known ? place_after(places, number) : -1;
    if (place < 0 || pthread_attr_init(&attributes)) return pthread_create(thread, NULL, run, argument);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(place, &one);
    int failed = pthread_attr_setaffinity_np(&attributes, sizeof one, &one);
    if (!failed) failed = pthread_create(thread, &attributes, run, argument);
    pthread_attr_destroy(&attributes);
    return failed ? pthread_create(thread, NULL, run, argument) : 0;
}

static void leave_place(const Places *places) {
    if (places->known) sched_setaffinity(0, sizeof places->allowed, &places->allowed);
}

#else

typedef struct {
    bool known;
} Places;

static Places find_places(void) { return (Places){false}; }

static int start_thread(pthread_t *thread, const Places *places, uint32_t number,
                        void *(*run)(void *), void *argument) {
    (void)places;
    (void)number;
    return pthread_create(thread, NULL, run, argument);
}

static void leave_place(const Places *places) { (void)places; }

#endif

typedef struct {
    void (*work)(void *context, uint32_t worker);
    void *context;
    uint32_t worker;
    const Places *places;
    pthread_t thread;
} Worker;

static void *worker_main(void *argument) {
    Worker *worker = argument;
    leave_place(worker->places);
    worker->work(worker->context, worker->worker);
    return NULL;
}

void parallel_run(uint32_t threads, void (*work)(void *context, uint32_t worker), void *context) {
    Worker workers[PARALLEL_MAX];
    Places places = threads > 1 ? find_places() : (Places){.known = false};
    uint32_t started = 0;
    while (started + 1 < threads && started + 1 < PARALLEL_MAX) {
        Worker *worker = &workers[started];
        *worker = (Worker){work, context, started + 1, &places, 0};
        if (start_thread(&worker->thread, &places, started + 1, worker_main, worker)) break;
        started++;
    }
    work(context, 0);
    for (uint32_t i = 0; i < started; i++)
        pthread_join(workers[i].thread, NULL);
}
