/* How far long work is: what is being done, how much of how much. Whoever works says so here, from
 * any thread and without a lock; whoever shows it reads at any moment, in a signal handler too, and
 * may for a moment see the old and the new mixed. Shows nothing itself. */
#ifndef RUNTIME_BASE_PROGRESS_H
#define RUNTIME_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *_Atomic what; /* lives until the next is begun or it is ended; NULL: nothing */
    atomic_bool bytes;        /* they are what is counted; else parts, of which only the share is
                                 worth telling, and may be told */
    _Atomic uint64_t done, total; /* total 0: not known */
} Progress;

/* In all of these NULL is nobody who asks. */

static inline void progress_begin(Progress *progress, const char *what, uint64_t total) {
    if (!progress) return;
    atomic_store(&progress->total, 0);
    atomic_store(&progress->done, 0);
    atomic_store(&progress->bytes, false);
    atomic_store(&progress->what, what);
    atomic_store(&progress->total, total);
}

static inline void progress_begin_bytes(Progress *progress, const char *what, uint64_t total) {
    progress_begin(progress, what, total);
    if (progress) atomic_store(&progress->bytes, true);
}

/* Cheap, but not free: a call for thousands of rows, not for each. */
static inline void progress_add(Progress *progress, uint64_t done) {
    if (progress) atomic_fetch_add_explicit(&progress->done, done, memory_order_relaxed);
}

/* What is counted turned out to be no bytes but parts, so many of them. */
static inline void progress_count_parts(Progress *progress, uint64_t total) {
    if (!progress) return;
    atomic_store(&progress->bytes, false);
    atomic_store(&progress->total, total);
}

static inline void progress_end(Progress *progress) {
    progress_begin(progress, NULL, 0);
}

#endif
