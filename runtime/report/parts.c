/* Whoever has made a part waits for its turn, hands it over and makes another: no more is held of
 * the text than a part a thread. */
#include "runtime/report/parts.h"

#include <pthread.h>
#include <stdatomic.h>

#include "runtime/data/parallel.h"

typedef struct {
    const ReportParts *parts;
    ReportTake *take;
    void *context;
    atomic_uint next; /* part to be made */
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t passed;
    uint32_t turn; /* the part to be handed over */
    bool ended;    /* no more are wanted, or one cannot be made */
    Boundary *boundary;
    ScpStatus status;
} Making;

/* False: there is nothing more to do. */
static bool hand_over(Making *making, uint32_t part, Slice text) {
    pthread_mutex_lock(&making->lock);
    while (making->turn != part && !making->ended)
        pthread_cond_wait(&making->passed, &making->lock);
    if (!making->ended && !making->take(making->context, text)) making->ended = true;
    making->turn++;
    bool more = !making->ended;
    pthread_cond_broadcast(&making->passed);
    pthread_mutex_unlock(&making->lock);
    return more;
}

static void give_up(Making *making, const Boundary *why) {
    pthread_mutex_lock(&making->lock);
    making->ended = true;
    making->status = why->status;
    boundary_note(making->boundary, why->status, why->message);
    pthread_cond_broadcast(&making->passed);
    pthread_mutex_unlock(&making->lock);
}

static void make_all(Making *making, Arena *arena) {
    Buffer out;
    buffer_init(&out, arena);
    for (uint32_t p; (p = atomic_fetch_add(&making->next, 1)) < making->parts->count;) {
        buffer_clear(&out);
        making->parts->make(making->parts->document, p, arena, &out);
        if (!hand_over(making, p, buffer_slice(&out))) return;
    }
}

/* A boundary of its own: a thread cannot leave to that of another. */
static void make_parts(void *context, uint32_t worker) {
    (void)worker;
    Making *making = context;
    Boundary boundary;
    Arena arena;
    arena_init(&arena, &boundary, making->parts->limit);
    if (setjmp(boundary.at))
        give_up(making, &boundary);
    else
        make_all(making, &arena);
    arena_free(&arena);
}

ScpStatus report_parts_make(const ReportParts *parts, uint32_t threads, ReportTake *take,
                            void *context, Boundary *boundary) {
    Making making = {.parts = parts, .take = take, .context = context, .boundary = boundary};
    pthread_mutex_init(&making.lock, NULL);
    pthread_cond_init(&making.passed, NULL);
    threads = parallel_threads(threads);
    parallel_run(parts->count < threads ? parts->count : threads, make_parts, &making);
    pthread_cond_destroy(&making.passed);
    pthread_mutex_destroy(&making.lock);
    return making.status;
}
