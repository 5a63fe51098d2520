/* The one place from which memory comes. It never aborts and never prints: who asks gets NULL
 * and decides, or leaves through a boundary.
 *
 * The countdown below is the only mutable file-scope variable of the program, allowed so that
 * a test can fail the n-th allocation for every n without threading a context through each
 * caller. It is set through mem_fail_after alone and is 0, doing nothing, outside tests. */
#include "runtime/base/memory.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static _Atomic long allocations_until_failure;

long mem_fail_after(long n) {
    return atomic_exchange(&allocations_until_failure, n < 0 ? 0 : n);
}

/* Whether a test wants this allocation to fail. The exchange lets one thread alone take the
 * last step, so that exactly one allocation fails. */
static bool failure_is_due(void) {
    long left = atomic_load_explicit(&allocations_until_failure, memory_order_relaxed);
    while (left > 0)
        if (atomic_compare_exchange_weak(&allocations_until_failure, &left, left - 1))
            return left == 1;
    return false;
}

void *mem_alloc(size_t size) {
    return mem_alloc_array(1, size);
}

void *mem_alloc_array(size_t count, size_t size) {
    if (size && count > PTRDIFF_MAX / size) return NULL;
    if (failure_is_due()) return NULL;
    size_t total = count * size;
    return calloc(1, total ? total : 1);
}

void *mem_realloc(void *block, size_t new_size) {
    if (new_size > PTRDIFF_MAX) return NULL;
    if (failure_is_due()) return NULL;
    return realloc(block, new_size ? new_size : 1);
}

void mem_free(void *block) {
    free(block);
}

void boundary_note(Boundary *boundary, ScpStatus status, const char *message) {
    boundary->status = status;
    if (message != boundary->message)
        snprintf(boundary->message, sizeof boundary->message, "%s", message);
}

_Noreturn void boundary_leave(Boundary *boundary, ScpStatus status, const char *message) {
    assert(boundary && status != SCP_OK);
    boundary_note(boundary, status, message);
    longjmp(boundary->at, 1);
}
