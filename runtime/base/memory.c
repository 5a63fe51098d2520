/* The one place from which memory comes. It never aborts and never prints: who asks gets NULL
 * and decides, or leaves through a boundary.
 *
 * The countdown below is the only mutable file-scope variable of the program, allowed so that
 * a test can fail the n-th allocation for every n without threading a context through each
 * caller. It is set through mem_fail_after alone and is 0, doing nothing, outside tests. */
#define _DEFAULT_SOURCE /* madvise, which POSIX lacks */
#include "runtime/base/memory.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* LARGE: a block that is worth larger pages. */
enum { LARGE = 1 << 20, LARGE_PAGE = 2 << 20 };

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

/* Where the system has larger pages, a large block is to lie in them: its pages are then found
 * without walking through tables, and given in fewer steps. The first and the last it may share
 * with blocks beside it, or with what is no memory at all; what becomes of it does not matter. */
static void *ask_for_large_pages(void *block, size_t size) {
#ifdef MADV_HUGEPAGE
    size_t past = (uintptr_t)block % LARGE_PAGE;
    size_t bytes = (past + size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    if (block && size >= LARGE) (void)madvise((char *)block - past, bytes, MADV_HUGEPAGE);
#else
    (void)size;
#endif
    return block;
}

void *mem_alloc(size_t size) {
    return mem_alloc_array(1, size);
}

void *mem_alloc_array(size_t count, size_t size) {
    if (size && count > PTRDIFF_MAX / size) return NULL;
    if (failure_is_due()) return NULL;
    size_t total = count * size;
    return ask_for_large_pages(calloc(1, total ? total : 1), total);
}

void *mem_realloc(void *block, size_t new_size) {
    if (new_size > PTRDIFF_MAX) return NULL;
    if (failure_is_due()) return NULL;
    return ask_for_large_pages(realloc(block, new_size ? new_size : 1), new_size);
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
