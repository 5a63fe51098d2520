/* What an operation came to; the value is the exit status of the program. */
#ifndef RUNTIME_BASE_STATUS_H
#define RUNTIME_BASE_STATUS_H

typedef enum {
#define STATUS(constant, exit_status, meaning) constant = exit_status,
#include "runtime/base/status.def"
#undef STATUS
} ScpStatus;

const char *status_meaning(ScpStatus status);

/* The one that counts for the exit status: the higher. */
ScpStatus status_worse(ScpStatus a, ScpStatus b);

#endif
