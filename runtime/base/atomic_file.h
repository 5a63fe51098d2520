/* Writing files whole or not at all. What is written goes to a temporary name in the folder
 * of the target; only when every output has been written, flushed to the disc and closed
 * without a fault are they renamed, in the order in which they were added (add the one that
 * marks completion last), and the folders flushed. Never writes through a device, pipe or
 * folder, and never widens the permissions of a file it replaces. */
#ifndef RUNTIME_BASE_ATOMIC_FILE_H
#define RUNTIME_BASE_ATOMIC_FILE_H

#include "runtime/base/slice.h"
#include "runtime/base/status.h"

/* Outputs committed together, and one of them. Both belong to the set's owner, not to an
 * arena, so that temporaries are removed also where work ends at a boundary. */
typedef struct OutputSet OutputSet;
typedef struct Output Output;

typedef enum {
    OUTPUT_SHARED,  /* as the umask says; a replaced file keeps its permissions */
    OUTPUT_PRIVATE, /* for the owner alone */
} OutputMode;

/* NULL where there is no memory. */
OutputSet *output_set_new(void) __attribute__((warn_unused_result));

/* Removes the temporaries of what was not committed, and the set. NULL is harmless. */
void output_set_free(OutputSet *set);

/* Adds a target; NULL where it cannot be written, output_set_error says why. */
Output *output_add(OutputSet *set, const char *path, OutputMode mode);

/* Appends. After a fault further writes do nothing, and the commit fails. */
ScpStatus output_write(Output *output, Slice bytes);

/* All outputs, or none unless a rename fails after another succeeded (the message then names
 * what was not replaced). SCP_DATA where something cannot be written. Once only. */
ScpStatus output_commit(OutputSet *set);

/* Removes the temporaries and nothing else; may be called from a signal handler. */
void output_abandon(OutputSet *set);

/* The first fault in the user's words; empty where there was none. Lives as long as the set. */
const char *output_set_error(const OutputSet *set);

/* One file in one step. On a fault `message` is filled. */
ScpStatus output_write_file(const char *path, OutputMode mode, Slice text, char message[512]);

#endif
