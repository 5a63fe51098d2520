/* Threads that pull work until there is none. Never decides what a result is: that is the same
 * for any number of workers. */
#if defined(__linux__)
#define _GNU_SOURCE /* where a thread begins */
#endif
#include "runtime/data/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "runtime/base/memory.h"

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

/* ---- Crews ----------------------------------------------------------------------------------- */

/* The gate, in one word: workers inside, whether it is closed, and the number of the round. */
enum { SPINS = 2000, ROUND_SHIFT = 32 };
#define GATE_CLOSED ((uint64_t)1 << 31)

typedef struct {
    struct Parallel *crew;
    uint32_t number;
    pthread_t thread;
} Worker;

/* A round is open to the workers from its beginning until the caller has no more to do: who
 * wakes too late stays out, and nobody waits for him. */
struct Parallel {
    pthread_mutex_t lock;
    pthread_cond_t begun, left;
    _Atomic uint64_t gate;
    _Atomic bool ended;
    ParallelWork *work;
    void *context;
    uint32_t most; /* workers of this round, the caller among them */
    Places places;
    uint32_t started;
    Worker workers[PARALLEL_MAX];
};

static void rest(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static uint64_t round_of(uint64_t gate) {
    return gate >> ROUND_SHIFT;
}

static bool is_news(Parallel *crew, uint64_t seen) {
    return round_of(atomic_load(&crew->gate)) != seen || atomic_load(&crew->ended);
}

/* Rounds follow one another soon, so that a worker looks out for a while before it sleeps. */
static void await_round(Parallel *crew, uint64_t seen) {
    for (int i = 0; i < SPINS; i++) {
        if (is_news(crew, seen)) return;
        rest();
    }
    pthread_mutex_lock(&crew->lock);
    while (!is_news(crew, seen)) pthread_cond_wait(&crew->begun, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
}

/* Whether the round at hand, which is noted as seen, is open still. */
static bool enter(Parallel *crew, uint64_t *seen) {
    uint64_t gate = atomic_load(&crew->gate);
    bool inside = false;
    while (!inside && !(gate & GATE_CLOSED))
        inside = atomic_compare_exchange_weak(&crew->gate, &gate, gate + 1);
    *seen = round_of(gate);
    return inside;
}

static uint32_t count_inside(uint64_t gate) {
    return (uint32_t)gate & ~(uint32_t)GATE_CLOSED;
}

static void leave(Parallel *crew) {
    uint64_t gate = atomic_fetch_sub(&crew->gate, 1) - 1;
    if (count_inside(gate) || !(gate & GATE_CLOSED)) return;
    pthread_mutex_lock(&crew->lock);
    pthread_cond_signal(&crew->left);
    pthread_mutex_unlock(&crew->lock);
}

static void *worker_main(void *argument) {
    Worker *worker = argument;
    Parallel *crew = worker->crew;
    uint64_t seen = 0;
    leave_place(&crew->places);
    while (await_round(crew, seen), !atomic_load(&crew->ended)) {
        if (!enter(crew, &seen)) continue;
        if (worker->number < crew->most) crew->work(crew->context, worker->number);
        leave(crew);
    }
    return NULL;
}

static void close_gate(Parallel *crew) {
    uint64_t gate = atomic_fetch_or(&crew->gate, GATE_CLOSED);
    for (int i = 0; count_inside(gate) && i < SPINS; i++) {
        rest();
        gate = atomic_load(&crew->gate);
    }
    if (!count_inside(gate)) return;
    pthread_mutex_lock(&crew->lock);
    while (count_inside(atomic_load(&crew->gate))) pthread_cond_wait(&crew->left, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
}

static void begin_round(Parallel *crew) {
    pthread_mutex_lock(&crew->lock);
    uint64_t next = round_of(atomic_load(&crew->gate)) + 1;
    atomic_store(&crew->gate, next << ROUND_SHIFT);
    pthread_cond_broadcast(&crew->begun);
    pthread_mutex_unlock(&crew->lock);
}

/* Signals to the process (an interrupt, a timer) are the caller's; what a thread does wrong itself
 * stays its own. */
static void hold_signals(sigset_t *before) {
    static const int own[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP, SIGPROF};
    sigset_t held;
    sigfillset(&held);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) sigdelset(&held, own[i]);
    pthread_sigmask(SIG_BLOCK, &held, before);
}

static void start_workers(Parallel *crew, uint32_t threads) {
    sigset_t before;
    if (threads > PARALLEL_MAX) threads = PARALLEL_MAX;
    hold_signals(&before); /* threads begin with the mask of who makes them */
    while (crew->started + 1 < threads) {
        Worker *worker = &crew->workers[crew->started];
        *worker = (Worker){crew, crew->started + 1, 0};
        if (start_thread(&worker->thread, &crew->places, worker->number, worker_main, worker)) break;
        crew->started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

Parallel *parallel_open(uint32_t threads) {
    if (threads < 2) return NULL;
    Parallel *crew = mem_alloc(sizeof *crew);
    if (!crew) return NULL;
    atomic_store(&crew->gate, GATE_CLOSED);
    if (pthread_mutex_init(&crew->lock, NULL)) goto no_lock;
    if (pthread_cond_init(&crew->begun, NULL)) goto no_begun;
    if (pthread_cond_init(&crew->left, NULL)) goto no_left;
    crew->places = find_places();
    start_workers(crew, threads);
    return crew;
no_left:
    pthread_cond_destroy(&crew->begun);
no_begun:
    pthread_mutex_destroy(&crew->lock);
no_lock:
    mem_free(crew);
    return NULL;
}

void parallel_do(Parallel *crew, uint32_t threads, ParallelWork *work, void *context) {
    bool alone = !crew || !crew->started || threads < 2;
    if (!alone) {
        crew->work = work;
        crew->context = context;
        crew->most = threads;
        begin_round(crew);
    }
    work(context, 0);
    if (!alone) close_gate(crew);
}

uint32_t parallel_size(const Parallel *crew) { return crew ? crew->started + 1 : 1; }

void parallel_close(Parallel *crew) {
    if (!crew) return;
    pthread_mutex_lock(&crew->lock);
    atomic_store(&crew->ended, true);
    pthread_cond_broadcast(&crew->begun);
    pthread_mutex_unlock(&crew->lock);
    for (uint32_t i = 0; i < crew->started; i++) pthread_join(crew->workers[i].thread, NULL);
    pthread_cond_destroy(&crew->left);
    pthread_cond_destroy(&crew->begun);
    pthread_mutex_destroy(&crew->lock);
    mem_free(crew);
}

void parallel_run(uint32_t threads, ParallelWork *work, void *context) {
    Parallel *crew = parallel_open(threads);
    parallel_do(crew, threads, work, context);
    parallel_close(crew);
}

/* ---- Beside the caller ----------------------------------------------------------------------- */

struct ParallelAside {
    ParallelWork *work;
    void *context;
    Places places;
    pthread_t thread;
};

static void *aside_main(void *argument) {
    ParallelAside *aside = argument;
    leave_place(&aside->places);
    aside->work(aside->context, 0);
    return NULL;
}

ParallelAside *parallel_begin(ParallelWork *work, void *context) {
    sigset_t before;
    ParallelAside *aside = mem_alloc(sizeof *aside);
    if (!aside) return NULL;
    *aside = (ParallelAside){.work = work, .context = context, .places = find_places()};
    hold_signals(&before);
    int failed = start_thread(&aside->thread, &aside->places, 1, aside_main, aside);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed) return aside;
    mem_free(aside);
    return NULL;
}

void parallel_end(ParallelAside *aside) {
    pthread_join(aside->thread, NULL);
    mem_free(aside);
}
