/* The one place from which memory comes. Every allocation of the program goes through
 * these functions, so that a test can fail the n-th of them and a limit can be counted. */
#ifndef RUNTIME_BASE_MEMORY_H
#define RUNTIME_BASE_MEMORY_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/status.h"

/* Zeroed memory, or NULL when there is none left (or a test asked for a failure). */
void *mem_alloc(size_t size) __attribute__((warn_unused_result));

/* `mem_alloc` of count * size; NULL also when the product does not fit. */
void *mem_alloc_array(size_t count, size_t size) __attribute__((warn_unused_result));

/* Resizes to `new_size` bytes (what is added is not zeroed); on failure NULL, and the old
 * block stays. */
void *mem_realloc(void *block, size_t new_size) __attribute__((warn_unused_result));

void mem_free(void *block);

/* For tests: the n-th allocation from now fails, once; 0 calls it off. Returns what was left
 * of the countdown before: 0 when the failure asked for has happened. */
long mem_fail_after(long n);

/* The boundary to which exhausted memory and exceeded limits return. A public entry point
 * sets `at` with setjmp, hands the boundary to its arenas, and on return frees them. */
typedef struct {
    jmp_buf at;
    ScpStatus status;  /* why: SCP_LIMIT or SCP_FAULT */
    char message[160]; /* in the user's words, naming the limit */
} Boundary;

/* Records why; and, the second, leaves to the boundary and never returns. The message may be
 * the boundary's own. */
void boundary_note(Boundary *boundary, ScpStatus status, const char *message);
_Noreturn void boundary_leave(Boundary *boundary, ScpStatus status, const char *message);

#endif
